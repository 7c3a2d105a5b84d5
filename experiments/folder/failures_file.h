/* SPDX-License-Identifier: MIT */
/* failed.txt in a run's folder: one line "<id> <trial in words>: <reason>" per failed trial. Only this file writes and
 * reads it.
 */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_FAILURES_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_FAILURES_FILE_H

#include <stddef.h>

#include "gatebench/context.h"
#include "support/text.h"

typedef struct failure {
    char id[33];
    const char *line, *reason; /* the reason is the rest of the line */
} failure;

typedef struct failures {
    char *text;     /* the file with its lines ended by NUL */
    failure *items; /* sorted by id */
    size_t count;
} failures;

/* Reads the failures; a missing file has none. Errors: GB_IO, GB_MEMORY. */
gb_status failures_read(gb_context *context, const char *folder, failures *out);
void failures_free(failures *f);
/* The failure of a trial; NULL: the trial did not fail. */
const failure *failures_find(const failures *f, const char *id);

/* Replaces the file by these lines; without lines removes it. */
gb_status failures_write(gb_context *context, const char *folder, const text *lines);

#endif
