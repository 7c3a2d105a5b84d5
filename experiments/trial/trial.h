/* SPDX-License-Identifier: MIT */
/* One trial from settings to record: open the task, build and train the model, measure, fill the record. Runs in a
 * worker; does not depend on processes or folders. Sets the process's number of OpenMP threads to the trial's. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_H
#define GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_H

#include "experiments/settings/settings.h"
#include "results/store/store.h"

/* Called now and then during a trial with the finished share (0..1) and a few words ("step 300/1500 valid accuracy
 * 0.42"). Returns true to stop the trial (GB_STOPPED). */
typedef bool (*trial_progress)(void *user, double done, const char *words);

/* Runs a trial. The record's status is "done" or "diverged". Missing values are NaN.
 *
 * The columns of `fields` are id, the task and its options, every setting, data_sha256, and these measurements:
 *   size        parameters, cell_parameters
 *   training    steps_run, best_step, diverged_step, train_loss
 *   validation  valid_loss, and the task's metric: valid_accuracy, valid_nll, valid_bits or valid_mse
 *   test        loss (nats), and the task's metric: accuracy, nll, bits or mse; also correct, predictions, accuracy_low
 *               and accuracy_high (Wilson 95 %), nll_sequence_mean, shifted_accuracy (with _low and _high),
 *               swapped_pairs, swapped_identical
 *   divergence  before_divergence_step, before_divergence_loss and before_divergence_<metric>, if the trial diverged
 *               after a validation: the test result of the best validated parameters until then, which is not a score
 *               of the trial
 *   cost        implementation, backend_version, seconds, cpu_seconds, peak_memory_bytes, resumed (the number of times
 *               that the trial continued from a checkpoint; its times then include reading files and repeated work, so
 *               timings exclude such trials)
 *
 * The rows of `metrics`, for the trial's measures. The first four exist for the trained network and, with _initial
 * after the name, for the untrained one, and so do their columns in `fields`:
 *   gradient_by_lag         x = lag, value = mean log10 norm over the probes
 *   spectrum                x = rank from 1; columns lyapunov (the largest exponent) and lost_directions
 *   time_constants          x = rank from 1; column longest_time_constant
 *   memory_capacity_by_lag  x = lag; column memory_capacity (the sum)
 *   context_loss, context_loss_shuffled   x = symbols of context, value in nats; column effective_context
 *   parameters_by_gate/<gate>             x = index of the gate
 *
 * Errors: those of its parts. */
gb_status trial_run(gb_context *context, const trial_settings *settings, trial_progress progress, void *user,
                    trial_record *record);

/* Like trial_run, and gives the caller the trained model, with the parameters that were tested, to destroy; *trained is
 * NULL after an error and if the trial diverged. */
gb_status trial_run_keeping(gb_context *context, const trial_settings *settings, trial_progress progress, void *user,
                            trial_record *record, gb_model **trained);

/* The folder of a trial's checkpoints (checkpoint.h) and their interval. */
typedef struct trial_checkpoints {
    const char *folder;
    double seconds;                                 /* seconds between checkpoints; 0: after every step */
    void (*note)(void *user, const char *sentence); /* gets the reason if one fails; the trial continues */
} trial_checkpoints;

/* Like trial_run, but continues from the trial's checkpoint if there is one, and writes checkpoints at the interval and
 * when progress asks the trial to stop. The numbers equal those of trial_run to the bit, timings aside. The caller
 * removes the checkpoints after writing the record. */
gb_status trial_continue(gb_context *context, const trial_settings *settings, const trial_checkpoints *checkpoints,
                         trial_progress progress, void *user, trial_record *record);

/* The approximate cost of a trial before it runs: flops (6 * parameters * tokens, all steps) and bytes of memory. */
typedef struct trial_cost {
    double flops, bytes;
} trial_cost;
gb_status trial_estimate(gb_context *context, const trial_settings *settings, trial_cost *cost);

#endif
