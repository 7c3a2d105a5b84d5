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
    char name[256];               /* name of the layer in its file */
    const convention *convention; /* the one by which its weights were read; NULL: it was trained here */
    const char *cell; /* cell of a recurrent layer, possibly a variant (variants.h); or "dense", "embedding" */
    const convention_function *gates, *state; /* the functions that its file names; NULL: those of the cell */
    double slope;                             /* slope of hard gates, by which the weights are already multiplied */
    gb_bias bias;                             /* biases of a dense layer: NONE or SINGLE */
    size_t input, output;                     /* I and H; of an embedding: number of words and width */
    size_t count, counted;                    /* number of values; number of parameters as its framework counts them */
    void *values;          /* recurrent: the block of cell.h; dense: kernel [I][O] and bias [O]; embedding: [V][E] */
    activation activation; /* activation of a dense layer */
    bool last;             /* outputs only its last step */
    bool masks;            /* an embedding that masks word 0 */
} network_layer;

typedef struct network {
    gb_dtype dtype; /* type of all values: f64 if the file holds doubles */
    network_layer *layers;
    size_t count;
    bool time_major; /* its framework's inputs are [T][N][I] */
    bool lengths;    /* it takes the lengths of its sequences as an input */
    text notes;      /* defaults assumed for what the file does not say, one sentence per line */
} network;

/* Adds a layer of zeros; NULL: out of memory. */
network_layer *network_add(network *net);
void network_free(network *net);

/* Bytes per number of the network's precision. */
size_t network_width(const network *net);

/* The first recurrent layer, or NULL. */
const network_layer *network_recurrent(const network *net);

/* True if the first layer reads words; the number of inputs (or words), and of outputs. */
bool network_reads_tokens(const network *net);
size_t network_input(const network *net);
size_t network_output(const network *net);

/* Parameters as the framework counts them. */
size_t network_counted(const network *net);

/* Runs N sequences of T steps, [T][N][I] or, for tokens, [T][N], on `reference` in the network's precision. lengths[N]
 * is 0..T for each sequence; NULL: all T. After a sequence's length recurrent layers output 0. *outputs, malloc'ed, is
 * [T][N][O]; dense layers run at every step. Errors: GB_INVALID (a word out of range), GB_DATA (a masked word),
 * GB_MEMORY, those of layers. */
gb_status network_run(gb_context *context, const network *net, size_t steps, size_t sequences, const size_t *lengths,
                      const double *inputs, double **outputs);

const char *activation_name(activation a);
/* The activation with this name, ignoring case ("relu", "Softmax"), or ACTIVATIONS. */
activation activation_find(const char *name);

/* Makes a model of the same network for the probes, in f64 on `reference`. If the network has no output layer, the
 * states of the last layer are the outputs. Errors: GB_UNSUPPORTED (layers of different cells or sizes; dense layers
 * before or between recurrent ones, or several after them), GB_MEMORY. */
gb_status network_model(gb_context *context, const network *net, gb_head head, gb_loss loss, gb_model **model);

/* The inverse of network_model(): makes a network, in the model's precision, from a model of recurrent layers in one
 * direction whose initial states are zero. If the model reads words without an embedding, the network gets an embedding
 * of one-hot vectors. Errors: GB_MEMORY. */
gb_status network_of_model(gb_context *context, const gb_model *model, network *net);

#endif
