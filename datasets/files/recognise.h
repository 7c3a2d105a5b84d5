/* SPDX-License-Identifier: MIT */
/* What kind of file this is, by its content first and its name second. */
#ifndef GATEBENCH_DATASETS_FILES_RECOGNISE_H
#define GATEBENCH_DATASETS_FILES_RECOGNISE_H

#include "gatebench/gatebench.h"

typedef struct recognised {
    const char *task; /* that reads it: "text", "table" or "series" */
    const char *kind; /* in words: "a table (CSV)" */
} recognised;

/* Looks at the first 64 KiB. Errors: GB_DATA (no such file, or none of these; says what would be). */
gb_status recognise_file(gb_context *context, const char *path, recognised *out);

#endif
