/* SPDX-License-Identifier: MIT */
/* Sends the trials of a stage to workers, and records their results. */
#include <stdlib.h>
#include <string.h>

#include "experiments/run/run_internal.h"
#include "support/cleanup.h"
#include "support/signals.h"

static run_outcome outcome_of(const worker_message *message) {
    return message->news == WORKER_DONE ? RUN_DONE : message->news == WORKER_DIVERGED ? RUN_DIVERGED : RUN_FAILED;
}

/* Records a trial that ended, and tells the observer. */
static void end_trial(run *r, size_t trial, const char *label, const worker_message *message) {
    stage *s = r->running;
    run_outcome outcome = outcome_of(message);
    r->summary->cpu_seconds += message->cpu_seconds;
    r->summary->done += outcome == RUN_DONE;
    r->summary->diverged += outcome == RUN_DIVERGED;
    r->state.ended++;
    r->state.failed += outcome == RUN_FAILED;
    r->state.flops_left -= s->costs[trial].flops;
    if (outcome == RUN_FAILED) {
        s->failures[trial] = strdup(message->words);
    } else {
        s->finished[trial] = true;
        r->state.flops_done += s->costs[trial].flops;
        r->state.core_seconds += message->seconds;
    }
    if (r->observer.ended)
        r->observer.ended(r->observer.user, &r->state, label, outcome, message->seconds, message->words);
}

/* A worker sent a message about a trial of the stage that runs. */
void run_on_worker_message(void *user, size_t trial, const worker_message *message) {
    static const worker_message saved = {.news = WORKER_DONE, .words = "finished, but its worker died"};
    run *r = user;
    char label[512];
    stage_label(r->running, r->recipe, trial, label, sizeof label);
    switch (message->news) {
    case WORKER_NOTE:
        run_warn(r, "%s: %s", label, message->words);
        break;
    case WORKER_PROGRESS:
        if (r->observer.progress)
            r->observer.progress(r->observer.user, &r->state, label, message->words);
        break;
    case WORKER_STOPPED:
        break;
    case WORKER_UNWRITTEN:
        r->disk_status = gb_fail(r->context, GB_IO, "%s", message->words);
        break;
    case WORKER_FAILED: /* a worker may die after writing its trial's file and before reporting it */
        end_trial(r, trial, label, run_has_trial(r->folder, r->running->list.trials[trial].id) ? &saved : message);
        break;
    default:
        end_trial(r, trial, label, message);
    }
}

static gb_status send_trial(run *r, stage *s, size_t trial) {
    CLEANUP(free_at) char *canonical = NULL;
    GB_TRY(trial_canonical(r->context, &s->list.trials[trial], &canonical));
    return pool_send(r->pool, trial, &s->list.trials[trial], canonical);
}

/* Runs the unfinished trials, the most expensive first, until all are done, a stop is requested, or a write fails. */
gb_status run_trials(run *r, stage *s) {
    CLEANUP(free_at) size_t *order = calloc(s->list.count ? s->list.count : 1, sizeof *order);
    size_t next = 0;
    GB_NEED(r->context, order, "for a queue of %zu trials", s->list.count);
    size_t count = stage_queue(s, order);
    gb_status status = GB_OK;
    r->running = s;
    while (!status && !signals_caught() && (next < count || pool_running(r->pool))) {
        while (!status && next < count && pool_has_room(r->pool))
            status = send_trial(r, s, order[next++]);
        r->state.running = pool_running(r->pool);
        if (r->observer.progress)
            r->observer.progress(r->observer.user, &r->state, NULL, "");
        if (!status)
            pool_wait(r->pool, 250, run_on_worker_message, r);
        if (!status)
            status = r->disk_status;
    }
    return status;
}
