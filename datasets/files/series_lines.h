/* SPDX-License-Identifier: MIT */
/* Shared by the readers of .ts and .arff: iterating over lines and words, and reading values with their position.
 * Internal. */
#ifndef GATEBENCH_DATASETS_FILES_SERIES_LINES_H
#define GATEBENCH_DATASETS_FILES_SERIES_LINES_H

#include "datasets/files/series_set.h"

/* A span of the file's bytes. */
typedef struct piece {
    const char *bytes;
    size_t length;
} piece;

/* A file that is read line by line. */
typedef struct series_lines {
    gb_context *context;
    const own_file *file;
    size_t at, number; /* start of the next line; number of the line just read */
    piece line;        /* without its line end and surrounding white space */
} series_lines;

/* Reads the next line that is neither empty nor a comment; false at the end. A line that begins with one of the
 * characters in `comments` is a comment. */
bool series_next_line(series_lines *l, const char *comments);

piece piece_trim(piece p);
bool piece_is(piece p, const char *word); /* ignores case */
/* Removes from *rest the part before the next separator, with the separator, and returns the part. Without a separator
 * the part is all of *rest. */
piece piece_cut(piece *rest, char separator);
/* The first word; *rest gets what follows it. */
piece piece_word(piece *rest);

/* Fails with file, line and the column of `at`. */
gb_status series_fail(const series_lines *l, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads a value. Refuses, with the position, a missing value ('?', empty, NaN), a timestamp "(0,1.5)" and anything else
 * that is not a number.
 */
gb_status series_number(const series_lines *l, piece p, double *value);

/* A growing list of numbers. */
typedef struct numbers {
    double *items;
    size_t count, room;
} numbers;
gb_status numbers_add(gb_context *context, numbers *n, double value);

/* Reads the class at the end of a line. If the header lists classes, it must be one of them. */
gb_status series_check_label(const series_lines *l, piece label, const text *listed);

/* Adds a complete series, whose channels are stored one after the other in `values`, `steps` values each. */
gb_status series_add(const series_lines *l, series_set *set, const numbers *values, size_t channels, size_t steps,
                     piece label, bool number);

#endif
