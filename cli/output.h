/* SPDX-License-Identifier: MIT */
/* What the commands print: aligned tables that fit the terminal, CSV, and JSON. */
#ifndef GATEBENCH_CLI_OUTPUT_H
#define GATEBENCH_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "support/text.h"

typedef enum style { STYLE_PLAIN, STYLE_HEAD, STYLE_GOOD, STYLE_BAD, STYLE_DOUBT } style;

/* Colour escapes for a stream; "" if it is not a terminal or if NO_COLOR or TERM=dumb is set. */
const char *style_start(style s, FILE *stream);
const char *style_end(style s, FILE *stream);

/* The width of stdout in columns. 0 (no limit) when it is not a terminal and COLUMNS is not set. */
size_t output_width(void);

/* The number of lines of the terminal; 24 when stdout is not a terminal. */
size_t output_height(void);

/* A table of cells with headers, printed when complete. */
typedef struct grid {
    char **cells; /* the headers first */
    unsigned char *styles;
    size_t count, capacity, columns;
} grid;

/* What to do with a table wider than the terminal. */
typedef enum grid_fit {
    GRID_FULL,     /* nothing */
    GRID_WRAP,     /* wrap the last column; if the others do not fit, print each row as a paragraph */
    GRID_DROP,     /* omit columns from the right, and say so on stderr */
    GRID_DROP_WRAP /* wrap the last column and omit others, from the right, and say so on stderr */
} grid_fit;

void grid_start(grid *g, const char *const *headers); /* headers end with NULL */
void grid_head(grid *g, const char *header);          /* one more header, before any cell */
void grid_add(grid *g, style s, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Add a plain cell: a text, a count, or a number in the format of output_number(). */
#define GRID_TEXTS(g, ...) grid_texts(g, (const char *const[]){__VA_ARGS__, NULL})
#define GRID_COUNTS(g, ...)                                                                                            \
    grid_counts(g, (const size_t[]){__VA_ARGS__}, sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t))
void grid_texts(grid *g, const char *const *cells);
void grid_counts(grid *g, const size_t *cells, size_t count);
void grid_number(grid *g, double value, int digits);
/* Print and free, or only free. Numbers are right-aligned. */
void grid_print(grid *g, grid_fit fit);
void grid_print_csv(grid *g); /* "-" as an empty field */
void grid_free(grid *g);
void grid_print_json(grid *g); /* a list of maps keyed by header; integers as numbers, "-" as null */

/* Prints text wrapped at the terminal's width with an indent. */
void output_wrapped(const char *words, size_t indent);
void output_item(const char *words, size_t indent); /* printed after a dash */

/* A number formatted for people: at most `digits` significant digits, no exponent for everyday sizes; "-" when
 * missing. */
const char *output_number(double value, int digits, char *buffer, size_t size);

/* JSON, indented. Keys are NULL inside lists. */
typedef struct json {
    text out;
    char closers[16];
    size_t members[16], depth;
    bool compact; /* on one line */
} json;

void json_open(json *j, const char *key, char bracket); /* '{' or '[' */
void json_close(json *j);
void json_text(json *j, const char *key, const char *value);
void json_lines(json *j, const char *lines); /* a list with one item per line of a text (NULL: empty list) */
void json_number(json *j, const char *key, double value); /* null when not finite */
void json_count(json *j, const char *key, size_t value);
void json_truth(json *j, const char *key, bool value);
void json_null(json *j, const char *key);
/* Prints with a line end and frees, or only frees. */
void json_print(json *j);
void json_free(json *j);

#endif
