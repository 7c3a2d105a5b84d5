/* SPDX-License-Identifier: MIT */
/* A stack of recurrent layers: input, layers, and the rows with predictions. Sequences too long for the model's memory
 * limit run in segments: the states between them are stored, and the backward pass recomputes each segment. A unit is
 * one direction of a layer; the outputs of two directions are side by side. */
#include <string.h>

#include "gatebench/random.h"
#include "model/network.h"

/* Padded steps read zeros, not the batch's values. */
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

/* The h (part 0) or c (part 1) of a unit at the end of a segment, or at its start. */
static void *end_state(const gb_model *model, const segment *s, size_t unit, size_t part) {
    const size_t block = 2 * model->units * s->sequences * model->spec.hidden;
    const buffer at = {.data = (real *)model->boundaries.data + (s->last ? 0 : s->index) * block};
    if (part == 1 && !model->cell->has_memory)
        return NULL;
    return model_state(model, s->last ? &model->carried[s->training].end : &at, s->sequences, unit, part);
}

static void *start_state(const gb_model *model, const segment *s, size_t unit, size_t part) {
    if (!s->first) {
        const segment before = {.all = s->all, .index = s->index - 1, .sequences = s->sequences};
        return end_state(model, &before, unit, part);
    }
    if (part == 1 && !model->cell->has_memory)
        return NULL;
    return model_state(model, &model->carried[s->training].start, s->sequences, unit, part);
}

static bool drops(const gb_model *model, bool training) {
    return training && model->dropout.rate > 0;
}

/* Applies this update's dropout to a layer's outputs or to their gradient: zeroes the dropped values and scales the
 * rest. */
static void drop(const gb_model *model, const segment *s, size_t layer, real *values) {
    const size_t width = s->sequences * model->width;
    const uint64_t block = model->dropout.update * model->spec.layers + layer;
    const uint32_t least = (uint32_t)(model->dropout.rate * 0x1p32); /* rate < 1 */
    const real scale = (real)(1 / (1 - model->dropout.rate));
    for (size_t t = s->from; t < s->from + s->steps; t++) {
        gb_random random =
            gb_random_stream(model->dropout.seed, GB_RANDOM_DROPOUT, (block << 24) + model->dropout.from + t);
        for (size_t i = 0; i < width; i++, values++)
            *values = gb_random_bits(&random) < least ? 0 : *values * scale;
    }
}

/* Copies one direction's columns of a layer's outputs, or of their gradient, from `all` or back. */
static void split(const gb_model *model, size_t rows, size_t direction, const real *all, real *one) {
    const size_t hidden = model->spec.hidden, width = model->width;
    for (size_t row = 0; row < rows; row++)
        memcpy(one + row * hidden, all + row * width + direction * hidden, hidden * sizeof(real));
}

static void join(const gb_model *model, size_t rows, size_t direction, const real *one, real *all) {
    const size_t hidden = model->spec.hidden, width = model->width;
    for (size_t row = 0; row < rows; row++)
        memcpy(all + row * width + direction * hidden, one + row * hidden, hidden * sizeof(real));
}

/* The lengths of the sequences within a segment, if the pass needs them. */
static gb_status find_lengths(gb_model *model, const gb_batch *batch, const segment *s) {
    model->uneven = false;
    if (!batch->lengths || !(batch->final_states || model->directions > 1))
        return GB_OK;
    GB_TRY(model_reserve(model, &model->lengths, s->sequences, sizeof(size_t)));
    for (size_t n = 0; n < s->sequences; n++) {
        const size_t left = batch->lengths[n] > s->from ? batch->lengths[n] - s->from : 0;
        ((size_t *)model->lengths.data)[n] = left < s->steps ? left : s->steps;
        model->uneven = model->uneven || left < s->steps;
    }
    return GB_OK;
}

/* The common part of a unit's forward and backward pass. */
static gb_layer_pass unit_pass(const gb_model *model, const segment *s, size_t unit) {
    const size_t layer = unit / model->directions;
    const buffer *below = drops(model, s->training) ? model->dropped : model->layer_output;
    return (gb_layer_pass){
        .parameters = (const real *)model->parameters + model->layer_offset[unit],
        .x = layer == 0 ? model->input.data : below[layer - 1].data,
        .h0 = start_state(model, s, unit, 0),
        .c0 = start_state(model, s, unit, 1),
        .y = model->directions > 1 ? model->direction.data : model->layer_output[layer].data,
        .lengths = model->uneven ? model->lengths.data : NULL,
    };
}

static gb_status run_layer(gb_model *model, const model_plan *plan, const segment *s, size_t layer) {
    const size_t rows = s->steps * s->sequences;
    GB_TRY(model_reserve(model, &model->layer_output[layer], rows, model->width * sizeof(real)));
    if (model->directions > 1)
        GB_TRY(model_reserve(model, &model->direction, rows, model->spec.hidden * sizeof(real)));
    for (size_t direction = 0; direction < model->directions; direction++) {
        const size_t unit = layer * model->directions + direction;
        gb_layer_pass pass = unit_pass(model, s, unit);
        pass.hT = end_state(model, s, unit, 0);
        pass.cT = end_state(model, s, unit, 1);
        GB_TRY(gb_layer_forward(plan->layers[unit], &pass));
        if (model->directions > 1)
            join(model, rows, direction, model->direction.data, model->layer_output[layer].data);
    }
    return GB_OK;
}

static gb_status run_segment(gb_model *model, const gb_batch *batch, const segment *s) {
    const size_t width = model->width, rows = s->steps * s->sequences;
    const model_plan *plan;
    GB_TRY(find_lengths(model, batch, s));
    GB_TRY(model_find_plan(model, s->steps, s->sequences, s->training, &plan));
    GB_TRY(REAL(stack_read_input)(model, batch, s->from, s->steps));
    for (size_t layer = 0; layer < model->spec.layers; layer++) {
        GB_TRY(run_layer(model, plan, s, layer));
        if (drops(model, s->training) && layer + 1 < model->spec.layers) {
            GB_TRY(model_reserve(model, &model->dropped[layer], rows, width * sizeof(real)));
            memcpy(model->dropped[layer].data, model->layer_output[layer].data, rows * width * sizeof(real));
            drop(model, s, layer, model->dropped[layer].data);
        }
    }
    model_note_implementation(model, plan);
    return GB_OK;
}

/* The offset in [rows][width] of the values that a prediction reads from one direction: the row of its step. With head
 * last, the second direction ends at the sequence's first step. */
static size_t feature_place(const gb_model *model, const segment *s, size_t row, size_t direction) {
    const bool at_start = direction == 1 && model->spec.head == GB_HEAD_LAST;
    return (at_start ? row % s->sequences : row) * model->width + direction * model->spec.hidden;
}

/* The initial h of the top layer, and the number of predictions that read it. */
static size_t predictions_ahead(const gb_model *model, const gb_batch *batch) {
    const size_t *rows = model->rows.data, ahead = model_rows_ahead(model, batch);
    size_t p = 0;
    while (p < model->predictions && rows[p] < ahead)
        p++;
    return p;
}

static void read_ahead(gb_model *model, const gb_batch *batch, bool training) {
    const size_t hidden = model->spec.hidden, *rows = model->rows.data;
    const real *start = model_state(model, &model->carried[training].start, batch->sequences, model->units - 1, 0);
    for (size_t p = 0; p < predictions_ahead(model, batch); p++)
        memcpy((real *)model->features.data + p * hidden, start + rows[p] * hidden, hidden * sizeof *start);
}

static gb_status forward(gb_model *model, const gb_batch *batch, bool training) {
    const size_t hidden = model->spec.hidden, sequences = batch->sequences, *rows = model->rows.data;
    const segmentation all = model_cut(model, model_planned_steps(model, batch), sequences);
    GB_TRY(model_start_states(model, batch, training));
    GB_TRY(
        model_reserve(model, &model->boundaries, all.count - 1, 2 * model->units * sequences * hidden * sizeof(real)));
    read_ahead(model, batch, training);
    for (size_t i = 0, p = predictions_ahead(model, batch); i < all.count; i++) {
        const segment s = segment_at(&all, i, sequences, training);
        const size_t begin = s.from * sequences + model_rows_ahead(model, batch), end = begin + s.steps * sequences;
        GB_TRY(run_segment(model, batch, &s));
        const real *top = model->layer_output[model->spec.layers - 1].data;
        for (real *features = model->features.data; p < model->predictions && rows[p] < end; p++)
            for (size_t d = 0; d < model->directions; d++)
                memcpy(features + p * model->width + d * hidden, top + feature_place(model, &s, rows[p] - begin, d),
                       hidden * sizeof *features);
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

/* All sequences that carry no state start from the same parameters, unless the caller gave initial states. */
static void give_back_start(gb_model *model, const gb_batch *batch, size_t unit) {
    const size_t hidden = model->spec.hidden, parts = model->cell->has_memory ? 2 : 1;
    for (size_t part = 0; model->initial && !batch->initial_states && part < parts; part++) {
        real *gradient = network_gradient(model, model_initial(model, unit, part));
        const real *row = model_state(model, &model->dstart[0], batch->sequences, unit, part);
        for (size_t n = 0; n < batch->sequences; n++, row += hidden)
            for (size_t j = 0; j < hidden && (!batch->carry || batch->carry[n] == 0); j++)
                gradient[j] += row[j];
        for (size_t p = 0; part == 0 && unit + 1 == model->units && p < predictions_ahead(model, batch); p++)
            for (size_t j = 0; j < hidden; j++)
                gradient[j] += ((const real *)model->dfeatures.data)[p * hidden + j];
    }
}

static void swap(buffer *a, buffer *b) {
    const buffer kept = *a;
    *a = *b;
    *b = kept;
}

/* The gradient from a segment's predictions to the top layer; *left counts the predictions in this segment and before
 * it. */
static void fill_upper(gb_model *model, const gb_batch *batch, const segment *s, size_t *left) {
    const size_t hidden = model->spec.hidden, *rows = model->rows.data;
    const size_t begin = s->from * s->sequences + model_rows_ahead(model, batch);
    memset(model->upper.data, 0, s->steps * s->sequences * model->width * sizeof(real));
    while (*left > 0 && rows[*left - 1] >= begin) {
        const size_t p = --*left;
        for (size_t d = 0; d < model->directions; d++)
            memcpy((real *)model->upper.data + feature_place(model, s, rows[p] - begin, d),
                   (const real *)model->dfeatures.data + p * model->width + d * hidden, hidden * sizeof(real));
    }
}

/* dx: receives the gradient of the layer's input, or NULL. */
static gb_status backward_unit(gb_model *model, const model_plan *plan, const segment *s, size_t unit, real *dx) {
    const size_t rows = s->steps * s->sequences, direction = unit % model->directions;
    const size_t width = unit < model->directions ? model->input_width : model->width;
    gb_layer_pass pass = unit_pass(model, s, unit);
    pass.dy = model->directions > 1 ? model->direction.data : model->upper.data;
    if (model->directions > 1)
        split(model, rows, direction, model->upper.data, model->direction.data);
    pass.dx = dx && direction == 1 ? model->dx.data : dx;
    pass.dparameters = (real *)model->gradient + model->layer_offset[unit];
    for (size_t part = 0; part < (model->cell->has_memory ? 2 : 1); part++) {
        void *arriving = s->last ? NULL : model_state(model, &model->dstart[1], s->sequences, unit, part);
        void *leaving =
            s->first && !model->initial ? NULL : model_state(model, &model->dstart[0], s->sequences, unit, part);
        *(part == 0 ? &pass.dhT : &pass.dcT) = arriving;
        *(part == 0 ? &pass.dh0 : &pass.dc0) = leaving;
    }
    GB_TRY(gb_layer_backward(plan->layers[unit], &pass));
    for (size_t i = 0; dx && direction == 1 && i < rows * width; i++)
        dx[i] += ((const real *)model->dx.data)[i];
    return GB_OK;
}

static gb_status backward_layer(gb_model *model, const gb_batch *batch, const model_plan *plan, const segment *s,
                                size_t layer) {
    real *dx = layer > 0 ? model->lower.data : NULL;
    if (layer == 0 && model->embedding)
        dx = (real *)model->dinput.data + s->from * s->sequences * model->input_width;
    for (size_t unit = layer * model->directions; unit < (layer + 1) * model->directions; unit++) {
        GB_TRY(backward_unit(model, plan, s, unit, dx));
        if (s->first)
            give_back_start(model, batch, unit);
    }
    if (layer > 0 && drops(model, true))
        drop(model, s, layer - 1, model->lower.data);
    if (layer > 0)
        swap(&model->upper, &model->lower);
    return GB_OK;
}

static gb_status reserve_backward(gb_model *model, const gb_batch *batch, const segmentation *all) {
    const size_t hidden = model->spec.hidden * sizeof(real), rows = all->size * batch->sequences;
    const size_t width = model->width > model->input_width ? model->width : model->input_width;
    GB_TRY(model_reserve(model, &model->upper, rows, model->width * sizeof(real)));
    GB_TRY(model_reserve(model, &model->lower, model->spec.layers > 1 ? rows : 1, model->width * sizeof(real)));
    if (model->directions > 1)
        GB_TRY(model_reserve(model, &model->dx, rows, width * sizeof(real)));
    if (model->embedding)
        GB_TRY(
            model_reserve(model, &model->dinput, all->planned * batch->sequences, model->input_width * sizeof(real)));
    for (size_t i = 0; i < 2 && (all->count > 1 || model->initial); i++)
        GB_TRY(model_reserve(model, &model->dstart[i], 2 * model->units * batch->sequences, hidden));
    return GB_OK;
}

static gb_status backward(gb_model *model, const gb_batch *batch) {
    const segmentation all = model_cut(model, model_planned_steps(model, batch), batch->sequences);
    size_t left = model->predictions;
    GB_TRY(reserve_backward(model, batch, &all));
    for (size_t i = all.count; i-- > 0;) {
        const segment s = segment_at(&all, i, batch->sequences, true);
        const model_plan *plan;
        if (!s.last)
            GB_TRY(run_segment(model, batch, &s));
        GB_TRY(model_find_plan(model, s.steps, s.sequences, true, &plan));
        fill_upper(model, batch, &s, &left);
        for (size_t layer = model->spec.layers; layer-- > 0;)
            GB_TRY(backward_layer(model, batch, plan, &s, layer));
        swap(&model->dstart[0], &model->dstart[1]);
    }
    if (model->embedding)
        give_back_input(model, batch);
    return GB_OK;
}

const network REAL(stack_network) = {forward, backward};
