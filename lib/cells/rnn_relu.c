/* SPDX-License-Identifier: MIT */
/* The basic recurrent network with rectified linear units (Le, Jaitly & Hinton 2015; if U starts as the identity it is
 * their IRNN):
 *
 *     h_t = max(0, x_t W + h_{t-1} U + b) */
#include "cells/cell.h"

enum { H_T, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *restrict saved = s->saved + H_T * n;
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        const real sum = s->wx[j] + s->uh[j];
        /* written so that a NaN stays NaN: divergence must be visible */
        saved[j] = sum < 0 ? 0 : sum;
        s->h[j] = saved[j];
    }
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *restrict h = s->saved + H_T * n;
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        s->dwx[j] = h[j] > 0 ? s->dh[j] : 0;
        s->dh_prev[j] = 0;
    }
}

static const char *const gates[] = {"h"};

const cell REAL(rnn_relu_cell) = {
    .info =
        {
            .name = "rnn_relu",
            .title = "basic RNN, ReLU",
            .source = "Le, Jaitly & Hinton 2015 (arXiv:1504.00941)",
            .gates = 1,
            .recurrent_gates = 1,
            .gate_names = gates,
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
    .forward = forward,
    .backward = backward,
};
