/* SPDX-License-Identifier: MIT */
/* First difference: before training, a trial takes its first `lags` steps twice, once on its own backend and once on
 * the reference backend, with the same parameters, batches, optimizer and rates, at the first level of a curriculum.
 * Recorded are the training step at which the two losses first differ in any bit, and by step the log10 of their
 * relative difference; visible_difference is the first step at which that is above 1e-3. This shows how much the
 * backend, its implementation and its threads add to the spread over seeds. On the reference backend itself there is
 * no difference. */
#include <math.h>
#include <stdlib.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"

extern const measure_type measure_difference;

/* The relative difference of two losses that is visible in a table. */
#define VISIBLE 1e-3

/* A separate model that takes the trial's first steps. */
typedef struct twin {
    gb_model *model;
    gb_trainer *trainer;
} twin;

static void close_twin(twin *t) {
    gb_trainer_destroy(t->trainer);
    gb_model_destroy(t->model);
}

/* Has the trial's initial parameters; `reference`: runs on that backend. */
static gb_status open_twin(trial_work *work, bool reference, twin *t) {
    gb_model_spec spec = *gb_model_get_spec(work->model);
    if (reference) {
        spec.backend = "reference";
        spec.implementation = NULL;
    }
    GB_TRY(gb_model_create(work->context, &spec, &t->model));
    gb_model_set_memory(t->model, (size_t)trial_number(work->settings, "memory") << 20);
    gb_model_set_parameters(t->model, work->selected);
    gb_model *own = work->model;
    work->model = t->model;
    gb_status status = trial_make_trainer(work, &t->trainer);
    work->model = own;
    return status;
}

static gb_status train_twins(trial_work *work, twin *own, twin *reference) {
    size_t lags = (size_t)trial_number(work->settings, "lags"), steps = work->steps < lags ? work->steps : lags;
    size_t bptt = (size_t)trial_number(work->settings, "bptt");
    const double rate = trial_number(work->settings, "lr");
    double first = NAN, visible = NAN, loss[2] = {0};
    gb_schedule schedule;
    GB_TRY(trial_start_schedule(work, &schedule));
    task_set_level(work->task, 0);
    for (size_t step = 1; step <= steps; step++) {
        GB_TRY(task_get_batch(work->task, TASK_TRAIN, work->seed, step - 1, work->batch, &work->train_batch));
        for (int i = 0; i < 2; i++) {
            gb_trainer *trainer = i ? reference->trainer : own->trainer;
            gb_step_result result = {0};
            gb_trainer_set_learning_rate(trainer, rate * gb_schedule_fraction(&schedule, step));
            GB_TRY(gb_trainer_step_truncated(trainer, &work->train_batch.batch, bptt, &result));
            loss[i] = result.evaluation.loss;
        }
        if (loss[0] == loss[1])
            continue;
        first = isnan(first) ? (double)step : first;
        if (isnan(visible) && fabs(loss[0] / loss[1] - 1) > VISIBLE)
            visible = (double)step;
        GB_TRY(trial_put_metric(work, "loss_difference", (double)step, log10(fabs(loss[0] / loss[1] - 1))));
    }
    GB_TRY(trial_put_integer(work, "first_difference", first));
    return trial_put_integer(work, "visible_difference", visible);
}

static gb_status compare_twins(trial_work *work) {
    twin own = {0}, reference = {0};
    gb_status status = open_twin(work, false, &own);
    if (!status)
        status = open_twin(work, true, &reference);
    if (!status)
        status = train_twins(work, &own, &reference);
    close_twin(&own);
    close_twin(&reference);
    return status;
}

const measure_type measure_difference = {.before = compare_twins};
