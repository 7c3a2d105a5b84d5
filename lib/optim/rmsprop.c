/* SPDX-License-Identifier: MIT */
/* RMSprop (Tieleman & Hinton 2012, lecture 6e), with momentum on the scaled gradient:
 *
 *     s = decay s + (1 - decay) g^2
 *     v = m v + lr g / (sqrt(s) + epsilon)
 *     p = p - v
 *
 * Arjovsky 2016 has no epsilon and lets s start at 1e-3 (state_start). */
#include "optim/optimizer.h"

static void update(const gb_optimizer_spec *spec, uint64_t step, size_t count, real *parameters, const real *gradient,
                   real *state) {
    (void)step;
    const real rate = (real)spec->learning_rate, momentum = (real)spec->momentum, epsilon = (real)spec->epsilon;
    const real kept = (real)spec->decay, fresh = (real)(1 - spec->decay);
    real *restrict square = state, *restrict velocity = state + count;
    for (size_t i = 0; i < count; i++) {
        square[i] = kept * square[i] + fresh * gradient[i] * gradient[i];
        velocity[i] = momentum * velocity[i] + rate * gradient[i] / divisor(REAL_SQRT(square[i]) + epsilon);
        parameters[i] -= velocity[i];
    }
}

const optimizer REAL(rmsprop_optimizer) = {.name = "rmsprop", .rows = 2, .started = 1, .update = update};
