/* SPDX-License-Identifier: MIT */
/* How long trials take and how much memory, measured: a child process runs a few steps and a few batches of each kind
 * of trial, so that the caller, who may fork workers later, never computes. */
#ifndef GATEBENCH_EXPERIMENTS_COST_CALIBRATE_H
#define GATEBENCH_EXPERIMENTS_COST_CALIBRATE_H

#include "experiments/settings/settings.h"

/* Seconds are those of one core (CPU time), so that a busy machine does not lengthen them. */
typedef struct trial_speed {
    double fixed_seconds;    /* once a trial: task, models, measures, the passes over the test splits */
    double step_seconds;     /* a training step, the mean over batches of the task */
    double evaluate_seconds; /* a validation: a pass over the whole validation split */
    double bytes;            /* most memory of the process that runs it */
    double seconds;          /* all of it, when no stop rule ends it early */
    bool measured;           /* else taken over from the measured trial that is most like it, by arithmetic */
} trial_speed;

/* Fills out[count]. Trials that differ only in what costs nothing (seed, learning rate, ...) are measured once, the
 * most expensive first, two of them at least, until about `budget_seconds` of a core are over; for the others the nearest
 * measured kind of the same cell and backend speaks, in proportion to their arithmetic. Or `evenly`: every kind is
 * measured, for the same time, so that they can be compared. Errors: GB_MEMORY, GB_IO (no
 * process), GB_BACKEND (nothing could be measured: says why), GB_STOPPED (a signal that the run waits for came
 * meanwhile). */
gb_status calibrate_trials(gb_context *context, const trial_settings *const *trials, size_t count,
                           double budget_seconds, bool evenly, trial_speed *out);

/* The same number for trials that cost the same. */
uint64_t calibrate_kind(const trial_settings *trial);

#endif
