/* SPDX-License-Identifier: MIT */
/* A trial in small: the same task, models and trainer, a few batches spread over the split, each met once before it is
 * timed, so that what is prepared only once does not count for every step. */
#include "experiments/cost/calibrate_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/speed/cost.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"

enum { MOST_BATCHES = 6, MOST_ROUNDS = 64 };

/* The part of a trial that is timed again and again. */
typedef struct sample {
    trial_work *work;
    gb_trainer *trainer; /* NULL: evaluation of the split */
    task_split split;
    size_t batches; /* of one pass; 0: endless */
} sample;

static task_batch *drawn_batch(const sample *s) {
    return s->trainer ? &s->work->train_batch : &s->work->judge_batch;
}

static gb_status draw_batch(const sample *s, size_t index) {
    trial_work *work = s->work;
    return task_get_batch(work->task, s->split, work->seed, index, s->trainer ? work->batch : work->judged_rows,
                          drawn_batch(s));
}

static gb_status run_batch(const sample *s, size_t index) {
    gb_step_result stepped = {0};
    gb_evaluation found = {0};
    size_t predictions;
    if (!s->trainer)
        return trial_evaluate_batch(s->work, s->split, index, &found, &predictions);
    gb_status status = draw_batch(s, index);
    return status ? status : gb_trainer_step(s->trainer, &s->work->train_batch.batch, &stepped);
}

/* The batches that stand for all: spread over a pass, or the first of an endless split. */
static size_t pick(const sample *s, size_t number, size_t of) {
    return s->batches ? number * s->batches / of : number;
}

/* Mean seconds of a batch; *extra: what the first meetings cost beyond. The last batch of a pass, which is smaller as a
 * rule and so prepared by itself, is met, but is no more than one of many: it is not timed with the few. */
static gb_status time_batches(const sample *s, double seconds, double *mean, double *extra) {
    double started = clock_cpu_now(), first = 0;
    size_t batches = 0, most = s->batches && s->batches < MOST_BATCHES ? s->batches : MOST_BATCHES, rounds = 0;
    gb_status status = GB_OK;
    while (!status && batches < most &&
           (batches == 0 || first * (double)(batches + 1) < seconds * (double)batches / 2)) {
        status = run_batch(s, pick(s, batches++, most));
        first = clock_cpu_now() - started;
    }
    if (!status && s->batches > most) /* after the first: rows may go on from an earlier batch */
        status = run_batch(s, s->batches - 1);
    first = clock_cpu_now() - started;
    double timed = clock_cpu_now(), spent = 0;
    while (!status && rounds < MOST_ROUNDS &&
           (rounds == 0 || first + spent * (double)(rounds + 1) / (double)rounds < seconds)) {
        for (size_t i = 0; i < batches && !status; i++)
            status = run_batch(s, pick(s, i, most));
        rounds++;
        spent = clock_cpu_now() - timed;
    }
    if (status)
        return status;
    *mean = spent / (double)(rounds * batches);
    *extra = fmax(first - *mean * (double)batches, 0);
    return GB_OK;
}

/* A batch by its number, and how many steps it has. */
typedef struct length {
    size_t steps, index;
} length;

static int compare_lengths(const void *a, const void *b) {
    const length *x = a, *y = b;
    return x->steps != y->steps ? (x->steps < y->steps ? 1 : -1) : (x->index > y->index) - (x->index < y->index);
}

/* Draws batches for about `seconds`; leaves those of different lengths, the longest first. */
static gb_status find_lengths(const sample *s, double seconds, length *lengths, size_t most, size_t *count) {
    size_t batches = s->batches && s->batches < most ? s->batches : most, drawn = 0;
    double started = clock_cpu_now();
    gb_status status = GB_OK;
    *count = 0;
    while (!status && drawn < batches && clock_cpu_now() - started < seconds) {
        lengths[drawn].index = pick(s, drawn, batches);
        status = draw_batch(s, lengths[drawn].index);
        lengths[drawn++].steps = drawn_batch(s)->batch.steps;
    }
    if (status)
        return status;
    qsort(lengths, drawn, sizeof *lengths, compare_lengths);
    for (size_t i = 0; i < drawn; i++)
        if (i == 0 || lengths[i].steps != lengths[i - 1].steps)
            lengths[(*count)++] = lengths[i];
    return GB_OK;
}

/* Meets batches of other lengths: each is prepared anew and keeps its memory. First the longest, then one half way to
 * the shortest, and so on: lengths beside each other may share what is prepared. */
static gb_status meet_lengths(const sample *s, double seconds) {
    enum { LOOKED_AT = 256 };
    length lengths[LOOKED_AT];
    size_t count;
    double started = clock_cpu_now();
    gb_status status = find_lengths(s, 0.25 * seconds, lengths, LOOKED_AT, &count);
    for (size_t stride = LOOKED_AT; !status && stride; stride /= 2) {
        for (size_t i = 0; i < count && !status && clock_cpu_now() - started < seconds; i += stride)
            if (stride == LOOKED_AT || i % (2 * stride)) /* not met before */
                status = run_batch(s, lengths[i].index);
    }
    return status;
}

/* A pass over a split; adds to *fixed what comes only once. */
static gb_status time_split(trial_work *work, task_split split, double seconds, double *pass, double *fixed) {
    double mean = 0, extra = 0;
    *pass = 0;
    if (!work->shape->splits[split])
        return GB_OK;
    sample s = {.work = work, .split = split, .batches = trial_split_batches(work, split)};
    gb_status status = time_batches(&s, 0.5 * seconds, &mean, &extra);
    if (!status)
        status = meet_lengths(&s, 0.5 * seconds);
    *pass = mean * (double)s.batches;
    *fixed += extra;
    return status;
}

/* The splits that are passed once after training. */
static gb_status time_tests(trial_work *work, double seconds, double *fixed) {
    bool swapped = strstr(trial_text(work->settings, "measure"), "swapped") != NULL;
    gb_status status = GB_OK;
    for (task_split split = TASK_TEST; split < TASK_SPLITS && !status; split++) {
        double pass = 0;
        if (split != TASK_SWAPPED || swapped)
            status = time_split(work, split, seconds, &pass, fixed);
        *fixed += pass;
    }
    return status;
}

static gb_status time_training(trial_work *work, double seconds, gb_trainer **trainer, trial_speed *speed,
                               double *validations) {
    if (work->steps == 0 || !work->shape->splits[TASK_TRAIN])
        return GB_OK;
    sample s = {.work = work, .split = TASK_TRAIN, .batches = task_batches(work->task, TASK_TRAIN, work->batch)};
    *validations = ceil((double)work->steps / (double)trial_validation_interval(work, s.batches));
    double extra = 0;
    gb_status status = trial_make_trainer(work, &s.trainer);
    *trainer = s.trainer;
    if (!status)
        status = time_batches(&s, 0.5 * seconds, &speed->step_seconds, &extra);
    if (!status)
        status = meet_lengths(&s, 0.5 * seconds);
    speed->fixed_seconds += extra;
    return status;
}

static gb_status time_parts(trial_work *work, double seconds, trial_speed *speed) {
    double started = clock_cpu_now(), validations = 0;
    gb_trainer *trainer = NULL; /* stays to the end, as in a trial */
    measure_cost measures = {0};
    gb_status status = trial_open_work(work);
    speed->fixed_seconds = clock_cpu_now() - started;
    if (!status && !table_add_row(&work->record->fields)) /* measures write into it */
        status = gb_fail(work->context, GB_MEMORY, "out of memory for a trial's record");
    if (!status)
        status = time_training(work, 0.5 * seconds, &trainer, speed, &validations);
    if (!status && validations > 0)
        status = time_split(work, TASK_VALID, 0.2 * seconds, &speed->evaluate_seconds, &speed->fixed_seconds);
    if (!status)
        status = time_tests(work, 0.1 * seconds, &speed->fixed_seconds);
    if (!status)
        status = measure_rehearse(work, trial_text(work->settings, "measure"), 0.2 * seconds, &measures);
    gb_trainer_destroy(trainer);
    speed->fixed_seconds += measures.seconds;
    speed->bytes = cost_peak_memory() + measures.bytes;
    speed->seconds =
        speed->fixed_seconds + speed->step_seconds * (double)work->steps + speed->evaluate_seconds * validations;
    return status;
}

gb_status calibrate_trial(gb_context *context, const trial_settings *trial, double seconds, trial_speed *speed) {
    trial_record record = {0};
    cost_memory memory = {0};
    const gb_allocator counting = cost_count_memory(&memory);
    trial_work work = {.settings = trial, .record = &record, .memory = &memory};
    *speed = (trial_speed){0};
    if (gb_context_create(&counting, &work.context))
        return gb_fail(context, GB_MEMORY, "out of memory to measure a trial");
    cost_reset_peak_memory();
    gb_status status = time_parts(&work, seconds, speed);
    speed->measured = status == GB_OK;
    if (status)
        status = gb_fail(context, status, "%s", gb_context_message(work.context));
    trial_close_work(&work);
    trial_record_free(&record);
    gb_context_destroy(work.context);
    return status;
}
