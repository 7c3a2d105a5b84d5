/* SPDX-License-Identifier: MIT */
/* Evidence sorted into arms, and arms into pairs. The only grouping of trials. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_ARMS_H
#define GATEBENCH_RESULTS_ANALYSIS_ARMS_H

#include "results/analysis/evidence.h"
#include "support/text.h"

/* Trials with equal settings: they differ by the seed only. */
typedef struct trial_arm {
    size_t *rows, count;       /* of the evidence, by seed */
    size_t fates[TRIAL_FATES]; /* how many of them met each */
    size_t group, value;       /* set by arms_group */
} trial_arm;

typedef struct arm_list {
    trial_arm *items; /* one matching after the other, in the order of their first rows */
    size_t count;
    size_t *rows; /* of all arms */
} arm_list;

/* Errors: GB_MEMORY. */
gb_status arms_find(gb_context *context, const evidence *e, arm_list *list);
void arms_free(arm_list *list);

/* The numbers of a column that an arm's trials have, whatever their fate; x has room for all of them. Returns how many.
 */
size_t arm_numbers(const evidence *e, const trial_arm *a, const char *column, double *x);
/* The same of a metric by rank: a diverged trial and one over its limit stand for the worst value, an infinite one.
 * Missing trials are left out. */
size_t arm_ranks(const evidence *e, const trial_arm *a, const char *metric, bool higher_is_better, double *x);
/* The arm in words by the settings that vary in the evidence, but those of `skip` (ends with NULL; NULL: none):
 * "gap 20, lr 0.002", "equal parameters". */
void arm_words(const evidence *e, const trial_arm *a, const char *const *skip, text *words);

/* One setting of it, after ", " if there are words before. */
void arm_append_setting(const evidence *e, const trial_arm *a, const table_column *column, text *words);

/* The arms by a setting whose values are compared. Those of a group agree in all other settings but the carried ones:
 * these come with the value (a width matched or zipped to the cell, a tuned learning rate) in the whole plan, and the
 * plan lets them. An option of the task never comes with a cell. */
typedef struct arm_groups {
    arm_list arms;
    const table_column *by;
    char (*values)[64];                       /* of `by`, in the table's order */
    size_t value_count, group_count, *firsts; /* the first arm of each group */
    const table_column **grouping, **carried; /* settings in which groups differ, and carried ones */
    size_t grouping_count, carried_count;
} arm_groups;

/* Errors: GB_MEMORY. */
gb_status arms_group(gb_context *context, const evidence *e, const table_column *by, arm_groups *groups);
void arms_free_groups(arm_groups *groups);
/* The arm of a value in a group; NULL: the group has none. */
const trial_arm *arms_of_group(const arm_groups *groups, size_t group, size_t value);

/* The group of an arm in words, "equal width, gap 20". */
void arm_append_group(const evidence *e, const arm_groups *groups, const trial_arm *a, text *words);

/* Two trials of one seed. */
typedef struct arm_pair {
    size_t a, b; /* rows of the evidence */
    double seed;
} arm_pair;

/* The seeds that both arms have, planned or run, in rising order; pairs has room for the shorter arm. Returns how many.
 */
size_t arms_pair(const evidence *e, const trial_arm *a, const trial_arm *b, arm_pair *pairs);

#endif
