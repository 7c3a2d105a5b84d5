/* SPDX-License-Identifier: MIT */
/* The LSTM with peepholes (Gers & Schmidhuber 2000; Graves 2013, eqs. 7-11), diagonal, gates in the order i f g o:
 *
 *     i_t = sigmoid(x_t W_i + h_{t-1} U_i + p_i c_{t-1} + b_i)
 *     f_t = sigmoid(x_t W_f + h_{t-1} U_f + p_f c_{t-1} + b_f)
 *     g_t =    tanh(x_t W_c + h_{t-1} U_c + b_c)
 *     c_t = f_t c_{t-1} + i_t g_t
 *     o_t = sigmoid(x_t W_o + h_{t-1} U_o + p_o c_t + b_o)
 *     h_t = o_t tanh(c_t) */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { I, F, G, O, TANH_C, SAVED };
enum { P_I, P_F, P_O };

/* sigmoid(wx + uh + p c); `out` also holds the sum */
static inline void peeping_gate(size_t n, const real *wx, const real *uh, const real *p, const real *c, real *out) {
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        out[j] = wx[j] + uh[j] + p[j] * c[j];
    REAL(row_sigmoid)(n, out, NULL, out);
}

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *const i = s->saved + I * n, *const f = s->saved + F * n, *const g = s->saved + G * n;
    real *const o = s->saved + O * n, *const tanh_c = s->saved + TANH_C * n;
    const real *const p = s->peephole;

    peeping_gate(n, s->wx + I * n, s->uh + I * n, p + P_I * n, s->c_prev, i);
    peeping_gate(n, s->wx + F * n, s->uh + F * n, p + P_F * n, s->c_prev, f);
    REAL(row_tanh)(n, s->wx + G * n, s->uh + G * n, g);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->c[j] = f[j] * s->c_prev[j] + i[j] * g[j];
    peeping_gate(n, s->wx + O * n, s->uh + O * n, p + P_O * n, s->c, o);
    REAL(row_tanh)(n, s->c, NULL, tanh_c);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = o[j] * tanh_c[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const i = s->saved + I * n, *const f = s->saved + F * n, *const g = s->saved + G * n;
    const real *const o = s->saved + O * n, *const tanh_c = s->saved + TANH_C * n;
    const real *const p_i = s->peephole + P_I * n, *const p_f = s->peephole + P_F * n;
    const real *const p_o = s->peephole + P_O * n;
    real *const di = s->dwx + I * n, *const df = s->dwx + F * n, *const dg = s->dwx + G * n;
    real *const d_o = s->dwx + O * n;
    real *const dp_i = s->dpeephole + P_I * n, *const dp_f = s->dpeephole + P_F * n;
    real *const dp_o = s->dpeephole + P_O * n;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        d_o[j] = s->dh[j] * tanh_c[j] * o[j] * (1 - o[j]);
        /* gradient of c_t: from c_{t+1}, through h_t = o tanh(c), and through the output gate's peephole */
        const real dc = s->dc[j] + s->dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]) + d_o[j] * p_o[j];
        di[j] = dc * g[j] * i[j] * (1 - i[j]);
        df[j] = dc * s->c_prev[j] * f[j] * (1 - f[j]);
        dg[j] = dc * i[j] * (1 - g[j] * g[j]);
        s->dc_prev[j] = dc * f[j] + di[j] * p_i[j] + df[j] * p_f[j];
        s->dh_prev[j] = 0;
        dp_i[j] += di[j] * s->c_prev[j];
        dp_f[j] += df[j] * s->c_prev[j];
        dp_o[j] += d_o[j] * s->c[j];
    }
}

static const char *const gates[] = {"i", "f", "c", "o"};

const cell REAL(lstm_peephole_cell) = {
    .info =
        {
            .name = "lstm_peephole",
            .title = "LSTM with peepholes",
            .source = "Graves 2013 (arXiv:1308.0850), eqs. 7-11; without biases Chung et al. 2014 (arXiv:1412.3555)",
            .gates = 4,
            .recurrent_gates = 4,
            .gate_names = gates,
            .has_memory = true,
            .forget_gate = "f",
            .peepholes = true,
            .memory_gate = "f",
            .memory_sign = 1,
            .input_gate = "i",
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_NONE,
                },
        },
    .saved = SAVED,
    .first_stage = 4,
    .forward = forward,
    .backward = backward,
};
