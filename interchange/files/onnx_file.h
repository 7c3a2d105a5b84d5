/* SPDX-License-Identifier: MIT */
/* Reads the part of ONNX's protobuf messages that a graph of recurrent layers needs. All texts and tensors are views
 * into the file's bytes, so the weights of a large file are in memory once (protobuf-c would copy them). Internal to
 * interchange. */
#ifndef GATEBENCH_INTERCHANGE_ONNX_FILE_H
#define GATEBENCH_INTERCHANGE_ONNX_FILE_H

#include "interchange/files/onnx_wire.h"
#include "interchange/network/tensor_set.h"

enum { ONNX_INPUTS = 16, ONNX_OUTPUTS = 4, ONNX_ATTRIBUTES = 16, ONNX_NUMBERS = 8 };

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

/* A file of weights beside the model. */
typedef struct onnx_external {
    onnx_text name; /* as the model has it */
    const char *bytes;
    size_t size;
} onnx_external;

typedef struct onnx_graph {
    onnx_node *nodes;
    size_t count, capacity;
    tensor_set constants; /* initializers and the values of Constant nodes */
    char input[TENSOR_NAME];
    size_t sizes[2];      /* of the input's first two axes; 0: the file leaves them open */
    onnx_text output;     /* the graph's first output */
    onnx_external *files; /* files of weights that have been read; the memory belongs to `constants` */
    size_t file_count;
} onnx_graph;

/* Reads a model, and the files of weights beside it that it names. The bytes must outlive the graph. A node with too
 * many inputs or outputs is refused. Errors: GB_DATA and GB_UNSUPPORTED with `path`, GB_IO, GB_MEMORY. */
gb_status onnx_read(gb_context *context, const char *path, const char *bytes, size_t size, onnx_graph *graph);
void onnx_free(onnx_graph *graph);

/* The bytes of a tensor in a file beside the model: `entries` are the tensor's external_data. Only files in the model's
 * folder or below are read. `name`: the tensor's, for messages. Errors: GB_DATA, GB_UNSUPPORTED, GB_IO, GB_MEMORY. */
enum { ONNX_ENTRIES = 8 };
gb_status onnx_external_data(gb_context *context, const char *path, const char *name,
                             const onnx_text entries[ONNX_ENTRIES], size_t count, onnx_graph *graph, onnx_text *data);

bool onnx_is(onnx_text given, const char *word);
bool onnx_same(onnx_text a, onnx_text b);
/* The attribute of a node with this name; NULL when it has none. */
const onnx_attribute *onnx_find(const onnx_node *node, const char *name);

#endif
