/* SPDX-License-Identifier: MIT */
/* Graphs of ONNX as networks: one chain from the input on, of recurrent layers, dense layers and an embedding, with the
 * operators between them that only move numbers. Whatever else touches the chain is refused by its name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    bool swapped;     /* an odd number of transpositions of time and sequences so far */
    bool last;        /* the last step alone is carried */
    bool final_state; /* the names carry Y_h of the last recurrent layer */
    size_t recurrent;
} chain;

static void name_of(onnx_text given, char name[TENSOR_NAME]) {
    snprintf(name, TENSOR_NAME, "%.*s", (int)(given.length < TENSOR_NAME ? given.length : TENSOR_NAME - 1),
             given.length ? given.at : "");
}

static bool carries(const chain *c, onnx_text given) {
    for (size_t i = 0; i < c->count; i++)
        if (onnx_is(given, c->names[i]))
            return true;
    return false;
}

static const tensor *constant(const chain *c, onnx_text given) {
    char name[TENSOR_NAME];
    name_of(given, name);
    return *name ? tensor_find(&c->graph.constants, name) : NULL;
}

static void carry(chain *c, onnx_text name, bool alone) {
    c->count = alone ? 0 : c->count;
    if (c->count < MOST_NAMES && name.length)
        name_of(name, c->names[c->count++]);
}

static gb_status refuse(const chain *c, const onnx_node *node, const char *what) {
    return gb_fail(c->context, GB_UNSUPPORTED, "%s: node %.*s (%.*s): %s", c->path, (int)node->name.length,
                   node->name.length ? node->name.at : "", (int)node->type.length,
                   node->type.length ? node->type.at : "", what);
}

static const convention *row_of(const char *layer) {
    const convention *row;
    for (size_t i = 0; (row = convention_at(i)); i++)
        if (strcmp(row->framework, "onnx") == 0 && strcmp(row->layer, layer) == 0)
            return row;
    return NULL;
}

static bool all_zero(const tensor *t) {
    const char *bytes = t->data;
    for (size_t i = 0; bytes && i < t->count * tensor_width(t->type); i++)
        if (bytes[i])
            return false;
    return bytes != NULL;
}

/* Whether a name stands for zeros: nothing, a constant, or what made it out of such. */
static bool is_zero(const chain *c, onnx_text given, unsigned depth) {
    if (!given.length)
        return true;
    if (constant(c, given))
        return all_zero(constant(c, given));
    for (size_t i = 0; depth < 16 && i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        char name[TENSOR_NAME];
        name_of(given, name);
        if (!node->output_count || !onnx_is(node->outputs[0], name))
            continue;
        const onnx_attribute *value = onnx_find(node, "value");
        if (onnx_is(node->type, "ConstantOfShape"))
            return !value || !memchr(value->tensor.at ? value->tensor.at : "", 0x3f, value->tensor.length);
        static const char *const movers[] = {"Expand",  "Slice",     "Identity", "Unsqueeze",
                                             "Squeeze", "Transpose", "Reshape"};
        for (size_t k = 0; k < sizeof movers / sizeof *movers; k++)
            if (onnx_is(node->type, movers[k]) && node->input_count)
                return is_zero(c, node->inputs[0], depth + 1);
        return false;
    }
    return false;
}

/* Default activations, or Relu for RNN. */
static gb_status check_activations(const chain *c, const onnx_node *node, bool *relu) {
    static const char *const usual[] = {"Sigmoid", "Tanh", "Tanh"};
    const onnx_attribute *a = onnx_find(node, "activations");
    const bool rnn = onnx_is(node->type, "RNN");
    *relu = rnn && a && a->string_count == 1 && onnx_is(a->strings[0], "Relu");
    for (size_t i = 0; a && !*relu && i < a->string_count; i++)
        if (i >= 3 || !onnx_is(a->strings[i], rnn ? "Tanh" : usual[i])) {
            char what[96];
            snprintf(what, sizeof what, "activation %.*s is not computed",
                     (int)(a->strings[i].length < 40 ? a->strings[i].length : 40),
                     a->strings[i].length ? a->strings[i].at : "");
            return refuse(c, node, what);
        }
    return GB_OK;
}

static gb_status check_recurrent(const chain *c, const onnx_node *node) {
    const onnx_attribute *direction = onnx_find(node, "direction"), *clip = onnx_find(node, "clip");
    const onnx_attribute *coupled = onnx_find(node, "input_forget"), *layout = onnx_find(node, "layout");
    if (direction && !onnx_is(direction->string, "forward"))
        return refuse(c, node, "direction is not forward, and that is not computed");
    if (clip)
        return refuse(c, node, "clip is not computed");
    if (coupled && coupled->integer)
        return refuse(c, node, "input_forget = 1 is not computed");
    if (layout && layout->integer)
        return refuse(c, node, "layout = 1 is not read");
    if (node->input_count > 4 && node->inputs[4].length)
        return refuse(c, node, "sequence_lens are not computed: all sequences have full length");
    for (size_t i = 5; i < node->input_count && i < 7; i++)
        if (!is_zero(c, node->inputs[i], 0))
            return refuse(c, node, i == 5 ? "initial_h is not zero" : "initial_c is not zero");
    return c->last && c->recurrent ? refuse(c, node, "takes the last step alone of the layer before it") : GB_OK;
}

/* W, R, B and P without the axis of directions. */
static gb_status take_inputs(const chain *c, const onnx_node *node, tensor held[4], layer_tensors given) {
    static const size_t places[] = {1, 2, 3, 7};
    for (size_t k = 0; k < 4; k++) {
        if (node->input_count <= places[k] || !node->inputs[places[k]].length)
            continue;
        const tensor *t = constant(c, node->inputs[places[k]]);
        if (!t)
            return refuse(c, node, "its weights are no constants of the file");
        if (t->rank < 2 || t->shape[0] != 1)
            return refuse(c, node, "has weights for more than one direction");
        held[k] = *t;
        if (k == 0 || k == 1)
            memmove(held[k].shape, held[k].shape + 1, --held[k].rank * sizeof *held[k].shape);
        given[k] = &held[k];
    }
    return given[0] && given[1] ? GB_OK : refuse(c, node, "lacks W or R");
}

static gb_status add_recurrent(chain *c, const onnx_node *node) {
    layer_tensors given = {0};
    tensor held[4];
    bool relu;
    char name[TENSOR_NAME];
    GB_TRY(check_recurrent(c, node));
    GB_TRY(check_activations(c, node, &relu));
    GB_TRY(take_inputs(c, node, held, given));
    const onnx_attribute *after = onnx_find(node, "linear_before_reset");
    const convention *row =
        onnx_is(node->type, "RNN") ? row_of("RNN")
        : onnx_is(node->type, "GRU")
            ? row_of(after && after->integer ? "GRU(linear_before_reset=1)" : "GRU(linear_before_reset=0)")
        : given[3] ? row_of("LSTM with P")
                   : row_of("LSTM");
    if (c->recurrent && c->swapped)
        return refuse(c, node, "gets time and sequences in another order than the layer before it gave them");
    if (!c->recurrent)
        c->net->time_major = !c->swapped;
    name_of(node->name.length ? node->name : node->type, name);
    GB_TRY(layer_read(c->context, c->path, c->net, row, name, given));
    if (relu)
        c->net->layers[c->net->count - 1].cell = "rnn_relu";
    c->recurrent++;
    c->swapped = false;
    c->count = 0;
    carry(c, node->outputs[0], true);
    if (node->output_count > 1 && !node->outputs[0].length) {
        carry(c, node->outputs[1], true);
        c->last = true;
    } else if (node->output_count > 1 && node->outputs[1].length) {
        for (size_t i = 0; i < c->graph.count; i++) /* is Y_h what goes on? */
            for (size_t k = 0; k < c->graph.nodes[i].input_count; k++)
                if (c->graph.nodes[i].inputs[k].length == node->outputs[1].length &&
                    memcmp(c->graph.nodes[i].inputs[k].at, node->outputs[1].at, node->outputs[1].length) == 0)
                    c->final_state = true;
    }
    return c->final_state && !c->last ? refuse(c, node, "both Y and Y_h are there, and Y_h is used; leave Y out")
                                      : GB_OK;
}

/* The Add behind a MatMul whose other side is a constant vector, or NULL. */
static const onnx_node *find_add(const chain *c, const onnx_node *product, const tensor **bias) {
    for (size_t i = 0; i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        if (!onnx_is(node->type, "Add") || node->input_count != 2)
            continue;
        for (size_t k = 0; k < 2; k++) {
            const onnx_text a = node->inputs[k], b = product->outputs[0];
            *bias = constant(c, node->inputs[1 - k]);
            if (*bias && a.length == b.length && memcmp(a.at, b.at, a.length) == 0)
                return node;
        }
    }
    return NULL;
}

static gb_status add_dense(chain *c, const onnx_node *node) {
    layer_tensors given = {0};
    const tensor *bias = NULL, *kernel = node->input_count > 1 ? constant(c, node->inputs[1]) : NULL;
    const bool gemm = onnx_is(node->type, "Gemm");
    const onnx_attribute *transposed = onnx_find(node, "transB"), *other = onnx_find(node, "transA");
    const onnx_attribute *alpha = onnx_find(node, "alpha"), *beta = onnx_find(node, "beta");
    const onnx_node *add = gemm ? NULL : find_add(c, node, &bias);
    if (gemm)
        bias = node->input_count > 2 ? constant(c, node->inputs[2]) : NULL;
    if (!kernel || kernel->rank != 2 || (gemm && node->input_count > 2 && node->inputs[2].length && !bias))
        return refuse(c, node, "its matrix or vector is no constant of the file");
    if ((other && other->integer) || (alpha && alpha->real != 1) || (beta && beta->real != 1))
        return refuse(c, node, "transA, alpha and beta are not computed");
    tensor held[2] = {*kernel};
    given[0] = &held[0];
    if (bias && (gemm || add)) {
        held[1] = *bias;
        given[1] = &held[1];
    }
    char name[TENSOR_NAME];
    name_of(node->name.length ? node->name : node->type, name);
    GB_TRY(layer_read(c->context, c->path, c->net,
                      row_of(transposed && transposed->integer ? "Gemm(transB=1)" : "MatMul"), name, given));
    carry(c, node->outputs[0], true);
    if (add)
        carry(c, add->outputs[0], false);
    return GB_OK;
}

static gb_status add_embedding(chain *c, const onnx_node *node) {
    layer_tensors given = {0};
    tensor held = *constant(c, node->inputs[0]);
    const onnx_attribute *axis = onnx_find(node, "axis");
    char name[TENSOR_NAME];
    if (axis && axis->integer)
        return refuse(c, node, "gathers along another axis than the first");
    given[0] = &held;
    name_of(node->name.length ? node->name : node->type, name);
    GB_TRY(layer_read(c->context, c->path, c->net, row_of("Gather"), name, given));
    carry(c, node->outputs[0], true);
    return GB_OK;
}

static gb_status set_activation(chain *c, const onnx_node *node) {
    char name[TENSOR_NAME];
    network_layer *layer = c->net->count ? &c->net->layers[c->net->count - 1] : NULL;
    name_of(node->type, name);
    if (!layer || layer->kind != NETWORK_DENSE || layer->activation != ACTIVATION_LINEAR)
        return refuse(c, node, "stands behind no dense layer, and is not computed");
    layer->activation = activation_find(name);
    carry(c, node->outputs[0], true);
    return GB_OK;
}

/* Time and sequences swapped, or an axis of length 1 moved. */
static gb_status pass_transpose(chain *c, const onnx_node *node) {
    const onnx_attribute *a = onnx_find(node, "perm");
    const int64_t *p = a ? a->integers : NULL;
    const size_t rank = a ? a->integer_count : 0;
    const bool swap = (rank == 3 && p[0] == 1 && p[1] == 0 && p[2] == 2) || (rank == 2 && p[0] == 1 && p[1] == 0);
    const bool still = rank == 4 && p[0] == 0 && p[1] == 2 && p[2] == 1 && p[3] == 3;
    const bool both = rank == 4 && p[0] == 2 && p[1] == 0 && p[2] == 1 && p[3] == 3; /* [T D N H] -> [N T D H] */
    if (!swap && !still && !both)
        return refuse(c, node, "moves other axes than time and sequences");
    c->swapped ^= swap || both;
    carry(c, node->outputs[0], true);
    return GB_OK;
}

/* The last step, by index -1. */
static gb_status pass_gather(chain *c, const onnx_node *node) {
    const tensor *index = node->input_count > 1 ? constant(c, node->inputs[1]) : NULL;
    const onnx_attribute *axis = onnx_find(node, "axis");
    int64_t value = 0;
    if (index && index->data && index->type == TENSOR_OTHER)
        memcpy(&value, index->data, sizeof value);
    if (value != -1 || (axis ? axis->integer : 0) != (c->swapped ? 1 : 0))
        return refuse(c, node, "takes other steps than the last");
    c->last = true;
    c->net->layers[c->net->count - 1].last = true;
    carry(c, node->outputs[0], true);
    return GB_OK;
}

static gb_status pass_node(chain *c, const onnx_node *node, bool indexes) {
    static const char *const movers[] = {"Squeeze", "Unsqueeze", "Identity", "Dropout"};
    static const char *const activations[] = {"Relu", "Tanh", "Sigmoid", "Softmax"};
    if (onnx_is(node->type, "LSTM") || onnx_is(node->type, "GRU") || onnx_is(node->type, "RNN"))
        return add_recurrent(c, node);
    if (onnx_is(node->type, "MatMul") || onnx_is(node->type, "Gemm"))
        return add_dense(c, node);
    if (onnx_is(node->type, "Transpose"))
        return pass_transpose(c, node);
    if (onnx_is(node->type, "Gather"))
        return indexes && constant(c, node->inputs[0]) ? add_embedding(c, node) : pass_gather(c, node);
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (onnx_is(node->type, activations[i]))
            return set_activation(c, node);
    for (size_t i = 0; i < sizeof movers / sizeof *movers; i++)
        if (onnx_is(node->type, movers[i])) {
            carry(c, node->outputs[0], false);
            return GB_OK;
        }
    if (onnx_is(node->type, "Add") && node->output_count && carries(c, node->outputs[0]))
        return GB_OK; /* the bias of the MatMul before it */
    return onnx_is(node->type, "Shape") ? GB_OK : refuse(c, node, "this operator is not computed");
}

static gb_status walk(chain *c) {
    carry(c, (onnx_text){c->graph.input, strlen(c->graph.input)}, true);
    for (size_t i = 0; i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        for (size_t k = 0; k < node->input_count; k++) {
            if (!carries(c, node->inputs[k]))
                continue;
            if (!node->output_count)
                return refuse(c, node, "has no output");
            GB_TRY(pass_node(c, node, k == 1));
            break;
        }
    }
    if (!c->recurrent)
        return gb_fail(c->context, GB_UNSUPPORTED, "%s: no LSTM, GRU or RNN follows from the input %s", c->path,
                       c->graph.input);
    if (c->last)
        for (size_t i = c->net->count; i-- > 0;)
            if (c->net->layers[i].kind == NETWORK_RECURRENT) {
                c->net->layers[i].last = true;
                break;
            }
    return GB_OK;
}

gb_status onnx_network(gb_context *context, const char *path, const char *bytes, size_t size, network *net) {
    chain *c = calloc(1, sizeof *c);
    if (!c)
        return gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    c->context = context;
    c->path = path;
    c->net = net;
    gb_status status = onnx_read(context, path, bytes, size, &c->graph);
    choose_dtype(&c->graph.constants, net);
    if (!status)
        status = walk(c);
    onnx_free(&c->graph);
    free(c);
    return status ? status : check_chain(context, path, net);
}
