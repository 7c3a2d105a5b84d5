/* SPDX-License-Identifier: MIT */
/* How trials stood at an equal budget of steps, samples or core time, from their learning curves. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_BUDGET_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_BUDGET_H

#include "results/analysis/evidence.h"

/* What is spent: "steps", "samples" (steps times the batch) or "core_seconds" (of the whole trial until then). */
extern const char *const budget_units[]; /* ends with NULL */

/* Finds the largest budget that all trials with a result reached (those that diverged or went over their limit have
 * none and count as ever), and puts into the column valid_<metric> what each trial had then: the validation metric of
 * the parameters that would have been selected (those of the lowest validation loss so far, or with `select: last` the
 * last). *column is the name of that column, from the table. Errors: GB_INVALID (an unknown unit, or no curves that
 * tell it), GB_MEMORY.
 */
gb_status budget_apply(gb_context *context, evidence *e, const char *unit, double *reached, const char **column);

#endif
