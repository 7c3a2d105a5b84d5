/* SPDX-License-Identifier: MIT */
/* A stack of recurrent layers: input, layers, and the rows at which predictions are asked. */
#include <string.h>

#include "model/network.h"

/* Padded steps read zeros, whatever the batch holds there. */
gb_status REAL(stack_read_input)(gb_model *model, const gb_batch *batch, size_t planned) {
    const size_t width = model->input_width, sequences = batch->sequences;
    gb_status status = model_reserve(model, &model->input, planned * sequences, width * sizeof(real));
    if (status != GB_OK)
        return status;
    real *input = model->input.data;
    for (size_t t = 0; t < planned; t++) {
        for (size_t n = 0; n < sequences; n++) {
            real *row = input + (t * sequences + n) * width;
            if (t < model_length(batch, n))
                REAL(input_read)(model, batch, t, n, row);
            else
                memset(row, 0, width * sizeof *row);
        }
    }
    return GB_OK;
}

/* What the passes of a layer have in common. */
static gb_layer_pass layer_pass(const gb_model *model, size_t layer, size_t sequences, bool training) {
    const carried *states = &model->carried[training];
    const bool memory = model->cell->has_memory;
    return (gb_layer_pass){
        .parameters = (const real *)model->parameters + model->layer_offset[layer],
        .x = layer == 0 ? model->input.data : model->layer_output[layer - 1].data,
        .h0 = model_state(model, &states->start, sequences, layer, 0),
        .c0 = memory ? model_state(model, &states->start, sequences, layer, 1) : NULL,
        .y = model->layer_output[layer].data,
    };
}

static gb_status forward(gb_model *model, const gb_batch *batch, bool training) {
    const size_t hidden = model->spec.hidden, planned = model_planned_steps(batch);
    const model_plan *plan;
    gb_status status = model_find_plan(model, planned, batch->sequences, training, &plan);
    if (status == GB_OK)
        status = model_start_states(model, batch, training);
    if (status == GB_OK)
        status = REAL(stack_read_input)(model, batch, planned);
    for (size_t layer = 0; layer < model->spec.layers && status == GB_OK; layer++) {
        status = model_reserve(model, &model->layer_output[layer], planned * batch->sequences, hidden * sizeof(real));
        if (status == GB_OK) {
            const buffer *end = &model->carried[training].end;
            gb_layer_pass pass = layer_pass(model, layer, batch->sequences, training);
            pass.hT = model_state(model, end, batch->sequences, layer, 0);
            pass.cT = model->cell->has_memory ? model_state(model, end, batch->sequences, layer, 1) : NULL;
            status = gb_layer_forward(plan->layers[layer], &pass);
        }
    }
    if (status != GB_OK)
        return status;
    model_keep_states(model, batch, training);

    const size_t *rows = model->rows.data;
    const real *top = model->layer_output[model->spec.layers - 1].data;
    real *features = model->features.data;
    for (size_t p = 0; p < model->predictions; p++)
        memcpy(features + p * hidden, top + rows[p] * hidden, hidden * sizeof *features);
    return GB_OK;
}

static void give_back_input(gb_model *model, const gb_batch *batch, const real *dinput) {
    for (size_t t = 0; t < batch->steps; t++) {
        for (size_t n = 0; n < batch->sequences; n++) {
            if (t < model_length(batch, n)) {
                REAL(input_give_back)
                (model, batch, t, n, dinput + (t * batch->sequences + n) * model->input_width);
            }
        }
    }
}

/* Room for the gradients of the initial states of a layer, where these are learned. */
static gb_status want_start(gb_model *model, size_t sequences, gb_layer_pass *pass) {
    const size_t hidden = model->spec.hidden, parts = model->cell->has_memory ? 2 : 1;
    if (!model->initial)
        return GB_OK;
    gb_status status = model_reserve(model, &model->dstart, parts * sequences, hidden * sizeof(real));
    pass->dh0 = model->dstart.data;
    pass->dc0 = parts == 2 && status == GB_OK ? (real *)model->dstart.data + sequences * hidden : NULL;
    return status;
}

/* Every sequence that started anew started from the same parameters. */
static void give_back_start(gb_model *model, const gb_batch *batch, size_t layer) {
    const size_t hidden = model->spec.hidden, parts = model->cell->has_memory ? 2 : 1;
    for (size_t part = 0; model->initial && part < parts; part++) {
        real *gradient = network_gradient(model, model_initial(model, layer, part));
        for (size_t n = 0; n < batch->sequences; n++) {
            const real *row = (const real *)model->dstart.data + (part * batch->sequences + n) * hidden;
            for (size_t j = 0; j < hidden && (!batch->carry || batch->carry[n] == 0); j++)
                gradient[j] += row[j];
        }
    }
}

static void swap(buffer *a, buffer *b) {
    const buffer kept = *a;
    *a = *b;
    *b = kept;
}

static gb_status backward(gb_model *model, const gb_batch *batch) {
    const size_t hidden = model->spec.hidden, planned = model_planned_steps(batch);
    const size_t rows = planned * batch->sequences, *places = model->rows.data;
    const size_t width = model->input_width > hidden ? model->input_width : hidden;
    const model_plan *plan;
    gb_status status = model_find_plan(model, planned, batch->sequences, true, &plan);
    if (status == GB_OK)
        status = model_reserve(model, &model->upper, rows, width * sizeof(real));
    if (status == GB_OK)
        status = model_reserve(model, &model->lower, rows, width * sizeof(real));
    if (status != GB_OK)
        return status;
    memset(model->upper.data, 0, rows * hidden * sizeof(real));
    for (size_t p = 0; p < model->predictions; p++) {
        memcpy((real *)model->upper.data + places[p] * hidden, (const real *)model->dfeatures.data + p * hidden,
               hidden * sizeof(real));
    }
    for (size_t layer = model->spec.layers; layer-- > 0 && status == GB_OK;) {
        gb_layer_pass pass = layer_pass(model, layer, batch->sequences, true);
        pass.dy = model->upper.data;
        pass.dx = layer > 0 || model->embedding ? model->lower.data : NULL;
        pass.dparameters = (real *)model->gradient + model->layer_offset[layer];
        status = want_start(model, batch->sequences, &pass);
        if (status == GB_OK)
            status = gb_layer_backward(plan->layers[layer], &pass);
        if (status == GB_OK)
            give_back_start(model, batch, layer);
        swap(&model->upper, &model->lower);
    }
    if (status == GB_OK && model->embedding)
        give_back_input(model, batch, model->upper.data);
    return status;
}

const network REAL(stack_network) = {forward, backward};
