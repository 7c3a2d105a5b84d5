/* SPDX-License-Identifier: MIT */
/* Arms compared: any results file, two values of one setting, pairs by seed within equal other settings. */
#ifndef GATEBENCH_RESULTS_ARMS_H
#define GATEBENCH_RESULTS_ARMS_H

#include "results/statistics/statistics.h"
#include "results/store/table.h"

typedef struct arms_question {
    const char *by;              /* the setting whose values are the arms: "cell" */
    const char *metric;          /* a column of numbers: "accuracy" */
    const char *a, *b;           /* two of its values; NULL: each pair of values */
    const char *const *settings; /* all columns that are settings, ends with NULL */
    double margin;               /* NaN: none, then nothing is equivalent */
    double solved;               /* a seed with this much of the metric has solved its task; NaN: no such thing */
    int higher_is_better;
} arms_question;

/* One group (or all of them) of one pair of arms. Differences are a - b. */
typedef struct arms_result {
    char a[64], b[64];
    char *group;           /* "gap 20", "" when nothing else varies; NULL: all groups, each seed's mean over them */
    size_t pairs, lost;    /* lost: one of the two diverged or has no number */
    double mean_a, mean_b; /* over the pairs */
    double ratio;          /* how many times worse b's mean is: above 1 it is worse; NaN: no pairs, or a mean below 0 */
    comparison difference; /* paired */
    interval improvement;  /* P(a better than b) */
    double p_holm;         /* of the difference, over all groups of all pairs of arms */
    size_t tried_a, solved_a, tried_b, solved_b; /* diverged seeds are tried, not solved */
    double p_fisher;                             /* of the two solve rates */
    double steps_a, steps_b; /* median training steps until solved on validation; NaN: not half of the seeds */
    double p_log_rank;
} arms_result;

typedef struct arms_comparison {
    arms_result *items; /* for each pair of arms its groups, then, when there are several, all of them (not over several
                           matchings) */
    size_t count;
    char *grouped; /* the settings that groups differ in: "gap, train_gap" */
    char *carried; /* the settings that come with an arm (a width zipped to the cell, a tuned rate): "hidden, lr" */
} arms_comparison;

/* Compares the rows of `runs` (those to be compared only); `curves` gives the steps until solved. Errors: GB_INVALID
 * when a column or value is missing or nothing pairs, with what there is; GB_MEMORY. */
gb_status arms_compare(gb_context *context, const table *runs, const table *curves, const arms_question *question,
                       arms_comparison *out);
void arms_free(arms_comparison *c);

/* Whether more of the metric is better: accuracies and solve rates, against losses, bits, seconds, steps and sizes. */
bool arms_higher_is_better(const char *metric);

#endif
