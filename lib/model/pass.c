/* SPDX-License-Identifier: MIT */
/* A pass over a batch: features from the network, logits and loss from the head, and the backward pass. */
#include <string.h>

#include "core/matmul.h"
#include "model/network.h"

static const network *const networks[MODEL_KINDS] = {
    [MODEL_STACK] = &REAL(stack_network), [MODEL_BAG] = &REAL(bag_network), [MODEL_WINDOW] = &REAL(window_network)};

static void get(const void *from, double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (double)((const real *)from)[i];
}

static void set(void *to, const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        ((real *)to)[i] = (real)values[i];
}

static gb_status reserve_head(gb_model *model, bool gradient) {
    const size_t hidden = model->width, outputs = model->spec.output_size, rows = model->predictions;
    GB_TRY(model_reserve(model, &model->features, rows, hidden * sizeof(real)));
    GB_TRY(model_reserve(model, &model->logits, rows, outputs * sizeof(real)));
    if (gradient)
        GB_TRY(model_reserve(model, &model->dfeatures, rows, hidden * sizeof(real)));
    if (gradient)
        GB_TRY(model_reserve(model, &model->transposed, outputs, hidden * sizeof(real)));
    return GB_OK;
}

/* logits = features V + b */
static void head_forward(gb_model *model) {
    const size_t hidden = model->width, outputs = model->spec.output_size, rows = model->predictions;
    REAL(fill_rows)(rows, outputs, network_parameters(model, model->output_bias), model->logits.data);
    REAL(matmul_add)
    (rows, outputs, hidden, (matrix){model->features.data, hidden},
     (matrix){network_parameters(model, model->output), outputs}, model->logits.data, outputs);
}

/* logits hold their gradient */
static void head_backward(gb_model *model) {
    const size_t hidden = model->width, outputs = model->spec.output_size, rows = model->predictions;
    const matrix dlogits = {model->logits.data, outputs};
    REAL(matmul_add_transposed)
    (hidden, outputs, rows, (matrix){model->features.data, hidden}, dlogits, network_gradient(model, model->output),
     outputs);
    REAL(add_rows)(rows, outputs, dlogits, network_gradient(model, model->output_bias));
    REAL(transpose)(hidden, outputs, network_parameters(model, model->output), model->transposed.data);
    REAL(fill_rows)(rows, hidden, NULL, model->dfeatures.data);
    REAL(matmul_add)
    (rows, hidden, outputs, dlogits, (matrix){model->transposed.data, hidden}, model->dfeatures.data, hidden);
}

/* The index of the p-th prediction's target in classes or targets, and its sequence. */
static size_t target_place(const gb_model *model, const gb_batch *batch, size_t p, size_t *sequence) {
    const size_t row = ((const size_t *)model->rows.data)[p];
    *sequence = row % batch->sequences;
    return model->spec.head == GB_HEAD_LAST ? *sequence : row;
}

static gb_status check_classes(gb_model *model, const gb_batch *batch) {
    for (size_t p = 0; model->spec.loss == GB_LOSS_SOFTMAX && p < model->predictions; p++) {
        size_t sequence;
        const int32_t class = batch->classes[target_place(model, batch, p, &sequence)];
        if (class < 0 || (size_t) class >= model->spec.output_size) {
            return gb_fail(model->context, GB_INVALID, "class %ld of sequence %zu is outside 0..%zu", (long)class,
                           sequence, model->spec.output_size - 1);
        }
    }
    return GB_OK;
}

static void evaluate(gb_model *model, const gb_batch *batch, real scale, gb_evaluation *evaluation) {
    const size_t outputs = model->spec.output_size;
    model_clear_evaluation(batch, evaluation);
    for (size_t p = 0; p < model->predictions; p++) {
        size_t sequence;
        const size_t place = target_place(model, batch, p, &sequence);
        const loss_target target = {
            .class = batch->classes ? batch->classes[place] : 0,
            .targets = batch->targets ? batch->targets + place * outputs : NULL,
        };
        bool correct;
        double error = 0, *const errors = batch->sequence_error;
        const double loss = REAL(loss_of)(model->spec.loss, outputs, (real *)model->logits.data + p * outputs, target,
                                          scale, &correct, errors ? &error : NULL);
        evaluation->loss += loss;
        evaluation->predictions++;
        evaluation->correct += correct;
        if (batch->sequence_loss)
            batch->sequence_loss[sequence] += loss;
        if (batch->sequence_predictions)
            batch->sequence_predictions[sequence]++;
        if (errors)
            errors[sequence] = model_larger_error(errors[sequence], error);
    }
}

static void write_outputs(const gb_model *model, const gb_batch *batch, double *values) {
    const size_t outputs = model->spec.output_size;
    const size_t each_step = batch->steps * batch->sequences + model_rows_ahead(model, batch);
    const size_t rows = model->spec.head == GB_HEAD_LAST ? batch->sequences : each_step;
    memset(values, 0, rows * outputs * sizeof *values);
    for (size_t p = 0; p < model->predictions; p++) {
        size_t sequence;
        const size_t place = target_place(model, batch, p, &sequence);
        get((const real *)model->logits.data + p * outputs, values + place * outputs, outputs);
    }
}

gb_status REAL(pass_head_gradient)(gb_model *model, const gb_batch *batch, const real *last) {
    gb_evaluation unwanted;
    GB_TRY(model_list_predictions(model, batch));
    GB_TRY(check_classes(model, batch));
    GB_TRY(reserve_head(model, true));
    memcpy(model->features.data, last, model->predictions * model->spec.hidden * sizeof *last);
    head_forward(model);
    evaluate(model, batch, 1, &unwanted);
    head_backward(model);
    return GB_OK;
}

static gb_status run(gb_model *model, const gb_batch *batch, int mode, gb_evaluation *evaluation, double *outputs) {
    const network *network_of = networks[model->kind];
    const bool gradient = mode == MODEL_GRADIENT;
    gb_evaluation unwanted;
    gb_status status = model_check_batch(model, batch, mode != MODEL_PREDICT);
    if (status == GB_OK)
        status = model_list_predictions(model, batch);
    if (status == GB_OK && mode != MODEL_PREDICT)
        status = check_classes(model, batch);
    if (status == GB_OK)
        status = reserve_head(model, gradient);
    if (status == GB_OK)
        status = network_of->forward(model, batch, gradient);
    if (status != GB_OK)
        return status;
    head_forward(model);
    if (mode == MODEL_PREDICT) {
        write_outputs(model, batch, outputs);
        return GB_OK;
    }
    const real scale = gradient && model->predictions > 0 ? (real)(1.0 / (double)model->predictions) : 0;
    evaluate(model, batch, scale, evaluation ? evaluation : &unwanted);
    if (!gradient || model->predictions == 0)
        return GB_OK;
    head_backward(model);
    return network_of->backward(model, batch);
}

const model_operations REAL(model_operations) = {get, set, run};
