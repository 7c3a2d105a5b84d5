/* SPDX-License-Identifier: MIT */
/* The maths of the variants, by the equations of lib/cells/lstm.c, gru.c and gru_reset_before.c. No guard: variants.c
 * includes this once for float and once for double, with NUMBER and FORM(name) set; <tgmath.h> picks the functions of
 * the type. */

static inline NUMBER FORM(gate)(bool hard, NUMBER z) {
    if (!hard)
        return 1 / (1 + exp(-z));
    /* written so that a NaN stays one */
    return z < (NUMBER)-0.5 ? 0 : z > (NUMBER)0.5 ? 1 : z + (NUMBER)0.5;
}

/* dg/dz, computed from the gate's value g. */
static inline NUMBER FORM(gate_slope)(bool hard, NUMBER g) {
    return hard ? (NUMBER)(g > 0 && g < 1) : g * (1 - g);
}

static inline NUMBER FORM(bound)(bool relu, NUMBER z) {
    return relu ? z < 0 ? 0 : z : tanh(z);
}

static inline NUMBER FORM(bound_slope)(bool relu, NUMBER a) {
    return relu ? (NUMBER)(a > 0) : 1 - a * a;
}

static inline void FORM(lstm_step)(const FORM(gb_cell_step) * s, bool hard, bool relu) {
    const size_t n = s->hidden;
    NUMBER *const i = s->saved, *const f = i + n, *const g = f + n, *const o = g + n, *const bound_c = o + n;
    for (size_t j = 0; j < n; j++) {
        i[j] = FORM(gate)(hard, s->wx[j] + s->uh[j]);
        f[j] = FORM(gate)(hard, s->wx[n + j] + s->uh[n + j]);
        g[j] = FORM(bound)(relu, s->wx[2 * n + j] + s->uh[2 * n + j]);
        o[j] = FORM(gate)(hard, s->wx[3 * n + j] + s->uh[3 * n + j]);
        s->c[j] = f[j] * s->c_prev[j] + i[j] * g[j];
        bound_c[j] = FORM(bound)(relu, s->c[j]);
        s->h[j] = o[j] * bound_c[j];
    }
}

static inline void FORM(lstm_backstep)(const FORM(gb_cell_backstep) * s, bool hard, bool relu) {
    const size_t n = s->hidden;
    const NUMBER *const i = s->saved, *const f = i + n, *const g = f + n, *const o = g + n, *const bound_c = o + n;
    for (size_t j = 0; j < n; j++) {
        const NUMBER dc = s->dc[j] + s->dh[j] * o[j] * FORM(bound_slope)(relu, bound_c[j]);
        s->dwx[j] = dc * g[j] * FORM(gate_slope)(hard, i[j]);
        s->dwx[n + j] = dc * s->c_prev[j] * FORM(gate_slope)(hard, f[j]);
        s->dwx[2 * n + j] = dc * i[j] * FORM(bound_slope)(relu, g[j]);
        s->dwx[3 * n + j] = s->dh[j] * bound_c[j] * FORM(gate_slope)(hard, o[j]);
        s->dc_prev[j] = dc * f[j];
        s->dh_prev[j] = 0;
    }
}

static inline void FORM(gru_step)(const FORM(gb_cell_step) * s, bool hard, bool relu) {
    const size_t n = s->hidden;
    NUMBER *const u = s->saved, *const r = u + n, *const o = r + n, *const uh_o = o + n;
    for (size_t j = 0; j < n; j++) {
        u[j] = FORM(gate)(hard, s->wx[j] + s->uh[j]);
        r[j] = FORM(gate)(hard, s->wx[n + j] + s->uh[n + j]);
        uh_o[j] = s->uh[2 * n + j];
        o[j] = FORM(bound)(relu, s->wx[2 * n + j] + r[j] * uh_o[j]);
        s->h[j] = u[j] * s->h_prev[j] + (1 - u[j]) * o[j];
    }
}

static inline void FORM(gru_backstep)(const FORM(gb_cell_backstep) * s, bool hard, bool relu) {
    const size_t n = s->hidden;
    const NUMBER *const u = s->saved, *const r = u + n, *const o = r + n, *const uh_o = o + n;
    for (size_t j = 0; j < n; j++) {
        const NUMBER d_o = s->dh[j] * (1 - u[j]) * FORM(bound_slope)(relu, o[j]);
        s->dwx[j] = s->duh[j] = s->dh[j] * (s->h_prev[j] - o[j]) * FORM(gate_slope)(hard, u[j]);
        s->dwx[n + j] = s->duh[n + j] = d_o * uh_o[j] * FORM(gate_slope)(hard, r[j]);
        s->dwx[2 * n + j] = d_o;
        s->duh[2 * n + j] = d_o * r[j];
        s->dh_prev[j] = s->dh[j] * u[j];
    }
}

/* The saved rows are u r o and r h_{t-1}. */
static inline void FORM(gru_reset_before_gate)(const FORM(gb_cell_step) * s, bool hard) {
    const size_t n = s->hidden;
    NUMBER *const u = s->saved, *const r = u + n, *const gated = r + 2 * n;
    for (size_t j = 0; j < n; j++) {
        u[j] = FORM(gate)(hard, s->wx[j] + s->uh[j]);
        r[j] = FORM(gate)(hard, s->wx[n + j] + s->uh[n + j]);
        gated[j] = r[j] * s->h_prev[j];
    }
}

static inline void FORM(gru_reset_before_step)(const FORM(gb_cell_step) * s, bool relu) {
    const size_t n = s->hidden;
    NUMBER *const u = s->saved, *const o = u + 2 * n;
    for (size_t j = 0; j < n; j++) {
        o[j] = FORM(bound)(relu, s->wx[2 * n + j] + s->uh[2 * n + j]);
        s->h[j] = u[j] * s->h_prev[j] + (1 - u[j]) * o[j];
    }
}

static inline void FORM(gru_reset_before_backstep)(const FORM(gb_cell_backstep) * s, bool hard, bool relu) {
    const size_t n = s->hidden;
    const NUMBER *const u = s->saved, *const o = u + 2 * n;
    for (size_t j = 0; j < n; j++) {
        s->dwx[j] = s->dh[j] * (s->h_prev[j] - o[j]) * FORM(gate_slope)(hard, u[j]);
        s->dwx[2 * n + j] = s->dh[j] * (1 - u[j]) * FORM(bound_slope)(relu, o[j]);
        s->dh_prev[j] = s->dh[j] * u[j];
    }
}

static inline void FORM(gru_reset_before_gate_backstep)(const FORM(gb_cell_backstep) * s, bool hard) {
    const size_t n = s->hidden;
    const NUMBER *const r = s->saved + n;
    for (size_t j = 0; j < n; j++) {
        s->dwx[n + j] = s->dgated[j] * s->h_prev[j] * FORM(gate_slope)(hard, r[j]);
        s->dh_prev[j] += s->dgated[j] * r[j];
    }
}

/* The three cells with these functions. Forget biases and time constants assume a logistic gate, so a cell with hard
 * gates declares no memory gate. */
#define VARIANT(ending, hard, relu)                                                                                    \
    static void FORM(lstm##ending##_forward)(const FORM(gb_cell_step) * s) {                                           \
        FORM(lstm_step)(s, hard, relu);                                                                                \
    }                                                                                                                  \
    static void FORM(lstm##ending##_backward)(const FORM(gb_cell_backstep) * s) {                                      \
        FORM(lstm_backstep)(s, hard, relu);                                                                            \
    }                                                                                                                  \
    static const FORM(gb_cell) FORM(lstm##ending) = {                                                                  \
        .info = {.name = "lstm" #ending,                                                                               \
                 .title = "LSTM with other activations",                                                               \
                 .source = "Keras, ONNX",                                                                              \
                 .gates = 4,                                                                                           \
                 .recurrent_gates = 4,                                                                                 \
                 .gate_names = lstm_gates,                                                                             \
                 .has_memory = true,                                                                                   \
                 .memory_gate = (hard) ? NULL : "f",                                                                   \
                 .memory_sign = !(hard)},                                                                              \
        .saved = 5,                                                                                                    \
        .first_stage = 4,                                                                                              \
        .forward = FORM(lstm##ending##_forward),                                                                       \
        .backward = FORM(lstm##ending##_backward),                                                                     \
    };                                                                                                                 \
    static void FORM(gru##ending##_forward)(const FORM(gb_cell_step) * s) {                                            \
        FORM(gru_step)(s, hard, relu);                                                                                 \
    }                                                                                                                  \
    static void FORM(gru##ending##_backward)(const FORM(gb_cell_backstep) * s) {                                       \
        FORM(gru_backstep)(s, hard, relu);                                                                             \
    }                                                                                                                  \
    static const FORM(gb_cell) FORM(gru##ending) = {                                                                   \
        .info = {.name = "gru" #ending,                                                                                \
                 .title = "GRU, reset after the product, with other activations",                                      \
                 .source = "Keras, ONNX",                                                                              \
                 .gates = 3,                                                                                           \
                 .recurrent_gates = 3,                                                                                 \
                 .gate_names = gru_gates,                                                                              \
                 .reset_after = true,                                                                                  \
                 .memory_gate = (hard) ? NULL : "u",                                                                   \
                 .memory_sign = !(hard)},                                                                              \
        .saved = 4,                                                                                                    \
        .separate_uh = true,                                                                                           \
        .first_stage = 3,                                                                                              \
        .forward = FORM(gru##ending##_forward),                                                                        \
        .backward = FORM(gru##ending##_backward),                                                                      \
    };                                                                                                                 \
    static void FORM(gru_reset_before##ending##_gate)(const FORM(gb_cell_step) * s) {                                  \
        FORM(gru_reset_before_gate)(s, hard);                                                                          \
    }                                                                                                                  \
    static void FORM(gru_reset_before##ending##_forward)(const FORM(gb_cell_step) * s) {                               \
        FORM(gru_reset_before_step)(s, relu);                                                                          \
    }                                                                                                                  \
    static void FORM(gru_reset_before##ending##_backward)(const FORM(gb_cell_backstep) * s) {                          \
        FORM(gru_reset_before_backstep)(s, hard, relu);                                                                \
    }                                                                                                                  \
    static void FORM(gru_reset_before##ending##_gate_backward)(const FORM(gb_cell_backstep) * s) {                     \
        FORM(gru_reset_before_gate_backstep)(s, hard);                                                                 \
    }                                                                                                                  \
    static const FORM(gb_cell) FORM(gru_reset_before##ending) = {                                                      \
        .info = {.name = "gru_reset_before" #ending,                                                                   \
                 .title = "GRU, reset before the product, with other activations",                                     \
                 .source = "Keras, ONNX",                                                                              \
                 .gates = 3,                                                                                           \
                 .recurrent_gates = 3,                                                                                 \
                 .gate_names = gru_gates,                                                                              \
                 .memory_gate = (hard) ? NULL : "u",                                                                   \
                 .memory_sign = !(hard)},                                                                              \
        .saved = 4,                                                                                                    \
        .first_stage = 2,                                                                                              \
        .gated = 3,                                                                                                    \
        .gate = FORM(gru_reset_before##ending##_gate),                                                                 \
        .forward = FORM(gru_reset_before##ending##_forward),                                                           \
        .backward = FORM(gru_reset_before##ending##_backward),                                                         \
        .gate_backward = FORM(gru_reset_before##ending##_gate_backward),                                               \
    };

VARIANT(_hard, true, false)
VARIANT(_relu, false, true)
VARIANT(_hard_relu, true, true)
#undef VARIANT
