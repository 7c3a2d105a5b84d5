/* SPDX-License-Identifier: MIT */
/* The basic recurrent network (Elman 1990), tanh:
 *
 *     h_t = tanh(x_t W + h_{t-1} U + b) */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { H_T, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *restrict saved = s->saved + H_T * n;
    REAL(row_tanh)(n, s->wx, s->uh, s->h);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        saved[j] = s->h[j];
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *restrict h = s->saved + H_T * n;
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        s->dwx[j] = s->dh[j] * (1 - h[j] * h[j]); /* tanh' = 1 - tanh^2 */
        s->dh_prev[j] = 0;
    }
}

static const char *const gates[] = {"h"};

const cell REAL(rnn_cell) = {
    .info =
        {
            .name = "rnn",
            .title = "basic RNN, tanh",
            .source = "Elman 1990; Chung et al. 2014, eq. 2",
            .gates = 1,
            .recurrent_gates = 1,
            .gate_names = gates,
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_DOUBLE,
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_NONE,
                },
        },
    .saved = SAVED,
    .first_stage = 1,
    .forward = forward,
    .backward = backward,
};
