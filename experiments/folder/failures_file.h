/* SPDX-License-Identifier: MIT */
/* failed.txt of a run's folder: a line "<id> <trial in words>: <reason>" per failed trial. Its one writer and reader.
 */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_FAILURES_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_FAILURES_FILE_H

#include <stddef.h>

#include "gatebench/context.h"
#include "support/text.h"

typedef struct failure {
    char id[33];
    const char *line, *reason; /* the reason is the end of the line */
} failure;

typedef struct failures {
    char *text;     /* the file with its lines ended by NUL */
    failure *items; /* sorted by id */
    size_t count;
} failures;

/* None when there is no file. Errors: GB_IO, GB_MEMORY. */
gb_status failures_read(gb_context *context, const char *folder, failures *out);
void failures_free(failures *f);
/* NULL: the trial is not among them. */
const failure *failures_find(const failures *f, const char *id);

/* Puts such lines in place of the file; without any there is no file. */
gb_status failures_write(gb_context *context, const char *folder, const text *lines);

#endif
