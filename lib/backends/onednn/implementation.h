/* SPDX-License-Identifier: MIT */
/* The two ways in which this backend runs a layer: oneDNN's RNN primitive (plan.h), and matrix products around the
 * gates of a cell that the primitive lacks (gates.h). A plan of either begins with a pointer to its path. */
#ifndef GATEBENCH_ONEDNN_IMPLEMENTATION_H
#define GATEBENCH_ONEDNN_IMPLEMENTATION_H

#include <oneapi/dnnl/dnnl.h>

#include "gatebench/layer.h"

typedef struct onednn_path {
    void (*destroy)(void *plan); /* takes NULL */
    const char *(*implementation)(const void *plan);
    gb_status (*forward)(gb_context *context, void *plan, const gb_layer_pass *pass);
    gb_status (*backward)(gb_context *context, void *plan, const gb_layer_pass *pass);
} onednn_path;

/* A plan of matrix products and gates, for any cell. (plan.h has the primitive's.) */
gb_status onednn_gates_create(gb_context *context, const gb_layer_spec *spec, void **plan);

/* Fails with GB_BACKEND and a sentence that names the call of oneDNN, written out as text. */
gb_status onednn_fail(gb_context *context, dnnl_status_t status, const char *call);

/* Fails because a backward pass was asked for dstate. */
gb_status onednn_refuse_dstate(gb_context *context);

#define ONEDNN_TRY(plan, call)                                                                                         \
    do {                                                                                                               \
        dnnl_status_t onednn_status = (call);                                                                          \
        if (onednn_status != dnnl_success)                                                                             \
            return onednn_fail((plan)->context, onednn_status, #call);                                                 \
    } while (0)

#endif
