/* SPDX-License-Identifier: MIT */
/* The messages of a model, field numbers as onnx.proto has them. */
#include "interchange/files/onnx_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/files/onnx_wire.h"

enum { MOST_NODES = 1 << 16 };

bool onnx_same(onnx_text a, onnx_text b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool onnx_is(onnx_text given, const char *expected) {
    return onnx_same(given, (onnx_text){expected, strlen(expected)});
}

const onnx_attribute *onnx_find(const onnx_node *node, const char *name) {
    for (size_t i = 0; i < node->attribute_count; i++)
        if (onnx_is(node->attributes[i].name, name))
            return &node->attributes[i];
    return NULL;
}

static gb_status damaged(gb_context *context, const char *path, const char *where) {
    return gb_fail(context, GB_DATA, "%s: is not an ONNX file, or is damaged (%s)", path, where);
}

/* A repeated integer, packed or not. */
static void take_integers(const wire_field *f, int64_t *kept, size_t most, size_t *count, wire *owner) {
    wire w = wire_begin(f->bytes);
    if (f->type == WIRE_VARINT) {
        if (*count < most)
            kept[*count] = (int64_t)f->value;
        (*count)++;
        return;
    }
    while (f->type == WIRE_BYTES && w.at < w.end && !w.bad) {
        const uint64_t value = wire_varint(&w);
        if (*count < most)
            kept[*count] = (int64_t)value;
        (*count)++;
    }
    owner->bad = owner->bad || w.bad || f->type != WIRE_BYTES;
}

/* A repeated float, packed or not. */
static void take_reals(const wire_field *f, onnx_attribute *a, wire *owner) {
    wire w = wire_begin(f->bytes);
    const bool packed = f->type == WIRE_BYTES;
    owner->bad = owner->bad || !(packed || f->type == WIRE_FIXED32) || f->bytes.length % sizeof(float);
    for (size_t i = 0; !owner->bad && i < (packed ? f->bytes.length / sizeof(float) : 1); i++) {
        const uint32_t bits = (uint32_t)(packed ? wire_fixed(&w, sizeof bits) : f->value);
        if (a->real_count < ONNX_NUMBERS)
            memcpy(&a->reals[a->real_count], &bits, sizeof bits);
        a->real_count++;
    }
}

enum { FLOAT = 1, FLOAT16 = 10, DOUBLE = 11, BFLOAT16 = 16, INT64 = 7 };

static tensor_type type_of(int64_t data_type) {
    return data_type == FLOAT      ? TENSOR_F32
           : data_type == DOUBLE   ? TENSOR_F64
           : data_type == FLOAT16  ? TENSOR_F16
           : data_type == BFLOAT16 ? TENSOR_BF16
                                   : TENSOR_OTHER;
}

/* Names without NUL, that fit. */
static bool keep_name(onnx_text given, char name[TENSOR_NAME]) {
    if (given.length >= TENSOR_NAME || (given.length && memchr(given.at, 0, given.length)))
        return false;
    snprintf(name, TENSOR_NAME, "%.*s", (int)given.length, given.length ? given.at : "");
    return true;
}

/* A TensorProto; `name` overrides its own. */
static gb_status read_tensor(gb_context *context, const char *path, onnx_text message, const onnx_text *name,
                             onnx_graph *graph) {
    tensor *t = tensor_add(&graph->constants);
    if (!t)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its tensors", path);
    wire w = wire_begin(message);
    wire_field f;
    int64_t dims[TENSOR_RANK] = {0}, data_type = 0;
    onnx_text own = {0}, data = {0}, external[ONNX_ENTRIES];
    bool elsewhere = false;
    size_t pieces = 0, entries = 0;
    while (wire_next(&w, &f))
        if (f.number == 1)
            take_integers(&f, dims, TENSOR_RANK, &t->rank, &w);
        else if (f.number == 2)
            data_type = (int64_t)f.value;
        else if (f.number == 8)
            own = f.bytes;
        else if ((f.number == 4 || f.number == 9 || f.number == 10) && f.type == WIRE_BYTES)
            data = f.bytes, pieces++;
        else if (f.number == 4 || f.number == 10)
            pieces = 2; /* one number a field: no writer does so */
        else if (f.number == 13 && f.type == WIRE_BYTES && entries < ONNX_ENTRIES)
            external[entries++] = f.bytes;
        else if (f.number == 14)
            elsewhere = f.value == 1;
    if (w.bad || !keep_name(name ? *name : own, t->name) || t->rank > TENSOR_RANK)
        return damaged(context, path, "a tensor");
    t->type = type_of(data_type);
    t->count = 1;
    for (size_t i = 0; i < t->rank; i++) {
        t->shape[i] = (size_t)dims[i];
        if (dims[i] < 0 || __builtin_mul_overflow(t->count, t->shape[i], &t->count))
            return damaged(context, path, "the shape of a tensor");
    }
    if (elsewhere)
        GB_TRY(onnx_external_data(context, path, t->name, external, entries, graph, &data));
    size_t bytes;
    const size_t width = tensor_width(t->type);
    t->data = data.at;
    if (t->type == TENSOR_OTHER) { /* an index says which step is taken, a shape what is merged */
        t->data = data_type == INT64 && t->count <= TENSOR_RANK && data.length == 8 * t->count ? data.at : NULL;
        return GB_OK;
    }
    if (pieces > 1 || __builtin_mul_overflow(t->count, width, &bytes) || bytes != data.length)
        return gb_fail(context, GB_DATA, "%s: tensor %s does not have as many numbers as its shape requires", path,
                       t->name);
    return GB_OK;
}

static bool read_attribute(onnx_text message, onnx_attribute *a) {
    wire w = wire_begin(message);
    wire_field f;
    while (wire_next(&w, &f)) {
        const uint32_t bits = (uint32_t)f.value;
        if (f.number == 1)
            a->name = f.bytes;
        else if (f.number == 2)
            memcpy(&a->real, &bits, sizeof a->real);
        else if (f.number == 3)
            a->integer = (int64_t)f.value;
        else if (f.number == 4)
            a->string = f.bytes;
        else if (f.number == 5)
            a->tensor = f.bytes;
        else if (f.number == 7)
            take_reals(&f, a, &w);
        else if (f.number == 8)
            take_integers(&f, a->integers, ONNX_NUMBERS, &a->integer_count, &w);
        else if (f.number == 9 && a->string_count < ONNX_NUMBERS)
            a->strings[a->string_count++] = f.bytes;
    }
    return !w.bad;
}

static gb_status read_node(gb_context *context, const char *path, onnx_text message, onnx_graph *graph) {
    if (graph->count == graph->capacity) {
        size_t capacity = graph->capacity ? 2 * graph->capacity : 16;
        onnx_node *nodes = capacity <= MOST_NODES ? realloc(graph->nodes, capacity * sizeof *nodes) : NULL;
        if (!nodes)
            return gb_fail(context, GB_MEMORY, "%s: out of memory for its nodes", path);
        graph->nodes = nodes;
        graph->capacity = capacity;
    }
    onnx_node *node = &graph->nodes[graph->count++];
    memset(node, 0, sizeof *node);
    wire w = wire_begin(message);
    wire_field f;
    while (wire_next(&w, &f)) {
        if (f.number == 1 && node->input_count < ONNX_INPUTS)
            node->inputs[node->input_count++] = f.bytes;
        else if (f.number == 2 && node->output_count < ONNX_OUTPUTS)
            node->outputs[node->output_count++] = f.bytes;
        else if (f.number == 3)
            node->name = f.bytes;
        else if (f.number == 4)
            node->type = f.bytes;
        else if (f.number == 7)
            node->domain = f.bytes;
        else if (f.number == 5 && node->attribute_count < ONNX_ATTRIBUTES)
            w.bad = !read_attribute(f.bytes, &node->attributes[node->attribute_count++]) || w.bad;
        else if (f.number == 1 || f.number == 2 || f.number == 5)
            return gb_fail(context, GB_UNSUPPORTED, "%s: node %.*s has too many inputs, outputs or attributes", path,
                           (int)node->name.length, node->name.length ? node->name.at : "");
    }
    if (w.bad)
        return damaged(context, path, "a node");
    const onnx_attribute *value = onnx_is(node->type, "Constant") ? onnx_find(node, "value") : NULL;
    return value && value->tensor.at && node->output_count
               ? read_tensor(context, path, value->tensor, &node->outputs[0], graph)
               : GB_OK;
}

static bool is_lengths(const onnx_graph *graph, const char *name) {
    for (size_t i = 0; i < graph->count; i++) {
        const onnx_node *node = &graph->nodes[i];
        const bool recurrent = onnx_is(node->type, "LSTM") || onnx_is(node->type, "GRU") || onnx_is(node->type, "RNN");
        if (recurrent && node->input_count > 4 && onnx_is(node->inputs[4], name))
            return true;
    }
    return false;
}

/* The field with this number of a message within, which may be missing. */
static onnx_text within(onnx_text message, unsigned number) {
    wire w = wire_begin(message);
    wire_field f;
    while (wire_next(&w, &f))
        if (f.number == number && f.type == WIRE_BYTES)
            return f.bytes;
    return (onnx_text){0};
}

/* The sizes of the first two axes: type.tensor_type.shape.dim[].dim_value. */
static void read_sizes(onnx_text input, size_t sizes[2]) {
    wire w = wire_begin(within(within(within(input, 2), 1), 2));
    wire_field f, g;
    for (size_t i = 0; i < 2 && wire_next(&w, &f); i++) {
        wire dim = wire_begin(f.bytes);
        while (wire_next(&dim, &g))
            if (g.number == 1 && g.type == WIRE_VARINT)
                sizes[i] = (size_t)g.value;
    }
}

/* The first input that is no sequence_lens and no initializer: older files list those among the inputs too. */
static void read_input(onnx_text message, onnx_graph *graph) {
    char name[TENSOR_NAME];
    if (*graph->input || !keep_name(within(message, 1), name) || tensor_find(&graph->constants, name) ||
        is_lengths(graph, name))
        return;
    memcpy(graph->input, name, sizeof name);
    read_sizes(message, graph->sizes);
}

static gb_status read_graph(gb_context *context, const char *path, onnx_text message, onnx_graph *graph) {
    wire w = wire_begin(message);
    wire_field f;
    while (wire_next(&w, &f))
        if (f.number == 1 && f.type == WIRE_BYTES)
            GB_TRY(read_node(context, path, f.bytes, graph));
        else if (f.number == 5 && f.type == WIRE_BYTES)
            GB_TRY(read_tensor(context, path, f.bytes, NULL, graph));
    if (w.bad)
        return damaged(context, path, "the graph");
    for (w = wire_begin(message); wire_next(&w, &f);)
        if (f.number == 11 && f.type == WIRE_BYTES)
            read_input(f.bytes, graph);
        else if (f.number == 12 && !graph->output.length)
            graph->output = within(f.bytes, 1);
    return GB_OK;
}

gb_status onnx_read(gb_context *context, const char *path, const char *bytes, size_t size, onnx_graph *graph) {
    wire w = wire_begin((onnx_text){bytes, size});
    wire_field f;
    onnx_text message = {0};
    *graph = (onnx_graph){0};
    while (wire_next(&w, &f))
        if (f.number == 7 && f.type == WIRE_BYTES)
            message = f.bytes;
    if (w.bad || !message.at)
        return damaged(context, path, "the model has no graph");
    return read_graph(context, path, message, graph);
}

void onnx_free(onnx_graph *graph) {
    tensor_set_free(&graph->constants);
    free(graph->nodes);
    free(graph->files);
    *graph = (onnx_graph){0};
}
