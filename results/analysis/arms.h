/* SPDX-License-Identifier: MIT */
/* Groups evidence into arms, and arms into pairs. The only code that groups trials. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_ARMS_H
#define GATEBENCH_RESULTS_ANALYSIS_ARMS_H

#include "results/analysis/evidence.h"
#include "support/text.h"

/* An arm: trials that differ only in the seed. */
typedef struct trial_arm {
    size_t *rows, count;       /* rows of the evidence, by seed */
    size_t fates[TRIAL_FATES]; /* number of trials with each fate */
    size_t group, value;       /* set by arms_group */
} trial_arm;

typedef struct arm_list {
    trial_arm *items; /* grouped by matching, in the order of their first rows */
    size_t count;
    size_t *rows; /* memory for the rows of all arms */
} arm_list;

/* Errors: GB_MEMORY. */
gb_status arms_find(gb_context *context, const evidence *e, arm_list *list);
void arms_free(arm_list *list);

/* The values of a column in an arm's trials, independent of their fate; x has room for all of them. Returns their
 * number.
 */
size_t arm_numbers(const evidence *e, const trial_arm *a, const char *column, double *x);
/* The same for ranking by a metric: a trial that diverged or exceeded its limit counts as the worst value, which is
 * infinite. Missing trials are omitted. */
size_t arm_ranks(const evidence *e, const trial_arm *a, const char *metric, bool higher_is_better, double *x);
/* The arm in words by the settings that vary in the evidence, without those in `skip` (ends with NULL; NULL: none):
 * "gap 20, lr 0.002", "equal parameters". */
void arm_words(const evidence *e, const trial_arm *a, const char *const *skip, text *words);

/* Appends one setting of the arm, after ", " if the text is not empty. */
void arm_append_setting(const evidence *e, const trial_arm *a, const table_column *column, text *words);

/* The arms grouped for comparing the values of one setting, `by`. Arms of a group agree in all other settings except
 * the carried ones. A carried setting follows from the value of `by` in the whole plan (a width matched or zipped to
 * the cell, a tuned learning rate). An option of the task is never carried. */
typedef struct arm_groups {
    arm_list arms;
    const table_column *by;
    char (*values)[64];                       /* the values of `by`, in the table's order */
    size_t value_count, group_count, *firsts; /* the first arm of each group */
    const table_column **grouping, **carried; /* settings in which groups differ, and carried settings */
    size_t grouping_count, carried_count;
} arm_groups;

/* Errors: GB_MEMORY. */
gb_status arms_group(gb_context *context, const evidence *e, const table_column *by, arm_groups *groups);
void arms_free_groups(arm_groups *groups);
/* The arm with this value in a group; NULL: none. */
const trial_arm *arms_of_group(const arm_groups *groups, size_t group, size_t value);

/* The group of an arm in words, "equal width, gap 20". */
void arm_append_group(const evidence *e, const arm_groups *groups, const trial_arm *a, text *words);

/* Two trials of one seed. */
typedef struct arm_pair {
    size_t a, b; /* rows of the evidence */
    double seed;
} arm_pair;

/* The seeds that both arms have, planned or run, in ascending order; pairs has room for the smaller arm. Returns their
 * number.
 */
size_t arms_pair(const evidence *e, const trial_arm *a, const trial_arm *b, arm_pair *pairs);

#endif
