/* SPDX-License-Identifier: MIT */
/* The rows of a comparison sorted into groups, arms and seeds. Internal to results/verdicts. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_ARMS_H
#define GATEBENCH_RESULTS_ANALYSIS_ARMS_H

#include "results/analysis/compare.h"

typedef struct arms_row {
    size_t row, group; /* group: the first row of its group */
    size_t arm;        /* into arms_rows.arms */
    double seed, value;
    solve_time steps; /* of training until solved on validation; time NaN: not known */
} arms_row;

typedef struct arms_rows {
    const table *runs;
    arms_row *items; /* by group in the table's order, then arm, then seed */
    size_t count;
    char (*arms)[64]; /* the values of `by` in the table's order */
    size_t arm_count;
    const table_column **grouping, **carried; /* settings that groups differ in, and those that come with the arm */
    size_t grouping_count, carried_count;
} arms_rows;

gb_status arms_rows_make(gb_context *context, const table *runs, const table *curves, const compare_question *question,
                         arms_rows *out);
void arms_rows_free(arms_rows *rows);

/* The first row after `first` that is of another group. */
size_t arms_group_end(const arms_rows *rows, size_t first);
/* The rows of one arm in a group: *first and the number of them. */
size_t arms_of_group(const arms_rows *rows, size_t group_first, size_t arm, size_t *first);

#endif
