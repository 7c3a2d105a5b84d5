/* SPDX-License-Identifier: MIT */
/* Looking cells up, counting their parameters by formula, and laying out their tensors. */
#include "cells/cells.h"

#include <stdio.h>
#include <string.h>

#include "core/edit_distance.h"
#include "core/sizes.h"

static const char *const peephole_names[] = {"i", "f", "o"};

size_t gb_cell_count(void) {
    size_t count = 0;
    while (cell_info_at_f64(count))
        count++;
    return count;
}

const gb_cell_info *gb_cell_at(size_t i) {
    return cell_info_at_f64(i);
}

const gb_cell_info *gb_cell_find(const char *name) {
    const gb_cell_info *cell;
    for (size_t i = 0; name && (cell = gb_cell_at(i)); i++)
        if (strcmp(cell->name, name) == 0)
            return cell;
    return NULL;
}

const gb_network_info *gb_network_at(size_t i) {
    static const gb_network_info networks[] = {
#define GB_NETWORK(name, kind, title, source) {#name, title, source},
#include "cells/networks.def"
#undef GB_NETWORK
    };
    return i < sizeof networks / sizeof *networks ? &networks[i] : NULL;
}

const gb_network_info *gb_network_find(const char *name) {
    const gb_network_info *network;
    for (size_t i = 0; name && (network = gb_network_at(i)); i++)
        if (strcmp(network->name, name) == 0)
            return network;
    return NULL;
}

/* The i-th cell of this context, built-in or registered. */
static const gb_cell_info *known_at(const gb_context *context, size_t i) {
    const size_t built_in = gb_cell_count();
    return i < built_in ? gb_cell_at(i) : gb_context_cell_at(context, i - built_in);
}

void cell_describe_unknown(const gb_context *context, const char *name, char *text, size_t size) {
    const gb_cell_info *cell, *nearest = gb_cell_at(0);
    char known[512] = "";
    name = name ? name : "";
    for (size_t i = 0; (cell = known_at(context, i)) && strlen(known) < sizeof known - 1; i++) {
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ", ", cell->name);
        if (text_distance(name, cell->name) < text_distance(name, nearest->name))
            nearest = cell;
    }
    snprintf(text, size, "unknown cell '%s'; did you mean '%s'? known cells: %s", name, nearest->name, known);
}

size_t cell_recurrent_bias_gates(const gb_cell_info *cell, gb_bias bias) {
    switch (bias) {
    case GB_BIAS_DOUBLE:
        return cell->recurrent_gates;
    case GB_BIAS_SINGLE:
        return cell->reset_after ? 1 : 0;
    case GB_BIAS_NONE:
        break;
    }
    return 0;
}

static bool is_peephole(const char *gate) {
    for (size_t i = 0; i < sizeof peephole_names / sizeof *peephole_names; i++)
        if (strcmp(gate, peephole_names[i]) == 0)
            return true;
    return false;
}

size_t gb_cell_parameters(const gb_cell_info *cell, size_t input, size_t hidden, gb_bias bias, size_t (*split)[3]) {
    const size_t recurrent_biases = cell_recurrent_bias_gates(cell, bias);
    size_t total = 0;
    for (size_t gate = 0; gate < cell->gates; gate++) {
        const bool recurrent = gate < cell->recurrent_gates;
        const bool peephole = cell->peepholes && is_peephole(cell->gate_names[gate]);
        const bool second_bias = recurrent && gate >= cell->recurrent_gates - recurrent_biases;
        /* per gate: W_g is I x H, U_g is H x H, and each vector is H */
        const size_t rows[3] = {input, (recurrent ? hidden : 0) + (peephole ? 1 : 0),
                                (bias != GB_BIAS_NONE ? 1u : 0u) + (second_bias ? 1u : 0u)};
        for (size_t part = 0; part < 3; part++) {
            size_t count = rows[part];
            if (!size_multiply(&count, hidden) || !size_add(&total, count))
                return 0;
            if (split)
                split[gate][part] = count;
        }
    }
    return total;
}

static int forget_gate(const gb_cell_info *cell) {
    for (size_t gate = 0; cell->forget_gate && gate < cell->gates; gate++)
        if (strcmp(cell->gate_names[gate], cell->forget_gate) == 0)
            return (int)gate;
    return -1;
}

size_t gb_cell_tensors(const gb_cell_info *cell, size_t input, size_t hidden, gb_bias bias,
                       gb_tensor tensors[GB_CELL_TENSORS], size_t *count) {
    const size_t second = cell_recurrent_bias_gates(cell, bias);
    const int forget = forget_gate(cell);
    const char *const *const gates = cell->gate_names;
    const struct {
        bool present;
        gb_tensor tensor;
    } parts[GB_CELL_TENSORS] = {
        {true, {.name = "kernel", .role = GB_ROLE_KERNEL, .shape = {input, cell->gates, hidden}, .gates = gates}},
        {cell->recurrent_gates > 0,
         {.name = "recurrent",
          .role = GB_ROLE_RECURRENT,
          .shape = {hidden, cell->recurrent_gates, hidden},
          .gates = gates}},
        {bias != GB_BIAS_NONE,
         {.name = "bias", .role = GB_ROLE_BIAS, .shape = {1, cell->gates, hidden}, .gates = gates}},
        {second > 0,
         {.name = "recurrent_bias",
          .role = GB_ROLE_RECURRENT_BIAS,
          .shape = {1, second, hidden},
          .gates = gates + (cell->recurrent_gates - second)}},
        {cell->peepholes,
         {.name = "peephole", .role = GB_ROLE_PEEPHOLE, .shape = {1, 3, hidden}, .gates = peephole_names}},
    };
    size_t written = 0, offset = 0;
    *count = 0;
    for (size_t i = 0; i < GB_CELL_TENSORS; i++) {
        if (!parts[i].present)
            continue;
        gb_tensor tensor = parts[i].tensor;
        tensor.forget_gate = tensor.role == GB_ROLE_PEEPHOLE || tensor.shape[1] != cell->gates ? -1 : forget;
        tensor.offset = offset;
        tensor.count = tensor.shape[0];
        if (!size_multiply(&tensor.count, tensor.shape[1]) || !size_multiply(&tensor.count, tensor.shape[2]) ||
            !size_add(&offset, tensor.count))
            return 0;
        tensors[written++] = tensor;
    }
    *count = offset;
    return written;
}

const char *gb_convention_name(gb_convention convention) {
    static const char *const names[GB_CONVENTIONS] = {
        [GB_CONVENTION_KERAS] = "keras",
        [GB_CONVENTION_PYTORCH] = "pytorch",
        [GB_CONVENTION_ONEDNN] = "onednn",
        [GB_CONVENTION_PAPER] = "paper",
    };
    return (size_t)convention < GB_CONVENTIONS ? names[convention] : "unknown";
}

const char *gb_bias_name(gb_bias bias) {
    static const char *const names[] = {
        [GB_BIAS_NONE] = "none", [GB_BIAS_SINGLE] = "single", [GB_BIAS_DOUBLE] = "double"};
    return (size_t)bias < sizeof names / sizeof *names ? names[bias] : "unknown";
}
