/* SPDX-License-Identifier: MIT */
/* Speed: times the trial's layer at the task's length and the trial's batch size, exclusively, and compares it with a
 * large matrix product. Times are not reproducible: the trial's id identifies what was timed; the record says when,
 * where and how exclusively.
 */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "datasets/files/cell_files.h"
#include "experiments/speed/alone.h"
#include "experiments/speed/speed.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_speed;

/* Least time of a block. */
#define BLOCK_SECONDS 0.02

static bool tell_waiting(void *user, const char *holder) {
    return trial_tell(user, "waits for %s, which is timing", holder) == GB_STOPPED;
}

static bool tell_repeat(void *user, double done) {
    trial_work *work = user;
    work->share = done;
    return trial_tell(work, "timing, %.0f %%", 100 * done) == GB_STOPPED;
}

static gb_status put_times(trial_work *work, speed_kind kind, const speed_result *found) {
    const struct {
        const char *suffix;
        double value;
    } columns[] = {{"ms", found->times[kind].median},
                   {"ms_min", found->times[kind].min},
                   {"relative", found->times[kind].relative},
                   {"bytes", (double)found->times[kind].bytes}};
    char name[64];
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        snprintf(name, sizeof name, "%s_%s", speed_kind_name(kind), columns[i].suffix);
        GB_TRY(trial_put(work, name, columns[i].value));
    }
    snprintf(name, sizeof name, "%s_ms", speed_kind_name(kind));
    for (size_t i = 0; i < found->repeats; i++)
        GB_TRY(trial_put_metric(work, name, (double)i + 1, found->times[kind].ms[i]));
    return GB_OK;
}

/* The rate of every training repeat, with that of the best large matrix product measured at the same time. */
static gb_status put_rates(trial_work *work, const speed_result *found) {
    const double work_done = found->gflops * found->times[SPEED_TRAIN].min; /* 1e6 operations */
    for (size_t i = 0; i < found->repeats; i++)
        GB_TRY(trial_put_metric(work, "train_gflops", (double)i + 1, work_done / found->times[SPEED_TRAIN].ms[i]));
    return trial_put_metric(work, "baseline_train_gflops/large matrix product", 0, found->sgemm_gflops);
}

static gb_status put_speed(trial_work *work, const speed_result *found) {
    GB_NEED(work->context, table_set_text(&work->record->fields, "implementation", found->implementation),
            "for what was timed");
    GB_TRY(put_rates(work, found));
    for (int k = 0; k < SPEED_KINDS; k++)
        GB_TRY(put_times(work, (speed_kind)k, found));
    const struct {
        const char *name;
        double value;
    } columns[] = {{"gflops", found->gflops},
                   {"sgemm_gflops", found->sgemm_gflops},
                   {"train_joules", found->joules},
                   {"timing_others", found->others}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        GB_TRY(trial_put(work, columns[i].name, columns[i].value));
    GB_TRY(trial_put_integer(work, "timing_threads", (double)found->threads));
    return trial_put_integer(work, "timing_exclusive", found->others <= ALONE_OTHERS);
}

static gb_status time_layer(trial_work *work, size_t repeats, speed_result *found) {
    const gb_model_spec *model = gb_model_get_spec(work->model);
    const speed_spec spec = {
        .cell = model->cell,
        .backend = model->backend,
        .bias = model->bias,
        .steps = work->shape->longest,
        .batch = work->batch,
        .input = model->embedding ? model->embedding : model->input_size,
        .hidden = model->hidden,
        .repeats = repeats,
        .block_seconds = BLOCK_SECONDS,
        .seed = work->seed,
        .implementation = model->implementation,
    };
    return speed_measure(work->context, &spec, tell_repeat, work, found);
}

static gb_status check(const trial_work *work) {
    const gb_model_spec *model = gb_model_get_spec(work->model);
    if (!cells_find(model->cell) || model->layers != 1 || model->dtype != GB_F32 || !work->shape->longest)
        return gb_fail(work->context, GB_UNSUPPORTED,
                       "train_ms, forward_ms and step_ms need one recurrent layer in f32 and a task whose sequences "
                       "have a longest length; remove them from measure, or change cell, layers, dtype or task");
    return GB_OK;
}

static gb_status time_trial(trial_work *work) {
    int lock;
    gb_status status = check(work);
    if (!status)
        status = alone_lock(work->context, tell_waiting, work, &lock);
    if (status)
        return status;
    CLEANUP(speed_free) speed_result found = {0};
    status = time_layer(work, (size_t)trial_number(work->settings, "repeats"), &found);
    if (!status)
        status = put_speed(work, &found);
    close(lock);
    return status;
}

/* One repeat uses all the memory, but is not a timing, so it takes no lock. */
static gb_status rehearse(trial_work *work, double seconds, measure_cost *cost) {
    (void)seconds;
    double started = clock_cpu_now(), repeat = 0;
    CLEANUP(speed_free) speed_result found = {0};
    GB_TRY(check(work));
    GB_TRY(time_layer(work, 1, &found));
    cost->seconds = clock_cpu_now() - started;
    for (int k = 0; k < SPEED_KINDS; k++)
        repeat += fmax(BLOCK_SECONDS, 1e-3 * found.times[k].min * (double)found.times[k].iterations);
    cost->seconds += repeat * (trial_number(work->settings, "repeats") - 1);
    return GB_OK;
}

static double least(const trial_settings *settings) {
    return trial_number(settings, "repeats") * SPEED_KINDS * BLOCK_SECONDS;
}

const measure_type measure_speed = {.after = time_trial, .alone = true, .rehearse = rehearse, .least = least};
