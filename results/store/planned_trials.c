/* SPDX-License-Identifier: MIT */
/* The plan in the results file: the planned trials and the fate of each. */
#include "results/store/planned_trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/matching_rows.h"
#include "support/yaml.h"

/* A row of a table and the id of its trial. */
typedef struct id_row {
    const char *id;
    size_t row;
} id_row;

/* Rows sorted by the id of their trials, of equals by place. */
typedef struct id_index {
    id_row *rows;
    size_t count;
} id_index;

static int compare_ids(const void *a, const void *b) {
    const id_row *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool index_ids(const table *of, id_index *index) {
    const table_column *ids = table_find(of, "id");
    bool texts = ids && ids->type == COLUMN_TEXT;
    *index = (id_index){calloc(of->rows + 1, sizeof *index->rows), of->rows};
    for (size_t i = 0; index->rows && i < of->rows; i++)
        index->rows[i] = (id_row){texts ? ids->texts[i] : "", i};
    if (index->rows)
        qsort(index->rows, of->rows, sizeof *index->rows, compare_ids);
    return index->rows != NULL;
}

/* The row of the trial with this id, or the number of rows. */
static size_t index_find(const id_index *index, const char *id) {
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(index->rows[middle].id, id);
        if (order == 0)
            return index->rows[middle].row;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return index->count;
}

static int compare_sizes(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

size_t *planned_rows(const table *planned, size_t *count) {
    id_index index;
    *count = 0;
    size_t *rows = index_ids(planned, &index) ? calloc(planned->rows + 1, sizeof *rows) : NULL;
    for (size_t i = 0; rows && i < index.count; i++) {
        const char *next = i + 1 < index.count ? index.rows[i + 1].id : "";
        if (strcmp(index.rows[i].id, next) != 0)
            rows[(*count)++] = index.rows[i].row;
    }
    if (rows)
        qsort(rows, *count, sizeof *rows, compare_sizes);
    free(index.rows);
    return rows;
}

/* Sets a cell of the last row from a plan's text: a number if the column has numbers or the text is a number. */
static bool set_cell(table *t, const char *name, const char *value) {
    const table_column *column = table_find(t, name);
    double number;
    if (!text_is_number(value, &number) || (column && column->type == COLUMN_TEXT))
        return table_set_text(t, name, value);
    return number == trunc(number) ? table_set_integer(t, name, number) : table_set_number(t, name, number);
}

bool planned_complete_row(table *runs, const table *fields, const table *planned, size_t row) {
    bool ok = true;
    for (size_t i = 0; ok && i < planned->count; i++) {
        const char *name = planned->columns[i].name, *value = planned->columns[i].texts[row];
        if (*value && strcmp(name, "reason") != 0 && !table_find(fields, name))
            ok = set_cell(runs, name, value);
    }
    const char *matched = table_text(planned, row, "matched");
    return ok && (!*matched || table_set_number(runs, "match_ratio", matchings_ratio(matched)));
}

/* A column of the plan: numbers if all its values are numbers. */
static bool add_setting(table *planned, const table *plan, const char *name) {
    const table_column *from = table_find(plan, name);
    double number;
    bool numbers = from != NULL, whole = true;
    if (!from || table_find(planned, name))
        return true;
    for (size_t row = 0; numbers && row < plan->rows; row++) {
        numbers = text_is_number(from->texts[row], &number);
        whole = whole && numbers && number == trunc(number);
    }
    table_column *to = table_add_column(planned, name, !numbers ? COLUMN_TEXT : whole ? COLUMN_INTEGER : COLUMN_NUMBER);
    for (size_t row = 0; to && row < plan->rows; row++)
        if (numbers)
            text_is_number(from->texts[row], &to->numbers[row]);
        else if (*from->texts[row] && !(to->texts[row] = strdup(from->texts[row])))
            return false;
    return to != NULL;
}

static bool add_settings(table *planned, const table *plan, const char *const *names) {
    bool ok = true;
    for (size_t i = 0; ok && names && names[i]; i++)
        ok = add_setting(planned, plan, names[i]);
    return ok;
}

static bool add_trial(const store_provenance *p, size_t row, const table *runs, const id_index *index, table *planned) {
    const char *id = table_text(p->planned, row, "id"), *reason = table_text(p->planned, row, "reason");
    size_t found = index_find(index, id);
    bool finished = found < runs->rows;
    const char *status = finished ? table_text(runs, found, "status") : *reason ? "failed" : "missing";
    return table_add_row(planned) && table_set_text(planned, "id", id) &&
           table_set_text(planned, "stage", table_text(p->planned, row, "stage")) &&
           table_set_text(planned, "matching", table_text(p->planned, row, "matching")) &&
           table_set_text(planned, "matched", table_text(p->planned, row, "matched")) &&
           table_set_text(planned, "status", status) && table_set_text(planned, "reason", finished ? "" : reason);
}

bool planned_table(const store_provenance *p, const table *runs, table *planned) {
    static const char *const columns[] = {"id", "stage", "matching", "matched", "status", "reason"};
    id_index index;
    bool ok = index_ids(runs, &index);
    for (size_t i = 0; ok && i < sizeof columns / sizeof *columns; i++)
        ok = table_add_column(planned, columns[i], COLUMN_TEXT);
    for (size_t row = 0; ok && p->planned && row < p->planned->rows; row++)
        ok = add_trial(p, row, runs, &index, planned);
    static const char *const seed[] = {"seed", NULL};
    if (ok && p->planned)
        ok = add_settings(planned, p->planned, seed) && add_settings(planned, p->planned, p->swept) &&
             add_settings(planned, p->planned, p->tuned);
    free(index.rows);
    return ok;
}
