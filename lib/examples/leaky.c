/* SPDX-License-Identifier: MIT */
/* The leaky cell as a shared object, for the experiments of the program:
 *
 *     cc -shared -fPIC -O3 leaky.c -o leaky.so $(pkg-config --cflags gatebench) -lm
 *     GATEBENCH_CELLS=./leaky.so gatebench run adding quick cell=leaky,gru
 */
#include "leaky_cells.h"

static const gb_cell_f32 *const f32[] = {&leaky_f32};
static const gb_cell_f64 *const f64[] = {&leaky_f64};

GB_EXPORT const gb_cell_library gatebench_cells = {
    .cell_size = sizeof(gb_cell_f64), .count = 1, .f32 = f32, .f64 = f64};
