/* SPDX-License-Identifier: MIT */
/* A run: resolve, tune, final. The life of a trial: it is planned, skipped if its file exists, else sent to a worker
 * that writes the file. At the end the results file is made from all files. */
#include "experiments/run/run.h"
#include "experiments/run/shard_assign.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/folder/declared_file.h"
#include "experiments/folder/run_lock.h"
#include "experiments/run/pool.h"
#include "experiments/run/run_estimate.h"
#include "experiments/run/run_internal.h"
#include "experiments/trial/checkpoint.h"
#include "experiments/trial/measure.h"
#include "support/cleanup.h"
#include "support/clock.h"
#include "support/file.h"
#include "support/signals.h"

/* Tuning chooses by the lowest validation loss. The score of a tuning trial that diverged or exceeded its limits is
 * known to be missing; that of a trial without a file (not run yet, or its worker died) is unknown. */
static bool read_score(void *user, const char *id, double *score) {
    run *r = user;
    *score = NAN;
    char path[PATH_MAX];
    CLEANUP(trial_record_free) trial_record record = {0};
    snprintf(path, sizeof path, "%s/trials/%s.h5", r->folder, id);
    gb_status status = file_exists(path) ? store_read_trial(r->context, path, &record) : GB_OK;
    if (status)
        r->score_status = status;
    if (!*record.id)
        return stage_went_over_limit(&r->tune, id);
    if (strcmp(record.status, "done") == 0)
        *score = table_number(&record.fields, 0, recipe_get_tune(r->recipe)->by);
    return true;
}

gb_status run_plan_final(run *r) {
    trial_list list = {0};
    stage_free(&r->final);
    gb_status status = recipe_final_trials(r->context, r->recipe, read_score, r, &list);
    if (!status && r->score_status) /* a choice must not depend on which files could be read */
        status = r->score_status;
    if (status)
        trial_list_free(&list);
    if (!status)
        status = stage_make(r->context, "final", list, &r->final);
    return status;
}

static gb_status plan_stages(run *r) {
    trial_list list = {0};
    if (recipe_get_tune(r->recipe))
        GB_TRY(recipe_tuning_trials(r->context, r->recipe, &list));
    GB_TRY(stage_make(r->context, "tune", list, &r->tune));
    return run_plan_final(r);
}

static gb_status name_paths(run *r) {
    char parent[PATH_MAX];
    const char *name = recipe_run_name(r->recipe);
    gb_status status = GB_OK;
    if (r->options->results_folder)
        snprintf(parent, sizeof parent, "%s", r->options->results_folder);
    else
        status = run_default_folder(r->context, parent, sizeof parent);
    if (status)
        return status;
    if (snprintf(r->folder, sizeof r->folder, "%s/%s", parent, name) >= (int)sizeof r->folder)
        return gb_fail(r->context, GB_IO, "%s: the path of the results folder is too long", parent);
    run_path(r->folder, RUN_RESULTS, r->results);
    return GB_OK;
}

gb_status run_look_at_folder(run *r) {
    char(*ids)[33] = NULL, trials[RUN_PATH];
    size_t count = 0;
    run_path(r->folder, RUN_TRIALS, trials);
    gb_status status = file_exists(trials) ? store_finished(r->context, r->folder, false, &ids, &count) : GB_OK;
    if (!status) {
        stage_mark_finished(&r->tune, ids, count);
        stage_mark_finished(&r->final, ids, count);
    }
    free(ids);
    return status ? status : run_read_failures(r);
}

/* The operations of the unfinished trials of a stage. */
static double flops_ahead(const stage *s) {
    double flops = 0;
    for (size_t i = 0; i < s->list.count; i++)
        flops += s->finished[i] || s->failures[i] || s->elsewhere[i] || s->waiting[i] ? 0 : s->costs[i].flops;
    return flops;
}

void run_warn(const run *r, const char *format, ...) {
    char sentence[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (r->observer.warned)
        r->observer.warned(r->observer.user, &r->state, sentence);
}

/* Reports the plan to the observer. */
static gb_status announce(run *r, bool complete) {
    run_estimate estimate = {0};
    if (!complete) {
        GB_TRY(stage_estimate(r->context, &r->tune));
        GB_TRY(stage_estimate(r->context, &r->final));
    }
    if (!complete && r->mine.count)
        GB_TRY(shard_assign(r->context, r->mine, recipe_swept(r->recipe), &r->tune, &r->final));
    if (!complete && r->observer.planned)
        GB_TRY(run_estimate_ahead(r, r->state.workers, &estimate));
    run_state *s = &r->state;
    s->tuning = stage_count(&r->tune);
    s->final = stage_count(&r->final);
    s->before = stage_count_finished(&r->tune) + stage_count_finished(&r->final);
    s->failed_before = stage_count_failed(&r->tune) + stage_count_failed(&r->final);
    s->flops_left = flops_ahead(&r->tune) + flops_ahead(&r->final);
    r->summary->planned = s->tuning + s->final;
    r->summary->finished_before = s->before;
    if (r->mine.count && r->summary->planned == 0)
        run_warn(r, "shard %zu/%zu has no trials: there are fewer arms than shards", r->mine.index, r->mine.count);
    /* Not refused, since the number of threads is part of a trial that another machine may have begun. */
    size_t threads = run_most_threads(r), cores = run_usable_cores();
    if (!complete && threads > cores)
        run_warn(r, "trials of %zu threads share %zu usable core%s, which is slower than a thread per core", threads,
                 cores, cores == 1 ? "" : "s");
    if (r->observer.planned)
        r->observer.planned(r->observer.user, s, &r->final.list, &estimate);
    return GB_OK;
}

/* Plans the final stage again, with the scores of tuning. */
static gb_status replan(run *r) {
    size_t before = stage_count_finished(&r->final);
    gb_status status = run_plan_final(r);
    if (!status)
        status = stage_estimate(r->context, &r->final);
    if (!status && r->mine.count)
        status = shard_assign(r->context, r->mine, recipe_swept(r->recipe), &r->tune, &r->final);
    if (!status)
        status = run_look_at_folder(r);
    if (status)
        return status;
    size_t waiting = stage_hold_back(&r->final);
    if (waiting)
        run_warn(r,
                 "%zu final trial%s postponed until the tuning of %s complete, since a partial choice could differ; "
                 "see %s/failed.txt, then run again with --retry-failed",
                 waiting, waiting == 1 ? " is" : "s are", waiting == 1 ? "its arm is" : "their arms is", r->folder);
    r->state.final = stage_count(&r->final);
    r->state.before += stage_count_finished(&r->final) - before;
    r->state.flops_left = flops_ahead(&r->final);
    r->summary->planned = r->state.tuning + r->state.final;
    r->summary->finished_before = r->state.before;
    return run_write_plan(r);
}

/* The same, where shards take turns. */
static gb_status replan_in_turn(run *r) {
    int turn = -1;
    if (!r->mine.count)
        return replan(r);
    gb_status status = run_lock_take_turn(r->context, r->folder, &turn);
    if (!status)
        status = replan(r);
    if (turn >= 0)
        close(turn);
    return status;
}

/* Runs both stages; the result of tuning determines the trials of the second. */
static gb_status run_stages(run *r) {
    worker_options options = {
        .run_folder = r->folder, .trial_seconds = r->options->trial_seconds, .memory_bytes = r->options->trial_memory};
    gb_status status = pool_create(r->context, &options, r->state.workers, r->lock, &r->pool);
    if (!status && r->tune.list.count) {
        status = run_trials(r, &r->tune);
        if (!status && !signals_caught())
            status = replan_in_turn(r);
    }
    if (!status && !signals_caught())
        status = run_trials(r, &r->final);
    if (r->pool)
        pool_stop(r->pool, run_on_worker_message, r);
    pool_destroy(r->pool);
    r->pool = NULL;
    return status;
}

/* The work after all trials have run. */
static gb_status finish(run *r) {
    bool merged = true;
    gb_status status = GB_OK;
    if (r->mine.count) {
        status = run_shard_finish(r, &merged);
    } else {
        status = run_write_failures(r);
        if (!status)
            status = run_write_results(r);
    }
    if (!merged)
        *r->results = '\0';
    return status;
}

/* Looks that were declared earlier for this run are kept. */
static gb_status keep_looks(const run *r) {
    char path[RUN_PATH];
    run_path(r->folder, RUN_LOOKS, path);
    if (!r->options->looks || file_exists(path))
        return GB_OK;
    return run_folder_write(r->context, r->folder, RUN_LOOKS, r->options->looks, strlen(r->options->looks));
}

/* Refuses kernels that this machine lacks, before anything runs. */
static gb_status check_kernels(run *r) {
    const trial_list *lists[] = {&r->tune.list, &r->final.list};
    char why[256];
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < lists[k]->count; i++) {
            const trial_settings *trial = &lists[k]->trials[i];
            const gb_layer_spec layer = {.cell = trial_text(trial, "cell"),
                                         .backend = trial_text(trial, "backend"),
                                         .input = 1,
                                         .hidden = 1,
                                         .steps = 1,
                                         .batch = 1,
                                         .implementation = trial_text(trial, "kernels")};
            if (strcmp(layer.implementation, "auto") != 0 && !gb_backend_supports(r->context, &layer, why, sizeof why))
                return gb_fail(r->context, GB_UNSUPPORTED, "kernels %s: %s", layer.implementation, why);
        }
    }
    return GB_OK;
}

/* Runs the missing trials and makes the results file, with the lock held and signals caught. */
static gb_status run_locked(run *r) {
    gb_status status = r->mine.count ? run_shard_start(r) : GB_OK;
    if (status)
        return status;
    if (!r->mine.count && r->alone) {
        run_folder_tidy(r->folder);
        checkpoint_tidy(r->folder);
    }
    bool complete = run_is_complete(r);
    if (complete) {
        memset(r->tune.finished, true, r->tune.list.count * sizeof *r->tune.finished);
        memset(r->final.finished, true, r->final.list.count * sizeof *r->final.finished);
    } else {
        status = check_kernels(r);
        if (!status)
            status = run_look_at_folder(r);
    }
    if (!status)
        status = announce(r, complete);
    if (!status && !complete && !r->mine.count) {
        run_say_replaced(r);
        status = run_write_plan(r);
    }
    if (!status && !complete)
        status = keep_looks(r);
    if (!status && !complete)
        status = run_declare(r->context, r->folder, recipe_resolved(r->recipe), r->summary->finished_before);
    if (!status && !complete)
        status = run_stages(r);
    r->summary->failed = stage_count_failed(&r->tune) + stage_count_failed(&r->final);
    if (r->alone && !r->mine.count)
        checkpoint_tidy(r->folder);
    return !status && !complete ? finish(r) : status;
}

gb_status run_plan_dry(run *r) {
    GB_TRY(name_paths(r));
    GB_TRY(plan_stages(r));
    GB_TRY(run_look_at_folder(r));
    GB_TRY(stage_estimate(r->context, &r->tune));
    return stage_estimate(r->context, &r->final);
}

size_t run_most_threads(const run *r) {
    const trial_list *lists[] = {&r->tune.list, &r->final.list};
    double most = 1;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->count; i++)
            most = fmax(most, trial_number(&lists[k]->trials[i], "threads"));
    return (size_t)most;
}

/* Timings run exclusively, one trial at a time, for any number of workers. */
static void choose_workers(run *r) {
    const run_options *o = r->options;
    const trial_list *final = &r->final.list;
    size_t threads = run_most_threads(r), cores = run_usable_cores();
    r->state.workers = o->workers ? o->workers : cores > threads ? cores / threads : 1;
    if (final->count && measure_alone(trial_text(&final->trials[0], "measure")))
        r->state.workers = 1;
}

static gb_status run_dry(run *r) {
    GB_TRY(run_plan_dry(r));
    choose_workers(r);
    return announce(r, false);
}

static gb_status run_caught(run *r) {
    GB_TRY(name_paths(r));
    GB_TRY(run_lock_take(r->context, r->folder, r->mine, &r->lock, &r->alone));
    if (!r->alone)
        run_warn(r, "the file system cannot lock this folder; do not start a second run in it");
    if (r->mine.count && r->options->shard_of_job)
        GB_TRY(run_lock_check_job(r->context, r->folder, r->mine));
    GB_TRY(plan_stages(r));
    choose_workers(r);
    return run_locked(r);
}

gb_status run_recipe(gb_context *context, const recipe *to_run, const run_options *options, run_summary *summary) {
    double started = clock_now();
    gb_status status;
    *summary = (run_summary){0};
    run r = {.context = context, .recipe = to_run, .options = options, .summary = summary, .lock = -1};
    r.state = (run_state){.name = recipe_run_name(to_run), .folder = r.folder};
    if (options->observer)
        r.observer = *options->observer;
    if (options->shards > 1)
        r.mine = (shard){.index = options->shard, .count = options->shards};
    if (options->dry_run) {
        status = run_dry(&r);
    } else {
        signals_catch();
        status = run_caught(&r);
        summary->signal = signals_caught();
        signals_restore();
    }
    summary->seconds = clock_now() - started;
    snprintf(summary->folder, sizeof summary->folder, "%s", r.folder);
    summary->interrupted = summary->signal != 0;
    if (!status && !options->dry_run) {
        snprintf(summary->results_path, sizeof summary->results_path, "%s", r.results);
        if (r.observer.finished)
            r.observer.finished(r.observer.user, &r.state, summary);
    }
    if (!status && summary->interrupted)
        status = gb_fail(context, GB_STOPPED, "stopped by signal %d (%s); every finished trial is kept",
                         summary->signal, strsignal(summary->signal));
    stage_free(&r.tune);
    stage_free(&r.final);
    if (r.lock >= 0)
        close(r.lock);
    return status;
}
