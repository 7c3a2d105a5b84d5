/* SPDX-License-Identifier: MIT */
/* Learning curves cut at an equal budget. */
#include "results/analysis/compare_budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/store/metrics.h"

const char *const budget_units[] = {"core_seconds", "steps", "samples", NULL};

/* The budget that a trial had spent at a row of its curve. */
static double spent_at(const evidence *e, size_t row, size_t at, const char *unit) {
    const table *curves = &e->source->curves;
    if (strcmp(unit, "core_seconds") == 0)
        return table_number(curves, at, "cpu_seconds");
    double steps = table_number(curves, at, "step");
    return strcmp(unit, "samples") == 0 ? steps * table_number(&e->runs, row, "batch") : steps;
}

/* The minimum over trials of the budget spent at the last validation; NaN: no curve records it. */
static double find_reached(const evidence *e, const char *unit) {
    double least = NAN;
    for (size_t row = 0; row < e->runs.rows; row++) {
        size_t first, count = evidence_curve(e, row, &first);
        if (evidence_fate(e, row) != TRIAL_DONE)
            continue;
        double spent = count ? spent_at(e, row, first + count - 1, unit) : NAN;
        if (isnan(spent))
            return NAN;
        least = fmin(least, spent); /* of NaN and a number, takes the number */
    }
    return least;
}

/* The validation metric of the parameters selected by then; NaN: there was no validation yet. */
static double value_at(const evidence *e, size_t row, const char *unit, double budget) {
    const table *curves = &e->source->curves;
    bool last = strcmp(table_text(&e->runs, row, "select"), "last") == 0;
    double lowest = INFINITY, value = NAN;
    size_t first, count = evidence_curve(e, row, &first);
    for (size_t at = first; at < first + count && spent_at(e, row, at, unit) <= budget; at++) {
        double loss = table_number(curves, at, "valid_loss");
        if (!last && !(loss < lowest))
            continue;
        lowest = loss;
        value = table_number(curves, at, "valid_metric");
    }
    return value;
}

static bool is_unit(const char *unit) {
    size_t i = 0;
    while (budget_units[i] && strcmp(budget_units[i], unit) != 0)
        i++;
    return budget_units[i] != NULL;
}

gb_status budget_apply(gb_context *context, evidence *e, const char *unit, double *reached, const char **column) {
    char name[80];
    const metric_type *metric = metric_validated(&e->runs);
    if (!is_unit(unit))
        return gb_fail(context, GB_INVALID, "there is no budget '%s'; give core_seconds, steps or samples", unit);
    if (!metric)
        return gb_fail(context, GB_INVALID, "%s: its trials were not validated by a metric", e->source->name);
    *reached = find_reached(e, unit);
    if (isnan(*reached))
        return gb_fail(context, GB_INVALID, "%s: its learning curves do not record the %s of each trial",
                       e->source->name, unit);
    snprintf(name, sizeof name, "valid_%s", metric->name);
    const table_column *values = table_find(&e->runs, name);
    size_t early = 0;
    for (size_t row = 0; row < e->runs.rows; row++) {
        values->numbers[row] = value_at(e, row, unit, *reached);
        early += evidence_fate(e, row) == TRIAL_DONE && isnan(values->numbers[row]);
    }
    *column = values->name;
    return early == 0 ? GB_OK
                      : gb_fail(context, GB_INVALID,
                                "%s: at %.6g %s, the largest budget that all trials reached, %zu of them had not been "
                                "validated yet; run with a smaller evaluate_every",
                                e->source->name, *reached, unit, early);
}
