/* SPDX-License-Identifier: MIT */
/* Makes the results file <folder>.h5 from the content of a run's folder: plan, trial files, failures, looks and
 * declarations. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_MERGE_RESULTS_H
#define GATEBENCH_EXPERIMENTS_FOLDER_MERGE_RESULTS_H

#include "experiments/folder/plan_file.h"
#include "results/store/store.h"

/* Writes the results file of a run's folder. If the trials were made earlier, `old` is the file to be replaced, and its
 * provenance (recipe text, command line, commit, ...) is kept. NULL: this process made the trials, with this recipe
 * text and command line. */
gb_status run_write_results_file(gb_context *context, const char *folder, const plan *p, const char *recipe_text,
                                 const char *command_line, const results *old);

/* Writes a results file of the finished trials to another path, even while a run works in the folder; *out is the plan.
 * Errors: GB_IO, GB_DATA. */
gb_status plan_write_so_far(gb_context *context, const char *folder, const char *path, plan *out);

/* Rebuilds the results file in the plan's order; *out is the plan. Holds the folder's lock meanwhile. Errors: GB_IO
 * (also when a run works there), GB_DATA. */
gb_status plan_merge(gb_context *context, const char *folder, const char *command_line, plan *out);

#endif
