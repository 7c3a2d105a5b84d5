/* SPDX-License-Identifier: MIT */
/* The results of trials at an equal budget of steps, samples or core time, from their learning curves. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_BUDGET_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_BUDGET_H

#include "results/analysis/evidence.h"

/* The units of a budget: "steps", "samples" (steps times the batch) or "core_seconds" (of the whole trial until
 * then). */
extern const char *const budget_units[]; /* ends with NULL */

/* Finds the largest budget that all trials with a result reached. (Trials that diverged or exceeded their limit have no
 * result and count as usual.) Sets the column valid_<metric> to the validation metric at that budget of the parameters
 * that would have been selected: those of the lowest validation loss so far, or with `select: last` the latest. *column
 * is the name of that column, from the table. Errors: GB_INVALID (unknown unit, or no curves that record it),
 * GB_MEMORY.
 */
gb_status budget_apply(gb_context *context, evidence *e, const char *unit, double *reached, const char **column);

#endif
