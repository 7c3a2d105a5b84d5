/* SPDX-License-Identifier: MIT */
/* The tensor table of a model: embedding, layers (or the hidden layer of a standard network), output, and learned
 * initial states. These come last, so that everything else is initialised as without them. */
#include <stdio.h>
#include <string.h>

#include "core/sizes.h"
#include "model/model.h"

static gb_status add(gb_model *model, const char *name, gb_role role, size_t rows, size_t columns,
                     const gb_tensor **place) {
    gb_tensor *tensor = &model->tensors[model->tensor_count];
    *tensor = (gb_tensor){.role = role, .shape = {rows, 1, columns}, .offset = model->count, .forget_gate = -1};
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    tensor->count = rows;
    if (!size_multiply(&tensor->count, columns) || !size_add(&model->count, tensor->count)) {
        return gb_fail(model->context, GB_MEMORY, "tensor '%s' of %zu x %zu numbers exceeds the address space", name,
                       rows, columns);
    }
    model->tensor_count++;
    *place = tensor;
    return GB_OK;
}

/* "layer1/kernel", "layer1/reverse/kernel" */
static void name_part(const gb_model *model, size_t unit, const char *part, char name[48]) {
    const bool two_directions = model->spec.bidirectional, reverse = two_directions && unit % 2 == 1;
    snprintf(name, 48, "layer%u/%s%.20s", (unsigned)(two_directions ? unit / 2 : unit), reverse ? "reverse/" : "",
             part);
}

static gb_status add_unit(gb_model *model, size_t unit) {
    const size_t input = unit < model->directions ? model->input_width : model->width;
    gb_tensor parts[GB_CELL_TENSORS];
    size_t count;
    const size_t n = gb_cell_tensors(model->cell, input, model->spec.hidden, model->spec.bias, parts, &count);
    if (count == 0 || model->count + count < count) {
        return gb_fail(model->context, GB_MEMORY, "a %s layer with %zu inputs and %zu hidden units is too large",
                       model->cell->name, input, model->spec.hidden);
    }
    model->layer_offset[unit] = model->count;
    for (size_t i = 0; i < n; i++) {
        gb_tensor *tensor = &model->tensors[model->tensor_count++];
        *tensor = parts[i];
        tensor->offset += model->count;
        name_part(model, unit, parts[i].name, tensor->name);
    }
    model->count += count;
    model->recurrent_count += count;
    return GB_OK;
}

static gb_status add_body(gb_model *model) {
    const gb_model_spec *spec = &model->spec;
    gb_status status = GB_OK;
    if (model->kind == MODEL_STACK) {
        for (size_t unit = 0; unit < model->units && status == GB_OK; unit++)
            status = add_unit(model, unit);
        return status;
    }
    status = add(model, "hidden/kernel", GB_ROLE_OUTPUT, model->input_width, spec->hidden, &model->hidden);
    if (status == GB_OK)
        status = add(model, "hidden/bias", GB_ROLE_OUTPUT_BIAS, 1, spec->hidden, &model->hidden_bias);
    return status;
}

static gb_status add_initial_states(gb_model *model) {
    static const char *const parts[] = {"initial_h", "initial_c"};
    const size_t hidden = model->spec.hidden, count = model->cell->has_memory ? 2 : 1;
    gb_status status = GB_OK;
    model->initial = &model->tensors[model->tensor_count];
    for (size_t i = 0; i < model->units * count && status == GB_OK; i++) {
        char name[48];
        const gb_tensor *place;
        name_part(model, i / count, parts[i % count], name);
        status = add(model, name, GB_ROLE_INITIAL_STATE, 1, hidden, &place);
    }
    return status;
}

gb_status model_build_tensors(gb_model *model) {
    const gb_model_spec *spec = &model->spec;
    const bool embedded = spec->input == GB_INPUT_TOKENS && spec->embedding > 0 && model->kind != MODEL_BAG;
    size_t most = model->units;
    if (!size_multiply(&most, GB_CELL_TENSORS + 2) || !size_add(&most, 5))
        return gb_fail(model->context, GB_MEMORY, "%zu layers are too many", spec->layers);
    gb_status status = gb_allocate(model->context, most, sizeof *model->tensors, &model->tensors);
    if (status == GB_OK)
        status = gb_allocate(model->context, model->units, sizeof *model->layer_offset, &model->layer_offset);
    if (status == GB_OK && embedded)
        status = add(model, "embedding", GB_ROLE_EMBEDDING, spec->input_size, spec->embedding, &model->embedding);
    model->input_width = embedded ? spec->embedding : spec->input_size;
    if (model->kind == MODEL_WINDOW && !size_multiply(&model->input_width, spec->window))
        return gb_fail(model->context, GB_MEMORY, "a window of %zu steps is too long", spec->window);
    if (status == GB_OK)
        status = add_body(model);
    if (status == GB_OK)
        status = add(model, "output/kernel", GB_ROLE_OUTPUT, model->width, spec->output_size, &model->output);
    if (status == GB_OK)
        status = add(model, "output/bias", GB_ROLE_OUTPUT_BIAS, 1, spec->output_size, &model->output_bias);
    if (status == GB_OK && spec->initial_state != GB_INITIAL_ZERO)
        status = add_initial_states(model);
    return status;
}
