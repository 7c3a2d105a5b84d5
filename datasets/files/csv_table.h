/* SPDX-License-Identifier: MIT */
/* A table of text cells from a CSV file (uses libcsv; the only file that includes csv.h). The first line names the
 * columns; every row has as many fields. The separator is the comma, semicolon or tab, whichever is most frequent in
 * the first line. Fields may be quoted as in RFC 4180. */
#ifndef GATEBENCH_DATASETS_FILES_CSV_TABLE_H
#define GATEBENCH_DATASETS_FILES_CSV_TABLE_H

#include "datasets/files/own.h"

enum { CSV_MOST_COLUMNS = 10000 };

typedef struct csv_table {
    own_file file;
    size_t columns, rows;
    size_t names_line; /* the line that names the columns: the first that is not blank */
    size_t *lines;     /* [rows] the line in which each row starts */
    size_t *cells;     /* [rows + 1][columns] the start of each cell in `text`; the first row holds the names */
    char *text;        /* all cells, each with a NUL after it */
    size_t text_size, text_room, cell_room, row_room; /* while reading */
} csv_table;

/* Reads a whole file; path must outlive it. Freed with csv_table_free, also after a failure. Errors: GB_INVALID (no
 * path), GB_DATA with file, line, and what was expected. */
gb_status csv_table_read(gb_context *context, const char *task, const char *path, csv_table *table);
/* The same from the bytes of table->file. */
gb_status csv_table_parse(gb_context *context, csv_table *table);
void csv_table_free(gb_context *context, csv_table *table);

const char *csv_table_name(const csv_table *table, size_t column);
const char *csv_table_cell(const csv_table *table, size_t row, size_t column);
/* The column of that name; SIZE_MAX: there is none. */
size_t csv_table_find(const csv_table *table, const char *name);

/* True if a cell means a missing number: empty, ?, -, NA, N/A, NaN, null, None in upper or lower case. For a class the
 * cells empty, ?, NA, N/A and NaN mean missing, since None can be the name of a class. */
bool csv_is_missing(const char *cell);
bool csv_is_missing_name(const char *cell);

/* Fails with "x.csv:17: column 3 (temp): ...". */
gb_status csv_table_fail(gb_context *context, const csv_table *table, size_t row, size_t column, const char *format,
                         ...) __attribute__((format(printf, 5, 6)));

#endif
