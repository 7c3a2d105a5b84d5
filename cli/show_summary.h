/* SPDX-License-Identifier: MIT */
/* A summary printed. */
#ifndef GATEBENCH_CLI_SHOW_SUMMARY_H
#define GATEBENCH_CLI_SHOW_SUMMARY_H

#include "cli/output.h"
#include "results/analysis/summary.h"

/* Puts it into a grid. Intervals are text or, for csv, columns of their own. */
void summary_grid(grid *g, const summary *s, bool csv);
/* Prints it as a table or CSV; or puts it as a list of arms into JSON. Returns an exit code. */
void summary_print(const summary *s, bool csv, bool all_columns);
void summary_json(json *j, const summary *s);

#endif
