/* SPDX-License-Identifier: MIT */
/* The cells: their names, the sources of their equations, and their parameters.
 *
 * Conventions of all headers: T time steps, N sequences per batch, I inputs, H hidden units, G gates. Sequences are
 * [T][N][I], states [N][H], row-major. Input kernels are [I][G][H], recurrent kernels [H][G][H] (oneDNN's ldigo,
 * byte-identical to Keras), biases [G][H]. Gates are in oneDNN's order: LSTM i f c o, GRU u r o with h' = u*h + (1-u)*o
 * (Chung 2014 swaps u and 1-u).
 *
 * The equations. W x stands for x_t W + b, U h for h_{t-1} U + b_U, s for the logistic function. Every tensor has its
 * gates in the order given in the second column; a gate's letter in the equations is its value.
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
 * In gru, r also multiplies the candidate's recurrent bias: r (h U_o + b_U). In gru_reset_before it does not. Each
 * source file in lib/cells repeats its equations and names the paper. */
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
 * none: no bias (Chung 2014). single: one bias for every sum in the cell: G*H floats; 4*H for `gru` (u r o u'), whose
 * candidate has a separate sum for the recurrent product (Keras LSTM, oneDNN). double: one set for the input product
 * and one for the recurrent product, G*H floats each (PyTorch; Keras reset_after).
 */
typedef enum gb_bias { GB_BIAS_NONE, GB_BIAS_SINGLE, GB_BIAS_DOUBLE } gb_bias;

/* Conventions of counting parameters. PAPER: the equations as printed in the cell's own paper. For lstm_peephole these
 * are the ones of Chung et al. 2014, without biases; those of Graves 2013 have biases. */
typedef enum gb_convention {
    GB_CONVENTION_KERAS,
    GB_CONVENTION_PYTORCH,
    GB_CONVENTION_ONEDNN,
    GB_CONVENTION_PAPER,
    GB_CONVENTIONS /* number of conventions */
} gb_convention;

/* The role of a parameter tensor. It determines the initialiser and the paper's letter for it. */
typedef enum gb_role {
    GB_ROLE_KERNEL,         /* W: [I][G][H] */
    GB_ROLE_RECURRENT,      /* U: [H][G][H] */
    GB_ROLE_BIAS,           /* b: [G][H] */
    GB_ROLE_RECURRENT_BIAS, /* b_U: [G][H]; for gru with bias single: [1][H] */
    GB_ROLE_PEEPHOLE,       /* p: [3][H], diagonal: p_i, p_f, p_o */
    GB_ROLE_EMBEDDING,      /* [V][E] */
    GB_ROLE_OUTPUT,         /* V: [H][O]; also the hidden matrices of the standard networks */
    GB_ROLE_OUTPUT_BIAS,    /* [O] */
    GB_ROLE_INITIAL_STATE   /* h_0 or c_0 of a layer: [H], the same for every sequence */
} gb_role;

/* One tensor of a model: a view into the flat parameter vector. Counting, allocation, initialising, gradient checks and
 * names in files all use the table of these tensors. */
typedef struct gb_tensor {
    char name[48];            /* "layer0/kernel", "embedding", "output/bias", ... */
    gb_role role;             /* what the tensor is for */
    size_t shape[3];          /* [rows][gates][columns]; leading sizes that are not used are 1 */
    size_t offset;            /* first float in the flat vector */
    size_t count;             /* product of shape */
    const char *const *gates; /* names of the shape[1] gates, or NULL */
    int forget_gate; /* index of the gate that keeps the memory (LSTM f), -1: none; its bias starts at 1 as in Keras */
} gb_tensor;

/* The properties of a cell. */
typedef struct gb_cell_info {
    const char *name;       /* "lstm" */
    const char *title;      /* "LSTM with forget gate" */
    const char *source;     /* paper and equations */
    size_t gates;           /* G */
    size_t recurrent_gates; /* number of gates, from the first, that multiply the state: U is [H][recurrent_gates][H] */
    const char *const *gate_names; /* G short names in order */
    bool has_memory;               /* has a cell state c in addition to h: the state has 2*H numbers */
    bool reset_after;              /* the candidate's recurrent product is a separate sum (with the 4th bias) */
    bool peepholes;                /* has three diagonal weight vectors */
    gb_bias bias[GB_CONVENTIONS];  /* the bias option that each convention uses for this cell */
    const char *forget_gate;       /* the gate whose bias starts at 1 under the initialiser `keras`, or NULL */
    /* the gate that keeps the memory, for forget biases (model.h) and time constants (probe.h) */
    const char *memory_gate; /* the logistic gate that sets the share of the state that a step keeps: the lstm's f, the
                                gru's u, the mgu's f; NULL when there is none, as in the rnn */
    int memory_sign; /* +1: the open gate keeps the state (lstm f, gru u); -1: the open gate replaces it (mgu f, mingru
                        z); 0: no such gate */
    const char *input_gate; /* the gate that admits new content, if it is not the memory gate itself (lstm i), else
                               NULL; a positive bias opens it */
} gb_cell_info;

/* The number of built-in cells, and the i-th of them in the order of cells.def; NULL beyond the end. */
GB_EXPORT size_t gb_cell_count(void);
GB_EXPORT const gb_cell_info *gb_cell_at(size_t i);

/* The built-in cell with this name, or NULL. (gb_context_find_cell() also finds cells that a program registered.) */
GB_EXPORT const gb_cell_info *gb_cell_find(const char *name);

/* A network without recurrence. Its name is given in place of a cell's name, so no cell may have the same name. */
typedef struct gb_network_info {
    const char *name;   /* "bag" */
    const char *title;  /* what it reads of a sequence */
    const char *source; /* how it is computed */
} gb_network_info;

/* The i-th standard network in the order of networks.def, and the one with this name; NULL: there is none. */
GB_EXPORT const gb_network_info *gb_network_at(size_t i);
GB_EXPORT const gb_network_info *gb_network_find(const char *name);

/* The number of parameters of one layer, by closed formula. If split is not NULL, split[gate][0..2] gets the kernel,
 * recurrent and bias counts of each gate. Peepholes count as recurrent; the gru's 4th bias counts under its last gate.
 * Returns the total. Does not use the tensors that a model allocates: the experiment `ledger` compares the two. */
GB_EXPORT size_t gb_cell_parameters(const gb_cell_info *cell, size_t input, size_t hidden, gb_bias bias,
                                    size_t (*split)[3]);

/* The largest number of tensors of a layer. */
#define GB_CELL_TENSORS 5

/* The tensors of one layer in the order of its parameter block: kernel, recurrent, then bias, recurrent bias and
 * peepholes if the cell has them. Offsets count from the block's start; names have no prefix. Writes at most
 * GB_CELL_TENSORS entries and returns their number; *count gets the total number of floats. Errors: *count is 0 when
 * sizes overflow. */
GB_EXPORT size_t gb_cell_tensors(const gb_cell_info *cell, size_t input, size_t hidden, gb_bias bias,
                                 gb_tensor tensors[GB_CELL_TENSORS], size_t *count);

/* "keras", "pytorch", "onednn", "paper"; "none", "single", "double". */
GB_EXPORT const char *gb_convention_name(gb_convention convention);
GB_EXPORT const char *gb_bias_name(gb_bias bias);

#ifdef __cplusplus
}
#endif
#endif
