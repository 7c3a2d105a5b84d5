/* SPDX-License-Identifier: MIT */
/* A model: embedding or plain input, a stack of recurrent layers (or one of the two standard networks), an output
 * head and its loss. All parameters are one flat vector. This interface passes values as doubles for either dtype; a
 * float survives the round trip exactly. */
#ifndef GATEBENCH_MODEL_H
#define GATEBENCH_MODEL_H

#include <stdint.h>

#include "gatebench/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model with its parameters and their gradient. */
typedef struct gb_model gb_model;

/* The input of a step: the number of a word (token), or a vector. */
typedef enum gb_input { GB_INPUT_TOKENS, GB_INPUT_DENSE } gb_input;

/* Where predictions are made: at each sequence's last step, at every step, or at the marked steps. */
typedef enum gb_head { GB_HEAD_LAST, GB_HEAD_EVERY, GB_HEAD_MARKED } gb_head;

/* The loss of a prediction.
 *   softmax    cross-entropy -log p(class), in nats
 *   bernoulli  sum over the O outputs of the binary cross-entropy, computed from logits, in nats
 *   squared    sum over the O outputs of (y - target)^2 */
typedef enum gb_loss { GB_LOSS_SOFTMAX, GB_LOSS_BERNOULLI, GB_LOSS_SQUARED } gb_loss;

/* The state from which a sequence starts. learned: h_0 (and c_0) of every layer are parameters that start at zero.
 * clipped: learned, and after every update the trainer clips h_0 to [-1, 1], the range of a hidden state (Weiss 2018).
 * These parameters come last in the flat vector and do not count as parameters of the recurrent layers.
 */
typedef enum gb_initial_state { GB_INITIAL_ZERO, GB_INITIAL_LEARNED, GB_INITIAL_CLIPPED } gb_initial_state;

/* The description of a model. Members that are not named in its initialiser are zero. */
typedef struct gb_model_spec {
    const char *cell;    /* a cell, built in or registered with the context, or a standard network:
                            "bag": one hidden layer on the integer counts of the words of the sequence, so that order has
                            no effect, not even by rounding (tokens only, head last);    "window": a hidden layer on the
                            `window` concatenated (embedded) steps (head last) */
    const char *backend; /* "reference", "onednn"; the standard networks run on `reference` code everywhere */
    gb_dtype dtype;      /* GB_F64 on `reference` only */
    gb_input input;      /* tokens or vectors */
    size_t input_size;   /* vocabulary V, or inputs per step I */
    size_t embedding;   /* width E of the token embedding; 0: the kernel reads one-hot tokens; `bag` has no embedding */
    size_t hidden;      /* H */
    size_t layers;      /* >= 1 */
    size_t output_size; /* classes, or outputs O */
    size_t window;      /* steps that `window` concatenates: at least the longest sequence; ignored by other cells */
    gb_head head;       /* where predictions are made */
    gb_loss loss;       /* loss of a prediction */
    gb_bias bias;       /* biases of the recurrent layers; the output layer always has one */
    gb_initial_state initial_state; /* must be zero for the standard networks, which have no state */
    bool bidirectional; /* every layer has a second direction, from each sequence's last step to its first, with its own
                           parameters. A step's output is the h of both directions side by side, 2H numbers; with head
                           last the prediction reads the final h of both directions (Schuster & Paliwal 1997; as Keras).
                           Such a model carries no state, and gb_model_set_memory() has no effect on it */
    bool predict_first; /* with the heads every and marked: one additional prediction before the first input, from the
                           initial h of the sequence. Classes, targets, marks and outputs are then [T+1][N]; entry t is
                           the prediction after t inputs. A row that carries its state made that prediction in its
                           previous batch. Not for bidirectional models */
    const char *implementation; /* gb_layer_spec.implementation of the layers; NULL: the backend chooses */
} gb_model_spec;

/* A right-padded batch. D is the number of directions (2 when bidirectional, else 1), P the number of parts of a state
 * (h, and c if the cell has one). The head does not read padding, and padding gets zero gradient. Leave members that a
 * model does not need at zero: gb_batch batch = {.steps = ...}. */
typedef struct gb_batch {
    size_t steps;     /* T */
    size_t sequences; /* N */
    const size_t
        *lengths; /* [N], 1..T; NULL: T for all. With `carry`, 0 is allowed too: the row ended in an earlier batch */
    const int32_t *tokens;  /* [T][N], 0..V-1 (padding: any valid token) */
    const double *inputs;   /* [T][N][I] */
    const int32_t *classes; /* softmax: [N] for head last, else [T][N] */
    const double *targets;  /* bernoulli, squared: [N][O] for head last, else [T][N][O] */
    const uint8_t *marks;   /* [T][N], nonzero: a prediction is made here (head marked) */
    const uint8_t *carry; /* [N] or NULL; nonzero: this row starts from the final state of the same row in the previous
                             pass (which must have had full length and the same N). Passes with and without gradient
                             carry separate states. Give every batch of a run such an array, all zeros in the first:
                             without it the final state is kept only if T needs no rounding (see lib/README.md) */
    const uint8_t *more; /* [N] or NULL; nonzero: this row's sequence continues in the next batch, so head last makes no
                            prediction yet. All zeros: no final state is needed. Not for the standard networks */
    const double *initial_states; /* [layers][D][P][N][H] or NULL; initial states of the sequences that carry no state.
                                     They replace zero or learned states; learned states then get no gradient */
    double *final_states; /* [layers][D][P][N][H] or NULL; gets each sequence's state after its own last step (in the
                             second direction: after its first step) */
    /* outputs of evaluation and training per sequence, in addition to the sums in gb_evaluation */
    double *sequence_loss;        /* [N] summed loss, or NULL */
    size_t *sequence_predictions; /* [N] number of predictions, or NULL */
    double *sequence_error; /* [N] or NULL: the largest |output - target| over the sequence's predictions, where outputs
                               are probabilities for softmax and bernoulli; NAN if one of them is, 0 without a
                               prediction */
} gb_batch;

/* The result of a pass over a batch. These are sums, not means, so that batches can be added; they are computed in
 * double for either dtype. A successful call writes all members; their previous values do not matter. */
typedef struct gb_evaluation {
    double loss;        /* nats (or squared error) summed over predictions */
    size_t predictions; /* number of predictions */
    size_t correct;     /* softmax: argmax = class; bernoulli: frames with every output correct at threshold 0.5;
                           squared: |error| < 0.04 (Hochreiter & Schmidhuber 1997) */
} gb_evaluation;

/* Builds a model with zero parameters. Errors: GB_INVALID (unknown cell, impossible shape), GB_UNSUPPORTED, GB_MEMORY.
 */
GB_EXPORT gb_status gb_model_create(gb_context *context, const gb_model_spec *spec, gb_model **model);

/* Frees a model. Accepts NULL. */
GB_EXPORT void gb_model_destroy(gb_model *model);

/* The description from which the model was created. Its strings live as long as the model. */
GB_EXPORT const gb_model_spec *gb_model_get_spec(const gb_model *model);

/* The number of tensors, and the i-th in the order of the flat vector; NULL beyond the end. Their names are
 * "embedding"; for each layer "layer0/kernel", "layer0/recurrent", and if the cell has them "layer0/bias",
 * "layer0/recurrent_bias", "layer0/peephole"; if bidirectional the same again as "layer0/reverse/kernel" ...; for a
 * standard network "hidden/kernel", "hidden/bias" instead; "output/kernel" [D H][O], "output/bias"; and if initial
 * states are learned "layer0/initial_h" and, with a memory, "layer0/initial_c", "layer0/reverse/initial_h" ... */
GB_EXPORT size_t gb_model_tensor_count(const gb_model *model);
GB_EXPORT const gb_tensor *gb_model_tensor(const gb_model *model, size_t i);

/* The number of parameters, and the number in the recurrent layers only (0 for a standard network). */
GB_EXPORT size_t gb_model_parameter_count(const gb_model *model);
GB_EXPORT size_t gb_model_recurrent_parameter_count(const gb_model *model);

/* Copy the parameters or the accumulated gradient out ([count] doubles), copy parameters in, and set the gradient to
 * zero. */
GB_EXPORT void gb_model_get_parameters(const gb_model *model, double *values);
GB_EXPORT void gb_model_set_parameters(gb_model *model, const double *values);
GB_EXPORT void gb_model_get_gradient(const gb_model *model, double *values);
GB_EXPORT void gb_model_zero_gradient(gb_model *model);

/* Draws the parameters. `initialiser` is one of
 *   keras       Glorot uniform kernels (Glorot & Bengio 2010), orthogonal recurrent kernels (Saxe 2014), zero bias,
 *               forget bias 1 (Gers 2000, Jozefowicz 2015), embedding U(-0.05, 0.05): as Keras;
 *   pytorch     U(-1/sqrt(H), 1/sqrt(H)) in the layers, N(0,1) embedding, output U(+-1/sqrt(fan in)): as PyTorch;
 *   uniform:a all matrices U(-a, a), biases 0; normal:s all matrices N(0, s^2), biases 0;
 *   orthogonal as keras, but with each gate's H x H block orthogonal and forget bias 0;
 *   identity    recurrent blocks the identity, kernels N(0, 0.001^2), biases 0 (Le 2015, IRNN).
 * Learned initial states start at zero with every initialiser. Streams (seed, GB_RANDOM_INITIALISE, tensor number): the
 * numbers are the same in f32 (rounded) and f64, on every backend. Errors: GB_INVALID (unknown name; the sentence lists
 * them). */
GB_EXPORT gb_status gb_model_initialise(gb_model *model, const char *initialiser, uint64_t seed);

/* NULL when the text is a valid initialiser, else the fault in words (static text). */
GB_EXPORT const char *gb_initialiser_error(const char *initialiser);

/* Initialises only the recurrent kernels of all layers again, after gb_model_initialise(). `initialiser` is one of
 *   orthogonal each gate's H x H block is an orthogonal matrix (Saxe 2014)
 *   orthogonal_whole the whole [H][R H] matrix has orthonormal rows, as in Keras
 *   identity          each gate's block is the identity (Le 2015, IRNN)
 *   scaled:rho each gate's block is rho times an orthogonal matrix, so every singular value and every eigenvalue's
 *   modulus is rho
 * It draws from the streams (seed, GB_RANDOM_INITIALISE, tensor number) of gb_model_initialise(), so orthogonal_whole
 * after `keras` changes nothing. Errors: GB_INVALID (unknown name; a model without recurrent kernels), GB_MEMORY. */
GB_EXPORT gb_status gb_model_initialise_recurrent(gb_model *model, const char *initialiser, uint64_t seed);

/* NULL when the text is a valid initialiser of recurrent kernels, else the fault in words (static text). */
GB_EXPORT const char *gb_recurrent_initialiser_error(const char *initialiser);

/* Sets the bias of the gate that keeps the memory (gb_cell_info.memory_gate) in every layer, so that with zero input
 * and state each unit keeps the share sigmoid(b) of its state per step. `bias` is
 *   a number b (Gers 2000, Jozefowicz 2015: 1); the other gates are unchanged;
 *   chrono:Tmax b ~ log U[1, Tmax - 1] for each unit, so that time constants reach up to Tmax > 2, and -b for the input
 *   gate if the cell has a separate one (Tallec & Ollivier 2018, arXiv:1804.11188, section 2).
 * If the open gate replaces the state (mgu, mingru), its bias becomes -b. With bias double, b gets the whole value, and
 * those gates of b_U become 0. Streams (seed, GB_RANDOM_FORGET_BIAS, layer; when bidirectional 2 layer + direction).
 * Errors: GB_INVALID (not a valid text; a cell without such a gate; a model without biases), GB_MEMORY. */
GB_EXPORT gb_status gb_model_set_forget_bias(gb_model *model, const char *bias, uint64_t seed);

/* NULL when the text is a valid forget bias, else the fault in words (static text). */
GB_EXPORT const char *gb_forget_bias_error(const char *bias);

/* Forward pass that keeps nothing for a backward pass; overwrites the evaluation. */
GB_EXPORT gb_status gb_model_evaluate(gb_model *model, const gb_batch *batch, gb_evaluation *evaluation);

/* Forward pass; writes the raw outputs (logits): [N][O] for head last, else [T][N][O] ([T+1][N][O] with predict_first).
 * Outputs without a prediction are zero: padded steps, steps without a mark, and with head last a sequence that
 * continues (batch.more). */
GB_EXPORT gb_status gb_model_predict(gb_model *model, const gb_batch *batch, double *outputs);

/* Forward and backward: ADDS the gradient of the mean loss over the batch's predictions to the model's gradient. */
GB_EXPORT gb_status gb_model_gradient(gb_model *model, const gb_batch *batch, gb_evaluation *evaluation);

/* Limits the memory that a pass keeps for its backward pass. If it would exceed `bytes`, the sequence is run in
 * segments: the forward pass stores the states at their boundaries, and the backward pass recomputes each segment
 * before going through it (Chen et al. 2016, "Training deep nets with sublinear memory cost"). The gradient is exact,
 * and on `reference` identical to the bit; a training pass takes about a third longer. Not limited are the batch, a
 * feature row of H per prediction, and with an embedding its gradient of [T][N][E]. 0 means the default, 1 GiB. */
GB_EXPORT void gb_model_set_memory(gb_model *model, size_t bytes);

/* The implementation that ran the layers in the last pass (gb_layer_implementation()), for records. It depends on the
 * batch: its sequences, and whether the ends of sequences of several lengths were needed. */
GB_EXPORT const char *gb_model_implementation(const gb_model *model);

#ifdef __cplusplus
}
#endif
#endif
