/* SPDX-License-Identifier: MIT */
/* How long trials take and how much memory, measured: a child process runs a few steps and a few batches of each kind
 * of trial, so that the caller, who may fork workers later, never computes. */
#ifndef GATEBENCH_EXPERIMENTS_COST_CALIBRATE_H
#define GATEBENCH_EXPERIMENTS_COST_CALIBRATE_H

#include "experiments/settings/settings.h"

/* Seconds are those of one core (CPU time), so that a busy machine does not lengthen them. */
typedef struct trial_speed {
    double bytes;   /* most memory of the process that runs it */
    double seconds; /* all of it, when no stop rule ends it early */
    bool measured;  /* else taken over from the measured trial that is most like it, by arithmetic */
} trial_speed;

/* Fills out[count]. Trials that differ only in what costs nothing (seed, learning rate, ...) are measured once, a few
 * steps and batches each, the most expensive first, two of them at least, until about `budget_seconds` of a core are
 * over; for the others the nearest measured one of the same cell and backend speaks, in proportion to their arithmetic.
 * Errors: GB_MEMORY, GB_IO (no process), GB_BACKEND (nothing could be measured: says why), GB_STOPPED (a signal that
 * the run waits for came meanwhile). */
gb_status calibrate_trials(gb_context *context, const trial_settings *const *trials, size_t count,
                           double budget_seconds, trial_speed *out);

#endif
