/* SPDX-License-Identifier: MIT */
/* The interface of the reference backend's two precisions (loops.c) for code without a precision. */
#ifndef GATEBENCH_BACKENDS_REFERENCE_H
#define GATEBENCH_BACKENDS_REFERENCE_H

#include "backends/backend.h"

gb_status reference_create_f32(gb_context *context, const gb_layer_spec *spec, layer_plan **plan);
gb_status reference_create_f64(gb_context *context, const gb_layer_spec *spec, layer_plan **plan);

/* Only the products, for gb_backend_product(). */
gb_status reference_product(gb_context *context, size_t m, size_t n, size_t k, const float *a, const float *b,
                            float *c);

#endif
