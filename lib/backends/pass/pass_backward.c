/* SPDX-License-Identifier: MIT */
/* Backpropagation through time: step by step backwards through the cell and U, then for each chunk of steps at once the
 * gradients of W, U, the biases and x. */
#include "backends/pass/pass.h"

/* A row that skips a step: the state's gradient passes through, and the step contributes nothing. */
static void skip(const pass_plan *plan, const cell_backstep *step) {
    const size_t row = step->hidden * sizeof(real);
    memcpy(step->dh_prev, step->dh, row);
    memcpy(step->dc_prev, step->dc, row);
    memset(step->dwx, 0, plan->gates * row);
    memset(step->duh, 0, plan->recurrent_gates * row);
}

/* Step t of the whole batch, at index `at` of its chunk. */
static void for_each_row(const pass_plan *plan, const gb_layer_pass *pass, size_t t, size_t at,
                         void (*work)(const cell_backstep *)) {
    const size_t hidden = plan->hidden, batch = plan->batch;
    const size_t before = pass_before(plan, t), after = pass_after(plan, t);
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = 0; n < batch; n++) {
        const size_t row = n * hidden;
        const cell_backstep step = {
            .hidden = hidden,
            .h_prev = plan->h + before + row,
            .c_prev = memory ? plan->c + before + row : NULL,
            .c = memory ? plan->c + after + row : NULL,
            .peephole = pass_tensor(plan, pass->parameters, GB_ROLE_PEEPHOLE),
            .saved = pass_saved_at(plan, t) + row * plan->saved,
            .dh = plan->dh + row,
            .dc = plan->dc + row,
            .dgated = plan->dgated + row,
            .dwx = plan->wx + (at * batch * hidden + row) * plan->gates,
            .duh = plan->duh + (at * batch * hidden + row) * plan->recurrent_gates,
            .dh_prev = plan->dh_prev + row,
            .dc_prev = plan->dc_prev + row,
            .dpeephole = pass_gradient(plan, pass->dparameters, GB_ROLE_PEEPHOLE),
        };
        if (pass_skips(plan, pass, t, n))
            skip(plan, &step);
        else
            work(&step);
    }
}

/* From dh and dc after the step to those before it. */
static gb_status run_step(gb_context *context, pass_plan *plan, const gb_layer_pass *pass, size_t t, size_t at) {
    const size_t hidden = plan->hidden, batch = plan->batch, width = plan->recurrent_gates * hidden;
    const size_t first = plan->cell->first_stage * hidden;
    const real *duh = plan->duh + at * batch * width;

    for_each_row(plan, pass, t, at, plan->cell->backward);
    if (first < width) {
        GB_TRY(plan->products->multiply(plan->products, context, batch, (matrix){duh + first, width},
                                        &plan->factors[GATED_T], (matrix){0}, plan->dgated, hidden));
        for_each_row(plan, pass, t, at, plan->cell->gate_backward);
    }
    GB_TRY(plan->products->multiply(plan->products, context, batch, (matrix){duh, width}, &plan->factors[RECURRENT_T],
                                    (matrix){plan->dh_prev, hidden}, plan->dh_prev, hidden));

    real *const dh = plan->dh, *const dc = plan->dc;
    plan->dh = plan->dh_prev;
    plan->dc = plan->dc_prev;
    plan->dh_prev = dh;
    plan->dc_prev = dc;
    return GB_OK;
}

/* Adds a chunk's gate gradients to the gradients of U and its biases. */
static gb_status collect_recurrent(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass, size_t from,
                                   size_t rows) {
    const size_t hidden = plan->hidden, width = plan->recurrent_gates * hidden;
    const size_t first = plan->cell->first_stage * hidden, bias = plan->recurrent_bias_gates * hidden;
    const matrix h_prev = {plan->h + pass_before(plan, from), hidden}, duh = {plan->duh, width};
    real *dU = pass_gradient(plan, pass->dparameters, GB_ROLE_RECURRENT);
    real *dbias = pass_gradient(plan, pass->dparameters, GB_ROLE_RECURRENT_BIAS);

    if (first > 0)
        GB_TRY(plan->products->collect(context, hidden, first, rows, h_prev, duh, dU, width));
    if (first < width)
        GB_TRY(plan->products->collect(context, hidden, width - first, rows, pass_gated_at(plan, from),
                                       (matrix){plan->duh + first, width}, dU + first, width));
    for (size_t row = 0; dbias && row < rows; row++)
        REAL(add_rows)(1, bias, plan->duh + (row + 1) * width - bias, dbias);
    return GB_OK;
}

/* Adds a chunk's part to the gradient of W. Skips the rows of skipped steps, where x may hold anything, even NaN. */
static gb_status collect_kernel(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass, size_t from,
                                size_t rows) {
    const size_t input = plan->input, width = plan->gates * plan->hidden, batch = plan->batch;
    const real *x = (const real *)pass->x + from * batch * input;
    real *dW = pass_gradient(plan, pass->dparameters, GB_ROLE_KERNEL);
    for (size_t row = 0, end = 0; end < rows; row = end + 1) {
        for (end = row;
             end < rows && !(pass_may_skip(pass) && pass_skips(plan, pass, from + end / batch, end % batch));)
            end = pass_may_skip(pass) ? end + 1 : rows;
        if (end > row)
            GB_TRY(plan->products->collect(context, input, width, end - row, (matrix){x + row * input, input},
                                           (matrix){plan->wx + row * width, width}, dW, width));
    }
    return GB_OK;
}

/* Adds a chunk's gate gradients to the gradients of the parameters and of x. */
static gb_status collect_chunk(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass, size_t from,
                               size_t steps) {
    const size_t rows = steps * plan->batch, input = plan->input, width = plan->gates * plan->hidden;
    const size_t at = from * plan->batch * input;
    const matrix dwx = {plan->wx, width};
    real *dbias = pass_gradient(plan, pass->dparameters, GB_ROLE_BIAS);

    GB_TRY(collect_kernel(context, plan, pass, from, rows));
    GB_TRY(collect_recurrent(context, plan, pass, from, rows));
    if (dbias)
        REAL(add_rows)(rows, width, plan->wx, dbias);
    if (!pass->dx)
        return GB_OK;
    return plan->products->multiply(plan->products, context, rows, dwx, &plan->factors[KERNEL_T], (matrix){0},
                                    (real *)pass->dx + at, input);
}

static void record_state(const pass_plan *plan, const gb_layer_pass *pass, size_t boundary) {
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

/* Adds dy of step t to the gradient of h. */
static void add_outputs(const pass_plan *plan, const gb_layer_pass *pass, size_t t) {
    const size_t hidden = plan->hidden, state = plan->batch * hidden;
    const real *dy = (const real *)pass->dy + t * state;
    if (!pass_may_skip(pass))
        REAL(add_rows)(1, state, dy, plan->dh);
    for (size_t n = 0; pass_may_skip(pass) && n < plan->batch; n++)
        if (!pass_skips(plan, pass, t, n))
            REAL(add_rows)(1, hidden, dy + n * hidden, plan->dh + n * hidden);
}

gb_status REAL(pass_backward)(gb_context *context, layer_plan *base, const gb_layer_pass *pass) {
    pass_plan *plan = (pass_plan *)base;
    const size_t state = plan->batch * plan->hidden, steps = pass_steps(plan, pass);
    const bool memory = plan->cell->info.has_memory;

    REAL(pass_load)(plan, pass->parameters, pass->dx ? KERNEL_T : RECURRENT_T, PASS_FACTORS, true);
    pass_start_state(plan->dh, pass->dhT, state);
    pass_start_state(plan->dc, memory ? pass->dcT : NULL, state);
    record_state(plan, pass, plan->reverse ? 0 : steps);
    for (size_t i = 0; i * plan->chunk < steps; i++) {
        const pass_chunk chunk = pass_chunk_at(steps, plan->chunk, i, !plan->reverse);
        for (size_t k = 0; k < chunk.steps; k++) {
            const size_t t = pass_chunk_step(&chunk, k);
            add_outputs(plan, pass, t);
            GB_TRY(run_step(context, plan, pass, t, t - chunk.from));
            record_state(plan, pass, plan->reverse ? t + 1 : t);
        }
        GB_TRY(collect_chunk(context, plan, pass, chunk.from, chunk.steps));
    }
    pass_copy_out(pass->dh0, plan->dh, state);
    if (memory)
        pass_copy_out(pass->dc0, plan->dc, state);
    return GB_OK;
}
