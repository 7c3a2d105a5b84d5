/* SPDX-License-Identifier: MIT */
/* A linear recurrent cell from outside, h_t = x_t W + h_{t-1} U: what theory can say of its memory is exact.
 * Included once for float and once for double, with FORM(name) and linear_gates set. */

static void FORM(linear_forward)(const FORM(gb_cell_step) * s) {
    for (size_t j = 0; j < s->hidden; j++)
        s->h[j] = s->wx[j] + s->uh[j];
}

static void FORM(linear_backward)(const FORM(gb_cell_backstep) * s) {
    for (size_t j = 0; j < s->hidden; j++) {
        s->dwx[j] = s->dh[j];
        s->dh_prev[j] = 0;
    }
}

static const FORM(gb_cell) FORM(linear) = {
    .info = {.name = "linear",
             .title = "linear recurrent network",
             .source = "Jaeger 2001",
             .gates = 1,
             .recurrent_gates = 1,
             .gate_names = linear_gates},
    .saved = 1,
    .first_stage = 1,
    .forward = FORM(linear_forward),
    .backward = FORM(linear_backward),
};
