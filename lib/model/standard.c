/* SPDX-License-Identifier: MIT */
/* The two standard networks, which treat their inputs as a set or as one long vector:
 *
 *     bag: h = tanh(counts(words) W + b) counts are integers, so order has no effect, not even by rounding
 *     window: h = tanh([x_1 x_2 ... x_window] W + b)    steps that are missing are zero */
#include <string.h>

#include "core/matmul.h"
#include "core/row_maths.h"
#include "model/network.h"

/* features = tanh(input W + b) */
static void hidden_forward(gb_model *model, size_t sequences) {
    const size_t hidden = model->spec.hidden, width = model->input_width;
    real *features = model->features.data;
    REAL(fill_rows)(sequences, hidden, network_parameters(model, model->hidden_bias), features);
    REAL(matmul_add)
    (sequences, hidden, width, (matrix){model->input.data, width},
     (matrix){network_parameters(model, model->hidden), hidden}, features, hidden);
    for (size_t n = 0; n < sequences; n++)
        REAL(row_tanh)(hidden, features + n * hidden, NULL, features + n * hidden);
}

/* dfeatures becomes the gradient of the sum inside tanh; W and b get theirs */
static void hidden_backward(gb_model *model, size_t sequences) {
    const size_t hidden = model->spec.hidden, width = model->input_width;
    const real *features = model->features.data;
    real *dsum = model->dfeatures.data;
    for (size_t i = 0; i < sequences * hidden; i++)
        dsum[i] *= 1 - features[i] * features[i];
    REAL(matmul_add_transposed)
    (width, hidden, sequences, (matrix){model->input.data, width}, (matrix){dsum, hidden},
     network_gradient(model, model->hidden), hidden);
    REAL(add_rows)(sequences, hidden, (matrix){dsum, hidden}, network_gradient(model, model->hidden_bias));
}

static gb_status reserve_input(gb_model *model, const gb_batch *batch) {
    GB_TRY(model_reserve(model, &model->input, batch->sequences, model->input_width * sizeof(real)));
    memset(model->input.data, 0, batch->sequences * model->input_width * sizeof(real));
    return GB_OK;
}

/* Last-step predictions are ordered by length, the features here by sequence. */
static void order_rows(gb_model *model, const gb_batch *batch) {
    size_t *rows = model->rows.data;
    for (size_t n = 0; n < batch->sequences; n++)
        rows[n] = (model_length(batch, n) - 1) * batch->sequences + n;
}

static gb_status bag_forward(gb_model *model, const gb_batch *batch, bool training) {
    (void)training;
    GB_TRY(reserve_input(model, batch));
    order_rows(model, batch);
    real *counts = model->input.data;
    for (size_t n = 0; n < batch->sequences; n++)
        for (size_t t = 0; t < model_length(batch, n); t++)
            counts[n * model->input_width + (size_t)batch->tokens[t * batch->sequences + n]] += 1;
    hidden_forward(model, batch->sequences);
    return GB_OK;
}

static gb_status bag_backward(gb_model *model, const gb_batch *batch) {
    hidden_backward(model, batch->sequences);
    return GB_OK;
}

static gb_status window_forward(gb_model *model, const gb_batch *batch, bool training) {
    (void)training;
    const size_t step = REAL(input_step_width)(model);
    GB_TRY(reserve_input(model, batch));
    order_rows(model, batch);
    for (size_t n = 0; n < batch->sequences; n++) {
        real *row = (real *)model->input.data + n * model->input_width;
        for (size_t t = 0; t < model_length(batch, n); t++)
            REAL(input_read)(model, batch, t, n, row + t * step);
    }
    hidden_forward(model, batch->sequences);
    return GB_OK;
}

static gb_status window_backward(gb_model *model, const gb_batch *batch) {
    const size_t hidden = model->spec.hidden, width = model->input_width, step = REAL(input_step_width)(model);
    hidden_backward(model, batch->sequences);
    if (!model->embedding)
        return GB_OK;
    /* dinput = dsum W^T */
    gb_status status = model_reserve(model, &model->upper, width, hidden * sizeof(real));
    if (status == GB_OK)
        status = model_reserve(model, &model->lower, batch->sequences, width * sizeof(real));
    if (status != GB_OK)
        return status;
    real *dinput = model->lower.data;
    REAL(transpose)(width, hidden, network_parameters(model, model->hidden), model->upper.data);
    REAL(fill_rows)(batch->sequences, width, NULL, dinput);
    REAL(matmul_add)
    (batch->sequences, width, hidden, (matrix){model->dfeatures.data, hidden}, (matrix){model->upper.data, width},
     dinput, width);
    for (size_t n = 0; n < batch->sequences; n++)
        for (size_t t = 0; t < model_length(batch, n); t++)
            REAL(input_give_back)(model, batch, t, n, dinput + n * width + t * step);
    return GB_OK;
}

const network REAL(bag_network) = {bag_forward, bag_backward};
const network REAL(window_network) = {window_forward, window_backward};
