/* SPDX-License-Identifier: MIT */
/* Shared by the parts of the reader of ONNX graphs: the chain of layers (onnx.c), its recurrent layers
 * (onnx_recurrent.c), the operators that only move numbers (onnx_moves.c) and computed weights (onnx_folding.c).
 * Internal. */
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
    bool directions;   /* it still has the axis of directions, which in Y_h is also that of joined layers */
    onnx_text lengths; /* the input that holds the sequences' lengths; empty: none */
    size_t recurrent;
} chain;

typedef gb_status (*chain_mover)(chain *, const onnx_node *);

void chain_name(onnx_text given, char name[TENSOR_NAME]);
/* True if the value with this name is the chain's current output. */
bool chain_carries(const chain *c, onnx_text given);
/* The constant with this name, or NULL. */
const tensor *chain_constant(const chain *c, onnx_text given);
/* A constant of one integer; false if the value with this name is none. */
bool chain_integer(const chain *c, onnx_text given, int64_t *value);
/* Makes this name the chain's current output; without `alone` adds it as a further name of the present one. */
void chain_carry(chain *c, onnx_text name, bool alone);
gb_status chain_refuse(const chain *c, const onnx_node *node, const char *what);
/* The line of the table of conventions for an ONNX layer. */
const convention *chain_row(const char *layer);

/* The node that makes the value with this name, or NULL. */
const onnx_node *chain_maker(const chain *c, onnx_text name);

/* Adds the weights that the graph computes from constants to its constants (onnx_folding.c). Errors: GB_MEMORY. */
gb_status chain_fold(chain *c);

/* What passes a node that only moves the chain's numbers (onnx_moves.c); NULL: it is none. */
chain_mover chain_find_mover(const onnx_node *node);

/* Adds the layer of a node LSTM, GRU or RNN to the network. */
gb_status chain_add_recurrent(chain *c, const onnx_node *node);

#endif
