/* SPDX-License-Identifier: MIT */
/* A cell is the maths between the matrix products. A backend forms the linear parts, x W + b over all steps at once
 * and h U + b_U step by step, and calls the cell for the rest, one sequence of the batch at a time. So a new cell runs
 * on every backend that has a matrix product, and its file holds its equations and nothing else.
 *
 * For sources compiled once a precision (core/real.h). A row is H contiguous numbers; [G][H] are G rows, one after
 * the other. R is the number of recurrent gates. */
#ifndef GATEBENCH_CELLS_CELL_H
#define GATEBENCH_CELLS_CELL_H

#include "core/real.h"
#include "gatebench/cell.h"

/* One step of one sequence, forward. */
typedef struct cell_step {
    size_t hidden;        /* H */
    const real *wx;       /* [G][H] x W + b */
    const real *uh;       /* [R][H] h U + b_U; in the gates of a second stage (gated h) U + b_U */
    const real *h_prev;   /* [H] h_{t-1} */
    const real *c_prev;   /* [H] c_{t-1}; NULL without a memory */
    const real *peephole; /* [3][H]; NULL without peepholes */
    real *h, *c;          /* [H] h_t, c_t */
    real *saved;          /* [saved][H] what the backward pass will need; the same rows at every call for a step */
} cell_step;

/* The same step backward. The rows of `dwx` are the gradients of the sums inside the gates. */
typedef struct cell_backstep {
    size_t hidden;
    const real *h_prev, *c_prev, *c, *peephole, *saved; /* as in cell_step */
    const real *dh;                                     /* [H] dL/dh_t, everything that arrives there */
    const real *dc;     /* [H] dL/dc_t through what leaves the step as c; NULL without a memory */
    const real *dgated; /* [H] second stage only: gradient of gated h, in gate_backward */
    real *dwx;          /* [G][H] gradient of wx */
    real *duh;          /* [R][H] gradient of uh: the same memory as dwx unless the cell says separate_uh */
    real *dh_prev;      /* [H] the part of dL/dh_{t-1} that does not pass through U */
    real *dc_prev;      /* [H] */
    real *dpeephole;    /* [3][H], added to */
} cell_backstep;

typedef struct cell {
    gb_cell_info info;
    size_t saved;       /* rows kept a step */
    bool separate_uh;   /* the gradients of wx and uh differ, so dwx and duh are two blocks */
    size_t first_stage; /* recurrent gates that multiply h_{t-1} itself. When fewer than R, the backend calls gate()
                           with those, multiplies the saved row `gated` by the rest of U, and only then forward() */
    size_t gated;       /* saved row that gate() fills and the second stage multiplies */
    void (*gate)(const cell_step *step);
    void (*forward)(const cell_step *step);
    void (*backward)(const cell_backstep *step);
    void (*gate_backward)(const cell_backstep *step); /* completes dwx, duh and dh_prev, given dgated */
} cell;

#define GB_CELL(name) extern const cell REAL(name##_cell);
#include "cells/cells.def"
#undef GB_CELL

/* The cell of that name with the maths of this precision, or NULL. */
const cell *REAL(cell_find)(const char *name);

#endif
