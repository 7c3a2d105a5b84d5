/* SPDX-License-Identifier: MIT */
/* Forward by matrix products and gates: x W + b for all steps at once, then step by step h U + b_U and the cell. */
#include "backends/onednn/gates.h"

#include <string.h>

#include "core/matmul.h"

static void start_state(float *state, const void *given, size_t count) {
    if (!given)
        memset(state, 0, count * sizeof *state);
    else
        memcpy(state, given, count * sizeof *state);
}

static void for_each_row(const onednn_gates *plan, const float *peephole, size_t t,
                         void (*work)(const cell_step *step)) {
    const size_t H = plan->spec.hidden, N = plan->spec.batch;
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = 0; n < N; n++) {
        const size_t now = t * plan->state + n * H, next = now + plan->state;
        const cell_step step = {
            .hidden = H,
            .wx = plan->wx + (t * N + n) * plan->width,
            .uh = plan->uh + n * plan->recurrent,
            .h_prev = plan->h + now,
            .c_prev = memory ? plan->c + now : NULL,
            .peephole = peephole,
            .h = plan->h + next,
            .c = memory ? plan->c + next : NULL,
            .saved = onednn_saved_at(plan, t) + n * plan->saved_stride,
        };
        work(&step);
    }
}

static gb_status run_step(onednn_gates *plan, const float *U, const float *peephole, size_t t) {
    const size_t H = plan->spec.hidden, N = plan->spec.batch, first = plan->first;
    const onednn_matrix h_prev = {plan->h + t * plan->state, H, false};

    fill_rows_f32(N, plan->recurrent, plan->bias_row, plan->uh);
    GB_TRY(onednn_product(plan, N, first, H, h_prev, (onednn_matrix){U, plan->recurrent, false}, true, plan->uh,
                          plan->recurrent));
    if (first < plan->recurrent) {
        const onednn_matrix gated = {onednn_saved_at(plan, t) + plan->cell->gated * H, plan->saved_stride, false};
        for_each_row(plan, peephole, t, plan->cell->gate);
        GB_TRY(onednn_product(plan, N, plan->recurrent - first, H, gated,
                              (onednn_matrix){U + first, plan->recurrent, false}, true, plan->uh + first,
                              plan->recurrent));
    }
    for_each_row(plan, peephole, t, plan->cell->forward);
    return GB_OK;
}

static void load_recurrent_bias(onednn_gates *plan, const float *bias) {
    const size_t count = plan->bias_gates * plan->spec.hidden;
    if (bias)
        memcpy(plan->bias_row + plan->recurrent - count, bias, count * sizeof *bias);
}

static void copy_out(void *to, const float *from, size_t count) {
    if (to)
        memcpy(to, from, count * sizeof *from);
}

gb_status onednn_gates_forward(gb_context *context, void *plan_pointer, const gb_layer_pass *pass) {
    onednn_gates *plan = plan_pointer;
    const size_t I = plan->spec.input, T = plan->spec.steps;
    const bool memory = plan->cell->info.has_memory;
    const float *U = onednn_part(plan, pass->parameters, GB_ROLE_RECURRENT);
    const float *peephole = onednn_part(plan, pass->parameters, GB_ROLE_PEEPHOLE);
    const onednn_matrix x = {pass->x, I, false};
    const onednn_matrix W = {onednn_part(plan, pass->parameters, GB_ROLE_KERNEL), plan->width, false};
    plan->context = context;

    start_state(plan->h, pass->h0, plan->state);
    start_state(plan->c, pass->c0, memory ? plan->state : 0);
    load_recurrent_bias(plan, onednn_part(plan, pass->parameters, GB_ROLE_RECURRENT_BIAS));
    fill_rows_f32(plan->rows, plan->width, onednn_part(plan, pass->parameters, GB_ROLE_BIAS), plan->wx);
    GB_TRY(onednn_product(plan, plan->rows, plan->width, I, x, W, true, plan->wx, plan->width));
    for (size_t t = 0; t < T; t++)
        GB_TRY(run_step(plan, U, peephole, t));

    copy_out(pass->y, plan->h + plan->state, T * plan->state);
    copy_out(pass->hT, plan->h + T * plan->state, plan->state);
    if (memory)
        copy_out(pass->cT, plan->c + T * plan->state, plan->state);
    return GB_OK;
}
