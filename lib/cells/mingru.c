/* SPDX-License-Identifier: MIT */
/* The minGRU (Feng et al. 2024, arXiv:2410.01201, section 3.1), whose gates read only the input, gates in the order z
 * h:
 *
 *     z_t  = sigmoid(x_t W_z + b_z)
 *     h~_t =         x_t W_h + b_h
 *     h_t  = (1 - z_t) h_{t-1} + z_t h~_t
 *
 * This is the plain form with a linear h~; the paper's log-space form, which applies a positive function g to x W_h, is
 * another cell. No gate multiplies the state, so there is neither U nor a recurrent bias. */
#include "cells/cell.h"
#include "core/row_maths.h"

enum { Z, CANDIDATE, SAVED };

VECTOR_CLONES static void forward(const cell_step *s) {
    const size_t n = s->hidden;
    real *const z = s->saved + Z * n, *const candidate = s->saved + CANDIDATE * n;

    REAL(row_sigmoid)(n, s->wx + Z * n, NULL, z);
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        candidate[j] = s->wx[CANDIDATE * n + j];
        s->h[j] = (1 - z[j]) * s->h_prev[j] + z[j] * candidate[j];
    }
}

VECTOR_CLONES static void backward(const cell_backstep *s) {
    const size_t n = s->hidden;
    const real *const z = s->saved + Z * n, *const candidate = s->saved + CANDIDATE * n;
    real *restrict dz = s->dwx + Z * n, *restrict dcandidate = s->dwx + CANDIDATE * n, *restrict dh_prev = s->dh_prev;

#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        dz[j] = s->dh[j] * (candidate[j] - s->h_prev[j]) * z[j] * (1 - z[j]);
        dcandidate[j] = s->dh[j] * z[j];
        dh_prev[j] = s->dh[j] * (1 - z[j]);
    }
}

static const char *const gates[] = {"z", "h"};

const cell REAL(mingru_cell) = {
    .info =
        {
            .name = "mingru",
            .title = "minGRU, gates read only the input",
            .source = "Feng et al. 2024 (arXiv:2410.01201), section 3.1, linear candidate",
            .gates = 2,
            .recurrent_gates = 0,
            .gate_names = gates,
            .memory_gate = "z",
            .memory_sign = -1,
            .bias =
                {
                    [GB_CONVENTION_KERAS] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PYTORCH] = GB_BIAS_SINGLE, /* nn.Linear has one bias */
                    [GB_CONVENTION_ONEDNN] = GB_BIAS_SINGLE,
                    [GB_CONVENTION_PAPER] = GB_BIAS_SINGLE,
                },
        },
    .saved = SAVED,
    .first_stage = 0,
    .forward = forward,
    .backward = backward,
};
