/* SPDX-License-Identifier: MIT */
/* The cells that a setting may name: the built-in ones, then those of the shared objects that the environment variable
 * GATEBENCH_CELLS lists, separated by colons (gatebench/cell_maths.h: gb_context_load_cells). */
#ifndef GATEBENCH_DATASETS_FILES_CELL_FILES_H
#define GATEBENCH_DATASETS_FILES_CELL_FILES_H

#include "gatebench/gatebench.h"

/* Registers the cells of GATEBENCH_CELLS with a context; each context that runs models needs it. The first call, with
 * the program's own context, is what makes the names known to the functions below. */
gb_status cells_load(gb_context *context);

const gb_cell_info *cells_at(size_t i); /* NULL beyond the end */
const gb_cell_info *cells_find(const char *name);

/* The SHA-256 of the shared object that a cell comes from, as hexadecimal digits; NULL for a built-in cell. */
const char *cells_sha256(const char *name);

#endif
