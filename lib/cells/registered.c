/* SPDX-License-Identifier: MIT */
/* Cells that a program registers. They belong to a context, since the library has no mutable globals. They are found by
 * name like the built-in ones, which they cannot replace. */
#include <stdint.h>
#include <string.h>

#include "cells/cells.h"
#include "core/context.h"

#define NAME_MOST 31

typedef struct registered_cell {
    context_item item; /* must be first: the context releases it */
    const gb_cell_f32 *f32;
    const gb_cell_f64 *f64;
} registered_cell;

static const registered_cell *find(const gb_context *context, const char *name) {
    const context_item *item = context && name ? context_first(context) : NULL;
    for (; item; item = item->next) {
        const registered_cell *cell = (const registered_cell *)item;
        if (strcmp(cell->f64->info.name, name) == 0)
            return cell;
    }
    return NULL;
}

const gb_cell_f32 *registered_find_f32(const gb_context *context, const char *name) {
    const registered_cell *cell = find(context, name);
    return cell ? cell->f32 : NULL;
}

const gb_cell_f64 *registered_find_f64(const gb_context *context, const char *name) {
    const registered_cell *cell = find(context, name);
    return cell ? cell->f64 : NULL;
}

const gb_cell_info *gb_context_cell_at(const gb_context *context, size_t i) {
    const context_item *item = context ? context_first(context) : NULL;
    for (; item && i > 0; i--)
        item = item->next;
    return item ? &((const registered_cell *)item)->f64->info : NULL;
}

const gb_cell_info *gb_context_find_cell(const gb_context *context, const char *name) {
    const gb_cell_info *built_in = gb_cell_find(name);
    const registered_cell *registered = built_in ? NULL : find(context, name);
    return registered ? &registered->f64->info : built_in;
}

static bool valid_name(const char *name) {
    const size_t length = name ? strlen(name) : 0;
    return length > 0 && length <= NAME_MOST && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static bool taken(const gb_context *context, const char *name) {
    return gb_context_find_cell(context, name) || gb_network_find(name);
}

static bool same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_gates(const gb_cell_info *a, const gb_cell_info *b) {
    bool same = a->gates == b->gates && same_text(a->forget_gate, b->forget_gate) &&
                same_text(a->memory_gate, b->memory_gate) && a->memory_sign == b->memory_sign &&
                same_text(a->input_gate, b->input_gate);
    for (size_t gate = 0; same && gate < a->gates; gate++)
        same = same_text(a->gate_names[gate], b->gate_names[gate]);
    return same;
}

static bool same_facts(const gb_cell_f32 *a, const gb_cell_f64 *b) {
    return same_text(a->info.name, b->info.name) && same_gates(&a->info, &b->info) &&
           a->info.recurrent_gates == b->info.recurrent_gates && a->info.has_memory == b->info.has_memory &&
           a->info.reset_after == b->info.reset_after && a->info.peepholes == b->info.peepholes &&
           a->saved == b->saved && a->separate_uh == b->separate_uh && a->first_stage == b->first_stage &&
           a->gated == b->gated;
}

gb_status gb_context_register_cell(gb_context *context, const gb_cell_f32 *f32, const gb_cell_f64 *f64) {
    if (!f32 || !f64)
        return gb_fail(context, GB_INVALID, "a cell is registered in two forms, f32 and f64; one of them is NULL");
    const char *name = f64->info.name;
    if (!valid_name(name) || !valid_name(f32->info.name)) {
        return gb_fail(context, GB_INVALID,
                       "cell '%.40s': a name has 1 to %d lower-case letters, digits and underscores", name ? name : "",
                       NAME_MOST);
    }
    if (taken(context, name))
        return gb_fail(context, GB_INVALID, "cell '%s': the name is taken; give the cell another one", name);
    const char *wrong = cell_validate_f32(f32);
    if (!wrong)
        wrong = cell_validate_f64(f64);
    if (!wrong && !same_facts(f32, f64))
        wrong = "its f32 and f64 forms differ in name, gates, memory, saved rows or stages";
    if (wrong)
        return gb_fail(context, GB_INVALID, "cell '%s': %s", name, wrong);
    registered_cell *cell;
    const gb_status status = gb_allocate(context, 1, sizeof *cell, &cell);
    if (status == GB_OK) {
        cell->f32 = f32;
        cell->f64 = f64;
        context_append(context, &cell->item);
    }
    return status;
}
