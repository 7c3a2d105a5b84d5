/* SPDX-License-Identifier: MIT */
/* The plan of one layer as matrix products around the cell's own row functions, in f32: x W for all steps at once,
 * h U step by step, and the gradients of the parameters from all steps at once. */
#ifndef GATEBENCH_ONEDNN_GATES_H
#define GATEBENCH_ONEDNN_GATES_H

#include "backends/onednn/implementation.h"
#include "cells/cell.h"

/* The parts of a layer's parameter block, by role. */
enum { ONEDNN_PARTS = GB_ROLE_PEEPHOLE + 1 };

typedef struct onednn_gates {
    const onednn_path *path;
    gb_context *context;
    gb_layer_spec spec;
    const cell *cell;
    size_t rows;         /* T*N */
    size_t state;        /* N*H */
    size_t width;        /* G*H */
    size_t recurrent;    /* R*H */
    size_t first;        /* columns of U that multiply h_{t-1} itself; the rest multiply the saved row `gated` */
    size_t bias_gates;   /* the last gates of R, those with a recurrent bias */
    size_t saved_stride; /* floats saved a row and step */
    bool present[ONEDNN_PARTS];
    size_t offset[ONEDNN_PARTS];

    float *h, *c;    /* [T+1][N][H] entry t is the state before step t; c only with a memory */
    float *saved;    /* [T][N][saved][H]; inference: [1] */
    float *wx;       /* [T][N][G][H] x W + b; backward the gradient of that: nothing reads the sums any more */
    float *uh;       /* [N][R][H] */
    float *bias_row; /* [R][H] what the recurrent sums start from */

    /* training */
    float *duh;               /* [T][N][R][H]; wx itself unless the cell keeps the two gradients apart */
    float *dh, *dc;           /* [N][H] what arrives at the state behind the step */
    float *dh_prev, *dc_prev; /* [N][H] and before it */
    float *dgated;            /* [N][H] */
} onednn_gates;

/* A matrix for a product: row-major, `stride` floats from row to row, and whether it is taken transposed. */
typedef struct onednn_matrix {
    const float *data;
    size_t stride;
    bool transposed;
} onednn_matrix;

/* C[m][n] = A[m][k] B[k][n], added to C's own values when `add`. Nothing is done when n or k is 0: a cell without U. */
gb_status onednn_product(onednn_gates *plan, size_t m, size_t n, size_t k, onednn_matrix a, onednn_matrix b, bool add,
                         float *c, size_t c_stride);

/* A part of the parameter block, or of its gradient; NULL when the layer has no such tensor. */
static inline const float *onednn_part(const onednn_gates *plan, const void *parameters, gb_role role) {
    return plan->present[role] ? (const float *)parameters + plan->offset[role] : NULL;
}

static inline float *onednn_gradient_part(const onednn_gates *plan, void *gradient, gb_role role) {
    return plan->present[role] ? (float *)gradient + plan->offset[role] : NULL;
}

static inline float *onednn_saved_at(const onednn_gates *plan, size_t t) {
    return plan->saved + (plan->spec.training ? t : 0) * plan->spec.batch * plan->saved_stride;
}

/* gates_forward.c, gates_backward.c */
gb_status onednn_gates_forward(gb_context *context, void *plan, const gb_layer_pass *pass);
gb_status onednn_gates_backward(gb_context *context, void *plan, const gb_layer_pass *pass);

#endif
