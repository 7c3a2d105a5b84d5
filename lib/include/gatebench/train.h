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

/* What an optimizer is. Start from gb_optimizer_defaults(): zeros are not the usual values. */
typedef struct gb_optimizer_spec {
    const char *name;     /* sgd, rmsprop, rmsprop_inside, rmsprop_centred, adam (optim.def) */
    double learning_rate; /* > 0 */
    double momentum;    /* sgd: classical momentum v = m v - lr g; rmsprops: the same on the scaled gradient; 0: none */
    double decay;       /* rmsprops: s = decay s + (1-decay) g^2 */
    double beta1;       /* adam (Kingma & Ba 2015): of the mean of g */
    double beta2;       /* adam: of the mean of g^2 */
    double epsilon;     /* outside the root: g / (sqrt(s) + epsilon); rmsprop_inside (TensorFlow 1) inside it:
                           g / sqrt(s + epsilon); rmsprop_centred (Graves 2013): g / sqrt(s - mean(g)^2 + epsilon) */
    double clip_norm;   /* rescale the whole gradient when its L2 norm exceeds this; 0: off */
    double clip_value;  /* then clip each element to +-this; 0: off */
    double state_start; /* rmsprops: where s starts: 0; 1 in TensorFlow 1; 1e-3 in Arjovsky 2016 */
    double weight_decay; /* decoupled (Loshchilov & Hutter 2019, AdamW, the form of PyTorch): each update first takes
                            p = (1 - lr weight_decay) p, with any optimizer, of all parameters, biases too; lr is that
                            of the schedule; 0: off */
} gb_optimizer_spec;

/* The usual values: adam, lr 1e-3, betas 0.9 and 0.999, decay 0.9, epsilon 1e-8, no momentum, no clipping. */
GB_EXPORT gb_optimizer_spec gb_optimizer_defaults(void);

/* How many optimizers there are, and the name of the i-th. */
GB_EXPORT size_t gb_optimizer_count(void);
GB_EXPORT const char *gb_optimizer_name(size_t i);

/* A trainer owns the optimizer's state for a model, which must outlive it. */
GB_EXPORT gb_status gb_trainer_create(gb_model *model, const gb_optimizer_spec *spec, gb_trainer **trainer);

/* Gives a trainer's memory back. Takes NULL. */
GB_EXPORT void gb_trainer_destroy(gb_trainer *trainer);

/* Takes another learning rate from the next step on (> 0, or 0 to stand still); schedules call it. */
GB_EXPORT void gb_trainer_set_learning_rate(gb_trainer *trainer, double learning_rate);

/* Weight noise (Graves 2011, Chung 2014): the gradient of every step is taken at the parameters plus independent normal
 * numbers of this deviation, all parameters alike, and moves the clean ones. The numbers of an update come from the
 * stream (seed, GB_RANDOM_WEIGHT_NOISE, update). Evaluation through the model is without noise; a step's own result is
 * with it. 0 turns it off. Errors: GB_INVALID (below 0, not finite), GB_MEMORY. Cost: a draw a parameter and step. */
GB_EXPORT gb_status gb_trainer_set_weight_noise(gb_trainer *trainer, double deviation, uint64_t seed);

/* Dropout between layers (Zaremba 2014, as PyTorch's nn.LSTM): in every step of training each output of a layer below
 * another one is 0 with probability `rate` on its way up, and else divided by 1 - rate; fresh for each update, step,
 * sequence and unit, never on the way from step to step, and not above the last layer. Evaluation through the model is
 * without it; a step's own result is with it. The numbers come from the streams (seed, GB_RANDOM_DROPOUT, ...). 0 turns
 * it off. Errors: GB_INVALID (not in [0, 1); fewer than two layers). Cost: two draws an output and step. */
GB_EXPORT gb_status gb_trainer_set_dropout(gb_trainer *trainer, double rate, uint64_t seed);

/* What a training step found. Written whole by the step that succeeds; what is in it before does not matter. */
typedef struct gb_step_result {
    gb_evaluation evaluation; /* of the batch, before the update */
    double gradient_norm;     /* L2, before clipping */
    bool diverged;            /* loss or gradient not finite: the parameters were left alone */
} gb_step_result;

/* One step: gradient of the batch's mean loss, clip, update. GB_OK also when diverged: that is a result. A batch that
 * asks for no prediction moves nothing. */
GB_EXPORT gb_status gb_trainer_step(gb_trainer *trainer, const gb_batch *batch, gb_step_result *result);

/* Truncated backpropagation through time: the batch in segments of `steps` steps, one after the other, each with its
 * own gradient and update; a sequence goes on from the state in which its last segment ended, and no gradient crosses.
 * A segment without a prediction carries the state on and moves nothing. The result is over all segments (each before
 * its own update), gradient_norm the mean over the updates; divergence ends the batch. Batches of at most `steps`
 * steps, and all of them with steps 0, are gb_trainer_step, to the bit. Errors: as there; GB_INVALID for the standard
 * networks. */
GB_EXPORT gb_status gb_trainer_step_truncated(gb_trainer *trainer, const gb_batch *batch, size_t steps,
                                              gb_step_result *result);

/* The state of training as bytes: all that a step changes - the model's parameters, the states carried from batch to
 * batch, the optimizer's vectors, the step counter - with every bit of it, so that a trainer made in the same way and
 * given this state takes bit for bit the steps that this one would have taken (same build, machine and batches).
 * gb_trainer_state_size() is what it takes now (for adam three times the parameters, and the states of the last
 * batches); get writes exactly that many bytes. They are this machine's and this version's: for a checkpoint, not for
 * exchange. Set refuses (GB_INVALID) bytes of another optimizer, dtype or size of model, which leaves the trainer as it
 * was, and bytes cut short or too many, after which only another set makes it good again; GB_MEMORY. Cost: a copy. */
GB_EXPORT size_t gb_trainer_state_size(const gb_trainer *trainer);
GB_EXPORT void gb_trainer_get_state(const gb_trainer *trainer, void *bytes);
GB_EXPORT gb_status gb_trainer_set_state(gb_trainer *trainer, const void *bytes, size_t size);

/* A learning-rate schedule: which share of the rate step 1, 2, ... takes.
 *   constant  1
 *   linear    from 1 at the first step straight to `least` at the last
 *   cosine    from 1 to `least` along half a cosine (Loshchilov & Hutter 2017, without restarts)
 *   step      factor^floor((step-1)/every), not below `least`; every 1: exponential
 *   plateau   times factor when validation has not improved on its best `patience` times in a row; not below `least`
 *   rising    times factor when the validation loss is above each of the `patience` before it (Bai 2018: 0.1 and 3)
 * and over the first `warmup` steps that share times step/warmup. Members that a schedule does not read may be zero. */
typedef struct gb_schedule_spec {
    const char *name; /* one of those */
    uint64_t steps;   /* of the whole training; linear, cosine */
    double factor;    /* 0..1; step, plateau, rising */
    uint64_t every;   /* steps between two falls; step */
    size_t patience;  /* evaluations; plateau, rising */
    double least;     /* 0..1 */
    uint64_t warmup;  /* steps; 0: none */
} gb_schedule_spec;

/* The most patience that a schedule can have. */
#define GB_SCHEDULE_PATIENCE 64

/* All that evaluations change: plain numbers, to be saved and put back as they are. */
typedef struct gb_schedule_state {
    double fraction;                     /* the share so far, without the warm-up */
    double best;                         /* the lowest loss so far */
    uint64_t stale;                      /* losses since then */
    uint64_t told;                       /* losses in all */
    double recent[GB_SCHEDULE_PATIENCE]; /* the last of them, in a ring */
} gb_schedule_state;

/* A schedule at work. */
typedef struct gb_schedule {
    gb_schedule_spec spec;   /* what it was started with */
    size_t kind;             /* which of the schedules */
    gb_schedule_state state; /* what evaluations changed */
} gb_schedule;

/* How many schedules there are, and the name of the i-th. */
GB_EXPORT size_t gb_schedule_count(void);
GB_EXPORT const char *gb_schedule_name(size_t i);

/* The schedule before the first evaluation. Errors: GB_INVALID (unknown name, a number out of range). */
GB_EXPORT gb_status gb_schedule_start(gb_context *context, const gb_schedule_spec *spec, gb_schedule *schedule);

/* The share of the rate that this step takes; the first step is 1. */
GB_EXPORT double gb_schedule_fraction(const gb_schedule *schedule, uint64_t step);

/* Tells the loss of a validation, after the step that it followed. */
GB_EXPORT void gb_schedule_tell(gb_schedule *schedule, double loss);

/* When to stop. Zeros, as of members not named in an initialiser, turn a rule off. */
typedef struct gb_stop_spec {
    double reach;       /* a metric (higher is better) that must be reached ... */
    size_t consecutive; /* ... this many evaluations in a row; 0: rule off */
    size_t patience;    /* stop after this many evaluations without a lower validation loss; 0: rule off */
    size_t sequences;   /* stop after this many training sequences in a row (Hochreiter & Schmidhuber 1997) ... */
    double error;       /* ... each with a gb_batch.sequence_error below this; 0 sequences: rule off */
} gb_stop_spec;

/* The rules at work. */
typedef struct gb_stop {
    gb_stop_spec spec; /* the rules */
    size_t reached;    /* evaluations in a row that reached the metric */
    size_t stale;      /* evaluations since the lowest loss */
    size_t sequences;  /* training sequences in a row with a small error */
    double best_loss;  /* the lowest so far */
    bool improved;     /* the last evaluation had the lowest loss so far */
} gb_stop;

/* The rules before the first evaluation. */
GB_EXPORT gb_stop gb_stop_start(const gb_stop_spec *spec);

/* Tells an evaluation's metric and validation loss; true when training should stop. */
GB_EXPORT bool gb_stop_update(gb_stop *stop, double metric, double loss);

/* Tells the errors of a step's training sequences, in order, as they were before its update; true when training should
 * stop. */
GB_EXPORT bool gb_stop_tell_sequences(gb_stop *stop, const double *errors, size_t count);

#ifdef __cplusplus
}
#endif
#endif
