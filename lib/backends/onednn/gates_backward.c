/* SPDX-License-Identifier: MIT */
/* Backpropagation through time by matrix products and gates: step by step backwards through the cell and U, then for
 * all steps at once what reaches W, U, the biases and x. */
#include "backends/onednn/gates.h"

#include <string.h>

#include "core/matmul.h"

static void for_each_row(const onednn_gates *plan, const float *peephole, float *dpeephole, size_t t,
                         void (*work)(const cell_backstep *step)) {
    const size_t H = plan->spec.hidden, N = plan->spec.batch;
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = 0; n < N; n++) {
        const size_t row = n * H, now = t * plan->state + row, next = now + plan->state;
        const cell_backstep step = {
            .hidden = H,
            .h_prev = plan->h + now,
            .c_prev = memory ? plan->c + now : NULL,
            .c = memory ? plan->c + next : NULL,
            .peephole = peephole,
            .saved = onednn_saved_at(plan, t) + n * plan->saved_stride,
            .dh = plan->dh + row,
            .dc = plan->dc + row,
            .dgated = plan->dgated + row,
            .dwx = plan->wx + (t * N + n) * plan->width,
            .duh = plan->duh + (t * N + n) * plan->recurrent,
            .dh_prev = plan->dh_prev + row,
            .dc_prev = plan->dc_prev + row,
            .dpeephole = dpeephole,
        };
        work(&step);
    }
}

/* From dh, dc behind step t to those before it. */
static gb_status run_step(onednn_gates *plan, const gb_layer_pass *pass, size_t t) {
    const size_t H = plan->spec.hidden, N = plan->spec.batch, first = plan->first, recurrent = plan->recurrent;
    const float *U = onednn_part(plan, pass->parameters, GB_ROLE_RECURRENT);
    const float *peephole = onednn_part(plan, pass->parameters, GB_ROLE_PEEPHOLE);
    float *const dpeephole = onednn_gradient_part(plan, pass->dparameters, GB_ROLE_PEEPHOLE);
    const float *duh = plan->duh + t * N * recurrent;

    for_each_row(plan, peephole, dpeephole, t, plan->cell->backward);
    if (first < recurrent) {
        GB_TRY(onednn_product(plan, N, H, recurrent - first, (onednn_matrix){duh + first, recurrent, false},
                              (onednn_matrix){U + first, recurrent, true}, false, plan->dgated, H));
        for_each_row(plan, peephole, dpeephole, t, plan->cell->gate_backward);
    }
    GB_TRY(onednn_product(plan, N, H, first, (onednn_matrix){duh, recurrent, false},
                          (onednn_matrix){U, recurrent, true}, true, plan->dh_prev, H));

    float *const dh = plan->dh, *const dc = plan->dc;
    plan->dh = plan->dh_prev;
    plan->dc = plan->dc_prev;
    plan->dh_prev = dh;
    plan->dc_prev = dc;
    return GB_OK;
}

static gb_status collect_recurrent(onednn_gates *plan, float *dU, float *dbias) {
    const size_t H = plan->spec.hidden, rows = plan->rows, first = plan->first, recurrent = plan->recurrent;
    const size_t bias = plan->bias_gates * H;

    GB_TRY(onednn_product(plan, H, first, rows, (onednn_matrix){plan->h, H, true},
                          (onednn_matrix){plan->duh, recurrent, false}, true, dU, recurrent));
    if (first < recurrent) {
        const onednn_matrix gated = {plan->saved + plan->cell->gated * H, plan->saved_stride, true};
        GB_TRY(onednn_product(plan, H, recurrent - first, rows, gated,
                              (onednn_matrix){plan->duh + first, recurrent, false}, true, dU + first, recurrent));
    }
    for (size_t row = 0; dbias && row < rows; row++)
        add_rows_f32(1, bias, plan->duh + (row + 1) * recurrent - bias, dbias);
    return GB_OK;
}

/* What the gradients of all steps' sums give to the parameters and to x. */
static gb_status collect(onednn_gates *plan, const gb_layer_pass *pass) {
    const size_t I = plan->spec.input, rows = plan->rows, width = plan->width;
    const onednn_matrix dwx = {plan->wx, width, false};
    float *const dbias = onednn_gradient_part(plan, pass->dparameters, GB_ROLE_BIAS);

    GB_TRY(onednn_product(plan, I, width, rows, (onednn_matrix){pass->x, I, true}, dwx, true,
                          onednn_gradient_part(plan, pass->dparameters, GB_ROLE_KERNEL), width));
    GB_TRY(collect_recurrent(plan, onednn_gradient_part(plan, pass->dparameters, GB_ROLE_RECURRENT),
                             onednn_gradient_part(plan, pass->dparameters, GB_ROLE_RECURRENT_BIAS)));
    if (dbias)
        add_rows_f32(rows, width, plan->wx, dbias);
    if (!pass->dx)
        return GB_OK;
    const onednn_matrix W = {onednn_part(plan, pass->parameters, GB_ROLE_KERNEL), width, true};
    return onednn_product(plan, rows, I, width, dwx, W, false, pass->dx, I);
}

static void copy_or_zero(float *to, const void *from, size_t count) {
    if (!from)
        memset(to, 0, count * sizeof *to);
    else
        memcpy(to, from, count * sizeof *to);
}

gb_status onednn_gates_backward(gb_context *context, void *plan_pointer, const gb_layer_pass *pass) {
    onednn_gates *plan = plan_pointer;
    const bool memory = plan->cell->info.has_memory;
    const float *dy = pass->dy;
    plan->context = context;
    if (pass->dstate)
        return onednn_refuse_dstate(context);

    copy_or_zero(plan->dh, pass->dhT, plan->state);
    copy_or_zero(plan->dc, memory ? pass->dcT : NULL, plan->state);
    for (size_t t = plan->spec.steps; t-- > 0;) {
        add_rows_f32(1, plan->state, dy + t * plan->state, plan->dh);
        GB_TRY(run_step(plan, pass, t));
    }
    GB_TRY(collect(plan, pass));
    if (pass->dh0)
        memcpy(pass->dh0, plan->dh, plan->state * sizeof(float));
    if (pass->dc0 && memory)
        memcpy(pass->dc0, plan->dc, plan->state * sizeof(float));
    return GB_OK;
}
