/* SPDX-License-Identifier: MIT */
/* Graphs of ONNX as networks: one chain from the input on, of recurrent layers, dense layers and an embedding, with the
 * operators between them that only move numbers. Whatever else touches the chain is refused by its name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/read/onnx_chain.h"

void chain_name(onnx_text given, char name[TENSOR_NAME]) {
    snprintf(name, TENSOR_NAME, "%.*s", (int)(given.length < TENSOR_NAME ? given.length : TENSOR_NAME - 1),
             given.length ? given.at : "");
}

bool chain_carries(const chain *c, onnx_text given) {
    for (size_t i = 0; i < c->count; i++)
        if (onnx_is(given, c->names[i]))
            return true;
    return false;
}

const tensor *chain_constant(const chain *c, onnx_text given) {
    char name[TENSOR_NAME];
    chain_name(given, name);
    return *name ? tensor_find(&c->graph.constants, name) : NULL;
}

bool chain_integer(const chain *c, onnx_text given, int64_t *value) {
    const tensor *t = chain_constant(c, given);
    if (!t || t->type != TENSOR_OTHER || !t->data || t->count != 1)
        return false;
    memcpy(value, t->data, sizeof *value);
    return true;
}

void chain_carry(chain *c, onnx_text name, bool alone) {
    c->count = alone ? 0 : c->count;
    if (c->count < MOST_NAMES && name.length)
        chain_name(name, c->names[c->count++]);
}

const onnx_node *chain_maker(const chain *c, onnx_text name) {
    for (size_t i = 0; name.length && i < c->graph.count; i++)
        for (size_t k = 0; k < c->graph.nodes[i].output_count; k++)
            if (onnx_same(c->graph.nodes[i].outputs[k], name))
                return &c->graph.nodes[i];
    return NULL;
}

gb_status chain_refuse(const chain *c, const onnx_node *node, const char *what) {
    /* Many programs leave nodes without a name; then its first output says which it is. */
    const onnx_text name = node->name.length || !node->output_count ? node->name : node->outputs[0];
    return gb_fail(c->context, GB_UNSUPPORTED, "%s: node %.*s (%.*s): %s", c->path, (int)name.length,
                   name.length ? name.at : "", (int)node->type.length, node->type.length ? node->type.at : "", what);
}

const convention *chain_row(const char *layer) {
    const convention *row;
    for (size_t i = 0; (row = convention_at(i)); i++)
        if (strcmp(row->framework, "onnx") == 0 && strcmp(row->layer, layer) == 0)
            return row;
    return NULL;
}

/* The Add behind a MatMul whose other side is a constant vector, or NULL. */
static const onnx_node *find_add(const chain *c, const onnx_node *product, const tensor **bias) {
    for (size_t i = 0; i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        if (!onnx_is(node->type, "Add") || node->input_count != 2)
            continue;
        for (size_t k = 0; k < 2; k++) {
            const onnx_text a = node->inputs[k], b = product->outputs[0];
            *bias = chain_constant(c, node->inputs[1 - k]);
            if (*bias && a.length == b.length && memcmp(a.at, b.at, a.length) == 0)
                return node;
        }
    }
    return NULL;
}

static gb_status add_dense(chain *c, const onnx_node *node) {
    layer_tensors given = {0};
    const tensor *bias = NULL, *kernel = node->input_count > 1 ? chain_constant(c, node->inputs[1]) : NULL;
    const bool gemm = onnx_is(node->type, "Gemm");
    const onnx_attribute *transposed = onnx_find(node, "transB"), *other = onnx_find(node, "transA");
    const onnx_attribute *alpha = onnx_find(node, "alpha"), *beta = onnx_find(node, "beta");
    const onnx_node *add = gemm ? NULL : find_add(c, node, &bias);
    if (gemm)
        bias = node->input_count > 2 ? chain_constant(c, node->inputs[2]) : NULL;
    if (!kernel || kernel->rank != 2 || (gemm && node->input_count > 2 && node->inputs[2].length && !bias))
        return chain_refuse(c, node, "its matrix or vector is not a constant in the file");
    if ((other && other->integer) || (alpha && alpha->real != 1) || (beta && beta->real != 1))
        return chain_refuse(c, node, "transA, alpha and beta are not supported");
    tensor held[2] = {*kernel};
    given[0] = &held[0];
    if (bias && (gemm || add)) {
        held[1] = *bias;
        given[1] = &held[1];
    }
    char name[TENSOR_NAME];
    chain_name(node->name.length ? node->name : node->type, name);
    GB_TRY(layer_read(c->context, c->path, c->net,
                      chain_row(transposed && transposed->integer ? "Gemm(transB=1)" : "MatMul"), name, given));
    chain_carry(c, node->outputs[0], true);
    if (add)
        chain_carry(c, add->outputs[0], false);
    return GB_OK;
}

static gb_status add_embedding(chain *c, const onnx_node *node) {
    layer_tensors given = {0};
    tensor held = *chain_constant(c, node->inputs[0]);
    const onnx_attribute *axis = onnx_find(node, "axis");
    char name[TENSOR_NAME];
    if (axis && axis->integer)
        return chain_refuse(c, node, "gathers along an axis other than the first");
    given[0] = &held;
    chain_name(node->name.length ? node->name : node->type, name);
    GB_TRY(layer_read(c->context, c->path, c->net, chain_row("Gather"), name, given));
    chain_carry(c, node->outputs[0], true);
    return GB_OK;
}

static gb_status set_activation(chain *c, const onnx_node *node) {
    char name[TENSOR_NAME];
    network_layer *layer = c->net->count ? &c->net->layers[c->net->count - 1] : NULL;
    chain_name(node->type, name);
    if (!layer || layer->kind != NETWORK_DENSE || layer->activation != ACTIVATION_LINEAR)
        return chain_refuse(c, node, "is an activation that does not follow a dense layer, which is not supported");
    layer->activation = activation_find(name);
    chain_carry(c, node->outputs[0], true);
    return GB_OK;
}

static bool is_foreign(const onnx_node *node) {
    return node->domain.length && !onnx_is(node->domain, "ai.onnx");
}

/* Why an operator cannot be read. One of another domain may have the name of one of ONNX's. */
static const char *refusal(const onnx_node *node) {
    static const char *const quantized[] = {"DynamicQuantizeLSTM", "DynamicQuantizeMatMul", "DynamicQuantizeLinear",
                                            "QuantizeLinear", "DequantizeLinear"};
    for (size_t i = 0; i < sizeof quantized / sizeof *quantized; i++)
        if (onnx_is(node->type, quantized[i]))
            return "the model is quantized; import it as it was before";
    if (onnx_is(node->type, "Slice") || onnx_is(node->type, "SplitToSequence"))
        return "takes single steps, as PyTorch's exporter writes a basic RNN; export with dynamo=False, or save the "
               "state_dict as .safetensors";
    if (onnx_is(node->domain, "com.microsoft"))
        return "an operator of ONNX Runtime; import the model as it was before it was optimized";
    return is_foreign(node) ? "an operator that is not ONNX's own" : "this operator is not supported";
}

static gb_status pass_node(chain *c, const onnx_node *node, bool indexes) {
    static const char *const activations[] = {"Relu", "Tanh", "Sigmoid", "Softmax"};
    if (is_foreign(node))
        return chain_refuse(c, node, refusal(node));
    if (onnx_is(node->type, "LSTM") || onnx_is(node->type, "GRU") || onnx_is(node->type, "RNN"))
        return chain_add_recurrent(c, node);
    if (onnx_is(node->type, "MatMul") || onnx_is(node->type, "Gemm"))
        return add_dense(c, node);
    if (onnx_is(node->type, "Gather") && indexes && chain_constant(c, node->inputs[0]))
        return add_embedding(c, node);
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (onnx_is(node->type, activations[i]))
            return set_activation(c, node);
    const chain_mover move = chain_find_mover(node);
    if (move)
        return move(c, node);
    if (onnx_is(node->type, "Add") && node->output_count && chain_carries(c, node->outputs[0]))
        return GB_OK; /* the bias of the MatMul before it */
    return onnx_is(node->type, "Shape") ? GB_OK : chain_refuse(c, node, refusal(node));
}

static gb_status walk(chain *c) {
    chain_carry(c, (onnx_text){c->graph.input, strlen(c->graph.input)}, true);
    for (size_t i = 0; i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        for (size_t k = 0; k < node->input_count; k++) {
            if (!chain_carries(c, node->inputs[k]))
                continue;
            if (!node->output_count)
                return chain_refuse(c, node, "has no output");
            GB_TRY(pass_node(c, node, k == 1));
            break;
        }
    }
    if (!c->recurrent)
        return gb_fail(c->context, GB_UNSUPPORTED, "%s: no LSTM, GRU or RNN reads the input %s", c->path,
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
        status = chain_fold(c);
    if (!status)
        status = walk(c);
    onnx_free(&c->graph);
    free(c);
    return status ? status : check_chain(context, path, net);
}
