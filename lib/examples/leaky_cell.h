/* SPDX-License-Identifier: MIT */
/* The maths of a leaky RNN whose leak rate is a gate (Tallec & Ollivier 2018, "Can recurrent neural networks warp
 * time?", section 2), gates in the order g a:
 *
 *     g_t = sigmoid(x_t W_g + h_{t-1} U_g + b_g)
 *     a_t =    tanh(x_t W_a + h_{t-1} U_a + b_a)
 *     h_t = (1 - g_t) h_{t-1} + g_t a_t
 *
 * leaky_cells.h includes this once for float and once for double, with NUMBER and FORM(name) set; <tgmath.h> chooses
 * the functions for the type. */

/* One row: wx = x_t W + b and uh = h_{t-1} U are given; g and a are saved for the backward pass. */
static void FORM(leaky_forward)(const FORM(gb_cell_step) * step) {
    const size_t n = step->hidden;
    for (size_t j = 0; j < n; j++) {
        const NUMBER g = 1 / (1 + exp(-(step->wx[j] + step->uh[j])));
        const NUMBER a = tanh(step->wx[n + j] + step->uh[n + j]);
        step->saved[j] = g;
        step->saved[n + j] = a;
        step->h[j] = (1 - g) * step->h_prev[j] + g * a;
    }
}

/* dh = dL/dh_t is given. duh is the same memory as dwx: both are the gradient of the one sum. */
static void FORM(leaky_backward)(const FORM(gb_cell_backstep) * step) {
    const size_t n = step->hidden;
    for (size_t j = 0; j < n; j++) {
        const NUMBER g = step->saved[j], a = step->saved[n + j];
        step->dwx[j] = step->dh[j] * (a - step->h_prev[j]) * g * (1 - g);
        step->dwx[n + j] = step->dh[j] * g * (1 - a * a);
        step->dh_prev[j] = step->dh[j] * (1 - g);
    }
}

/* The gate g replaces the old state: the share 1 - g is kept. Declaring this enables forget biases and time
 * constants. */
static const FORM(gb_cell) FORM(leaky) = {
    .info = {.name = "leaky",
             .title = "leaky RNN with a gated leak",
             .source = "Tallec & Ollivier 2018",
             .gates = 2,
             .recurrent_gates = 2,
             .gate_names = leaky_gates,
             .memory_gate = "g",
             .memory_sign = -1},
    .saved = 2,
    .first_stage = 2,
    .forward = FORM(leaky_forward),
    .backward = FORM(leaky_backward),
};
