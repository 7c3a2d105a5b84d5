/* SPDX-License-Identifier: MIT */
/* The reference backend's table: any cell, f32 and f64, one thread. */
#include "backends/reference/reference.h"

#include "backends/backend.h"

static const reference_operations *operations_of(const void *plan) {
    return *(const reference_operations *const *)plan;
}

static const char *version(void) {
    return "gatebench " GATEBENCH_VERSION;
}

static bool supports(const gb_layer_spec *spec, const gb_cell_info *cell, char *why, size_t size) {
    (void)spec, (void)cell, (void)why, (void)size;
    return true;
}

static gb_status create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, void **plan) {
    (void)cell;
    return spec->dtype == GB_F64 ? reference_create_f64(context, spec, plan)
                                 : reference_create_f32(context, spec, plan);
}

static void destroy(gb_context *context, void *plan) {
    if (plan)
        operations_of(plan)->destroy(context, plan);
}

static const char *implementation(const void *plan) {
    (void)plan;
    return "reference loops";
}

static gb_status forward(gb_context *context, void *plan, const gb_layer_pass *pass) {
    return operations_of(plan)->forward(context, plan, pass);
}

static gb_status backward(gb_context *context, void *plan, const gb_layer_pass *pass) {
    return operations_of(plan)->backward(context, plan, pass);
}

const backend reference_backend = {
    .name = "reference",
    .version = version,
    .supports = supports,
    .create = create,
    .destroy = destroy,
    .implementation = implementation,
    .forward = forward,
    .backward = backward,
    .product = reference_product,
};
