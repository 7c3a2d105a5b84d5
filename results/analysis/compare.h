/* SPDX-License-Identifier: MIT */
/* Two arms compared: two values of one setting, pairs by seed within equal other settings. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_H

#include "results/analysis/arms.h"
#include "results/statistics/statistics.h"

typedef struct compare_question {
    const char *by;     /* the setting whose values are compared: "cell" */
    const char *metric; /* a column of numbers: "accuracy" */
    const char *a, *b;  /* two of its values; NULL: each pair of values */
    double margin;      /* NaN: none, then nothing is equivalent */
    double solved;      /* a trial with this much of the metric has solved its task; NaN: no such thing */
    int higher_is_better;
    comparison_levels levels; /* at which differences and equivalence are decided; 0: 0.05 */
} compare_question;

/* One group (or all of a matching) of one pair of arms. Differences are a - b. A pair is lost if one of its two trials
 * has no number; results/README.md says what that means for each statistic. */
typedef struct compare_result {
    char a[64], b[64];
    char matching[32]; /* "" where the trials have one only */
    char *group; /* "gap 20", "" when nothing else varies; NULL: all of this matching, each seed's mean over them */
    size_t pairs, lost;                              /* with numbers, and without */
    size_t lost_a[TRIAL_FATES], lost_b[TRIAL_FATES]; /* lost pairs by the fate of a's trial, of b's */
    double mean_a, mean_b;                           /* over the pairs */
    double ratio;          /* how many times worse b's mean is: above 1 it is worse; NaN: no pairs, or a mean below 0 */
    comparison difference; /* paired; difference.word takes lost pairs into account */
    interval improvement;  /* P(a better than b) */
    double p_test;         /* of the test that the words follow: of the difference, or without a margin of solving */
    double p_holm;         /* the same over all groups of all pairs of arms, corrected for looks too */
    double *values;        /* a's results by rank (arm_ranks), then b's, paired or not; NULL over all groups */
    size_t count_a, count_b;
    size_t tried_a, solved_a, tried_b, solved_b; /* by the metric of the test; diverged trials are tried, not solved */
    double p_fisher;                             /* of the two solve rates */
    double steps_a, steps_b; /* median training steps until solved on validation; NaN: not half of the seeds */
    log_rank solving;        /* z > 0: a solves sooner */
} compare_result;

typedef struct compare_findings {
    bool of_solving; /* the question declares what is solved and no margin: words are about that */
    compare_result
        *items; /* for each pair of arms and matching its groups, then, when there are several, all of them */
    size_t count;
    char *grouped; /* the settings that groups differ in: "gap, train_gap" */
    char *carried; /* the settings that come with an arm (a width zipped to the cell, a tuned rate): "hidden, lr" */
} compare_findings;

/* Errors: GB_INVALID when a column or value is missing or nothing pairs, with what there is; GB_MEMORY. */
gb_status compare_arms(gb_context *context, const evidence *e, const compare_question *question, compare_findings *out);
void compare_free(compare_findings *c);

/* The step at which a trial was first validated as solved, whatever became of it later. One that was not is censored
 * where its curve ends, or if it diverged or went over its limit, at the step limit; NaN: it has neither. The only rule
 * of when a task is solved: tables, tests and figures go by it. */
solve_time compare_solve_time(const evidence *e, size_t row, double solved, bool higher_is_better);

/* The same of each trial of an arm. times has room for all. Returns how many, 0 if one is not known. */
size_t compare_solve_times(const evidence *e, const trial_arm *a, const compare_question *q, solve_time *times);

/* Fills in what was solved and when, from r->values; on its own for compare.c. False: out of memory. */
bool compare_solving(const evidence *e, const trial_arm *a, const trial_arm *b, const compare_question *q,
                     compare_result *r);

/* Holm's correction over several comparisons as one family. Errors: GB_MEMORY. */
gb_status compare_correct(gb_context *context, compare_findings *const *lists, size_t count);

/* A line of a comparison in words: "equivalent within 0.01", "undecided: lstm diverged in 3 of 6 pairs", "gru solves it
 * sooner (median 400 steps; lstm: median 1000 steps)". */
void compare_words(const compare_findings *c, const compare_result *r, char *words, size_t size);

#endif
