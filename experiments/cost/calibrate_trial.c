/* SPDX-License-Identifier: MIT */
/* A small version of a trial: the same task, models and trainer, and a few batches spread over the split. Each batch is
 * run once before it is timed, so that one-off preparation does not count for every step. */
#include "experiments/cost/calibrate_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/cell_files.h"
#include "experiments/speed/cost.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

enum { MOST_BATCHES = 6 };

/* The part of a trial that is timed. */
typedef struct sample {
    trial_work *work;
    gb_trainer *trainer; /* NULL: evaluation of the split */
    task_split split;
    size_t batches; /* of one pass; 0: endless */
} sample;

static gb_status run_batch(const sample *s, size_t index) {
    trial_work *work = s->work;
    gb_step_result stepped = {0};
    gb_evaluation found = {0};
    size_t predictions;
    if (!s->trainer)
        return trial_evaluate_batch(work, s->split, index, &found, &predictions);
    GB_TRY(task_get_batch(work->task, s->split, work->seed, index, work->batch, &work->train_batch));
    const size_t bptt = (size_t)trial_number(work->settings, "bptt");
    return gb_trainer_step_truncated(s->trainer, &work->train_batch.batch, bptt, &stepped);
}

/* The batches that represent all: spread over a pass, or the first ones of an unlimited split. */
static size_t pick(const sample *s, size_t number, size_t of) {
    return s->batches ? number * s->batches / of : number;
}

/* Adds to *sum the time of this many batches: the one-off extra cost of the first runs, and the mean of the timed runs.
 * Batches are first run until half of the time is over, then each is timed once. */
static gb_status add_batches(const sample *s, double seconds, double times, double *sum) {
    double started = clock_cpu_now();
    size_t batches = 0, most = s->batches && s->batches < MOST_BATCHES ? s->batches : MOST_BATCHES;
    do
        GB_TRY(run_batch(s, pick(s, batches++, most)));
    while (batches < most && clock_cpu_now() - started < seconds / 2);
    double first = clock_cpu_now() - started;
    for (size_t i = 0; i < batches; i++)
        GB_TRY(run_batch(s, pick(s, i, most)));
    double mean = (clock_cpu_now() - started - first) / (double)batches;
    *sum += fmax(first - mean * (double)batches, 0) + mean * times;
    return GB_OK;
}

/* This many passes over a split. */
static gb_status add_passes(trial_work *work, task_split split, double seconds, double passes, double *sum) {
    sample s = {.work = work, .split = split};
    if (!work->shape->splits[split] || passes == 0)
        return GB_OK;
    s.batches = trial_split_batches(work, split);
    return add_batches(&s, seconds, passes * (double)s.batches, sum);
}

/* The steps, and the validations between them. */
static gb_status add_training(trial_work *work, double seconds, gb_trainer **trainer, double *sum) {
    if (work->steps == 0 || !work->shape->splits[TASK_TRAIN])
        return GB_OK;
    sample s = {.work = work, .split = TASK_TRAIN, .batches = task_batches(work->task, TASK_TRAIN, work->batch)};
    double validations = ceil((double)work->steps / (double)trial_validation_interval(work, s.batches));
    GB_TRY(trial_make_trainer(work, trainer));
    s.trainer = *trainer;
    GB_TRY(add_batches(&s, 0.7 * seconds, (double)work->steps, sum));
    return add_passes(work, TASK_VALID, 0.3 * seconds, validations, sum);
}

static gb_status add_parts(trial_work *work, double seconds, gb_trainer **trainer, trial_speed *speed) {
    const char *wanted = trial_text(work->settings, "measure");
    double started = clock_cpu_now();
    measure_cost measures = {0};
    GB_TRY(trial_open_work(work));
    speed->seconds = clock_cpu_now() - started;
    if (!table_add_row(&work->record->fields)) /* measures write into the record */
        return gb_fail(work->context, GB_MEMORY, "out of memory for a trial's record");
    GB_TRY(add_training(work, 0.7 * seconds, trainer, &speed->seconds));
    for (task_split split = TASK_TEST; split < TASK_SPLITS; split++)
        if (split != TASK_SWAPPED || strstr(wanted, "swapped"))
            GB_TRY(add_passes(work, split, 0.1 * seconds, 1, &speed->seconds));
    task_baseline baselines[1];
    task_get_baselines(work->task, baselines, 1); /* every trial records them, and for a long text they need memory */
    GB_TRY(measure_rehearse(work, wanted, 0.2 * seconds, &measures));
    speed->seconds += measures.seconds;
    speed->bytes = cost_peak_memory() + measures.bytes;
    return GB_OK;
}

gb_status calibrate_trial(gb_context *context, const trial_settings *trial, double seconds, trial_speed *speed) {
    CLEANUP(trial_record_free) trial_record record = {0};
    cost_memory memory = {0};
    const gb_allocator counting = cost_count_memory(&memory);
    trial_work work = {.settings = trial, .record = &record, .memory = &memory};
    *speed = (trial_speed){0};
    if (gb_context_create(&counting, &work.context))
        return gb_fail(context, GB_MEMORY, "out of memory to measure a trial");
    cost_reset_peak_memory();
    gb_trainer *trainer = NULL; /* kept until the end, as in a trial */
    gb_status status = cells_load(work.context);
    if (status == GB_OK)
        status = add_parts(&work, seconds, &trainer, speed);
    speed->measured = status == GB_OK;
    gb_trainer_destroy(trainer);
    if (status)
        status = gb_fail(context, status, "%s", gb_context_message(work.context));
    trial_close_work(&work);
    gb_context_destroy(work.context);
    return status;
}
