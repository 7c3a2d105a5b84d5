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
    char *group; /* "gap 20"; "" if nothing else varies; NULL: the item over all groups of this matching, in which each
                    seed counts with its mean */
    size_t pairs, lost; /* pairs with values, and without */
    size_t planned;     /* both together; over all groups the pairs of every group, although `pairs` counts seeds */
    size_t lost_a[TRIAL_FATES], lost_b[TRIAL_FATES]; /* number of lost pairs in which a's trial has no value, by its
                                                        fate (done: it finished without one), and the same for b's */
    double mean_a, mean_b;                           /* over the pairs */
    double ratio;          /* factor by which b's mean is worse (above 1: worse); NaN: no pairs, or a mean below 0 */
    comparison difference; /* paired; difference.word accounts for lost pairs */
    interval improvement;  /* P(a better than b) */
    double p_test; /* p-value of the test that decides the outcome: that of the difference or, without a margin, that of
                      solving */
    double p_holm; /* the same, corrected for all groups of all pairs of arms and for interim looks */
    double *values; /* results of all trials of a for ranking (arm_ranks), then those of b; NULL in the item over all
                       groups */
    size_t count_a, count_b;
    size_t tried_a, solved_a, tried_b, solved_b; /* numbers of trials, and of those that solved the task by the test
                                                    metric; diverged trials count as not solved */
    double p_fisher;                             /* Fisher's p-value of the two solve rates */
    double steps_a,
        steps_b;    /* median training steps until solved on validation; NaN: fewer than half of the seeds solved it */
    size_t reached; /* number of trials of both arms that solved the task at a validation */
    log_rank solving; /* log-rank test; z > 0: a solves sooner */
} compare_result;

typedef struct compare_findings {
    bool of_solving; /* the question declares a threshold for solved and no margin, so the outcome is about when it was
                        solved; never if the metric is a validation's, of which there are no curves */
    compare_result *items; /* by pair of arms and matching: one item per group, then, if there are several groups, one
                            * over all of them */
    size_t count;
    char *grouped; /* the settings in which groups differ: "gap, train_gap" */
    char *carried; /* the settings that follow from the arm (a width zipped to the cell, a tuned rate): "hidden, lr" */
} compare_findings;

/* Errors: GB_INVALID when a column or value is missing or there are no pairs (says what is available); GB_MEMORY. */
gb_status compare_arms(gb_context *context, const evidence *e, const compare_question *question, compare_findings *out);
void compare_free(compare_findings *c);

/* The step of the first validation at which a trial had solved its task, even if it lost the solution later. A trial
 * that never solved it is censored at the end of its learning curve or, if it diverged or exceeded its limits, at its
 * maximum number of steps; NaN if neither is known. All tables, tests and figures use this function. */
solve_time compare_solve_time(const evidence *e, size_t row, double solved, bool higher_is_better);

/* Writes the same for each trial of an arm into times, which has room for all of them. Returns their number, or 0 if
 * the time of one is not known. */
size_t compare_solve_times(const evidence *e, const trial_arm *a, const compare_question *q, solve_time *times);

/* Fills in the members about solving the task, from r->values; for compare.c only. False: out of memory. */
bool compare_solving(const evidence *e, const trial_arm *a, const trial_arm *b, const compare_question *q,
                     compare_result *r);

/* Holm's correction over several comparisons as one family. Errors: GB_MEMORY. */
gb_status compare_correct(gb_context *context, compare_findings *const *lists, size_t count);

/* The outcome of a comparison as its words say it: of the difference or, if the question is about solving, of which arm
 * solves sooner. */
verdict_word compare_outcome(const compare_findings *c, const compare_result *r);

/* If the difference is undecided: comparison_more_seeds(); else, and with lost pairs, which more seeds do not bring
 * back, 0. */
size_t compare_more_seeds(const compare_findings *c, const compare_result *r);

/* The outcome of a comparison in words: "equivalent within 0.01", "undecided: lstm diverged in 3 of 6 pairs", "gru
 * solves it sooner (median 400 steps; lstm: median 1000 steps)". */
void compare_words(const compare_findings *c, const compare_result *r, char *words, size_t size);

#endif
