/* SPDX-License-Identifier: MIT */
/* How `gatebench compare` prints its results. */
#ifndef GATEBENCH_CLI_COMPARE_H
#define GATEBENCH_CLI_COMPARE_H

#include "cli/cli.h"
#include "cli/output.h"
#include "results/analysis/compare_run.h"

typedef struct compare_options {
    cli_words words;
    compare_request request;
    double fail_above; /* NaN: no gate */
    bool json, plot, all_columns, all_statistics;
} compare_options;

/* The pairs of arms with results on two or more tasks (groups of one file, or files), in the metric of the first
 * comparison; malloc'ed. Errors: GB_MEMORY. */
gb_status compare_run_tasks(gb_context *context, const compare_run *runs, size_t count, compare_tasks **tasks,
                            size_t *task_count);

/* Prints the comparisons of a run as tables. */
void compare_print(const compare_options *o, const compare_run *run);
/* Print all statistics of each comparison; the summary over tasks; and everything as JSON. Errors: GB_MEMORY. */
gb_status compare_print_statistics(gb_context *context, const compare_run *run);
gb_status compare_print_tasks(gb_context *context, const compare_run *runs, size_t count);
gb_status compare_json(gb_context *context, const compare_run *runs, size_t count);

#endif
