/* SPDX-License-Identifier: MIT */
#include "experiments/museum/original.h"

#include <math.h>
#include <string.h>

struct original {
    gb_context *context;
    original_spec spec;
    size_t cells, units, sources; /* sources: inputs, units and the bias, of each unit */
    double *block;                /* the memory of all arrays below */
    double *weights, *gradient;   /* [units][sources], then [outputs][cells + 1] */
    double *by_cell,
        *by_gate; /* [cells][sources]: derivative of s_c by the weights of the cell, and of its input gate, so far */
    double *y, *before,
        *next; /* [units]: current activations, those of the previous step, and the new ones of this step */
    double *s; /* [cells] */
    double *outputs, *errors; /* [outputs]; errors: of their net inputs */
    double *inputs;           /* [inputs] of the last step */
    bool learning;
};

static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

size_t original_units(const original_spec *spec) {
    return spec->blocks * (spec->size + 2);
}

size_t original_weights(const original_spec *spec) {
    size_t units = original_units(spec), cells = spec->blocks * spec->size;
    size_t biases = spec->bias == ORIGINAL_BIAS ? units : spec->bias == ORIGINAL_GATE_BIAS ? 2 * spec->blocks : 0;
    size_t unread = spec->inputs_only ? cells * units : 0;
    return units * (spec->inputs + units) - unread + biases + spec->outputs * (cells + (spec->output_bias ? 1 : 0));
}

size_t original_places(const original *net) {
    return net->units * net->sources + net->spec.outputs * (net->cells + 1);
}

double *original_values(original *net) {
    return net->weights;
}

const double *original_gradient(const original *net) {
    return net->gradient;
}

gb_status original_create(gb_context *context, const original_spec *spec, original **out) {
    original *net;
    *out = NULL;
    GB_TRY(gb_allocate(context, 1, sizeof *net, &net));
    *net = (original){.context = context, .spec = *spec, .cells = spec->blocks * spec->size};
    net->units = original_units(spec);
    net->sources = spec->inputs + net->units + 1;
    size_t places = original_places(net), sums = net->cells * net->sources;
    gb_status status =
        gb_allocate(context, 2 * places + 2 * sums + 3 * net->units + net->cells + 2 * spec->outputs + spec->inputs,
                    sizeof *net->block, &net->block);
    if (status) {
        gb_release(context, net);
        return status;
    }
    double **parts[] = {&net->weights, &net->gradient, &net->by_cell, &net->by_gate, &net->y,     &net->before,
                        &net->next,    &net->s,        &net->outputs, &net->errors,  &net->inputs};
    const size_t sizes[] = {places,     places,     sums,          sums,          net->units,  net->units,
                            net->units, net->cells, spec->outputs, spec->outputs, spec->inputs};
    double *at = net->block;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i] = at;
        at += sizes[i];
    }
    *out = net;
    return GB_OK;
}

void original_destroy(original *net) {
    if (!net)
        return;
    gb_context *context = net->context;
    gb_release(context, net->block);
    gb_release(context, net);
}

static bool has_bias(const original *net, size_t unit) {
    return net->spec.bias == ORIGINAL_BIAS || (net->spec.bias == ORIGINAL_GATE_BIAS && unit >= net->cells);
}

/* Sets to 0 the weights (or gradients) of connections that the network does not have. */
static void clear_unused(const original *net, double *weights) {
    for (size_t u = 0; u < net->units; u++) {
        double *row = weights + u * net->sources;
        if (net->spec.inputs_only && u < net->cells)
            memset(row + net->spec.inputs, 0, net->units * sizeof *row);
        if (!has_bias(net, u))
            row[net->sources - 1] = 0;
    }
}

void original_initialise(original *net, gb_random *random, double limit, const double *input_gate_biases,
                         const double *output_gate_biases) {
    size_t units = net->units, sources = net->sources;
    for (size_t i = 0; i < original_places(net); i++)
        net->weights[i] = limit * (2 * gb_random_uniform(random) - 1);
    clear_unused(net, net->weights);
    for (size_t k = 0; k < net->spec.outputs && !net->spec.output_bias; k++)
        net->weights[units * sources + k * (net->cells + 1) + net->cells] = 0;
    for (size_t j = 0; input_gate_biases && j < net->spec.blocks; j++)
        net->weights[(net->cells + j + 1) * sources - 1] = input_gate_biases[j];
    for (size_t j = 0; output_gate_biases && j < net->spec.blocks; j++)
        net->weights[(net->cells + net->spec.blocks + j + 1) * sources - 1] = output_gate_biases[j];
}

void original_reset(original *net, bool learning) {
    net->learning = learning;
    if (learning) {
        memset(net->by_cell, 0, net->cells * net->sources * sizeof *net->by_cell);
        memset(net->by_gate, 0, net->cells * net->sources * sizeof *net->by_gate);
        memset(net->gradient, 0, original_places(net) * sizeof *net->gradient);
    }
    memset(net->y, 0, net->units * sizeof *net->y);
    memset(net->s, 0, net->cells * sizeof *net->s);
}

/* Adds this step's contribution to the derivative of s by a row of weights: `factor` times each source. */
static void add_sources(const original *net, const size_t *indices, const double *values, size_t count, double factor,
                        double *row) {
    for (size_t i = 0; i < count; i++)
        row[indices[i]] += factor * values[i];
    for (size_t k = 0; k < net->units; k++)
        row[net->spec.inputs + k] += factor * net->before[k];
    row[net->sources - 1] += factor;
}

static double net_input(const original *net, size_t unit, const size_t *indices, const double *values, size_t count) {
    const double *w = net->weights + unit * net->sources;
    double sum = w[net->sources - 1];
    for (size_t i = 0; i < count; i++)
        sum += w[indices[i]] * values[i];
    for (size_t k = 0; k < net->units; k++)
        sum += w[net->spec.inputs + k] * net->before[k];
    return sum;
}

void original_step(original *net, const size_t *indices, const double *values, size_t count) {
    size_t cells = net->cells, blocks = net->spec.blocks;
    memcpy(net->before, net->y, net->units * sizeof *net->y);
    memset(net->inputs, 0, net->spec.inputs * sizeof *net->inputs);
    for (size_t i = 0; i < count; i++)
        net->inputs[indices[i]] = values[i];
    for (size_t u = cells; u < net->units; u++)
        net->next[u] = sigmoid(net_input(net, u, indices, values, count));
    for (size_t c = 0; c < cells; c++) {
        double in = net->next[cells + c / net->spec.size], out = net->next[cells + blocks + c / net->spec.size];
        double inner = sigmoid(net_input(net, c, indices, values, count)), g = 4 * inner - 2;
        net->s[c] += in * g;
        net->next[c] = out * (2 * sigmoid(net->s[c]) - 1);
        if (!net->learning)
            continue;
        add_sources(net, indices, values, count, in * 4 * inner * (1 - inner), net->by_cell + c * net->sources);
        add_sources(net, indices, values, count, g * in * (1 - in), net->by_gate + c * net->sources);
    }
    memcpy(net->y, net->next, net->units * sizeof *net->y);
}

const double *original_outputs(original *net) {
    for (size_t k = 0; k < net->spec.outputs; k++) {
        const double *v = net->weights + net->units * net->sources + k * (net->cells + 1);
        double sum = net->spec.output_bias ? v[net->cells] : 0;
        for (size_t c = 0; c < net->cells; c++)
            sum += v[c] * net->y[c];
        net->outputs[k] = sigmoid(sum);
    }
    return net->outputs;
}

/* The errors of the outputs' net inputs, and the gradient of their own weights. */
static void add_output_errors(original *net, const double *targets) {
    for (size_t k = 0; k < net->spec.outputs; k++) {
        double *row = net->gradient + net->units * net->sources + k * (net->cells + 1), y = net->outputs[k];
        net->errors[k] = (y - targets[k]) * y * (1 - y);
        for (size_t c = 0; c < net->cells; c++)
            row[c] += net->errors[k] * net->y[c];
        row[net->cells] += net->spec.output_bias ? net->errors[k] : 0;
    }
}

void original_add_error(original *net, const double *targets) {
    size_t cells = net->cells, sources = net->sources;
    const double *v = net->weights + net->units * sources;
    original_outputs(net);
    add_output_errors(net, targets);
    for (size_t c = 0; c < cells; c++) {
        size_t block = c / net->spec.size, in = cells + block, out = cells + net->spec.blocks + block;
        double squashed = sigmoid(net->s[c]), h = 2 * squashed - 1, error = 0;
        for (size_t k = 0; k < net->spec.outputs; k++)
            error += v[k * (cells + 1) + c] * net->errors[k];
        double ds = error * net->y[out] * 2 * squashed * (1 - squashed);
        double dout = error * h * net->y[out] * (1 - net->y[out]);
        for (size_t i = 0; i < sources; i++) {
            double source = i < net->spec.inputs ? net->inputs[i]
                            : i + 1 < sources    ? net->before[i - net->spec.inputs]
                                                 : 1;
            net->gradient[c * sources + i] += ds * net->by_cell[c * sources + i];
            net->gradient[in * sources + i] += ds * net->by_gate[c * sources + i];
            net->gradient[out * sources + i] += dout * source;
        }
    }
    clear_unused(net, net->gradient);
}

void original_update(original *net, double rate) {
    for (size_t i = 0; i < original_places(net); i++)
        net->weights[i] -= rate * net->gradient[i];
}
