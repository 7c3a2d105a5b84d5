/* SPDX-License-Identifier: MIT */
/* Stochastic gradient descent with classical momentum (Polyak 1964):
 *
 *     v = m v - lr g
 *     p = p + v */
#include "optim/optimizer.h"

static void update(const gb_optimizer_spec *spec, uint64_t step, size_t count, real *parameters, const real *gradient,
                   real *state) {
    (void)step;
    const real rate = (real)spec->learning_rate, momentum = (real)spec->momentum;
    for (size_t i = 0; i < count; i++) {
        state[i] = momentum * state[i] - rate * gradient[i];
        parameters[i] += state[i];
    }
}

const optimizer REAL(sgd_optimizer) = {.name = "sgd", .rows = 1, .update = update};
