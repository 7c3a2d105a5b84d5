/* SPDX-License-Identifier: MIT */
/* The maths of a leaky RNN cell (Jaeger et al. 2007, "Optimization and applications of echo state networks with leaky-
 * integrator neurons"), one gate a, and a leak that is not learned:
 *
 *     a_t = tanh(x_t W + h_{t-1} U + b)
 *     h_t = (1 - LEAK) h_{t-1} + LEAK a_t
 *
 * custom_cell.c includes this once for float and once for double, with NUMBER and FORM(name) set; <tgmath.h> picks the
 * tanh of the type. */

/* One row: wx = x_t W + b and uh = h_{t-1} U are given; a is saved for the way back. */
static void FORM(leaky_forward)(const FORM(gb_cell_step) * step) {
    for (size_t j = 0; j < step->hidden; j++) {
        const NUMBER a = tanh(step->wx[j] + step->uh[j]);
        step->saved[j] = a;
        step->h[j] = (1 - LEAK) * step->h_prev[j] + LEAK * a;
    }
}

/* dh = dL/dh_t is given. duh is the same memory as dwx: both are the gradient of the one sum. */
static void FORM(leaky_backward)(const FORM(gb_cell_backstep) * step) {
    for (size_t j = 0; j < step->hidden; j++) {
        const NUMBER a = step->saved[j];
        step->dwx[j] = step->dh[j] * LEAK * (1 - a * a);
        step->dh_prev[j] = step->dh[j] * (1 - LEAK);
    }
}

static const FORM(gb_cell) FORM(leaky) = {
    .info = {.name = "leaky",
             .title = "leaky RNN",
             .source = "Jaeger, Lukosevicius, Popovici & Siewert 2007",
             .gates = 1,
             .recurrent_gates = 1,
             .gate_names = leaky_gates},
    .saved = 1,
    .first_stage = 1,
    .forward = FORM(leaky_forward),
    .backward = FORM(leaky_backward),
};
