/* SPDX-License-Identifier: MIT */
/* The GRU with the reset gate after the recurrent product, as Keras (reset_after) and PyTorch compute it, gates in the
 * order u r o (Cho et al. 2014, first version of arXiv:1406.1078):
 *
 *     u_t = sigmoid(x_t W_u + h_{t-1} U_u + b_u)
 *     r_t = sigmoid(x_t W_r + h_{t-1} U_r + b_r)
 *     o_t =    tanh(x_t W_o + b_o + r_t (h_{t-1} U_o + b'_o))
 *     h_t = u_t h_{t-1} + (1 - u_t) o_t */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { U, R, O, UH_O, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *const u = s->saved + U * n, *const r = s->saved + R * n, *const o = s->saved + O * n;
    real *const uh_o = s->saved + UH_O * n;

    REAL(row_sigmoid)(n, s->wx + U * n, s->uh + U * n, u);
    REAL(row_sigmoid)(n, s->wx + R * n, s->uh + R * n, r);
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        uh_o[j] = s->uh[O * n + j];
        o[j] = s->wx[O * n + j] + r[j] * uh_o[j];
    }
    REAL(row_tanh)(n, o, NULL, o);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = u[j] * s->h_prev[j] + (1 - u[j]) * o[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const u = s->saved + U * n, *const r = s->saved + R * n, *const o = s->saved + O * n;
    const real *const uh_o = s->saved + UH_O * n;
    real *restrict dwx = s->dwx, *restrict duh = s->duh, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        const real du = s->dh[j] * (s->h_prev[j] - o[j]) * u[j] * (1 - u[j]);
        const real d_o = s->dh[j] * (1 - u[j]) * (1 - o[j] * o[j]);
        const real dr = d_o * uh_o[j] * r[j] * (1 - r[j]);
        dwx[U * n + j] = duh[U * n + j] = du;
        dwx[R * n + j] = duh[R * n + j] = dr;
        dwx[O * n + j] = d_o;
        duh[O * n + j] = d_o * r[j]; /* the reset gate multiplies the recurrent sum */
        dh_prev[j] = s->dh[j] * u[j];
    }
}

static const char *const gates[] = {"u", "r", "o"};

const cell REAL(gru_cell) = {
    .info =
        {
            .name = "gru",
            .title = "GRU, reset after the product",
            .source = "Cho et al. 2014 (arXiv:1406.1078v1), as Keras and PyTorch compute it",
            .gates = 3,
            .recurrent_gates = 3,
            .gate_names = gates,
            .reset_after = true,
            .memory_gate = "u",
            .memory_sign = 1,
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_NONE,
                },
        },
    .saved = SAVED,
    .separate_uh = true,
    .first_stage = 3,
    .forward = forward,
    .backward = backward,
};
