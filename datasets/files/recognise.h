/* SPDX-License-Identifier: MIT */
/* Recognises the kind of a file, first by its content, then by its name. */
#ifndef GATEBENCH_DATASETS_FILES_RECOGNISE_H
#define GATEBENCH_DATASETS_FILES_RECOGNISE_H

#include "gatebench/gatebench.h"

typedef struct recognised {
    const char *task; /* the task that reads it: "text", "table" or "series" */
    const char *kind; /* in words: "a table (CSV)" */
} recognised;

/* Reads the first 64 KiB. Errors: GB_DATA (no such file, or not recognised; lists what would be). */
gb_status recognise_file(gb_context *context, const char *path, recognised *out);

#endif
