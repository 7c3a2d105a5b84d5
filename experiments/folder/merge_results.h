/* SPDX-License-Identifier: MIT */
/* The results file <folder>.h5, made from what a run's folder holds: its plan, trial files, failures, looks and what
 * was declared. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_MERGE_RESULTS_H
#define GATEBENCH_EXPERIMENTS_FOLDER_MERGE_RESULTS_H

#include "experiments/folder/plan_file.h"
#include "results/store/store.h"

/* Writes the results file of a run's folder. Where the trials were made earlier, `old` is the file that is replaced,
 * and what it says of how they were made (recipe text, command line, commit, ...) is kept. NULL: this process made
 * them, from this recipe text and by this command line. */
gb_status run_write_results_file(gb_context *context, const char *folder, const plan *p, const char *recipe_text,
                                 const char *command_line, const results *old);

/* Writes a results file of what is finished so far somewhere else, also while a run works in the folder; *out is the
 * plan. Errors: GB_IO, GB_DATA. */
gb_status plan_write_so_far(gb_context *context, const char *folder, const char *path, plan *out);

/* Rebuilds the results file in the plan's order; *out is the plan. The folder's lock is held meanwhile. Errors: GB_IO
 * (also when a run works there), GB_DATA. */
gb_status plan_merge(gb_context *context, const char *folder, const char *command_line, plan *out);

#endif
