/* SPDX-License-Identifier: MIT */
/* Backpropagation through time: step by step backwards through the cell and U, then for each chunk of steps at once
 * what reaches W, U, the biases and x. */
#include <string.h>

#include "backends/reference/plan.h"
#include "core/matmul.h"

typedef struct gradients {
    const real *peephole;
    real *kernel, *recurrent, *bias, *recurrent_bias, *dpeephole;
} gradients;

static void for_each_row(const reference_plan *plan, const gradients *to, size_t t, size_t at,
                         void (*work)(const cell_backstep *)) {
    const size_t hidden = plan->hidden, batch = plan->batch;
    const size_t before = reference_state_at(plan, t), after = reference_state_at(plan, t + 1);
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = 0; n < batch; n++) {
        const size_t row = n * hidden;
        const cell_backstep step = {
            .hidden = hidden,
            .h_prev = plan->h + before + row,
            .c_prev = memory ? plan->c + before + row : NULL,
            .c = memory ? plan->c + after + row : NULL,
            .peephole = to->peephole,
            .saved = reference_saved_at(plan, t) + row * plan->saved,
            .dh = plan->dh + row,
            .dc = plan->dc + row,
            .dgated = plan->dgated + row,
            .dwx = plan->dwx + (at * batch * hidden + row) * plan->gates,
            .duh = plan->duh + (at * batch * hidden + row) * plan->recurrent_gates,
            .dh_prev = plan->dh_prev + row,
            .dc_prev = plan->dc_prev + row,
            .dpeephole = to->dpeephole,
        };
        work(&step);
    }
}

/* Step t of the whole batch, the at-th of its chunk: from dh, dc behind the step to those before it. */
static void run_step(reference_plan *plan, const gradients *to, size_t t, size_t at) {
    const size_t hidden = plan->hidden, width = plan->recurrent_gates * hidden;
    const size_t first = plan->cell->first_stage * hidden;
    const real *duh = plan->duh + at * plan->batch * width;

    for_each_row(plan, to, t, at, plan->cell->backward);
    if (first < width) {
        REAL(fill_rows)(plan->batch, hidden, NULL, plan->dgated);
        REAL(matmul_add)
        (plan->batch, hidden, width - first, (matrix){duh + first, width},
         (matrix){plan->recurrent_transposed + first * hidden, hidden}, plan->dgated, hidden);
        for_each_row(plan, to, t, at, plan->cell->gate_backward);
    }
    REAL(matmul_add)
    (plan->batch, hidden, first, (matrix){duh, width}, (matrix){plan->recurrent_transposed, hidden}, plan->dh_prev,
     hidden);

    real *const dh = plan->dh, *const dc = plan->dc;
    plan->dh = plan->dh_prev;
    plan->dc = plan->dc_prev;
    plan->dh_prev = dh;
    plan->dc_prev = dc;
}

/* What a chunk of gate gradients gives to the parameters and to x. */
static void collect_chunk(const reference_plan *plan, const gradients *to, const gb_layer_pass *pass, size_t from,
                          size_t steps) {
    const size_t hidden = plan->hidden, rows = steps * plan->batch, input = plan->input;
    const size_t width = plan->gates * hidden, recurrent_width = plan->recurrent_gates * hidden;
    const size_t first = plan->cell->first_stage * hidden;
    const real *x = (const real *)pass->x + from * plan->batch * input;
    const real *h_prev = plan->h + reference_state_at(plan, from);

    REAL(matmul_add_transposed)
    (input, width, rows, (matrix){x, input}, (matrix){plan->dwx, width}, to->kernel, width);
    if (first > 0) {
        REAL(matmul_add_transposed)
        (hidden, first, rows, (matrix){h_prev, hidden}, (matrix){plan->duh, recurrent_width}, to->recurrent,
         recurrent_width);
    }
    if (first < recurrent_width) {
        const real *gated = reference_saved_at(plan, from) + plan->cell->gated * hidden;
        REAL(matmul_add_transposed)
        (hidden, recurrent_width - first, rows, (matrix){gated, plan->saved * hidden},
         (matrix){plan->duh + first, recurrent_width}, to->recurrent + first, recurrent_width);
    }
    if (to->bias)
        REAL(add_rows)(rows, width, plan->dwx, to->bias);
    if (to->recurrent_bias) {
        const size_t columns = plan->recurrent_bias_gates * hidden;
        for (size_t row = 0; row < rows; row++)
            REAL(add_rows)(1, columns, plan->duh + (row + 1) * recurrent_width - columns, to->recurrent_bias);
    }
    if (pass->dx) {
        real *dx = (real *)pass->dx + from * plan->batch * input;
        REAL(fill_rows)(rows, input, NULL, dx);
        REAL(matmul_add)
        (rows, input, width, (matrix){plan->dwx, width}, (matrix){plan->kernel_transposed, input}, dx, input);
    }
}

static void record_state(const reference_plan *plan, const gb_layer_pass *pass, size_t boundary) {
    const size_t hidden = plan->hidden, parts = plan->cell->info.has_memory ? 2 : 1;
    if (!pass->dstate)
        return;
    real *row = (real *)pass->dstate + boundary * plan->batch * parts * hidden;
    for (size_t n = 0; n < plan->batch; n++, row += parts * hidden) {
        memcpy(row, plan->dh + n * hidden, hidden * sizeof(real));
        if (parts == 2)
            memcpy(row + hidden, plan->dc + n * hidden, hidden * sizeof(real));
    }
}

static void copy_or_zero(real *to, const void *from, size_t count) {
    if (!from)
        memset(to, 0, count * sizeof *to);
    else
        memcpy(to, from, count * sizeof *to);
}

gb_status REAL(reference_backward)(gb_context *context, void *block, const gb_layer_pass *pass) {
    (void)context;
    reference_plan *plan = block;
    const size_t state = plan->batch * plan->hidden;
    const real *dy = pass->dy;
    const gradients to = {
        .peephole = reference_part(plan, pass->parameters, PEEPHOLE),
        .kernel = reference_gradient_part(plan, pass->dparameters, KERNEL),
        .recurrent = reference_gradient_part(plan, pass->dparameters, RECURRENT),
        .bias = reference_gradient_part(plan, pass->dparameters, BIAS),
        .recurrent_bias = reference_gradient_part(plan, pass->dparameters, RECURRENT_BIAS),
        .dpeephole = reference_gradient_part(plan, pass->dparameters, PEEPHOLE),
    };

    if (pass->dx) {
        REAL(transpose)
        (plan->input, plan->gates * plan->hidden, reference_part(plan, pass->parameters, KERNEL),
         plan->kernel_transposed);
    }
    REAL(transpose)
    (plan->hidden, plan->recurrent_gates * plan->hidden, reference_part(plan, pass->parameters, RECURRENT),
     plan->recurrent_transposed);
    copy_or_zero(plan->dh, pass->dhT, state);
    copy_or_zero(plan->dc, plan->cell->info.has_memory ? pass->dcT : NULL, state);
    record_state(plan, pass, plan->steps);

    for (size_t end = plan->steps; end > 0;) {
        const size_t from = (end - 1) / plan->chunk * plan->chunk;
        for (size_t t = end; t-- > from;) {
            for (size_t i = 0; i < state; i++)
                plan->dh[i] += dy[t * state + i];
            run_step(plan, &to, t, t - from);
            record_state(plan, pass, t);
        }
        collect_chunk(plan, &to, pass, from, end - from);
        end = from;
    }
    if (pass->dh0)
        memcpy(pass->dh0, plan->dh, state * sizeof(real));
    if (pass->dc0 && plan->cell->info.has_memory)
        memcpy(pass->dc0, plan->dc, state * sizeof(real));
    return GB_OK;
}
