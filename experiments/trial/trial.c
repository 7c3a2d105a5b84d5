/* SPDX-License-Identifier: MIT */
/* One trial from settings to record: open, build, measure, train, measure again. The parts are in trial_train.c,
 * trial_evaluate.c and measure_*.c. */
#include "experiments/trial/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "experiments/speed/cost.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_checkpoint.h"
#include "support/cleanup.h"

/* Sequences evaluated at once; fixed, so that no setting of training affects the evaluation. */
#define JUDGED_ROWS 128

/* Whether a setting or an option of the task is a number, and an integer. */
static column_type type_of(const task_type *type, const char *name) {
    const setting *s = setting_find(name) ? setting_find(name) : task_type_option(type, name);
    if (!s)
        return COLUMN_TEXT;
    return s->type == SETTING_INTEGER ? COLUMN_INTEGER : s->type == SETTING_REAL ? COLUMN_NUMBER : COLUMN_TEXT;
}

/* The columns of the settings. */
static gb_status put_settings(trial_work *work, const char *id) {
    const trial_settings *s = work->settings;
    table *fields = &work->record->fields;
    bool ok = table_add_row(fields) && table_set_text(fields, "id", id);
    for (size_t i = 0; i < s->count && ok; i++) {
        const char *name = s->pairs[i].name;
        column_type type = type_of(task_get_type(work->task), name);
        if (type == COLUMN_TEXT)
            ok = table_set_text(fields, name, s->pairs[i].value);
        else if (type == COLUMN_INTEGER)
            ok = table_set_integer(fields, name, trial_number(s, name));
        else
            ok = table_set_number(fields, name, trial_number(s, name));
    }
    ok = ok && table_set_text(fields, "data_sha256", task_sha256(work->task));
    return ok ? GB_OK : gb_fail(work->context, GB_MEMORY, "out of memory for the columns of trial %s", id);
}

static gb_status name_record(trial_work *work) {
    CLEANUP(trial_settings_free) trial_settings copy = {0};
    GB_NEED(work->context, trial_copy(&copy, work->settings), "for a trial's settings");
    gb_status status = trial_canonical(work->context, &copy, &work->record->configuration);
    if (!status)
        memcpy(work->record->id, copy.id, sizeof copy.id);
    return status ? status : put_settings(work, work->record->id);
}

/* The seed from which public code draws chrono biases in every run (the quirk fixed_chrono_seed). */
enum { FIXED_SEED = 42 };

/* First the initialiser, then the parameters that settings initialise separately. */
static gb_status initialise(const trial_work *work) {
    const char *recurrent = trial_text(work->settings, "recurrent_init");
    const char *forget_bias = trial_text(work->settings, "forget_bias");
    GB_TRY(gb_model_initialise(work->model, trial_text(work->settings, "init"), work->seed));
    if (strcmp(recurrent, "init") != 0)
        GB_TRY(gb_model_initialise_recurrent(work->model, recurrent, work->seed));
    if (strcmp(forget_bias, "init") != 0)
        GB_TRY(gb_model_set_forget_bias(work->model, forget_bias,
                                        trial_has_quirk(work, "fixed_chrono_seed") ? FIXED_SEED : work->seed));
    return GB_OK;
}

gb_status trial_open_work(trial_work *work) {
    GB_TRY(trial_open_task(work->context, work->settings, &work->task));
    work->shape = task_get_shape(work->task);
    work->seed = (uint64_t)trial_number(work->settings, "seed");
    work->batch = (size_t)trial_number(work->settings, "batch");
    work->steps = (size_t)trial_number(work->settings, "steps");
    work->judged_rows = JUDGED_ROWS;
    gb_model_spec spec;
    GB_TRY(trial_model_spec(work->context, work->settings, work->shape, &spec));
    GB_TRY(gb_model_create(work->context, &spec, &work->model));
    GB_TRY(gb_model_create(work->context, &spec, &work->judge));
    work->count = gb_model_parameter_count(work->model);
    work->selected = calloc(work->count ? work->count : 1, sizeof *work->selected);
    GB_NEED(work->context, work->selected, "for a copy of %zu parameters", work->count);
    gb_model_set_memory(work->model, (size_t)trial_number(work->settings, "memory") << 20);
    gb_model_set_memory(work->judge, (size_t)trial_number(work->settings, "memory") << 20);
    GB_TRY(initialise(work));
    gb_model_get_parameters(work->model, work->selected);
    gb_model_set_parameters(work->judge, work->selected);
    return GB_OK;
}

void trial_close_work(trial_work *work) {
    task_batch_free(work->context, &work->train_batch);
    task_batch_free(work->context, &work->judge_batch);
    free(work->selected);
    free(work->outputs);
    gb_model_destroy(work->judge);
    gb_model_destroy(work->model);
    task_close(work->task);
}

static gb_status put_cost(trial_work *work) {
    table *fields = &work->record->fields;
    const char *backend = trial_text(work->settings, "backend"), *version = "";
    for (size_t i = 0; i < gb_backend_count(); i++)
        if (strcmp(gb_backend_name(i), backend) == 0)
            version = gb_backend_version(i);
    /* a timing has written what it timed: the model of a trial without steps has planned only its smallest layer */
    const bool timed = table_find(fields, "implementation");
    GB_NEED(work->context,
            (timed || table_set_text(fields, "implementation", gb_model_implementation(work->model))) &&
                table_set_text(fields, "backend_version", version),
            "for the columns of trial %s", work->record->id);
    GB_TRY(trial_put(work, "seconds", clock_now() - work->started));
    GB_TRY(trial_put(work, "cpu_seconds", clock_cpu_now() - work->cpu_started));
    GB_TRY(trial_put_integer(work, "peak_memory_bytes", cost_peak_memory()));
    return trial_put_integer(work, "resumed", (double)work->resumed);
}

/* Runs a trial from the initial parameters to the last measurement. */
static gb_status run_parts(trial_work *work) {
    const char *wanted = trial_text(work->settings, "measure");
    GB_TRY(measure_before(work, wanted));
    GB_TRY(trial_train_begin(work));
    GB_TRY(trial_checkpoint_restore(work));
    GB_TRY(trial_train(work));
    if (!work->diverged) {
        work->share = 1;
        gb_model_set_parameters(work->model, work->selected);
        gb_model_set_parameters(work->judge, work->selected);
    }
    GB_TRY(work->diverged ? measure_lost(work, wanted) : measure_after(work, wanted));
    return put_cost(work);
}

/* A trial that is asked to stop writes a checkpoint, unless training has not started. */
static void leave_checkpoint(trial_work *work) {
    const training *t = work->training;
    if (!work->checkpoints || !t || !t->trainer || !t->now.step)
        return;
    if (trial_checkpoint_write(work) != GB_OK)
        work->checkpoints->note(work->user, gb_context_message(work->context));
}

/* Takes the trained model out of the work; a measure may have used it after training. */
static gb_model *take_model(trial_work *work) {
    gb_model *model = work->model;
    gb_model_set_parameters(model, work->selected);
    work->model = NULL;
    return model;
}

/* trained NULL: the model is not kept. */
static gb_status run_trial(gb_context *context, const trial_settings *settings, const trial_checkpoints *checkpoints,
                           trial_progress progress, void *user, trial_record *record, gb_model **trained) {
    double now = clock_now();
    *record = (trial_record){0};
    trial_work work = {.context = context,
                       .settings = settings,
                       .progress = progress,
                       .user = user,
                       .record = record,
                       .started = now,
                       .cpu_started = clock_cpu_now(),
                       .checkpoints = checkpoints,
                       .checkpoint_time = now};
    cost_reset_peak_memory();
#ifdef _OPENMP
    omp_set_num_threads((int)trial_number(settings, "threads"));
#endif
    gb_status status = trial_open_work(&work);
    if (!status)
        status = name_record(&work);
    if (!status)
        status = run_parts(&work);
    if (status == GB_STOPPED)
        leave_checkpoint(&work);
    snprintf(record->status, sizeof record->status, work.diverged ? "diverged" : "done");
    trial_train_end(&work);
    if (!status && trained && !work.diverged)
        *trained = take_model(&work);
    trial_close_work(&work);
    if (status)
        trial_record_free(record);
    return status;
}

gb_status trial_continue(gb_context *context, const trial_settings *settings, const trial_checkpoints *checkpoints,
                         trial_progress progress, void *user, trial_record *record) {
    return run_trial(context, settings, checkpoints, progress, user, record, NULL);
}

gb_status trial_run(gb_context *context, const trial_settings *settings, trial_progress progress, void *user,
                    trial_record *record) {
    return run_trial(context, settings, NULL, progress, user, record, NULL);
}

gb_status trial_run_keeping(gb_context *context, const trial_settings *settings, trial_progress progress, void *user,
                            trial_record *record, gb_model **trained) {
    *trained = NULL;
    return run_trial(context, settings, NULL, progress, user, record, trained);
}
