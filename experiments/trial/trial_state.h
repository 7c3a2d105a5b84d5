/* SPDX-License-Identifier: MIT */
/* Shared by the parts of one trial: its settings as numbers, the open task, the model that is trained, the model that
 * is evaluated, and the record. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_STATE_H
#define GATEBENCH_EXPERIMENTS_TRIAL_TRIAL_STATE_H

#include "experiments/settings/task_facts.h"
#include "experiments/speed/cost.h"
#include "experiments/trial/trial.h"
#include "support/clock.h"

typedef struct trial_work {
    gb_context *context;
    const trial_settings *settings;
    trial_progress progress;
    void *user;
    double last_progress;        /* time of the last progress report */
    double started, cpu_started; /* for a resumed trial: moved back by the time that it had already run */
    double share;                /* finished share of the trial */

    task *task;
    const task_shape *shape;
    uint64_t seed;
    size_t batch, steps; /* training batch size and maximum number of steps */
    size_t judged_rows;  /* sequences per batch in evaluation */

    gb_model *model;  /* the model that is trained */
    gb_model *judge;  /* the evaluated model, separate so that carried states of training are not disturbed */
    size_t count;     /* parameters */
    double *selected; /* [count] the parameters that are tested */
    task_batch train_batch, judge_batch;
    double
        *sequence_loss; /* [judged_rows] loss of each sequence of judge_batch while a split is evaluated, else NULL */
    size_t *sequence_predictions; /* [judged_rows] number of predictions of each of these sequences, else NULL */
    double *outputs; /* outputs of the judge at every step of judge_batch; NULL until a task with marked_accuracy needs
                        them */
    size_t output_capacity;

    trial_record *record;
    bool diverged;

    struct training *training;            /* NULL before it begins */
    const trial_checkpoints *checkpoints; /* NULL: none are kept */
    uint64_t checkpoint_number;           /* number of the last checkpoint */
    double checkpoint_time;
    size_t resumed; /* number of times that the trial continued from a checkpoint */

    cost_memory *memory; /* memory of the context, if the trial's cost is being measured; else NULL */
} trial_work;

/* The result of one pass over a split. */
typedef struct split_result {
    double loss;          /* sum over all predictions, divided by their number */
    double sequence_loss; /* mean over the sequences of each sequence's mean loss */
    size_t predictions;   /* predictions that the accuracy counts: all, or those that the task marks */
    size_t correct;       /* number of correct predictions among these */
} split_result;

/* True if the trial repeats this known mistake of public code (recipes/quirks.md). */
bool trial_has_quirk(const trial_work *work, const char *name);

/* Opens task and models, with their initial parameters; call the close function also after a failure. */
gb_status trial_open_work(trial_work *work);
void trial_close_work(trial_work *work);

/* Evaluates the judge's parameters on a whole split (of an unlimited one: the first 1,024 sequences). */
gb_status trial_evaluate(trial_work *work, task_split split, split_result *result);
/* One batch of such a pass; *predictions: the number of predictions in the loss. */
gb_status trial_evaluate_batch(trial_work *work, task_split split, size_t i, gb_evaluation *found, size_t *predictions);
/* Batches in one such pass. */
size_t trial_split_batches(const trial_work *work, task_split split);
/* The task's own metric of a result: accuracy, nll, bits or mse. */
double trial_metric(const task_shape *shape, const split_result *result);

/* Creates and frees work->training. */
gb_status trial_train_begin(trial_work *work);
void trial_train_end(trial_work *work);
/* Trains work->model from the state of work->training, writes the curves, and stores the parameters to test in
 * work->selected.
 */
gb_status trial_train(trial_work *work);

/* The optimizer of the settings on work->model, and the schedule of its learning rate. */
gb_status trial_make_trainer(trial_work *work, gb_trainer **trainer);
gb_status trial_start_schedule(const trial_work *work, gb_schedule *schedule);
/* Steps between validations; by default one epoch, or a twentieth of the steps on a task without epochs.
 */
size_t trial_validation_interval(const trial_work *work, size_t epoch_batches);

/* Reports progress a few times per second; GB_STOPPED when the trial was asked to stop. */
gb_status trial_tell(trial_work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The model spec for these settings on a task of this shape: bias conventions are resolved; an embedding only for
 * tokens. */
gb_status trial_model_spec(gb_context *context, const trial_settings *settings, const task_shape *shape,
                           gb_model_spec *spec);

/* Writes a measurement into the record's row; a failure becomes GB_MEMORY. */
gb_status trial_put(trial_work *work, const char *name, double value);
gb_status trial_put_integer(trial_work *work, const char *name, double value);
/* A row of the long metrics table. */
gb_status trial_put_metric(trial_work *work, const char *name, double x, double value);

#endif
