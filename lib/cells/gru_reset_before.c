/* SPDX-License-Identifier: MIT */
/* The GRU as its papers print it, with the reset gate before the recurrent product (Cho et al. 2014, eqs. 5-8; Chung
 * et al. 2014, which swaps u and 1 - u), gates in the order u r o:
 *
 *     u_t = sigmoid(x_t W_u + h_{t-1} U_u + b_u)
 *     r_t = sigmoid(x_t W_r + h_{t-1} U_r + b_r)
 *     o_t =    tanh(x_t W_o + (r_t h_{t-1}) U_o + b_o)
 *     h_t = u_t h_{t-1} + (1 - u_t) o_t
 *
 * The candidate's product needs r_t first: a second stage. */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { U, R, O, GATED, SAVED };

VECTOR_CLONES static void gate(const cell_step *s) {
    const size_t n = s->hidden;
    real *const u = s->saved + U * n, *const r = s->saved + R * n, *const gated = s->saved + GATED * n;

    REAL(row_sigmoid)(n, s->wx + U * n, s->uh + U * n, u);
    REAL(row_sigmoid)(n, s->wx + R * n, s->uh + R * n, r);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        gated[j] = r[j] * s->h_prev[j];
}

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    const real *const u = s->saved + U * n;
    real *const o = s->saved + O * n;

    REAL(row_tanh)(n, s->wx + O * n, s->uh + O * n, o);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = u[j] * s->h_prev[j] + (1 - u[j]) * o[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const u = s->saved + U * n, *const o = s->saved + O * n;
    real *restrict du = s->dwx + U * n, *restrict d_o = s->dwx + O * n, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        du[j] = s->dh[j] * (s->h_prev[j] - o[j]) * u[j] * (1 - u[j]);
        d_o[j] = s->dh[j] * (1 - u[j]) * (1 - o[j] * o[j]);
        dh_prev[j] = s->dh[j] * u[j];
    }
}

/* dgated = dL/d(r h_{t-1}), the candidate's gradient through U_o */
VECTOR_CLONES static void gate_backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const r = s->saved + R * n;
    real *restrict dr = s->dwx + R * n, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        dr[j] = s->dgated[j] * s->h_prev[j] * r[j] * (1 - r[j]);
        dh_prev[j] += s->dgated[j] * r[j];
    }
}

static const char *const gates[] = {"u", "r", "o"};

const cell REAL(gru_reset_before_cell) = {
    .info =
        {
            .name = "gru_reset_before",
            .title = "GRU, reset before the product",
            .source = "Cho et al. 2014 (arXiv:1406.1078), eqs. 5-8; Chung et al. 2014 (arXiv:1412.3555)",
            .gates = 3,
            .recurrent_gates = 3,
            .gate_names = gates,
            .memory_gate = "u",
            .memory_sign = 1,
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_NONE,
                },
        },
    .saved = SAVED,
    .first_stage = 2,
    .gated = GATED,
    .gate = gate,
    .forward = forward,
    .backward = backward,
    .gate_backward = gate_backward,
};
