/* SPDX-License-Identifier: MIT */
/* Converts kernels between our layout and those of a primitive. oneDNN chooses one layout for the forward pass, another
 * for the backward pass and a third for the gradient, by shape and CPU; each is queried, none is assumed. */
#include "backends/onednn/primitive.h"

static gb_status layout_create(onednn_plan *plan, onednn_layout *layout, onednn_description ours,
                               onednn_description theirs, bool gradient) {
    layout->bytes = dnnl_memory_desc_get_size(theirs);
    bool same = dnnl_memory_desc_equal(ours, theirs);
    if (gradient || !same)
        GB_TRY(gb_allocate(plan->context, layout->bytes, 1, &layout->theirs_data));
    if (same)
        return GB_OK;
    if (gradient)
        GB_TRY(gb_allocate(plan->context, dnnl_memory_desc_get_size(ours), 1, &layout->ours_data));
    ONEDNN_TRY(plan->context, dnnl_memory_create(&layout->ours, ours, plan->engine, layout->ours_data));
    ONEDNN_TRY(plan->context, dnnl_memory_create(&layout->theirs, theirs, plan->engine, layout->theirs_data));

    dnnl_primitive_desc_t description;
    ONEDNN_TRY(plan->context, dnnl_reorder_primitive_desc_create(&description, gradient ? theirs : ours, plan->engine,
                                                                 gradient ? ours : theirs, plan->engine, NULL));
    dnnl_status_t status = dnnl_primitive_create(&layout->reorder, description);
    dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? GB_OK : onednn_fail(plan->context, status, "dnnl_primitive_create(reorder)");
}

static void layout_destroy(onednn_plan *plan, onednn_layout *layout) {
    dnnl_primitive_destroy(layout->reorder);
    dnnl_memory_destroy(layout->ours);
    dnnl_memory_destroy(layout->theirs);
    gb_release(plan->context, layout->ours_data);
    gb_release(plan->context, layout->theirs_data);
}

static onednn_description wanted(const onednn_call *call, int argument) {
    return dnnl_primitive_desc_query_md(call->description, dnnl_query_exec_arg_md, argument);
}

static gb_status layouts_create(onednn_plan *plan, onednn_kernel *kernel, onednn_description ours, int argument,
                                int gradient_argument) {
    GB_TRY(layout_create(plan, &kernel->forward, ours, wanted(&plan->forward, argument), false));
    if (!plan->spec.training)
        return GB_OK;
    GB_TRY(layout_create(plan, &kernel->backward, ours, wanted(&plan->backward, argument), false));
    return layout_create(plan, &kernel->gradient, ours, wanted(&plan->backward, gradient_argument), true);
}

gb_status onednn_kernel_create(onednn_plan *plan, onednn_kernel *kernel, const gb_tensor *tensor, int argument,
                               int gradient_argument) {
    kernel->offset = tensor->offset;
    kernel->count = tensor->count;
    dnnl_dims_t sizes = {1, 1, (dnnl_dim_t)tensor->shape[0], (dnnl_dim_t)tensor->shape[1],
                         (dnnl_dim_t)tensor->shape[2]};
    dnnl_memory_desc_t ours;
    ONEDNN_TRY(plan->context, onednn_description_create(&ours, 5, sizes, dnnl_ldigo));
    gb_status status = layouts_create(plan, kernel, onednn_description_of(&ours), argument, gradient_argument);
    onednn_description_destroy(&ours);
    return status;
}

void onednn_kernel_destroy(onednn_plan *plan, onednn_kernel *kernel) {
    layout_destroy(plan, &kernel->forward);
    layout_destroy(plan, &kernel->backward);
    layout_destroy(plan, &kernel->gradient);
}

static gb_status reorder(onednn_plan *plan, const onednn_layout *layout, dnnl_memory_t from, dnnl_memory_t to) {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    ONEDNN_TRY(plan->context, dnnl_primitive_execute(layout->reorder, plan->stream, 2, arguments));
    return GB_OK;
}

gb_status onednn_kernel_load(onednn_plan *plan, const onednn_layout *layout, const float *ours, bool loaded,
                             const float **data) {
    *data = ours;
    if (!layout->reorder)
        return GB_OK;
    *data = layout->theirs_data;
    if (loaded)
        return GB_OK;
    ONEDNN_TRY(plan->context, dnnl_memory_set_data_handle(layout->ours, (void *)ours));
    return reorder(plan, layout, layout->ours, layout->theirs);
}

gb_status onednn_kernel_add(onednn_plan *plan, const onednn_kernel *kernel, float *parameters_gradient) {
    const onednn_layout *layout = &kernel->gradient;
    const float *gradient = layout->theirs_data;
    if (layout->reorder) {
        GB_TRY(reorder(plan, layout, layout->theirs, layout->ours));
        gradient = layout->ours_data;
    }
    float *sum = parameters_gradient + kernel->offset;
    for (size_t k = 0; k < kernel->count; k++)
        sum[k] += gradient[k];
    return GB_OK;
}
