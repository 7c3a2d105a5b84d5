/* SPDX-License-Identifier: MIT */
/* Horizon: the largest length up to which the trained network is correct, including lengths beyond those of training. A
 * length passes if at least HORIZON_SHARE of its sequences are correct at every tested step. The search ends at the
 * first length that does not pass, or at `farthest`. 0: not even the first length passes. The share at each tested
 * length goes into the metrics `right_by_length`. */
#include <math.h>
#include <stdlib.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_horizon;

#define HORIZON_SHARE 0.9

/* True if each class in the set has a larger output than each class that is not. */
static bool is_above(const double *outputs, size_t count, uint32_t set) {
    double least = INFINITY, most = -INFINITY;
    for (size_t c = 0; c < count; c++)
        if (set >> c & 1)
            least = fmin(least, outputs[c]);
        else
            most = fmax(most, outputs[c]);
    return least > most;
}

/* True if sequence n of the batch is correct at every tested step. */
static bool is_right(const trial_work *work, const gb_batch *batch, const double *outputs, size_t n) {
    size_t classes = work->shape->output_size;
    if (!batch->marks)
        return is_above(outputs + n * classes, classes, 1U << batch->classes[n]);
    for (size_t t = 0; t < batch->lengths[n]; t++) {
        size_t row = t * batch->sequences + n;
        if (batch->marks[row] && !is_above(outputs + row * classes, classes, batch->marks[row]))
            return false;
    }
    return true;
}

/* The share of correct sequences of one length. */
static gb_status find_share(trial_work *work, size_t length, size_t sequences, double *share) {
    const gb_batch *batch = &work->judge_batch.batch;
    GB_TRY(task_get_of_length(work->task, work->seed, length, sequences, &work->judge_batch));
    size_t rows = work->shape->head == GB_HEAD_LAST ? sequences : batch->steps * sequences, right = 0;
    CLEANUP(free_at) double *outputs = calloc(rows * work->shape->output_size, sizeof *outputs);
    GB_NEED(work->context, outputs, "for the outputs of sequences of length %zu", length);
    GB_TRY(gb_model_predict(work->judge, batch, outputs));
    for (size_t n = 0; n < sequences; n++)
        right += is_right(work, batch, outputs, n);
    *share = (double)right / (double)sequences;
    return GB_OK;
}

static gb_status find_horizon(trial_work *work) {
    size_t farthest = (size_t)trial_number(work->settings, "farthest");
    size_t sequences = (size_t)trial_number(work->settings, "probes"), horizon = 0;
    for (size_t length = 0; (length = task_next_length(work->task, length)) <= farthest;) {
        double share = 0;
        GB_TRY(find_share(work, length, sequences, &share));
        GB_TRY(trial_put_metric(work, "right_by_length", (double)length, share));
        if (share < HORIZON_SHARE)
            break;
        horizon = length;
        GB_TRY(trial_tell(work, "horizon %zu", horizon));
    }
    return trial_put_integer(work, "horizon", (double)horizon);
}

static gb_status refuse_or_find(trial_work *work) {
    if (!task_get_type(work->task)->of_length)
        return gb_fail(work->context, GB_UNSUPPORTED,
                       "task %s has no sequences of other lengths; remove horizon from measure",
                       task_get_type(work->task)->name);
    return find_horizon(work);
}

const measure_type measure_horizon = {.after = refuse_or_find};
