/* SPDX-License-Identifier: MIT */
/* A run in a few lines: its arms (combinations of swept settings without the seed), each with means over its trials. */
#ifndef GATEBENCH_CLI_SUMMARY_H
#define GATEBENCH_CLI_SUMMARY_H

#include "cli/output.h"
#include "results/store/store.h"

/* Which columns of /runs a view shows, by index. */
typedef struct columns {
    size_t *items;
    size_t count;
} columns;

/* The rows of evidence: all, or those of one stage ("final"). */
bool summary_takes(const table *runs, size_t row, const char *stage);

/* The matching where it says more than the widths (or, on request, always) and what each trial has of that; then the
 * settings whose value is not the same in all rows of the stage, without the seed. False: out of memory. */
bool summary_swept(const table *runs, const char *stage, bool with_matching, columns *swept);
/* The telling measurements of these trials: the task's own metric, then sizes. */
bool summary_measured(const table *runs, const char *stage, columns *measured);

/* The names of all columns that are settings of the trials; malloc'ed, ends with NULL. NULL: out of memory. */
const char **summary_settings(const table *runs);

/* The summary as a grid, its intervals in words or (csv) in columns of their own. False: out of memory, said. */
bool summary_grid(grid *g, const table *runs, const char *stage, bool csv, bool with_matching);
/* Prints the summary as a table or CSV; or puts it as a list of arms into JSON. Returns an exit code. */
int summary_print(const table *runs, const char *stage, bool csv, bool all_columns);
int summary_json(json *j, const table *runs, const char *stage);

#endif
