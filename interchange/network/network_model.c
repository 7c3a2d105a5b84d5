/* SPDX-License-Identifier: MIT */
/* A network as a model of the library, which the probes measure, and a trained model as a network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/network/network.h"
#include "interchange/network/variants.h"

/* The recurrent layers of a stack of equals: the first, and how many. */
static gb_status find_stack(gb_context *context, const network *net, size_t *first, size_t *layers) {
    *first = network_reads_tokens(net);
    *layers = 0;
    while (*first + *layers < net->count && net->layers[*first + *layers].kind == NETWORK_RECURRENT) {
        const network_layer *a = &net->layers[*first], *b = &net->layers[*first + (*layers)++];
        if (strcmp(a->cell, b->cell) != 0 || a->output != b->output || a->bias != b->bias)
            return gb_fail(
                context, GB_UNSUPPORTED,
                "probes measure stacks of equal layers, but %s (%s, %zu units, bias %s) and %s (%s, %zu units, "
                "bias %s) are not",
                a->name, a->cell, a->output, gb_bias_name(a->bias), b->name, b->cell, b->output, gb_bias_name(b->bias));
    }
    const size_t behind = net->count - *first - *layers;
    if (!*layers || behind > 1)
        return gb_fail(context, GB_UNSUPPORTED,
                       "probes measure an embedding, a stack of recurrent layers and one dense layer, in this order; "
                       "this network has %zu dense layers before, between or after recurrent ones",
                       behind);
    return GB_OK;
}

static void copy(const network *net, const void *values, size_t count, double *to) {
    for (size_t i = 0; i < count; i++)
        to[i] = net->dtype == GB_F64 ? ((const double *)values)[i] : (double)((const float *)values)[i];
}

static void fill(const network *net, const gb_model *model, size_t first, size_t layers, double *parameters) {
    const network_layer *dense = first + layers < net->count ? &net->layers[first + layers] : NULL;
    size_t layer = first;
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *t = gb_model_tensor(model, i);
        double *to = parameters + t->offset;
        if (t->role == GB_ROLE_EMBEDDING)
            copy(net, net->layers[0].values, t->count, to);
        else if (t->role == GB_ROLE_KERNEL) /* the layer's whole block begins here */
            copy(net, net->layers[layer].values, net->layers[layer].count, to), layer++;
        else if (t->role == GB_ROLE_OUTPUT && dense)
            copy(net, dense->values, t->count, to);
        else if (t->role == GB_ROLE_OUTPUT_BIAS && dense && dense->bias)
            copy(net, (const char *)dense->values + dense->input * dense->output * network_width(net), t->count, to);
        else if (t->role == GB_ROLE_OUTPUT)
            for (size_t k = 0; k < t->shape[0]; k++)
                to[k * t->shape[2] + k] = 1;
    }
}

gb_status network_model(gb_context *context, const network *net, gb_head head, gb_loss loss, gb_model **model) {
    size_t first, layers;
    GB_TRY(find_stack(context, net, &first, &layers));
    const network_layer *stack = &net->layers[first];
    const gb_model_spec spec = {
        .cell = stack->cell,
        .backend = "reference",
        .dtype = GB_F64,
        .input = network_reads_tokens(net) ? GB_INPUT_TOKENS : GB_INPUT_DENSE,
        .input_size = network_input(net),
        .embedding = network_reads_tokens(net) ? net->layers[0].output : 0,
        .hidden = stack->output,
        .layers = layers,
        .output_size = network_output(net),
        .head = head,
        .loss = loss,
        .bias = stack->bias,
    };
    GB_TRY(variant_register(context, stack->cell));
    GB_TRY(gb_model_create(context, &spec, model));
    double *parameters = calloc(gb_model_parameter_count(*model), sizeof *parameters);
    if (!parameters) {
        gb_model_destroy(*model);
        *model = NULL;
        return gb_fail(context, GB_MEMORY, "out of memory for the parameters of a model");
    }
    fill(net, *model, first, layers, parameters);
    gb_model_set_parameters(*model, parameters);
    free(parameters);
    return GB_OK;
}

/* A layer with the next `count` of the model's numbers. */
static network_layer *add_layer(network *net, network_kind kind, const char *cell, size_t input, size_t output,
                                gb_bias bias, const double *from, size_t count) {
    network_layer *layer = network_add(net);
    if (!layer || !(layer->values = malloc(count * network_width(net))))
        return NULL;
    layer->kind = kind;
    layer->cell = cell;
    layer->bias = bias;
    layer->input = input;
    layer->output = output;
    layer->count = count;
    layer->counted = count;
    for (size_t i = 0; i < count; i++)
        if (net->dtype == GB_F64)
            ((double *)layer->values)[i] = from[i];
        else
            ((float *)layer->values)[i] = (float)from[i];
    return layer;
}

static bool add_embedding(network *net, size_t words, size_t width, const double *from) {
    double *units = width ? NULL : calloc(words * words, sizeof *units);
    if (!width && !units)
        return false;
    for (size_t i = 0; units && i < words; i++)
        units[i * words + i] = 1;
    network_layer *layer = add_layer(net, NETWORK_EMBEDDING, "embedding", words, width ? width : words, GB_BIAS_NONE,
                                     units ? units : from, words * (width ? width : words));
    if (layer)
        snprintf(layer->name, sizeof layer->name, "embedding");
    if (layer && units)
        layer->counted = 0;
    free(units);
    return layer != NULL;
}

/* The parts of the flat vector are in the order of the layers. */
static bool add_layers(gb_context *context, const gb_model_spec *spec, const double *from, network *net) {
    static const activation outputs[] = {[GB_LOSS_SOFTMAX] = ACTIVATION_SOFTMAX,
                                         [GB_LOSS_BERNOULLI] = ACTIVATION_SIGMOID,
                                         [GB_LOSS_SQUARED] = ACTIVATION_LINEAR};
    const gb_cell_info *cell = gb_context_find_cell(context, spec->cell);
    const bool tokens = spec->input == GB_INPUT_TOKENS;
    size_t input = spec->embedding ? spec->embedding : spec->input_size, count;
    if (tokens && !add_embedding(net, spec->input_size, spec->embedding, from))
        return false;
    from += tokens ? spec->embedding * spec->input_size : 0;
    for (size_t i = 0; i < spec->layers; i++, from += count, input = spec->hidden) {
        gb_tensor ignored[GB_CELL_TENSORS];
        gb_cell_tensors(cell, input, spec->hidden, spec->bias, ignored, &count);
        network_layer *layer =
            add_layer(net, NETWORK_RECURRENT, cell->name, input, spec->hidden, spec->bias, from, count);
        if (!layer)
            return false;
        snprintf(layer->name, sizeof layer->name, "layer%zu", i);
        layer->last = spec->head == GB_HEAD_LAST && i + 1 == spec->layers;
    }
    network_layer *dense = add_layer(net, NETWORK_DENSE, "dense", spec->hidden, spec->output_size, GB_BIAS_SINGLE, from,
                                     (spec->hidden + 1) * spec->output_size);
    if (!dense)
        return false;
    snprintf(dense->name, sizeof dense->name, "output");
    dense->activation = outputs[spec->loss];
    return true;
}

gb_status network_of_model(gb_context *context, const gb_model *model, network *net) {
    const gb_model_spec *spec = gb_model_get_spec(model);
    double *parameters = calloc(gb_model_parameter_count(model), sizeof *parameters);
    *net = (network){.dtype = spec->dtype};
    if (parameters)
        gb_model_get_parameters(model, parameters);
    const bool made = parameters && add_layers(context, spec, parameters, net);
    free(parameters);
    if (made)
        return GB_OK;
    network_free(net);
    return gb_fail(context, GB_MEMORY, "out of memory for a network of %zu parameters",
                   gb_model_parameter_count(model));
}
