/* SPDX-License-Identifier: MIT */
/* The original LSTM of Hochreiter & Schmidhuber 1997. Memory cells have no forget gate and form blocks that share an
 * input and an output gate. Every cell and gate reads all inputs and, from the previous step, all cells and gates. The
 * gradient is truncated.
 *
 *   net_u(t) = sum over inputs w x(t) + sum over all cells and gates w y(t-1) (+ w bias)
 *   y_in, y_out = sigmoid(net),  g(net) = 4 sigmoid(net) - 2,  h(s) = 2 sigmoid(s) - 1
 *   s_c(t) = s_c(t-1) + y_in g(net_c),  y_c = y_out h(s_c),  outputs = sigmoid(sum v y_c (+ v bias))
 *
 * The gradient is that of half the squared error with all y(t-1) held constant (detached): errors flow back only
 * through the states s, never through net inputs. Computed in double, on-line: one update per sequence, to which every
 * step with a target contributes. */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_ORIGINAL_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_ORIGINAL_H

#include <stdbool.h>

#include "gatebench/context.h"
#include "gatebench/random.h"

typedef enum original_bias { ORIGINAL_NO_BIAS, ORIGINAL_GATE_BIAS, ORIGINAL_BIAS } original_bias;

typedef struct original_spec {
    size_t inputs, blocks, size, outputs; /* size: cells per block */
    original_bias bias;                   /* which of cells and gates have a bias: none, only the gates, all */
    bool output_bias;
    bool inputs_only; /* memory cells read only the inputs; gates also read the units of the step before */
} original_spec;

/* The number of weights, without building the network. Units are cells and gates; there are blocks (size + 2) of
 * them. */
size_t original_units(const original_spec *spec);
size_t original_weights(const original_spec *spec);

typedef struct original original;
gb_status original_create(gb_context *context, const original_spec *spec, original **out);
void original_destroy(original *net); /* takes NULL */

/* Weights and gradients as one vector: for each unit (cells block by block, then input gates, then output gates) the
 * weights from inputs, units and the bias (unused if spec.bias says so); then for each output the weights from cells
 * and the bias. */
size_t original_places(const original *net);
double *original_values(original *net);
const double *
original_gradient(const original *net); /* gradient of half the squared error, summed since original_reset() */

/* Draws all weights in use from U(-limit, limit). The biases of the input and output gates are as given (NULL: drawn,
 * too). */
void original_initialise(original *net, gb_random *random, double limit, const double *input_gate_biases,
                         const double *output_gate_biases);

/* To run a sequence, call original_reset() and then original_step() for each step, with the inputs that are not zero.
 * After any step original_outputs() computes the outputs, and original_add_error() adds the gradient of their error to
 * the sequence's gradient. learning: gradients will be needed. */
void original_reset(original *net, bool learning);
void original_step(original *net, const size_t *indices, const double *values, size_t count);
const double *original_outputs(original *net);
void original_add_error(original *net, const double *targets);

/* weights -= rate gradient */
void original_update(original *net, double rate);

#endif
