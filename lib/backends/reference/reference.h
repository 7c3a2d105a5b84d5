/* SPDX-License-Identifier: MIT */
/* The two precisions of the reference backend, as code without a precision sees them. */
#ifndef GATEBENCH_BACKENDS_REFERENCE_REFERENCE_H
#define GATEBENCH_BACKENDS_REFERENCE_REFERENCE_H

#include "gatebench/layer.h"

/* The work of one precision; a plan begins with a pointer to its own. */
typedef struct reference_operations {
    void (*destroy)(gb_context *context, void *plan);
    gb_status (*forward)(gb_context *context, void *plan, const gb_layer_pass *pass);
    gb_status (*backward)(gb_context *context, void *plan, const gb_layer_pass *pass);
} reference_operations;

gb_status reference_create_f32(gb_context *context, const gb_layer_spec *spec, void **plan);
gb_status reference_create_f64(gb_context *context, const gb_layer_spec *spec, void **plan);

/* The loops of the products alone. */
gb_status reference_product(gb_context *context, size_t m, size_t n, size_t k, const float *a, const float *b,
                            float *c);

#endif
