/* SPDX-License-Identifier: MIT */
/* Measures the time and memory of trials. A child process runs a few steps and batches of each kind of trial, so that
 * the caller, which may fork workers later, never computes. */
#ifndef GATEBENCH_EXPERIMENTS_COST_CALIBRATE_H
#define GATEBENCH_EXPERIMENTS_COST_CALIBRATE_H

#include "experiments/settings/settings.h"

/* Seconds are CPU time of one core, so other programs on the machine do not change them. */
typedef struct trial_speed {
    double bytes;   /* peak memory of the process that runs it */
    double seconds; /* the whole trial, if no stop rule ends it early */
    bool measured;  /* false: taken from the most similar measured trial, scaled by operations */
} trial_speed;

/* Fills out[count]. Trials that differ only in settings without a cost (seed, learning rate, ...) are measured once.
 * Measuring starts with the most expensive, runs a few steps and batches of each, and stops after about
 * `budget_seconds` of a core, but measures at least two. The others get the time of the nearest measured trial of the
 * same cell and backend, scaled by the number of operations. Errors: GB_MEMORY, GB_IO (no process), GB_BACKEND (nothing
 * could be measured; says why), GB_STOPPED (a signal asked the run to stop). */
gb_status calibrate_trials(gb_context *context, const trial_settings *const *trials, size_t count,
                           double budget_seconds, trial_speed *out);

#endif
