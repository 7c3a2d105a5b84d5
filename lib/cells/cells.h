/* SPDX-License-Identifier: MIT */
/* The interface of the cells for code without a precision. */
#ifndef GATEBENCH_CELLS_CELLS_H
#define GATEBENCH_CELLS_CELLS_H

#include "gatebench/cell_maths.h"

/* The properties of the i-th cell; NULL beyond the end. Both precisions have the same ones; this returns those of
 * f64. */
const gb_cell_info *cell_info_at_f32(size_t i);
const gb_cell_info *cell_info_at_f64(size_t i);

/* A cell that a program registered with the context, or NULL. The context may be NULL. */
const gb_cell_f32 *registered_find_f32(const gb_context *context, const char *name);
const gb_cell_f64 *registered_find_f64(const gb_context *context, const char *name);

/* NULL when a registered descriptor is valid, else its fault, as the end of a sentence. */
const char *cell_validate_f32(const gb_cell_f32 *cell);
const char *cell_validate_f64(const gb_cell_f64 *cell);

/* The number of gates with a recurrent bias: 0, 1 (the last one, the gru's candidate) or all. */
size_t cell_recurrent_bias_gates(const gb_cell_info *cell, gb_bias bias);

/* Writes "unknown cell 'lstn'; did you mean 'lstm'? known: rnn, ..." to text; name may be NULL. */
void cell_describe_unknown(const gb_context *context, const char *name, char *text, size_t size);

#endif
