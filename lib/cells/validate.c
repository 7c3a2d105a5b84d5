/* SPDX-License-Identifier: MIT */
/* Checks the descriptor of a registered cell for everything that the backends and the counts assume. */
#include <string.h>

#include "cells/cell.h"
#include "cells/cells.h"

/* far above any cell; larger numbers are uninitialised memory */
#define GATES_MOST 64
#define SAVED_MOST 256

static size_t gates_named(const gb_cell_info *info, const char *name) {
    size_t count = 0;
    for (size_t gate = 0; gate < info->gates; gate++)
        count += strcmp(info->gate_names[gate], name) == 0;
    return count;
}

static bool has_gate(const gb_cell_info *info, const char *name) {
    return gates_named(info, name) > 0;
}

static const char *check_gates(const gb_cell_info *info) {
    if (info->gates == 0 || info->gates > GATES_MOST)
        return "its number of gates is not in 1..64";
    if (!info->gate_names)
        return "it has no names for its gates";
    for (size_t gate = 0; gate < info->gates; gate++)
        if (!info->gate_names[gate] || info->gate_names[gate][0] == '\0')
            return "one of its gates has no name";
    for (size_t gate = 0; gate < info->gates; gate++)
        if (gates_named(info, info->gate_names[gate]) > 1)
            return "two of its gates have the same name";
    if (info->recurrent_gates > info->gates)
        return "it has more recurrent gates than gates";
    if (info->forget_gate && !has_gate(info, info->forget_gate))
        return "its forget gate is not one of its gates";
    if (info->memory_gate && !has_gate(info, info->memory_gate))
        return "its memory gate is not one of its gates";
    if (info->memory_gate ? info->memory_sign != 1 && info->memory_sign != -1 : info->memory_sign != 0)
        return "memory_sign must be +1 or -1 with a memory gate, and 0 without one";
    if (info->input_gate && (!info->memory_gate || !has_gate(info, info->input_gate)))
        return "its input gate is not one of its gates, or it has no memory gate";
    /* the counts put one diagonal vector at each of these */
    if (info->peepholes && !(has_gate(info, "i") && has_gate(info, "f") && has_gate(info, "o")))
        return "peepholes belong to gates named i, f and o, and it lacks one of those";
    for (int convention = 0; convention < GB_CONVENTIONS; convention++)
        if ((size_t)info->bias[convention] > GB_BIAS_DOUBLE)
            return "its bias for one of the conventions is not none, single or double";
    return NULL;
}

const char *REAL(cell_validate)(const cell *given) {
    const gb_cell_info *info = &given->info;
    if (!info->title || !info->source)
        return "its title or its source is missing";
    const char *wrong = check_gates(info);
    if (wrong)
        return wrong;
    if (given->saved > SAVED_MOST)
        return "its number of saved rows is not in 0..256";
    if (!given->forward || !given->backward)
        return "its forward or backward function is missing";
    if (!given->separate_uh && info->recurrent_gates != 0 && info->recurrent_gates != info->gates)
        return "only some of its gates are recurrent, so it needs separate_uh";
    if (info->reset_after && info->recurrent_gates == 0)
        return "reset_after needs a recurrent gate";
    if (given->first_stage > info->recurrent_gates)
        return "its first stage has more gates than are recurrent";
    if (given->first_stage < info->recurrent_gates &&
        (!given->gate || !given->gate_backward || given->gated >= given->saved)) {
        return "its second stage (first_stage is less than recurrent_gates) needs gate, gate_backward, and gated as "
               "one "
               "of the saved rows";
    }
    return NULL;
}
