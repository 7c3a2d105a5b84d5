/* SPDX-License-Identifier: MIT */
/* The training loop of a trial: steps, validations (each with a row of the curves), stop rules, and the choice of the
 * parameters to test. */
#include "experiments/trial/trial_checkpoint.h"
#include "support/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool trial_has_quirk(const trial_work *work, const char *name) {
    return strcmp(trial_text(work->settings, "quirk"), name) == 0;
}

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
    /* If clipping precedes the backward pass, it acts on the gradient that was just set to zero. */
    if (trial_has_quirk(work, "clip_before_backward"))
        spec.clip_norm = spec.clip_value = 0;
    spec.state_start = trial_number(s, "state_start");
    spec.weight_decay = trial_number(s, "weight_decay");
    GB_TRY(gb_trainer_create(work->model, &spec, trainer));
    GB_TRY(gb_trainer_set_dropout(*trainer, trial_number(s, "dropout"), work->seed));
    return gb_trainer_set_weight_noise(*trainer, trial_number(s, "weight_noise"), work->seed);
}

gb_status trial_start_schedule(const trial_work *work, gb_schedule *schedule) {
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

/* The rule `reach` uses the task's own metric; if lower is better, both sides change sign. */
static gb_stop start_stop_rules(const trial_work *work) {
    double reach = trial_number(work->settings, "reach");
    gb_stop_spec spec = {.patience = (size_t)trial_number(work->settings, "patience")};
    if (reach > 0) {
        spec.reach = work->shape->higher_is_better ? reach : -reach;
        spec.consecutive = (size_t)trial_number(work->settings, "reach_for");
    }
    spec.sequences = (size_t)trial_number(work->settings, "sequences_in_a_row");
    spec.error = trial_number(work->settings, "sequence_error");
    return gb_stop_start(&spec);
}

size_t trial_validation_interval(const trial_work *work, size_t epoch_batches) {
    size_t every = (size_t)trial_number(work->settings, "evaluate_every");
    if (every == 0)
        every = epoch_batches ? epoch_batches : work->steps / 20;
    return every ? every : 1;
}

static gb_status add_curve_row(trial_work *work) {
    const training *t = work->training;
    const training_state *now = &t->now;
    table *curves = &work->record->curves;
    double epoch = t->epoch_batches ? (double)now->step / (double)t->epoch_batches : NAN;
    double norm = now->steps ? now->norm / (double)now->steps : NAN;
    GB_NEED(work->context,
            table_add_row(curves) && table_set_integer(curves, "step", (double)now->step) &&
                table_set_number(curves, "epoch", epoch) && table_set_number(curves, "train_loss", now->train_loss) &&
                table_set_number(curves, "valid_loss", now->valid_loss) &&
                table_set_number(curves, "valid_metric", now->valid_metric) &&
                table_set_number(curves, "gradient_norm", norm) &&
                table_set_number(curves, "learning_rate", now->learning_rate) &&
                table_set_number(curves, "seconds", clock_now() - t->started) &&
                table_set_number(curves, "cpu_seconds", clock_cpu_now() - work->cpu_started),
            "for the learning curve at step %zu", now->step);
    return GB_OK;
}

/* Evaluates the parameters on the validation split and updates the stop rules. Until the pass has finished, nothing
 * that a checkpoint stores has changed, so a trial stopped during it validates again when it continues. */
static gb_status validate_parameters(trial_work *work, bool *stop, bool *improved) {
    training *t = work->training;
    training_state *now = &t->now;
    split_result found;
    gb_model_set_parameters(work->judge, t->parameters);
    GB_TRY(trial_evaluate(work, TASK_VALID, &found));
    now->valid_loss = found.loss;
    now->valid_metric = trial_metric(work->shape, &found);
    work->diverged = !isfinite(found.loss);
    double metric = work->shape->higher_is_better ? now->valid_metric : -now->valid_metric;
    gb_schedule_tell(&t->schedule, found.loss);
    *stop = gb_stop_update(&now->stop, metric, found.loss) || work->diverged;
    *improved = now->stop.improved;
    return GB_OK;
}

/* Validates, writes the row, and keeps the parameters if they are the best so far. */
static gb_status validate(trial_work *work) {
    training *t = work->training;
    training_state *now = &t->now;
    bool stop = false, improved = true;
    gb_model_get_parameters(work->model, t->parameters);
    if (work->shape->splits[TASK_VALID])
        GB_TRY(validate_parameters(work, &stop, &improved));
    now->train_loss = now->predictions ? now->loss / (double)now->predictions : NAN;
    GB_TRY(add_curve_row(work));
    if (!work->diverged && (improved || !t->keep_best)) {
        memcpy(work->selected, t->parameters, work->count * sizeof *work->selected);
        now->best_step = now->step;
    }
    now->loss = now->norm = 0;
    now->predictions = now->steps = 0;
    now->validated = now->step;
    now->finished = stop || now->solved || now->step == work->steps;
    return GB_OK;
}

/* A task with a curriculum moves to the next level when nine of ten recent training answers were correct. */
#define CORRECT_TO_ADVANCE 0.9
#define CORRECT_MEMORY 0.95 /* weight of a step in the running share: about the last twenty steps */

static void tell_curriculum(training_state *now, const gb_evaluation *found, bool harder) {
    double share = found->predictions ? (double)found->correct / (double)found->predictions : 0;
    now->correct = CORRECT_MEMORY * now->correct + (1 - CORRECT_MEMORY) * share;
    if (!harder || now->correct < CORRECT_TO_ADVANCE)
        return;
    now->level++;
    now->correct = 0;
}

/* The next step; loss or gradient that are not finite end the training. */
static gb_status take_step(trial_work *work) {
    training *t = work->training;
    training_state *now = &t->now;
    gb_step_result found = {0};
    gb_batch *batch = &work->train_batch.batch;
    now->learning_rate = t->lr * gb_schedule_fraction(&t->schedule, now->step + 1);
    gb_trainer_set_learning_rate(t->trainer, now->learning_rate);
    bool harder = task_set_level(work->task, now->level);
    GB_TRY(task_get_batch(work->task, TASK_TRAIN, work->seed, now->step, work->batch, &work->train_batch));
    batch->sequence_error = t->errors;
    GB_TRY(gb_trainer_step_truncated(t->trainer, batch, t->bptt, &found));
    now->step++;
    now->loss += found.evaluation.loss;
    now->norm += found.gradient_norm;
    now->predictions += found.evaluation.predictions;
    now->steps++;
    tell_curriculum(now, &found.evaluation, harder);
    work->diverged = now->finished = found.diverged;
    now->solved = t->errors && gb_stop_tell_sequences(&now->stop, t->errors, batch->sequences);
    if (!found.diverged)
        return GB_OK;
    /* The row of the diverged step: its loss or gradient is not finite, and nothing was validated. */
    now->train_loss = now->loss / (double)now->predictions;
    now->valid_loss = now->valid_metric = NAN;
    return add_curve_row(work);
}

static gb_status tell_step(trial_work *work) {
    const training_state *now = &work->training->now;
    work->share = (double)now->step / (double)work->steps;
    if (isnan(now->valid_metric))
        return trial_tell(work, "step %zu/%zu", now->step, work->steps);
    return trial_tell(work, "step %zu/%zu valid %s %.4g", now->step, work->steps, work->shape->metric,
                      now->valid_metric);
}

/* True if the parameters of the last step have not been validated yet. */
static bool awaits_validation(const trial_work *work) {
    const training_state *now = &work->training->now;
    return now->validated < now->step &&
           (now->step % work->training->every == 0 || now->solved || now->step == work->steps);
}

static gb_status run_steps(trial_work *work) {
    gb_status status = GB_OK;
    while (!status && !work->training->now.finished) {
        status = awaits_validation(work) ? validate(work) : take_step(work);
        if (!status && !work->training->now.finished) {
            trial_checkpoint_when_due(work);
            status = tell_step(work);
        }
    }
    return status;
}

static gb_status put_training(trial_work *work) {
    const training_state *now = &work->training->now;
    char metric[32] = "valid_";
    strncat(metric, work->shape->metric, sizeof metric - 7);
    const table *curves = &work->record->curves;
    double valid_loss = NAN, valid_metric = NAN;
    for (size_t row = 0; row < curves->rows && !work->diverged; row++) {
        if (table_number(curves, row, "step") == (double)now->best_step) {
            valid_loss = table_number(curves, row, "valid_loss");
            valid_metric = table_number(curves, row, "valid_metric");
        }
    }
    GB_TRY(trial_put_integer(work, "steps_run", (double)now->step));
    GB_TRY(trial_put_integer(work, "best_step", work->diverged ? NAN : (double)now->best_step));
    GB_TRY(trial_put_integer(work, "diverged_step", work->diverged ? (double)now->step : NAN));
    if (work->training->errors)
        GB_TRY(trial_put_integer(work, "solved_step", now->solved ? (double)now->step : NAN));
    GB_TRY(trial_put(work, "train_loss", now->train_loss));
    GB_TRY(trial_put(work, "valid_loss", valid_loss));
    return trial_put(work, metric, valid_metric);
}

gb_status trial_train_begin(trial_work *work) {
    training *t = calloc(1, sizeof *t);
    GB_NEED(work->context, t, "for a trial's training");
    work->training = t;
    t->keep_best = strcmp(trial_text(work->settings, "select"), "best") == 0;
    t->started = clock_now();
    t->lr = trial_number(work->settings, "lr");
    t->bptt = (size_t)trial_number(work->settings, "bptt");
    t->now =
        (training_state){.stop = start_stop_rules(work), .train_loss = NAN, .valid_loss = NAN, .valid_metric = NAN};
    t->now.finished = work->steps == 0;
    if (t->now.finished)
        return GB_OK;
    if (!work->shape->splits[TASK_TRAIN])
        return gb_fail(work->context, GB_INVALID, "task %s has no training data; set steps=0",
                       task_get_type(work->task)->name);
    t->epoch_batches = task_batches(work->task, TASK_TRAIN, work->batch);
    t->every = trial_validation_interval(work, t->epoch_batches);
    t->parameters = calloc(work->count, sizeof *t->parameters);
    GB_NEED(work->context, t->parameters, "for a copy of %zu parameters", work->count);
    if (t->now.stop.spec.sequences && !(t->errors = calloc(work->batch, sizeof *t->errors)))
        return gb_fail(work->context, GB_MEMORY, "out of memory for the errors of %zu sequences", work->batch);
    GB_TRY(trial_make_trainer(work, &t->trainer));
    return trial_start_schedule(work, &t->schedule);
}

void trial_train_end(trial_work *work) {
    if (!work->training)
        return;
    gb_trainer_destroy(work->training->trainer);
    free(work->training->parameters);
    free(work->training->errors);
    free(work->training);
    work->training = NULL;
}

gb_status trial_train(trial_work *work) {
    GB_TRY(run_steps(work));
    return put_training(work);
}
