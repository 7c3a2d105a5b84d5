/* SPDX-License-Identifier: MIT */
/* Models: checking a spec, building a model, and read-only calls. */
#include "gatebench/model.h"

#include <stdio.h>
#include <string.h>

#include "cells/cells.h"
#include "model/model.h"

/* The kind of each standard network, in the order of gb_network_at(). */
static const model_kind network_kinds[] = {
#define GB_NETWORK(name, kind, title, source) MODEL_##kind,
#include "cells/networks.def"
#undef GB_NETWORK
};

gb_status model_reserve(gb_model *model, buffer *memory, size_t count, size_t size) {
    if (size != 0 && count <= memory->bytes / size)
        return GB_OK;
    gb_release(model->context, memory->data);
    *memory = (buffer){0};
    GB_TRY(gb_allocate(model->context, count, size, &memory->data));
    memory->bytes = count * size;
    return GB_OK;
}

/* The registry's own string of a backend's name, so that the caller's string need not outlive the call. */
static const char *backend_name(const char *name) {
    for (size_t i = 0; name && i < gb_backend_count(); i++)
        if (strcmp(gb_backend_name(i), name) == 0)
            return gb_backend_name(i);
    return NULL;
}

static gb_status resolve_cell(gb_model *model, const char *name) {
    for (size_t i = 0; name && i < sizeof network_kinds / sizeof *network_kinds; i++)
        if (strcmp(name, gb_network_at(i)->name) == 0) {
            model->kind = network_kinds[i];
            model->spec.cell = gb_network_at(i)->name;
            return GB_OK;
        }
    model->cell = gb_context_find_cell(model->context, name);
    if (!model->cell) {
        char why[768];
        cell_describe_unknown(model->context, name, why, sizeof why);
        return gb_fail(model->context, GB_INVALID, "%s; standard networks: bag, window", why);
    }
    model->kind = MODEL_STACK;
    model->spec.cell = model->cell->name;
    return GB_OK;
}

static gb_status check_spec(gb_model *model) {
    const gb_model_spec *spec = &model->spec;
    if (spec->input_size == 0 || spec->hidden == 0 || spec->layers == 0 || spec->output_size == 0) {
        return gb_fail(model->context, GB_INVALID,
                       "a model needs sizes of at least 1; it has input %zu, hidden %zu, layers %zu, output %zu",
                       spec->input_size, spec->hidden, spec->layers, spec->output_size);
    }
    if ((size_t)spec->dtype > GB_F64 || (size_t)spec->input > GB_INPUT_DENSE || (size_t)spec->head > GB_HEAD_MARKED ||
        (size_t)spec->loss > GB_LOSS_SQUARED || (size_t)spec->bias > GB_BIAS_DOUBLE ||
        (size_t)spec->initial_state > GB_INITIAL_CLIPPED) {
        return gb_fail(model->context, GB_INVALID,
                       "the model's dtype, input, head, loss, bias or initial_state is not a listed value");
    }
    if (spec->bidirectional && model->kind != MODEL_STACK)
        return gb_fail(model->context, GB_INVALID, "'%s' has no direction, so it cannot be bidirectional", spec->cell);
    if (spec->predict_first && (spec->head == GB_HEAD_LAST || spec->bidirectional)) {
        return gb_fail(model->context, GB_INVALID,
                       "predict_first needs a model of one direction with head every or marked");
    }
    if (model->kind != MODEL_STACK && spec->head != GB_HEAD_LAST)
        return gb_fail(model->context, GB_INVALID, "'%s' makes one prediction per sequence: its head must be last",
                       spec->cell);
    if (model->kind == MODEL_BAG && spec->input != GB_INPUT_TOKENS)
        return gb_fail(model->context, GB_INVALID, "'bag' counts words: its input must be tokens");
    if (model->kind != MODEL_STACK && spec->initial_state != GB_INITIAL_ZERO)
        return gb_fail(model->context, GB_INVALID, "'%s' has no state: its initial_state must be zero", spec->cell);
    if (model->kind == MODEL_WINDOW && spec->window == 0)
        return gb_fail(model->context, GB_INVALID, "'window' needs the number of steps that it reads, but window is 0");
    return GB_OK;
}

static gb_status build(gb_model *model, const gb_model_spec *spec) {
    gb_status status = resolve_cell(model, spec->cell);
    if (status == GB_OK)
        status = check_spec(model);
    model->directions = spec->bidirectional ? 2 : 1;
    if (status == GB_OK && (spec->hidden > SIZE_MAX / 2 || spec->layers > SIZE_MAX / 2))
        status = gb_fail(model->context, GB_MEMORY, "%zu layers of %zu units are too many", spec->layers, spec->hidden);
    model->units = spec->layers * model->directions;
    model->width = spec->hidden * model->directions;
    if (status == GB_OK)
        status = model_build_tensors(model);
    model->operations = spec->dtype == GB_F64 ? &model_operations_f64 : &model_operations_f32;
    model->real_size = spec->dtype == GB_F64 ? sizeof(double) : sizeof(float);
    if (status == GB_OK)
        status = gb_allocate(model->context, model->count, model->real_size, &model->parameters);
    if (status == GB_OK)
        status = gb_allocate(model->context, model->count, model->real_size, &model->gradient);
    if (status == GB_OK)
        status = gb_allocate(model->context, spec->layers, sizeof *model->layer_output, &model->layer_output);
    if (status == GB_OK)
        status = gb_allocate(model->context, spec->layers, sizeof *model->dropped, &model->dropped);
    if (status != GB_OK)
        return status;
    snprintf(model->implementation, sizeof model->implementation, "reference loops");
    if (model->kind == MODEL_STACK) {
        /* planning the smallest layer reports unsupported settings now instead of at the first step */
        const model_plan *plan;
        status = model_find_plan(model, 1, 1, true, &plan);
        if (status == GB_OK)
            model_note_implementation(model, plan);
        model->spec.backend = backend_name(spec->backend);
    } else {
        model->spec.backend = "reference";
    }
    return status;
}

gb_status gb_model_create(gb_context *context, const gb_model_spec *spec, gb_model **model) {
    gb_model *made;
    *model = NULL;
    GB_TRY(gb_allocate(context, 1, sizeof *made, &made));
    *made = (gb_model){.context = context, .spec = *spec};
    if (spec->implementation) {
        snprintf(made->asked, sizeof made->asked, "%s", spec->implementation);
        made->spec.implementation = made->asked;
    }
    gb_status status = build(made, spec);
    if (status != GB_OK) {
        gb_model_destroy(made);
        return status;
    }
    *model = made;
    return GB_OK;
}

void gb_model_destroy(gb_model *model) {
    if (!model)
        return;
    gb_context *context = model->context;
    model_release_plans(model);
    for (size_t i = 0; model->dropped && i < model->spec.layers; i++) {
        gb_release(context, model->layer_output[i].data);
        gb_release(context, model->dropped[i].data);
    }
    void *const owned[] = {model->tensors,
                           model->layer_offset,
                           model->parameters,
                           model->gradient,
                           model->layer_output,
                           model->dropped,
                           model->boundaries.data,
                           model->rows.data,
                           model->lengths.data,
                           model->direction.data,
                           model->dx.data,
                           model->input.data,
                           model->upper.data,
                           model->lower.data,
                           model->dinput.data,
                           model->dstart[0].data,
                           model->dstart[1].data,
                           model->features.data,
                           model->dfeatures.data,
                           model->logits.data,
                           model->transposed.data,
                           model->carried[0].start.data,
                           model->carried[0].end.data,
                           model->carried[0].full.data,
                           model->carried[1].start.data,
                           model->carried[1].end.data,
                           model->carried[1].full.data};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        gb_release(context, owned[i]);
    gb_release(context, model);
}

const gb_model_spec *gb_model_get_spec(const gb_model *model) {
    return &model->spec;
}

size_t gb_model_tensor_count(const gb_model *model) {
    return model->tensor_count;
}

const gb_tensor *gb_model_tensor(const gb_model *model, size_t i) {
    return i < model->tensor_count ? &model->tensors[i] : NULL;
}

size_t gb_model_parameter_count(const gb_model *model) {
    return model->count;
}

size_t gb_model_recurrent_parameter_count(const gb_model *model) {
    return model->recurrent_count;
}

void gb_model_get_parameters(const gb_model *model, double *values) {
    model->operations->get(model->parameters, values, model->count);
}

void gb_model_set_parameters(gb_model *model, const double *values) {
    model->operations->set(model->parameters, values, model->count);
}

void gb_model_get_gradient(const gb_model *model, double *values) {
    model->operations->get(model->gradient, values, model->count);
}

void gb_model_zero_gradient(gb_model *model) {
    memset(model->gradient, 0, model->count * model->real_size);
}

gb_status gb_model_evaluate(gb_model *model, const gb_batch *batch, gb_evaluation *evaluation) {
    return model->operations->run(model, batch, MODEL_EVALUATE, evaluation, NULL);
}

gb_status gb_model_predict(gb_model *model, const gb_batch *batch, double *outputs) {
    return model->operations->run(model, batch, MODEL_PREDICT, NULL, outputs);
}

gb_status gb_model_gradient(gb_model *model, const gb_batch *batch, gb_evaluation *evaluation) {
    return model->operations->run(model, batch, MODEL_GRADIENT, evaluation, NULL);
}

void gb_model_set_memory(gb_model *model, size_t bytes) {
    model->memory = bytes;
}

const char *gb_model_implementation(const gb_model *model) {
    return model->implementation;
}
