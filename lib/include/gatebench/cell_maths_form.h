/* SPDX-License-Identifier: MIT */
/* The types of a cell's maths in one precision. Do not include this file: cell_maths.h includes it twice, for float and
 * for double, so it has no include guard.
 *
 * A row is H contiguous numbers; [G][H] means G rows, one after the other. R is the number of recurrent gates. */

/* One step of one sequence, forward. */
typedef struct GB_CELL_FORM(gb_cell_step) {
    size_t hidden;                /* H */
    const GB_CELL_REAL *wx;       /* [G][H] x W + b */
    const GB_CELL_REAL *uh;       /* [R][H] h U + b_U; for the gates of the second stage (gated h) U + b_U */
    const GB_CELL_REAL *h_prev;   /* [H] h_{t-1} */
    const GB_CELL_REAL *c_prev;   /* [H] c_{t-1}; NULL without a memory */
    const GB_CELL_REAL *peephole; /* [3][H]; NULL without peepholes */
    GB_CELL_REAL *h;              /* [H] h_t, to be written */
    GB_CELL_REAL *c;              /* [H] c_t, to be written; NULL without a memory */
    GB_CELL_REAL *saved; /* [saved][H] what the backward pass needs; all calls for one step get the same rows */
} GB_CELL_FORM(gb_cell_step);

/* The same step backward. The rows of `dwx` are the gradients of the sums inside the gates. */
typedef struct GB_CELL_FORM(gb_cell_backstep) {
    size_t hidden;                /* H */
    const GB_CELL_REAL *h_prev;   /* [H] as in the forward step */
    const GB_CELL_REAL *c_prev;   /* [H] likewise */
    const GB_CELL_REAL *c;        /* [H] c_t, as the forward step wrote it */
    const GB_CELL_REAL *peephole; /* [3][H] as in the forward step */
    const GB_CELL_REAL *saved;    /* [saved][H] what the forward step saved */
    const GB_CELL_REAL *dh;       /* [H] dL/dh_t, the whole gradient */
    const GB_CELL_REAL *dc;       /* [H] dL/dc_t without the path through h_t; only with a memory */
    const GB_CELL_REAL *dgated;   /* [H] second stage only: gradient of gated h, in gate_backward */
    GB_CELL_REAL *dwx;            /* [G][H] gradient of wx, to be written */
    GB_CELL_REAL *duh;            /* [R][H] gradient of uh: the same memory as dwx unless the cell sets separate_uh */
    GB_CELL_REAL *dh_prev;        /* [H] to be written: the part of dL/dh_{t-1} that does not pass through U */
    GB_CELL_REAL *dc_prev;        /* [H] to be written if there is a memory: dL/dc_{t-1} */
    GB_CELL_REAL *dpeephole;      /* [3][H], added to */
} GB_CELL_FORM(gb_cell_backstep);

/* A cell: the facts, and the maths of one row. */
typedef struct GB_CELL_FORM(gb_cell) {
    gb_cell_info info;  /* the same facts in both forms */
    size_t saved;       /* rows saved per step */
    bool separate_uh;   /* the gradients of wx and uh differ, so dwx and duh are two blocks; also required when R < G */
    size_t first_stage; /* number of recurrent gates that multiply h_{t-1} itself. If fewer than R, the backend calls
                           gate() with those, multiplies the saved row `gated` by the rest of U, and then calls
                           forward() */
    size_t gated;       /* saved row that gate() fills and the second stage multiplies */
    /* Second stage only: fills the saved row `gated`. */
    void (*gate)(const GB_CELL_FORM(gb_cell_step) * step);
    /* Writes h, c and the saved rows of a step. */
    void (*forward)(const GB_CELL_FORM(gb_cell_step) * step);
    /* Writes dwx, duh, dh_prev and dc_prev, adds to dpeephole. */
    void (*backward)(const GB_CELL_FORM(gb_cell_backstep) * step);
    /* Second stage only: completes dwx, duh and dh_prev, given dgated. */
    void (*gate_backward)(const GB_CELL_FORM(gb_cell_backstep) * step);
} GB_CELL_FORM(gb_cell);
