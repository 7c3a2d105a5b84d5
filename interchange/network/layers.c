/* SPDX-License-Identifier: MIT */
/* Converts between the layout of gates in a framework's tensor and in ours. */
#include "interchange/network/layers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pages.h"

/* A matrix that both sides have: rows x columns, in the framework's tensor and in the layer's values. */
typedef struct part {
    tensor_view theirs, ours;
    size_t rows;
    int gate; /* of the cell; -1: none */
} part;

static const char *const letters_of_dense[] = {"y"};

static const char *const *gate_letters(const char *cell, size_t *count) {
    const gb_cell_info *info = gb_cell_find(cell);
    *count = info ? info->gates : 1;
    return info ? info->gate_names : letters_of_dense;
}

/* The position of a role's block in a layer's values, and its number of gates; false: there is none. */
static bool find_block(const network_layer *layer, gb_role role, size_t *offset, size_t *gates) {
    gb_tensor tensors[GB_CELL_TENSORS];
    const gb_cell_info *info = gb_cell_find(layer->cell);
    size_t all;
    *offset = role == GB_ROLE_BIAS ? layer->input * layer->output : 0;
    *gates = 1;
    if (!info)
        return role != GB_ROLE_BIAS || layer->bias;
    size_t count = gb_cell_tensors(info, layer->input, layer->output, layer->bias, tensors, &all);
    for (size_t i = 0; i < count; i++) {
        if (tensors[i].role != role)
            continue;
        *offset = tensors[i].offset;
        *gates = tensors[i].shape[1];
        return true;
    }
    return false;
}

/* Of B and X the second half comes as a second call. */
static gb_role role_of(char role, bool second) {
    switch (role) {
    case 'U':
        return GB_ROLE_RECURRENT;
    case 'X':
        return second ? GB_ROLE_RECURRENT : GB_ROLE_KERNEL;
    case 'b':
        return GB_ROLE_BIAS;
    case 'd':
        return GB_ROLE_RECURRENT_BIAS;
    case 'B':
        return second ? GB_ROLE_RECURRENT_BIAS : GB_ROLE_BIAS;
    case 'p':
        return GB_ROLE_PEEPHOLE;
    default:
        return GB_ROLE_KERNEL;
    }
}

static bool is_matrix(gb_role role) {
    return role == GB_ROLE_KERNEL || role == GB_ROLE_RECURRENT;
}

/* Peepholes are in the order i f o; the gru's fourth bias is a block by itself. */
static int gate_in_block(const network_layer *layer, gb_role role, size_t gates_there, char letter) {
    size_t gates;
    const char *const *letters = gate_letters(layer->cell, &gates);
    if (role == GB_ROLE_PEEPHOLE)
        return letter == 'i' ? 0 : letter == 'f' ? 1 : 2;
    for (size_t g = 0; g < gates; g++)
        if (letters[g][0] == letter)
            return gates_there == gates ? (int)g : g == gates - 1 ? 0 : -1;
    return -1;
}

/* The part of gate number q of a tensor; false: the layer has no place for it. */
static bool find_part(const network_layer *layer, const convention_tensor *t, size_t q, bool second, part *p) {
    const size_t units = layer->output, gates = strlen(t->gates);
    const gb_role role = role_of(t->role, second);
    size_t offset, gates_there;
    if (!find_block(layer, role, &offset, &gates_there))
        return false;
    p->gate = gate_in_block(layer, role, gates_there, t->gates[q]);
    if (p->gate < 0)
        return false;
    p->rows = !is_matrix(role) ? 1 : role == GB_ROLE_RECURRENT ? units : layer->input;
    const size_t rows_there = t->role == 'X' ? layer->input + units : p->rows;
    const size_t before = !second ? 0 : t->role == 'X' ? layer->input : gates * units;
    const size_t first = t->interleaved ? q : q * units, apart = t->interleaved ? gates : 1;
    if (t->transposed)
        p->theirs = (tensor_view){first * rows_there + before, 1, apart * rows_there};
    else if (is_matrix(role))
        p->theirs = (tensor_view){before * gates * units + first, gates * units, apart};
    else
        p->theirs = (tensor_view){before + first, 0, apart};
    p->ours = (tensor_view){offset + (size_t)p->gate * units, gates_there * units, 1};
    return true;
}

static size_t halves(const convention_tensor *t) {
    return t->role == 'X' || t->role == 'B' ? 2 : 1;
}

static gb_status misfit(gb_context *context, const char *path, const char *name, const tensor *t, const char *what) {
    char shape[128];
    return gb_fail(context, GB_DATA, "%s: layer %s: tensor %s has the shape %s, %s", path, name, t->name,
                   tensor_shape_text(t, shape, sizeof shape), what);
}

/* I and H from the shapes of the kernels. */
static gb_status measure(gb_context *context, const char *path, network_layer *layer, const convention_tensor *tensors,
                         size_t count, const layer_tensors given) {
    size_t joined = 0;
    for (size_t k = 0; k < count; k++) {
        const convention_tensor *t = &tensors[k];
        const tensor *g = given[k];
        if (!g || !strchr("WUXE", t->role))
            continue;
        const size_t gates = strlen(t->gates);
        if (g->rank != 2 || !g->count)
            return misfit(context, path, layer->name, g, "which is not a matrix");
        const size_t rows = g->shape[t->transposed], columns = g->shape[!t->transposed];
        if (columns % gates)
            return misfit(context, path, layer->name, g, "which its gates do not divide");
        layer->output = columns / gates;
        if (t->role == 'X')
            joined = rows;
        else if (t->role != 'U')
            layer->input = rows;
    }
    if (joined)
        layer->input = joined > layer->output ? joined - layer->output : 0;
    return layer->input && layer->output
               ? GB_OK
               : gb_fail(context, GB_DATA, "%s: layer %s has no inputs or no units", path, layer->name);
}

static bool has_role(const convention_tensor *tensors, size_t count, const layer_tensors given, const char *roles) {
    for (size_t k = 0; k < count; k++)
        if (given[k] && strchr(roles, tensors[k].role))
            return true;
    return false;
}

/* A second bias of one gate alone is the gru's fourth, which bias single has. */
static gb_bias find_bias(const convention_tensor *tensors, size_t count, const layer_tensors given) {
    if (has_role(tensors, count, given, "B"))
        return GB_BIAS_DOUBLE;
    for (size_t k = 0; k < count; k++)
        if (given[k] && tensors[k].role == 'd' && !(strcmp(tensors[k].gates, "o") == 0 && tensors[k - 1].role != 'd'))
            return GB_BIAS_DOUBLE;
    return has_role(tensors, count, given, "bd") ? GB_BIAS_SINGLE : GB_BIAS_NONE;
}

static gb_status check_tensor(gb_context *context, const char *path, const network_layer *layer,
                              const convention_tensor *t, const tensor *given) {
    const size_t wanted = convention_count(t, layer->input, layer->output);
    if (given->type == TENSOR_OTHER)
        return misfit(context, path, layer->name, given, "and holds no floating-point numbers");
    if (given->count == wanted)
        return GB_OK;
    char what[128];
    snprintf(what, sizeof what, "but %zu inputs and %zu units need %zu numbers", layer->input, layer->output, wanted);
    return misfit(context, path, layer->name, given, what);
}

/* Negates a gate that keeps by 1 - z, and adds what every call would. */
static void adjust(const network *net, const network_layer *layer, char letter, const part *p, gb_role role) {
    const convention *c = layer->convention;
    const bool negated = c->keep < 0 && letter == *gb_cell_find(c->cell)->memory_gate,
               raised = c->constant != 0 && letter == 'f' && role == GB_ROLE_BIAS;
    for (size_t r = 0; (negated || raised) && r < p->rows; r++) {
        for (size_t j = 0; j < layer->output; j++) {
            const size_t i = p->ours.start + r * p->ours.row + j;
            if (net->dtype == GB_F64)
                ((double *)layer->values)[i] = (negated ? -1 : 1) * ((double *)layer->values)[i] + raised * c->constant;
            else
                ((float *)layer->values)[i] =
                    (negated ? -1 : 1) * ((float *)layer->values)[i] + (float)(raised * c->constant);
        }
    }
}

/* Whether one of a block of numbers has an exponent of all ones. A loop without a way out becomes vectors. */
static bool holds_no_number(const network *net, const network_layer *layer, size_t from, size_t to) {
    bool found = false;
    for (size_t i = from; net->dtype == GB_F64 && i < to; i++) {
        const uint64_t ones = (uint64_t)0x7ff << 52;
        uint64_t bits;
        memcpy(&bits, (const double *)layer->values + i, sizeof bits);
        found |= (bits & ones) == ones;
    }
    for (size_t i = from; net->dtype == GB_F32 && i < to; i++) {
        const uint32_t ones = (uint32_t)0xff << 23;
        uint32_t bits;
        memcpy(&bits, (const float *)layer->values + i, sizeof bits);
        found |= (bits & ones) == ones;
    }
    return found;
}

static gb_status refuse_values(gb_context *context, const char *path, const network_layer *layer, const tensor *t,
                               const network *net) {
    enum { BLOCK = 4096 };
    for (size_t at = 0; at < layer->count; at += BLOCK)
        if (holds_no_number(net, layer, at, layer->count - at < BLOCK ? layer->count : at + BLOCK))
            return gb_fail(context, GB_DATA, "%s: layer %s (with tensor %s) holds a number that is not finite", path,
                           layer->name, t ? t->name : "?");
    return GB_OK;
}

static gb_status allocate(gb_context *context, const char *path, const network *net, network_layer *layer) {
    gb_tensor ignored[GB_CELL_TENSORS];
    const gb_cell_info *info = gb_cell_find(layer->cell);
    if (info)
        gb_cell_tensors(info, layer->input, layer->output, layer->bias, ignored, &layer->count);
    else if (__builtin_mul_overflow(layer->input, layer->output, &layer->count))
        layer->count = 0;
    else
        layer->count += layer->bias ? layer->output : 0;
    if (layer->count && layer->count < SIZE_MAX / 16)
        layer->values = calloc(layer->count, network_width(net));
    pages_make_large(layer->values, layer->count * network_width(net));
    return layer->values
               ? GB_OK
               : gb_fail(context, GB_MEMORY, "%s: out of memory for the weights of layer %s", path, layer->name);
}

static void read_tensor(const network *net, network_layer *layer, const convention_tensor *t, tensor *given) {
    for (size_t half = 0; half < halves(t); half++) {
        for (size_t q = 0; q < strlen(t->gates); q++) {
            part p;
            if (!find_part(layer, t, q, half, &p))
                continue;
            tensor_copy(given->type, given->data, p.theirs, net->dtype, layer->values, p.ours, p.rows, layer->output);
            adjust(net, layer, t->gates[q], &p, role_of(t->role, half));
        }
    }
    layer->counted += given->count;
    given->used = true;
}

gb_status layer_read(gb_context *context, const char *path, network *net, const convention *c, const char *name,
                     const layer_tensors given) {
    convention_tensor tensors[CONVENTION_TENSORS];
    const size_t count = convention_tensors(c, tensors);
    network_layer *layer = network_add(net);
    if (!layer)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for layer %s", path, name);
    snprintf(layer->name, sizeof layer->name, "%s", name);
    layer->convention = c;
    layer->cell = c->cell;
    layer->kind = strcmp(c->cell, "embedding") == 0 ? NETWORK_EMBEDDING
                  : strcmp(c->cell, "dense") == 0   ? NETWORK_DENSE
                                                    : NETWORK_RECURRENT;
    layer->bias = find_bias(tensors, count, given);
    GB_TRY(measure(context, path, layer, tensors, count, given));
    const tensor *last = NULL;
    for (size_t k = 0; k < count; k++) {
        if (given[k])
            GB_TRY(check_tensor(context, path, layer, &tensors[k], given[k]));
        last = given[k] ? given[k] : last;
    }
    GB_TRY(allocate(context, path, net, layer));
    for (size_t k = 0; k < count; k++)
        if (given[k])
            read_tensor(net, layer, &tensors[k], given[k]);
    return refuse_values(context, path, layer, last, net);
}

static void add_missing(const network *net, const network_layer *layer, const convention_tensor *t, void *to) {
    /* one bias there, two here: their sum */
    convention_tensor other = *t;
    other.role = 'd';
    const size_t gates = strlen(t->gates);
    for (size_t q = 0; q < gates; q++) {
        part p;
        if (!find_part(layer, &other, q, false, &p))
            continue;
        for (size_t j = 0; j < layer->output; j++) {
            const size_t theirs = p.theirs.start + j * p.theirs.column, ours = p.ours.start + j;
            if (net->dtype == GB_F64)
                ((double *)to)[theirs] += ((const double *)layer->values)[ours];
            else
                ((float *)to)[theirs] += ((const float *)layer->values)[ours];
        }
    }
}

void layer_write(const network *net, const network_layer *layer, const convention *c, size_t k, void *to, size_t *rank,
                 size_t shape[3]) {
    convention_tensor tensors[CONVENTION_TENSORS];
    const size_t count = convention_tensors(c, tensors);
    const convention_tensor *t = &tensors[k];
    const size_t columns = strlen(t->gates) * layer->output;
    bool second_bias = false;
    for (size_t i = 0; i < count; i++)
        second_bias = second_bias || tensors[i].role == 'd';
    memset(to, 0, convention_count(t, layer->input, layer->output) * network_width(net));
    for (size_t half = 0; half < halves(t); half++) {
        for (size_t q = 0; q < strlen(t->gates); q++) {
            part p;
            if (find_part(layer, t, q, half, &p))
                tensor_copy(net->dtype == GB_F64 ? TENSOR_F64 : TENSOR_F32, layer->values, p.ours, net->dtype, to,
                            p.theirs, p.rows, layer->output);
        }
    }
    if (t->role == 'b' && !second_bias && layer->kind == NETWORK_RECURRENT)
        add_missing(net, layer, t, to);
    const size_t rows = t->role == 'U' ? layer->output : t->role == 'X' ? layer->input + layer->output : layer->input;
    *rank = strchr("WUXE", t->role) ? 2 : t->role == 'B' ? 2 : 1;
    shape[0] = *rank == 1 ? columns : t->role == 'B' ? 2 : t->transposed ? columns : rows;
    shape[1] = t->role == 'B' || !t->transposed ? columns : rows;
}

static void describe_gates(const convention_tensor *t, const network_layer *layer, text *out) {
    size_t gates;
    const char *const *letters = gate_letters(layer->convention->cell, &gates);
    bool same = strlen(t->gates) == gates;
    text_append(out, "gates");
    for (size_t q = 0; q < strlen(t->gates); q++) {
        text_append(out, " %c", t->gates[q]);
        same = same && t->gates[q] == letters[q][0];
    }
    if (same)
        return;
    text_append(out, " ->");
    for (size_t g = 0; g < gates; g++)
        text_append(out, " %s", letters[g]);
}

void layer_describe(const network_layer *layer, text *out) {
    convention_tensor tensors[CONVENTION_TENSORS];
    const convention *c = layer->convention;
    if (!c) {
        text_append(out, "bias %s", gb_bias_name(layer->bias));
        return;
    }
    const size_t count = convention_tensors(c, tensors);
    size_t kernels = 0;
    for (size_t k = 0; k < count; k++)
        kernels += tensors[k].role == 'W' || tensors[k].role == 'X';
    if (layer->kind == NETWORK_RECURRENT && kernels > 1)
        text_append(out, "a tensor for each gate");
    else if (layer->kind == NETWORK_RECURRENT)
        describe_gates(&tensors[0], layer, out);
    text_append(out, "%s%s", out->length ? ", " : "", tensors[0].transposed ? "transposed" : "not transposed");
    if (tensors[0].interleaved)
        text_append(out, ", interleaved");
    if (tensors[0].role == 'X')
        text_append(out, ", one kernel split into those of x and h");
    if (layer->kind != NETWORK_EMBEDDING)
        text_append(out, ", bias %s", gb_bias_name(layer->bias));
    if (c->keep < 0)
        text_append(out, strcmp(c->cell, "cifg") == 0 ? ", i negated, since 1 - i keeps the state"
                                                      : ", z negated, since 1 - z keeps the state");
    if (c->constant != 0)
        text_append(out, ", %g added to the forget bias", c->constant);
    const convention_function *const functions[] = {layer->gates, layer->state};
    for (size_t i = 0; i < 2; i++) {
        char formula[FUNCTION_TEXT];
        if (functions[i] && (functions[i]->kind == FUNCTION_HARD || functions[i]->kind == FUNCTION_RELU))
            text_append(out, ", %s: %s", functions[i]->name,
                        convention_function_text(functions[i]->kind, layer->slope, formula));
    }
}
