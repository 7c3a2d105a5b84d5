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

/* One thread's part of the walk: its rows, and their gradients of the state before and after a step. */
typedef struct walk {
    pass_rows rows;
    real *dpeephole;
    real *dh, *dc, *dh_prev, *dc_prev; /* [N][H] */
} walk;

/* The rows' step t, at index `at` of its chunk. */
static void for_each_row(const pass_plan *plan, const gb_layer_pass *pass, size_t t, size_t at, const walk *w,
                         void (*work)(const cell_backstep *)) {
    const size_t hidden = plan->hidden, batch = plan->batch;
    const size_t before = pass_before(plan, t), after = pass_after(plan, t);
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = w->rows.from; n < w->rows.end; n++) {
        const size_t row = n * hidden;
        const cell_backstep step = {
            .hidden = hidden,
            .h_prev = plan->h + before + n * plan->state_stride,
            .c_prev = memory ? plan->c + before + n * plan->state_stride : NULL,
            .c = memory ? plan->c + after + n * plan->state_stride : NULL,
            .peephole = pass_tensor(plan, pass->parameters, GB_ROLE_PEEPHOLE),
            .saved = pass_saved_at(plan, t) + row * plan->saved,
            .dh = w->dh + row,
            .dc = w->dc + row,
            .dgated = plan->dgated + row,
            .dwx = plan->wx + (at * batch + n) * plan->gate_stride,
            .duh = plan->duh + (at * batch + n) * plan->recurrent_stride,
            .dh_prev = w->dh_prev + row,
            .dc_prev = w->dc_prev + row,
            .dpeephole = w->dpeephole,
        };
        if (pass_skips(plan, pass, t, n))
            skip(plan, &step);
        else
            work(&step);
    }
}

/* From dh and dc after the step to those before it. */
static gb_status run_step(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass, size_t t, size_t at,
                          walk *w) {
    const pass_products *products = plan->products;
    const size_t hidden = plan->hidden, width = plan->recurrent_gates * hidden, count = w->rows.end - w->rows.from;
    const size_t first = plan->cell->first_stage * hidden;
    const size_t stride = plan->recurrent_stride;
    const real *duh = plan->duh + (at * plan->batch + w->rows.from) * stride;
    real *const dh_prev = w->dh_prev + w->rows.from * hidden;

    for_each_row(plan, pass, t, at, w, plan->cell->backward);
    if (first < width) {
        GB_TRY(products->multiply(products, context, count,
                                  &(pass_term){{duh + first, stride}, &plan->factors[GATED_T]}, 1, (matrix){0},
                                  plan->dgated + w->rows.from * hidden, hidden));
        for_each_row(plan, pass, t, at, w, plan->cell->gate_backward);
    }
    return products->multiply(products, context, count, &(pass_term){{duh, stride}, &plan->factors[RECURRENT_T]}, 1,
                              (matrix){dh_prev, hidden}, dh_prev, hidden);
}

typedef struct backward_work {
    gb_context *context;
    const pass_plan *plan;
    const gb_layer_pass *pass;
    pass_chunk chunk;
    size_t done;      /* steps of earlier chunks */
    gb_status status; /* of one share: the products of several cannot fail */
} backward_work;

/* The rows of the chunk. */
static size_t chunk_rows(const backward_work *w) {
    return w->chunk.steps * w->plan->batch;
}

/* Adds a chunk's gate gradients to the gradient of U. */
static gb_status collect_recurrent(const backward_work *w) {
    const pass_plan *plan = w->plan;
    const size_t hidden = plan->hidden, width = plan->recurrent_gates * hidden;
    const size_t first = plan->cell->first_stage * hidden;
    const matrix h_prev = {plan->h + pass_before(plan, w->chunk.from), plan->state_stride};
    const matrix duh = {plan->duh, plan->recurrent_stride};
    real *dU = pass_gradient(plan, w->pass->dparameters, GB_ROLE_RECURRENT);

    if (first > 0)
        GB_TRY(plan->products->collect(w->context, hidden, first, chunk_rows(w), h_prev, duh, dU, width));
    if (first < width)
        GB_TRY(plan->products->collect(w->context, hidden, width - first, chunk_rows(w),
                                       pass_gated_at(plan, w->chunk.from),
                                       (matrix){plan->duh + first, plan->recurrent_stride}, dU + first, width));
    return GB_OK;
}

/* Adds a chunk's part to the gradient of W. Skips the rows of skipped steps, where x may hold anything, even NaN. */
static gb_status collect_kernel(const backward_work *w) {
    const pass_plan *plan = w->plan;
    const gb_layer_pass *pass = w->pass;
    const size_t from = w->chunk.from, rows = chunk_rows(w);
    const size_t input = plan->input, width = plan->gates * plan->hidden, batch = plan->batch;
    const real *x = (const real *)pass->x + from * batch * input;
    real *dW = pass_gradient(plan, pass->dparameters, GB_ROLE_KERNEL);
    for (size_t row = 0, end = 0; end < rows; row = end + 1) {
        for (end = row;
             end < rows && !(pass_may_skip(pass) && pass_skips(plan, pass, from + end / batch, end % batch));)
            end = pass_may_skip(pass) ? end + 1 : rows;
        if (end > row)
            GB_TRY(plan->products->collect(w->context, input, width, end - row, (matrix){x + row * input, input},
                                           (matrix){plan->wx + row * plan->gate_stride, plan->gate_stride}, dW, width));
    }
    return GB_OK;
}

/* Adds a chunk's gate gradients to a share of a bias: of its columns, so that the sums do not depend on the shares. */
static void collect_bias(const backward_work *w, size_t share, matrix gradients, size_t count, real *dbias) {
    const size_t from = count * share / w->plan->shares, end = count * (share + 1) / w->plan->shares;
    if (dbias)
        REAL(add_rows)(chunk_rows(w), end - from, (matrix){gradients.data + from, gradients.stride}, dbias + from);
}

static void collect_biases(const backward_work *w, size_t share) {
    const pass_plan *plan = w->plan;
    const size_t count = plan->recurrent_bias_gates, first = (plan->recurrent_gates - count) * plan->hidden;
    collect_bias(w, share, (matrix){plan->wx, plan->gate_stride}, plan->gates * plan->hidden,
                 pass_gradient(plan, w->pass->dparameters, GB_ROLE_BIAS));
    collect_bias(w, share, (matrix){plan->duh + first, plan->recurrent_stride}, count * plan->hidden,
                 pass_gradient(plan, w->pass->dparameters, GB_ROLE_RECURRENT_BIAS));
}

/* A share's rows of the gradient of x. */
static gb_status put_input_gradients(const backward_work *w, size_t share) {
    const pass_plan *plan = w->plan;
    const size_t rows = chunk_rows(w), from = rows * share / plan->shares, end = rows * (share + 1) / plan->shares;
    const pass_term dwx = {{plan->wx + from * plan->gate_stride, plan->gate_stride}, &plan->factors[KERNEL_T]};
    real *dx = (real *)w->pass->dx + (w->chunk.from * plan->batch + from) * plan->input;
    return plan->products->multiply(plan->products, w->context, end - from, &dwx, 1, (matrix){0}, dx, plan->input);
}

static void collect_share(void *data, size_t share) {
    backward_work *w = data;
    collect_biases(w, share);
    const gb_status status = w->pass->dx ? put_input_gradients(w, share) : GB_OK;
    if (status != GB_OK)
        w->status = status;
}

/* Adds a chunk's gate gradients to the gradients of the parameters, and computes those of x. */
static gb_status collect_chunk(backward_work *w) {
    GB_TRY(collect_kernel(w));
    GB_TRY(collect_recurrent(w));
    pass_for_each_share(w->plan, collect_share, w);
    return w->status;
}

static void record_state(const pass_plan *plan, const gb_layer_pass *pass, size_t boundary, const walk *w) {
    const size_t hidden = plan->hidden, parts = plan->cell->info.has_memory ? 2 : 1;
    for (size_t n = w->rows.from; pass->dstate && n < w->rows.end; n++) {
        real *row = (real *)pass->dstate + (boundary * plan->batch + n) * parts * hidden;
        memcpy(row, w->dh + n * hidden, hidden * sizeof(real));
        if (parts == 2)
            memcpy(row + hidden, w->dc + n * hidden, hidden * sizeof(real));
    }
}

/* Adds dy of step t to the gradient of h. */
static void add_outputs(const pass_plan *plan, const gb_layer_pass *pass, size_t t, const walk *w) {
    const size_t hidden = plan->hidden, first = w->rows.from * hidden;
    const real *dy = (const real *)pass->dy + t * plan->batch * hidden;
    if (!pass_may_skip(pass))
        REAL(add_rows)(1, (w->rows.end - w->rows.from) * hidden, (matrix){dy + first, 0}, w->dh + first);
    for (size_t n = w->rows.from; pass_may_skip(pass) && n < w->rows.end; n++)
        if (!pass_skips(plan, pass, t, n))
            REAL(add_rows)(1, hidden, (matrix){dy + n * hidden, hidden}, w->dh + n * hidden);
}

/* The steps of a chunk for the rows of a walk. */
static gb_status run_rows(gb_context *context, const pass_plan *plan, const gb_layer_pass *pass,
                          const pass_chunk *chunk, walk *w) {
    for (size_t k = 0; k < chunk->steps; k++) {
        const size_t t = pass_chunk_step(chunk, k);
        add_outputs(plan, pass, t, w);
        GB_TRY(run_step(context, plan, pass, t, t - chunk->from, w));
        real *const dh = w->dh, *const dc = w->dc;
        w->dh = w->dh_prev;
        w->dc = w->dc_prev;
        w->dh_prev = dh;
        w->dc_prev = dc;
        record_state(plan, pass, plan->reverse ? t + 1 : t, w);
    }
    return GB_OK;
}

/* The gradients of the state change places in every step. */
static walk walk_after(const pass_plan *plan, const gb_layer_pass *pass, size_t steps, size_t share) {
    const bool odd = steps % 2 == 1;
    return (walk){
        .rows = pass_share(plan, share),
        .dpeephole = plan->shares > 1 ? plan->dpeephole + share * plan->peepholes
                                      : pass_gradient(plan, pass->dparameters, GB_ROLE_PEEPHOLE),
        .dh = odd ? plan->dh_prev : plan->dh,
        .dc = odd ? plan->dc_prev : plan->dc,
        .dh_prev = odd ? plan->dh : plan->dh_prev,
        .dc_prev = odd ? plan->dc : plan->dc_prev,
    };
}

static void run_share(void *data, size_t i) {
    backward_work *w = data;
    walk own = walk_after(w->plan, w->pass, w->done, i);
    const gb_status status = run_rows(w->context, w->plan, w->pass, &w->chunk, &own);
    if (status != GB_OK)
        w->status = status;
}

/* Adds what the shares have summed up. */
static void collect_peepholes(const pass_plan *plan, const gb_layer_pass *pass) {
    real *gradient = pass_gradient(plan, pass->dparameters, GB_ROLE_PEEPHOLE);
    if (gradient && plan->shares > 1)
        REAL(add_rows)(plan->shares, plan->peepholes, (matrix){plan->dpeephole, plan->peepholes}, gradient);
}

static void copy_out(void *to, const real *from, size_t count) {
    if (to)
        memcpy(to, from, count * sizeof *from);
}

gb_status REAL(pass_backward)(gb_context *context, layer_plan *base, const gb_layer_pass *pass) {
    pass_plan *plan = (pass_plan *)base;
    const size_t state = plan->batch * plan->hidden, steps = pass_steps(plan, pass);
    const bool memory = plan->cell->info.has_memory;

    GB_TRY(REAL(pass_load)(plan, pass->parameters, pass->dx ? KERNEL_T : RECURRENT_T, PASS_FACTORS, true));
    pass_start_state(plan->dh, pass->dhT, state);
    pass_start_state(plan->dc, memory ? pass->dcT : NULL, state);
    if (plan->shares > 1)
        memset(plan->dpeephole, 0, plan->shares * plan->peepholes * sizeof(real));
    record_state(plan, pass, plan->reverse ? 0 : steps,
                 &(walk){.rows = {0, plan->batch}, .dh = plan->dh, .dc = plan->dc});
    backward_work work = {context, plan, pass, .status = GB_OK};
    for (size_t i = 0; i * plan->chunk < steps; i++, work.done += work.chunk.steps) {
        work.chunk = pass_chunk_at(steps, plan->chunk, i, !plan->reverse);
        pass_for_each_share(plan, run_share, &work);
        GB_TRY(work.status);
        GB_TRY(collect_chunk(&work));
    }
    collect_peepholes(plan, pass);
    const walk end = walk_after(plan, pass, steps, 0);
    copy_out(pass->dh0, end.dh, state);
    if (memory)
        copy_out(pass->dc0, end.dc, state);
    return GB_OK;
}
