/* SPDX-License-Identifier: MIT */
/* The reference backend's table: any cell, f32 and f64, one thread. */
#include "backends/reference/reference.h"

#include <stdio.h>

static const char *version(void) {
    return "gatebench " GATEBENCH_VERSION;
}

static bool supports(const gb_layer_spec *spec, const gb_cell_info *cell, char *why, size_t size) {
    (void)cell;
    if (spec->implementation)
        snprintf(why, size, "it has only one implementation, so '%s' cannot be chosen", spec->implementation);
    return !spec->implementation;
}

static gb_status create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, layer_plan **plan) {
    (void)cell;
    return spec->dtype == GB_F64 ? reference_create_f64(context, spec, plan)
                                 : reference_create_f32(context, spec, plan);
}

const backend reference_backend = {
    .name = "reference",
    .version = version,
    .supports = supports,
    .create = create,
    .product = reference_product,
};
