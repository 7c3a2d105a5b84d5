/* SPDX-License-Identifier: MIT */
/* Networks: their parts, and running them. */
#include "interchange/network/network.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "interchange/network/variants.h"

network_layer *network_add(network *net) {
    network_layer *layers = realloc(net->layers, (net->count + 1) * sizeof *layers);
    if (!layers)
        return NULL;
    net->layers = layers;
    memset(&layers[net->count], 0, sizeof *layers);
    return &layers[net->count++];
}

void network_free(network *net) {
    for (size_t i = 0; i < net->count; i++)
        free(net->layers[i].values);
    free(net->layers);
    text_free(&net->notes);
    *net = (network){0};
}

size_t network_width(const network *net) {
    return net->dtype == GB_F64 ? sizeof(double) : sizeof(float);
}

const network_layer *network_recurrent(const network *net) {
    for (size_t i = 0; i < net->count; i++)
        if (net->layers[i].kind == NETWORK_RECURRENT)
            return &net->layers[i];
    return NULL;
}

bool network_reads_tokens(const network *net) {
    return net->count && net->layers[0].kind == NETWORK_EMBEDDING;
}

size_t network_input(const network *net) {
    return net->count ? net->layers[0].input : 0;
}

size_t network_output(const network *net) {
    return net->count ? net->layers[net->count - 1].output : 0;
}

size_t network_counted(const network *net) {
    size_t sum = 0;
    for (size_t i = 0; i < net->count; i++)
        sum += net->layers[i].counted;
    return sum;
}

static const char *const names[ACTIVATIONS] = {"linear", "relu", "tanh", "sigmoid", "softmax"};

const char *activation_name(activation a) {
    return names[a];
}

activation activation_find(const char *name) {
    activation a = 0;
    while (a < ACTIVATIONS && strcasecmp(names[a], name) != 0)
        a++;
    return a;
}

static double value_at(const network *net, const void *values, size_t i) {
    return net->dtype == GB_F64 ? ((const double *)values)[i] : (double)((const float *)values)[i];
}

static void put(const network *net, void *values, size_t i, double value) {
    if (net->dtype == GB_F64)
        ((double *)values)[i] = value;
    else
        ((float *)values)[i] = (float)value;
}

static gb_status run_embedding(gb_context *context, const network *net, const network_layer *layer, size_t rows,
                               const double *inputs, void *outputs) {
    const size_t width = layer->output * network_width(net);
    for (size_t r = 0; r < rows; r++) {
        const double word = inputs[r];
        if (!(word >= 0 && word < (double)layer->input) || word != floor(word))
            return gb_fail(context, GB_INVALID, "input number %zu is %g, but the embedding %s has the words 0 to %zu",
                           r, word, layer->name, layer->input - 1);
        if (layer->masks && word == 0)
            return gb_fail(context, GB_DATA,
                           "input number %zu is word 0, which the embedding %s masks (mask_zero): masking is not "
                           "supported; give sequences without padding",
                           r, layer->name);
        memcpy((char *)outputs + r * width, (const char *)layer->values + (size_t)word * width, width);
    }
    return GB_OK;
}

static gb_status run_recurrent(gb_context *context, const network *net, const network_layer *layer, size_t steps,
                               size_t sequences, const size_t *lengths, const void *inputs, void *outputs) {
    const gb_layer_spec spec = {
        .cell = layer->cell,
        .backend = "reference",
        .dtype = net->dtype,
        .bias = layer->bias,
        .input = layer->input,
        .hidden = layer->output,
        .steps = steps,
        .batch = sequences,
    };
    gb_layer *made = NULL;
    GB_TRY(variant_register(context, layer->cell));
    GB_TRY(gb_layer_create(context, &spec, &made));
    gb_layer_pass pass = {.parameters = layer->values, .x = inputs, .y = outputs, .lengths = lengths};
    gb_status status = gb_layer_forward(made, &pass);
    gb_layer_destroy(made);
    return status;
}

static void activate(activation a, double *row, size_t count) {
    double most = -INFINITY, sum = 0;
    for (size_t j = 0; j < count; j++)
        most = row[j] > most ? row[j] : most;
    for (size_t j = 0; j < count; j++) {
        row[j] = a == ACTIVATION_RELU      ? fmax(0, row[j])
                 : a == ACTIVATION_TANH    ? tanh(row[j])
                 : a == ACTIVATION_SIGMOID ? 1 / (1 + exp(-row[j]))
                 : a == ACTIVATION_SOFTMAX ? exp(row[j] - most)
                                           : row[j];
        sum += row[j];
    }
    for (size_t j = 0; a == ACTIVATION_SOFTMAX && j < count; j++)
        row[j] /= sum;
}

static gb_status run_dense(gb_context *context, const network *net, const network_layer *layer, size_t rows,
                           const void *inputs, void *outputs) {
    double *row = calloc(layer->output, sizeof *row);
    if (!row)
        return gb_fail(context, GB_MEMORY, "out of memory for %s", layer->name);
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < layer->output; j++)
            row[j] = layer->bias ? value_at(net, layer->values, layer->input * layer->output + j) : 0;
        for (size_t i = 0; i < layer->input; i++) {
            const double x = value_at(net, inputs, r * layer->input + i);
            for (size_t j = 0; j < layer->output; j++)
                row[j] += x * value_at(net, layer->values, i * layer->output + j);
        }
        activate(layer->activation, row, layer->output);
        for (size_t j = 0; j < layer->output; j++)
            put(net, outputs, r * layer->output + j, row[j]);
    }
    free(row);
    return GB_OK;
}

gb_status network_run(gb_context *context, const network *net, size_t steps, size_t sequences, const size_t *lengths,
                      const double *inputs, double **outputs) {
    const size_t rows = steps * sequences, width = network_width(net);
    gb_status status = GB_OK;
    *outputs = NULL;
    size_t columns = network_reads_tokens(net) ? net->layers[0].output : network_input(net);
    void *at = calloc(rows * columns + 1, width);
    if (at && network_reads_tokens(net))
        status = run_embedding(context, net, &net->layers[0], rows, inputs, at);
    for (size_t i = 0; at && !network_reads_tokens(net) && i < rows * columns; i++)
        put(net, at, i, inputs[i]);
    for (size_t i = network_reads_tokens(net); at && !status && i < net->count; i++) {
        const network_layer *layer = &net->layers[i];
        void *next = calloc(rows * layer->output + 1, width);
        if (next)
            status = layer->kind == NETWORK_RECURRENT
                         ? run_recurrent(context, net, layer, steps, sequences, lengths, at, next)
                         : run_dense(context, net, layer, rows, at, next);
        free(at);
        at = next;
        columns = layer->output;
    }
    double *found = at && !status ? calloc(rows * columns + 1, sizeof *found) : NULL;
    for (size_t i = 0; found && i < rows * columns; i++)
        found[i] = value_at(net, at, i);
    free(at);
    *outputs = found;
    return !status && !found ? gb_fail(context, GB_MEMORY, "out of memory for %zu rows of outputs", rows) : status;
}
