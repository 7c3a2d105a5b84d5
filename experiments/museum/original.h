/* SPDX-License-Identifier: MIT */
/* The LSTM of Hochreiter & Schmidhuber 1997, as it was: memory cells without a forget gate in blocks that share an
 * input and an output gate, every cell and gate fed by all inputs, cells and gates of the step before, and the
 * truncated gradient.
 *
 *   net_u(t) = sum over inputs w x(t) + sum over all cells and gates w y(t-1) (+ w bias)
 *   y_in, y_out = sigmoid(net),  g(net) = 4 sigmoid(net) - 2,  h(s) = 2 sigmoid(s) - 1
 *   s_c(t) = s_c(t-1) + y_in g(net_c),  y_c = y_out h(s_c),  outputs = sigmoid(sum v y_c (+ v bias))
 *
 * The gradient is that of half the squared error with all y(t-1) held constant (detached): errors leave through the
 * states s alone, and never through what a net input was made of. In double, on-line: one sequence, one update, to
 * which every step that is asked for something contributes. */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_ORIGINAL_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_ORIGINAL_H

#include <stdbool.h>

#include "gatebench/context.h"
#include "gatebench/random.h"

typedef enum original_bias { ORIGINAL_NO_BIAS, ORIGINAL_GATE_BIAS, ORIGINAL_BIAS } original_bias;

typedef struct original_spec {
    size_t inputs, blocks, size, outputs; /* size: cells of a block */
    original_bias bias;                   /* of cells and gates: none, the gates alone, all */
    bool output_bias;
} original_spec;

/* How many weights it has; nothing is built. Units are cells and gates: blocks (size + 2) of them. */
size_t original_units(const original_spec *spec);
size_t original_weights(const original_spec *spec);

typedef struct original original;
gb_status original_create(gb_context *context, const original_spec *spec, original **out);
void original_destroy(original *net); /* takes NULL */

/* Weights and gradients as one vector: of each unit (cells block by block, then input gates, then output gates) those
 * from inputs, units and the bias (a place that spec.bias may leave unused), then of each output those from cells and
 * the bias. */
size_t original_places(const original *net);
double *original_values(original *net);
const double *original_gradient(const original *net); /* of half the squared error, since original_reset */

/* All weights in use from U(-limit, limit); biases of the input and output gates as given (NULL: like the others). */
void original_initialise(original *net, gb_random *random, double limit, const double *input_gate_biases,
                         const double *output_gate_biases);

/* A sequence: reset, then a step each with the inputs that are not zero. After any step the outputs can be asked for,
 * and the gradient of their error is added to that of the sequence; learning: whether that is going to be asked. */
void original_reset(original *net, bool learning);
void original_step(original *net, const size_t *indices, const double *values, size_t count);
const double *original_outputs(original *net);
void original_add_error(original *net, const double *targets);

/* weights -= rate gradient */
void original_update(original *net, double rate);

#endif
