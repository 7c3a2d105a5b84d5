/* SPDX-License-Identifier: MIT */
/* The LSTM with coupled input and forget gate (Greff et al. 2017, arXiv:1503.04069, variant CIFG), gates in the order
 * f g o (g, the candidate, is the gate named c), without peepholes, as the lstm here:
 *
 *     f_t = sigmoid(x_t W_f + h_{t-1} U_f + b_f)
 *     g_t =    tanh(x_t W_c + h_{t-1} U_c + b_c)
 *     o_t = sigmoid(x_t W_o + h_{t-1} U_o + b_o)
 *     c_t = f_t c_{t-1} + (1 - f_t) g_t
 *     h_t = o_t tanh(c_t)
 *
 * Greff keeps i and sets f = 1 - i, which is this cell with opposite signs of the gate's weights. With f its bias may
 * start at 1, as in the lstm. */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { F, G, O, TANH_C, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *const f = s->saved + F * n, *const g = s->saved + G * n, *const o = s->saved + O * n;
    real *const tanh_c = s->saved + TANH_C * n;

    REAL(row_sigmoid)(n, s->wx + F * n, s->uh + F * n, f);
    REAL(row_tanh)(n, s->wx + G * n, s->uh + G * n, g);
    REAL(row_sigmoid)(n, s->wx + O * n, s->uh + O * n, o);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->c[j] = f[j] * s->c_prev[j] + (1 - f[j]) * g[j];
    REAL(row_tanh)(n, s->c, NULL, tanh_c);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = o[j] * tanh_c[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const f = s->saved + F * n, *const g = s->saved + G * n, *const o = s->saved + O * n;
    const real *const tanh_c = s->saved + TANH_C * n;
    real *restrict df = s->dwx + F * n, *restrict dg = s->dwx + G * n, *restrict d_o = s->dwx + O * n;
    real *restrict dc_prev = s->dc_prev, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        /* gradient of c_t: from c_{t+1}, and through h_t = o tanh(c) */
        const real dc = s->dc[j] + s->dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
        df[j] = dc * (s->c_prev[j] - g[j]) * f[j] * (1 - f[j]);
        dg[j] = dc * (1 - f[j]) * (1 - g[j] * g[j]);
        d_o[j] = s->dh[j] * tanh_c[j] * o[j] * (1 - o[j]);
        dc_prev[j] = dc * f[j];
        dh_prev[j] = 0;
    }
}

static const char *const gates[] = {"f", "c", "o"};

const cell REAL(cifg_cell) = {
    .info =
        {
            .name = "cifg",
            .title = "LSTM with coupled input and forget gate",
            .source = "Greff et al. 2017 (arXiv:1503.04069), variant CIFG",
            .gates = 3,
            .recurrent_gates = 3,
            .gate_names = gates,
            .has_memory = true,
            .forget_gate = "f",
            .memory_gate = "f",
            .memory_sign = 1,
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_SINGLE,
                },
        },
    .saved = SAVED,
    .first_stage = 3,
    .forward = forward,
    .backward = backward,
};
