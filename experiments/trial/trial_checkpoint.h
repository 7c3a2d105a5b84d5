/* SPDX-License-Identifier: MIT */
/* What a checkpoint of a trial holds, and when one is written. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_CHECKPOINT_H
#define GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_CHECKPOINT_H

#include "experiments/trial/trial_state.h"

/* The state of the training loop beside the trainer's own. A checkpoint keeps it as it lies in memory: whatever the
 * loop carries from one step to the next belongs here, and no pointer does. */
typedef struct training_state {
    size_t step;      /* taken */
    size_t validated; /* the last step that was validated */
    size_t best_step;
    bool finished; /* the last step, a stop rule, or divergence */
    bool solved;   /* enough training sequences in a row */
    gb_stop stop;
    double loss; /* summed since the last validation ... */
    double norm; /* ... as are the gradient's norms */
    size_t predictions, steps;
    size_t level;                                /* of the task's curriculum ... */
    double correct;                              /* ... and the running share of right answers at it */
    double train_loss, valid_loss, valid_metric; /* of the last row of the curves */
    double learning_rate;                        /* of the last step */
} training_state;

/* What a trial is training with; lives until the trial ends, so that a stop at any time finds it. */
typedef struct training {
    gb_trainer *trainer; /* NULL: a trial without steps */
    gb_schedule schedule;
    double lr;          /* the setting, of which the schedule takes a share */
    double *parameters; /* scratch [count] */
    double *errors;     /* scratch [batch], of a step's sequences; NULL: no rule asks for them */
    size_t bptt;        /* steps a segment; 0: whole sequences */
    bool keep_best;
    size_t every, epoch_batches;
    double started;
    training_state now;
} training;

/* Goes on where the trial's newest checkpoint left off, when there is one. */
gb_status trial_checkpoint_restore(trial_work *work);

/* Writes a checkpoint when the last one is old enough; between two steps only. What goes wrong is noted, and costs the
 * checkpoint alone. */
void trial_checkpoint_when_due(trial_work *work);

/* Writes one now. Between two steps, or while the parameters of a step are validated or tested. */
gb_status trial_checkpoint_write(trial_work *work);

#endif
