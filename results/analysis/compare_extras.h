/* SPDX-License-Identifier: MIT */
/* Further statistics of two arms: medians, interquartile means, almost stochastic order, required seeds; and comparing
 * over several tasks (groups or files). */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_EXTRAS_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_EXTRAS_H

#include "results/analysis/compare.h"

enum {
    COMPARE_BOOTSTRAP_FROM = 30
}; /* number of seeds below which a bootstrap interval has too little coverage (results/README.md) */

typedef struct compare_extras {
    double median_a, median_b;
    interval iqm_a, iqm_b;   /* with BCa limits if there are at least COMPARE_BOOTSTRAP_FROM seeds, else NaN */
    interval difference;     /* interquartile mean of the pairs' differences, with the same limits */
    double violation;        /* violation ratio of "a is stochastically better", 0 to 1 */
    double order_a, order_b; /* eps_min of almost stochastic order for a, and for b; below 0.5 that arm is almost
                                stochastically better */
    interval rate_a, rate_b; /* solve rates with Wilson intervals; n 0: no threshold for solved */
    size_t seeds_difference,
        seeds_equivalence; /* pairs needed for 80 % power if the differences are as measured; 0: too many */
} compare_extras;

/* `comparisons`: the size of the family, for which almost stochastic order is corrected. Errors: GB_MEMORY. */
gb_status compare_extras_of(gb_context *context, const compare_question *question, const compare_result *r,
                            size_t comparisons, compare_extras *out);

/* One pair of arms over several tasks: groups of one or several files. */
typedef struct compare_tasks {
    char a[64], b[64], matching[32];
    size_t tasks, runs_a, runs_b;
    interval iqm_a, iqm_b; /* interquartile means over runs and tasks, with intervals by stratified bootstrap (Agarwal
                              et al. 2021) */
    double improvement;    /* the mean over the tasks */
} compare_tasks;

/* Every combination of pair and matching with at least two tasks; malloc'ed. Errors: GB_MEMORY. */
gb_status compare_over_tasks(gb_context *context, const compare_findings *const *lists, size_t count,
                             compare_tasks **out, size_t *out_count);

#endif
