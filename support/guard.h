/* SPDX-License-Identifier: MIT */
/* Processes untrusted bytes in a separate process. A library that is not safe for damaged files may crash there, hang
 * or exhaust memory, and only that file is lost. */
#ifndef GATEBENCH_SUPPORT_GUARD_H
#define GATEBENCH_SUPPORT_GUARD_H

#include "gatebench/context.h"
#include "support/text.h"

/* The limits of the process. */
typedef struct guard_limits {
    double seconds; /* limit of wall-clock time and of CPU time */
    size_t memory;  /* bytes of data beyond those of this process; not limited under a sanitizer */
    size_t output;  /* bytes of the result */
} guard_limits;

/* The work: appends its result and returns true, or appends the reason of a failure and returns false. It runs after a
 * fork with no descriptor but /dev/null: it cannot open files or sockets, and its output is lost. */
typedef bool (*guard_work)(void *user, text *out);

/* Runs the work in such a process. Errors: GB_DATA with `path` and what happened (its own reason, the signal that
 * killed it, the limit that it exceeded); GB_MEMORY; GB_IO (no process could be started). */
gb_status guard_run(gb_context *context, const char *path, guard_work work, void *user, const guard_limits *limits,
                    text *out);

#endif
