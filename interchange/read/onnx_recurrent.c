/* SPDX-License-Identifier: MIT */
/* The recurrent operators of ONNX as layers: which attributes are supported, and the refusal of all others by name. */
#include <stdio.h>
#include <string.h>

#include "interchange/read/onnx_chain.h"

static bool all_zero(const tensor *t) {
    const char *bytes = t->data;
    for (size_t i = 0; bytes && i < t->count * tensor_width(t->type); i++)
        if (bytes[i])
            return false;
    return bytes != NULL;
}

/* True if the value with this name is all zeros: an omitted input, a constant, or made from one by moving numbers. */
static bool is_zero(const chain *c, onnx_text given, unsigned depth) {
    if (!given.length)
        return true;
    if (chain_constant(c, given))
        return all_zero(chain_constant(c, given));
    for (size_t i = 0; depth < 16 && i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        char name[TENSOR_NAME];
        chain_name(given, name);
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

/* The i-th of the node's activations, by default that of the standard. */
static gb_status find_function(const chain *c, const onnx_node *node, size_t i, const convention_function **found) {
    static const char *const usual[] = {"Sigmoid", "Tanh", "Tanh"};
    const onnx_attribute *given = onnx_find(node, "activations");
    const bool rnn = onnx_is(node->type, "RNN");
    char name[48], what[96];
    if (given)
        snprintf(name, sizeof name, "%.*s", (int)(given->strings[i].length < 40 ? given->strings[i].length : 40),
                 given->strings[i].length ? given->strings[i].at : "");
    else
        snprintf(name, sizeof name, "%s", rnn ? "Tanh" : usual[i]);
    *found = convention_function_find("onnx", "1", name);
    snprintf(what, sizeof what, "activation %s is not supported", name);
    return *found ? GB_OK : chain_refuse(c, node, what);
}

/* alpha and beta of a HardSigmoid, the only function here that has them. */
static gb_status read_slope(const chain *c, const onnx_node *node, layer_functions *f) {
    const onnx_attribute *alpha = onnx_find(node, "activation_alpha"), *beta = onnx_find(node, "activation_beta");
    const bool hard = f->gates && f->gates->kind == FUNCTION_HARD;
    const onnx_attribute *const given[] = {alpha, beta};
    for (size_t i = 0; i < 2; i++)
        if (given[i] && given[i]->real_count != hard)
            return chain_refuse(c, node,
                                "activation_alpha and activation_beta are supported only for a single HardSigmoid");
    f->slope = !hard ? 0 : alpha ? (double)alpha->reals[0] : f->gates->slope;
    f->shift = hard && beta ? (double)beta->reals[0] - 0.5 : 0;
    return GB_OK;
}

static gb_status find_functions(const chain *c, const onnx_node *node, layer_functions *f) {
    const onnx_attribute *given = onnx_find(node, "activations");
    const bool lstm = onnx_is(node->type, "LSTM"), rnn = onnx_is(node->type, "RNN");
    *f = (layer_functions){0};
    if (given && given->string_count != (lstm ? 3 : rnn ? 1 : 2))
        return chain_refuse(c, node, "has more or fewer activations than one direction needs");
    if (!rnn)
        GB_TRY(find_function(c, node, 0, &f->gates));
    GB_TRY(find_function(c, node, !rnn, &f->state));
    if (lstm) {
        const convention_function *second;
        GB_TRY(find_function(c, node, 2, &second));
        if (second != f->state)
            return chain_refuse(c, node, "its second and third activation differ, which is not supported");
    }
    return read_slope(c, node, f);
}

/* The sequences' lengths must be an input of the graph, the same for all layers. */
static gb_status take_lengths(chain *c, const onnx_node *node) {
    const onnx_text given = node->input_count > 4 ? node->inputs[4] : (onnx_text){0};
    if (given.length && (chain_constant(c, given) || chain_maker(c, given)))
        return chain_refuse(c, node, "sequence_lens are supported only as an input of the graph");
    if (c->recurrent && !onnx_same(given, c->lengths))
        return chain_refuse(c, node, "its sequence_lens differ from those of the previous layer");
    if (given.length && !c->recurrent)
        text_append(&c->net->notes,
                    "its input %.*s holds the lengths of the sequences; without it every sequence has all steps\n",
                    (int)(given.length < 100 ? given.length : 100), given.at);
    c->lengths = given;
    c->net->lengths = given.length;
    return GB_OK;
}

static gb_status check_recurrent(const chain *c, const onnx_node *node) {
    const onnx_attribute *direction = onnx_find(node, "direction"), *layout = onnx_find(node, "layout");
    if (!node->input_count || !chain_carries(c, node->inputs[0]))
        return chain_refuse(c, node, "its input X does not come from the graph's input");
    if (direction && !onnx_is(direction->string, "forward"))
        return chain_refuse(c, node, "its direction is not forward, which is not supported");
    if (onnx_find(node, "clip"))
        return chain_refuse(c, node, "clip is not supported");
    if (layout && layout->integer)
        return chain_refuse(c, node, "layout = 1 is not supported");
    for (size_t i = 5; i < node->input_count && i < 7; i++)
        if (!is_zero(c, node->inputs[i], 0))
            return chain_refuse(c, node, i == 5 ? "initial_h is not zero" : "initial_c is not zero");
    return c->last && c->recurrent ? chain_refuse(c, node, "reads only the last step of the previous layer") : GB_OK;
}

/* W, R, B and P without the axis of directions. */
static gb_status take_inputs(const chain *c, const onnx_node *node, tensor held[4], layer_tensors given) {
    static const size_t places[] = {1, 2, 3, 7};
    for (size_t k = 0; k < 4; k++) {
        if (node->input_count <= places[k] || !node->inputs[places[k]].length)
            continue;
        const tensor *t = chain_constant(c, node->inputs[places[k]]);
        if (!t)
            return chain_refuse(c, node, "its weights are not constants in the file");
        if (t->rank < 2 || t->shape[0] != 1)
            return chain_refuse(c, node, "has weights for more than one direction");
        held[k] = *t;
        if (k == 0 || k == 1)
            memmove(held[k].shape, held[k].shape + 1, --held[k].rank * sizeof *held[k].shape);
        given[k] = &held[k];
    }
    return given[0] && given[1] ? GB_OK : chain_refuse(c, node, "lacks W or R");
}

/* The line of the table of conventions for this node; NULL: none. */
static const convention *find_row(const onnx_node *node, bool peepholes) {
    const onnx_attribute *after = onnx_find(node, "linear_before_reset"), *coupled = onnx_find(node, "input_forget");
    if (onnx_is(node->type, "RNN"))
        return chain_row("RNN");
    if (onnx_is(node->type, "GRU"))
        return chain_row(after && after->integer ? "GRU(linear_before_reset=1)" : "GRU(linear_before_reset=0)");
    if (coupled && coupled->integer)
        return peepholes ? NULL : chain_row("LSTM(input_forget=1)");
    return chain_row(peepholes ? "LSTM with P" : "LSTM");
}

/* True if the graph's first output depends on this value. Of values that are joined only the last counts: the states of
 * all layers are joined, and the last layer's are taken. */
static bool leads_to_output(const chain *c, onnx_text name) {
    onnx_text reached[MOST_NAMES] = {name};
    size_t count = 1;
    for (size_t i = 0; i < c->graph.count; i++) {
        const onnx_node *node = &c->graph.nodes[i];
        bool reads = false;
        for (size_t k = onnx_is(node->type, "Concat") ? node->input_count - 1 : 0; k < node->input_count; k++)
            for (size_t j = 0; j < count; j++)
                reads = reads || onnx_same(node->inputs[k], reached[j]);
        for (size_t k = 0; reads && k < node->output_count; k++) {
            if (count == MOST_NAMES)
                return true;
            if (node->outputs[k].length)
                reached[count++] = node->outputs[k];
        }
    }
    for (size_t j = 0; j < count; j++)
        if (onnx_same(reached[j], c->graph.output))
            return true;
    return false;
}

/* Makes the node's output the chain's: Y, or Y_h if the graph's output depends on that. */
static gb_status carry_output(chain *c, const onnx_node *node) {
    const onnx_text y = node->outputs[0], y_h = node->output_count > 1 ? node->outputs[1] : (onnx_text){0};
    const bool ends = y_h.length && (!y.length || leads_to_output(c, y_h));
    if (ends && y.length && leads_to_output(c, y))
        return chain_refuse(c, node, "both its Y and its Y_h lead to the graph's output, which is not supported");
    c->recurrent++;
    c->swapped = false;
    c->last = ends;
    c->directions = true;
    chain_carry(c, ends ? y_h : y, true);
    return GB_OK;
}

gb_status chain_add_recurrent(chain *c, const onnx_node *node) {
    layer_tensors given = {0};
    layer_functions functions;
    tensor held[4];
    char name[TENSOR_NAME];
    GB_TRY(check_recurrent(c, node));
    GB_TRY(take_lengths(c, node));
    GB_TRY(find_functions(c, node, &functions));
    GB_TRY(take_inputs(c, node, held, given));
    const convention *row = find_row(node, given[3]);
    if (!row)
        return chain_refuse(c, node, "input_forget = 1 with peepholes is not supported");
    if (c->recurrent && c->swapped)
        return chain_refuse(c, node, "reads time and sequences in the opposite order of the previous layer's output");
    if (!c->recurrent)
        c->net->time_major = !c->swapped;
    chain_name(node->name.length ? node->name : node->type, name);
    GB_TRY(layer_read(c->context, c->path, c->net, row, name, given));
    GB_TRY(layer_set_functions(c->context, c->path, c->net, &functions));
    return carry_output(c, node);
}
