/* SPDX-License-Identifier: MIT */
/* What a planned reference layer keeps. Compiled once a precision. */
#ifndef GATEBENCH_BACKENDS_REFERENCE_PLAN_H
#define GATEBENCH_BACKENDS_REFERENCE_PLAN_H

#include "backends/reference/reference.h"
#include "cells/cell.h"

enum { KERNEL, RECURRENT, BIAS, RECURRENT_BIAS, PEEPHOLE, PARTS };

typedef struct reference_plan {
    const reference_operations *operations; /* first: code without a precision reads it */
    const cell *cell;
    size_t steps, batch, input, hidden;   /* T N I H */
    size_t gates, recurrent_gates, saved; /* G R, and saved rows a step */
    size_t recurrent_bias_gates;          /* the last gates of R, those with a recurrent bias */
    size_t chunk;                         /* steps whose input products are done at once: small enough for the cache */
    bool training;
    bool present[PARTS];
    size_t offset[PARTS]; /* where each tensor of the parameter block starts */

    /* forward; indexed by boundary: entry t is the state before step t. Inference keeps two entries. */
    real *h, *c;      /* [T+1][N][H] */
    real *saved_rows; /* [T][N][saved][H]; inference: [1] */
    real *wx;         /* [chunk][N][G][H] */
    real *uh;         /* [N][R][H] */
    real *bias_row;   /* [R][H] what the recurrent sums start from */

    /* backward */
    real *dwx;                  /* [chunk][N][G][H] */
    real *duh;                  /* [chunk][N][R][H]; dwx itself unless the cell keeps them apart */
    real *dh, *dc;              /* [N][H] what arrives at the state behind the step */
    real *dh_prev, *dc_prev;    /* [N][H] and before it */
    real *dgated;               /* [N][H] */
    real *kernel_transposed;    /* [G][H][I] */
    real *recurrent_transposed; /* [R][H][H] */
} reference_plan;

/* A part of the parameter block, or of its gradient; NULL when the cell has no such tensor. */
static inline const real *reference_part(const reference_plan *plan, const void *parameters, int part) {
    return plan->present[part] ? (const real *)parameters + plan->offset[part] : NULL;
}

static inline real *reference_gradient_part(const reference_plan *plan, void *gradient, int part) {
    return plan->present[part] ? (real *)gradient + plan->offset[part] : NULL;
}

/* The state at boundary t, and the rows saved in step t. */
static inline size_t reference_state_at(const reference_plan *plan, size_t t) {
    return (plan->training ? t : t % 2) * plan->batch * plan->hidden;
}

static inline real *reference_saved_at(const reference_plan *plan, size_t t) {
    return plan->saved_rows + (plan->training ? t : 0) * plan->batch * plan->saved * plan->hidden;
}

gb_status REAL(reference_forward)(gb_context *context, void *plan, const gb_layer_pass *pass);
gb_status REAL(reference_backward)(gb_context *context, void *plan, const gb_layer_pass *pass);

#endif
