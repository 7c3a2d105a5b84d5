/* SPDX-License-Identifier: MIT */
/* Shared by the two parts of the reader of ONNX graphs: the chain of layers (onnx.c) and its recurrent layers
 * (onnx_recurrent.c). Internal. */
#ifndef GATEBENCH_INTERCHANGE_READ_ONNX_CHAIN_H
#define GATEBENCH_INTERCHANGE_READ_ONNX_CHAIN_H

#include "interchange/files/onnx_file.h"
#include "interchange/read/readers.h"

enum { MOST_NAMES = 64 };

typedef struct chain {
    gb_context *context;
    const char *path;
    onnx_graph graph;
    network *net;
    char names[MOST_NAMES][TENSOR_NAME]; /* names of the values that are the chain's current output */
    size_t count;
    bool swapped;      /* an odd number of transpositions of time and sequences so far */
    bool last;         /* the current output is that of the last step only */
    onnx_text lengths; /* the input that holds the sequences' lengths; empty: none */
    size_t recurrent;
} chain;

void chain_name(onnx_text given, char name[TENSOR_NAME]);
/* True if the value with this name is the chain's current output. */
bool chain_carries(const chain *c, onnx_text given);
/* The constant with this name, or NULL. */
const tensor *chain_constant(const chain *c, onnx_text given);
/* Makes this name the chain's current output; without `alone` adds it as a further name of the present one. */
void chain_carry(chain *c, onnx_text name, bool alone);
gb_status chain_refuse(const chain *c, const onnx_node *node, const char *what);
/* The line of the table of conventions for an ONNX layer. */
const convention *chain_row(const char *layer);

/* Adds the layer of a node LSTM, GRU or RNN to the network. */
gb_status chain_add_recurrent(chain *c, const onnx_node *node);

#endif
