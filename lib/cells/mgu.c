/* SPDX-License-Identifier: MIT */
/* The minimal gated unit (Zhou, Wu, Zhang & Zhou 2016, arXiv:1603.09420), one gate that both resets and updates, gates
 * in the order f h:
 *
 *     f_t  = sigmoid(x_t W_f + h_{t-1} U_f + b_f)
 *     h~_t =    tanh(x_t W_h + (f_t h_{t-1}) U_h + b_h)
 *     h_t  = (1 - f_t) h_{t-1} + f_t h~_t
 *
 * The paper calls f the forget gate, but an open f replaces the state; no gate here keeps the memory as the LSTM's f
 * does. The candidate's product needs f_t first: a second stage. */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { F, CANDIDATE, GATED, SAVED };

VECTOR_CLONES static void gate(const cell_step *s) {
    const size_t n = s->hidden;
    real *const f = s->saved + F * n, *const gated = s->saved + GATED * n;

    REAL(row_sigmoid)(n, s->wx + F * n, s->uh + F * n, f);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        gated[j] = f[j] * s->h_prev[j];
}

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    const real *const f = s->saved + F * n;
    real *const candidate = s->saved + CANDIDATE * n;

    REAL(row_tanh)(n, s->wx + CANDIDATE * n, s->uh + CANDIDATE * n, candidate);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        s->h[j] = (1 - f[j]) * s->h_prev[j] + f[j] * candidate[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const f = s->saved + F * n, *const candidate = s->saved + CANDIDATE * n;
    real *restrict dcandidate = s->dwx + CANDIDATE * n, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        dcandidate[j] = s->dh[j] * f[j] * (1 - candidate[j] * candidate[j]);
        dh_prev[j] = s->dh[j] * (1 - f[j]);
    }
}

/* dgated = dL/d(f h_{t-1}), the candidate's gradient through U_h; f has its gradient from there and from h_t */
VECTOR_CLONES static void gate_backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const f = s->saved + F * n, *const candidate = s->saved + CANDIDATE * n;
    real *restrict df = s->dwx + F * n, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        const real through_h = s->dh[j] * (candidate[j] - s->h_prev[j]);
        df[j] = (through_h + s->dgated[j] * s->h_prev[j]) * f[j] * (1 - f[j]);
        dh_prev[j] += s->dgated[j] * f[j];
    }
}

static const char *const gates[] = {"f", "h"};

const cell REAL(mgu_cell) = {
    .info =
        {
            .name = "mgu",
            .title = "minimal gated unit",
            .source = "Zhou, Wu, Zhang & Zhou 2016 (arXiv:1603.09420)",
            .gates = 2,
            .recurrent_gates = 2,
            .gate_names = gates,
            .memory_gate = "f",
            .memory_sign = -1,
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_SINGLE,
                },
        },
    .saved = SAVED,
    .first_stage = 1,
    .gated = GATED,
    .gate = gate,
    .forward = forward,
    .backward = backward,
    .gate_backward = gate_backward,
};
