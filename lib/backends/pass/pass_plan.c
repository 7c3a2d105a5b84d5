/* SPDX-License-Identifier: MIT */
/* Planning a recurrent pass: where the layer's tensors are, and all the memory that its passes need. */
#include "backends/pass/pass.h"
#include "cells/cells.h"

static void release_products(gb_context *context, const pass_products *products) {
    if (products->release)
        products->release(context, products);
}

static void destroy(gb_context *context, layer_plan *base) {
    pass_plan *plan = (pass_plan *)base;
    real *const owned[] = {plan->h,  plan->c,  plan->saved_rows, plan->wx,      plan->uh,     plan->bias_row,
                           plan->dh, plan->dc, plan->dh_prev,    plan->dc_prev, plan->dgated, plan->dpeephole};
    if (plan->duh != plan->wx)
        gb_release(context, plan->duh);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        gb_release(context, owned[i]);
    for (size_t i = 0; i < PASS_FACTORS; i++)
        gb_release(context, plan->factors[i].prepared);
    release_products(context, plan->products);
    gb_release(context, plan);
}

static const char *implementation(const layer_plan *plan) {
    return ((const pass_plan *)plan)->products->implementation;
}

static const layer_operations operations = {
    .implementation = implementation,
    .forward = REAL(pass_forward),
    .backward = REAL(pass_backward),
    .destroy = destroy,
};

/* The distance between rows of `count` numbers: an odd number of cache lines. With an even number, a power of two above
 * all, many rows share few sets of a cache and evict each other: for 256 units of an LSTM, oneDNN 2.6's sgemm takes 2.3
 * times as long with AVX2 (Zen 4). */
static size_t row_stride(size_t count) {
    enum { LINE = 64 / sizeof(real) };
    return ((count + LINE - 1) / LINE | 1) * LINE;
}

static size_t sum_stride(const pass_products *products, size_t count) {
    return products->dense_sums ? count : row_stride(count);
}

/* layer.c has checked that products of these sizes fit. */
static gb_status allocate_buffers(gb_context *context, pass_plan *plan) {
    const size_t state = plan->batch * plan->hidden;
    const size_t boundaries = plan->training ? plan->steps + 1 : 2, kept = plan->training ? plan->steps : 1;
    const size_t memory = plan->cell->info.has_memory ? 1 : 0, backward = plan->training ? 1 : 0;
    const struct {
        real **block;
        size_t count;
    } blocks[] = {
        {&plan->h, boundaries * plan->batch * plan->state_stride},
        {&plan->c, memory * boundaries * plan->batch * plan->state_stride},
        {&plan->saved_rows, kept * state * plan->saved},
        {&plan->wx, (plan->training ? plan->chunk : plan->forward_chunk) * plan->batch * plan->gate_stride},
        {&plan->uh, (plan->one_sum ? 1 : plan->batch) * plan->recurrent_stride},
        {&plan->bias_row, plan->recurrent_gates * plan->hidden},
        {&plan->dh, backward * state},
        {&plan->dc, backward * state},
        {&plan->dh_prev, backward * state},
        {&plan->dc_prev, backward * state},
        {&plan->dgated, backward * state},
        {&plan->dpeephole, backward * (plan->shares > 1 ? plan->shares : 0) * plan->peepholes},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        GB_TRY(gb_allocate(context, blocks[i].count, sizeof(real), blocks[i].block));
    if (plan->cell->separate_uh)
        return gb_allocate(context, backward * plan->chunk * plan->batch * plan->recurrent_stride, sizeof(real),
                           &plan->duh);
    plan->duh = plan->wx;
    return GB_OK;
}

static gb_status allocate_factors(gb_context *context, pass_plan *plan) {
    const size_t width = plan->gates * plan->hidden, first = plan->cell->first_stage * plan->hidden;
    const size_t second = plan->recurrent_gates * plan->hidden - first;
    const size_t sizes[PASS_FACTORS][2] = {
        [KERNEL] = {plan->input, width},   [RECURRENT] = {plan->hidden, first},   [GATED] = {plan->hidden, second},
        [KERNEL_T] = {width, plan->input}, [RECURRENT_T] = {first, plan->hidden}, [GATED_T] = {second, plan->hidden},
    };
    for (pass_factor f = KERNEL; f < (plan->training ? PASS_FACTORS : KERNEL_T); f++) {
        pass_weights *factor = &plan->factors[f];
        *factor = (pass_weights){.rows = sizes[f][0], .columns = sizes[f][1], .transposed = f >= KERNEL_T};
        size_t count;
        GB_TRY(plan->products->prepared_count(plan->products, factor, &count));
        if (count > 0)
            GB_TRY(gb_allocate(context, count, sizeof(real), &factor->prepared));
    }
    return GB_OK;
}

gb_status REAL(pass_load)(pass_plan *plan, const void *parameters, pass_factor first, pass_factor end, bool changed) {
    const real *kernel = pass_tensor(plan, parameters, GB_ROLE_KERNEL);
    const real *recurrent = pass_tensor(plan, parameters, GB_ROLE_RECURRENT);
    const size_t width = plan->recurrent_gates * plan->hidden;
    const matrix W = {kernel, plan->gates * plan->hidden}, U = {recurrent, width};
    const matrix second = {recurrent ? recurrent + plan->cell->first_stage * plan->hidden : NULL, width};
    const matrix values[PASS_FACTORS] = {W, U, second, W, U, second};
    for (pass_factor f = first; f < end; f++) {
        pass_weights *factor = &plan->factors[f];
        factor->values = values[f];
        if (changed && factor->prepared)
            GB_TRY(plan->products->prepare(plan->products, factor));
    }
    return GB_OK;
}

static void locate_tensors(pass_plan *plan, const gb_layer_spec *spec) {
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t floats;
    const size_t count = gb_cell_tensors(&plan->cell->info, spec->input, spec->hidden, spec->bias, tensors, &floats);
    for (size_t i = 0; i < count; i++) {
        plan->present[tensors[i].role] = true;
        plan->offset[tensors[i].role] = tensors[i].offset;
        if (tensors[i].role == GB_ROLE_PEEPHOLE)
            plan->peepholes = tensors[i].count;
    }
}

/* Steps per chunk: `chunk_rows` rows, but at least one step. */
static size_t chunk_steps(const gb_layer_spec *spec, size_t chunk_rows) {
    if (chunk_rows == 0)
        return spec->steps;
    const size_t steps = spec->batch < chunk_rows ? chunk_rows / spec->batch : 1;
    return steps < spec->steps ? steps : spec->steps;
}

gb_status REAL(pass_create)(gb_context *context, const gb_layer_spec *spec, const pass_products *products,
                            layer_plan **created) {
    const cell *found = REAL(cell_find)(context, spec->cell);
    const size_t shares = products->row_shares ? products->row_shares(spec->batch) : 1;
    pass_plan *plan;
    gb_status status = gb_allocate(context, 1, sizeof *plan, &plan);
    if (status != GB_OK) {
        release_products(context, products);
        return status;
    }
    *plan = (pass_plan){
        .base = {&operations},
        .products = products,
        .cell = found,
        .steps = spec->steps,
        .batch = spec->batch,
        .input = spec->input,
        .hidden = spec->hidden,
        .gates = found->info.gates,
        .recurrent_gates = found->info.recurrent_gates,
        .state_stride = row_stride(spec->hidden),
        .gate_stride = sum_stride(products, found->info.gates * spec->hidden),
        .recurrent_stride = sum_stride(products, found->info.recurrent_gates * spec->hidden),
        .saved = found->saved,
        .recurrent_bias_gates = cell_recurrent_bias_gates(&found->info, spec->bias),
        .chunk = chunk_steps(spec, products->chunk_rows * shares),
        .shares = shares,
        .training = spec->training,
        .reverse = spec->reverse,
    };
    plan->forward_chunk = products->by_step ? 1 : plan->chunk;
    plan->one_sum = products->by_step && !found->separate_uh && found->first_stage == found->info.gates;
    locate_tensors(plan, spec);
    status = allocate_buffers(context, plan);
    if (status == GB_OK)
        status = allocate_factors(context, plan);
    if (status != GB_OK) {
        destroy(context, &plan->base);
        return status;
    }
    *created = &plan->base;
    return GB_OK;
}
