/* SPDX-License-Identifier: MIT */
/* One kind of trial measured in this process, which computes. Internal to experiments; calibrate.h is the door. */
#ifndef GATEBENCH_EXPERIMENTS_COST_CALIBRATE_TRIAL_H
#define GATEBENCH_EXPERIMENTS_COST_CALIBRATE_TRIAL_H

#include "experiments/cost/calibrate.h"

/* Opens the trial, runs some of its steps and batches for about `seconds`, and works out what all of it costs. At least
 * one step and one batch of each split are run, however long they take. Errors: as those of the trial. */
gb_status calibrate_trial(gb_context *context, const trial_settings *trial, double seconds, trial_speed *speed);

#endif
