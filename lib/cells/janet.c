/* SPDX-License-Identifier: MIT */
/* JANET, an LSTM that has only the forget gate (van der Westhuizen & Lasenby 2018, arXiv:1804.04849), gates in the
 * order f c, beta = 1 as in the paper:
 *
 *     s_t  =         x_t W_f + h_{t-1} U_f + b_f
 *     c~_t =    tanh(x_t W_c + h_{t-1} U_c + b_c)
 *     c_t  = sigmoid(s_t) c_{t-1} + (1 - sigmoid(s_t - beta)) c~_t
 *     h_t  = c_t
 *
 * Since h equals c, the state is only h. */
#include "cells/cell.h"
#include "core/row_maths.h"

#define BETA 1

enum { F, CANDIDATE, SHIFTED, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    const real *const wx_f = s->wx + F * n, *const uh_f = s->uh + F * n;
    real *const f = s->saved + F * n, *const candidate = s->saved + CANDIDATE * n;
    real *const shifted = s->saved + SHIFTED * n;

    REAL(row_sigmoid)(n, wx_f, uh_f, f);
    REAL(row_tanh)(n, s->wx + CANDIDATE * n, s->uh + CANDIDATE * n, candidate);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        shifted[j] = wx_f[j] + uh_f[j] - BETA;
    REAL(row_sigmoid)(n, shifted, NULL, shifted);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = f[j] * s->h_prev[j] + (1 - shifted[j]) * candidate[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const f = s->saved + F * n, *const candidate = s->saved + CANDIDATE * n;
    const real *const shifted = s->saved + SHIFTED * n;
    real *restrict df = s->dwx + F * n, *restrict dcandidate = s->dwx + CANDIDATE * n, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        /* a larger s_t keeps more and writes less */
        const real kept = s->h_prev[j] * f[j] * (1 - f[j]);
        const real written = candidate[j] * shifted[j] * (1 - shifted[j]);
        df[j] = s->dh[j] * (kept - written);
        dcandidate[j] = s->dh[j] * (1 - shifted[j]) * (1 - candidate[j] * candidate[j]);
        dh_prev[j] = s->dh[j] * f[j];
    }
}

static const char *const gates[] = {"f", "c"};

const cell REAL(janet_cell) = {
    .info =
        {
            .name = "janet",
            .title = "JANET, the forget gate alone",
            .source = "van der Westhuizen & Lasenby 2018 (arXiv:1804.04849), beta = 1",
            .gates = 2,
            .recurrent_gates = 2,
            .gate_names = gates,
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
    .first_stage = 2,
    .forward = forward,
    .backward = backward,
};
