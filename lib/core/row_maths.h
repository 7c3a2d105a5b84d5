/* SPDX-License-Identifier: MIT */
/* The functions of the gates over a row of numbers. An element's result depends only on its value, not on its position,
 * its neighbours or the instruction set. tanh is odd; tanh and sigmoid are monotone and never exceed 1; tiny arguments
 * keep their precision. Floats are within 2 units in the last place of the exact value (the most over all floats:
 * sigmoid 1.81, tanh 1.38, exp 1.00), doubles within 3. */
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
