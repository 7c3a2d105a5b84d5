/* SPDX-License-Identifier: MIT */
/* One recurrent pass for every cell and every matrix product. Forward: x W + b and h U + b_U, then the cell, step by
 * step; x W is computed for a chunk of steps at once if the products ask for it. Backward: step by step through the
 * cell and U, then for each chunk of steps at once the gradients of W, U, the biases and x. A backend provides its
 * products (`pass_products`). A reverse layer runs from the last step to the first over the same memory. A row that
 * skips a step keeps its state. Rows of a batch do not meet within a pass, so with several threads each runs a share
 * of the rows through all steps, and they wait for each other once per chunk. Compiled once per precision. */
#ifndef GATEBENCH_BACKENDS_PASS_H
#define GATEBENCH_BACKENDS_PASS_H

#include <string.h>

#include "backends/backend.h"
#include "cells/cell.h"
#include "core/matmul.h"

/* The right factor of a product: a part of a layer's parameters, plain or transposed. */
typedef struct pass_weights {
    size_t rows, columns; /* k and n of the product */
    matrix values;        /* [rows][columns] in the parameter block; [columns][rows] when transposed */
    bool transposed;
    real *prepared; /* its form made by prepare(); NULL when prepared_count() is 0 */
} pass_weights;

/* A product A[m][rows] weights[rows][columns]. */
typedef struct pass_term {
    matrix a;
    const pass_weights *weights;
} pass_term;

/* The products of a backend. Sums may run in any order. Products without rows or columns occur if a cell has no
 * recurrent gates. */
typedef struct pass_products {
    const char *implementation; /* gb_layer_implementation() */
    const void *kernel;         /* the backend's own */
    bool dense_sums;            /* C should have no gaps between its rows; by default it has some, see row_stride() */
    size_t chunk_rows;          /* rows (steps times batch) per product; 0: the whole sequence */
    bool by_step; /* x W is computed step by step like h U, and added into the same sum if the cell allows */
    /* Among how many threads the rows of a batch are shared; NULL: one. Only with `by_step`, whose multiply() is then
     * called by several threads at once and cannot fail. */
    size_t (*row_shares)(size_t batch);
    /* Calls work(data, i) for each i below count, on as many threads as there are. */
    void (*on_threads)(size_t count, void (*work)(void *data, size_t i), void *data);
    /* The size of a factor's prepared form, and making it, whenever the parameters have changed. */
    gb_status (*prepared_count)(const struct pass_products *products, const pass_weights *weights, size_t *count);
    gb_status (*prepare)(const struct pass_products *products, pass_weights *weights);
    /* C[m][columns] = start + the sum of one or two terms. `start` is C itself, or one row for all (stride 0), or zero
     * (NULL). */
    gb_status (*multiply)(const struct pass_products *products, gb_context *context, size_t m, const pass_term *terms,
                          size_t count, matrix start, real *c, size_t c_stride);
    /* C[m][n] += A[k][m]^T B[k][n]: the gradient of weights from k rows. */
    gb_status (*collect)(gb_context *context, size_t m, size_t n, size_t k, matrix a, matrix b, real *c,
                         size_t c_stride);
    /* Frees products that were made for this plan; NULL: they are constant. */
    void (*release)(gb_context *context, const struct pass_products *products);
} pass_products;

/* For products that only set or add: makes C the start. */
static inline void pass_put_start(size_t m, size_t n, matrix start, real *c, size_t c_stride) {
    for (size_t i = 0; i < m && start.data != c; i++)
        REAL(fill_rows)(1, n, start.data, c + i * c_stride);
}

/* The factors. U is split into the gates that multiply h_{t-1} and those of the second stage, which multiply the saved
 * row `gated`. The backward pass needs each factor transposed. */
typedef enum pass_factor { KERNEL, RECURRENT, GATED, KERNEL_T, RECURRENT_T, GATED_T, PASS_FACTORS } pass_factor;

enum { PASS_ROLES = GB_ROLE_PEEPHOLE + 1 };

typedef struct pass_plan {
    layer_plan base; /* must be first: the part that code without a precision uses */
    const pass_products *products;
    const cell *cell;
    size_t steps, batch, input, hidden;                 /* T N I H */
    size_t gates, recurrent_gates, saved;               /* G R, and saved rows per step */
    size_t state_stride, gate_stride, recurrent_stride; /* between the rows of h and c; of wx; of uh and duh */
    size_t recurrent_bias_gates;                        /* number of gates with a recurrent bias: the last ones of R */
    size_t chunk, forward_chunk;                        /* steps per chunk, backward and forward */
    size_t shares;                                      /* of the batch's rows, one per thread */
    size_t peepholes;                                   /* 3 H, or 0 */
    bool one_sum;                                       /* h U is added to x W, and the cell gets zeros as h U */
    bool training, reverse;
    bool prepared; /* there was a forward pass */
    bool present[PASS_ROLES];
    size_t offset[PASS_ROLES]; /* start of each tensor in the parameter block */
    pass_weights factors[PASS_FACTORS];

    /* indexed by boundary: entry t is the state before step t; in reverse, after step t. Inference keeps two
     * entries. */
    real *h, *c;      /* [T+1][N][H] */
    real *saved_rows; /* [T][N][saved][H]; inference: [1] */
    real *wx;       /* [chunk][N][G][H] x W + b; in the backward pass its gradient, since the sums are not read again */
    real *uh;       /* [N][R][H]; one row of zeros with one_sum */
    real *bias_row; /* [R][H] start of the recurrent sums: b_U; with one_sum start of all sums: b + b_U */

    /* training */
    real *duh;               /* [chunk][N][R][H]; the same as wx unless the cell has separate gradients */
    real *dh, *dc;           /* [N][H] gradient of the state after the step */
    real *dh_prev, *dc_prev; /* [N][H] gradient of the state before the step */
    real *dgated;            /* [N][H] */
    real *dpeephole;         /* [shares][peepholes]; with one share, the sum goes to the gradient itself */
} pass_plan;

/* The rows of the batch that one thread computes. */
typedef struct pass_rows {
    size_t from, end;
} pass_rows;

static inline pass_rows pass_share(const pass_plan *plan, size_t i) {
    return (pass_rows){i * plan->batch / plan->shares, (i + 1) * plan->batch / plan->shares};
}

/* Calls work(data, i) for each share of the rows. */
static inline void pass_for_each_share(const pass_plan *plan, void (*work)(void *data, size_t i), void *data) {
    if (plan->shares == 1)
        work(data, 0);
    else
        plan->products->on_threads(plan->shares, work, data);
}

/* Plans a layer with these products, which it releases, also when it fails. Errors: GB_MEMORY. */
gb_status REAL(pass_create)(gb_context *context, const gb_layer_spec *spec, const pass_products *products,
                            layer_plan **plan);
gb_status REAL(pass_forward)(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);
gb_status REAL(pass_backward)(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);

/* Points the factors from `first` to before `end` at the parameters, and prepares them when `changed`. */
gb_status REAL(pass_load)(pass_plan *plan, const void *parameters, pass_factor first, pass_factor end, bool changed);

/* A tensor of the parameter block, or of its gradient; NULL when the layer has no such tensor. */
static inline const real *pass_tensor(const pass_plan *plan, const void *parameters, gb_role role) {
    return plan->present[role] ? (const real *)parameters + plan->offset[role] : NULL;
}

static inline real *pass_gradient(const pass_plan *plan, void *gradient, gb_role role) {
    return plan->present[role] ? (real *)gradient + plan->offset[role] : NULL;
}

/* The state at boundary t, the state from which step t starts, and the state after it. */
static inline size_t pass_state_at(const pass_plan *plan, size_t t) {
    return (plan->training ? t : t % 2) * plan->batch * plan->state_stride;
}

static inline size_t pass_before(const pass_plan *plan, size_t t) {
    return pass_state_at(plan, plan->reverse ? t + 1 : t);
}

static inline size_t pass_after(const pass_plan *plan, size_t t) {
    return pass_state_at(plan, plan->reverse ? t : t + 1);
}

/* The number of steps of a pass, and whether row n skips step t. */
static inline size_t pass_steps(const pass_plan *plan, const gb_layer_pass *pass) {
    return pass->steps > 0 ? pass->steps : plan->steps;
}

static inline bool pass_may_skip(const gb_layer_pass *pass) {
    return pass->lengths || pass->mask;
}

static inline bool pass_skips(const pass_plan *plan, const gb_layer_pass *pass, size_t t, size_t n) {
    return (pass->lengths && t >= pass->lengths[n]) || (pass->mask && pass->mask[t * plan->batch + n] == 0);
}

/* The i-th chunk of at most `size` steps, counted from the first step or, backwards, from the last; and its k-th step.
 */
typedef struct pass_chunk {
    size_t from, steps;
    bool backwards;
} pass_chunk;

static inline pass_chunk pass_chunk_at(size_t steps, size_t size, size_t i, bool backwards) {
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a chunk has at least one step */
    const size_t from = (backwards ? (steps + size - 1) / size - 1 - i : i) * size;
    return (pass_chunk){from, steps - from < size ? steps - from : size, backwards};
}

static inline size_t pass_chunk_step(const pass_chunk *chunk, size_t k) {
    return chunk->from + (chunk->backwards ? chunk->steps - 1 - k : k);
}

/* The saved rows of step t. */
static inline real *pass_saved_at(const pass_plan *plan, size_t t) {
    return plan->saved_rows + (plan->training ? t : 0) * plan->batch * plan->saved * plan->hidden;
}

/* The saved row that the second stage multiplies, for all rows of the batch in step t. */
static inline matrix pass_gated_at(const pass_plan *plan, size_t t) {
    return (matrix){pass_saved_at(plan, t) + plan->cell->gated * plan->hidden, plan->saved * plan->hidden};
}

/* Copies a state, or writes zeros if it is NULL. */
static inline void pass_start_state(real *state, const void *given, size_t count) {
    if (!given)
        memset(state, 0, count * sizeof *state);
    else
        memcpy(state, given, count * sizeof *state);
}

#endif
