/* SPDX-License-Identifier: MIT */
/* The cells in the order of cells.def, with the maths of one precision. */
#include <string.h>

#include "cells/cell.h"
#include "cells/cells.h"

static const cell *const table[] = {
#define GB_CELL(name) &REAL(name##_cell),
#include "cells/cells.def"
#undef GB_CELL
};

const gb_cell_info *REAL(cell_info_at)(size_t i) {
    return i < sizeof table / sizeof *table ? &table[i]->info : NULL;
}

const cell *REAL(cell_find)(const gb_context *context, const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i]->info.name, name) == 0)
            return table[i];
    return REAL(registered_find)(context, name);
}
