/* SPDX-License-Identifier: MIT */
/* The equations of gru_reset_before as a program outside the library would write them, in plain loops;
 * custom_cell_test.c includes this once with NUMBER float, FORM(name) name##_f32, and once for double. */
#include <math.h>

static NUMBER FORM(sigmoid)(NUMBER x) {
    return (NUMBER)1 / ((NUMBER)1 + (NUMBER)exp(-(double)x));
}

/* saved rows: u, r, candidate, r h_{t-1} */
static void FORM(gate)(const FORM(gb_cell_step) * s) {
    const size_t n = s->hidden;
    for (size_t j = 0; j < n; j++) {
        s->saved[j] = FORM(sigmoid)(s->wx[j] + s->uh[j]);
        s->saved[n + j] = FORM(sigmoid)(s->wx[n + j] + s->uh[n + j]);
        s->saved[3 * n + j] = s->saved[n + j] * s->h_prev[j];
    }
}

static void FORM(forward)(const FORM(gb_cell_step) * s) {
    const size_t n = s->hidden;
    for (size_t j = 0; j < n; j++) {
        const NUMBER u = s->saved[j], o = (NUMBER)tanh((double)(s->wx[2 * n + j] + s->uh[2 * n + j]));
        s->saved[2 * n + j] = o;
        s->h[j] = u * s->h_prev[j] + (1 - u) * o;
    }
}

static void FORM(backward)(const FORM(gb_cell_backstep) * s) {
    const size_t n = s->hidden;
    for (size_t j = 0; j < n; j++) {
        const NUMBER u = s->saved[j], o = s->saved[2 * n + j];
        s->dwx[j] = s->dh[j] * (s->h_prev[j] - o) * u * (1 - u);
        s->dwx[2 * n + j] = s->dh[j] * (1 - u) * (1 - o * o);
        s->dh_prev[j] = s->dh[j] * u;
    }
}

static void FORM(gate_backward)(const FORM(gb_cell_backstep) * s) {
    const size_t n = s->hidden;
    for (size_t j = 0; j < n; j++) {
        const NUMBER r = s->saved[n + j];
        s->dwx[n + j] = s->dgated[j] * s->h_prev[j] * r * (1 - r);
        s->dh_prev[j] += s->dgated[j] * r;
    }
}

static const FORM(gb_cell) FORM(own_gru) = {
    .info = {.name = "own_gru",
             .title = "GRU from outside",
             .source = "Cho et al. 2014",
             .gates = 3,
             .recurrent_gates = 3,
             .gate_names = gate_names,
             .memory_gate = "u",
             .memory_sign = 1},
    .saved = 4,
    .first_stage = 2,
    .gated = 3,
    .gate = FORM(gate),
    .forward = FORM(forward),
    .backward = FORM(backward),
    .gate_backward = FORM(gate_backward),
};
