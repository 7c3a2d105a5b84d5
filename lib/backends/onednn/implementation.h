/* SPDX-License-Identifier: MIT */
/* The implementations of this backend: oneDNN's RNN primitive (primitive.h), and the recurrent pass with oneDNN's or
 * packed products (products.c) or with products in bf16 (bf16.c). */
#ifndef GATEBENCH_ONEDNN_IMPLEMENTATION_H
#define GATEBENCH_ONEDNN_IMPLEMENTATION_H

#include <oneapi/dnnl/dnnl.h>

#include "backends/backend.h"

/* Plans a recurrent pass, for any cell. (primitive.h has the primitive's plan.) */
gb_status onednn_pass_create(gb_context *context, const gb_layer_spec *spec, bool packed, layer_plan **plan);

/* Plans a recurrent pass with products in bf16, for any cell, if the CPU has instructions for them. */
gb_status onednn_bf16_create(gb_context *context, const gb_layer_spec *spec, layer_plan **plan);
bool onednn_has_bf16(void);

/* Fails with GB_BACKEND and a sentence that quotes the failed call of oneDNN. */
gb_status onednn_fail(gb_context *context, dnnl_status_t status, const char *call);

#define ONEDNN_TRY(context, call)                                                                                      \
    do {                                                                                                               \
        const dnnl_status_t onednn_status = (call);                                                                    \
        if (onednn_status != dnnl_success)                                                                             \
            return onednn_fail((context), onednn_status, #call);                                                       \
    } while (0)

#endif
