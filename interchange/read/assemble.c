/* SPDX-License-Identifier: MIT */
/* Shared by all readers: defaults for what a file does not say, and checking that layers fit together. */
#include <stdio.h>
#include <string.h>

#include "interchange/read/readers.h"

void choose_dtype(const tensor_set *set, network *net) {
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].type == TENSOR_F64)
            net->dtype = GB_F64;
}

gb_status choose_rnn(gb_context *context, const char *path, const import_options *options, network *net,
                     network_layer *layer) {
    if (strcmp(layer->cell, "rnn") != 0)
        return GB_OK;
    if (!options->activation)
        text_append(
            &net->notes,
            "%s: the activation of the basic RNN is not recorded; tanh is assumed (--activation relu changes that)\n",
            layer->name);
    else if (strcmp(options->activation, "relu") == 0)
        layer->cell = "rnn_relu";
    else if (strcmp(options->activation, "tanh") != 0)
        return gb_fail(context, GB_UNSUPPORTED,
                       "%s: %s: activation '%s' of a basic RNN is not supported; tanh and relu are", path, layer->name,
                       options->activation);
    return GB_OK;
}

static size_t count_dense(const network *net) {
    size_t count = 0;
    for (size_t i = 0; i < net->count; i++)
        count += net->layers[i].kind == NETWORK_DENSE;
    return count;
}

gb_status choose_activations(gb_context *context, const char *path, const import_options *options, network *net) {
    const size_t dense = count_dense(net);
    const char *at = options->activations ? options->activations : "";
    for (size_t i = 0; i < net->count; i++) {
        network_layer *layer = &net->layers[i];
        if (layer->kind != NETWORK_DENSE)
            continue;
        if (!options->activations && dense == 1) {
            text_append(&net->notes,
                        "%s: its activation is not recorded; none is assumed (--activations softmax changes that)\n",
                        layer->name);
            return GB_OK;
        }
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
        layer->activation = activation_find(name);
        if (layer->activation == ACTIVATIONS)
            return gb_fail(context, GB_INVALID,
                           "%s: the activations of its %zu dense layers are not recorded; give one for each, from "
                           "linear, relu, tanh, sigmoid and softmax: --activations relu,linear",
                           path, dense);
        at += strlen(name) + (at[strlen(name)] == ',');
    }
    return GB_OK;
}

gb_status check_chain(gb_context *context, const char *path, const network *net) {
    for (size_t i = 1; i < net->count; i++) {
        const network_layer *a = &net->layers[i - 1], *b = &net->layers[i];
        if (b->kind == NETWORK_EMBEDDING)
            return gb_fail(context, GB_UNSUPPORTED, "%s: the embedding %s is not the first layer, or not the only one",
                           path, b->name);
        if (a->output != b->input)
            return gb_fail(
                context, GB_DATA,
                "%s: %s has %zu outputs, but %s has %zu inputs; if the order of layers is wrong, give it with --layers",
                path, a->name, a->output, b->name, b->input);
        if (a->last && b->kind == NETWORK_RECURRENT)
            return gb_fail(context, GB_UNSUPPORTED, "%s: %s passes only its last step to the recurrent %s", path,
                           a->name, b->name);
    }
    return GB_OK;
}
