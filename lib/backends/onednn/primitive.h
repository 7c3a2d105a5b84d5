/* SPDX-License-Identifier: MIT */
/* The plan of one layer on oneDNN's RNN primitive: primitives, memory objects and buffers, all made once. A pass only
 * points the memory objects at the caller's arrays and executes the primitives. */
#ifndef GATEBENCH_ONEDNN_PRIMITIVE_H
#define GATEBENCH_ONEDNN_PRIMITIVE_H

#include "backends/onednn/dnnl_compatibility.h"
#include "backends/onednn/implementation.h"

#include <string.h>

enum { ONEDNN_ARGUMENTS = 24 };

/* A primitive and its arguments. */
typedef struct onednn_call {
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t arguments[ONEDNN_ARGUMENTS];
    int count;
} onednn_call;

/* A kernel in the layout of a primitive, and our layout ([rows][gates][columns]). */
typedef struct onednn_layout {
    dnnl_memory_t ours, theirs;
    dnnl_primitive_t reorder; /* NULL: the two layouts are the same */
    float *theirs_data;       /* a gradient always has this buffer; a kernel only if it must be reordered */
    float *ours_data;         /* intermediate buffer of a gradient on its way back to our layout */
    size_t bytes;             /* the size of theirs_data */
} onednn_layout;

/* A kernel: its position in the parameter block, and its three layouts. */
typedef struct onednn_kernel {
    size_t offset, count;
    onednn_layout forward, backward, gradient;
} onednn_kernel;

typedef struct onednn_plan {
    layer_plan base; /* first: what layer.c sees */
    gb_context *context;
    gb_layer_spec spec;
    const gb_cell_info *cell;
    onednn_kind kind;
    dnnl_alg_kind_t activation;

    dnnl_engine_t engine;
    dnnl_stream_t stream;
    onednn_call forward, backward;
    char implementation[160];

    onednn_kernel kernel, recurrent;
    size_t bias_offset, recurrent_bias_offset, peephole_offset; /* in the parameter block, in floats */
    size_t sequence, state, bias_count, peephole_count;         /* floats of y, of h, of oneDNN's bias, of p */

    bool loaded; /* there was a forward pass: kernels and bias are loaded in the layouts of `forward` */
    float *bias, *bias_gradient, *peephole_gradient;
    float *zero_state;            /* zeros in place of states and gradients that the caller omits; never written */
    float *initial_h, *initial_c; /* copies, so that the caller's final states may be written over the initial ones */
    float *y, *final_h, *final_c; /* kept for the backward pass; also receives outputs that the caller does not want */
    float *dx;                    /* receives the gradient of x if the caller does not want it */
    float *initial_dh,
        *initial_dc; /* copied to the caller at the end, since they may have the addresses of dhT and dcT */
    void *workspace, *scratchpad;

    layer_plan *uneven; /* runs the passes that the primitive cannot: fewer steps, lengths, masks. NULL: there was no
                           such pass yet */
    bool ran_uneven;    /* the last forward pass was of that kind */
} onednn_plan;

/* primitive_plan.c */
gb_status onednn_plan_create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, onednn_kind kind,
                             dnnl_alg_kind_t activation, layer_plan **plan);

/* primitive_layout.c: kernels between our layout and oneDNN's */
gb_status onednn_kernel_create(onednn_plan *plan, onednn_kernel *kernel, const gb_tensor *tensor, int argument,
                               int gradient_argument);
void onednn_kernel_destroy(onednn_plan *plan, onednn_kernel *kernel);
/* *data points to the kernel in the primitive's layout: the caller's block itself if the layouts agree. `loaded`: the
 * result of the last load is still valid. */
gb_status onednn_kernel_load(onednn_plan *plan, const onednn_layout *layout, const float *ours, bool loaded,
                             const float **data);
/* Adds the primitive's gradient to ours. */
gb_status onednn_kernel_add(onednn_plan *plan, const onednn_kernel *kernel, float *parameters_gradient);

/* primitive_pass.c */
gb_status onednn_forward(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);
gb_status onednn_backward(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);

#endif
