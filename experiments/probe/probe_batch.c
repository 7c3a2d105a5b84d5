/* SPDX-License-Identifier: MIT */
/* Sequences from .npy files, or random ones. */
#include "experiments/probe/probe_batch.h"

#include <math.h>
#include <stdlib.h>

#include "support/arrays/npy.h"
#include "support/file.h"

enum { MOST_BYTES = 0x7fffffff };

void probe_batch_free(probe_batch *b) {
    free(b->tokens);
    free(b->classes);
    free(b->inputs);
    free(b->targets);
    *b = (probe_batch){0};
}

/* The loss that belongs to the last layer. */
static gb_loss loss_of(const network *net) {
    const network_layer *last = &net->layers[net->count - 1];
    return last->kind != NETWORK_DENSE              ? GB_LOSS_SQUARED
           : last->activation == ACTIVATION_SOFTMAX ? GB_LOSS_SOFTMAX
           : last->activation == ACTIVATION_SIGMOID ? GB_LOSS_BERNOULLI
                                                    : GB_LOSS_SQUARED;
}

static gb_status reserve(gb_context *context, const network *net, size_t steps, size_t sequences, probe_batch *b) {
    const size_t rows = steps * sequences;
    if (network_reads_tokens(net))
        b->tokens = calloc(rows + 1, sizeof *b->tokens);
    else
        b->inputs = calloc(rows * network_input(net) + 1, sizeof *b->inputs);
    b->classes = calloc(sequences + 1, sizeof *b->classes);
    b->targets = calloc(sequences * network_output(net) + 1, sizeof *b->targets);
    if ((!b->tokens && !b->inputs) || !b->classes || !b->targets)
        return gb_fail(context, GB_MEMORY, "out of memory for %zu sequences of %zu steps", sequences, steps);
    b->batch = (gb_batch){.steps = steps, .sequences = sequences, .tokens = b->tokens, .inputs = b->inputs};
    return GB_OK;
}

static gb_status draw_input(gb_context *context, const network *net, const probe_spec *spec, probe_batch *b) {
    GB_TRY(reserve(context, net, spec->lags + 1, spec->sequences, b));
    const size_t rows = b->batch.steps * b->batch.sequences;
    gb_random random = gb_random_stream(spec->seed, GB_RANDOM_PROBE, 1);
    for (size_t i = 0; b->tokens && i < rows; i++)
        b->tokens[i] = (int32_t)gb_random_below(&random, network_input(net));
    for (size_t i = 0; b->inputs && i < rows * network_input(net); i++)
        b->inputs[i] = gb_random_normal(&random);
    return GB_OK;
}

/* True for the number of a word or class. */
static bool is_below(double value, size_t count) {
    return value >= 0 && value < (double)count && value == floor(value);
}

static gb_status fill_input(gb_context *context, const network *net, const probe_spec *spec, const npy *x,
                            probe_batch *b) {
    const size_t width = network_reads_tokens(net) ? 1 : network_input(net);
    const bool fits = network_reads_tokens(net) ? x->rank == 2 : x->rank == 3 && x->shape[2] == width;
    if (!fits || !x->count)
        return gb_fail(context, GB_DATA, "%s: is not [N][T]%s for a network with %zu inputs", spec->x,
                       width > 1 || !network_reads_tokens(net) ? "[I]" : " words", network_input(net));
    const size_t steps = x->shape[!spec->time_major], sequences = x->shape[spec->time_major];
    GB_TRY(reserve(context, net, steps, sequences, b));
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < sequences; n++)
            for (size_t i = 0; i < width; i++) {
                const double value = npy_number(x, (spec->time_major ? t * sequences + n : n * steps + t) * width + i);
                const size_t at = (t * sequences + n) * width + i;
                if (b->inputs)
                    b->inputs[at] = value;
                else if (is_below(value, network_input(net)))
                    b->tokens[at] = (int32_t)value;
                else
                    return gb_fail(context, GB_DATA, "%s: has word %g, but the network knows 0 to %zu", spec->x, value,
                                   network_input(net) - 1);
            }
    return GB_OK;
}

static gb_status fill_targets(gb_context *context, const network *net, const probe_spec *spec, const npy *y,
                              probe_batch *b) {
    const size_t sequences = b->batch.sequences, outputs = network_output(net);
    const bool classes = y->count == sequences && y->kind != 'f' && outputs > 1;
    if (!classes && y->count != sequences * outputs)
        return gb_fail(context, GB_DATA, "%s: has %zu numbers; give %zu classes (integers) or %zu x %zu outputs",
                       spec->y, y->count, sequences, sequences, outputs);
    b->loss = classes ? GB_LOSS_SOFTMAX : b->loss == GB_LOSS_SOFTMAX ? GB_LOSS_SQUARED : b->loss;
    for (size_t n = 0; classes && n < sequences; n++) {
        if (!is_below(npy_number(y, n), outputs))
            return gb_fail(context, GB_DATA, "%s: has class %g, but the network has 0 to %zu", spec->y,
                           npy_number(y, n), outputs - 1);
        b->classes[n] = (int32_t)npy_number(y, n);
    }
    for (size_t i = 0; !classes && i < y->count; i++)
        b->targets[i] = npy_number(y, i);
    return GB_OK;
}

/* Draws the targets at the last step: a class, bits, or numbers. */
static void draw_targets(const network *net, const probe_spec *spec, probe_batch *b) {
    gb_random random = gb_random_stream(spec->seed, GB_RANDOM_PROBE, 2);
    const size_t outputs = network_output(net);
    for (size_t n = 0; n < b->batch.sequences; n++)
        b->classes[n] = (int32_t)gb_random_below(&random, outputs);
    for (size_t i = 0; i < b->batch.sequences * outputs; i++)
        b->targets[i] = b->loss == GB_LOSS_BERNOULLI ? (double)gb_random_below(&random, 2) : gb_random_normal(&random);
}

static gb_status with_array(gb_context *context, const network *net, const probe_spec *spec, const char *path,
                            gb_status (*fill)(gb_context *, const network *, const probe_spec *, const npy *,
                                              probe_batch *),
                            probe_batch *b) {
    char *bytes;
    size_t size;
    npy array;
    GB_TRY(file_read(context, path, MOST_BYTES, &bytes, &size));
    gb_status status = npy_read(context, path, bytes, size, &array);
    for (size_t i = 0; !status && i < array.count; i++)
        if (!isfinite(npy_number(&array, i)))
            status = gb_fail(context, GB_DATA, "%s: number %zu is %g, so nothing can be measured; give finite numbers",
                             path, i, npy_number(&array, i));
    if (!status)
        status = fill(context, net, spec, &array, b);
    free(bytes);
    return status;
}

gb_status probe_batch_make(gb_context *context, const network *net, const probe_spec *spec, probe_batch *b) {
    *b = (probe_batch){.loss = loss_of(net)};
    GB_TRY(spec->x ? with_array(context, net, spec, spec->x, fill_input, b) : draw_input(context, net, spec, b));
    if (spec->y)
        GB_TRY(with_array(context, net, spec, spec->y, fill_targets, b));
    else
        draw_targets(net, spec, b);
    b->batch.classes = b->classes;
    b->batch.targets = b->targets;
    return GB_OK;
}
