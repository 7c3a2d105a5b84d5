/* SPDX-License-Identifier: MIT */
/* Adam (Kingma & Ba 2015, algorithm 1):
 *
 *     m = beta1 m + (1 - beta1) g
 *     v = beta2 v + (1 - beta2) g^2
 *     p = p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) */
#include "optim/optimizer.h"

static void update(const gb_optimizer_spec *spec, uint64_t step, size_t count, real *parameters, const real *gradient,
                   real *state) {
    const real beta1 = (real)spec->beta1, beta2 = (real)spec->beta2, epsilon = (real)spec->epsilon;
    const real fresh1 = (real)(1 - spec->beta1), fresh2 = (real)(1 - spec->beta2);
    const double correction1 = 1 - pow(spec->beta1, (double)step), correction2 = 1 - pow(spec->beta2, (double)step);
    const real rate = (real)(spec->learning_rate / correction1), scale = (real)(1 / sqrt(correction2));
    real *restrict mean = state, *restrict square = state + count;
    for (size_t i = 0; i < count; i++) {
        mean[i] = beta1 * mean[i] + fresh1 * gradient[i];
        square[i] = beta2 * square[i] + fresh2 * gradient[i] * gradient[i];
        parameters[i] -= rate * mean[i] / divisor(REAL_SQRT(square[i]) * scale + epsilon);
    }
}

const optimizer REAL(adam_optimizer) = {.name = "adam", .rows = 2, .update = update};
