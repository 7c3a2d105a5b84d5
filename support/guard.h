/* SPDX-License-Identifier: MIT */
/* Work on bytes from anywhere, in a process of its own: a library that promises nothing for damaged files may die
 * there, hang or ask for all memory, and costs one file. */
#ifndef GATEBENCH_SUPPORT_GUARD_H
#define GATEBENCH_SUPPORT_GUARD_H

#include "gatebench/context.h"
#include "support/text.h"

/* What the process may use. */
typedef struct guard_limits {
    double seconds; /* of the clock, and of the processor */
    size_t memory;  /* bytes of data beyond what this process has; not limited under a sanitizer */
    size_t output;  /* bytes handed back */
} guard_limits;

/* The work: appends what it hands back, or, returning false, the reason why there is nothing. It runs after a fork,
 * with no descriptor but /dev/null: it can open no file and no socket, and what it prints is lost. */
typedef bool (*guard_work)(void *user, text *out);

/* Runs the work in such a process. Errors: GB_DATA with `path` and what happened (the reason it gave, the signal it
 * died by, a limit it met); GB_MEMORY, GB_IO (no process to be had). */
gb_status guard_run(gb_context *context, const char *path, guard_work work, void *user, const guard_limits *limits,
                    text *out);

#endif
