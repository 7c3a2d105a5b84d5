/* SPDX-License-Identifier: MIT */
/* One pass over a sequence: points the memory objects at the caller's arrays, loads the parameters into oneDNN's
 * layouts, executes, and adds the gradients to the caller's. */
#include "backends/onednn/primitive.h"
#include "backends/onednn/threads.h"

typedef struct binding {
    int argument;
    const void *data; /* oneDNN writes to it if the argument is an output; such arrays are not const */
} binding;

/* Skips arguments that the cell does not have. */
static gb_status execute(onednn_plan *plan, const onednn_call *call, const binding *bindings, size_t count) {
    for (int i = 0; i < call->count; i++)
        for (size_t k = 0; k < count; k++)
            if (bindings[k].argument == call->arguments[i].arg)
                ONEDNN_TRY(plan->context,
                           dnnl_memory_set_data_handle(call->arguments[i].memory, (void *)bindings[k].data));
    ONEDNN_TRY(plan->context, dnnl_primitive_execute(call->primitive, plan->stream, call->count, call->arguments));
    ONEDNN_TRY(plan->context, dnnl_stream_wait(plan->stream));
    return GB_OK;
}

/* The number of leading floats of oneDNN's bias that are the sum of our two biases: all, except if the GRU's candidate
 * has a separate recurrent sum. oneDNN then has u r o u', with o for the input product and u' for the recurrent
 * product. */
static size_t shared_bias(const onednn_plan *plan) {
    return (plan->cell->gates - (plan->cell->reset_after ? 1 : 0)) * plan->spec.hidden;
}

static void load_bias(onednn_plan *plan, const float *parameters) {
    size_t shared = shared_bias(plan), H = plan->spec.hidden;
    const float *b = parameters + plan->bias_offset, *b_recurrent = parameters + plan->recurrent_bias_offset;
    bool is_double = plan->spec.bias == GB_BIAS_DOUBLE;
    if (plan->spec.bias == GB_BIAS_NONE)
        return; /* the buffer was zeroed when it was made */
    for (size_t k = 0; k < shared; k++)
        plan->bias[k] = is_double ? b[k] + b_recurrent[k] : b[k];
    if (plan->cell->reset_after) {
        memcpy(plan->bias + shared, b + shared, H * sizeof(float));
        memcpy(plan->bias + shared + H, is_double ? b_recurrent + shared : b_recurrent, H * sizeof(float));
    }
}

static void add(float *sum, const float *terms, size_t count) {
    for (size_t k = 0; k < count; k++)
        sum[k] += terms[k];
}

static void add_bias_gradient(const onednn_plan *plan, float *gradient) {
    size_t shared = shared_bias(plan), H = plan->spec.hidden;
    float *b = gradient + plan->bias_offset, *b_recurrent = gradient + plan->recurrent_bias_offset;
    bool is_double = plan->spec.bias == GB_BIAS_DOUBLE;
    if (plan->spec.bias == GB_BIAS_NONE)
        return;
    add(b, plan->bias_gradient, shared);
    if (is_double)
        add(b_recurrent, plan->bias_gradient, shared);
    if (plan->cell->reset_after) {
        add(b + shared, plan->bias_gradient + shared, H);
        add(is_double ? b_recurrent + shared : b_recurrent, plan->bias_gradient + shared + H, H);
    }
}

static const void *or_zero(const onednn_plan *plan, const void *state) {
    return state ? state : plan->zero_state;
}

/* The primitive and its backward pass read the initial state after they have written the final one, which may have the
 * same address: so they get a copy of the initial state. */
static void keep_start(const onednn_plan *plan, const void *given, float *state) {
    memcpy(state, or_zero(plan, given), plan->state * sizeof *state);
}

static void copy_out(void *to, const float *from, size_t count) {
    if (to && to != from)
        memcpy(to, from, count * sizeof(float));
}

/* The primitive runs every row over all steps; other passes use the recurrent pass. */
static bool is_uneven(const onednn_plan *plan, const gb_layer_pass *pass) {
    return pass->lengths || pass->mask || (pass->steps > 0 && pass->steps < plan->spec.steps);
}

static gb_status forward_uneven(gb_context *context, onednn_plan *plan, const gb_layer_pass *pass) {
    gb_layer_pass same = *pass;
    same.same_parameters = pass->same_parameters && plan->ran_uneven;
    if (!plan->uneven)
        GB_TRY(onednn_pass_create(context, &plan->spec, onednn_rows_use_threads(plan->spec.batch), &plan->uneven));
    plan->ran_uneven = true;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): onednn_pass_create has set it */
    return plan->uneven->operations->forward(context, plan->uneven, &same);
}

gb_status onednn_forward(gb_context *context, layer_plan *base, const gb_layer_pass *pass) {
    onednn_plan *plan = (onednn_plan *)base;
    plan->context = context;
    if (is_uneven(plan, pass))
        return forward_uneven(context, plan, pass);
    const float *parameters = pass->parameters, *kernel, *recurrent;
    const bool loaded = plan->loaded && pass->same_parameters && !plan->ran_uneven;
    plan->ran_uneven = false;
    GB_TRY(onednn_kernel_load(plan, &plan->kernel.forward, parameters + plan->kernel.offset, loaded, &kernel));
    GB_TRY(onednn_kernel_load(plan, &plan->recurrent.forward, parameters + plan->recurrent.offset, loaded, &recurrent));
    if (!loaded)
        load_bias(plan, parameters);
    plan->loaded = true;

    /* The backward pass reads the outputs again. The caller's arrays may be gone by then, so training keeps a copy. */
    bool direct = !plan->spec.training;
    float *y = direct && pass->y ? pass->y : plan->y;
    float *hT = direct && pass->hT ? pass->hT : plan->final_h;
    float *cT = direct && pass->cT ? pass->cT : plan->final_c;
    keep_start(plan, pass->h0, plan->initial_h);
    if (plan->cell->has_memory)
        keep_start(plan, pass->c0, plan->initial_c);
    const binding bindings[] = {
        {DNNL_ARG_SRC_LAYER, pass->x},
        {DNNL_ARG_SRC_ITER, plan->initial_h},
        {DNNL_ARG_SRC_ITER_C, plan->initial_c},
        {DNNL_ARG_WEIGHTS_LAYER, kernel},
        {DNNL_ARG_WEIGHTS_ITER, recurrent},
        {DNNL_ARG_WEIGHTS_PEEPHOLE, parameters + plan->peephole_offset},
        {DNNL_ARG_BIAS, plan->bias},
        {DNNL_ARG_DST_LAYER, y},
        {DNNL_ARG_DST_ITER, hT},
        {DNNL_ARG_DST_ITER_C, cT},
    };
    GB_TRY(execute(plan, &plan->forward, bindings, sizeof bindings / sizeof bindings[0]));
    copy_out(pass->y, y, plan->sequence);
    copy_out(pass->hT, hT, plan->state);
    if (plan->cell->has_memory)
        copy_out(pass->cT, cT, plan->state);
    return GB_OK;
}

/* oneDNN adds to weight gradients and overwrites the others. */
static void clear_gradients(onednn_plan *plan) {
    memset(plan->kernel.gradient.theirs_data, 0, plan->kernel.gradient.bytes);
    memset(plan->recurrent.gradient.theirs_data, 0, plan->recurrent.gradient.bytes);
    memset(plan->bias_gradient, 0, plan->bias_count * sizeof(float));
    memset(plan->peephole_gradient, 0, plan->peephole_count * sizeof(float));
}

static gb_status add_gradients(onednn_plan *plan, float *gradient) {
    GB_TRY(onednn_kernel_add(plan, &plan->kernel, gradient));
    GB_TRY(onednn_kernel_add(plan, &plan->recurrent, gradient));
    add_bias_gradient(plan, gradient);
    add(gradient + plan->peephole_offset, plan->peephole_gradient, plan->peephole_count);
    return GB_OK;
}

gb_status onednn_backward(gb_context *context, layer_plan *base, const gb_layer_pass *pass) {
    onednn_plan *plan = (onednn_plan *)base;
    plan->context = context;
    if (is_uneven(plan, pass) && plan->ran_uneven)
        return plan->uneven->operations->backward(context, plan->uneven, pass);
    if (is_uneven(plan, pass) || plan->ran_uneven)
        return gb_fail(context, GB_INVALID, "a backward pass needs the steps, lengths and mask of its forward pass");
    if (pass->dstate)
        return gb_fail(context, GB_UNSUPPORTED,
                       "oneDNN's RNN primitive gives state gradients only at the two ends; use the reference backend "
                       "for dstate");
    const float *parameters = pass->parameters, *kernel, *recurrent;
    GB_TRY(onednn_kernel_load(plan, &plan->kernel.backward, parameters + plan->kernel.offset, false, &kernel));
    GB_TRY(onednn_kernel_load(plan, &plan->recurrent.backward, parameters + plan->recurrent.offset, false, &recurrent));
    clear_gradients(plan);
    const binding bindings[] = {
        {DNNL_ARG_SRC_LAYER, pass->x},
        {DNNL_ARG_SRC_ITER, plan->initial_h},
        {DNNL_ARG_SRC_ITER_C, plan->initial_c},
        {DNNL_ARG_WEIGHTS_LAYER, kernel},
        {DNNL_ARG_WEIGHTS_ITER, recurrent},
        {DNNL_ARG_WEIGHTS_PEEPHOLE, parameters + plan->peephole_offset},
        {DNNL_ARG_BIAS, plan->bias},
        {DNNL_ARG_DST_LAYER, plan->y},
        {DNNL_ARG_DST_ITER, plan->final_h},
        {DNNL_ARG_DST_ITER_C, plan->final_c},
        {DNNL_ARG_DIFF_SRC_LAYER, pass->dx ? pass->dx : plan->dx},
        {DNNL_ARG_DIFF_SRC_ITER, plan->initial_dh},
        {DNNL_ARG_DIFF_SRC_ITER_C, plan->initial_dc},
        {DNNL_ARG_DIFF_WEIGHTS_LAYER, plan->kernel.gradient.theirs_data},
        {DNNL_ARG_DIFF_WEIGHTS_ITER, plan->recurrent.gradient.theirs_data},
        {DNNL_ARG_DIFF_WEIGHTS_PEEPHOLE, plan->peephole_gradient},
        {DNNL_ARG_DIFF_BIAS, plan->bias_gradient},
        {DNNL_ARG_DIFF_DST_LAYER, pass->dy},
        {DNNL_ARG_DIFF_DST_ITER, or_zero(plan, pass->dhT)},
        {DNNL_ARG_DIFF_DST_ITER_C, or_zero(plan, pass->dcT)},
    };
    GB_TRY(execute(plan, &plan->backward, bindings, sizeof bindings / sizeof bindings[0]));
    copy_out(pass->dh0, plan->initial_dh, plan->state);
    if (plan->cell->has_memory)
        copy_out(pass->dc0, plan->initial_dc, plan->state);
    return add_gradients(plan, pass->dparameters);
}
