/* SPDX-License-Identifier: MIT */
/* Statistics of two arms beyond the paired test, from the values that a comparison keeps. */
#include "results/analysis/compare_extras.h"
#include "support/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 10000, SEED = 2021 };

/* A trial without a value counts as infinitely bad, and then resampling gives no interval. */
static bool all_finite(const double *x, size_t n) {
    while (n && isfinite(x[n - 1]))
        n--;
    return n == 0;
}

static interval iqm_of(const double *x, size_t n) {
    interval plain = {statistics_iqm(x, n), NAN, NAN, n};
    return n < COMPARE_BOOTSTRAP_FROM || !all_finite(x, n)
               ? plain
               : statistics_bca(x, n, statistics_iqm, RESAMPLES, statistics_bootstrap_confidence(n, 0.95), SEED);
}

static interval difference_of(const compare_result *r) {
    interval middle = {NAN, NAN, NAN, r->pairs};
    if (r->pairs != r->count_a || r->pairs != r->count_b)
        return middle; /* if some seeds have no partner, the values are not paired */
    CLEANUP(free_at) double *pairs = r->pairs ? malloc(r->pairs * sizeof *pairs) : NULL;
    for (size_t i = 0; pairs && i < r->pairs; i++)
        pairs[i] = r->values[i] - r->values[r->count_a + i];
    if (pairs)
        middle = iqm_of(pairs, r->pairs);
    return middle;
}

gb_status compare_extras_of(gb_context *context, const compare_question *question, const compare_result *r,
                            size_t comparisons, compare_extras *out) {
    size_t n = r->count_a, m = r->count_b;
    const double *a = r->values, *b = a ? a + n : NULL;
    const interval none = {NAN, NAN, NAN, 0};
    *out = (compare_extras){.median_a = NAN,
                            .median_b = NAN,
                            .iqm_a = none,
                            .iqm_b = none,
                            .difference = none,
                            .violation = NAN,
                            .order_a = NAN,
                            .order_b = NAN};
    out->rate_a = statistics_wilson(r->solved_a, r->tried_a, 0.95);
    out->rate_b = statistics_wilson(r->solved_b, r->tried_b, 0.95);
    double deviation = r->difference.deviation, effect = r->difference.difference.estimate;
    out->seeds_difference = statistics_seeds_difference(effect, deviation, 0.05, 0.8);
    out->seeds_equivalence = statistics_seeds_equivalence(effect, deviation, question->margin, 0.05, 0.8);
    if (!a || n == 0 || m == 0)
        return GB_OK;
    out->median_a = statistics_median(a, n);
    out->median_b = statistics_median(b, m);
    out->iqm_a = iqm_of(a, n);
    out->iqm_b = iqm_of(b, m);
    out->difference = difference_of(r);
    CLEANUP(free_at) double *scores = malloc((n + m) * sizeof *scores); /* higher is better */
    GB_NEED(context, scores, "for the statistics of %s and %s", r->a, r->b);
    for (size_t i = 0; i < n + m; i++)
        scores[i] = question->higher_is_better ? a[i] : -a[i];
    out->violation = statistics_violation(scores, n, scores + n, m);
    out->order_a = statistics_stochastic_order(scores, n, scores + n, m, 0.05, comparisons, RESAMPLES, SEED);
    out->order_b = statistics_stochastic_order(scores + n, m, scores, n, 0.05, comparisons, RESAMPLES, SEED);
    return GB_OK;
}

/* Collects the scores of one pair of arms over all lists, task by task. */
typedef struct strata {
    double *x;
    size_t *sizes, count, runs;
} strata;

static void add_stratum(strata *s, const double *values, size_t n) {
    memcpy(s->x + s->runs, values, n * sizeof *values);
    s->runs += n;
    s->sizes[s->count++] = n;
}

/* Resampling few runs gives intervals that are too narrow, so there is none then. */
static interval iqm_over(const strata *s) {
    if (s->runs < COMPARE_BOOTSTRAP_FROM || !all_finite(s->x, s->runs))
        return (interval){statistics_iqm(s->x, s->runs), NAN, NAN, s->runs};
    return statistics_stratified(s->x, s->sizes, s->count, statistics_iqm, RESAMPLES, 0.95, SEED);
}

static bool is_of(const compare_tasks *t, const compare_result *r) {
    return strcmp(r->a, t->a) == 0 && strcmp(r->b, t->b) == 0 && strcmp(r->matching, t->matching) == 0;
}

static void gather(const compare_findings *const *lists, size_t count, compare_tasks *t, strata *a, strata *b) {
    for (size_t l = 0; l < count; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            const compare_result *r = &lists[l]->items[i];
            if (!r->group || !is_of(t, r) || !r->count_a || !r->count_b)
                continue;
            add_stratum(a, r->values, r->count_a);
            add_stratum(b, r->values + r->count_a, r->count_b);
            t->improvement += r->improvement.estimate;
            t->tasks++;
        }
    t->improvement /= (double)t->tasks;
    t->runs_a = a->runs;
    t->runs_b = b->runs;
}

static bool known(const compare_tasks *all, size_t count, const compare_result *r) {
    for (size_t i = 0; i < count; i++)
        if (is_of(&all[i], r))
            return true;
    return false;
}

/* Adds the pair of arms of one result; false: out of memory. */
static bool add_pair(const compare_findings *const *lists, size_t count, const compare_result *r, size_t runs,
                     size_t groups, compare_tasks *t) {
    strata a = {calloc(runs + 1, sizeof(double)), calloc(groups + 1, sizeof(size_t)), 0, 0};
    strata b = {calloc(runs + 1, sizeof(double)), calloc(groups + 1, sizeof(size_t)), 0, 0};
    bool good = a.x && a.sizes && b.x && b.sizes;
    *t = (compare_tasks){0};
    memcpy(t->a, r->a, sizeof t->a);
    memcpy(t->b, r->b, sizeof t->b);
    memcpy(t->matching, r->matching, sizeof t->matching);
    if (good) {
        gather(lists, count, t, &a, &b);
        t->iqm_a = iqm_over(&a);
        t->iqm_b = iqm_over(&b);
    }
    free(a.x);
    free(a.sizes);
    free(b.x);
    free(b.sizes);
    return good;
}

gb_status compare_over_tasks(gb_context *context, const compare_findings *const *lists, size_t count,
                             compare_tasks **out, size_t *out_count) {
    size_t runs = 0, groups = 0;
    *out_count = 0;
    for (size_t l = 0; l < count; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            runs += lists[l]->items[i].count_a + lists[l]->items[i].count_b;
            groups++;
        }
    *out = calloc(groups + 1, sizeof **out);
    bool good = *out != NULL;
    for (size_t l = 0; good && l < count; l++)
        for (size_t i = 0; good && i < lists[l]->count; i++) {
            const compare_result *r = &lists[l]->items[i];
            if (!r->group || known(*out, *out_count, r))
                continue;
            good = add_pair(lists, count, r, runs, groups, &(*out)[*out_count]);
            *out_count += good && (*out)[*out_count].tasks > 1;
        }
    return good ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while comparing over tasks");
}
