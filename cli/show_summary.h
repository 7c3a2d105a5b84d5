/* SPDX-License-Identifier: MIT */
/* Prints a summary. */
#ifndef GATEBENCH_CLI_SHOW_SUMMARY_H
#define GATEBENCH_CLI_SHOW_SUMMARY_H

#include "cli/output.h"
#include "results/analysis/summary.h"

/* Adds the arms of a summary to a grid. Intervals are text or, for csv, separate columns. */
void summary_grid(grid *g, const summary *s, bool csv);
/* Print a summary as a table or CSV, and add it to JSON as a list of arms. */
void summary_print(const summary *s, bool csv, bool all_columns);
void summary_json(json *j, const summary *s);

#endif
