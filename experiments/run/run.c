/* SPDX-License-Identifier: MIT */
/* A run: resolve, tune, final. The life of a trial here: planned, skipped when its file is there, else sent to a worker
 * that leaves the file; at the end the results file is made of the files. */
#include "experiments/run/run.h"
#include "experiments/run/shard_assign.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/folder/declared_file.h"
#include "experiments/folder/run_lock.h"
#include "experiments/run/pool.h"
#include "experiments/run/progress.h"
#include "experiments/run/run_estimate.h"
#include "experiments/run/run_internal.h"
#include "experiments/trial/checkpoint.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/file.h"
#include "support/signals.h"

static size_t choose_workers(const run_options *options) {
    if (options->workers)
        return options->workers;
    size_t threads = options->threads ? options->threads : 1, cores = run_usable_cores();
    return cores > threads ? cores / threads : 1;
}

/* The lowest validation loss decides. A tuning trial without the number (diverged, over its limits) has no score, which
 * is known; that of one without a file (not run yet, its worker died) is not. */
static bool read_score(void *user, const char *id, double *score) {
    run *r = user;
    *score = NAN;
    char path[PATH_MAX];
    trial_record record = {0};
    snprintf(path, sizeof path, "%s/trials/%s.h5", r->folder, id);
    gb_status status = file_exists(path) ? store_read_trial(r->context, path, &record) : GB_OK;
    if (status)
        r->score_status = status;
    if (!*record.id)
        return stage_went_over_limit(&r->tune, id);
    if (strcmp(record.status, "done") == 0)
        *score = table_number(&record.fields, 0, recipe_get_tune(r->recipe)->by);
    trial_record_free(&record);
    return true;
}

gb_status run_plan_final(run *r) {
    trial_list list = {0};
    stage_free(&r->final);
    gb_status status = recipe_final_trials(r->context, r->recipe, read_score, r, &list);
    if (!status && r->score_status) /* a choice must not depend on what could be read */
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

/* What the unfinished trials of a stage compute. */
static double flops_ahead(const stage *s) {
    double flops = 0;
    for (size_t i = 0; i < s->list.count; i++)
        flops += s->finished[i] || s->failures[i] || s->elsewhere[i] || s->waiting[i] ? 0 : s->costs[i].flops;
    return flops;
}

/* Says what is ahead. */
static gb_status announce(run *r, size_t workers, bool complete) {
    run_estimate estimate = {0};
    gb_status status = complete ? GB_OK : stage_estimate(r->context, &r->tune);
    if (!status && !complete)
        status = stage_estimate(r->context, &r->final);
    if (!status && !complete && r->mine.count)
        status = shard_assign(r->context, r->mine, recipe_swept(r->recipe), &r->tune, &r->final);
    if (!status && !complete && !r->options->quiet)
        status = run_estimate_ahead(r, workers, &estimate);
    if (status)
        return status;
    size_t tuning = stage_count(&r->tune), final = stage_count(&r->final);
    r->summary->planned = tuning + final;
    r->summary->finished_before = stage_count_finished(&r->tune) + stage_count_finished(&r->final);
    r->progress.before = r->summary->finished_before;
    r->progress.flops_left = flops_ahead(&r->tune) + flops_ahead(&r->final);
    progress_plan(&r->progress, tuning, final, &estimate, r->folder);
    if (!r->options->quiet)
        run_say_matching(r->context, &r->final.list);
    progress_left_alone(&r->progress, stage_count_failed(&r->tune) + stage_count_failed(&r->final));
    return GB_OK;
}

/* A worker spoke of a trial of the stage that runs. */
static void hear(void *user, size_t trial, const worker_message *said) {
    run *r = user;
    stage *s = r->running;
    char label[512];
    stage_label(s, r->recipe, trial, label, sizeof label);
    if (said->news == WORKER_PROGRESS || said->news == WORKER_NOTE || said->news == WORKER_STOPPED) {
        progress_hear(&r->progress, label, said);
        return;
    }
    worker_message heard = *said;
    const worker_message *message = &heard;
    /* a worker may die between putting its trial's file in place and saying so: the file is what counts */
    if (heard.news == WORKER_FAILED && run_has_trial(r->folder, s->list.trials[trial].id))
        heard = (worker_message){.news = WORKER_DONE, .words = "finished as its worker died"};
    r->summary->cpu_seconds += message->cpu_seconds;
    r->summary->done += message->news == WORKER_DONE;
    r->summary->diverged += message->news == WORKER_DIVERGED;
    if (message->news == WORKER_DONE || message->news == WORKER_DIVERGED)
        s->finished[trial] = true;
    else if (message->news == WORKER_FAILED)
        s->failures[trial] = strdup(message->words);
    if (message->news == WORKER_UNWRITTEN)
        r->disk_status = gb_fail(r->context, GB_IO, "%s", message->words);
    progress_end_trial(&r->progress, label, message, s->costs[trial].flops);
}

static gb_status give(run *r, stage *s, size_t trial) {
    char *canonical = NULL;
    gb_status status = trial_canonical(r->context, &s->list.trials[trial], &canonical);
    if (!status)
        status = pool_give(r->pool, trial, &s->list.trials[trial], canonical);
    free(canonical);
    return status;
}

/* Runs what is unfinished, dearest first, until all is done, someone asks to stop, or the disk refuses. */
static gb_status run_stage(run *r, stage *s) {
    size_t *order = calloc(s->list.count ? s->list.count : 1, sizeof *order), next = 0;
    if (!order)
        return gb_fail(r->context, GB_MEMORY, "out of memory for a queue of %zu trials", s->list.count);
    size_t count = stage_queue(s, order);
    gb_status status = GB_OK;
    r->running = s;
    while (!status && !signals_caught() && (next < count || pool_running(r->pool))) {
        while (!status && next < count && pool_has_room(r->pool))
            status = give(r, s, order[next++]);
        r->progress.running = pool_running(r->pool);
        progress_draw(&r->progress);
        if (!status)
            pool_wait(r->pool, 250, hear, r);
        if (!status)
            status = r->disk_status;
    }
    free(order);
    return status;
}

/* The final stage anew, now that tuning has its scores. */
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
        progress_wait(&r->progress, waiting);
    r->summary->planned = stage_count(&r->tune) + stage_count(&r->final);
    r->summary->finished_before += stage_count_finished(&r->final) - before;
    r->progress.total = r->summary->planned;
    r->progress.before = r->summary->finished_before;
    r->progress.flops_left = flops_ahead(&r->final);
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

/* Both stages; what tuning found decides the trials of the second. */
static gb_status run_stages(run *r, size_t workers) {
    size_t threads = r->options->threads ? r->options->threads : 1;
    worker_options options = {.run_folder = r->folder,
                              .threads = threads,
                              .trial_seconds = r->options->trial_seconds,
                              .memory_bytes = r->options->trial_memory};
    gb_status status = pool_create(r->context, &options, workers, r->lock, &r->pool);
    if (!status && r->tune.list.count) {
        status = run_stage(r, &r->tune);
        if (!status && !signals_caught())
            status = replan_in_turn(r);
    }
    if (!status && !signals_caught())
        status = run_stage(r, &r->final);
    if (r->pool)
        pool_stop(r->pool, hear, r);
    pool_destroy(r->pool);
    r->pool = NULL;
    return status;
}

/* What is left when all trials have run. */
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

/* Looks that were declared for this run before stand. */
static gb_status keep_looks(const run *r) {
    char path[RUN_PATH];
    run_path(r->folder, RUN_LOOKS, path);
    if (!r->options->looks || file_exists(path))
        return GB_OK;
    return run_folder_write(r->context, r->folder, RUN_LOOKS, r->options->looks, strlen(r->options->looks));
}

/* Runs what is missing and makes the results file, with the lock held and signals caught. */
static gb_status run_locked(run *r, size_t workers) {
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
        status = run_look_at_folder(r);
    }
    if (!status)
        status = announce(r, workers, complete);
    if (!status && !complete && !r->mine.count) {
        run_say_replaced(r);
        status = run_write_plan(r);
    }
    if (!status && !complete)
        status = keep_looks(r);
    if (!status && !complete)
        status = run_declare(r->context, r->folder, recipe_resolved(r->recipe), r->summary->finished_before);
    if (!status && !complete)
        status = run_stages(r, workers);
    r->summary->failed = stage_count_failed(&r->tune) + stage_count_failed(&r->final);
    if (r->alone && !r->mine.count)
        checkpoint_tidy(r->folder);
    return !status && !complete ? finish(r) : status;
}

gb_status run_plan_dry(run *r) {
    gb_status status = name_paths(r);
    if (!status)
        status = plan_stages(r);
    if (!status)
        status = run_look_at_folder(r);
    if (!status)
        status = stage_estimate(r->context, &r->tune);
    return status ? status : stage_estimate(r->context, &r->final);
}

/* Timings run alone, one trial at a time, however many workers were asked for. */
static void use_workers(run *r, size_t *workers) {
    const trial_list *final = &r->final.list;
    if (final->count && measure_alone(trial_text(&final->trials[0], "measure")))
        *workers = 1;
    r->progress.workers = *workers;
}

static gb_status run_all(run *r) {
    size_t workers = choose_workers(r->options);
    gb_status status = name_paths(r);
    progress_start(&r->progress, recipe_run_name(r->recipe), r->options, workers);
    if (!status && r->options->dry_run) {
        status = run_plan_dry(r);
        use_workers(r, &workers);
        return status ? status : announce(r, workers, false);
    }
    signals_catch();
    if (!status)
        status = run_lock_take(r->context, r->folder, r->mine, &r->lock, &r->alone);
    if (!status && !r->alone)
        progress_warn(&r->progress, "the file system cannot lock this folder: let no second run work in it");
    if (!status)
        status = plan_stages(r);
    use_workers(r, &workers);
    if (!status)
        status = run_locked(r, workers);
    r->summary->signal = signals_caught();
    signals_restore();
    return status;
}

gb_status run_recipe(gb_context *context, const recipe *to_run, const run_options *options, run_summary *summary) {
    double started = trial_now();
    *summary = (run_summary){0};
    run r = {.context = context, .recipe = to_run, .options = options, .summary = summary, .lock = -1};
    if (options->shards > 1)
        r.mine = (shard){.index = options->shard, .count = options->shards};
    gb_status status = run_all(&r);
    summary->seconds = trial_now() - started;
    snprintf(summary->folder, sizeof summary->folder, "%s", r.folder);
    summary->interrupted = summary->signal != 0;
    if (!status && !options->dry_run) {
        snprintf(summary->results_path, sizeof summary->results_path, "%s", r.results);
        progress_summary(&r.progress, summary);
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
