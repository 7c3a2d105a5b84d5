/* SPDX-License-Identifier: MIT */
/* A user's own file: read into memory, identified by its SHA-256, with errors that give the position in the file. */
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

/* Reads the file that a task's setting `file` names; path must outlive *file. Freed with own_free, also after a
 * failure. Errors: GB_INVALID (no path), GB_DATA (no such file, empty, larger than OWN_MOST_BYTES). */
gb_status own_read(gb_context *context, const char *task, const char *path, own_file *file);
void own_free(own_file *file);

/* Fails with GB_DATA: "x.csv:17:3: ...". Column 0: the message is about the whole line. */
gb_status own_fail(gb_context *context, const char *path, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The position of a byte in the file: line and column from 1, in characters. */
void own_locate(const own_file *file, size_t offset, size_t *line, size_t *column);

/* Fails with the reason why a file is not UTF-8 text, its position and a remedy. Errors: GB_DATA. */
gb_status own_check_text(gb_context *context, const own_file *file);

/* Reads a whole cell as a decimal number. False: it is not a number, or not finite. */
bool own_number(const char *cell, double *value);

/* The length in bytes of the UTF-8 character at `bytes`; 0: not valid. Reads at most `left` bytes. */
size_t own_character(const char *bytes, size_t left);

/* Where a text begins: after its byte order mark, if it has one. */
size_t own_text_start(const char *bytes, size_t size);

/* Compares two `const char *` for qsort: numbers by value, then other texts by their bytes. */
int own_compare_labels(const void *a, const void *b);

#endif
