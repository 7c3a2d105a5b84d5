/* SPDX-License-Identifier: MIT */
/* What the readers of .ts and .arff share: a file line by line, words in it, and values with their places. Internal. */
#ifndef GATEBENCH_DATASETS_FILES_SERIES_LINES_H
#define GATEBENCH_DATASETS_FILES_SERIES_LINES_H

#include "datasets/files/series_set.h"

/* A piece of the file. */
typedef struct piece {
    const char *bytes;
    size_t length;
} piece;

/* A file that is read line by line. */
typedef struct series_lines {
    gb_context *context;
    const own_file *file;
    size_t at, number; /* of the next line; the number of the one just read */
    piece line;        /* without its end and white space around it */
} series_lines;

/* The next line that is neither empty nor a comment, which begins with one of these characters; false at the end. */
bool series_next_line(series_lines *l, const char *comments);

piece piece_trim(piece p);
bool piece_is(piece p, const char *word); /* in any case */
/* Takes the part before a character away from the front of *rest; the last part ends with it. */
piece piece_cut(piece *rest, char separator);
/* The first word, and what follows it in *rest. */
piece piece_word(piece *rest);

/* Fails with file, line and the column where `at` begins. */
gb_status series_fail(const series_lines *l, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads a value; a missing one ('?', empty, NaN), a timestamp "(0,1.5)" and anything but a number are refused by place.
 */
gb_status series_number(const series_lines *l, piece p, double *value);

/* A growing list of numbers. */
typedef struct numbers {
    double *items;
    size_t count, room;
} numbers;
gb_status numbers_add(gb_context *context, numbers *n, double value);

/* The class at the end of a line: one of those that the header lists, when it lists any. */
gb_status series_check_label(const series_lines *l, piece label, const text *listed);

/* Adds a series whose channels stand one after the other in `values`, `steps` each, and ends it. */
gb_status series_add(const series_lines *l, series_set *set, const numbers *values, size_t channels, size_t steps,
                     piece label, bool number);

#endif
