/* SPDX-License-Identifier: MIT */
/* A layer: one cell run over a whole sequence by one backend, forward and backward. A model has a stack of layers. */
#ifndef GATEBENCH_LAYER_H
#define GATEBENCH_LAYER_H

#include <stdint.h>

#include "gatebench/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A planned layer. */
typedef struct gb_layer gb_layer;

/* The description of a layer. Members that are not named in its initialiser are zero. */
typedef struct gb_layer_spec {
    const char *cell;           /* a built-in cell, or one registered with the context */
    const char *backend;        /* "reference", or "onednn", whose passes treat denormal numbers as zero */
    gb_dtype dtype;             /* GB_F64 on `reference` only */
    gb_bias bias;               /* which bias vectors it has */
    size_t input;               /* I */
    size_t hidden;              /* H */
    size_t steps;               /* T */
    size_t batch;               /* N */
    bool training;              /* false: forward only, nothing is kept for a backward pass */
    const char *implementation; /* NULL: the backend chooses by cell, sizes, instruction set and threads. `onednn` has
                                   "primitive" (oneDNN's RNN primitive, for six cells), "sgemm" (oneDNN's products
                                   around the gates), "packed" (kernels of our own for the products of a step;
                                   threads share the rows of the batch) and, on a CPU that has it, "bf16" (products
                                   of bf16 numbers, summed in f32; the backend never chooses it) */
    bool reverse; /* runs from the last step to the first: h0 comes before step T-1, hT after step 0, and every output
                     is at the index of its input */
} gb_layer_spec;

/* The arrays that a pass reads and writes, all in the layer's dtype, all owned by the caller. Parameters are one block:
 * kernel, recurrent, then bias, recurrent bias and peepholes if the cell has them, in the shapes of cell.h. NULL states
 * mean zero; NULL outputs are not written. The c pointers are used only if the cell has a memory. A state may be
 * written in place: hT may be h0, dh0 may be dhT, and c likewise. Initialise it as gb_layer_pass pass = {.parameters =
 * ...}; all other members are then NULL.
 *
 * A pass may have fewer steps than planned, rows of different lengths, and a mask. A row skips a step if t >= its
 * length or if the mask excludes it. Its state then passes through unchanged, so hT and cT are the states after the
 * row's own last step (h0 and c0 if it has none), and a reverse layer starts at each row's own end. The y and dx of a
 * skipped step are 0; the values of x and dy there are not used. The backward pass needs the same steps, lengths and
 * mask as the forward pass before it. */
typedef struct gb_layer_pass {
    const void *parameters; /* the block */
    const void *x;          /* [T][N][I] */
    const void *h0;         /* [N][H] initial h, or NULL */
    const void *c0;         /* [N][H] initial c, or NULL */
    void *y;                /* [T][N][H] every h_t */
    void *hT;               /* [N][H] final h, or NULL */
    void *cT;               /* [N][H] final c, or NULL */
    size_t steps;           /* T of this pass, at most the planned T; 0: the planned T */
    const size_t *lengths;  /* [N] number of steps of each row, 0..T; NULL: T for all rows */
    const uint8_t *mask;    /* [T][N] nonzero: the row takes this step; NULL: every row takes every step */
    /* backward only */
    const void *dy;    /* [T][N][H] gradient of every y_t */
    const void *dhT;   /* [N][H] gradient of the final h, or NULL */
    const void *dcT;   /* [N][H] gradient of the final c, or NULL */
    void *dx;          /* [T][N][I], overwritten; NULL: not wanted */
    void *dh0;         /* [N][H], overwritten; NULL: not wanted */
    void *dc0;         /* [N][H], overwritten; NULL: not wanted */
    void *dparameters; /* gradients in the layout of `parameters`; the pass ADDS to them */
    void *dstate;      /* [T+1][N][S], S = H or 2H (h then c): the gradient of the state at each boundary between steps,
                          through later steps only. Entry 0 is the initial state, entry t the state that leaves step t, entry
                          T the final state. In a reverse layer entry t is the boundary at index t, so entry T is the initial
                          state and entry 0 the final one. Not supported by oneDNN's RNN primitive; NULL: not wanted */
    /* forward only */
    bool same_parameters; /* the values at `parameters` have not changed since this layer's last forward pass, so a
                             backend may reuse its packed copy of them; for inference and streaming */
} gb_layer_pass;

/* Plans a layer and allocates the memory of its passes, with one exception. oneDNN's RNN primitive does not support
 * fewer steps, lengths or masks; the first pass that has them plans the layer a second time as "packed" or, if
 * the batch has too few rows for the threads, "sgemm", which then runs all such passes. Errors: GB_INVALID,
 * GB_UNSUPPORTED (the sentence says what the backend lacks), GB_MEMORY, GB_BACKEND. */
GB_EXPORT gb_status gb_layer_create(gb_context *context, const gb_layer_spec *spec, gb_layer **layer);

/* Frees a layer. Accepts NULL. */
GB_EXPORT void gb_layer_destroy(gb_layer *layer);

/* The number of parameters of a layer with this cell, input, hidden and bias; the other members are not read. Errors:
 * GB_INVALID. */
GB_EXPORT gb_status gb_layer_parameter_count(gb_context *context, const gb_layer_spec *spec, size_t *count);

/* The implementation that runs the layer, or ran its last pass, for records: "reference loops", "rnn primitive,
 * ref:any", "matmul + gates (sgemm)", "matmul + gates (packed AVX2, sgemm)", ... */
GB_EXPORT const char *gb_layer_implementation(const gb_layer *layer);

/* Runs the sequence. Cost: 2*T*N*G*H*(I+H) flops. Errors of both passes: GB_INVALID (a missing array, more steps than
 * planned, a length above the steps), GB_UNSUPPORTED (dstate), GB_MEMORY, GB_BACKEND. */
GB_EXPORT gb_status gb_layer_forward(gb_layer *layer, const gb_layer_pass *pass);

/* Exact backpropagation through time. It follows a forward pass with the same x, parameters and initial state on a
 * layer planned for training. Cost: 4*T*N*G*H*(I+H) flops. */
GB_EXPORT gb_status gb_layer_backward(gb_layer *layer, const gb_layer_pass *pass);

/* The number of backends, their names and versions, and whether a backend can run a layer (else why[] gets the reason).
 * The context is only used to find registered cells, and may be NULL. */
GB_EXPORT size_t gb_backend_count(void);
GB_EXPORT const char *gb_backend_name(size_t i);
GB_EXPORT const char *gb_backend_version(size_t i); /* "oneDNN 2.6.3, AVX-512", "gatebench 0.1.0", ... */
GB_EXPORT bool gb_backend_supports(const gb_context *context, const gb_layer_spec *spec, char *why, size_t size);

/* C[m][n] = A[m][k] B[k][n] in f32, dense, by the matrix product that this backend's layers use. The speed of a layer
 * is compared with it. Cost: 2*m*n*k flops. Errors: GB_INVALID (unknown backend, a size of 0), GB_BACKEND. */
GB_EXPORT gb_status gb_backend_product(gb_context *context, const char *backend, size_t m, size_t n, size_t k,
                                       const float *a, const float *b, float *c);

#ifdef __cplusplus
}
#endif
#endif
