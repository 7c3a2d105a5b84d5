/* SPDX-License-Identifier: MIT */
/* The rest of what can be said of two arms: medians, interquartile means, almost stochastic order, seeds that it takes;
 * and many groups or files as tasks of one comparison. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_EXTRAS_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_EXTRAS_H

#include "results/analysis/compare.h"

enum { COMPARE_BOOTSTRAP_FROM = 30 }; /* seeds below which a bootstrap interval covers too little (results/README.md) */

typedef struct compare_extras {
    double median_a, median_b;
    interval iqm_a, iqm_b;   /* with BCa limits from COMPARE_BOOTSTRAP_FROM seeds on, else NaN */
    interval difference;     /* interquartile mean of the pairs' differences, likewise */
    double violation;        /* of "a is stochastically better", 0 to 1 */
    double order_a, order_b; /* eps_min that a, that b is almost stochastically better; below 0.5 it is */
    interval rate_a, rate_b; /* of solving, Wilson; n 0: nothing counts as solved */
    size_t seeds_difference,
        seeds_equivalence; /* pairs for 80 % power, were the differences as measured; 0: too many */
} compare_extras;

/* `comparisons`: the size of the family, which almost stochastic order is corrected for. Errors: GB_MEMORY. */
gb_status compare_extras_of(gb_context *context, const compare_question *question, const compare_result *r,
                            size_t comparisons, compare_extras *out);

/* One pair of arms over several tasks: groups of one file, or those of several files. */
typedef struct compare_tasks {
    char a[64], b[64], matching[32];
    size_t tasks, runs_a, runs_b;
    interval iqm_a, iqm_b; /* over runs and tasks, stratified bootstrap (Agarwal et al. 2021) */
    double improvement;    /* the mean over the tasks */
} compare_tasks;

/* Each pair of arms and matching that has two tasks or more; malloc'ed. Errors: GB_MEMORY. */
gb_status compare_over_tasks(gb_context *context, const compare_findings *const *lists, size_t count,
                             compare_tasks **out, size_t *out_count);

#endif
