/* SPDX-License-Identifier: MIT */
/* The summary of a run: its arms, each with means over its trials. `show`, `export` and the report print it. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_SUMMARY_H
#define GATEBENCH_RESULTS_ANALYSIS_SUMMARY_H

#include "results/analysis/arms.h"
#include "results/statistics/statistics.h"
#include "results/store/metrics.h"

typedef struct summary {
    const evidence *e;
    arm_list arms;
    const table_column **settings; /* settings that distinguish the arms: matching and matched amount, then others */
    size_t setting_count;
    const metric_type **metrics; /* metrics shown for these trials */
    size_t metric_count;
    interval *means;            /* [arm][metric]: mean and 95 % t interval of the trials with a value */
    bool has_fate[TRIAL_FATES]; /* true if some trial has this fate */
} summary;

/* `with_matching`: the matching is a setting even if all trials were matched by width. `e` must outlive it. Errors:
 * GB_MEMORY. */
gb_status summary_make(gb_context *context, const evidence *e, bool with_matching, summary *s);
void summary_free(summary *s);

/* The mean of a metric over an arm's trials; n is the number of trials with a value. */
const interval *summary_mean(const summary *s, size_t arm, size_t metric);

#endif
