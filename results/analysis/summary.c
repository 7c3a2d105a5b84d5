/* SPDX-License-Identifier: MIT */
/* Means and Student-t intervals of arms. */
#include "results/analysis/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/matching_rows.h"
#include "support/cleanup.h"

/* The columns of an arm: its matching and how close it is, except for width, which the hidden size shows; then the
 * other settings that vary. */
static bool list_settings(const evidence *e, bool with_matching, summary *s) {
    const table *runs = &e->runs;
    bool matched = table_find(runs, "matched_to") != NULL;
    s->settings = calloc(e->settings.count + 3, sizeof *s->settings);
    if (!s->settings)
        return false;
    if ((matched || with_matching) && table_find(runs, "matching"))
        s->settings[s->setting_count++] = table_find(runs, "matching");
    if (matched && table_find(runs, "matched"))
        s->settings[s->setting_count++] = table_find(runs, "matched"); /* the achieved amount for `matched_to` */
    bool said = s->setting_count > 1;
    for (size_t i = 0; i < e->settings.count; i++) {
        const char *name = e->settings.items[i];
        const table_column *column = table_find(runs, name);
        bool is_matching = matchings_is_column(name);
        if (column && evidence_varies(e, column) && !(is_matching && said) &&
            !(s->setting_count && s->settings[0] == column))
            s->settings[s->setting_count++] = column;
    }
    return true;
}

static bool list_metrics(const evidence *e, summary *s) {
    size_t count = 0;
    while (metric_at(count))
        count++;
    s->metrics = calloc(count + 1, sizeof *s->metrics);
    const metric_type *metric;
    for (size_t i = 0; s->metrics && (metric = metric_at(i)); i++)
        if (metric_is_shown(metric, &e->runs))
            s->metrics[s->metric_count++] = metric;
    return s->metrics != NULL;
}

static bool take_means(const evidence *e, summary *s) {
    CLEANUP(free_at) double *x = calloc(e->runs.rows + 1, sizeof *x);
    s->means = calloc(s->arms.count * s->metric_count + 1, sizeof *s->means);
    for (size_t a = 0; x && s->means && a < s->arms.count; a++)
        for (size_t m = 0; m < s->metric_count; m++) {
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): list_metrics has filled them */
            size_t n = arm_numbers(e, &s->arms.items[a], s->metrics[m]->name, x);
            interval *mean = &s->means[a * s->metric_count + m];
            *mean = statistics_mean_interval(x, n, 0.95);
            mean->estimate = n ? statistics_mean(x, n) : NAN;
            mean->n = n;
        }
    return x && s->means;
}

gb_status summary_make(gb_context *context, const evidence *e, bool with_matching, summary *s) {
    *s = (summary){.e = e};
    GB_TRY(arms_find(context, e, &s->arms));
    for (size_t row = 0; row < e->runs.rows; row++)
        s->has_fate[evidence_fate(e, row)] = true;
    if (list_settings(e, with_matching, s) && list_metrics(e, s) && take_means(e, s))
        return GB_OK;
    summary_free(s);
    return gb_fail(context, GB_MEMORY, "out of memory while summarising");
}

void summary_free(summary *s) {
    arms_free(&s->arms);
    free(s->settings);
    free(s->metrics);
    free(s->means);
    *s = (summary){0};
}

const interval *summary_mean(const summary *s, size_t arm, size_t metric) {
    return &s->means[arm * s->metric_count + metric];
}
