/* SPDX-License-Identifier: MIT */
/* The part of ONNX's protobuf messages that a graph of recurrent layers needs, as views into the file's bytes: nothing
 * is copied, so that a large file needs its weights' memory once (protobuf-c would copy them). Internal to interchange.
 */
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
    int64_t integers[ONNX_NUMBERS]; /* and how many there were, kept or not */
    size_t integer_count;
    float reals[ONNX_NUMBERS]; /* likewise */
    size_t real_count;
    onnx_text strings[ONNX_NUMBERS];
    size_t string_count;
    onnx_text tensor; /* the bytes of its message */
} onnx_attribute;

typedef struct onnx_node {
    onnx_text type, name, domain, inputs[ONNX_INPUTS], outputs[ONNX_OUTPUTS];
    size_t input_count, output_count; /* beyond what is kept: refused */
    onnx_attribute attributes[ONNX_ATTRIBUTES];
    size_t attribute_count;
} onnx_node;

typedef struct onnx_graph {
    onnx_node *nodes;
    size_t count, capacity;
    tensor_set constants; /* initializers and the values of Constant nodes */
    char input[TENSOR_NAME];
} onnx_graph;

/* Errors: GB_DATA with `path`, GB_MEMORY. The bytes must outlive the graph. */
gb_status onnx_read(gb_context *context, const char *path, const char *bytes, size_t size, onnx_graph *graph);
void onnx_free(onnx_graph *graph);

bool onnx_is(onnx_text given, const char *word);
/* NULL when the node has none of that name. */
const onnx_attribute *onnx_find(const onnx_node *node, const char *name);

#endif
