/* SPDX-License-Identifier: MIT */
/* Measures one kind of trial in this process. Internal to experiments; calibrate.h is the public interface. */
#ifndef GATEBENCH_EXPERIMENTS_COST_CALIBRATE_TRIAL_H
#define GATEBENCH_EXPERIMENTS_COST_CALIBRATE_TRIAL_H

#include "experiments/cost/calibrate.h"

/* Opens the trial, runs some of its steps and batches for about `seconds`, and extrapolates the cost of the whole
 * trial. Runs at least one step and one batch of each split. Errors: those of the trial. */
gb_status calibrate_trial(gb_context *context, const trial_settings *trial, double seconds, trial_speed *speed);

#endif
