/* SPDX-License-Identifier: MIT */
/* Rows of trials split by matching, and the arm that the others were matched to shared between them. */
#include "results/verdicts/matchings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"

/* Appends a copy of a row under another matching; false: out of memory. */
static bool copy_row(table *runs, size_t from, const char *matching) {
    if (!table_add_row(runs))
        return false;
    size_t to = runs->rows - 1;
    for (size_t i = 0; i < runs->count; i++) {
        table_column *column = &runs->columns[i];
        if (column->type != COLUMN_TEXT) {
            column->numbers[to] = column->numbers[from];
        } else if (!table_set_text(runs, column->name, column->texts[from])) {
            return false;
        }
    }
    return table_set_text(runs, "matching", matching);
}

/* "width+parameters" into a row of width and one of parameters. */
static bool split_row(table *runs, size_t row) {
    char *names = strdup(table_text(runs, row, "matching")), *rest = NULL;
    bool good = names != NULL;
    char *own = good ? strtok_r(names, "+", &rest) : NULL;
    for (char *name = own; good && (name = strtok_r(NULL, "+", &rest)) != NULL;)
        good = copy_row(runs, row, name);
    if (good && own) /* in place, and no longer than what was there */
        strcpy(table_add_column(runs, "matching", COLUMN_TEXT)->texts[row], own);
    free(names);
    return good;
}

static bool has(const table *runs, const char *matching, const char *cell) {
    for (size_t row = 0; row < runs->rows; row++)
        if (strcmp(table_text(runs, row, "matching"), matching) == 0 &&
            strcmp(table_text(runs, row, "cell"), cell) == 0)
            return true;
    return false;
}

/* Whether a trial matched by parameters has as many as this row. */
static bool is_matched(const table *runs, size_t rows, size_t row) {
    double own = table_number(runs, row, "cell_parameters");
    for (size_t i = 0; i < rows; i++)
        if (strcmp(table_text(runs, i, "matching"), "parameters") == 0 &&
            fabs(table_number(runs, i, "cell_parameters") / own - 1) <= MATCHINGS_TOLERANCE)
            return true;
    return false;
}

gb_status matchings_split(gb_context *context, table *runs) {
    size_t rows = runs->rows;
    bool good = true;
    if (!table_find(runs, "matching") || !table_find(runs, "cell"))
        return GB_OK;
    for (size_t row = 0; good && row < rows; row++)
        if (strchr(table_text(runs, row, "matching"), '+'))
            good = split_row(runs, row);
    rows = runs->rows;
    bool *lacks = calloc(rows + 1, sizeof *lacks);
    good = good && lacks;
    for (size_t row = 0; good && row < rows; row++)
        lacks[row] = strcmp(table_text(runs, row, "matching"), "width") == 0 &&
                     !has(runs, "parameters", table_text(runs, row, "cell")) && is_matched(runs, rows, row);
    for (size_t row = 0; good && row < rows; row++)
        if (lacks[row])
            good = copy_row(runs, row, "parameters");
    free(lacks);
    return good ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while sorting trials by matching");
}
