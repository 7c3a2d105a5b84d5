/* SPDX-License-Identifier: MIT */
/* The content of a trial's checkpoint, and when one is written. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_CHECKPOINT_H
#define GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_CHECKPOINT_H

#include "experiments/trial/trial_state.h"

/* The state of the training loop, in addition to that of the trainer. A checkpoint stores its bytes in memory. So
 * everything that the loop carries from step to step must be here, and no pointer may be. */
typedef struct training_state {
    size_t step;      /* number of steps taken */
    size_t validated; /* the last step that was validated */
    size_t best_step;
    bool finished; /* training is over: the last step, a stop rule, or divergence */
    bool solved;   /* enough training sequences in a row had a small error */
    gb_stop stop;
    double loss; /* sum of the training losses since the last validation */
    double norm; /* sum of the gradient's norms since then */
    size_t predictions, steps;
    size_t level;                                /* level of the task's curriculum */
    double correct;                              /* running share of correct answers at this level */
    double train_loss, valid_loss, valid_metric; /* values in the last row of the learning curve */
    double learning_rate;                        /* learning rate of the last step */
} training_state;

/* The objects of a trial's training. They exist until the trial ends, so that it can be stopped at any time. */
typedef struct training {
    gb_trainer *trainer; /* NULL: a trial without steps */
    gb_schedule schedule;
    double lr;          /* the setting, which the schedule multiplies by a factor */
    double *parameters; /* scratch [count] */
    double *errors;     /* scratch [batch], errors of a step's sequences; NULL: no rule needs them */
    size_t bptt;        /* steps per segment; 0: whole sequences */
    bool keep_best;
    size_t every, epoch_batches;
    double started;
    training_state now;
} training;

/* Continues from the trial's newest checkpoint, if there is one. */
gb_status trial_checkpoint_restore(trial_work *work);

/* Writes a checkpoint if the last one is old enough; call it only between two steps. A failure is noted and loses only
 * the checkpoint. */
void trial_checkpoint_when_due(trial_work *work);

/* Writes one now; call it between two steps, or while the parameters of a step are validated or tested. */
gb_status trial_checkpoint_write(trial_work *work);

#endif
