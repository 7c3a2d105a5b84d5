/* SPDX-License-Identifier: MIT */
/* The functions of the gates over a row of numbers. They work in fixed blocks, the last one padded, so an element's
 * result depends on its value alone, never on its place, alignment or neighbours. */
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
