/* SPDX-License-Identifier: MIT */
/* The training loop of a trial: steps, validations, a row of the curves each, stop rules, and the choice of the
 * parameters that are tested. */
#include "experiments/engine/trial_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the loop keeps between validations. */
typedef struct training {
    trial_work *work;
    gb_trainer *trainer;
    gb_schedule schedule;
    double lr, learning_rate; /* the setting; what the last step took of it */
    gb_stop stop;
    double *parameters; /* scratch [count] */
    bool keep_best;
    size_t every, epoch_batches, best_step;
    double started;
    double loss; /* summed since the last validation ... */
    double norm; /* ... as are the gradient's norms */
    size_t predictions, steps;
    double train_loss, valid_loss, valid_metric; /* of the last row of the curves */
} training;

gb_status trial_make_trainer(trial_work *work, gb_trainer **trainer) {
    const trial_settings *s = work->settings;
    gb_optimizer_spec spec = gb_optimizer_defaults();
    spec.name = trial_text(s, "optimizer");
    spec.learning_rate = trial_number(s, "lr");
    spec.momentum = trial_number(s, "momentum");
    spec.decay = trial_number(s, "decay");
    spec.beta1 = trial_number(s, "beta1");
    spec.beta2 = trial_number(s, "beta2");
    spec.epsilon = trial_number(s, "epsilon");
    spec.clip_norm = trial_number(s, "clip_norm");
    spec.clip_value = trial_number(s, "clip_value");
    spec.state_start = trial_number(s, "state_start");
    gb_status status = gb_trainer_create(work->model, &spec, trainer);
    return status ? status : gb_trainer_set_weight_noise(*trainer, trial_number(s, "weight_noise"), work->seed);
}

static gb_status start_schedule(const trial_work *work, gb_schedule *schedule) {
    const trial_settings *s = work->settings;
    const gb_schedule_spec spec = {
        .name = trial_text(s, "schedule"),
        .steps = work->steps,
        .factor = trial_number(s, "lr_factor"),
        .every = (uint64_t)trial_number(s, "lr_every"),
        .patience = (size_t)trial_number(s, "lr_patience"),
        .least = trial_number(s, "lr_least"),
        .warmup = (uint64_t)trial_number(s, "warmup"),
    };
    return gb_schedule_start(work->context, &spec, schedule);
}

/* The rule `reach` speaks of the task's own metric; where lower is better both sides change sign. */
static gb_stop start_stop_rules(const trial_work *work) {
    double reach = trial_number(work->settings, "reach");
    gb_stop_spec spec = {.patience = (size_t)trial_number(work->settings, "patience")};
    if (reach > 0) {
        spec.reach = work->shape->higher_is_better ? reach : -reach;
        spec.consecutive = (size_t)trial_number(work->settings, "reach_for");
    }
    return gb_stop_start(&spec);
}

size_t trial_validation_interval(const trial_work *work, size_t epoch_batches) {
    size_t every = (size_t)trial_number(work->settings, "evaluate_every");
    if (every == 0)
        every = epoch_batches ? epoch_batches : work->steps / 20;
    return every ? every : 1;
}

static gb_status add_curve_row(const training *t, size_t step) {
    table *curves = &t->work->record->curves;
    double epoch = t->epoch_batches ? (double)step / (double)t->epoch_batches : NAN;
    double norm = t->steps ? t->norm / (double)t->steps : NAN;
    if (!table_add_row(curves) || !table_set_integer(curves, "step", (double)step) ||
        !table_set_number(curves, "epoch", epoch) || !table_set_number(curves, "train_loss", t->train_loss) ||
        !table_set_number(curves, "valid_loss", t->valid_loss) ||
        !table_set_number(curves, "valid_metric", t->valid_metric) ||
        !table_set_number(curves, "gradient_norm", norm) ||
        !table_set_number(curves, "learning_rate", t->learning_rate) ||
        !table_set_number(curves, "seconds", trial_now() - t->started))
        return gb_fail(t->work->context, GB_MEMORY, "out of memory for the learning curve at step %zu", step);
    return GB_OK;
}

/* Validates, writes the row, and keeps the parameters when they are the best so far. */
static gb_status validate(training *t, size_t step, bool *stop) {
    trial_work *work = t->work;
    t->train_loss = t->predictions ? t->loss / (double)t->predictions : NAN;
    t->valid_loss = t->valid_metric = NAN;
    gb_model_get_parameters(work->model, t->parameters);
    bool improved = true;
    if (work->shape->splits[TASK_VALID]) {
        split_result found;
        gb_model_set_parameters(work->judge, t->parameters);
        gb_status status = trial_evaluate(work, TASK_VALID, &found);
        if (status)
            return status;
        t->valid_loss = found.loss;
        t->valid_metric = trial_metric(work->shape, &found);
        work->diverged = !isfinite(found.loss);
        double metric = work->shape->higher_is_better ? t->valid_metric : -t->valid_metric;
        gb_schedule_tell(&t->schedule, found.loss);
        *stop = gb_stop_update(&t->stop, metric, found.loss) || work->diverged;
        improved = t->stop.improved;
    }
    gb_status status = add_curve_row(t, step);
    if (!work->diverged && (improved || !t->keep_best)) {
        memcpy(work->selected, t->parameters, work->count * sizeof *work->selected);
        t->best_step = step;
    }
    t->loss = t->norm = 0;
    t->predictions = t->steps = 0;
    return status;
}

/* One step on the batch of that index; says in work->diverged when loss or gradient is not finite. */
static gb_status take_step(training *t, size_t index) {
    trial_work *work = t->work;
    gb_step_result found = {0};
    t->learning_rate = t->lr * gb_schedule_fraction(&t->schedule, index + 1);
    gb_trainer_set_learning_rate(t->trainer, t->learning_rate);
    gb_status status = task_get_batch(work->task, TASK_TRAIN, work->seed, index, work->batch, &work->train_batch);
    if (!status)
        status = gb_trainer_step(t->trainer, &work->train_batch.batch, &found);
    if (status)
        return status;
    work->diverged = found.diverged;
    t->loss += found.evaluation.loss;
    t->norm += found.gradient_norm;
    t->predictions += found.evaluation.predictions;
    t->steps++;
    return GB_OK;
}

static gb_status tell_step(const training *t, size_t step) {
    trial_work *work = t->work;
    if (isnan(t->valid_metric))
        return trial_tell(work, "step %zu/%zu", step, work->steps);
    return trial_tell(work, "step %zu/%zu valid %s %.4g", step, work->steps, work->shape->metric, t->valid_metric);
}

static gb_status run_steps(training *t, size_t *steps_run) {
    trial_work *work = t->work;
    bool stop = false;
    for (size_t step = 1; step <= work->steps && !stop; step++) {
        gb_status status = take_step(t, step - 1);
        if (status)
            return status;
        *steps_run = step;
        if (work->diverged) {
            /* The row of the step that broke: its losses say so (not finite), nothing was validated. */
            t->train_loss = t->loss / (double)t->predictions;
            t->valid_loss = t->valid_metric = NAN;
            return add_curve_row(t, step);
        }
        if (step % t->every == 0 || step == work->steps)
            status = validate(t, step, &stop);
        work->share = (double)step / (double)work->steps;
        if (!status)
            status = tell_step(t, step);
        if (status)
            return status;
    }
    return GB_OK;
}

static gb_status put_training(training *t, size_t steps_run) {
    trial_work *work = t->work;
    char metric[32] = "valid_";
    strncat(metric, work->shape->metric, sizeof metric - 7);
    const table *curves = &work->record->curves;
    double valid_loss = NAN, valid_metric = NAN;
    for (size_t row = 0; row < curves->rows && !work->diverged; row++) {
        if (table_number(curves, row, "step") == (double)t->best_step) {
            valid_loss = table_number(curves, row, "valid_loss");
            valid_metric = table_number(curves, row, "valid_metric");
        }
    }
    gb_status status = trial_put_integer(work, "steps_run", (double)steps_run);
    if (!status)
        status = trial_put_integer(work, "best_step", work->diverged ? NAN : (double)t->best_step);
    if (!status)
        status = trial_put_integer(work, "diverged_step", work->diverged ? (double)steps_run : NAN);
    if (!status)
        status = trial_put(work, "train_loss", t->train_loss);
    if (!status)
        status = trial_put(work, "valid_loss", valid_loss);
    return status ? status : trial_put(work, metric, valid_metric);
}

gb_status trial_train(trial_work *work) {
    training t = {.work = work,
                  .stop = start_stop_rules(work),
                  .lr = trial_number(work->settings, "lr"),
                  .keep_best = strcmp(trial_text(work->settings, "select"), "best") == 0,
                  .started = trial_now(),
                  .train_loss = NAN,
                  .valid_loss = NAN,
                  .valid_metric = NAN};
    if (work->steps && !work->shape->splits[TASK_TRAIN])
        return gb_fail(work->context, GB_INVALID, "task %s has nothing to train on: give steps=0",
                       task_get_type(work->task)->name);
    size_t steps_run = 0;
    gb_status status = GB_OK;
    if (work->steps) {
        t.epoch_batches = task_batches(work->task, TASK_TRAIN, work->batch);
        t.every = trial_validation_interval(work, t.epoch_batches);
        t.parameters = calloc(work->count, sizeof *t.parameters);
        if (!t.parameters)
            status = gb_fail(work->context, GB_MEMORY, "out of memory for a copy of %zu parameters", work->count);
        if (!status)
            status = trial_make_trainer(work, &t.trainer);
        if (!status)
            status = start_schedule(work, &t.schedule);
        if (!status)
            status = run_steps(&t, &steps_run);
    }
    gb_trainer_destroy(t.trainer);
    free(t.parameters);
    return status ? status : put_training(&t, steps_run);
}
