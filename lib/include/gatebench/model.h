/* SPDX-License-Identifier: MIT */
/* A model: embedding or plain input, a stack of recurrent layers (or one of the two standard networks), an output
 * head and its loss. All parameters are one flat vector. Values cross this interface as doubles, whatever the dtype
 * inside (a float survives the round trip exactly). */
#ifndef GATEBENCH_MODEL_H
#define GATEBENCH_MODEL_H

#include <stdint.h>

#include "gatebench/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model with its parameters and their gradient. */
typedef struct gb_model gb_model;

/* What a step reads: the number of a word, or a vector. */
typedef enum gb_input { GB_INPUT_TOKENS, GB_INPUT_DENSE } gb_input;

/* Where predictions are made: at each sequence's last step, at every step, or at the marked steps. */
typedef enum gb_head { GB_HEAD_LAST, GB_HEAD_EVERY, GB_HEAD_MARKED } gb_head;

/* softmax:   cross-entropy -log p(class), nats a prediction.
 * bernoulli: sum over the O outputs of the binary cross-entropy from logits, nats a prediction (frame).
 * squared:   sum over the O outputs of (y - target)^2. */
typedef enum gb_loss { GB_LOSS_SOFTMAX, GB_LOSS_BERNOULLI, GB_LOSS_SQUARED } gb_loss;

/* The state from which a sequence starts. learned: h_0 (and c_0) of every layer are parameters, zero until trained.
 * clipped: learned, and after every update the trainer puts h_0 back into [-1, 1], where a hidden state can be
 * (Weiss 2018). The parameters stand last in the flat vector and are not counted among those of the recurrent layers.
 */
typedef enum gb_initial_state { GB_INITIAL_ZERO, GB_INITIAL_LEARNED, GB_INITIAL_CLIPPED } gb_initial_state;

/* What a model is. Members that are not named in its initialiser are zero, and mean what zero means there. */
typedef struct gb_model_spec {
    const char *cell;    /* a cell, built in or registered with the context, or a standard network:
                            "bag": counts the words of the sequence as integers, then one hidden layer: order cannot
                            enter, not even by rounding (tokens only, head last);
                            "window": a hidden layer on the `window` concatenated (embedded) steps (head last) */
    const char *backend; /* "reference", "onednn"; the standard networks run on `reference` code everywhere */
    gb_dtype dtype;      /* GB_F64 on `reference` only */
    gb_input input;      /* tokens or vectors */
    size_t input_size;   /* vocabulary V, or inputs a step I */
    size_t embedding;   /* width E of the token embedding; 0: one-hot tokens straight into the kernel; `bag` has none */
    size_t hidden;      /* H */
    size_t layers;      /* >= 1 */
    size_t output_size; /* classes, or outputs O */
    size_t window;      /* steps that `window` concatenates: at least the longest sequence; others ignore it */
    gb_head head;       /* where predictions are made */
    gb_loss loss;       /* what they cost */
    gb_bias bias;       /* of the recurrent layers; the output layer always has one */
    gb_initial_state initial_state; /* zero for the standard networks, which have no state */
    bool bidirectional; /* every layer has a second direction, from each sequence's last step to its first, with
                           parameters of its own; a step's output is both h side by side, 2H numbers, and with head last
                           the prediction reads the final h of both directions (Schuster & Paliwal 1997; as Keras). It
                           carries no state and is run in one piece, whatever gb_model_set_memory() says */
    bool predict_first; /* heads every and marked: one prediction more, before the first input, from the h in which a
                           sequence starts. Then classes, targets, marks and outputs are [T+1][N], entry t after t
                           inputs. A row that carries on had that prediction in its last batch. Not bidirectional */
    const char *implementation; /* of the layers, gb_layer_spec.implementation; NULL: the backend's choice */
} gb_model_spec;

/* A right-padded batch. D directions of a layer (2 when bidirectional, else 1), P parts of a state: h, and c where the
 * cell has one. Padding is never seen by the head and gets zero gradient. Members that a model does not need
 * are zero: name the others in an initialiser, gb_batch batch = {.steps = ...}. */
typedef struct gb_batch {
    size_t steps;           /* T */
    size_t sequences;       /* N */
    const size_t *lengths;  /* [N], 1..T; NULL: all T. With carry also 0: the row has ended before this batch */
    const int32_t *tokens;  /* [T][N], 0..V-1 (padding: any valid token) */
    const double *inputs;   /* [T][N][I] */
    const int32_t *classes; /* softmax: [N] for head last, else [T][N] */
    const double *targets;  /* bernoulli, squared: [N][O] for head last, else [T][N][O] */
    const uint8_t *marks;   /* [T][N], nonzero: a prediction is asked here (head marked) */
    const uint8_t *carry;   /* [N] or NULL; nonzero: this row starts from the state in which the same row of the last
                               pass ended (it must have had full length, and N must be the same). Passes with and
                               without gradient carry apart. Give every batch of a run an array, zeros in the first:
                               without one the end state is kept only where T needs no rounding (see lib/README.md) */
    const uint8_t *more;    /* [N] or NULL; nonzero: this row's sequence goes on in the next batch, so a head that
                               predicts at the last step is not asked yet. All zeros: no end state will be wanted */
    const double *initial_states; /* [layers][D][P][N][H] or NULL; where the sequences start that carry nothing, in the
                                     place of zero or of learned states, which then get no gradient */
    double *final_states;         /* [layers][D][P][N][H] or NULL; each sequence's state after its own last step (in the
                                     second direction: after its first), written by every pass */
    /* where evaluating and training write what they found of each sequence, beside the sums in gb_evaluation */
    double *sequence_loss;        /* [N] summed loss, or NULL */
    size_t *sequence_predictions; /* [N] how many predictions, or NULL */
    double *sequence_error; /* [N] or NULL: the largest |output - target| of the sequence's predictions, outputs being
                               probabilities for softmax and bernoulli; 0 without a prediction */
} gb_batch;

/* What a pass over a batch found. Sums (in double whatever the dtype), not means, so that batches add up. Written whole
 * by the call that succeeds; what is in it before does not matter. */
typedef struct gb_evaluation {
    double loss;        /* nats (or squared error) summed over predictions */
    size_t predictions; /* how many there were */
    size_t correct;     /* softmax: argmax = class; bernoulli: frames with every output right at threshold 0.5;
                           squared: |error| < 0.04 (Hochreiter & Schmidhuber 1997) */
} gb_evaluation;

/* Builds a model with zero parameters. Errors: GB_INVALID (unknown cell, impossible shape), GB_UNSUPPORTED, GB_MEMORY.
 */
GB_EXPORT gb_status gb_model_create(gb_context *context, const gb_model_spec *spec, gb_model **model);

/* Gives a model's memory back. Takes NULL. */
GB_EXPORT void gb_model_destroy(gb_model *model);

/* What the model was made from; the names in it live as long as the model. */
GB_EXPORT const gb_model_spec *gb_model_get_spec(const gb_model *model);

/* How many tensors there are, and the i-th in the order of the flat vector; NULL beyond the end. Their names:
 * "embedding"; "layer0/kernel", "layer0/recurrent", then as the cell has them "layer0/bias", "layer0/recurrent_bias",
 * "layer0/peephole", when bidirectional the same again as "layer0/reverse/kernel" ..., and so on for each layer
 * ("hidden/kernel", "hidden/bias" for a standard network); "output/kernel" [D H][O], "output/bias"; last, where they
 * are learned, "layer0/initial_h" and, with a memory, "layer0/initial_c", "layer0/reverse/initial_h" ... */
GB_EXPORT size_t gb_model_tensor_count(const gb_model *model);
GB_EXPORT const gb_tensor *gb_model_tensor(const gb_model *model, size_t i);

/* Floats in the flat vector; and those of the recurrent layers alone (0 for a standard network). */
GB_EXPORT size_t gb_model_parameter_count(const gb_model *model);
GB_EXPORT size_t gb_model_recurrent_parameter_count(const gb_model *model);

/* Copies parameters or the accumulated gradient out ([count] doubles), or parameters in; sets the gradient to zero. */
GB_EXPORT void gb_model_get_parameters(const gb_model *model, double *values);
GB_EXPORT void gb_model_set_parameters(gb_model *model, const double *values);
GB_EXPORT void gb_model_get_gradient(const gb_model *model, double *values);
GB_EXPORT void gb_model_zero_gradient(gb_model *model);

/* Draws the parameters. `initialiser` is one of
 *   keras       Glorot uniform kernels (Glorot & Bengio 2010), orthogonal recurrent kernels (Saxe 2014), zero bias,
 *               forget bias 1 (Gers 2000, Jozefowicz 2015), embedding U(-0.05, 0.05): as Keras;
 *   pytorch     U(-1/sqrt(H), 1/sqrt(H)) in the layers, N(0,1) embedding, output U(+-1/sqrt(fan in)): as PyTorch;
 *   uniform:a   all matrices U(-a, a), biases 0;  normal:s  all matrices N(0, s^2), biases 0;
 *   orthogonal  keras, with every gate's H x H block orthogonal by itself and forget bias 0;
 *   identity    recurrent blocks the identity, kernels N(0, 0.001^2), biases 0 (Le 2015, IRNN).
 * Learned initial states start at zero under each of them.
 * Streams (seed, GB_RANDOM_INITIALISE, tensor number): the same numbers in f32 (rounded) and f64, on any backend.
 * Errors: GB_INVALID (unknown name; the sentence lists them). */
GB_EXPORT gb_status gb_model_initialise(gb_model *model, const char *initialiser, uint64_t seed);

/* NULL when the text is a valid initialiser, else what is wrong with it (static text). */
GB_EXPORT const char *gb_initialiser_error(const char *initialiser);

/* Gives the recurrent kernels of all layers another start than gb_model_initialise() gave them, and nothing else.
 * `initialiser` is one of
 *   orthogonal        each gate's H x H block is an orthogonal matrix by itself (Saxe 2014)
 *   orthogonal_whole  the whole [H][R H] matrix has orthonormal rows, as Keras has it
 *   identity          each gate's block is the identity (Le 2015, IRNN)
 *   scaled:rho        each gate's block is rho times an orthogonal matrix: every singular value, and the modulus of
 *                     every eigenvalue, is rho
 * Streams (seed, GB_RANDOM_INITIALISE, tensor number), those of gb_model_initialise(): orthogonal_whole after `keras`
 * changes nothing. Errors: GB_INVALID (unknown name; a model without recurrent kernels), GB_MEMORY. */
GB_EXPORT gb_status gb_model_initialise_recurrent(gb_model *model, const char *initialiser, uint64_t seed);

/* NULL when the text is a valid start of recurrent kernels, else what is wrong with it (static text). */
GB_EXPORT const char *gb_recurrent_initialiser_error(const char *initialiser);

/* Puts the bias of the gate that keeps the memory (gb_cell_info.memory_gate) where each unit, without input and state,
 * keeps the share sigmoid(b) of its state in a step, in every layer. `bias` is
 *   a number     b (Gers 2000, Jozefowicz 2015: 1), the other gates left alone;
 *   chrono:Tmax  b ~ log U[1, Tmax - 1] for each unit, so that time constants reach up to Tmax > 2, and -b for the
 *                input gate where the cell has one apart (Tallec & Ollivier 2018, arXiv:1804.11188, section 2).
 * Where the gate replaces instead of keeping (mgu, mingru) its bias becomes -b. With bias double the whole sum is put
 * into b, and those gates of b_U become 0. Streams (seed, GB_RANDOM_FORGET_BIAS, layer; when bidirectional
 * 2 layer + direction).
 * Errors: GB_INVALID (not such a text; a cell without such a gate; a model without biases), GB_MEMORY. */
GB_EXPORT gb_status gb_model_set_forget_bias(gb_model *model, const char *bias, uint64_t seed);

/* NULL when the text is a valid forget bias, else what is wrong with it (static text). */
GB_EXPORT const char *gb_forget_bias_error(const char *bias);

/* Forward pass without keeping anything for a backward pass; writes the evaluation (set, not added to). */
GB_EXPORT gb_status gb_model_evaluate(gb_model *model, const gb_batch *batch, gb_evaluation *evaluation);

/* Forward pass; writes the raw outputs (logits): [N][O] for head last, else [T][N][O] ([T+1][N][O] with predict_first).
 * Rows at which no prediction is
 * made are zeros: padded steps, steps without a mark, and with head last a sequence that goes on (batch.more). */
GB_EXPORT gb_status gb_model_predict(gb_model *model, const gb_batch *batch, double *outputs);

/* Forward and backward: ADDS the gradient of the mean loss over the batch's predictions to the model's gradient. */
GB_EXPORT gb_status gb_model_gradient(gb_model *model, const gb_batch *batch, gb_evaluation *evaluation);

/* Bounds what a pass keeps of its steps: beyond `bytes` the sequence is run in segments, of which the forward pass
 * stores the states at the boundaries, and the backward pass computes each segment again before it goes through it
 * (Chen et al. 2016, "Training deep nets with sublinear memory cost"). The gradient is exact, on `reference` the same
 * to the bit; a training pass takes about a third longer. What a segment cannot reduce stays: the batch, a feature row
 * of H for each prediction, and with an embedding its gradient of [T][N][E]. 0, as at first: 1 GiB. */
GB_EXPORT void gb_model_set_memory(gb_model *model, size_t bytes);

/* What runs the layers, for the record. */
GB_EXPORT const char *gb_model_implementation(const gb_model *model);

#ifdef __cplusplus
}
#endif
#endif
