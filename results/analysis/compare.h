/* SPDX-License-Identifier: MIT */
/* Compares two arms: two values of one setting, paired by seed at equal other settings. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_H

#include "results/analysis/arms.h"
#include "results/statistics/statistics.h"

typedef struct compare_question {
    const char *by;     /* the setting whose values are compared: "cell" */
    const char *metric; /* a column of numbers: "accuracy" */
    const char *a, *b;  /* two of its values; NULL: all pairs of values */
    double margin;      /* NaN: no margin, so equivalence is not tested */
    double solved;      /* a trial whose metric reaches this has solved its task; NaN: not defined */
    int higher_is_better;
    comparison_levels levels; /* significance levels for differences and equivalence; 0: 0.05 */
} compare_question;

/* The comparison of one pair of arms in one group, or over all groups of a matching. Differences are a - b. A pair is
 * lost if one of its two trials has no value; results/README.md explains the effect on each statistic. */
typedef struct compare_result {
    char a[64], b[64];
    char matching[32]; /* "" if the trials have only one matching */
    char
        *group; /* "gap 20"; "" if nothing else varies; NULL: over all groups of this matching, with each seed's mean */
    size_t pairs, lost;                              /* pairs with values, and without */
    size_t lost_a[TRIAL_FATES], lost_b[TRIAL_FATES]; /* lost pairs by the fate of a's trial and of b's trial */
    double mean_a, mean_b;                           /* over the pairs */
    double ratio;          /* factor by which b's mean is worse (above 1: worse); NaN: no pairs, or a mean below 0 */
    comparison difference; /* paired; difference.word accounts for lost pairs */
    interval improvement;  /* P(a better than b) */
    double p_test;  /* p-value of the test behind the outcome: of the difference, or without a margin of solving */
    double p_holm;  /* the same, corrected for all groups of all pairs of arms and for interim looks */
    double *values; /* a's results for ranking (arm_ranks), then b's, paired or not; NULL over all groups */
    size_t count_a, count_b;
    size_t tried_a, solved_a, tried_b, solved_b; /* by the test metric; diverged trials count as not solved */
    double p_fisher;                             /* Fisher's p-value of the two solve rates */
    double steps_a,
        steps_b; /* median training steps until solved on validation; NaN: fewer than half of the seeds solved it */
    log_rank solving; /* log-rank test; z > 0: a solves sooner */
} compare_result;

typedef struct compare_findings {
    bool of_solving; /* the question declares a threshold for solved and no margin, so the outcome is about solving */
    compare_result
        *items; /* for each pair of arms and matching its groups; if there are several, then all of them together */
    size_t count;
    char *grouped; /* the settings in which groups differ: "gap, train_gap" */
    char *carried; /* the settings that follow from the arm (a width zipped to the cell, a tuned rate): "hidden, lr" */
} compare_findings;

/* Errors: GB_INVALID when a column or value is missing or there are no pairs (says what is available); GB_MEMORY. */
gb_status compare_arms(gb_context *context, const evidence *e, const compare_question *question, compare_findings *out);
void compare_free(compare_findings *c);

/* The step at which a trial was first validated as solved, whatever became of it later. One that was not is censored
 * where its curve ends, or if it diverged or went over its limit, at the step limit; NaN: it has neither. The only rule
 * of when a task is solved: tables, tests and figures go by it. */
solve_time compare_solve_time(const evidence *e, size_t row, double solved, bool higher_is_better);

/* The same of each trial of an arm. times has room for all. Returns how many, 0 if one is not known. */
size_t compare_solve_times(const evidence *e, const trial_arm *a, const compare_question *q, solve_time *times);

/* Fills in solve rates and times, from r->values; separate only for compare.c. False: out of memory. */
bool compare_solving(const evidence *e, const trial_arm *a, const trial_arm *b, const compare_question *q,
                     compare_result *r);

/* Holm's correction over several comparisons as one family. Errors: GB_MEMORY. */
gb_status compare_correct(gb_context *context, compare_findings *const *lists, size_t count);

/* The outcome of a comparison in words: "equivalent within 0.01", "undecided: lstm diverged in 3 of 6 pairs", "gru
 * solves it sooner (median 400 steps; lstm: median 1000 steps)". */
void compare_words(const compare_findings *c, const compare_result *r, char *words, size_t size);

#endif
