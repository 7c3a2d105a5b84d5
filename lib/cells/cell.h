/* SPDX-License-Identifier: MIT */
/* The types of a cell for sources that are compiled once per precision (core/real.h). gatebench/cell_maths.h explains
 * them; there their names include the precision, here they do not. */
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

/* The built-in or registered cell with this name, with the maths of this precision; or NULL. */
const cell *REAL(cell_find)(const gb_context *context, const char *name);

#endif
