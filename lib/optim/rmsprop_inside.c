/* SPDX-License-Identifier: MIT */
/* RMSprop with epsilon inside the root, as in TensorFlow 1 (where s starts at 1):
 *
 *     s = decay s + (1 - decay) g^2
 *     v = m v + lr g / sqrt(s + epsilon)
 *     p = p - v */
#include "optim/optimizer.h"

static void update(const gb_optimizer_spec *spec, uint64_t step, size_t count, real *parameters, const real *gradient,
                   real *state) {
    (void)step;
    const real rate = (real)spec->learning_rate, momentum = (real)spec->momentum, epsilon = (real)spec->epsilon;
    const real kept = (real)spec->decay, fresh = (real)(1 - spec->decay);
    real *restrict square = state, *restrict velocity = state + count;
    for (size_t i = 0; i < count; i++) {
        square[i] = kept * square[i] + fresh * gradient[i] * gradient[i];
        velocity[i] = momentum * velocity[i] + rate * gradient[i] / divisor(REAL_SQRT(square[i] + epsilon));
        parameters[i] -= velocity[i];
    }
}

const optimizer REAL(rmsprop_inside_optimizer) = {.name = "rmsprop_inside", .rows = 2, .started = 1, .update = update};
