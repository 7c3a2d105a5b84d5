/* SPDX-License-Identifier: MIT */
/* Timings are taken alone: one timing process at a time on a machine (a lock), and a watch on what other processes use
 * meanwhile. */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_ALONE_H
#define GATEBENCH_EXPERIMENTS_SPEED_ALONE_H

#include <stdbool.h>

#include "gatebench/context.h"

/* Other processes may use this much of one core while a timing counts as exclusive: the odd daemon, not a program. */
#define ALONE_OTHERS 0.1

/* Asked four times a second while another process holds the lock; `holder` names it. True: give up. */
typedef bool (*alone_waiting)(void *user, const char *holder);

/* Takes the lock, a file in $XDG_RUNTIME_DIR or /tmp, and says in it who holds it; waits for a holder as long as
 * `waiting` goes on. The lock ends with close(*lock), or with the process. Errors: GB_STOPPED (gave up; names the
 * holder), GB_IO. */
gb_status alone_lock(gb_context *context, alone_waiting waiting, void *user, int *lock);

/* What the machine's processors have done since a moment. */
typedef struct alone_watch {
    double started, busy, own; /* seconds: wall, of all processors, of this process */
} alone_watch;
alone_watch alone_watch_start(void);

/* Cores that other processes (and other guests of the host) kept busy since then; NaN where /proc/stat does not say. */
double alone_watch_others(const alone_watch *watch);

#endif
