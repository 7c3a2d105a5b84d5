/* SPDX-License-Identifier: MIT */
/* Training: optimizers, gradient clipping, the training step and stop rules. */
#ifndef GATEBENCH_TRAIN_H
#define GATEBENCH_TRAIN_H

#include "gatebench/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model's optimizer with its state. */
typedef struct gb_trainer gb_trainer;

/* The description of an optimizer. Start from gb_optimizer_defaults(): zeros are not useful defaults. */
typedef struct gb_optimizer_spec {
    const char *name;     /* sgd, rmsprop, rmsprop_inside, rmsprop_centred, adam (optim.def) */
    double learning_rate; /* > 0 */
    double momentum;    /* sgd: classical momentum v = m v - lr g; rmsprop variants: the same on the scaled gradient; 0:
                           none */
    double decay;       /* rmsprop variants: s = decay s + (1-decay) g^2 */
    double beta1;       /* adam (Kingma & Ba 2015): decay of the mean of g */
    double beta2;       /* adam: decay of the mean of g^2 */
    double epsilon;     /* outside the root: g / (sqrt(s) + epsilon); rmsprop_inside (TensorFlow 1) inside it:
                           g / sqrt(s + epsilon); rmsprop_centred (Graves 2013): g / sqrt(s - mean(g)^2 + epsilon). A
                           divisor of 0, which only epsilon 0 allows, is left out */
    double clip_norm;   /* scale the gradient down to this L2 norm if it is larger; 0: off */
    double clip_value;  /* after that, clip each element to [-clip_value, clip_value]; 0: off */
    double state_start; /* rmsprop variants: initial value of s: 0; 1 in TensorFlow 1; 1e-3 in Arjovsky 2016 */
    double weight_decay; /* decoupled (Loshchilov & Hutter 2019, AdamW, in PyTorch's form): each update first sets p =
                            (1 - lr weight_decay) p, for every optimizer and all parameters including biases; lr is the
                            scheduled rate; 0: off */
} gb_optimizer_spec;

/* The default values: adam, lr 1e-3, betas 0.9 and 0.999, decay 0.9, epsilon 1e-8, no momentum, no clipping. */
GB_EXPORT gb_optimizer_spec gb_optimizer_defaults(void);

/* The number of optimizers, and the name of the i-th. */
GB_EXPORT size_t gb_optimizer_count(void);
GB_EXPORT const char *gb_optimizer_name(size_t i);

/* Creates a trainer, which owns the optimizer's state. The model must outlive it. */
GB_EXPORT gb_status gb_trainer_create(gb_model *model, const gb_optimizer_spec *spec, gb_trainer **trainer);

/* Frees a trainer. Accepts NULL. */
GB_EXPORT void gb_trainer_destroy(gb_trainer *trainer);

/* Sets the learning rate from the next step on (> 0; with 0 a gradient moves nothing, but momentum that earlier steps
 * built up still does); schedules call this. */
GB_EXPORT void gb_trainer_set_learning_rate(gb_trainer *trainer, double learning_rate);

/* Weight noise (Graves 2011, Chung 2014): the gradient of every step is computed at the parameters plus independent
 * normal noise with this standard deviation on all parameters, and then updates the parameters without noise. The noise
 * of an update comes from the stream (seed, GB_RANDOM_WEIGHT_NOISE, update). Evaluation of the model is without noise;
 * the result of a training step includes it. 0 turns it off. Errors: GB_INVALID (below 0, not finite), GB_MEMORY. Cost:
 * one draw per parameter and step. */
GB_EXPORT gb_status gb_trainer_set_weight_noise(gb_trainer *trainer, double deviation, uint64_t seed);

/* Dropout between layers (Zaremba 2014, as PyTorch's nn.LSTM): in training, each output that a layer passes to the
 * layer above is set to 0 with probability `rate`, and else divided by 1 - rate. It is drawn anew for each update, time
 * step, sequence and unit. It applies neither to the recurrent connection nor to the output of the last layer.
 * Evaluation of the model is without dropout; the result of a training step includes it. The numbers come from the
 * streams (seed, GB_RANDOM_DROPOUT, ...). 0 turns it off. Errors: GB_INVALID (not in [0, 1); fewer than two layers).
 * Cost: two draws per output and step. */
GB_EXPORT gb_status gb_trainer_set_dropout(gb_trainer *trainer, double rate, uint64_t seed);

/* The result of a training step. A successful step writes all members; their previous values do not matter. */
typedef struct gb_step_result {
    gb_evaluation evaluation; /* evaluation of the batch before the update */
    double gradient_norm;     /* L2, before clipping */
    bool diverged;            /* loss or gradient is not finite; the parameters were not changed */
} gb_step_result;

/* One training step: gradient of the batch's mean loss, clipping, update. Returns GB_OK also when diverged, since
 * divergence is a result. A batch without predictions changes nothing. The update treats denormal numbers as zero. */
GB_EXPORT gb_status gb_trainer_step(gb_trainer *trainer, const gb_batch *batch, gb_step_result *result);

/* Truncated backpropagation through time: the batch is cut into segments of `steps` steps, each with its own gradient
 * and update. A sequence continues from the state in which its last segment ended; gradients do not cross the boundary.
 * A segment without a prediction only carries the state on. The result covers all segments (each before its own
 * update); gradient_norm is the mean over the updates. Divergence ends the batch. A batch of at most `steps` steps, or
 * any batch with steps 0, gives the same bits as gb_trainer_step. Errors: as there; GB_INVALID for the standard
 * networks. */
GB_EXPORT gb_status gb_trainer_step_truncated(gb_trainer *trainer, const gb_batch *batch, size_t steps,
                                              gb_step_result *result);

/* The state of training as bytes: the model's parameters, the states carried from batch to batch, the optimizer's
 * vectors and the step counter. A trainer that was created in the same way and is given this state takes the same
 * steps, bit for bit (same build, machine and batches). gb_trainer_state_size() is the present size (for adam three
 * times the parameters, plus the states of the last batches); get writes exactly that many bytes. The bytes are valid
 * for this machine and version: use them for checkpoints, not for exchange. Errors of set: GB_INVALID for bytes of
 * another optimizer, dtype or size of model (the trainer is unchanged), or for too few or too many bytes (the trainer
 * is unusable until another set succeeds); GB_MEMORY. Cost: a copy. */
GB_EXPORT size_t gb_trainer_state_size(const gb_trainer *trainer);
GB_EXPORT void gb_trainer_get_state(const gb_trainer *trainer, void *bytes);
GB_EXPORT gb_status gb_trainer_set_state(gb_trainer *trainer, const void *bytes, size_t size);

/* A learning-rate schedule: a factor by which the learning rate is multiplied in step 1, 2, ...
 *   constant  1
 *   linear    from 1 at the first step to `least` at the last along a line
 *   cosine    from 1 to `least` along half a cosine (Loshchilov & Hutter 2017, without restarts)
 *   step      factor^floor((step-1)/every), not below `least`; every 1: exponential
 *   plateau   starts at 1; multiplied by `factor` after `patience` validations in a row without a new lowest loss; not
 *             below `least`
 *   rising    starts at 1; multiplied by `factor` when the validation loss is above each of the previous `patience`
 *             losses (Bai 2018: 0.1 and 3); not below `least`
 * In the first `warmup` steps it is also multiplied by step/warmup. Members that a schedule does not use may be zero.
 */
typedef struct gb_schedule_spec {
    const char *name; /* one of the names above */
    uint64_t steps;   /* for linear and cosine: number of steps of the whole training */
    double factor;    /* for step, plateau and rising: what a reduction multiplies by, 0..1 */
    uint64_t every;   /* for step: number of steps between two reductions */
    size_t patience;  /* for plateau and rising: number of validations */
    double least;     /* for all but constant: the smallest value, 0..1 */
    uint64_t warmup;  /* for all: number of steps of the warm-up; 0: none */
} gb_schedule_spec;

/* The largest patience of a schedule. */
#define GB_SCHEDULE_PATIENCE 64

/* The part of a schedule that validation losses change: plain numbers that can be saved and restored. */
typedef struct gb_schedule_state {
    double fraction;                     /* the present factor, without the warm-up */
    double best;                         /* the lowest loss so far */
    uint64_t stale;                      /* number of losses reported since the lowest one */
    uint64_t told;                       /* number of losses reported in all */
    double recent[GB_SCHEDULE_PATIENCE]; /* the latest losses, in a ring buffer */
} gb_schedule_state;

/* A running schedule. */
typedef struct gb_schedule {
    gb_schedule_spec spec;   /* the schedule's description */
    size_t kind;             /* index of the schedule */
    gb_schedule_state state; /* the state so far */
} gb_schedule;

/* The number of schedules, and the name of the i-th. */
GB_EXPORT size_t gb_schedule_count(void);
GB_EXPORT const char *gb_schedule_name(size_t i);

/* Starts a schedule; no validation loss has been reported yet. Errors: GB_INVALID (unknown name, a number out of
 * range). */
GB_EXPORT gb_status gb_schedule_start(gb_context *context, const gb_schedule_spec *spec, gb_schedule *schedule);

/* The factor for the learning rate in this step; the first step is 1. */
GB_EXPORT double gb_schedule_fraction(const gb_schedule *schedule, uint64_t step);

/* Reports a validation loss to the schedule; call it between the step that was validated and the next one. */
GB_EXPORT void gb_schedule_tell(gb_schedule *schedule, double loss);

/* Rules for stopping. Zero, the value of members not named in an initialiser, turns a rule off. */
typedef struct gb_stop_spec {
    double reach; /* stop when the metric (higher is better) reaches this value in `consecutive` evaluations in a row */
    size_t consecutive; /* number of evaluations for `reach`; 0: rule off */
    size_t patience;    /* stop after this many evaluations without a lower validation loss; 0: rule off */
    size_t sequences;   /* stop after this many training sequences in a row with a gb_batch.sequence_error below `error`
                           (Hochreiter & Schmidhuber 1997); 0: rule off */
    double error;       /* bound of the error for `sequences` */
} gb_stop_spec;

/* The state of the rules. */
typedef struct gb_stop {
    gb_stop_spec spec; /* the rules */
    size_t reached;    /* evaluations in a row that reached the metric */
    size_t stale;      /* evaluations since the lowest loss */
    size_t sequences;  /* training sequences in a row with a small error */
    double best_loss;  /* the lowest so far */
    bool improved;     /* the last evaluation had the lowest loss so far */
} gb_stop;

/* Starts the rules; no evaluation has been reported yet. */
GB_EXPORT gb_stop gb_stop_start(const gb_stop_spec *spec);

/* Reports an evaluation's metric and validation loss; returns true when training should stop. */
GB_EXPORT bool gb_stop_update(gb_stop *stop, double metric, double loss);

/* Reports the errors of a step's training sequences, in order, before the step's update; returns true when training
 * should stop. */
GB_EXPORT bool gb_stop_tell_sequences(gb_stop *stop, const double *errors, size_t count);

#ifdef __cplusplus
}
#endif
#endif
