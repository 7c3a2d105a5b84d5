/* SPDX-License-Identifier: MIT */
/* The test split, and the shifted one where the task has it: loss, accuracy with Wilson's interval, nats and bits, or
 * squared error. */
#include <math.h>
#include <string.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "results/statistics/statistics.h"

extern const measure_type measure_splits;

/* Columns of an accuracy with its 95 % interval. */
static gb_status put_accuracy(trial_work *work, const char *const names[3], const split_result *found) {
    interval wilson = statistics_wilson(found->correct, found->predictions, 0.95);
    gb_status status = trial_put(work, names[0], (double)found->correct / (double)found->predictions);
    if (!status)
        status = trial_put(work, names[1], wilson.low);
    return status ? status : trial_put(work, names[2], wilson.high);
}

/* Losses in nats are likelihoods only where the outputs are probabilities; elsewhere the loss is a squared error. */
static gb_status put_loss(trial_work *work, const split_result *found) {
    if (work->shape->loss == GB_LOSS_SQUARED)
        return trial_put(work, "mse", found->loss);
    gb_status status = trial_put(work, "nll", found->loss);
    if (!status)
        status = trial_put(work, "nll_sequence_mean", found->sequence_loss);
    if (!status && work->shape->loss == GB_LOSS_SOFTMAX)
        status = trial_put(work, "bits", found->loss / M_LN2);
    return status;
}

static gb_status take_test(trial_work *work) {
    split_result found;
    gb_status status = trial_evaluate(work, TASK_TEST, &found);
    if (!status)
        status = trial_put(work, "loss", found.loss);
    if (!status)
        status = trial_put_integer(work, "correct", (double)found.correct);
    if (!status)
        status = trial_put_integer(work, "predictions", (double)found.predictions);
    if (!status)
        status = put_loss(work, &found);
    static const char *const names[] = {"accuracy", "accuracy_low", "accuracy_high"};
    if (!status && found.predictions && work->shape->loss != GB_LOSS_BERNOULLI)
        status = put_accuracy(work, names, &found);
    return status;
}

static gb_status take(trial_work *work) {
    gb_status status = work->shape->splits[TASK_TEST] ? take_test(work) : GB_OK;
    if (status || !work->shape->splits[TASK_SHIFTED])
        return status;
    split_result found;
    status = trial_evaluate(work, TASK_SHIFTED, &found);
    static const char *const names[] = {"shifted_accuracy", "shifted_accuracy_low", "shifted_accuracy_high"};
    return status || !found.predictions ? status : put_accuracy(work, names, &found);
}

const measure_type measure_splits = {.always = true, .after = take};
