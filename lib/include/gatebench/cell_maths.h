/* SPDX-License-Identifier: MIT */
/* The implementation of a cell, and how a program adds its own cell to a context.
 *
 * A cell is the maths between the matrix products. A backend computes the linear parts, x W + b for all steps at once
 * and h U + b_U step by step, and calls the cell for the rest, one sequence of the batch at a time. So a new cell runs
 * on every backend that has a matrix product, and its source holds only its equations.
 *
 * Every type here exists in two forms, for float (_f32) and for double (_f64): gb_cell_step_f32 and so on. The
 * library's own cells use the same types: each source in lib/cells is an example. examples/custom_cell.c is an example
 * of a cell that a program registers. */
#ifndef GATEBENCH_CELL_MATHS_H
#define GATEBENCH_CELL_MATHS_H

#include "gatebench/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GB_CELL_REAL float
#define GB_CELL_FORM(name) name##_f32
#include "gatebench/cell_maths_form.h"
#undef GB_CELL_REAL
#undef GB_CELL_FORM

#define GB_CELL_REAL double
#define GB_CELL_FORM(name) name##_f64
#include "gatebench/cell_maths_form.h"
#undef GB_CELL_REAL
#undef GB_CELL_FORM

/* Adds a cell to a context: from then on gb_layer_* and gb_model_* calls with this context accept its name like that of
 * a built-in cell, on `reference` in both precisions and on `onednn` in f32 (as matrix products and gates). The
 * descriptors and their texts are not copied: they must live as long as the context. Several threads may
 * call the functions at once, for different rows of a batch, so they must not keep state between calls. Errors:
 * GB_INVALID (the sentence names the fault of the descriptor: a name that is taken, also by a built-in cell, or has
 * other characters than lower-case letters, digits and underscores; missing gates, gate names or functions; two gates
 * of one name; more than 64 gates or 256 saved rows; an f32 and an f64 form that differ), GB_MEMORY. */
GB_EXPORT gb_status gb_context_register_cell(gb_context *context, const gb_cell_f32 *f32, const gb_cell_f64 *f64);

/* The built-in or registered cell with this name, or NULL. */
GB_EXPORT const gb_cell_info *gb_context_find_cell(const gb_context *context, const char *name);

/* The registered cell i of the context, in the order of registration, or NULL beyond the last. */
GB_EXPORT const gb_cell_info *gb_context_cell_at(const gb_context *context, size_t i);

/* What a shared object exports under the name `gatebench_cells` for gb_context_load_cells(): its cells, in both forms.
 */
typedef struct gb_cell_library {
    size_t
        cell_size; /* sizeof(gb_cell_f64): detects a shared object that was compiled with headers of another version */
    size_t count;  /* cells */
    const gb_cell_f32 *const *f32; /* [count] */
    const gb_cell_f64 *const *f64; /* [count], in the same order */
} gb_cell_library;

/* Registers every cell of a shared object (cc -shared -fPIC) with the context. The path is that of a file: the system's
 * library folders are not searched. The object stays loaded until the process ends; other contexts may load it too.
 * Errors: GB_DATA (no such file, not a shared object, no `gatebench_cells`, other headers), and those of
 * gb_context_register_cell(). The shared object's code runs in this process: load only what is trusted. */
GB_EXPORT gb_status gb_context_load_cells(gb_context *context, const char *path);

#ifdef __cplusplus
}
#endif
#endif
