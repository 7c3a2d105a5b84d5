/* SPDX-License-Identifier: MIT */
/* The test split, and the shifted split if the task has one: loss, accuracy with Wilson's interval, nats and bits, or
 * squared error. */
#include <math.h>
#include <stdio.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_checkpoint.h"
#include "results/statistics/statistics.h"

extern const measure_type measure_splits;

/* Columns of an accuracy with its 95 % interval. */
static gb_status put_accuracy(trial_work *work, const char *const names[3], const split_result *found) {
    interval wilson = statistics_wilson(found->correct, found->predictions, 0.95);
    GB_TRY(trial_put(work, names[0], (double)found->correct / (double)found->predictions));
    GB_TRY(trial_put(work, names[1], wilson.low));
    return trial_put(work, names[2], wilson.high);
}

/* Losses in nats are likelihoods only if the outputs are probabilities; otherwise the loss is a squared error. */
static gb_status put_loss(trial_work *work, const split_result *found) {
    GB_TRY(trial_put(work, "loss", found->loss));
    if (work->shape->loss == GB_LOSS_SQUARED)
        return trial_put(work, "mse", found->loss);
    GB_TRY(trial_put(work, "nll", found->loss));
    GB_TRY(trial_put(work, "nll_sequence_mean", found->sequence_loss));
    return work->shape->loss == GB_LOSS_SOFTMAX ? trial_put(work, "bits", found->loss / M_LN2) : GB_OK;
}

static const char *const test_names[] = {"accuracy", "accuracy_low", "accuracy_high"};
static const char *const shifted_names[] = {"shifted_accuracy", "shifted_accuracy_low", "shifted_accuracy_high"};

/* No accuracy for Bernoulli outputs, which are frames of many keys, and for measurements, which are never exactly
 * correct. */
static bool has_accuracy(const task_shape *shape) {
    return shape->loss != GB_LOSS_BERNOULLI && !shape->measured;
}

static gb_status test_split(trial_work *work) {
    split_result found;
    GB_TRY(trial_evaluate(work, TASK_TEST, &found));
    GB_TRY(put_loss(work, &found));
    GB_TRY(trial_put_integer(work, "correct", (double)found.correct));
    GB_TRY(trial_put_integer(work, "predictions", (double)found.predictions));
    return found.predictions && has_accuracy(work->shape) ? put_accuracy(work, test_names, &found) : GB_OK;
}

/* The results of chance and of trivial answers, for figures. */
static gb_status put_baselines(trial_work *work) {
    task_baseline all[8];
    char name[128];
    size_t count = task_get_baselines(work->task, all, sizeof all / sizeof *all);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "baseline_%s/%s", all[i].metric, all[i].name);
        GB_TRY(trial_put_metric(work, name, 0, all[i].value));
    }
    return GB_OK;
}

static gb_status test_splits(trial_work *work) {
    if (work->shape->splits[TASK_TEST])
        GB_TRY(test_split(work));
    if (!work->shape->splits[TASK_SHIFTED])
        return GB_OK;
    split_result found;
    GB_TRY(trial_evaluate(work, TASK_SHIFTED, &found));
    return found.predictions ? put_accuracy(work, shifted_names, &found) : GB_OK;
}

/* The test result of the parameters that validation had chosen before the trial diverged. It has its own columns, since
 * a diverged trial has no score. */
static gb_status put_before_divergence(trial_work *work) {
    const size_t step = work->training->now.best_step;
    char name[64];
    split_result found;
    if (step == 0)
        return GB_OK;
    gb_model_set_parameters(work->judge, work->selected);
    GB_TRY(trial_evaluate(work, TASK_TEST, &found));
    snprintf(name, sizeof name, "before_divergence_%s", work->shape->metric);
    GB_TRY(trial_put_integer(work, "before_divergence_step", (double)step));
    GB_TRY(trial_put(work, "before_divergence_loss", found.loss));
    return trial_put(work, name, trial_metric(work->shape, &found));
}

/* A diverged trial has no score: its columns are NaN. They exist even if every trial of the run diverged. */
static gb_status put_lost(trial_work *work) {
    const split_result none = {.loss = NAN, .sequence_loss = NAN};
    if (work->shape->splits[TASK_TEST]) {
        GB_TRY(put_loss(work, &none));
        GB_TRY(trial_put_integer(work, "correct", NAN));
        GB_TRY(trial_put_integer(work, "predictions", NAN));
        if (has_accuracy(work->shape))
            GB_TRY(put_accuracy(work, test_names, &none));
        GB_TRY(put_before_divergence(work));
    }
    return work->shape->splits[TASK_SHIFTED] ? put_accuracy(work, shifted_names, &none) : GB_OK;
}

const measure_type measure_splits = {.always = true, .before = put_baselines, .after = test_splits, .lost = put_lost};
