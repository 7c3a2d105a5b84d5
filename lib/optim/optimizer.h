/* SPDX-License-Identifier: MIT */
/* An optimizer is one table: its number of state vectors and its update of the parameters. Compiled once per precision;
 * scalars stay double. */
#ifndef GATEBENCH_OPTIM_OPTIMIZER_H
#define GATEBENCH_OPTIM_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>

#include "core/real.h"
#include "gatebench/train.h"

typedef struct optimizer {
    const char *name;
    size_t rows;    /* number of state vectors, each as long as the parameters; they start at zero, except the first
                       `started` ones */
    size_t started; /* number of state vectors that start at the spec's state_start */
    /* step is 1 at the first update; state is [rows][count] */
    void (*update)(const gb_optimizer_spec *spec, uint64_t step, size_t count, real *parameters, const real *gradient,
                   real *state);
} optimizer;

/* The root by which an optimizer divides. It is 0 only without an epsilon, for a parameter whose gradients have all
 * been 0, or too small for their squares: then they stay as they are, and the parameter does not become NaN. */
static inline real divisor(real root) {
    return root == 0 ? 1 : root;
}

#define GB_OPTIMIZER(name) extern const optimizer REAL(name##_optimizer);
#include "optim/optim.def"
#undef GB_OPTIMIZER

#endif
