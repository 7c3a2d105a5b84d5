/* SPDX-License-Identifier: MIT */
/* A run in a few lines: its arms, each with means over its trials. What `show`, `export` and the report print. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_SUMMARY_H
#define GATEBENCH_RESULTS_ANALYSIS_SUMMARY_H

#include "results/analysis/arms.h"
#include "results/statistics/statistics.h"
#include "results/store/metrics.h"

typedef struct summary {
    const evidence *e;
    arm_list arms;
    const table_column **settings; /* that tell the arms from each other: matching and what was matched, then others */
    size_t setting_count;
    const metric_type **metrics; /* that are shown of these trials */
    size_t metric_count;
    interval *means;            /* [arm][metric]: mean and 95 % t interval of the trials that have a number */
    bool has_fate[TRIAL_FATES]; /* some trial met it */
} summary;

/* `with_matching`: the matching is a setting also where all were matched by width. `e` must outlive it. Errors:
 * GB_MEMORY. */
gb_status summary_make(gb_context *context, const evidence *e, bool with_matching, summary *s);
void summary_free(summary *s);

/* The mean of a metric over an arm's trials; n is how many have a number. */
const interval *summary_mean(const summary *s, size_t arm, size_t metric);

#endif
