/* SPDX-License-Identifier: MIT */
/* A file of the user's: read whole, named by its SHA-256, and errors that say where in it something is wrong. */
#ifndef GATEBENCH_DATASETS_FILES_OWN_H
#define GATEBENCH_DATASETS_FILES_OWN_H

#include "gatebench/gatebench.h"

enum { OWN_MOST_BYTES = 1 << 28 };

typedef struct own_file {
    const char *path;
    char *bytes; /* malloc'ed, with a NUL after the end */
    size_t size;
    char sha256[65];
} own_file;

/* Reads what the setting `file` of a task names; path must outlive *file. Freed with own_free, also after a failure.
 * Errors: GB_INVALID (no path), GB_DATA (no such file, empty, larger than OWN_MOST_BYTES). */
gb_status own_read(gb_context *context, const char *task, const char *path, own_file *file);
void own_free(own_file *file);

/* Fails with GB_DATA: "x.csv:17:3: ...". Column 0: of a whole line. */
gb_status own_fail(gb_context *context, const char *path, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Where a byte of the file stands: line and column from 1, in characters. */
void own_locate(const own_file *file, size_t offset, size_t *line, size_t *column);

/* Why a file is no text in UTF-8, with place and remedy. Errors: GB_DATA. */
gb_status own_check_text(gb_context *context, const own_file *file);

/* Reads a whole cell as a decimal number. False: it is none, or not finite. */
bool own_number(const char *cell, double *value);

/* How many bytes the character of UTF-8 at `bytes` has; 0: it is none. At most `left` bytes are looked at. */
size_t own_character(const char *bytes, size_t left);

/* Of two `const char *` in qsort: numbers by value, anything else by its bytes and after them. */
int own_compare_labels(const void *a, const void *b);

#endif
