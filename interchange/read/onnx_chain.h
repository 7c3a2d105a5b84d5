/* SPDX-License-Identifier: MIT */
/* What the two halves of the reader of ONNX graphs share: the chain (onnx.c) and its recurrent layers
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
    char names[MOST_NAMES][TENSOR_NAME]; /* that carry the data of the chain now */
    size_t count;
    bool swapped;      /* an odd number of transpositions of time and sequences so far */
    bool last;         /* the last step alone is carried */
    onnx_text lengths; /* the input that holds the sequences' lengths; empty: none */
    size_t recurrent;
} chain;

void chain_name(onnx_text given, char name[TENSOR_NAME]);
bool chain_carries(const chain *c, onnx_text given);
/* The constant of that name, or NULL. */
const tensor *chain_constant(const chain *c, onnx_text given);
/* From now on this name carries the data, alone or beside those that do. */
void chain_carry(chain *c, onnx_text name, bool alone);
gb_status chain_refuse(const chain *c, const onnx_node *node, const char *what);
/* The row of the table of conventions for a layer of ONNX. */
const convention *chain_row(const char *layer);

/* A node LSTM, GRU or RNN. */
gb_status chain_add_recurrent(chain *c, const onnx_node *node);

#endif
