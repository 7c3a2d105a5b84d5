/* SPDX-License-Identifier: MIT */
/* Cells as other frameworks vary them: gates by the hard sigmoid clip(z + 1/2, 0, 1) in place of the logistic function,
 * whose slope stands in the weights; and relu in place of tanh. To the library they are cells from outside, which a
 * context that runs one has registered. */
#ifndef GATEBENCH_INTERCHANGE_VARIANTS_H
#define GATEBENCH_INTERCHANGE_VARIANTS_H

#include "gatebench/gatebench.h"

/* The name of that variant of a cell ("lstm", "gru", "gru_reset_before"), or NULL: it has none. */
const char *variant_name(const char *cell, bool hard, bool relu);

/* The names of the gates that the logistic function or its hard form opens, by a letter each ("ifo"). */
const char *variant_gates(const char *cell);

/* Registers the cell with the context if it is such a variant and not there yet. Errors: GB_MEMORY. */
gb_status variant_register(gb_context *context, const char *cell);

#endif
