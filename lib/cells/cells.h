/* SPDX-License-Identifier: MIT */
/* What code without a precision sees of the cells. */
#ifndef GATEBENCH_CELLS_CELLS_H
#define GATEBENCH_CELLS_CELLS_H

#include "gatebench/cell.h"

/* The facts of the i-th cell; NULL beyond the end. Both precisions hold the same facts; the f64 ones are handed out. */
const gb_cell_info *cell_info_at_f32(size_t i);
const gb_cell_info *cell_info_at_f64(size_t i);

/* Gates of the bias beside the recurrent product: 0, 1 (the last one, the gru's candidate) or all. */
size_t cell_recurrent_bias_gates(const gb_cell_info *cell, gb_bias bias);

/* Writes "unknown cell 'lstn'; did you mean 'lstm'? known: rnn, ..." to text. */
void cell_describe_unknown(const char *name, char *text, size_t size);

#endif
