/* SPDX-License-Identifier: MIT */
/* The LSTM with forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), gates in the order
 * i f g o (g, the candidate, is the gate named c):
 *
 *     i_t = sigmoid(x_t W_i + h_{t-1} U_i + b_i)
 *     f_t = sigmoid(x_t W_f + h_{t-1} U_f + b_f)
 *     g_t =    tanh(x_t W_c + h_{t-1} U_c + b_c)
 *     o_t = sigmoid(x_t W_o + h_{t-1} U_o + b_o)
 *     c_t = f_t c_{t-1} + i_t g_t
 *     h_t = o_t tanh(c_t) */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { I, F, G, O, TANH_C, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *const i = s->saved + I * n, *const f = s->saved + F * n, *const g = s->saved + G * n;
    real *const o = s->saved + O * n, *const tanh_c = s->saved + TANH_C * n;

    REAL(row_sigmoid)(n, s->wx + I * n, s->uh + I * n, i);
    REAL(row_sigmoid)(n, s->wx + F * n, s->uh + F * n, f);
    REAL(row_tanh)(n, s->wx + G * n, s->uh + G * n, g);
    REAL(row_sigmoid)(n, s->wx + O * n, s->uh + O * n, o);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->c[j] = f[j] * s->c_prev[j] + i[j] * g[j];
    REAL(row_tanh)(n, s->c, NULL, tanh_c);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = o[j] * tanh_c[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const i = s->saved + I * n, *const f = s->saved + F * n, *const g = s->saved + G * n;
    const real *const o = s->saved + O * n, *const tanh_c = s->saved + TANH_C * n;
    real *restrict di = s->dwx + I * n, *restrict df = s->dwx + F * n;
    real *restrict dg = s->dwx + G * n, *restrict d_o = s->dwx + O * n;
    real *restrict dc_prev = s->dc_prev, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        /* gradient of c_t: from c_{t+1}, and through h_t = o tanh(c) */
        const real dc = s->dc[j] + s->dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
        di[j] = dc * g[j] * i[j] * (1 - i[j]); /* sigmoid' = s (1 - s) */
        df[j] = dc * s->c_prev[j] * f[j] * (1 - f[j]);
        dg[j] = dc * i[j] * (1 - g[j] * g[j]); /* tanh' = 1 - tanh^2 */
        d_o[j] = s->dh[j] * tanh_c[j] * o[j] * (1 - o[j]);
        dc_prev[j] = dc * f[j];
        dh_prev[j] = 0;
    }
}

static const char *const gates[] = {"i", "f", "c", "o"};

const cell REAL(lstm_cell) = {
    .info =
        {
            .name = "lstm",
            .title = "LSTM with forget gate",
            .source = "Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000",
            .gates = 4,
            .recurrent_gates = 4,
            .gate_names = gates,
            .has_memory = true,
            .forget_gate = "f",
            .memory_gate = "f",
            .memory_sign = 1,
            .input_gate = "i",
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_SINGLE,
                },
        },
    .saved = SAVED,
    .first_stage = 4,
    .forward = forward,
    .backward = backward,
};
