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

/* Runs it. The record's status is "done" or "diverged". Columns of `fields`: id, task and its options, every setting,
 * data_sha256, then measurements: parameters, cell_parameters,
 * steps_run, best_step, diverged_step, train_loss, valid_loss, loss (test, nats), the task's metric on validation
 * (valid_accuracy | valid_nll | valid_bits | valid_mse) and on test (accuracy | nll | bits | mse), correct,
 * predictions, accuracy_low, accuracy_high (Wilson 95 %), nll_sequence_mean, shifted_accuracy (+_low, _high),
 * swapped_pairs, swapped_identical; for a trial that diverged after a validation before_divergence_step, _loss and
 * _<metric>: the test result of the best validated parameters until then, which is not a score of the trial;
 * implementation, backend_version, seconds, cpu_seconds, peak_memory_bytes, resumed (how often it continued from a
 * checkpoint; its times then include reading files and repeated work, so timings exclude such trials). Missing values
 * are NaN. Metrics: gradient_by_lag (trained) and gradient_by_lag_initial: x = lag, value = mean log10 norm over the
 * probes;
 * spectrum and time_constants: x = rank from 1, memory_capacity_by_lag: x = lag, each with _initial too; their columns
 * are lyapunov (the largest exponent), lost_directions, longest_time_constant and memory_capacity (the sum), likewise;
 * context_loss and context_loss_shuffled: x = symbols of context, nats, with the column effective_context;
 * parameters_by_gate/<gate>: x = gate index. Errors: those of its parts. */
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
