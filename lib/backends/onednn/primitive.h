/* SPDX-License-Identifier: MIT */
/* The plan of one layer on oneDNN's RNN primitive: primitives, memory objects and buffers, all made once. A pass only
 * points the memory objects at the caller's arrays and executes. */
#ifndef GATEBENCH_ONEDNN_PRIMITIVE_H
#define GATEBENCH_ONEDNN_PRIMITIVE_H

#include "backends/onednn/dnnl_compatibility.h"
#include "backends/onednn/implementation.h"

#include <string.h>

enum { ONEDNN_ARGUMENTS = 24 };

/* A primitive and what it is executed with. */
typedef struct onednn_call {
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t arguments[ONEDNN_ARGUMENTS];
    int count;
} onednn_call;

/* A kernel in the layout that a primitive wants, beside ours ([rows][gates][columns]). */
typedef struct onednn_layout {
    dnnl_memory_t ours, theirs;
    dnnl_primitive_t reorder; /* NULL: the two layouts are the same */
    float *theirs_data;       /* a gradient always has it; a kernel only when it must be reordered */
    float *ours_data;         /* a gradient's stop on its way back to our layout */
    size_t bytes;             /* of theirs_data */
} onednn_layout;

/* A kernel: where it stands in the parameter block, and its three layouts. */
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

    bool loaded; /* there was a forward pass: the kernels and the bias stand in the layouts of `forward` */
    float *bias, *bias_gradient, *peephole_gradient;
    float *zero_state;            /* stands for the states and gradients that a caller leaves out; never written */
    float *y, *final_h, *final_c; /* kept for the backward pass, and for outputs that nobody wants */
    float *dx, *initial_dh, *initial_dc; /* gradients that nobody wants */
    void *workspace, *scratchpad;

    layer_plan
        *uneven;     /* runs the passes that the primitive cannot: fewer steps, lengths, masks. NULL: none came yet */
    bool ran_uneven; /* the last forward pass was such a one */
} onednn_plan;

/* primitive_plan.c */
gb_status onednn_plan_create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, onednn_kind kind,
                             dnnl_alg_kind_t activation, layer_plan **plan);

/* primitive_layout.c: kernels between our layout and oneDNN's */
gb_status onednn_kernel_create(onednn_plan *plan, onednn_kernel *kernel, const gb_tensor *tensor, int argument,
                               int gradient_argument);
void onednn_kernel_destroy(onednn_plan *plan, onednn_kernel *kernel);
/* *data gets where the kernel stands in the primitive's layout: the caller's block itself when the layouts agree.
 * `loaded`: what the last load made of it still holds. */
gb_status onednn_kernel_load(onednn_plan *plan, const onednn_layout *layout, const float *ours, bool loaded,
                             const float **data);
/* Adds the primitive's gradient to ours. */
gb_status onednn_kernel_add(onednn_plan *plan, const onednn_kernel *kernel, float *parameters_gradient);

/* primitive_pass.c */
gb_status onednn_forward(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);
gb_status onednn_backward(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);

#endif
