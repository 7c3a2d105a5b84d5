/* SPDX-License-Identifier: MIT */
/* A network of another framework: an embedding, recurrent layers and dense layers, one after the other, each with its
 * weights in gatebench's layout. */
#ifndef GATEBENCH_INTERCHANGE_NETWORK_H
#define GATEBENCH_INTERCHANGE_NETWORK_H

#include "gatebench/gatebench.h"
#include "interchange/network/conventions.h"
#include "support/text.h"

typedef enum network_kind { NETWORK_EMBEDDING, NETWORK_RECURRENT, NETWORK_DENSE } network_kind;

/* The activation after a dense layer. */
typedef enum activation {
    ACTIVATION_LINEAR,
    ACTIVATION_RELU,
    ACTIVATION_TANH,
    ACTIVATION_SIGMOID,
    ACTIVATION_SOFTMAX,
    ACTIVATIONS
} activation;

typedef struct network_layer {
    network_kind kind;
    char name[256];               /* in its file */
    const convention *convention; /* by which its weights were read */
    const char *cell;             /* of a recurrent layer, also a variant (variants.h); "dense", "embedding" */
    const convention_function *gates, *state; /* the functions that its file names; NULL: those of the cell */
    double slope;                             /* of hard gates, in the weights already */
    gb_bias bias;                             /* of a recurrent layer; of a dense one NONE or SINGLE */
    size_t input, output;                     /* I and H; words and width of an embedding */
    size_t count, counted;                    /* numbers in values; parameters as its framework counts them */
    void *values;          /* a recurrent layer's block as cell.h has it; kernel [I][O] and bias [O]; [V][E] */
    activation activation; /* of a dense layer */
    bool last;             /* passes on only its last step */
    bool masks;            /* an embedding that masks word 0 */
} network_layer;

typedef struct network {
    gb_dtype dtype; /* of all values: f64 when the file holds doubles */
    network_layer *layers;
    size_t count;
    bool time_major; /* its own inputs are [T][N][I] */
    bool lengths;    /* it takes the lengths of its sequences as an input */
    text notes;      /* defaults assumed for what the file does not say, one sentence per line */
} network;

/* One more layer, zero but for nothing; NULL: out of memory. */
network_layer *network_add(network *net);
void network_free(network *net);

/* Bytes of a number. */
size_t network_width(const network *net);

/* The first recurrent layer, or NULL. */
const network_layer *network_recurrent(const network *net);

/* Whether the first layer reads words, and how many numbers (words) it takes a step. */
bool network_reads_tokens(const network *net);
size_t network_input(const network *net);
size_t network_output(const network *net);

/* Parameters as the framework counts them. */
size_t network_counted(const network *net);

/* Runs N sequences of T steps, [T][N][I] or, for tokens, [T][N], on `reference` in the network's precision. lengths is
 * [N], 0..T, or NULL: all T; recurrent layers give 0 beyond. *outputs, malloc'ed, is [T][N][O]; dense layers act on
 * every step. Errors: GB_INVALID (a word out of range), GB_DATA (a masked word), GB_MEMORY and those of layers. */
gb_status network_run(gb_context *context, const network *net, size_t steps, size_t sequences, const size_t *lengths,
                      const double *inputs, double **outputs);

const char *activation_name(activation a);
/* The activation with this name, ignoring case ("relu", "Softmax"), or ACTIVATIONS. */
activation activation_find(const char *name);

/* The same network as a model of one stack, for the probes: f64 on `reference`. If it has no output layer, the states
 * of the last layer are the outputs. Errors: GB_UNSUPPORTED (layers of different cells or sizes; dense layers before or
 * between recurrent ones, or several after them), GB_MEMORY. */
gb_status network_model(gb_context *context, const network *net, gb_head head, gb_loss loss, gb_model **model);

#endif
