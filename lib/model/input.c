/* SPDX-License-Identifier: MIT */
/* The input of a network at one step of one sequence. */
#include <string.h>

#include "model/network.h"

size_t REAL(input_step_width)(const gb_model *model) {
    return model->kind == MODEL_WINDOW ? model->input_width / model->spec.window : model->input_width;
}

void REAL(input_read)(const gb_model *model, const gb_batch *batch, size_t t, size_t n, real *row) {
    const size_t width = REAL(input_step_width)(model), at = t * batch->sequences + n;
    if (model->embedding) {
        const size_t token = (size_t)batch->tokens[at];
        memcpy(row, network_parameters(model, model->embedding) + token * width, width * sizeof *row);
    } else if (model->spec.input == GB_INPUT_TOKENS) {
        memset(row, 0, width * sizeof *row);
        row[batch->tokens[at]] = 1;
    } else {
        for (size_t i = 0; i < width; i++)
            row[i] = (real)batch->inputs[at * width + i];
    }
}

void REAL(input_give_back)(const gb_model *model, const gb_batch *batch, size_t t, size_t n, const real *drow) {
    const size_t width = REAL(input_step_width)(model);
    const size_t token = (size_t)batch->tokens[t * batch->sequences + n];
    real *gradient = network_gradient(model, model->embedding) + token * width;
    for (size_t i = 0; i < width; i++)
        gradient[i] += drow[i];
}
