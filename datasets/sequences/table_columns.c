/* SPDX-License-Identifier: MIT */
/* Choosing columns by name or by default, and reading their values; errors give the position in the file. */
#include "datasets/sequences/table_columns.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cleanup.h"
#include "support/text.h"

enum { MOST_GUESSED_CLASSES = 20, MOST_CLASSES = 1000 };

/* What a column holds */

/* Decided by the first value that is not missing. */
static bool holds_numbers(const csv_table *t, size_t column) {
    double number;
    for (size_t row = 0; row < t->rows; row++)
        if (!csv_is_missing(csv_table_cell(t, row, column)))
            return own_number(csv_table_cell(t, row, column), &number);
    return false;
}

/* True if the column holds texts or a few distinct integers. */
static bool suggests_classes(const csv_table *t, size_t column) {
    double known[MOST_GUESSED_CLASSES], number;
    size_t count = 0;
    if (!holds_numbers(t, column))
        return true;
    for (size_t row = 0; row < t->rows; row++) {
        if (!own_number(csv_table_cell(t, row, column), &number))
            continue;
        size_t k = 0;
        while (k < count && known[k] != number)
            k++;
        if (number != floor(number) || (k == count && count == MOST_GUESSED_CLASSES))
            return false;
        known[k] = number;
        count += k == count;
    }
    return true;
}

/* Messages about values that cannot be read */

static gb_status refuse_missing(gb_context *context, const csv_table *t, size_t row, size_t column) {
    return csv_table_fail(context, t, row, column, "the value is missing%s%.20s%s; fill it in or remove the row%s",
                          *csv_table_cell(t, row, column) ? " ('" : "", csv_table_cell(t, row, column),
                          *csv_table_cell(t, row, column) ? "')" : "",
                          ", or omit the column: inputs= names those to read");
}

static bool has_decimal_comma(const char *cell) {
    const char *comma = strchr(cell, ',');
    return comma && isdigit((unsigned char)comma[1]) && strspn(cell, "0123456789+-,eE") == strlen(cell);
}

static gb_status refuse_number(gb_context *context, const csv_table *t, size_t row, size_t column) {
    const char *cell = csv_table_cell(t, row, column);
    return csv_table_fail(context, t, row, column, "'%.60s' is not a number; %s, or omit the column: %s", cell,
                          has_decimal_comma(cell) ? "write a decimal point for the comma" : "correct it",
                          "inputs= names those to read");
}

/* Columns by name */

static gb_status unknown_column(gb_context *context, const csv_table *t, const char *setting, const char *name) {
    CLEANUP(text_free) text known = {0};
    const char **names;
    GB_TRY(gb_allocate(context, t->columns, sizeof *names, &names));
    for (size_t c = 0; c < t->columns; c++) {
        names[c] = csv_table_name(t, c);
        if (c < 30)
            text_append(&known, "%s%s", c ? ", " : "", names[c]);
    }
    const char *near = text_nearest(name, names, t->columns);
    if (near)
        gb_fail(context, GB_INVALID, "%s: %s names the column '%s', which does not exist; did you mean '%s'?",
                t->file.path, setting, name, near);
    else
        gb_fail(context, GB_INVALID, "%s: %s names the column '%s', which does not exist; the columns are: %s%s",
                t->file.path, setting, name, known.data ? known.data : "", t->columns > 30 ? ", ..." : "");
    gb_release(context, names);
    return GB_INVALID;
}

static bool has_column(const size_t *columns, size_t count, size_t column) {
    for (size_t i = 0; i < count; i++)
        if (columns[i] == column)
            return true;
    return false;
}

/* The columns of "a+b+c"; a column whose name contains '+' is found by its whole name. */
static gb_status find_columns(gb_context *context, const csv_table *t, const char *setting, const char *names,
                              size_t *columns, size_t *count) {
    char copy[512], *rest = NULL;
    size_t whole = csv_table_find(t, names);
    snprintf(copy, sizeof copy, "%s", names);
    if (whole != SIZE_MAX) {
        columns[(*count)++] = whole;
        return GB_OK;
    }
    for (char *name = strtok_r(copy, "+", &rest); name; name = strtok_r(NULL, "+", &rest)) {
        size_t column = csv_table_find(t, name);
        if (column == SIZE_MAX)
            return unknown_column(context, t, setting, name);
        if (has_column(columns, *count, column))
            return gb_fail(context, GB_INVALID, "%s: %s names column '%s' twice", t->file.path, setting, name);
        columns[(*count)++] = column;
    }
    if (*count == 0)
        return gb_fail(context, GB_INVALID, "%s: %s is '%s', which names no column", t->file.path, setting, names);
    return GB_OK;
}

/* Choosing */

/* Named columns of numbers that are neither the sequence column nor, unless forecasting, the target. */
static void take_numbers(const csv_table *t, table_columns *c) {
    for (size_t i = 0; i < t->columns; i++)
        if (i != c->sequence && *csv_table_name(t, i) && holds_numbers(t, i) &&
            (c->predict == TABLE_NEXT || !has_column(c->targets, c->target_count, i)))
            c->inputs[c->input_count++] = i;
}

/* A class if the column holds classes, else a number if other columns can predict it, else its own next value. */
static table_predict guess(const csv_table *t, const table_columns *c, bool inputs_given) {
    size_t others = inputs_given;
    for (size_t i = 0; i < t->columns; i++)
        others += i != c->sequence && i != c->targets[0] && *csv_table_name(t, i) && holds_numbers(t, i);
    if (c->target_count == 1 && suggests_classes(t, c->targets[0]))
        return TABLE_CLASS;
    return others ? TABLE_NUMBER : TABLE_NEXT;
}

/* If no target is named, it is the last column. */
static gb_status choose_target(gb_context *context, const csv_table *t, const char *target, table_columns *c) {
    if (*target)
        return find_columns(context, t, "target", target, c->targets, &c->target_count);
    size_t last = t->columns - 1;
    while (last > 0 && (last == c->sequence || !*csv_table_name(t, last)))
        last--;
    if (c->predict != TABLE_NEXT)
        c->targets[c->target_count++] = last;
    return GB_OK;
}

static gb_status check_choice(gb_context *context, const csv_table *t, const table_columns *c) {
    if (c->input_count == 0)
        return gb_fail(context, GB_DATA,
                       "%s: no column of numbers is left as an input; name the inputs: inputs=a+b (a column holds "
                       "numbers if its first value is a number), or predict the next row: predict=next",
                       t->file.path);
    if (c->predict == TABLE_CLASS && c->target_count != 1)
        return gb_fail(context, GB_INVALID, "%s: predict=class takes one target, not %zu", t->file.path,
                       c->target_count);
    for (size_t i = 0; c->predict != TABLE_NEXT && i < c->input_count; i++)
        if (has_column(c->targets, c->target_count, c->inputs[i]))
            return gb_fail(context, GB_INVALID,
                           "%s: column '%s' is both an input and the target, so the answer is in the input; "
                           "predict=next predicts the next row instead",
                           t->file.path, csv_table_name(t, c->inputs[i]));
    return GB_OK;
}

/* Refuses columns with decimal commas unless they are named: they would be left out, or read as classes. */
static gb_status refuse_commas(gb_context *context, const csv_table *t, const table_columns *c, bool inputs_named,
                               bool class_named) {
    for (size_t i = 0; i < t->columns; i++) {
        size_t row = 0;
        if (i == c->sequence || (has_column(c->targets, c->target_count, i) ? class_named : inputs_named))
            continue;
        while (row < t->rows && csv_is_missing(csv_table_cell(t, row, i)))
            row++;
        if (row < t->rows && has_decimal_comma(csv_table_cell(t, row, i)))
            return refuse_number(context, t, row, i);
    }
    return GB_OK;
}

gb_status table_choose(gb_context *context, const csv_table *t, const char *inputs, const char *target,
                       const char *sequence, table_predict predict, table_columns *c) {
    *c = (table_columns){.predict = predict, .sequence = SIZE_MAX};
    size_t found[CSV_MOST_COLUMNS], count = 0;
    GB_TRY(gb_allocate(context, t->columns, sizeof *c->inputs, &c->inputs));
    GB_TRY(gb_allocate(context, t->columns, sizeof *c->targets, &c->targets));
    GB_TRY(gb_allocate(context, t->columns, sizeof *c->left_out, &c->left_out));
    if (*sequence) {
        GB_TRY(find_columns(context, t, "sequence", sequence, found, &count));
        if (count != 1)
            return gb_fail(context, GB_INVALID, "%s: sequence names %zu columns; name one", t->file.path, count);
        c->sequence = found[0];
    }
    GB_TRY(choose_target(context, t, target, c));
    GB_TRY(refuse_commas(context, t, c, *inputs, predict == TABLE_CLASS));
    if (c->predict == TABLE_AUTO)
        c->predict = guess(t, c, *inputs);
    if (*inputs)
        GB_TRY(find_columns(context, t, "inputs", inputs, c->inputs, &c->input_count));
    else
        take_numbers(t, c);
    if (c->predict == TABLE_NEXT && !*target) {
        memcpy(c->targets, c->inputs, c->input_count * sizeof *c->targets);
        c->target_count = c->input_count;
    }
    for (size_t i = 0; i < t->columns; i++)
        if (i != c->sequence && !has_column(c->inputs, c->input_count, i) &&
            !has_column(c->targets, c->target_count, i))
            c->left_out[c->left_out_count++] = i;
    return check_choice(context, t, c);
}

void table_columns_free(gb_context *context, table_columns *c) {
    gb_release(context, c->inputs);
    gb_release(context, c->targets);
    gb_release(context, c->left_out);
    gb_release(context, c->labels);
    *c = (table_columns){0};
}

/* Values */

gb_status table_numbers(gb_context *context, const csv_table *t, const size_t *columns, size_t count,
                        const size_t *order, double *values) {
    for (size_t i = 0; i < t->rows; i++)
        for (size_t c = 0; c < count; c++) {
            const char *cell = csv_table_cell(t, order[i], columns[c]);
            if (csv_is_missing(cell))
                return refuse_missing(context, t, order[i], columns[c]);
            if (!own_number(cell, &values[i * count + c]))
                return refuse_number(context, t, order[i], columns[c]);
        }
    return GB_OK;
}

gb_status table_labels(gb_context *context, const csv_table *t, table_columns *c, const size_t *order,
                       int32_t *labels) {
    GB_TRY(gb_allocate(context, t->rows, sizeof *c->labels, &c->labels));
    for (size_t row = 0; row < t->rows; row++) {
        c->labels[row] = csv_table_cell(t, row, c->targets[0]);
        if (csv_is_missing_name(c->labels[row]))
            return refuse_missing(context, t, row, c->targets[0]);
    }
    qsort(c->labels, t->rows, sizeof *c->labels, own_compare_labels);
    for (size_t i = 0; i < t->rows; i++)
        if (c->label_count == 0 || strcmp(c->labels[c->label_count - 1], c->labels[i]) != 0)
            c->labels[c->label_count++] = c->labels[i];
    if (c->label_count < 2 || c->label_count > MOST_CLASSES)
        return gb_fail(
            context, GB_DATA, "%s: column '%s' has %zu different value%s, but a target of classes needs 2 to %d; %s",
            t->file.path, csv_table_name(t, c->targets[0]), c->label_count, c->label_count == 1 ? "" : "s",
            MOST_CLASSES, c->label_count < 2 ? "name another target=" : "predict=number, or name another target=");
    for (size_t i = 0; i < t->rows; i++) {
        const char *cell = csv_table_cell(t, order[i], c->targets[0]);
        const char **found = bsearch(&cell, c->labels, c->label_count, sizeof *c->labels, own_compare_labels);
        labels[i] = (int32_t)(found - c->labels);
    }
    return GB_OK;
}

typedef struct id_row {
    const char *id;
    size_t row, first; /* first: the first row of its sequence */
} id_row;

static int compare_ids(const void *a, const void *b) {
    const id_row *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int compare_firsts(const void *a, const void *b) {
    const id_row *x = a, *y = b;
    return x->first != y->first ? (x->first > y->first) - (x->first < y->first) : (x->row > y->row) - (x->row < y->row);
}

gb_status table_gather(gb_context *context, const csv_table *t, size_t sequence, size_t *order, size_t *starts,
                       size_t *sequences) {
    id_row *rows;
    GB_TRY(gb_allocate(context, t->rows, sizeof *rows, &rows));
    for (size_t i = 0; i < t->rows; i++)
        rows[i] = (id_row){sequence == SIZE_MAX ? "one" : csv_table_cell(t, i, sequence), i, 0};
    for (size_t i = 0; i < t->rows; i++)
        if (csv_is_missing_name(rows[i].id)) {
            gb_release(context, rows);
            return refuse_missing(context, t, i, sequence);
        }
    qsort(rows, t->rows, sizeof *rows, compare_ids);
    for (size_t i = 0; i < t->rows; i++)
        rows[i].first = i && !strcmp(rows[i].id, rows[i - 1].id) ? rows[i - 1].first : rows[i].row;
    qsort(rows, t->rows, sizeof *rows, compare_firsts);
    *sequences = 0;
    for (size_t i = 0; i < t->rows; i++) {
        order[i] = rows[i].row;
        if (rows[i].row == rows[i].first)
            starts[(*sequences)++] = i;
    }
    starts[*sequences] = t->rows;
    gb_release(context, rows);
    return GB_OK;
}
