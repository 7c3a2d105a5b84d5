/* SPDX-License-Identifier: MIT */
/* A stack of recurrent layers: input, layers, and the rows at which predictions are asked. Sequences too long for the
 * model's memory run in segments: the states between them are stored, and on the way back each is computed again. */
#include <string.h>

#include "gatebench/random.h"
#include "model/network.h"

/* Padded steps read zeros, whatever the batch holds there. */
gb_status REAL(stack_read_input)(gb_model *model, const gb_batch *batch, size_t from, size_t steps) {
    const size_t width = model->input_width, sequences = batch->sequences;
    GB_TRY(model_reserve(model, &model->input, steps * sequences, width * sizeof(real)));
    real *row = model->input.data;
    for (size_t t = from; t < from + steps; t++) {
        for (size_t n = 0; n < sequences; n++, row += width)
            if (t < model_length(batch, n))
                REAL(input_read)(model, batch, t, n, row);
            else
                memset(row, 0, width * sizeof *row);
    }
    return GB_OK;
}

/* A segment of a pass. */
typedef struct segment {
    const segmentation *all;
    size_t index, from, steps, sequences;
    bool training, first, last;
} segment;

static segment segment_at(const segmentation *all, size_t index, size_t sequences, bool training) {
    const size_t from = index * all->size, left = all->planned - from;
    return (segment){
        .all = all,
        .index = index,
        .from = from,
        .steps = left < all->size ? left : all->size,
        .sequences = sequences,
        .training = training,
        .first = index == 0,
        .last = index + 1 == all->count,
    };
}

/* The h (part 0) or c (part 1) of a layer at the end of a segment, or at its start. */
static void *end_state(const gb_model *model, const segment *s, size_t layer, size_t part) {
    const size_t block = 2 * model->spec.layers * s->sequences * model->spec.hidden;
    const buffer at = {.data = (real *)model->boundaries.data + (s->last ? 0 : s->index) * block};
    if (part == 1 && !model->cell->has_memory)
        return NULL;
    return model_state(model, s->last ? &model->carried[s->training].end : &at, s->sequences, layer, part);
}

static void *start_state(const gb_model *model, const segment *s, size_t layer, size_t part) {
    if (!s->first) {
        const segment before = {.all = s->all, .index = s->index - 1, .sequences = s->sequences};
        return end_state(model, &before, layer, part);
    }
    if (part == 1 && !model->cell->has_memory)
        return NULL;
    return model_state(model, &model->carried[s->training].start, s->sequences, layer, part);
}

static bool drops(const gb_model *model, bool training) {
    return training && model->dropout.rate > 0;
}

/* Sets to zero what this update's dropout takes of what goes up from a layer, or comes down to it; scales the rest. */
static void drop(const gb_model *model, const segment *s, size_t layer, real *values) {
    const size_t width = s->sequences * model->spec.hidden;
    const uint64_t block = model->dropout.update * model->spec.layers + layer;
    const uint32_t least = (uint32_t)(model->dropout.rate * 0x1p32); /* rate < 1 */
    const real scale = (real)(1 / (1 - model->dropout.rate));
    for (size_t t = s->from; t < s->from + s->steps; t++) {
        gb_random random = gb_random_stream(model->dropout.seed, GB_RANDOM_DROPOUT, (block << 24) + t);
        for (size_t i = 0; i < width; i++, values++)
            *values = gb_random_bits(&random) < least ? 0 : *values * scale;
    }
}

/* What the passes of a layer have in common. */
static gb_layer_pass layer_pass(const gb_model *model, const segment *s, size_t layer) {
    const buffer *below = drops(model, s->training) ? model->dropped : model->layer_output;
    return (gb_layer_pass){
        .parameters = (const real *)model->parameters + model->layer_offset[layer],
        .x = layer == 0 ? model->input.data : below[layer - 1].data,
        .h0 = start_state(model, s, layer, 0),
        .c0 = start_state(model, s, layer, 1),
        .y = model->layer_output[layer].data,
    };
}

static gb_status run_segment(gb_model *model, const gb_batch *batch, const segment *s) {
    const size_t hidden = model->spec.hidden, rows = s->steps * s->sequences;
    const model_plan *plan;
    GB_TRY(model_find_plan(model, s->steps, s->sequences, s->training, &plan));
    GB_TRY(REAL(stack_read_input)(model, batch, s->from, s->steps));
    for (size_t layer = 0; layer < model->spec.layers; layer++) {
        GB_TRY(model_reserve(model, &model->layer_output[layer], rows, hidden * sizeof(real)));
        gb_layer_pass pass = layer_pass(model, s, layer);
        pass.hT = end_state(model, s, layer, 0);
        pass.cT = end_state(model, s, layer, 1);
        GB_TRY(gb_layer_forward(plan->layers[layer], &pass));
        if (drops(model, s->training) && layer + 1 < model->spec.layers) {
            GB_TRY(model_reserve(model, &model->dropped[layer], rows, hidden * sizeof(real)));
            memcpy(model->dropped[layer].data, model->layer_output[layer].data, rows * hidden * sizeof(real));
            drop(model, s, layer, model->dropped[layer].data);
        }
    }
    return GB_OK;
}

static gb_status forward(gb_model *model, const gb_batch *batch, bool training) {
    const size_t hidden = model->spec.hidden, sequences = batch->sequences, *rows = model->rows.data;
    const segmentation all = model_cut(model, model_planned_steps(batch), sequences);
    GB_TRY(model_start_states(model, batch, training));
    GB_TRY(model_reserve(model, &model->boundaries, all.count - 1,
                         2 * model->spec.layers * sequences * hidden * sizeof(real)));
    for (size_t i = 0, p = 0; i < all.count; i++) {
        const segment s = segment_at(&all, i, sequences, training);
        const size_t begin = s.from * sequences, end = begin + s.steps * sequences;
        GB_TRY(run_segment(model, batch, &s));
        const real *top = model->layer_output[model->spec.layers - 1].data;
        for (real *features = model->features.data; p < model->predictions && rows[p] < end; p++)
            memcpy(features + p * hidden, top + (rows[p] - begin) * hidden, hidden * sizeof *features);
    }
    model_keep_states(model, batch, training);
    return GB_OK;
}

static void give_back_input(gb_model *model, const gb_batch *batch) {
    const real *drow = model->dinput.data;
    for (size_t t = 0; t < batch->steps; t++)
        for (size_t n = 0; n < batch->sequences; n++, drow += model->input_width)
            if (t < model_length(batch, n))
                REAL(input_give_back)(model, batch, t, n, drow);
}

/* Every sequence that started anew started from the same parameters. */
static void give_back_start(gb_model *model, const gb_batch *batch, size_t layer) {
    const size_t hidden = model->spec.hidden, parts = model->cell->has_memory ? 2 : 1;
    for (size_t part = 0; model->initial && part < parts; part++) {
        real *gradient = network_gradient(model, model_initial(model, layer, part));
        const real *row = model_state(model, &model->dstart[0], batch->sequences, layer, part);
        for (size_t n = 0; n < batch->sequences; n++, row += hidden)
            for (size_t j = 0; j < hidden && (!batch->carry || batch->carry[n] == 0); j++)
                gradient[j] += row[j];
    }
}

static void swap(buffer *a, buffer *b) {
    const buffer kept = *a;
    *a = *b;
    *b = kept;
}

/* The gradient that the predictions of a segment send to the top layer; *left of them are in it or before it. */
static void fill_upper(gb_model *model, const segment *s, size_t *left) {
    const size_t hidden = model->spec.hidden, begin = s->from * s->sequences, *rows = model->rows.data;
    memset(model->upper.data, 0, s->steps * s->sequences * hidden * sizeof(real));
    while (*left > 0 && rows[*left - 1] >= begin) {
        const size_t p = --*left;
        memcpy((real *)model->upper.data + (rows[p] - begin) * hidden, (const real *)model->dfeatures.data + p * hidden,
               hidden * sizeof(real));
    }
}

static gb_status backward_layer(gb_model *model, const model_plan *plan, const segment *s, size_t layer) {
    gb_layer_pass pass = layer_pass(model, s, layer);
    real *const dinput = model->dinput.data;
    pass.dy = model->upper.data;
    if (layer > 0)
        pass.dx = model->lower.data;
    else if (model->embedding)
        pass.dx = dinput + s->from * s->sequences * model->input_width;
    pass.dparameters = (real *)model->gradient + model->layer_offset[layer];
    for (size_t part = 0; part < (model->cell->has_memory ? 2 : 1); part++) {
        void *arriving = s->last ? NULL : model_state(model, &model->dstart[1], s->sequences, layer, part);
        void *leaving =
            s->first && !model->initial ? NULL : model_state(model, &model->dstart[0], s->sequences, layer, part);
        *(part == 0 ? &pass.dhT : &pass.dcT) = arriving;
        *(part == 0 ? &pass.dh0 : &pass.dc0) = leaving;
    }
    GB_TRY(gb_layer_backward(plan->layers[layer], &pass));
    if (layer > 0 && drops(model, true))
        drop(model, s, layer - 1, model->lower.data);
    if (layer > 0)
        swap(&model->upper, &model->lower);
    return GB_OK;
}

static gb_status reserve_backward(gb_model *model, const gb_batch *batch, const segmentation *all) {
    const size_t hidden = model->spec.hidden * sizeof(real), rows = all->size * batch->sequences;
    GB_TRY(model_reserve(model, &model->upper, rows, hidden));
    GB_TRY(model_reserve(model, &model->lower, model->spec.layers > 1 ? rows : 1, hidden));
    if (model->embedding)
        GB_TRY(
            model_reserve(model, &model->dinput, all->planned * batch->sequences, model->input_width * sizeof(real)));
    for (size_t i = 0; i < 2 && (all->count > 1 || model->initial); i++)
        GB_TRY(model_reserve(model, &model->dstart[i], 2 * model->spec.layers * batch->sequences, hidden));
    return GB_OK;
}

static gb_status backward(gb_model *model, const gb_batch *batch) {
    const segmentation all = model_cut(model, model_planned_steps(batch), batch->sequences);
    size_t left = model->predictions;
    GB_TRY(reserve_backward(model, batch, &all));
    for (size_t i = all.count; i-- > 0;) {
        const segment s = segment_at(&all, i, batch->sequences, true);
        const model_plan *plan;
        if (!s.last)
            GB_TRY(run_segment(model, batch, &s));
        GB_TRY(model_find_plan(model, s.steps, s.sequences, true, &plan));
        fill_upper(model, &s, &left);
        for (size_t layer = model->spec.layers; layer-- > 0;) {
            GB_TRY(backward_layer(model, plan, &s, layer));
            if (s.first)
                give_back_start(model, batch, layer);
        }
        swap(&model->dstart[0], &model->dstart[1]);
    }
    if (model->embedding)
        give_back_input(model, batch);
    return GB_OK;
}

const network REAL(stack_network) = {forward, backward};
