/* SPDX-License-Identifier: MIT */
/* Weights that the graph computes from constants of the file. PyTorch's exporter reorders the gates of larger layers
 * this way: slices of a matrix, joined in another order, with an axis of directions. */
#include <stdlib.h>
#include <string.h>

#include "interchange/read/onnx_chain.h"

typedef struct folding {
    chain *c;
    const onnx_node *node;
    size_t left; /* bytes that may still be made: a file must not ask for more than it holds */
} folding;

static bool is_weight(const tensor *t) {
    return t && t->type != TENSOR_OTHER && t->rank && t->count;
}

static bool input_integer(const folding *f, size_t place, int64_t *value) {
    return place < f->node->input_count && chain_integer(f->c, f->node->inputs[place], value);
}

/* Memory for a constant that is made; NULL: none is made. */
static char *make_room(folding *f, size_t bytes) {
    if (bytes > f->left)
        return NULL;
    char *made = malloc(bytes ? bytes : 1);
    if (!made || !tensor_keep(&f->c->graph.constants, made, 0))
        return NULL;
    f->left -= bytes;
    return made;
}

/* Rows start to end - 1: a part of the same memory. */
static bool fold_slice(folding *f, tensor *made) {
    int64_t start, end, axis = 0, step = 1;
    if (!input_integer(f, 1, &start) || !input_integer(f, 2, &end) || start < 0 || end < start ||
        (f->node->input_count > 3 && !input_integer(f, 3, &axis)) ||
        (f->node->input_count > 4 && !input_integer(f, 4, &step)) || axis || step != 1 || !made->shape[0] ||
        (uint64_t)end > made->shape[0])
        return false;
    const size_t row = made->count / made->shape[0];
    made->data = (const char *)made->data + (size_t)start * row * tensor_width(made->type);
    made->shape[0] = (size_t)(end - start);
    made->count = made->shape[0] * row;
    return true;
}

static bool fold_unsqueeze(folding *f, tensor *made) {
    const onnx_attribute *axes = onnx_find(f->node, "axes");
    int64_t axis;
    if (made->rank == TENSOR_RANK ||
        !(axes ? axes->integer_count == 1 && axes->integers[0] == 0 : input_integer(f, 1, &axis) && axis == 0))
        return false;
    memmove(made->shape + 1, made->shape, made->rank++ * sizeof *made->shape);
    made->shape[0] = 1;
    return true;
}

/* Matrices one below the other. */
static bool fold_concat(folding *f, tensor *made) {
    const onnx_attribute *axis = onnx_find(f->node, "axis");
    size_t count = 0, rows = 0;
    if (!axis || axis->integer)
        return false;
    for (size_t i = 0; i < f->node->input_count; i++) {
        const tensor *t = chain_constant(f->c, f->node->inputs[i]);
        if (!is_weight(t) || t->type != made->type || t->rank != made->rank ||
            memcmp(t->shape + 1, made->shape + 1, (made->rank - 1) * sizeof *t->shape) != 0)
            return false;
        count += t->count; /* at most ONNX_INPUTS sizes of what is in memory */
        rows += t->shape[0];
    }
    const size_t width = tensor_width(made->type);
    char *to = make_room(f, count * width);
    if (!to)
        return false;
    made->data = to;
    made->count = count;
    made->shape[0] = rows;
    for (size_t i = 0; i < f->node->input_count; i++) {
        const tensor *t = chain_constant(f->c, f->node->inputs[i]);
        memcpy(to, t->data, t->count * width);
        to += t->count * width;
    }
    return true;
}

static bool fold_transpose(folding *f, tensor *made) {
    const onnx_attribute *a = onnx_find(f->node, "perm");
    const size_t rows = made->shape[1], columns = made->shape[0], width = tensor_width(made->type);
    if (made->rank != 2 || (a && (a->integer_count != 2 || a->integers[0] != 1 || a->integers[1] != 0)))
        return false;
    char *to = make_room(f, made->count * width);
    for (size_t r = 0; to && r < rows; r++)
        for (size_t k = 0; k < columns; k++)
            memcpy(to + (r * columns + k) * width, (const char *)made->data + (k * rows + r) * width, width);
    made->data = to;
    made->shape[0] = rows;
    made->shape[1] = columns;
    return to != NULL;
}

static const struct {
    const char *type;
    bool (*fold)(folding *, tensor *made);
} folds[] = {
    {"Slice", fold_slice}, {"Unsqueeze", fold_unsqueeze}, {"Concat", fold_concat}, {"Transpose", fold_transpose}};

gb_status chain_fold(chain *c) {
    folding f = {.c = c};
    for (size_t i = 0; i < c->graph.constants.count; i++)
        f.left += c->graph.constants.items[i].count * tensor_width(c->graph.constants.items[i].type);
    for (size_t i = 0; i < c->graph.count; i++) {
        f.node = &c->graph.nodes[i];
        const tensor *source =
            f.node->input_count && f.node->output_count ? chain_constant(c, f.node->inputs[0]) : NULL;
        if (!is_weight(source))
            continue;
        tensor made = *source;
        chain_name(f.node->outputs[0], made.name);
        for (size_t k = 0; k < sizeof folds / sizeof *folds; k++)
            if (onnx_is(f.node->type, folds[k].type) && folds[k].fold(&f, &made)) {
                tensor *added = tensor_add(&c->graph.constants);
                if (!added)
                    return gb_fail(c->context, GB_MEMORY, "%s: out of memory for its tensors", c->path);
                *added = made;
            }
    }
    return GB_OK;
}
