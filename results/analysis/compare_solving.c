/* SPDX-License-Identifier: MIT */
/* How many trials of two arms solved the task, and when. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "results/analysis/compare.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"

solve_time compare_solve_time(const evidence *e, size_t row, double solved, bool higher_is_better) {
    const table *curves = &e->source->curves;
    solve_time found = {.time = NAN};
    size_t first, count = evidence_curve(e, row, &first);
    for (size_t at = first; at < first + count; at++) {
        double step = table_number(curves, at, "step");
        if (isnan(step))
            continue;
        found.time = step;
        if (metric_reaches(table_number(curves, at, "valid_metric"), solved, higher_is_better))
            return (solve_time){step, true};
    }
    trial_fate fate = evidence_fate(e, row);
    if (fate == TRIAL_DIVERGED || fate == TRIAL_OVER_LIMIT) /* it can no longer solve it */
        found.time = fmax(found.time, table_number(&e->runs, row, "steps"));
    return found;
}

size_t compare_solve_times(const evidence *e, const trial_arm *a, const compare_question *q, solve_time *times) {
    char validated[80];
    size_t n = 0;
    snprintf(validated, sizeof validated, "valid_%s", q->metric);
    if (isnan(q->solved) || !table_find(&e->runs, validated))
        return 0; /* the curves are of another metric */
    for (size_t i = 0; i < a->count; i++) {
        if (evidence_fate(e, a->rows[i]) == TRIAL_MISSING)
            continue;
        times[n] = compare_solve_time(e, a->rows[i], q->solved, q->higher_is_better);
        if (isnan(times[n++].time))
            return 0;
    }
    return n;
}

static size_t count_solved(const compare_question *q, const double *values, size_t n) {
    size_t solved = 0;
    for (size_t i = 0; i < n; i++)
        solved += metric_reaches(values[i], q->solved, q->higher_is_better);
    return solved;
}

static void compare_times(const solve_time *a, size_t na, const solve_time *b, size_t nb, survival_step *curve,
                          compare_result *r) {
    r->steps_a = statistics_median_time(curve, statistics_kaplan_meier(a, na, 0.95, curve));
    r->steps_b = statistics_median_time(curve, statistics_kaplan_meier(b, nb, 0.95, curve));
    r->solving = statistics_log_rank(a, na, b, nb);
    for (size_t i = 0; i < na + nb; i++)
        r->reached += i < na ? a[i].solved : b[i - na].solved;
}

bool compare_solving(const evidence *e, const trial_arm *a, const trial_arm *b, const compare_question *q,
                     compare_result *r) {
    if (isnan(q->solved))
        return true;
    r->tried_a = r->count_a;
    r->tried_b = r->count_b;
    r->solved_a = count_solved(q, r->values, r->count_a);
    r->solved_b = count_solved(q, r->values + r->count_a, r->count_b);
    if (r->tried_a && r->tried_b)
        r->p_fisher = statistics_fisher(r->solved_a, r->tried_a, r->solved_b, r->tried_b);
    CLEANUP(free_at) solve_time *times = calloc(a->count + b->count + 1, sizeof *times);
    CLEANUP(free_at) survival_step *curve = calloc(a->count + b->count + 1, sizeof *curve);
    bool ok = times && curve;
    size_t na = ok ? compare_solve_times(e, a, q, times) : 0, nb = ok ? compare_solve_times(e, b, q, times + na) : 0;
    if (na && nb)
        compare_times(times, na, times + na, nb, curve, r);
    return ok;
}
