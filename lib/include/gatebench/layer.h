/* SPDX-License-Identifier: MIT */
/* A layer: one cell run over a whole sequence by one backend, forward and backward. Models are stacks of these. */
#ifndef GATEBENCH_LAYER_H
#define GATEBENCH_LAYER_H

#include <stdint.h>

#include "gatebench/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A planned layer. */
typedef struct gb_layer gb_layer;

/* What a layer is. Members that are not named in its initialiser are zero. */
typedef struct gb_layer_spec {
    const char *cell;    /* a built-in cell, or one that was registered with the context */
    const char *backend; /* "reference" or "onednn" */
    gb_dtype dtype;      /* GB_F64 on `reference` only */
    gb_bias bias;        /* which bias vectors it has */
    size_t input;        /* I */
    size_t hidden;       /* H */
    size_t steps;        /* T */
    size_t batch;        /* N */
    bool training;       /* false: forward only, nothing kept for a backward pass */
    const char
        *implementation; /* NULL: the backend's choice by cell, sizes, instruction set and threads. `onednn` has
                            "primitive" (oneDNN's RNN primitive, for six cells), "sgemm" (oneDNN's products around
                            the gates) and "packed" (kernels of our own for the products of a step, one thread) */
    bool reverse;        /* walks from the last step to the first: h0 comes before step T-1, hT after step 0, and every
                            output stands at the place of its input */
} gb_layer_spec;

/* Everything a pass reads or writes, all in the layer's dtype, all owned by the caller. Parameters are one block:
 * kernel, recurrent, then (as the cell has them) bias, recurrent bias, peepholes, in the shapes of cell.h.
 * NULL states mean zero; NULL outputs are not written; has_memory decides whether the c pointers are read. Start it as
 * gb_layer_pass pass = {.parameters = ...}, which leaves everything else NULL.
 *
 * A pass may have fewer steps than planned, rows of several lengths, and steps that a mask leaves out. A step that a
 * row skips (t >= its length, or masked) is not there for this row: its state goes through unchanged, so that hT and cT
 * are those after its own last step (h0 and c0 where it has none), and a reverse layer starts at each row's own end;
 * its y is 0, and so is its dx. What x and dy hold there is never used. The backward pass needs the same steps, lengths
 * and mask as the forward pass before it. */
typedef struct gb_layer_pass {
    const void *parameters; /* the block */
    const void *x;          /* [T][N][I] */
    const void *h0;         /* [N][H] initial h, or NULL */
    const void *c0;         /* [N][H] initial c, or NULL */
    void *y;                /* [T][N][H] every h_t */
    void *hT;               /* [N][H] final h, or NULL */
    void *cT;               /* [N][H] final c, or NULL */
    size_t steps;           /* T of this pass, at most as planned; 0: as planned */
    const size_t *lengths;  /* [N] steps of each row, 0..T; NULL: all T */
    const uint8_t *mask;    /* [T][N] nonzero: the row takes this step; NULL: every row every step */
    /* backward only */
    const void *dy;    /* [T][N][H] gradient arriving at every y_t */
    const void *dhT;   /* [N][H] gradient arriving at the final h, or NULL */
    const void *dcT;   /* [N][H] and at the final c, or NULL */
    void *dx;          /* [T][N][I], overwritten; NULL: not wanted */
    void *dh0;         /* [N][H], overwritten; NULL: not wanted */
    void *dc0;         /* [N][H], overwritten; NULL: not wanted */
    void *dparameters; /* like parameters, ADDED to */
    void *dstate;      /* [T+1][N][S], S = H or 2H (h then c): the gradient that crosses each boundary between
                          steps, entry t through what leaves step t (entry 0: the initial state, entry T: what
                          arrives at the final state). In a reverse layer entry t is the boundary before step t in
                          place, so entry T is the initial state and entry 0 the final one. Refused where oneDNN's
                          RNN primitive runs; NULL: not wanted */
    /* forward only */
    bool same_parameters; /* the values at `parameters` are those of this layer's last forward pass, so that a backend
                             may use again what it made of them: inference and streaming, where nothing is learned */
} gb_layer_pass;

/* Plans a layer; all memory of the passes is taken here, but for one: oneDNN's RNN primitive knows neither fewer steps
 * nor lengths nor masks, and the first pass that has them plans this layer once more as "packed" (one thread) or
 * "sgemm", which then runs all such passes. Errors: GB_INVALID, GB_UNSUPPORTED (the sentence says what the backend
 * lacks), GB_MEMORY, GB_BACKEND. */
GB_EXPORT gb_status gb_layer_create(gb_context *context, const gb_layer_spec *spec, gb_layer **layer);

/* Gives a layer's memory back. Takes NULL. */
GB_EXPORT void gb_layer_destroy(gb_layer *layer);

/* How many floats a layer of this spec has as parameters. */
GB_EXPORT gb_status gb_layer_parameter_count(gb_context *context, const gb_layer_spec *spec, size_t *count);

/* What runs, or ran the last pass, for the record: "reference loops", "rnn primitive, ref:any", "matmul + gates
 * (sgemm)", "matmul + gates (packed AVX2, sgemm)", ... */
GB_EXPORT const char *gb_layer_implementation(const gb_layer *layer);

/* Runs the sequence. Cost: 2*T*N*G*H*(I+H) flops. Errors of both passes: GB_INVALID (what is missing; more steps than
 * planned, a length beyond them), GB_MEMORY, GB_BACKEND. */
GB_EXPORT gb_status gb_layer_forward(gb_layer *layer, const gb_layer_pass *pass);

/* Backpropagation through time, exact, after a forward pass with the same x, parameters and initial state on a layer
 * made for training. Cost: 4*T*N*G*H*(I+H) flops. */
GB_EXPORT gb_status gb_layer_backward(gb_layer *layer, const gb_layer_pass *pass);

/* How many backends there are, their names, and whether one can run a layer (else why[] gets the reason).
 * The context is asked for registered cells only, and may be NULL. */
GB_EXPORT size_t gb_backend_count(void);
GB_EXPORT const char *gb_backend_name(size_t i);
GB_EXPORT const char *gb_backend_version(size_t i); /* "2.6.3 AVX512", "gatebench 0.1.0" ... */
GB_EXPORT bool gb_backend_supports(const gb_context *context, const gb_layer_spec *spec, char *why, size_t size);

/* C[m][n] = A[m][k] B[k][n] in f32, dense, by the matrix product that this backend's layers are made of: the yardstick
 * that the speed of a layer is held against. Cost: 2*m*n*k flops. Errors: GB_INVALID (unknown backend), GB_BACKEND. */
GB_EXPORT gb_status gb_backend_product(gb_context *context, const char *backend, size_t m, size_t n, size_t k,
                                       const float *a, const float *b, float *c);

#ifdef __cplusplus
}
#endif
#endif
