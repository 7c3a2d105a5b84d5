/* SPDX-License-Identifier: MIT */
/* Which rows may be compared: the settings that make groups, found from the table itself, and its rows in order. */
#include "results/analysis/arms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"

/* A row with the cells of some columns as one text. */
typedef struct keyed_row {
    char *key;
    size_t row;
} keyed_row;

static int compare_keys(const void *a, const void *b) {
    const keyed_row *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static void free_keys(keyed_row *keys, size_t count) {
    for (size_t i = 0; keys && i < count; i++)
        free(keys[i].key);
    free(keys);
}

/* The rows sorted by the cells of `by` (NULL: without) and of the columns but `left_out`; NULL: out of memory. */
static keyed_row *sort_rows(const table *runs, const table_column *by, const table_column *const *columns, size_t count,
                            const table_column *left_out) {
    keyed_row *keys = calloc(runs->rows + 1, sizeof *keys);
    bool good = keys != NULL;
    for (size_t row = 0; good && row < runs->rows; row++) {
        text key = {0};
        char cell[512];
        text_append(&key, "%s\x1f", by ? table_cell(runs, row, by, cell, sizeof cell) : "");
        for (size_t i = 0; i < count; i++)
            if (columns[i] != left_out)
                text_append(&key, "%s\x1f", table_cell(runs, row, columns[i], cell, sizeof cell));
        keys[row] = (keyed_row){key.data, row};
        good = !key.failed;
        if (key.failed)
            text_free(&key), keys[row].key = NULL;
    }
    if (!good) {
        free_keys(keys, runs->rows);
        return NULL;
    }
    qsort(keys, runs->rows, sizeof *keys, compare_keys);
    return keys;
}

static bool same_cell(const table_column *column, size_t a, size_t b) {
    if (column->type == COLUMN_TEXT)
        return strcmp(column->texts[a], column->texts[b]) == 0;
    return column->numbers[a] == column->numbers[b] || (isnan(column->numbers[a]) && isnan(column->numbers[b]));
}

static bool varies(const table *runs, const table_column *column) {
    for (size_t row = 1; row < runs->rows; row++)
        if (!same_cell(column, 0, row))
            return true;
    return false;
}

/* Whether the column's value follows from the arm and the other grouping columns: then it comes with them (a width that
 * is zipped to the cell, a learning rate that tuning chose) and makes no group of its own. */
static gb_status follows(gb_context *context, const arms_rows *rows, const table_column *by, const table_column *column,
                         bool *result) {
    keyed_row *keys = sort_rows(rows->runs, by, rows->grouping, rows->grouping_count, column);
    if (!keys)
        return gb_fail(context, GB_MEMORY, "out of memory while grouping trials");
    *result = true;
    for (size_t i = 1; *result && i < rows->runs->rows; i++)
        *result = strcmp(keys[i].key, keys[i - 1].key) != 0 || same_cell(column, keys[i].row, keys[i - 1].row);
    free_keys(keys, rows->runs->rows);
    return GB_OK;
}

/* From the last varying setting to the first, so that of two that go together the earlier one names the group. */
static gb_status find_grouping(gb_context *context, arms_rows *rows, const table_column *by,
                               const char *const *settings) {
    size_t most = 0;
    while (settings[most])
        most++;
    rows->grouping = calloc(most + 1, sizeof *rows->grouping);
    rows->carried = calloc(most + 1, sizeof *rows->carried);
    if (!rows->grouping || !rows->carried)
        return gb_fail(context, GB_MEMORY, "out of memory while grouping trials");
    for (size_t i = 0; i < most; i++) {
        const table_column *column = table_find(rows->runs, settings[i]);
        if (column && column != by && strcmp(column->name, "seed") != 0 && varies(rows->runs, column))
            rows->grouping[rows->grouping_count++] = column;
    }
    for (size_t i = rows->grouping_count; i-- > 0;) {
        bool carried = false;
        gb_status status = follows(context, rows, by, rows->grouping[i], &carried);
        if (status)
            return status;
        if (!carried)
            continue;
        rows->carried[rows->carried_count++] = rows->grouping[i];
        memmove(rows->grouping + i, rows->grouping + i + 1, (--rows->grouping_count - i) * sizeof *rows->grouping);
    }
    return GB_OK;
}

/* The number of the arm, added when it is new. */
static size_t arm_number(arms_rows *rows, const char *value) {
    size_t i = 0;
    while (i < rows->arm_count && strncmp(rows->arms[i], value, sizeof *rows->arms - 1) != 0)
        i++;
    if (i == rows->arm_count)
        snprintf(rows->arms[rows->arm_count++], sizeof *rows->arms, "%s", value);
    return i;
}

static int compare_rows(const void *a, const void *b) {
    const arms_row *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->arm != y->arm)
        return x->arm < y->arm ? -1 : 1;
    if (x->seed != y->seed)
        return x->seed < y->seed ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static gb_status fill_rows(gb_context *context, arms_rows *rows, const table_column *by, const char *metric) {
    const table *runs = rows->runs;
    keyed_row *keys = sort_rows(runs, NULL, rows->grouping, rows->grouping_count, NULL);
    rows->items = calloc(runs->rows + 1, sizeof *rows->items);
    rows->arms = calloc(runs->rows + 1, sizeof *rows->arms);
    if (!keys || !rows->items || !rows->arms) {
        free_keys(keys, runs->rows);
        return gb_fail(context, GB_MEMORY, "out of memory while grouping trials");
    }
    rows->count = runs->rows;
    for (size_t i = 0, group = 0; i < runs->rows; i++) {
        if (i == 0 || strcmp(keys[i].key, keys[i - 1].key) != 0)
            group = keys[i].row;
        rows->items[keys[i].row].group = group;
    }
    free_keys(keys, runs->rows);
    for (size_t row = 0; row < runs->rows; row++) {
        char cell[512];
        arms_row *item = &rows->items[row];
        item->row = row;
        item->arm = arm_number(rows, table_cell(runs, row, by, cell, sizeof cell));
        item->seed = table_number(runs, row, "seed");
        item->value = strcmp(table_text(runs, row, "status"), "diverged") == 0 ? NAN : table_number(runs, row, metric);
        item->steps.time = NAN;
    }
    return GB_OK;
}

/* The first row of the curves of a run, or their number. Rows are in the order of `run`. */
static size_t first_of_run(const table *curves, double run) {
    size_t low = 0, high = curves->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table_number(curves, middle, "run") < run)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first validation of each trial that reached what counts as solved, and the last one of those that never did; one
 * that diverged never will, so it counts until the step limit. */
static void find_steps(arms_rows *rows, const table *curves, const compare_question *q) {
    char validated[80];
    snprintf(validated, sizeof validated, "valid_%s", q->metric);
    if (isnan(q->solved) || !table_find(rows->runs, validated))
        return; /* the curves are of another metric */
    for (size_t i = 0; i < rows->count; i++) {
        arms_row *item = &rows->items[i];
        double run = table_number(rows->runs, item->row, "run");
        for (size_t at = first_of_run(curves, run); at < curves->rows && table_number(curves, at, "run") == run; at++) {
            double metric = table_number(curves, at, "valid_metric"), step = table_number(curves, at, "step");
            if (item->steps.solved || isnan(step))
                continue;
            item->steps.time = step;
            item->steps.solved = q->higher_is_better ? metric >= q->solved : metric <= q->solved;
        }
        double limit = table_number(rows->runs, item->row, "steps");
        if (strcmp(table_text(rows->runs, item->row, "status"), "diverged") == 0 && limit > item->steps.time)
            item->steps.time = limit;
    }
}

gb_status arms_rows_make(gb_context *context, const table *runs, const table *curves, const compare_question *q,
                         arms_rows *out) {
    *out = (arms_rows){.runs = runs};
    const table_column *by = table_find(runs, q->by);
    gb_status status = find_grouping(context, out, by, q->settings);
    if (!status)
        status = fill_rows(context, out, by, q->metric);
    if (status) {
        arms_rows_free(out);
        return status;
    }
    find_steps(out, curves, q);
    qsort(out->items, out->count, sizeof *out->items, compare_rows);
    return GB_OK;
}

void arms_rows_free(arms_rows *rows) {
    free(rows->items);
    free(rows->arms);
    free(rows->grouping);
    free(rows->carried);
    *rows = (arms_rows){0};
}

size_t arms_group_end(const arms_rows *rows, size_t first) {
    size_t end = first;
    while (end < rows->count && rows->items[end].group == rows->items[first].group)
        end++;
    return end;
}

size_t arms_of_group(const arms_rows *rows, size_t group_first, size_t arm, size_t *first) {
    size_t end = arms_group_end(rows, group_first), count = 0;
    *first = group_first;
    while (*first < end && rows->items[*first].arm != arm)
        ++*first;
    while (*first + count < end && rows->items[*first + count].arm == arm)
        count++;
    return count;
}
