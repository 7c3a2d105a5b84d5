/* SPDX-License-Identifier: MIT */
/* The cells as sources compiled once a precision (core/real.h) see them: gatebench/cell_maths.h explains the types,
 * which carry the precision in their names there and not here. */
#ifndef GATEBENCH_CELLS_CELL_H
#define GATEBENCH_CELLS_CELL_H

#include "core/real.h"
#include "core/target_clones.h"
#include "gatebench/cell_maths.h"

typedef REAL(gb_cell_step) cell_step;
typedef REAL(gb_cell_backstep) cell_backstep;
typedef REAL(gb_cell) cell;

#define GB_CELL(name) extern const cell REAL(name##_cell);
#include "cells/cells.def"
#undef GB_CELL

/* The built-in cell of that name, or the one registered with the context, with the maths of this precision; or NULL. */
const cell *REAL(cell_find)(const gb_context *context, const char *name);

#endif
