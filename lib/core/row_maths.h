/* SPDX-License-Identifier: MIT */
/* The functions of the gates over a row of numbers. An element's result depends on its value alone, never on its place,
 * on its neighbours or on the instruction set. tanh is odd, both are monotone and never above 1, and tiny numbers are
 * kept. Floats are within 2 units in the last place of the exact value (1.6 measured), doubles within 3. */
#ifndef GATEBENCH_CORE_ROW_MATHS_H
#define GATEBENCH_CORE_ROW_MATHS_H

#include <stddef.h>

#include "core/real.h"

/* out = tanh(a), tanh(a + b) when b is not NULL. out may be a or b. */
void REAL(row_tanh)(size_t count, const real *a, const real *b, real *out);

/* out = 1 / (1 + exp(-(a + b))); b as above. */
void REAL(row_sigmoid)(size_t count, const real *a, const real *b, real *out);

/* out = exp(a). */
void REAL(row_exp)(size_t count, const real *a, real *out);

#endif
