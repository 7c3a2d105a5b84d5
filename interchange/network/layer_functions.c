/* SPDX-License-Identifier: MIT */
/* Layers whose file names other functions inside the cell than ours has. */
#include <string.h>

#include "interchange/network/layers.h"
#include "interchange/network/variants.h"

static void scale(const network *net, network_layer *layer, size_t at, double slope, double shift) {
    for (size_t j = at; j < at + layer->output; j++)
        if (net->dtype == GB_F64)
            ((double *)layer->values)[j] = ((double *)layer->values)[j] * slope + shift;
        else
            ((float *)layer->values)[j] = (float)(((float *)layer->values)[j] * slope + shift);
}

/* clip(slope z + 1/2 + shift, 0, 1) is the variant's clip(z + 1/2, 0, 1) of weights that hold slope and shift. */
static void put_slope(const network *net, network_layer *layer, const layer_functions *f) {
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t all;
    const char *scaled = variant_gates(layer->cell);
    const size_t count =
        gb_cell_tensors(gb_cell_find(layer->cell), layer->input, layer->output, layer->bias, tensors, &all);
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < tensors[i].shape[0] * tensors[i].shape[1]; row++)
            if (strchr(scaled, tensors[i].gates[row % tensors[i].shape[1]][0]))
                scale(net, layer, tensors[i].offset + row * layer->output, f->slope,
                      tensors[i].role == GB_ROLE_BIAS ? f->shift : 0);
}

gb_status layer_set_functions(gb_context *context, const char *path, const network *net, const layer_functions *f) {
    network_layer *layer = &net->layers[net->count - 1];
    const bool hard = f->gates && f->gates->kind == FUNCTION_HARD, relu = f->state->kind == FUNCTION_RELU;
    const bool fits =
        (!f->gates || hard || f->gates->kind == FUNCTION_LOGISTIC) && (relu || f->state->kind == FUNCTION_TANH);
    layer->gates = f->gates;
    layer->state = f->state;
    layer->slope = f->slope;
    if (fits && !hard && !relu)
        return GB_OK;
    const char *name = strcmp(layer->cell, "rnn") == 0 ? "rnn_relu" : variant_name(layer->cell, hard, relu);
    if (!fits || !name)
        return gb_fail(context, GB_UNSUPPORTED, "%s: layer %s: %s with the functions %s%s%s is not supported", path,
                       layer->name, layer->cell, f->gates ? f->gates->name : "", f->gates ? " and " : "",
                       f->state->name);
    if (hard && f->shift != 0 && layer->bias == GB_BIAS_NONE)
        return gb_fail(context, GB_UNSUPPORTED,
                       "%s: layer %s: %s that is not 1/2 at 0 is supported only for layers with a bias", path,
                       layer->name, f->gates->name);
    if (hard)
        put_slope(net, layer, f);
    layer->cell = name;
    return GB_OK;
}
