/* SPDX-License-Identifier: MIT */
/* The operators of ONNX between the layers that only move numbers. */
#include <string.h>

#include "interchange/read/onnx_chain.h"

/* An axis of length 1 comes or goes, or nothing happens. */
static gb_status pass_same(chain *c, const onnx_node *node) {
    c->directions = c->directions && !onnx_is(node->type, "Squeeze");
    chain_carry(c, node->outputs[0], false);
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
        return chain_refuse(c, node, "moves axes other than time and sequences");
    c->swapped ^= swap || both;
    chain_carry(c, node->outputs[0], true);
    return GB_OK;
}

/* The last step, by index -1; or the states of the last layer, by -1 or, if there is only one, 0. */
static gb_status pass_gather(chain *c, const onnx_node *node) {
    const onnx_attribute *given = onnx_find(node, "axis");
    const int64_t axis = given ? given->integer : 0;
    int64_t index = 0;
    const bool known = node->input_count > 1 && chain_integer(c, node->inputs[1], &index);
    const onnx_node *maker = chain_maker(c, node->inputs[0]);
    const bool several = maker && onnx_is(maker->type, "Concat");
    if (c->last && (!known || !c->directions || axis || index < -1 || index > 0 || (several && index != -1)))
        return chain_refuse(c, node, "takes other states than the last layer's");
    if (!c->last && (!known || index != -1 || axis != (c->swapped ? 1 : 0)))
        return chain_refuse(c, node, "takes steps other than the last");
    if (!c->last && c->lengths.length)
        return chain_refuse(
            c, node,
            "takes the same step as the last one of all sequences although their lengths differ; export "
            "the model with Y_h, which has the last step of each");
    c->directions = c->directions && !c->last;
    c->last = true;
    c->net->layers[c->net->count - 1].last = true;
    chain_carry(c, node->outputs[0], true);
    return GB_OK;
}

/* The states of several layers, this one's last. */
static gb_status pass_concat(chain *c, const onnx_node *node) {
    const onnx_attribute *axis = onnx_find(node, "axis");
    if (!c->last || !c->directions || !axis || axis->integer || !chain_carries(c, node->inputs[node->input_count - 1]))
        return chain_refuse(c, node, "joins other values to the chain, which is not supported");
    chain_carry(c, node->outputs[0], true);
    return GB_OK;
}

/* True if the graph computes this value as the size of the given axis of the chain's current output. */
static bool is_size_of(const chain *c, onnx_text name, int64_t axis) {
    int64_t start, end;
    const onnx_node *slice = chain_maker(c, name);
    if (!slice || !onnx_is(slice->type, "Slice") || slice->input_count < 3 ||
        !chain_integer(c, slice->inputs[1], &start) || !chain_integer(c, slice->inputs[2], &end))
        return false;
    const onnx_node *shape = chain_maker(c, slice->inputs[0]);
    return start == axis && end == axis + 1 && shape && onnx_is(shape->type, "Shape") && shape->input_count &&
           chain_carries(c, shape->inputs[0]);
}

/* Directions and units merged behind a recurrent layer, [T][N][1][H] to [T][N][H], by sizes that the file holds or that
 * the graph computes. */
static gb_status pass_reshape(chain *c, const onnx_node *node) {
    static const char *const refused = "changes more than the axis of directions, which is not supported";
    const network_layer *layer = c->net->count ? &c->net->layers[c->net->count - 1] : NULL;
    const tensor *shape = node->input_count > 1 ? chain_constant(c, node->inputs[1]) : NULL;
    const onnx_node *maker = node->input_count > 1 ? chain_maker(c, node->inputs[1]) : NULL;
    if (!layer || layer->kind != NETWORK_RECURRENT || c->last || !c->directions || !chain_carries(c, node->inputs[0]))
        return chain_refuse(c, node, refused);
    const size_t *sizes = c->graph.sizes;
    const bool straight = c->net->time_major != c->swapped; /* the axes are in the order of the graph's input */
    bool fits = false;
    if (shape && shape->data && shape->count == 3) {
        int64_t wanted[3];
        memcpy(wanted, shape->data, sizeof wanted);
        fits = wanted[2] == (int64_t)layer->output || wanted[2] == -1;
        for (size_t i = 0; i < 2; i++) {
            const size_t size = sizes[straight ? i : 1 - i];
            fits = fits && (wanted[i] == 0 || wanted[i] == -1 || (size && wanted[i] == (int64_t)size));
        }
    } else if (maker && onnx_is(maker->type, "Concat") && maker->input_count == 3) {
        fits = is_size_of(c, maker->inputs[0], 0) && is_size_of(c, maker->inputs[1], 1);
    }
    if (!fits)
        return chain_refuse(c, node, refused);
    c->directions = false;
    chain_carry(c, node->outputs[0], true);
    return GB_OK;
}

chain_mover chain_find_mover(const onnx_node *node) {
    static const struct {
        const char *type;
        chain_mover move;
    } movers[] = {{"Squeeze", pass_same},        {"Unsqueeze", pass_same}, {"Identity", pass_same},
                  {"Dropout", pass_same},        {"Concat", pass_concat},  {"Gather", pass_gather},
                  {"Transpose", pass_transpose}, {"Reshape", pass_reshape}};
    for (size_t i = 0; i < sizeof movers / sizeof *movers; i++)
        if (onnx_is(node->type, movers[i].type))
            return movers[i].move;
    return NULL;
}
