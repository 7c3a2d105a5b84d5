/* SPDX-License-Identifier: MIT */
/* Forward: x W + b for a chunk of steps at once, then step by step h U + b_U and the cell. */
#include "backends/pass/pass.h"

/* A row that skips a step: its state passes through, and the values that later products read of the step are finite. */
static void skip(const cell_step *step, size_t saved) {
    const size_t row = step->hidden * sizeof(real);
    memcpy(step->h, step->h_prev, row);
    if (step->c)
        memcpy(step->c, step->c_prev, row);
    memset(step->saved, 0, saved * row);
}

static void for_each_row(const pass_plan *plan, const gb_layer_pass *pass, const real *wx, size_t t, pass_rows rows,
                         void (*work)(const cell_step *)) {
    const size_t hidden = plan->hidden, now = pass_before(plan, t), next = pass_after(plan, t);
    const real *peephole = pass_tensor(plan, pass->parameters, GB_ROLE_PEEPHOLE);
    const size_t uh_stride = plan->one_sum ? 0 : plan->recurrent_stride;
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = rows.from; n < rows.end; n++) {
        const cell_step step = {
            .hidden = hidden,
            .wx = wx + n * plan->gate_stride,
            .uh = plan->uh + n * uh_stride,
            .h_prev = plan->h + now + n * plan->state_stride,
            .c_prev = memory ? plan->c + now + n * plan->state_stride : NULL,
            .peephole = peephole,
            .h = plan->h + next + n * plan->state_stride,
            .c = memory ? plan->c + next + n * plan->state_stride : NULL,
            .saved = pass_saved_at(plan, t) + n * plan->saved * hidden,
        };
        if (pass_skips(plan, pass, t, n))
            skip(&step, plan->saved);
        else
            work(&step);
    }
}

/* One step; wx is this step's [N][G][H]. With one sum, x W is a term of it. */
static gb_status run_step(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass, pass_term x, real *wx,
                          size_t t, pass_rows rows) {
    const pass_products *products = plan->products;
    const size_t hidden = plan->hidden, width = plan->recurrent_gates * hidden, count = rows.end - rows.from;
    const size_t first = plan->cell->first_stage * hidden;
    const matrix bias = {plan->bias_row, 0};
    const pass_term h = {{plan->h + pass_before(plan, t) + rows.from * plan->state_stride, plan->state_stride},
                         &plan->factors[RECURRENT]};
    const size_t stride = plan->recurrent_stride; /* with one sum, that of wx too */
    real *const sum = (plan->one_sum ? wx : plan->uh) + rows.from * stride;

    if (plan->one_sum)
        GB_TRY(products->multiply(products, context, count, (pass_term[]){x, h}, 2, bias, sum, stride));
    else
        GB_TRY(products->multiply(products, context, count, &h, 1, bias, sum, stride));
    if (first < width) {
        const matrix second_bias = {plan->bias_row + first, 0};
        pass_term gated = {pass_gated_at(plan, t), &plan->factors[GATED]};
        gated.a.data += rows.from * gated.a.stride;
        for_each_row(plan, pass, wx, t, rows, plan->cell->gate);
        GB_TRY(products->multiply(products, context, count, &gated, 1, second_bias, sum + first, stride));
    }
    for_each_row(plan, pass, wx, t, rows, plan->cell->forward);
    return GB_OK;
}

/* Puts b_U into the last gates of the recurrent sums; added to b if there is one sum. */
static void load_bias(pass_plan *plan, const real *bias, const real *recurrent_bias) {
    const size_t width = plan->recurrent_gates * plan->hidden, count = plan->recurrent_bias_gates * plan->hidden;
    real *const last = plan->bias_row + width - count;
    if (plan->one_sum && bias)
        memcpy(plan->bias_row, bias, width * sizeof(real));
    for (size_t j = 0; recurrent_bias && j < count; j++)
        last[j] = plan->one_sum ? last[j] + recurrent_bias[j] : recurrent_bias[j];
}

/* The given state, or zeros. */
static void start_state(const pass_plan *plan, real *state, const real *given) {
    for (size_t n = 0; n < plan->batch; n++)
        pass_start_state(state + n * plan->state_stride, given ? given + n * plan->hidden : NULL, plan->hidden);
}

static void copy_state(const pass_plan *plan, const real *state, pass_rows rows, real *to) {
    for (size_t n = rows.from; to && n < rows.end; n++)
        memcpy(to + n * plan->hidden, state + n * plan->state_stride, plan->hidden * sizeof *to);
}

static gb_status load(pass_plan *plan, const gb_layer_pass *pass) {
    const size_t start = pass_state_at(plan, plan->reverse ? pass_steps(plan, pass) : 0);
    start_state(plan, plan->h + start, pass->h0);
    if (plan->cell->info.has_memory)
        start_state(plan, plan->c + start, pass->c0);
    load_bias(plan, pass_tensor(plan, pass->parameters, GB_ROLE_BIAS),
              pass_tensor(plan, pass->parameters, GB_ROLE_RECURRENT_BIAS));
    GB_TRY(REAL(pass_load)(plan, pass->parameters, KERNEL, KERNEL_T, !(pass->same_parameters && plan->prepared)));
    plan->prepared = true;
    return GB_OK;
}

/* y of step t. */
static void put_outputs(const pass_plan *plan, const gb_layer_pass *pass, size_t t, pass_rows rows) {
    if (!pass->y)
        return;
    real *y = (real *)pass->y + t * plan->batch * plan->hidden;
    copy_state(plan, plan->h + pass_after(plan, t), rows, y);
    for (size_t n = rows.from; pass_may_skip(pass) && n < rows.end; n++)
        if (pass_skips(plan, pass, t, n))
            memset(y + n * plan->hidden, 0, plan->hidden * sizeof *y);
}

/* All steps for some rows. A chunk of several steps is computed for the whole batch. */
static gb_status run_rows(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass, pass_rows rows) {
    const size_t stride = plan->gate_stride, steps = pass_steps(plan, pass);
    const matrix bias = {pass_tensor(plan, pass->parameters, GB_ROLE_BIAS), 0};
    for (size_t i = 0; i * plan->forward_chunk < steps; i++) {
        const pass_chunk chunk = pass_chunk_at(steps, plan->forward_chunk, i, plan->reverse);
        const size_t first = chunk.from * plan->batch + rows.from;
        const pass_term x = {{(const real *)pass->x + first * plan->input, plan->input}, &plan->factors[KERNEL]};
        if (!plan->one_sum)
            GB_TRY(plan->products->multiply(plan->products, context,
                                            (chunk.steps - 1) * plan->batch + rows.end - rows.from, &x, 1, bias,
                                            plan->wx + rows.from * stride, stride));
        for (size_t k = 0; k < chunk.steps; k++) {
            const size_t t = pass_chunk_step(&chunk, k);
            GB_TRY(run_step(context, plan, pass, x, plan->wx + (t - chunk.from) * plan->batch * stride, t, rows));
            put_outputs(plan, pass, t, rows);
        }
    }
    return GB_OK;
}

typedef struct forward_work {
    gb_context *context;
    const pass_plan *plan;
    const gb_layer_pass *pass;
    gb_status status; /* of one share: the products of several cannot fail */
} forward_work;

static void run_share(void *data, size_t i) {
    forward_work *w = data;
    const gb_status status = run_rows(w->context, w->plan, w->pass, pass_share(w->plan, i));
    if (status != GB_OK)
        w->status = status;
}

gb_status REAL(pass_forward)(gb_context *context, layer_plan *base, const gb_layer_pass *pass) {
    pass_plan *plan = (pass_plan *)base;
    const pass_rows all = {0, plan->batch};
    const size_t end = pass_state_at(plan, plan->reverse ? 0 : pass_steps(plan, pass));
    forward_work work = {context, plan, pass, GB_OK};

    GB_TRY(load(plan, pass));
    pass_for_each_share(plan, run_share, &work);
    GB_TRY(work.status);
    copy_state(plan, plan->h + end, all, pass->hT);
    if (plan->cell->info.has_memory)
        copy_state(plan, plan->c + end, all, pass->cT);
    return GB_OK;
}
