/* SPDX-License-Identifier: MIT */
/* Checks a batch against its model, and lists the positions of its predictions. */
#include "core/sizes.h"
#include "model/model.h"

static gb_status check_lengths(gb_model *model, const gb_batch *batch) {
    for (size_t n = 0; batch->lengths && n < batch->sequences; n++) {
        const size_t least = !batch->carry ? 1 : 0;
        if (batch->lengths[n] < least || batch->lengths[n] > batch->steps) {
            return gb_fail(model->context, GB_INVALID, "sequence %zu of the batch has length %zu; it must be %zu..%zu",
                           n, batch->lengths[n], least, batch->steps);
        }
    }
    if (model->kind != MODEL_WINDOW)
        return GB_OK;
    for (size_t n = 0; n < batch->sequences; n++) {
        if (model_length(batch, n) > model->spec.window) {
            return gb_fail(model->context, GB_INVALID,
                           "sequence %zu has %zu steps, but the network's window holds %zu; make the window longer", n,
                           model_length(batch, n), model->spec.window);
        }
    }
    return GB_OK;
}

static gb_status check_tokens(gb_model *model, const gb_batch *batch) {
    for (size_t t = 0; t < batch->steps; t++) {
        for (size_t n = 0; n < batch->sequences; n++) {
            const int32_t token = batch->tokens[t * batch->sequences + n];
            if (t < model_length(batch, n) && (token < 0 || (size_t)token >= model->spec.input_size)) {
                return gb_fail(model->context, GB_INVALID,
                               "token %ld at step %zu of sequence %zu is outside the vocabulary 0..%zu", (long)token, t,
                               n, model->spec.input_size - 1);
            }
        }
    }
    return GB_OK;
}

gb_status model_check_batch(gb_model *model, const gb_batch *batch, bool with_targets) {
    const gb_model_spec *spec = &model->spec;
    const bool tokens = spec->input == GB_INPUT_TOKENS, softmax = spec->loss == GB_LOSS_SOFTMAX;
    size_t rows = batch->steps; /* and one more before the first step, with predict_first */
    if (batch->steps == 0 || batch->sequences == 0 || !size_add(&rows, 1) || !size_multiply(&rows, batch->sequences)) {
        return gb_fail(model->context, GB_INVALID, "a batch of %zu steps and %zu sequences is impossible", batch->steps,
                       batch->sequences);
    }
    if ((tokens ? (const void *)batch->tokens : (const void *)batch->inputs) == NULL) {
        return gb_fail(model->context, GB_INVALID, "the model reads %s, but the batch has none",
                       tokens ? "tokens" : "dense inputs");
    }
    if (with_targets && (softmax ? (const void *)batch->classes : (const void *)batch->targets) == NULL) {
        return gb_fail(model->context, GB_INVALID, "the model's loss needs %s, but the batch has none",
                       softmax ? "classes" : "targets");
    }
    if (spec->head == GB_HEAD_MARKED && !batch->marks)
        return gb_fail(model->context, GB_INVALID, "the model predicts at marked steps, but the batch has no marks");
    if ((batch->carry || batch->more) && model->kind != MODEL_STACK) {
        return gb_fail(model->context, GB_INVALID, "'%s' has no state to carry; leave the batch's carry and more NULL",
                       spec->cell);
    }
    if (batch->carry && spec->bidirectional)
        return gb_fail(model->context, GB_INVALID,
                       "a bidirectional model carries no state; leave the batch's carry NULL");
    if ((batch->initial_states || batch->final_states) && model->kind != MODEL_STACK) {
        return gb_fail(model->context, GB_INVALID, "'%s' has no state; leave initial_states and final_states NULL",
                       spec->cell);
    }
    GB_TRY(check_lengths(model, batch));
    if (tokens)
        GB_TRY(check_tokens(model, batch));
    return GB_OK;
}

/* True if row n makes a prediction after `inputs` inputs. */
static bool is_asked(const gb_model *model, const gb_batch *batch, size_t inputs, size_t n) {
    const size_t length = model_length(batch, n), place = inputs - (model->spec.predict_first ? 0 : 1);
    if (inputs > length || (inputs == 0 && (length == 0 || (batch->carry && batch->carry[n] != 0))))
        return false;
    switch (model->spec.head) {
    case GB_HEAD_LAST:
        return inputs == length && inputs > 0 && (!batch->more || batch->more[n] == 0);
    case GB_HEAD_EVERY:
        return true;
    case GB_HEAD_MARKED:
        return batch->marks[place * batch->sequences + n] != 0;
    }
    return false;
}

gb_status model_list_predictions(gb_model *model, const gb_batch *batch) {
    const size_t first = model->spec.predict_first ? 0 : 1;
    GB_TRY(model_reserve(model, &model->rows, (batch->steps + 1) * batch->sequences, sizeof(size_t)));
    size_t *rows = model->rows.data;
    model->predictions = 0;
    for (size_t inputs = first; inputs <= batch->steps; inputs++) {
        for (size_t n = 0; n < batch->sequences; n++)
            if (is_asked(model, batch, inputs, n))
                rows[model->predictions++] = (inputs - first) * batch->sequences + n;
    }
    return GB_OK;
}

void model_clear_evaluation(const gb_batch *batch, gb_evaluation *evaluation) {
    *evaluation = (gb_evaluation){0};
    for (size_t n = 0; n < batch->sequences; n++) {
        if (batch->sequence_loss)
            batch->sequence_loss[n] = 0;
        if (batch->sequence_predictions)
            batch->sequence_predictions[n] = 0;
        if (batch->sequence_error)
            batch->sequence_error[n] = 0;
    }
}
