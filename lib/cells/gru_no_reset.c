/* SPDX-License-Identifier: MIT */
/* The GRU without its reset gate (Ravanelli, Brakel, Omologo & Bengio 2018, arXiv:1803.10225, which also uses relu and
 * batch normalisation; here with the GRU's tanh), gates in the order u o:
 *
 *     u_t = sigmoid(x_t W_u + h_{t-1} U_u + b_u)
 *     o_t =    tanh(x_t W_o + h_{t-1} U_o + b_o)
 *     h_t = u_t h_{t-1} + (1 - u_t) o_t */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { U, O, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *const u = s->saved + U * n, *const o = s->saved + O * n;

    REAL(row_sigmoid)(n, s->wx + U * n, s->uh + U * n, u);
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

static const char *const gates[] = {"u", "o"};

const cell REAL(gru_no_reset_cell) = {
    .info =
        {
            .name = "gru_no_reset",
            .title = "GRU without a reset gate",
            .source = "Ravanelli, Brakel, Omologo & Bengio 2018 (arXiv:1803.10225), with tanh",
            .gates = 2,
            .recurrent_gates = 2,
            .gate_names = gates,
            .memory_gate = "u",
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
