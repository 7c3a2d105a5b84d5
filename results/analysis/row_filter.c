/* SPDX-License-Identifier: MIT */
/* --where: a few conditions on the columns of the trials. */
#include "results/analysis/row_filter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

typedef enum relation { EQUAL, UNEQUAL, AT_LEAST, AT_MOST, ABOVE, BELOW } relation;

/* The longer operators first. */
static const struct {
    const char *sign;
    relation relation;
} relations[] = {{"!=", UNEQUAL}, {">=", AT_LEAST}, {"<=", AT_MOST}, {"=", EQUAL}, {">", ABOVE}, {"<", BELOW}};

typedef struct condition {
    const table_column *column;
    relation relation;
    char *values;  /* as written */
    double number; /* for <, <=, >, >= */
} condition;

/* Splits "name>=value" in place. */
static gb_status read_condition(gb_context *context, char *words, const table *runs, condition *c) {
    size_t length = strcspn(words, "=!<>");
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        const char *sign = relations[i].sign;
        if (strncmp(words + length, sign, strlen(sign)) != 0)
            continue;
        c->relation = relations[i].relation;
        c->values = words + length + strlen(sign);
        words[length] = '\0';
        c->column = table_find(runs, words);
        if (!c->column)
            return metric_no_column(context, runs, words);
        bool order = c->relation != EQUAL && c->relation != UNEQUAL;
        if (order && c->column->type == COLUMN_TEXT)
            return gb_fail(context, GB_INVALID, "'%s' contains text; compare it with = or !=", words);
        if (order && !text_is_number(c->values, &c->number))
            return gb_fail(context, GB_INVALID, "'%s' is compared with '%s', which is not a number", words, c->values);
        return GB_OK;
    }
    return gb_fail(context, GB_INVALID, "'%s' is not a condition; write one such as cell=gru or 'gap>=200'", words);
}

/* True if the cell is one of "a,b,c"; numbers are compared by value. */
static bool is_among(const condition *c, const table *runs, size_t row) {
    char cell_number[32];
    const char *cell = table_cell(runs, row, c->column, cell_number, sizeof cell_number);
    for (const char *at = c->values;; at++) {
        size_t length = strcspn(at, ",");
        char value[512];
        double number;
        snprintf(value, sizeof value, "%.*s", (int)(length < sizeof value ? length : sizeof value - 1), at);
        if ((strlen(cell) == length && !strncmp(cell, at, length)) ||
            (c->column->type != COLUMN_TEXT && text_is_number(value, &number) && c->column->numbers[row] == number))
            return true;
        at += length;
        if (!*at)
            return false;
    }
}

static bool holds(const condition *c, const table *runs, size_t row) {
    double value = c->column->type == COLUMN_TEXT ? NAN : c->column->numbers[row];
    switch (c->relation) {
    case EQUAL:
        return is_among(c, runs, row);
    case UNEQUAL:
        return !is_among(c, runs, row);
    case AT_LEAST:
        return value >= c->number;
    case AT_MOST:
        return value <= c->number;
    case ABOVE:
        return value > c->number;
    case BELOW:
        return value < c->number;
    }
    return false;
}

/* "; cell is rnn, gru, lstm": the values of a column, if they are few. */
static void append_values(const table *runs, const table_column *column, text *words) {
    enum { MOST = 12 };
    size_t shown[MOST], count = 0;
    char cell[512];
    text_append(words, "; %s is ", column->name);
    for (size_t row = 0; row < runs->rows; row++) {
        size_t i = 0;
        while (i < count && !table_same_cell(column, shown[i], row))
            i++;
        if (i < count)
            continue;
        if (count == MOST) {
            text_append(words, ", ...");
            return;
        }
        text_append(words, "%s%s", count ? ", " : "", table_cell(runs, row, column, cell, sizeof cell));
        shown[count++] = row;
    }
}

gb_status where_keep(gb_context *context, const char *conditions, table *runs) {
    char *copy = strdup(conditions), *rest = copy;
    CLEANUP(free_at) bool *keep = malloc(runs->rows + 1);
    CLEANUP(text_free) text there = {0};
    size_t kept = 0;
    gb_status status = copy && keep ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
    if (status == GB_OK)
        memset(keep, true, runs->rows + 1);
    for (char *words; status == GB_OK && (words = strsep(&rest, " \t"));) {
        condition c = {0};
        if (!*words)
            continue;
        status = read_condition(context, words, runs, &c);
        for (size_t row = 0; status == GB_OK && row < runs->rows; row++)
            keep[row] = keep[row] && holds(&c, runs, row);
        if (status == GB_OK)
            append_values(runs, c.column, &there);
    }
    for (size_t row = 0; status == GB_OK && row < runs->rows; row++)
        kept += keep[row];
    if (status == GB_OK && kept == 0)
        status = gb_fail(context, GB_INVALID, "no trial meets the condition '%s'%s", conditions,
                         there.data ? there.data : "");
    if (status == GB_OK)
        table_keep_rows(runs, keep);
    free(copy);
    return status;
}
