/* SPDX-License-Identifier: MIT */
/* Exclusive timing: a lock allows one timing process per machine, and the CPU use of other processes is measured
 * meanwhile. */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_ALONE_H
#define GATEBENCH_EXPERIMENTS_SPEED_ALONE_H

#include <stdbool.h>

#include "gatebench/context.h"

/* The share of one core that other processes may use while a timing counts as exclusive: enough for daemons, not for a
 * program. */
#define ALONE_OTHERS 0.1

/* Called four times per second while another process holds the lock; `holder` names it. Return true to give up. */
typedef bool (*alone_waiting)(void *user, const char *holder);

/* Takes the lock, a file in $XDG_RUNTIME_DIR or /tmp, and writes the holder's name into it. While another process holds
 * it, waits until `waiting` gives up. close(*lock) or the end of the process releases it. Errors: GB_STOPPED (gave up;
 * names the holder), GB_IO. */
gb_status alone_lock(gb_context *context, alone_waiting waiting, void *user, int *lock);

/* A point in time, for measuring what the processors did since then. */
typedef struct alone_watch {
    double started, busy, own; /* seconds: wall clock, of all processors, of this process */
} alone_watch;
alone_watch alone_watch_start(void);

/* The number of cores that other processes (and other guests of the host) kept busy since then; NaN if /proc/stat
 * cannot be read. */
double alone_watch_others(const alone_watch *watch);

#endif
