/* SPDX-License-Identifier: MIT */
/* Planned layer stacks by shape. T is rounded up to a bucket, so that batches of many lengths share few plans. */
#include <math.h>
#include <stdio.h>

#include "model/model.h"

#define BUDGET ((size_t)256 << 20)  /* memory limit of all idle plans, in bytes */
#define MEMORY ((size_t)1024 << 20) /* default limit of what a pass keeps of its steps, in bytes */
#define SHARE 64                    /* a segment gets this fraction of it: fits caches, yet few boundaries */
#define CHUNK_ROWS 256 /* steps times batch that a backend processes at once; whole chunks keep the order of sums */

/* Exact up to 8 steps, multiples of 8 below 128, then eight buckets per octave. */
static size_t bucket(size_t steps) {
    size_t step = steps <= 8 ? 1 : 8;
    for (size_t octave = 128; octave <= steps && octave < SIZE_MAX / 2; octave *= 2)
        step = octave / 8;
    const size_t rest = steps % step;
    return rest == 0 || steps > SIZE_MAX - step ? steps : steps + (step - rest);
}

size_t model_planned_steps(const gb_model *model, const gb_batch *batch) {
    /* with padded steps the final state would not be the state at T, which is needed here */
    bool carried_on = (batch->carry && !batch->more) || batch->final_states || model->directions > 1;
    for (size_t n = 0; batch->more && n < batch->sequences; n++)
        carried_on = carried_on || batch->more[n] != 0;
    return carried_on ? batch->steps : bucket(batch->steps);
}

static void release_plan(gb_model *model, model_plan *plan) {
    for (size_t i = 0; plan->layers && i < model->units; i++)
        gb_layer_destroy(plan->layers[i]);
    gb_release(model->context, plan->layers);
    *plan = (model_plan){0};
}

void model_release_plans(gb_model *model) {
    for (size_t i = 0; i < MODEL_PLANS; i++)
        release_plan(model, &model->plans[i]);
}

/* A free slot. First frees the least recently used plans while there are too many or they are too large. */
static model_plan *free_slot(gb_model *model, size_t cost) {
    for (;;) {
        model_plan *slot = NULL, *oldest = NULL;
        size_t held = 0;
        for (size_t i = 0; i < MODEL_PLANS; i++) {
            model_plan *plan = &model->plans[i];
            held += plan->cost;
            if (plan->steps == 0)
                slot = plan;
            else if (!oldest || plan->used < oldest->used)
                oldest = plan;
        }
        if (!oldest || (slot && held + cost <= BUDGET))
            return slot;
        release_plan(model, oldest);
    }
}

/* Approximate bytes of a plan: the data kept per step; for inference, of one state. Saturates. */
static size_t estimate(const gb_model *model, size_t steps, size_t sequences, bool training) {
    const double rows = training ? (double)steps * (double)sequences : (double)sequences;
    const double width = (double)(model->cell->gates + 4) * (double)model->spec.hidden;
    const double bytes = rows * width * (double)model->units * (double)model->real_size;
    return bytes < (double)(SIZE_MAX / 64) ? (size_t)bytes : SIZE_MAX / 64;
}

/* Approximate bytes that one step of a pass keeps until its segment ends. Inference keeps less on `reference`, but not
 * on a backend that multiplies all inputs first. */
static double step_bytes(const gb_model *model, size_t sequences) {
    const double hidden = (double)model->spec.hidden, layers = (double)model->spec.layers;
    const double width = layers * (double)(model->cell->gates + 5) * hidden + 2 * hidden + (double)model->input_width;
    return (double)model->real_size * (double)sequences * width;
}

segmentation model_cut(const gb_model *model, size_t planned, size_t sequences) {
    const double memory = (double)(model->memory > 0 ? model->memory : MEMORY);
    const double bytes = step_bytes(model, sequences);
    const size_t chunk = sequences < CHUNK_ROWS ? CHUNK_ROWS / sequences : 1;
    if (bytes * (double)planned <= memory || model->directions > 1)
        return (segmentation){planned, planned, 1};
    const double chunks = floor(memory / SHARE / bytes / (double)chunk);
    const size_t size = chunks >= 1 ? (size_t)chunks * chunk : chunk;
    return (segmentation){planned, size, (planned + size - 1) / size};
}

gb_layer_spec model_layer_spec(const gb_model *model, size_t unit, size_t steps, size_t sequences, bool training) {
    const gb_model_spec *spec = &model->spec;
    return (gb_layer_spec){
        .cell = spec->cell,
        .backend = spec->backend,
        .dtype = spec->dtype,
        .bias = spec->bias,
        .input = unit < model->directions ? model->input_width : model->width,
        .hidden = spec->hidden,
        .steps = steps,
        .batch = sequences,
        .training = training,
        .implementation = spec->implementation,
        .reverse = unit % model->directions == 1,
    };
}

gb_status model_find_plan(gb_model *model, size_t steps, size_t sequences, bool training, const model_plan **found) {
    *found = NULL;
    model->clock++;
    for (size_t i = 0; i < MODEL_PLANS; i++) {
        model_plan *plan = &model->plans[i];
        if (plan->steps == steps && plan->sequences == sequences && plan->training == training) {
            plan->used = model->clock;
            *found = plan;
            return GB_OK;
        }
    }
    const size_t cost = estimate(model, steps, sequences, training);
    model_plan *plan = free_slot(model, cost);
    *plan = (model_plan){steps, sequences, training, cost, model->clock, NULL};
    gb_status status = gb_allocate(model->context, model->units, sizeof *plan->layers, &plan->layers);
    for (size_t unit = 0; unit < model->units && status == GB_OK; unit++) {
        const gb_layer_spec spec = model_layer_spec(model, unit, steps, sequences, training);
        status = gb_layer_create(model->context, &spec, &plan->layers[unit]);
    }
    if (status != GB_OK) {
        release_plan(model, plan);
        return status;
    }
    *found = plan;
    return GB_OK;
}

void model_note_implementation(gb_model *model, const model_plan *plan) {
    snprintf(model->implementation, sizeof model->implementation, "%s", gb_layer_implementation(plan->layers[0]));
}
