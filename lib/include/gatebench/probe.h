/* SPDX-License-Identifier: MIT */
/* Direct measurements of memory: how far back the gradient of a loss reaches, how a step changes a small perturbation
 * of the state, and how much of the past input the state holds.
 *
 * Every call runs on `reference` in f64 with the model's parameters, independent of the backend it was trained on, and
 * does not change the model. The state s of a layer is h, and c if there is one: S = H or 2H numbers, h first. Norms
 * below GB_PROBE_LEAST count as vanished, so results do not depend on how a machine treats denormal numbers. Errors of
 * all: GB_INVALID, GB_UNSUPPORTED (a standard network, which has no state; a bidirectional model, whose state has read
 * the future), GB_MEMORY. */
#ifndef GATEBENCH_PROBE_H
#define GATEBENCH_PROBE_H

#include "gatebench/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Norms below this count as vanished. It is far above f64's denormals (2e-308) and far below every norm of interest. */
#define GB_PROBE_LEAST 1e-300

/* Gradient by lag. For each sequence n of the batch (a loss at its last step only; all sequences of length T, without
 * `carry` and `more`) and each lag k = 0..lags: log10 of the L2 norm of dL/ds_{T-k} over the states s of all layers,
 * through later steps only. log10_norm is [N][lags+1]; a norm below GB_PROBE_LEAST is stored as -INFINITY and counted
 * in *underflows. lags <= T. Cost: one pass forward and backward. */
GB_EXPORT gb_status gb_probe_gradient_by_lag(gb_model *model, const gb_batch *batch, size_t lags, double *log10_norm,
                                             size_t *underflows);

/* A profile of gradients by lag, summarised in two numbers. */
typedef struct gb_gradient_profile {
    double slope;     /* in nats per step: a least-squares line through the mean of ln norm over the sequences, at the
                         lags from..lags at which no sequence has vanished; NAN if there are fewer than two. At long
                         lags it approaches the largest Lyapunov exponent; the slope of the mean norm would not */
    double half_life; /* the interpolated lag at which the geometric mean first falls to half its value at lag 0;
                         INFINITY: beyond `lags`; NAN: at lag 0 a sequence has vanished already, as when its loss is
                         exactly 0 */
} gb_gradient_profile;

/* Computes the profile from log10_norm[sequences][lags+1] of gb_probe_gradient_by_lag(). */
GB_EXPORT gb_gradient_profile gb_probe_gradient_profile(const double *log10_norm, size_t sequences, size_t lags,
                                                        size_t from);

/* S, the size of one layer's state; 0 for a standard network. */
GB_EXPORT size_t gb_probe_state_size(const gb_model *model);

/* The Jacobian of each layer's step: jacobian[layers][S][S], entry [i][j] is the derivative of component i of s_t by
 * component j of s_{t-1}, for step t = 1..T of one sequence of the batch, with the step's input held fixed. (The
 * Jacobian of the whole stack is block triangular with these on its diagonal.) Cost: t steps with S sequences. */
GB_EXPORT gb_status gb_probe_jacobian(gb_model *model, const gb_batch *batch, size_t sequence, size_t step,
                                      double *jacobian);

/* The Lyapunov exponents of each layer along one sequence of the batch, in nats per step: exponents[layers][S], largest
 * first. Each is the mean of ln |R_ii| over the steps after the first `warmup`, from Q' R = J_t Q at every step
 * (Benettin et al. 1980; Householder). Their sum is the mean of ln |det J_t|. -1 / the largest is the time constant of
 * the slowest direction; if the largest is above 0, small perturbations grow. If a step leaves less than S * 2e-16 of
 * the Jacobian's norm in a direction, that direction is lost and its exponent is -INFINITY. The exponents of a stack
 * are those of all its layers. Cost: per step and layer, a forward and backward pass of S sequences and about 5 S^3
 * flops. */
GB_EXPORT gb_status gb_probe_spectrum(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                      double *exponents);

/* The same for h only, with c held constant: exponents[layers][H]. For the LSTM this is not a spectrum of its dynamics,
 * since it omits the path through c. Public code computes it, and the recipe `quirks` shows how large the error is. For
 * cells without c it equals gb_probe_spectrum(). */
GB_EXPORT gb_status gb_probe_spectrum_of_h(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                           double *exponents);

/* The share k_t of its state, 0 to 1, that each unit's memory gate (gb_cell_info.memory_gate) keeps at each of the
 * sequence's T steps: kept[T][layers][H]. The memory gate is the LSTM's forget gate and the GRU's update gate. Errors
 * also: GB_UNSUPPORTED for a cell without such a gate. Cost: a forward pass. */
GB_EXPORT gb_status gb_probe_kept(gb_model *model, const gb_batch *batch, size_t sequence, double *kept);

/* Time constants in steps that the memory gates imply: constants[layers][H], for each unit -1 / (mean of ln k_t over
 * the steps after the first `warmup`), with the k_t of gb_probe_kept(). INFINITY for a unit that keeps everything. With
 * zero weights and a forget bias b it is -1 / ln sigmoid(b). Errors and cost as for gb_probe_kept(). */
GB_EXPORT gb_status gb_probe_time_constants(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                            double *constants);

/* The input for measuring linear memory capacity. */
typedef struct gb_capacity_spec {
    uint64_t seed; /* seed of the input: stream (seed, GB_RANDOM_PROBE, 0) */
    size_t steps;  /* steps measured: many times the number of state components, at least more than twice */
    size_t warmup; /* steps run before them, at least lags - 1 */
    size_t lags;   /* lags 0..lags-1 are measured; at least 1 */
    double scale;  /* scale of a dense input; above 0 */
} gb_capacity_spec;

/* Linear memory capacity (Jaeger 2001). The model is driven by independent random numbers u_t of mean 0. Dense input:
 * uniform on [-scale, scale] in input 0, zero in the others. Tokens: word 0 or 1, u = -1 or 1. For each lag k, y_k is
 * the best linear read-out of u_{t-k} from the states of all layers (least squares with a ridge of 1e-12 of the mean
 * variance), and by_lag[k] = cov^2(u_{t-k}, y_k) / (var u var y_k). It is 0 unless it is above the level that a state
 * without information exceeds by chance once in 10,000 times (Dambre et al. 2012). The sum is at most the number of
 * state components, layers * S. Cost: (steps + warmup) steps of one sequence, and steps (layers S)^2 flops. */
GB_EXPORT gb_status gb_probe_memory_capacity(gb_model *model, const gb_capacity_spec *spec, double *by_lag);

#ifdef __cplusplus
}
#endif
#endif
