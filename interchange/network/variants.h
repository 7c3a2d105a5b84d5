/* SPDX-License-Identifier: MIT */
/* Variants of cells in other frameworks: gates with the hard sigmoid clip(z + 1/2, 0, 1) in place of the logistic
 * function (its slope is multiplied into the weights), and relu in place of tanh. For the library they are registered
 * cells. */
#ifndef GATEBENCH_INTERCHANGE_VARIANTS_H
#define GATEBENCH_INTERCHANGE_VARIANTS_H

#include "gatebench/gatebench.h"

/* The name of a variant of a cell ("lstm", "gru", "gru_reset_before"); NULL: it has none. */
const char *variant_name(const char *cell, bool hard, bool relu);

/* The gates that use the logistic function or the hard sigmoid, one letter each ("ifo"). */
const char *variant_gates(const char *cell);

/* Registers the cell with the context if it is a variant and not yet registered. Errors: GB_MEMORY. */
gb_status variant_register(gb_context *context, const char *cell);

#endif
