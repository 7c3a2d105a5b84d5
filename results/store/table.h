/* SPDX-License-Identifier: MIT */
/* A table in memory: named columns of numbers or text. The store reads and writes it; statistics, verdicts, figures and
 * `show` use it. */
#ifndef GATEBENCH_RESULTS_STORE_TABLE_H
#define GATEBENCH_RESULTS_STORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"

typedef enum column_type { COLUMN_NUMBER, COLUMN_INTEGER, COLUMN_TEXT } column_type;

typedef struct table_column {
    char *name;
    column_type type;
    double *numbers; /* NUMBER and INTEGER (integers up to 2^53 exactly); missing: NaN */
    char **texts;    /* TEXT; missing: "" */
} table_column;

typedef struct table {
    size_t rows, count, capacity; /* count: columns */
    table_column *columns;
} table;

/* The column with this name, created if needed and filled with missing values. NULL: out of memory or another type. */
table_column *table_add_column(table *t, const char *name, column_type type);
const table_column *table_find(const table *t, const char *name);

/* Adds an empty row, or several; false: out of memory. */
bool table_add_row(table *t);
bool table_add_rows(table *t, size_t count);

/* Sets a cell of the last row, creating the column if needed (earlier rows: missing). */
bool table_set_number(table *t, const char *name, double value);
bool table_set_integer(table *t, const char *name, double value);
bool table_set_text(table *t, const char *name, const char *value);

/* Reads a cell; NaN or "" when there is no such column. A number that is read as text has the fewest digits that give
 * the same number again ("0.002"). */
double table_number(const table *t, size_t row, const char *name);
const char *table_text(const table *t, size_t row, const char *name);
/* The cell as text, as `show` prints it and grouping compares it: a number is written into buffer, a text is the
 * table's own, whole. */
const char *table_cell(const table *t, size_t row, const table_column *column, char *buffer, size_t size);

/* True if two cells of a column are equal; two missing cells are equal. */
bool table_same_cell(const table_column *column, size_t a, size_t b);

/* Appends the rows of another table, matching columns by name. Creates new columns; if one column has numbers and the
 * other texts, the result has texts. false: out of memory. */
bool table_append(table *t, const table *more);

/* Replaces each row by copies[row] copies (0 drops it); copies has t->rows entries. false: out of memory, and the table
 * is unchanged. */
bool table_repeat_rows(table *t, const size_t *copies);

/* Drops rows with keep[row] false; keep has t->rows entries. */
void table_keep_rows(table *t, const bool *keep);

void table_free(table *t);

#endif
