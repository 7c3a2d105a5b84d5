/* SPDX-License-Identifier: MIT */
#include "probe/stepper.h"

#include <string.h>

gb_status probe_copy_model(gb_model *model, gb_model **copy) {
    gb_model_spec spec = model->spec;
    double *values;
    *copy = NULL;
    if (spec.bidirectional) {
        return gb_fail(model->context, GB_UNSUPPORTED,
                       "a bidirectional model has read the future, so its states do not show its memory of the past");
    }
    spec.backend = "reference";
    spec.implementation = NULL;
    spec.dtype = GB_F64;
    GB_TRY(gb_model_create(model->context, &spec, copy));
    GB_TRY(gb_allocate(model->context, model->count, sizeof *values, &values));
    gb_model_get_parameters(model, values);
    gb_model_set_parameters(*copy, values);
    gb_release(model->context, values);
    return GB_OK;
}

double *stepper_part(const stepper *s, double *states, size_t layer, size_t part) {
    const size_t block = s->rows * s->copy->spec.hidden;
    return part < s->parts ? states + (layer * s->parts + part) * block : NULL;
}

const double *stepper_input(const stepper *s, size_t layer) {
    return layer == 0 ? s->input : s->outputs + (layer - 1) * s->rows * s->copy->spec.hidden;
}

static gb_status check(gb_model *model, const gb_batch *batch, size_t sequence) {
    if (model->kind != MODEL_STACK)
        return gb_fail(model->context, GB_UNSUPPORTED, "'%s' has no state to probe", model->spec.cell);
    GB_TRY(model_check_batch(model, batch, false));
    if (sequence >= batch->sequences) {
        return gb_fail(model->context, GB_INVALID, "sequence %zu was requested, but the batch has %zu", sequence,
                       batch->sequences);
    }
    if (batch->carry)
        return gb_fail(model->context, GB_INVALID, "probes start from the initial states; set carry to NULL");
    return GB_OK;
}

static gb_status allocate_all(stepper *s) {
    const gb_model_spec *spec = &s->copy->spec;
    const size_t block = s->rows * spec->hidden, states = spec->layers * s->parts * block;
    const size_t size = s->parts * spec->hidden, backward = s->differentiates ? 1 : 0;
    const struct {
        double **block;
        size_t count;
    } blocks[] = {
        {&s->state, states},
        {&s->next, states},
        {&s->input, s->rows * s->copy->input_width},
        {&s->outputs, spec->layers * block},
        {&s->seeds, backward * s->parts * block},
        {&s->leaving, backward * s->parts * block},
        {&s->zeros, block},
        {&s->scratch, backward * s->copy->count},
        {&s->jacobians, backward * spec->layers * size * size},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        GB_TRY(gb_allocate(s->context, blocks[i].count, sizeof(double), blocks[i].block));
    return GB_OK;
}

static void start(stepper *s) {
    const size_t hidden = s->copy->spec.hidden;
    for (size_t layer = 0; layer < s->copy->spec.layers; layer++) {
        for (size_t part = 0; part < s->parts; part++) {
            const double *given =
                (const double *)model_state(s->copy, &s->copy->carried[true].start, s->batch->sequences, layer, part) +
                s->sequence * hidden;
            for (size_t row = 0; row < s->rows; row++)
                memcpy(stepper_part(s, s->state, layer, part) + row * hidden, given, hidden * sizeof *given);
        }
    }
    /* row i of the gradients at the end of a step selects component i of the state */
    for (size_t i = 0; s->differentiates && i < s->rows; i++)
        s->seeds[(i / hidden) * s->rows * hidden + i * hidden + i % hidden] = 1;
}

gb_status stepper_open(stepper *s, gb_model *model, const gb_batch *batch, size_t sequence, bool jacobians) {
    *s = (stepper){.context = model->context, .batch = batch, .sequence = sequence, .differentiates = jacobians};
    GB_TRY(check(model, batch, sequence));
    GB_TRY(probe_copy_model(model, &s->copy));
    s->steps = model_length(batch, sequence);
    s->parts = s->copy->cell->has_memory ? 2 : 1;
    s->rows = jacobians ? s->parts * s->copy->spec.hidden : 1;
    GB_TRY(gb_allocate(s->context, s->copy->spec.layers, sizeof *s->layers, &s->layers));
    for (size_t layer = 0; layer < s->copy->spec.layers; layer++) {
        const gb_layer_spec spec = model_layer_spec(s->copy, layer, 1, s->rows, jacobians);
        GB_TRY(gb_layer_create(s->context, &spec, &s->layers[layer]));
    }
    GB_TRY(allocate_all(s));
    GB_TRY(model_start_states(s->copy, batch, true));
    start(s);
    return GB_OK;
}

void stepper_close(stepper *s) {
    for (size_t layer = 0; s->layers && layer < s->copy->spec.layers; layer++)
        gb_layer_destroy(s->layers[layer]);
    void *const blocks[] = {s->layers, s->state,   s->next,  s->input,   s->outputs,
                            s->seeds,  s->leaving, s->zeros, s->scratch, s->jacobians};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        gb_release(s->context, blocks[i]);
    gb_model_destroy(s->copy);
}

static gb_status read_input(stepper *s, size_t t) {
    const size_t width = s->copy->input_width;
    GB_TRY(stack_read_input_f64(s->copy, s->batch, t, 1));
    for (size_t row = 0; row < s->rows; row++) {
        memcpy(s->input + row * width, (const double *)s->copy->input.data + s->sequence * width,
               width * sizeof *s->input);
    }
    return GB_OK;
}

/* Row i of the gradients at the start of the step is row i of the Jacobian. */
static void copy_jacobian(stepper *s, size_t layer) {
    const size_t hidden = s->copy->spec.hidden, size = s->parts * hidden;
    for (size_t i = 0; i < size; i++) {
        for (size_t part = 0; part < s->parts; part++) {
            memcpy(s->jacobians + (layer * size + i) * size + part * hidden, s->leaving + (part * s->rows + i) * hidden,
                   hidden * sizeof *s->leaving);
        }
    }
}

static gb_status differentiate(stepper *s, size_t layer, gb_layer_pass pass) {
    const size_t block = s->rows * s->copy->spec.hidden;
    pass.dy = s->zeros;
    pass.dhT = s->seeds;
    pass.dcT = s->parts == 2 ? s->seeds + block : NULL;
    pass.dh0 = s->leaving;
    pass.dc0 = s->parts == 2 ? s->leaving + block : NULL;
    pass.dparameters = s->scratch + s->copy->layer_offset[layer];
    GB_TRY(gb_layer_backward(s->layers[layer], &pass));
    copy_jacobian(s, layer);
    return GB_OK;
}

gb_status stepper_compute(stepper *s, size_t t) {
    GB_TRY(read_input(s, t));
    for (size_t layer = 0; layer < s->copy->spec.layers; layer++) {
        const gb_layer_pass pass = {
            .parameters = (const double *)s->copy->parameters + s->copy->layer_offset[layer],
            .x = stepper_input(s, layer),
            .h0 = stepper_part(s, s->state, layer, 0),
            .c0 = stepper_part(s, s->state, layer, 1),
            .y = s->outputs + layer * s->rows * s->copy->spec.hidden,
            .hT = stepper_part(s, s->next, layer, 0),
            .cT = stepper_part(s, s->next, layer, 1),
        };
        GB_TRY(gb_layer_forward(s->layers[layer], &pass));
        if (s->differentiates)
            GB_TRY(differentiate(s, layer, pass));
    }
    return GB_OK;
}

void stepper_commit(stepper *s) {
    double *const before = s->state;
    s->state = s->next;
    s->next = before;
}
