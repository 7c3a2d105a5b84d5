/* SPDX-License-Identifier: MIT */
/* The cells by name: what they are called, where their equations come from, what parameters they have.
 *
 * Conventions that hold everywhere. T time steps, N sequences in a batch, I inputs, H hidden units, G gates.
 * Sequences are [T][N][I], states [N][H], row-major. Input kernels are [I][G][H], recurrent kernels [H][G][H]
 * (oneDNN's ldigo, byte-identical to Keras), biases [G][H]; gates in oneDNN's order: LSTM i f c o, GRU u r o with
 * h' = u*h + (1-u)*o (Chung 2014 prints 1-u the other way round).
 *
 * The equations, with W x for x_t W + b and U h for h_{t-1} U + b_U, s for the logistic function. The gates stand in
 * every tensor in the order given; what has a letter of its own below is the value of that gate.
 *   rnn               h        h' = tanh(W x + U h)
 *   rnn_relu          h        h' = max(0, W x + U h)
 *   lstm              i f c o  i, f, o = s(W x + U h), g = tanh(W_c x + U_c h); c' = f c + i g; h' = o tanh(c')
 *   lstm_peephole     i f c o  the same with p_i c in i, p_f c in f and p_o c' in o; peepholes in the order p_i p_f p_o
 *   cifg              f c o    lstm with i = 1 - f
 *   gru               u r o    u, r = s(W x + U h), o = tanh(W_o x + r (U_o h)); h' = u h + (1 - u) o
 *   gru_reset_before  u r o    the same with o = tanh(W_o x + U_o (r h))
 *   gru_no_reset      u o      the same with r = 1
 *   mgu               f h      f = s(W x + U h), h~ = tanh(W_h x + U_h (f h)); h' = (1 - f) h + f h~
 *   janet             f c      z = W_f x + U_f h, c~ = tanh(W_c x + U_c h); h' = s(z) h + (1 - s(z - 1)) c~
 *   mingru            z h      z = s(W_z x), h~ = W_h x; h' = (1 - z) h + z h~
 * r multiplies the recurrent bias of gru's candidate too (r (h U_o + b_U)), and not that of gru_reset_before.
 * Each source (lib/cells) has them with its paper. */
#ifndef GATEBENCH_CELL_H
#define GATEBENCH_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The precision in which a layer or model computes: float or double. */
typedef enum gb_dtype { GB_F32, GB_F64 } gb_dtype;

/* Which bias vectors a cell has.
 * none:   no bias at all (Chung 2014).
 * single: one bias for every sum that the cell forms: G*H floats, and 4*H for `gru` (u r o u'), whose candidate keeps
 *         the recurrent product apart (Keras LSTM, oneDNN).
 * double: one set beside the input product and one beside the recurrent product, G*H each (PyTorch; Keras reset_after).
 */
typedef enum gb_bias { GB_BIAS_NONE, GB_BIAS_SINGLE, GB_BIAS_DOUBLE } gb_bias;

/* How a tradition counts parameters. PAPER: the equations as the cell's own paper prints them. */
typedef enum gb_convention {
    GB_CONVENTION_KERAS,
    GB_CONVENTION_PYTORCH,
    GB_CONVENTION_ONEDNN,
    GB_CONVENTION_PAPER,
    GB_CONVENTIONS /* how many there are */
} gb_convention;

/* What a parameter tensor is; decides its initialiser and which of the paper's letters it carries. */
typedef enum gb_role {
    GB_ROLE_KERNEL,         /* W: [I][G][H] */
    GB_ROLE_RECURRENT,      /* U: [H][G][H] */
    GB_ROLE_BIAS,           /* b: [G][H] */
    GB_ROLE_RECURRENT_BIAS, /* b_U: [G][H]; with bias single the gru has one gate here: [1][H] */
    GB_ROLE_PEEPHOLE,       /* p: [3][H], diagonal: p_i, p_f, p_o */
    GB_ROLE_EMBEDDING,      /* [V][E] */
    GB_ROLE_OUTPUT,         /* V: [H][O], also the hidden matrices of the standard networks */
    GB_ROLE_OUTPUT_BIAS,    /* [O] */
    GB_ROLE_INITIAL_STATE   /* h_0 or c_0 of a layer: [H], the same for every sequence */
} gb_role;

/* One tensor of a model: a view into the flat parameter vector. The table of these is the truth that counting,
 * allocation, initialising, gradient checks and names in files walk. */
typedef struct gb_tensor {
    char name[48];            /* "layer0/kernel", "embedding", "output/bias", ... */
    gb_role role;             /* what it is */
    size_t shape[3];          /* [rows][gates][columns]; unused leading sizes are 1 */
    size_t offset;            /* first float in the flat vector */
    size_t count;             /* product of shape */
    const char *const *gates; /* names of the shape[1] gates, or NULL */
    int forget_gate;          /* which gate index keeps the memory (LSTM f), -1 when none: gets Keras's bias of 1 */
} gb_tensor;

/* What there is to know of a cell without running it. */
typedef struct gb_cell_info {
    const char *name;   /* "lstm" */
    const char *title;  /* "LSTM with forget gate" */
    const char *source; /* paper and equations */
    size_t gates;       /* G */
    size_t
        recurrent_gates; /* how many of the gates, from the first, multiply the state: U is [H][recurrent_gates][H] */
    const char *const *gate_names; /* G short names in order */
    bool has_memory;               /* a cell state c beside h: the state is 2*H */
    bool reset_after;              /* keeps the candidate's recurrent product apart (the 4th bias) */
    bool peepholes;                /* three diagonal weight vectors */
    gb_bias bias[GB_CONVENTIONS];  /* the bias option with which each convention builds this cell */
    const char *forget_gate;       /* the gate whose bias starts at 1 under the initialiser `keras`, or NULL */
    /* which gate keeps the memory, for forget biases (model.h) and time constants (probe.h) */
    const char *memory_gate; /* the logistic gate that decides what share of the state a step keeps: the lstm's f, the
                                gru's u, the mgu's f; NULL when there is none, as in the rnn */
    int memory_sign; /* +1: it keeps while it is open (lstm f, gru u); -1: it replaces (mgu f, mingru z); else 0 */
    const char *input_gate; /* the gate that lets new content in, where that is not the memory gate too (lstm i), or
                               NULL; it opens with a positive bias */
} gb_cell_info;

/* How many built-in cells there are, and the i-th of them (cells.def order); NULL beyond the end. */
GB_EXPORT size_t gb_cell_count(void);
GB_EXPORT const gb_cell_info *gb_cell_at(size_t i);

/* The built-in cell of that name, or NULL. (gb_context_find_cell() knows those registered by a program too.) */
GB_EXPORT const gb_cell_info *gb_cell_find(const char *name);

/* A network without recurrence. It is named where a cell's name is expected, so no cell may have its name. */
typedef struct gb_network_info {
    const char *name;   /* "bag" */
    const char *title;  /* what it sees of a sequence */
    const char *source; /* what computes it */
} gb_network_info;

/* The i-th standard network (networks.def order), and by name; NULL: there is none. */
GB_EXPORT const gb_network_info *gb_network_at(size_t i);
GB_EXPORT const gb_network_info *gb_network_find(const char *name);

/* Parameters of one layer of a cell by closed formula, split by gate: kernel, recurrent and bias counts land in
 * split[gate][0..2] when split is not NULL (peepholes count under recurrent; the gru's 4th bias under its last gate).
 * Returns the total. Independent of what a model allocates: the `ledger` experiment compares the two. */
GB_EXPORT size_t gb_cell_parameters(const gb_cell_info *cell, size_t input, size_t hidden, gb_bias bias,
                                    size_t (*split)[3]);

/* The most tensors that a layer of a cell has. */
#define GB_CELL_TENSORS 5

/* The tensors of one layer in the order of its parameter block (kernel, recurrent, then as the cell has them bias,
 * recurrent bias, peepholes), offsets from the block's start, names without a prefix. Writes at most
 * GB_CELL_TENSORS entries, returns how many; *count gets the floats in all. Errors: count is 0 when sizes overflow. */
GB_EXPORT size_t gb_cell_tensors(const gb_cell_info *cell, size_t input, size_t hidden, gb_bias bias,
                                 gb_tensor tensors[GB_CELL_TENSORS], size_t *count);

/* "keras", "pytorch", "onednn", "paper"; "none", "single", "double". */
GB_EXPORT const char *gb_convention_name(gb_convention convention);
GB_EXPORT const char *gb_bias_name(gb_bias bias);

#ifdef __cplusplus
}
#endif
#endif
