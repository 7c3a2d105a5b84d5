/* SPDX-License-Identifier: MIT */
/* The table of metrics.def, and what depends on the trials at hand. */
#include "results/store/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

const metric_type *metric_find(const char *column) {
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(metrics[i].name, column) == 0)
            return &metrics[i];
    return NULL;
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
    snprintf(column, sizeof column, "valid_%s", m->name);
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

/* Whether `name` is one of the words of a list "accuracy mse". */
static bool names_word(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, name, length) == 0)
            return true;
        at += word;
    }
    return false;
}

bool metric_is_shown(const metric_type *m, const table *runs) {
    const table_column *column = table_find(runs, m->name);
    if (!column || column->type == COLUMN_TEXT || !*m->shown)
        return false;
    if (strcmp(m->shown, ALWAYS) == 0)
        return has_numbers(runs, m->name);
    bool known = false;
    for (size_t i = 0; i < COUNT; i++) {
        bool by = is_validated(&metrics[i], runs) && strcmp(metrics[i].name, "loss") != 0;
        if (by && names_word(m->shown, metrics[i].name))
            return true;
        known = known || by;
    }
    return !known; /* nothing says what the task is judged by */
}

/* A loss is a cross-entropy in nats, except of tasks whose answer is a number: there it is the mean squared error. */
const char *metric_unit(const metric_type *m, const table *runs) {
    return *m->unit ? m->unit : table_find(runs, "mse") ? "1" : "nat";
}
