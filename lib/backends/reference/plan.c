/* SPDX-License-Identifier: MIT */
/* Planning a reference layer: where its tensors lie, and all the memory that its passes need. */
#include "backends/reference/plan.h"

#include "cells/cells.h"

#define CHUNK_ROWS 256 /* rows (steps times batch) of gate sums that stay in the second-level cache */

static void destroy(gb_context *context, void *block) {
    reference_plan *plan = block;
    real *const owned[] = {plan->h,
                           plan->c,
                           plan->saved_rows,
                           plan->wx,
                           plan->uh,
                           plan->dwx,
                           plan->dh,
                           plan->dc,
                           plan->dh_prev,
                           plan->dc_prev,
                           plan->dgated,
                           plan->bias_row,
                           plan->kernel_transposed,
                           plan->recurrent_transposed};
    if (plan->duh != plan->dwx)
        gb_release(context, plan->duh);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        gb_release(context, owned[i]);
    gb_release(context, plan);
}

static gb_status allocate_all(gb_context *context, reference_plan *plan) {
    /* layer.c has checked that products of these sizes fit */
    const size_t state = plan->batch * plan->hidden;
    const size_t boundaries = plan->training ? plan->steps + 1 : 2, kept = plan->training ? plan->steps : 1;
    const size_t memory = plan->cell->info.has_memory ? 1 : 0, backward = plan->training ? 1 : 0;
    const struct {
        real **block;
        size_t count;
    } blocks[] = {
        {&plan->h, boundaries * state},
        {&plan->c, memory * boundaries * state},
        {&plan->saved_rows, kept * state * plan->saved},
        {&plan->wx, plan->chunk * state * plan->gates},
        {&plan->uh, state * plan->recurrent_gates},
        {&plan->bias_row, plan->recurrent_gates * plan->hidden},
        {&plan->dwx, backward * plan->chunk * state * plan->gates},
        {&plan->dh, backward * state},
        {&plan->dc, backward * state},
        {&plan->dh_prev, backward * state},
        {&plan->dc_prev, backward * state},
        {&plan->dgated, backward * state},
        {&plan->kernel_transposed, backward * plan->gates * plan->hidden * plan->input},
        {&plan->recurrent_transposed, backward * plan->recurrent_gates * plan->hidden * plan->hidden},
    };
    gb_status status = GB_OK;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && status == GB_OK; i++)
        status = gb_allocate(context, blocks[i].count, sizeof(real), blocks[i].block);
    if (status == GB_OK && plan->training && plan->cell->separate_uh)
        status = gb_allocate(context, plan->chunk * state * plan->recurrent_gates, sizeof(real), &plan->duh);
    else
        plan->duh = plan->dwx;
    return status;
}

static void locate_tensors(reference_plan *plan, const gb_layer_spec *spec) {
    static const int part_of[] = {[GB_ROLE_KERNEL] = KERNEL,
                                  [GB_ROLE_RECURRENT] = RECURRENT,
                                  [GB_ROLE_BIAS] = BIAS,
                                  [GB_ROLE_RECURRENT_BIAS] = RECURRENT_BIAS,
                                  [GB_ROLE_PEEPHOLE] = PEEPHOLE};
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t count;
    const size_t n = gb_cell_tensors(&plan->cell->info, spec->input, spec->hidden, spec->bias, tensors, &count);
    for (size_t i = 0; i < n; i++) {
        plan->present[part_of[tensors[i].role]] = true;
        plan->offset[part_of[tensors[i].role]] = tensors[i].offset;
    }
}

gb_status REAL(reference_create)(gb_context *context, const gb_layer_spec *spec, void **block) {
    static const reference_operations operations = {destroy, REAL(reference_forward), REAL(reference_backward)};
    const cell *found = REAL(cell_find)(context, spec->cell);
    reference_plan *plan;
    *block = NULL;
    gb_status status = gb_allocate(context, 1, sizeof *plan, &plan);
    if (status != GB_OK)
        return status;
    *plan = (reference_plan){
        .operations = &operations,
        .cell = found,
        .steps = spec->steps,
        .batch = spec->batch,
        .input = spec->input,
        .hidden = spec->hidden,
        .gates = found->info.gates,
        .recurrent_gates = found->info.recurrent_gates,
        .saved = found->saved,
        .recurrent_bias_gates = cell_recurrent_bias_gates(&found->info, spec->bias),
        .training = spec->training,
    };
    plan->chunk = plan->batch < CHUNK_ROWS ? CHUNK_ROWS / plan->batch : 1;
    plan->chunk = plan->chunk < plan->steps ? plan->chunk : plan->steps;
    locate_tensors(plan, spec);
    status = allocate_all(context, plan);
    if (status != GB_OK) {
        destroy(context, plan);
        return status;
    }
    *block = plan;
    return GB_OK;
}
