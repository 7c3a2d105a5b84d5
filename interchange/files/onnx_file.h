/* SPDX-License-Identifier: MIT */
/* Reads the part of ONNX's protobuf messages that a graph of recurrent layers needs. All texts and tensors are views
 * into the file's bytes, so the weights of a large file are in memory once (protobuf-c would copy them). Internal to
 * interchange. */
#ifndef GATEBENCH_INTERCHANGE_ONNX_FILE_H
#define GATEBENCH_INTERCHANGE_ONNX_FILE_H

#include <stdint.h>

#include "interchange/network/tensor_set.h"

enum { ONNX_INPUTS = 16, ONNX_OUTPUTS = 4, ONNX_ATTRIBUTES = 16, ONNX_NUMBERS = 8 };

typedef struct onnx_text {
    const char *at;
    size_t length;
} onnx_text;

typedef struct onnx_attribute {
    onnx_text name, string;
    int64_t integer;
    float real;
    int64_t integers[ONNX_NUMBERS]; /* the first ONNX_NUMBERS at most */
    size_t integer_count;           /* number of all integers in the file's attribute */
    float reals[ONNX_NUMBERS];      /* the first ONNX_NUMBERS at most */
    size_t real_count;              /* number of all reals in the file's attribute */
    onnx_text strings[ONNX_NUMBERS];
    size_t string_count;
    onnx_text tensor; /* the bytes of its message */
} onnx_attribute;

typedef struct onnx_node {
    onnx_text type, name, domain, inputs[ONNX_INPUTS], outputs[ONNX_OUTPUTS];
    size_t input_count, output_count;
    onnx_attribute attributes[ONNX_ATTRIBUTES];
    size_t attribute_count;
} onnx_node;

typedef struct onnx_graph {
    onnx_node *nodes;
    size_t count, capacity;
    tensor_set constants; /* initializers and the values of Constant nodes */
    char input[TENSOR_NAME];
} onnx_graph;

/* Reads a model. The bytes must outlive the graph. A node with too many inputs or outputs is refused.
 * Errors: GB_DATA with `path`, GB_MEMORY. */
gb_status onnx_read(gb_context *context, const char *path, const char *bytes, size_t size, onnx_graph *graph);
void onnx_free(onnx_graph *graph);

bool onnx_is(onnx_text given, const char *word);
/* The attribute of a node with this name; NULL when it has none. */
const onnx_attribute *onnx_find(const onnx_node *node, const char *name);

#endif
