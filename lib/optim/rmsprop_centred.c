/* SPDX-License-Identifier: MIT */
/* RMSprop by the gradient's variance, with momentum (Graves 2013, equations 38-45; there decay 0.95, momentum 0.9,
 * lr 1e-4 and epsilon 1e-4):
 *
 *     n = decay n + (1 - decay) g^2
 *     a = decay a + (1 - decay) g
 *     v = m v - lr g / sqrt(n - a^2 + epsilon)
 *     p = p + v */
#include "optim/optimizer.h"

static void update(const gb_optimizer_spec *spec, uint64_t step, size_t count, real *parameters, const real *gradient,
                   real *state) {
    (void)step;
    const real rate = (real)spec->learning_rate, momentum = (real)spec->momentum, epsilon = (real)spec->epsilon;
    const real kept = (real)spec->decay, fresh = (real)(1 - spec->decay);
    real *restrict square = state, *restrict mean = state + count, *restrict velocity = state + 2 * count;
    for (size_t i = 0; i < count; i++) {
        square[i] = kept * square[i] + fresh * gradient[i] * gradient[i];
        mean[i] = kept * mean[i] + fresh * gradient[i];
        /* below zero only by rounding */
        const real variance = square[i] - mean[i] * mean[i];
        velocity[i] =
            momentum * velocity[i] - rate * gradient[i] / divisor(REAL_SQRT((variance > 0 ? variance : 0) + epsilon));
        parameters[i] += velocity[i];
    }
}

const optimizer REAL(rmsprop_centred_optimizer) = {
    .name = "rmsprop_centred", .rows = 3, .started = 1, .update = update};
