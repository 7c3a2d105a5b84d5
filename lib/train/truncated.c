/* SPDX-License-Identifier: MIT */
/* Truncated backpropagation through time: a batch of long sequences is cut into segments with one update each. The
 * state is carried on between segments, the gradient is not. */
#include <stddef.h>

#include "train/trainer.h"

/* One row of a segment: its part of the batch, and its results. */
typedef struct rows {
    size_t *lengths, *predictions; /* [N] each */
    double *loss, *error;
    uint8_t *carry, *more;
} rows;

static gb_status reserve_rows(gb_trainer *trainer, size_t sequences, rows *r) {
    const size_t bytes = 2 * sizeof(size_t) + 2 * sizeof(double) + 2;
    GB_TRY(model_reserve(trainer->model, &trainer->segment, sequences, bytes));
    r->lengths = trainer->segment.data;
    r->predictions = r->lengths + sequences;
    r->loss = (double *)(r->predictions + sequences);
    r->error = r->loss + sequences;
    r->carry = (uint8_t *)(r->error + sequences);
    r->more = r->carry + sequences;
    return GB_OK;
}

/* The steps from `from` on, at most `steps` of them. A row that has ended has length 0. */
static gb_batch cut(const gb_model *model, const gb_batch *batch, size_t from, size_t steps, const rows *r) {
    const size_t size = steps < batch->steps - from ? steps : batch->steps - from, before = from * batch->sequences;
    const bool each_step = model->spec.head != GB_HEAD_LAST, last = from + size == batch->steps;
    for (size_t n = 0; n < batch->sequences; n++) {
        const size_t length = model_length(batch, n), left = length > from ? length - from : 0;
        r->lengths[n] = left < size ? left : size;
        r->carry[n] = from > 0 ? left > 0 : batch->carry && batch->carry[n] != 0;
        r->more[n] = left > size || (last && batch->more && batch->more[n] != 0);
    }
    return (gb_batch){
        .steps = size,
        .sequences = batch->sequences,
        .lengths = r->lengths,
        .tokens = batch->tokens ? batch->tokens + before : NULL,
        .inputs = batch->inputs ? batch->inputs + before * model->spec.input_size : NULL,
        .classes = batch->classes ? batch->classes + (each_step ? before : 0) : NULL,
        .targets = batch->targets ? batch->targets + (each_step ? before * model->spec.output_size : 0) : NULL,
        .marks = batch->marks ? batch->marks + before : NULL,
        .carry = r->carry,
        .initial_states = batch->initial_states,
        /* if the batches themselves continue, the next batch needs the final state of the last segment */
        .more = last && batch->carry ? batch->more : r->more,
        .sequence_loss = r->loss,
        .sequence_predictions = r->predictions,
        .sequence_error = r->error,
    };
}

static void add(gb_evaluation *total, const gb_batch *batch, const gb_evaluation *part, const rows *r) {
    total->loss += part->loss;
    total->predictions += part->predictions;
    total->correct += part->correct;
    for (size_t n = 0; n < batch->sequences; n++) {
        if (batch->sequence_loss)
            batch->sequence_loss[n] += r->loss[n];
        if (batch->sequence_predictions)
            batch->sequence_predictions[n] += r->predictions[n];
        if (batch->sequence_error)
            batch->sequence_error[n] = model_larger_error(batch->sequence_error[n], r->error[n]);
    }
}

gb_status gb_trainer_step_truncated(gb_trainer *trainer, const gb_batch *batch, size_t steps, gb_step_result *result) {
    if (steps == 0 || batch->steps <= steps)
        return gb_trainer_step(trainer, batch, result);
    rows r;
    if (batch->final_states || trainer->model->spec.bidirectional) {
        return gb_fail(
            trainer->model->context, GB_INVALID,
            "truncated backpropagation gives no final_states, and is not possible for a bidirectional model");
    }
    gb_status status = model_check_batch(trainer->model, batch, true);
    if (status == GB_OK)
        status = reserve_rows(trainer, batch->sequences, &r);
    if (status != GB_OK)
        return status;
    size_t updates = 0;
    double norms = 0;
    model_clear_evaluation(batch, &result->evaluation);
    result->diverged = false;
    for (size_t from = 0; from < batch->steps && status == GB_OK && !result->diverged; from += steps) {
        gb_step_result part;
        const gb_batch segment = cut(trainer->model, batch, from, steps, &r);
        status = gb_trainer_step(trainer, &segment, &part);
        if (status == GB_OK) {
            add(&result->evaluation, batch, &part.evaluation, &r);
            updates += part.evaluation.predictions > 0;
            trainer->passed = part.evaluation.predictions > 0 ? 0 : trainer->passed + segment.steps;
            norms += part.gradient_norm;
            result->diverged = part.diverged;
        }
    }
    trainer->passed = 0;
    result->gradient_norm = updates > 0 ? norms / (double)updates : 0;
    return status;
}
