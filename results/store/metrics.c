/* SPDX-License-Identifier: MIT */
/* The table of metrics.def, and properties that depend on the trials. */
#include "results/store/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cleanup.h"
#include "support/text.h"

#define HIGHER 1
#define LOWER 0
#define NONE NAN
#define ALWAYS "*"
#define NEVER ""

static const metric_type metrics[] = {
#define METRIC(name, measure, title, unit, decimals, direction, margin, solved, shown)                                 \
    {#name, title, unit, decimals, direction, margin, solved, shown},
#define RECORDED(name, title, unit, decimals, direction, shown)                                                        \
    {#name, title, unit, decimals, direction, NONE, NONE, shown},
#include "results/store/metrics.def"
};
enum { COUNT = sizeof metrics / sizeof *metrics };

const metric_type *metric_at(size_t i) {
    return i < COUNT ? &metrics[i] : NULL;
}

static const char validated[] = "valid_";
enum { PREFIX = sizeof validated - 1 };

bool metric_is_validation(const char *column) {
    return strncmp(column, validated, PREFIX) == 0;
}

const metric_type *metric_find(const char *column) {
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(metrics[i].name, column) == 0)
            return &metrics[i];
    return metric_is_validation(column) ? metric_find(column + PREFIX) : NULL;
}

bool metric_higher_is_better(const char *column) {
    const metric_type *m = metric_find(column);
    return m && m->higher_is_better;
}

bool metric_reaches(double value, double threshold, bool higher_is_better) {
    return higher_is_better ? value >= threshold : value <= threshold;
}

static bool is_validated(const metric_type *m, const table *runs) {
    char column[80];
    snprintf(column, sizeof column, "%s%s", validated, m->name);
    return table_find(runs, column) != NULL;
}

const metric_type *metric_validated(const table *runs) {
    for (size_t i = 0; i < COUNT; i++)
        if (is_validated(&metrics[i], runs) && strcmp(metrics[i].name, "loss") != 0)
            return &metrics[i];
    return NULL;
}

static bool has_numbers(const table *runs, const char *name) {
    const table_column *column = table_find(runs, name);
    for (size_t row = 0; column && column->type != COLUMN_TEXT && row < runs->rows; row++)
        if (!isnan(column->numbers[row]) && column->numbers[row] != 0)
            return true;
    return false;
}

bool metric_shown_always(const metric_type *m) {
    return strcmp(m->shown, ALWAYS) == 0;
}

bool metric_is_shown(const metric_type *m, const table *runs) {
    const table_column *column = table_find(runs, m->name);
    if (!column || column->type == COLUMN_TEXT || !*m->shown)
        return false;
    if (metric_shown_always(m))
        return has_numbers(runs, m->name);
    bool known = false;
    for (size_t i = 0; i < COUNT; i++) {
        bool by = is_validated(&metrics[i], runs) && strcmp(metrics[i].name, "loss") != 0;
        if (by && text_lists(m->shown, ' ', metrics[i].name))
            return true;
        known = known || by;
    }
    return !known; /* the task's metric is unknown */
}

gb_status metric_no_column(gb_context *context, const table *runs, const char *name) {
    if (metric_find(name))
        return gb_fail(context, GB_INVALID,
                       "no trial of this run measured '%s'; name it under `measure:`, or, if gatebench now measures it "
                       "in every trial, run the recipe again with another --output",
                       name);
    CLEANUP(free_at) const char **known = calloc(runs->count + 1, sizeof *known);
    for (size_t c = 0; known && c < runs->count; c++)
        known[c] = runs->columns[c].name;
    const char *nearest = known ? text_nearest(name, known, runs->count) : NULL;
    return nearest ? gb_fail(context, GB_INVALID, "no column '%s'; did you mean '%s'?", name, nearest)
                   : gb_fail(context, GB_INVALID, "no column '%s'; show --trials --all-columns has them", name);
}

/* A loss is a cross-entropy in nats, except for tasks whose target is a number: there it is the mean squared error. */
const char *metric_unit(const metric_type *m, const table *runs) {
    return *m->unit ? m->unit : table_find(runs, "mse") ? "1" : "nat";
}
