/* SPDX-License-Identifier: MIT */
/* Planning a layer of matrix products and gates: where its tensors lie, all the memory that its passes need, and the
 * product itself. */
#include "backends/onednn/gates.h"

#include "cells/cells.h"

gb_status onednn_product(onednn_gates *plan, size_t m, size_t n, size_t k, onednn_matrix a, onednn_matrix b, bool add,
                         float *c, size_t c_stride) {
    if (n == 0 || k == 0)
        return GB_OK;
    ONEDNN_TRY(plan, dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', (dnnl_dim_t)m, (dnnl_dim_t)n,
                                (dnnl_dim_t)k, 1, a.data, (dnnl_dim_t)a.stride, b.data, (dnnl_dim_t)b.stride,
                                add ? 1 : 0, c, (dnnl_dim_t)c_stride));
    return GB_OK;
}

static void destroy(void *plan_pointer) {
    onednn_gates *plan = plan_pointer;
    if (!plan)
        return;
    float *const blocks[] = {plan->h,  plan->c,  plan->saved,   plan->wx,      plan->uh,    plan->bias_row,
                             plan->dh, plan->dc, plan->dh_prev, plan->dc_prev, plan->dgated};
    if (plan->duh != plan->wx)
        gb_release(plan->context, plan->duh);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        gb_release(plan->context, blocks[i]);
    gb_release(plan->context, plan);
}

static const char *implementation(const void *plan) {
    (void)plan;
    return "matmul + gates (sgemm)";
}

static const onednn_path gates_path = {
    .destroy = destroy,
    .implementation = implementation,
    .forward = onednn_gates_forward,
    .backward = onednn_gates_backward,
};

/* Products of these sizes fit: layer.c has checked them. */
static gb_status buffers_create(onednn_gates *plan) {
    const size_t T = plan->spec.steps, N = plan->spec.batch;
    const size_t memory = plan->cell->info.has_memory ? 1 : 0, training = plan->spec.training ? 1 : 0;
    const struct {
        float **buffer;
        size_t count;
    } buffers[] = {
        {&plan->h, (T + 1) * plan->state},
        {&plan->c, memory * (T + 1) * plan->state},
        {&plan->saved, (training ? T : 1) * N * plan->saved_stride},
        {&plan->wx, plan->rows * plan->width},
        {&plan->uh, N * plan->recurrent},
        {&plan->bias_row, plan->recurrent},
        {&plan->dh, training * plan->state},
        {&plan->dc, training * plan->state},
        {&plan->dh_prev, training * plan->state},
        {&plan->dc_prev, training * plan->state},
        {&plan->dgated, training * plan->state},
    };
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
        GB_TRY(gb_allocate(plan->context, buffers[i].count, sizeof(float), buffers[i].buffer));
    if (!plan->cell->separate_uh) {
        plan->duh = plan->wx;
        return GB_OK;
    }
    return gb_allocate(plan->context, training * plan->rows * plan->recurrent, sizeof(float), &plan->duh);
}

static void locate_tensors(onednn_gates *plan) {
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t floats;
    const gb_layer_spec *spec = &plan->spec;
    const size_t count = gb_cell_tensors(&plan->cell->info, spec->input, spec->hidden, spec->bias, tensors, &floats);
    for (size_t i = 0; i < count; i++) {
        plan->present[tensors[i].role] = true;
        plan->offset[tensors[i].role] = tensors[i].offset;
    }
}

gb_status onednn_gates_create(gb_context *context, const gb_layer_spec *spec, void **plan_out) {
    const cell *found = cell_find_f32(context, spec->cell);
    const size_t H = spec->hidden;
    onednn_gates *plan;
    GB_TRY(gb_allocate(context, 1, sizeof *plan, &plan));
    *plan = (onednn_gates){
        .path = &gates_path,
        .context = context,
        .spec = *spec,
        .cell = found,
        .rows = spec->steps * spec->batch,
        .state = spec->batch * H,
        .width = found->info.gates * H,
        .recurrent = found->info.recurrent_gates * H,
        .first = found->first_stage * H,
        .bias_gates = cell_recurrent_bias_gates(&found->info, spec->bias),
        .saved_stride = found->saved * H,
    };
    locate_tensors(plan);
    gb_status status = buffers_create(plan);
    if (status != GB_OK) {
        destroy(plan);
        return status;
    }
    *plan_out = plan;
    return GB_OK;
}
