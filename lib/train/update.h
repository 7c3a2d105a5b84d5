/* SPDX-License-Identifier: MIT */
/* Applying a gradient in a training step; the interface for code without a precision. */
#ifndef GATEBENCH_TRAIN_UPDATE_H
#define GATEBENCH_TRAIN_UPDATE_H

#include <stdint.h>

#include "gatebench/train.h"

/* The name of the i-th optimizer, NULL beyond the end, and its number of state vectors. */
const char *update_optimizer_name_f64(size_t i);
const char *update_optimizer_name_f32(size_t i);
size_t update_state_rows_f32(size_t optimizer);
size_t update_state_rows_f64(size_t optimizer);

/* Sets a zeroed state to this optimizer's initial values. */
void update_start_state_f32(size_t optimizer, const gb_optimizer_spec *spec, size_t count, void *state);
void update_start_state_f64(size_t optimizer, const gb_optimizer_spec *spec, size_t count, void *state);

/* Adds independent normal numbers of this standard deviation; `update` is the stream's index. */
void update_add_noise_f32(double deviation, uint64_t seed, uint64_t update, size_t count, void *parameters);
void update_add_noise_f64(double deviation, uint64_t seed, uint64_t update, size_t count, void *parameters);

/* Clips every value to [-limit, limit]. */
void update_limit_f32(double limit, size_t count, void *values);
void update_limit_f64(double limit, size_t count, void *values);

/* L2 norm, summed in double. */
double update_norm_f32(const void *gradient, size_t count);
double update_norm_f64(const void *gradient, size_t count);

/* Clips the gradient, whose L2 norm is `norm`, and decays the parameters as the spec says; then moves them by optimizer
 * number `optimizer`. */
void update_apply_f32(size_t optimizer, const gb_optimizer_spec *spec, uint64_t step, size_t count, void *parameters,
                      void *gradient, double norm, void *state);
void update_apply_f64(size_t optimizer, const gb_optimizer_spec *spec, uint64_t step, size_t count, void *parameters,
                      void *gradient, double norm, void *state);

#endif
