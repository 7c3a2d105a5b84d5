/* SPDX-License-Identifier: MIT */
/* Memory measured directly: how far back a loss reaches, what a step does to a small change of the state, and how much
 * of its past input a state holds.
 *
 * Every call runs on `reference` in f64 with the model's parameters, whatever it was trained on, and leaves the model
 * as it was. The state s of a layer is the whole of it: h, and c where there is one; S = H or 2H numbers, h first.
 * Nothing is compared with zero exactly: what lies below GB_PROBE_LEAST counts as vanished, so that it does not matter
 * whether the processor keeps denormal numbers. Errors of all: GB_INVALID, GB_UNSUPPORTED (a standard network, which
 * has no state; a bidirectional model, whose state has read the future), GB_MEMORY. */
#ifndef GATEBENCH_PROBE_H
#define GATEBENCH_PROBE_H

#include "gatebench/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Norms below this have vanished: far above f64's denormals (2e-308), far below what any profile is read at. */
#define GB_PROBE_LEAST 1e-300

/* Gradient by lag. For each sequence n of the batch (a loss at its last step only; all sequences of length T) and each
 * lag k = 0..lags: log10 of the L2 norm of dL/ds_{T-k} over the states s of all layers, through what leaves step T-k.
 * log10_norm is [N][lags+1]; a norm below GB_PROBE_LEAST is stored as -INFINITY and counted in *underflows.
 * lags <= T. Cost: one pass forward and backward. */
GB_EXPORT gb_status gb_probe_gradient_by_lag(gb_model *model, const gb_batch *batch, size_t lags, double *log10_norm,
                                             size_t *underflows);

/* What a profile of gradients by lag says in two numbers. */
typedef struct gb_gradient_profile {
    double slope;     /* nats a step: least squares through the mean of ln norm over the sequences, at lags from..lags;
                         NAN with fewer than two lags at which no sequence has vanished. After long lags it is the
                         largest Lyapunov exponent; the slope of a mean of norms would not be */
    double half_life; /* the lag, interpolated, at which the geometric mean first is half that at lag 0; INFINITY:
                         beyond `lags` */
} gb_gradient_profile;

/* Reads a profile from log10_norm[sequences][lags+1] of gb_probe_gradient_by_lag(). */
GB_EXPORT gb_gradient_profile gb_probe_gradient_profile(const double *log10_norm, size_t sequences, size_t lags,
                                                        size_t from);

/* S, the numbers of one layer's state; 0 for a standard network. */
GB_EXPORT size_t gb_probe_state_size(const gb_model *model);

/* The Jacobian of each layer's step: jacobian[layers][S][S], entry [i][j] the change of number i of s_t by number j of
 * s_{t-1}, for step t = 1..T of one sequence of the batch, the input of the step held fixed. (The Jacobian of the whole
 * stack is block triangular with these on its diagonal.) Cost: t steps of S sequences. */
GB_EXPORT gb_status gb_probe_jacobian(gb_model *model, const gb_batch *batch, size_t sequence, size_t step,
                                      double *jacobian);

/* The Lyapunov exponents of each layer along one sequence of the batch, nats a step: exponents[layers][S], largest
 * first, the mean of ln |R_ii| over the steps behind the first `warmup`, from Q' R = J_t Q at every step (Benettin et
 * al. 1980; Householder). Their sum is the mean of ln |det J_t|; -1 / the largest is the time constant of the slowest
 * direction; above 0 small changes grow. A direction of which a step leaves less than S * 2e-16 of the Jacobian's norm
 * is lost: its exponent is -INFINITY. Those of a stack are these of its layers together.
 * Cost: per step and layer a pass of S sequences forward and backward, and about 5 S^3 flops. */
GB_EXPORT gb_status gb_probe_spectrum(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                      double *exponents);

/* The same of h alone, as if c stood still: exponents[layers][H]. For the LSTM this is not the spectrum of anything
 * that it does, since it leaves out the path through c; public code computes it, and the recipe quirks shows how far it
 * is off. Without c it is gb_probe_spectrum(). */
GB_EXPORT gb_status gb_probe_spectrum_of_h(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                           double *exponents);

/* What the memory gate keeps: kept[T][layers][H], for each of the sequence's T steps and each unit the share k_t of the
 * state that its memory gate (gb_cell_info.memory_gate) keeps in that step, 0 to 1: the LSTM's forget gate, the GRU's
 * update gate. Errors also: GB_UNSUPPORTED for a cell without such a gate. Cost: a forward pass. */
GB_EXPORT gb_status gb_probe_kept(gb_model *model, const gb_batch *batch, size_t sequence, double *kept);

/* Time constants that the gates imply: constants[layers][H], for each unit -1 / (mean over the steps behind `warmup` of
 * ln k_t), with the k_t of gb_probe_kept(). Steps; INFINITY where it keeps all. With zero weights these are
 * -1 / ln sigmoid(b). Errors and cost as there. */
GB_EXPORT gb_status gb_probe_time_constants(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                            double *constants);

/* The input of a measurement of linear memory. */
typedef struct gb_capacity_spec {
    uint64_t seed; /* of the input: stream (seed, GB_RANDOM_PROBE, 0) */
    size_t steps;  /* measured; many times the state's numbers */
    size_t warmup; /* run before */
    size_t lags;   /* looked at: 0..lags-1 */
    double scale;  /* of a dense input */
} gb_capacity_spec;

/* Linear memory capacity (Jaeger 2001): the model is driven by independent numbers u_t of mean 0 - dense input: uniform
 * on [-scale, scale] in input 0, zeros in the others; tokens: word 0 or 1, u = -1 or 1 - and for each lag k the best
 * linear read-out y_k of the states of all layers (least squares with a ridge of 1e-12 of the mean variance) says how
 * much of u_{t-k} they hold: by_lag[k] = cov^2(u_{t-k}, y_k) / (var u var y_k). What a state that held nothing would
 * reach once in 10,000 times by its many numbers alone counts as 0 (Dambre et al. 2012). The sum is at most the number
 * of the state's numbers, layers * S. Cost: (steps + warmup) steps of one sequence, and steps (layers S)^2 flops. */
GB_EXPORT gb_status gb_probe_memory_capacity(gb_model *model, const gb_capacity_spec *spec, double *by_lag);

#ifdef __cplusplus
}
#endif
#endif
