/* SPDX-License-Identifier: MIT */
/* Planning a layer: describes it to oneDNN, makes the primitives and takes every buffer that the passes need. */
#include "backends/onednn/primitive.h"

#include <stdio.h>

/* All possible arguments of a primitive; its descriptor is queried for those that it has. */
static const int value_arguments[] = {DNNL_ARG_SRC_LAYER,     DNNL_ARG_SRC_ITER,     DNNL_ARG_SRC_ITER_C,
                                      DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_WEIGHTS_PEEPHOLE,
                                      DNNL_ARG_BIAS,          DNNL_ARG_DST_LAYER,    DNNL_ARG_DST_ITER,
                                      DNNL_ARG_DST_ITER_C,    DNNL_ARG_WORKSPACE,    DNNL_ARG_SCRATCHPAD};
static const int gradient_arguments[] = {
    DNNL_ARG_DIFF_SRC_LAYER,    DNNL_ARG_DIFF_SRC_ITER,         DNNL_ARG_DIFF_SRC_ITER_C, DNNL_ARG_DIFF_WEIGHTS_LAYER,
    DNNL_ARG_DIFF_WEIGHTS_ITER, DNNL_ARG_DIFF_WEIGHTS_PEEPHOLE, DNNL_ARG_DIFF_BIAS,       DNNL_ARG_DIFF_DST_LAYER,
    DNNL_ARG_DIFF_DST_ITER,     DNNL_ARG_DIFF_DST_ITER_C};
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The descriptors of a layer while it is being described. */
typedef struct descriptors {
    dnnl_memory_desc_t x, y, state, kernel, recurrent, bias, peephole;
} descriptors;

static gb_status descriptors_create(onednn_plan *plan, descriptors *d) {
    dnnl_dim_t T = (dnnl_dim_t)plan->spec.steps, N = (dnnl_dim_t)plan->spec.batch;
    dnnl_dim_t I = (dnnl_dim_t)plan->spec.input, H = (dnnl_dim_t)plan->spec.hidden;
    dnnl_dim_t G = (dnnl_dim_t)plan->cell->gates;
    dnnl_dim_t bias_gates = plan->cell->reset_after ? G + 1 : G;
    ONEDNN_TRY(plan->context, onednn_description_create(&d->x, 3, (dnnl_dims_t){T, N, I}, dnnl_tnc));
    ONEDNN_TRY(plan->context, onednn_description_create(&d->y, 3, (dnnl_dims_t){T, N, H}, dnnl_tnc));
    ONEDNN_TRY(plan->context, onednn_description_create(&d->state, 4, (dnnl_dims_t){1, 1, N, H}, dnnl_ldnc));
    ONEDNN_TRY(plan->context,
               onednn_description_create(&d->kernel, 5, (dnnl_dims_t){1, 1, I, G, H}, dnnl_format_tag_any));
    ONEDNN_TRY(plan->context,
               onednn_description_create(&d->recurrent, 5, (dnnl_dims_t){1, 1, H, G, H}, dnnl_format_tag_any));
    ONEDNN_TRY(plan->context, onednn_description_create(&d->bias, 4, (dnnl_dims_t){1, 1, bias_gates, H}, dnnl_ldgo));
    ONEDNN_TRY(plan->context, onednn_description_create(&d->peephole, 4, (dnnl_dims_t){1, 1, 3, H}, dnnl_ldgo));
    return GB_OK;
}

static void descriptors_destroy(descriptors *d) {
    dnnl_memory_desc_t *all[] = {&d->x, &d->y, &d->state, &d->kernel, &d->recurrent, &d->bias, &d->peephole};
    for (size_t i = 0; i < LENGTH(all); i++)
        onednn_description_destroy(all[i]);
}

/* Initial states are always described and passed: without them the LSTM's backward pass of oneDNN 2.6 and 3.2 gives
 * wrong recurrent gradients and reports success. */
static onednn_tensors tensors_of(const onednn_plan *plan, const descriptors *d) {
    onednn_description state = onednn_description_of(&d->state);
    onednn_description memory = plan->cell->has_memory ? state : NULL;
    onednn_description y = onednn_description_of(&d->y);
    return (onednn_tensors){
        .direction = plan->spec.reverse ? dnnl_unidirectional_right2left : dnnl_unidirectional_left2right,
        .src_layer = onednn_description_of(&d->x),
        .src_iter = state,
        .src_iter_c = memory,
        .weights_layer = onednn_description_of(&d->kernel),
        .weights_iter = onednn_description_of(&d->recurrent),
        .weights_peephole = plan->cell->peepholes ? onednn_description_of(&d->peephole) : NULL,
        .bias = onednn_description_of(&d->bias),
        .dst_layer = y,
        .dst_iter = state,
        .dst_iter_c = memory,
    };
}

static gb_status describe(onednn_plan *plan, const onednn_tensors *tensors, const_dnnl_primitive_attr_t attributes) {
    dnnl_status_t status = onednn_describe_forward(&plan->forward.description, plan->engine, attributes, plan->kind,
                                                   plan->activation, plan->spec.training, tensors);
    if (status != dnnl_success)
        return onednn_fail(plan->context, status, "creating the forward RNN primitive descriptor");
    if (!plan->spec.training)
        return GB_OK;
    status = onednn_describe_backward(&plan->backward.description, plan->engine, attributes, plan->kind,
                                      plan->activation, tensors, plan->forward.description);
    if (status != dnnl_success)
        return onednn_fail(plan->context, status, "creating the backward RNN primitive descriptor");
    return GB_OK;
}

/* Because we provide the scratchpad, oneDNN allocates nothing during a pass. */
static gb_status descriptions_create(onednn_plan *plan) {
    dnnl_primitive_attr_t attributes;
    ONEDNN_TRY(plan->context, dnnl_primitive_attr_create(&attributes));
    descriptors d;
    memset(&d, 0, sizeof d);
    dnnl_status_t mode = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    gb_status status = mode == dnnl_success
                           ? descriptors_create(plan, &d)
                           : onednn_fail(plan->context, mode, "dnnl_primitive_attr_set_scratchpad_mode");
    if (status == GB_OK) {
        onednn_tensors tensors = tensors_of(plan, &d);
        status = describe(plan, &tensors, attributes);
    }
    descriptors_destroy(&d);
    dnnl_primitive_attr_destroy(attributes);
    return status;
}

static size_t argument_bytes(const onednn_call *call, int argument) {
    onednn_description d = dnnl_primitive_desc_query_md(call->description, dnnl_query_exec_arg_md, argument);
    return d ? dnnl_memory_desc_get_size(d) : 0;
}

static gb_status arguments_create(onednn_plan *plan, onednn_call *call, const int *arguments, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (argument_bytes(call, arguments[i]) == 0)
            continue;
        void *data = arguments[i] == DNNL_ARG_WORKSPACE    ? plan->workspace
                     : arguments[i] == DNNL_ARG_SCRATCHPAD ? plan->scratchpad
                                                           : DNNL_MEMORY_NONE;
        dnnl_memory_t memory;
        onednn_description d = dnnl_primitive_desc_query_md(call->description, dnnl_query_exec_arg_md, arguments[i]);
        ONEDNN_TRY(plan->context, dnnl_memory_create(&memory, d, plan->engine, data));
        call->arguments[call->count++] = (dnnl_exec_arg_t){arguments[i], memory};
    }
    return GB_OK;
}

static gb_status calls_create(onednn_plan *plan) {
    onednn_call *forward = &plan->forward, *backward = &plan->backward;
    size_t workspace = argument_bytes(forward, DNNL_ARG_WORKSPACE);
    size_t scratchpad = argument_bytes(forward, DNNL_ARG_SCRATCHPAD);
    if (plan->spec.training && argument_bytes(backward, DNNL_ARG_SCRATCHPAD) > scratchpad)
        scratchpad = argument_bytes(backward, DNNL_ARG_SCRATCHPAD);
    GB_TRY(gb_allocate(plan->context, workspace, 1, &plan->workspace));
    GB_TRY(gb_allocate(plan->context, scratchpad, 1, &plan->scratchpad));
    ONEDNN_TRY(plan->context, dnnl_primitive_create(&forward->primitive, forward->description));
    GB_TRY(arguments_create(plan, forward, value_arguments, LENGTH(value_arguments)));
    if (!plan->spec.training)
        return GB_OK;
    ONEDNN_TRY(plan->context, dnnl_primitive_create(&backward->primitive, backward->description));
    GB_TRY(arguments_create(plan, backward, value_arguments, LENGTH(value_arguments)));
    return arguments_create(plan, backward, gradient_arguments, LENGTH(gradient_arguments));
}

static gb_status buffers_create(onednn_plan *plan) {
    const gb_layer_spec *spec = &plan->spec;
    const struct {
        float **buffer;
        size_t rows, columns;
        bool training_only;
    } buffers[] = {
        {&plan->bias, plan->bias_count, 1, false},
        {&plan->zero_state, plan->state, 1, false},
        {&plan->initial_h, plan->state, 1, false},
        {&plan->initial_c, plan->state, 1, false},
        {&plan->y, plan->sequence, 1, false},
        {&plan->final_h, plan->state, 1, false},
        {&plan->final_c, plan->state, 1, false},
        {&plan->bias_gradient, plan->bias_count, 1, true},
        {&plan->peephole_gradient, plan->peephole_count, 1, true},
        {&plan->dx, spec->steps * spec->batch, spec->input, true},
        {&plan->initial_dh, plan->state, 1, true},
        {&plan->initial_dc, plan->state, 1, true},
    };
    for (size_t i = 0; i < LENGTH(buffers); i++)
        if (spec->training || !buffers[i].training_only)
            GB_TRY(gb_allocate(plan->context, buffers[i].rows, buffers[i].columns * sizeof(float), buffers[i].buffer));
    return GB_OK;
}

static gb_status parameters_create(onednn_plan *plan) {
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t floats;
    size_t count = gb_cell_tensors(plan->cell, plan->spec.input, plan->spec.hidden, plan->spec.bias, tensors, &floats);
    for (size_t i = 0; i < count; i++) {
        const gb_tensor *tensor = &tensors[i];
        if (tensor->role == GB_ROLE_KERNEL)
            GB_TRY(
                onednn_kernel_create(plan, &plan->kernel, tensor, DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_LAYER));
        else if (tensor->role == GB_ROLE_RECURRENT)
            GB_TRY(onednn_kernel_create(plan, &plan->recurrent, tensor, DNNL_ARG_WEIGHTS_ITER,
                                        DNNL_ARG_DIFF_WEIGHTS_ITER));
        else if (tensor->role == GB_ROLE_BIAS)
            plan->bias_offset = tensor->offset;
        else if (tensor->role == GB_ROLE_RECURRENT_BIAS)
            plan->recurrent_bias_offset = tensor->offset;
        else if (tensor->role == GB_ROLE_PEEPHOLE)
            plan->peephole_offset = tensor->offset;
    }
    return GB_OK;
}

/* "rnn primitive, ref:any"; names both passes if they differ. */
static gb_status implementation_name(onednn_plan *plan) {
    const char *forward = "", *backward = NULL;
    ONEDNN_TRY(plan->context,
               dnnl_primitive_desc_query(plan->forward.description, dnnl_query_impl_info_str, 0, &forward));
    if (plan->spec.training)
        ONEDNN_TRY(plan->context,
                   dnnl_primitive_desc_query(plan->backward.description, dnnl_query_impl_info_str, 0, &backward));
    bool both = backward && strcmp(forward, backward) != 0;
    snprintf(plan->implementation, sizeof plan->implementation, "rnn primitive, %s%s%s", forward,
             both ? " forward, " : "", both ? backward : "");
    return GB_OK;
}

static gb_status plan_build(onednn_plan *plan) {
    ONEDNN_TRY(plan->context, dnnl_engine_create(&plan->engine, dnnl_cpu, 0));
    ONEDNN_TRY(plan->context, dnnl_stream_create(&plan->stream, plan->engine, dnnl_stream_default_flags));
    GB_TRY(descriptions_create(plan));
    GB_TRY(calls_create(plan));
    GB_TRY(parameters_create(plan));
    GB_TRY(buffers_create(plan));
    return implementation_name(plan);
}

static void call_destroy(onednn_call *call) {
    for (int i = 0; i < call->count; i++)
        dnnl_memory_destroy(call->arguments[i].memory);
    dnnl_primitive_destroy(call->primitive);
    dnnl_primitive_desc_destroy(call->description);
}

static void destroy(gb_context *context, layer_plan *base) {
    onednn_plan *plan = (onednn_plan *)base;
    if (plan->uneven)
        plan->uneven->operations->destroy(context, plan->uneven);
    onednn_kernel_destroy(plan, &plan->kernel);
    onednn_kernel_destroy(plan, &plan->recurrent);
    call_destroy(&plan->forward);
    call_destroy(&plan->backward);
    dnnl_stream_destroy(plan->stream);
    dnnl_engine_destroy(plan->engine);
    void *blocks[] = {plan->bias,       plan->bias_gradient, plan->peephole_gradient,
                      plan->zero_state, plan->initial_h,     plan->initial_c,
                      plan->y,          plan->final_h,       plan->final_c,
                      plan->dx,         plan->initial_dh,    plan->initial_dc,
                      plan->workspace,  plan->scratchpad};
    for (size_t i = 0; i < LENGTH(blocks); i++)
        gb_release(plan->context, blocks[i]);
    gb_release(plan->context, plan);
}

static const char *implementation(const layer_plan *base) {
    const onednn_plan *plan = (const onednn_plan *)base;
    return plan->ran_uneven ? plan->uneven->operations->implementation(plan->uneven) : plan->implementation;
}

static const layer_operations operations = {
    .destroy = destroy,
    .implementation = implementation,
    .forward = onednn_forward,
    .backward = onednn_backward,
};

gb_status onednn_plan_create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, onednn_kind kind,
                             dnnl_alg_kind_t activation, layer_plan **plan_out) {
    onednn_plan *plan;
    GB_TRY(gb_allocate(context, 1, sizeof *plan, &plan));
    plan->base.operations = &operations;
    plan->context = context;
    plan->spec = *spec;
    plan->spec.cell = cell->name; /* the caller's texts need not outlive the call */
    plan->spec.backend = plan->spec.implementation = NULL;
    plan->cell = cell;
    plan->kind = kind;
    plan->activation = activation;
    plan->state = spec->batch * spec->hidden;
    plan->sequence = spec->steps * plan->state;
    plan->bias_count = (cell->gates + (cell->reset_after ? 1 : 0)) * spec->hidden;
    plan->peephole_count = cell->peepholes ? 3 * spec->hidden : 0;
    gb_status status = plan_build(plan);
    if (status != GB_OK) {
        destroy(context, &plan->base);
        return status;
    }
    *plan_out = &plan->base;
    return GB_OK;
}
