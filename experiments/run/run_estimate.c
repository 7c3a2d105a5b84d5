/* SPDX-License-Identifier: MIT */
/* The estimate of a run: the unfinished trials, each with the speed of its kind, assigned to workers in the order of
 * the run. */
#include "experiments/run/run_estimate.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/cost/calibrate.h"
#include "experiments/run/run_internal.h"
#include "experiments/trial/measure.h"
#include "support/cleanup.h"

/* Measuring takes a tenth of the least time of the run (at this many flops per second), within these bounds. */
#define FASTEST 3e9
#define LEAST_SECONDS 0.05
#define MOST_SECONDS 6.0

/* Wall-clock time of writing a trial's file: making the HDF5 bytes, a write, two calls of fsync. */
#define FILE_SECONDS 0.005

size_t run_usable_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (size_t)CPU_COUNT(&set);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (size_t)cores : 1;
}

/* The unfinished trials in the order in which workers get them: tuning first, in each stage the most expensive
 * first. */
typedef struct ahead {
    const trial_settings **trials;
    trial_speed *speeds;
    size_t count, tuning;
    double least_seconds; /* the least that they take */
} ahead;

static void free_ahead(ahead *a) {
    free(a->trials);
    free(a->speeds);
}

static gb_status add_stage(gb_context *context, const stage *s, ahead *a) {
    CLEANUP(free_at) size_t *order = calloc(s->list.count + 1, sizeof *order);
    GB_NEED(context, order, "for the estimate of %zu trials", s->list.count);
    size_t count = stage_queue(s, order);
    for (size_t i = 0; i < count; i++) {
        a->trials[a->count++] = &s->list.trials[order[i]];
        a->least_seconds += s->costs[order[i]].flops / FASTEST + measure_least_seconds(&s->list.trials[order[i]]);
    }
    return GB_OK;
}

static gb_status list_ahead(run *r, ahead *a) {
    size_t room = r->tune.list.count + r->final.list.count + 1;
    a->trials = calloc(room, sizeof(trial_settings *));
    a->speeds = calloc(room, sizeof *a->speeds);
    GB_NEED(r->context, a->trials && a->speeds, "for the estimate of %zu trials", room - 1);
    gb_status status = add_stage(r->context, &r->tune, a);
    a->tuning = a->count;
    return status ? status : add_stage(r->context, &r->final, a);
}

/* The time when the last trial ends, if each goes to the first free worker. */
static double deal_out(const trial_speed *speeds, size_t count, double *busy, size_t workers) {
    double end = 0;
    memset(busy, 0, workers * sizeof *busy);
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;
        for (size_t w = 1; w < workers; w++)
            first = busy[w] < busy[first] ? w : first;
        busy[first] += speeds[i].seconds + FILE_SECONDS;
        end = fmax(end, busy[first]);
    }
    return end;
}

static bool may_stop_early(const trial_settings *trial) {
    static const char *const rules[] = {"patience", "reach", "sequences_in_a_row"};
    bool may = false;
    if (strcmp(trial_text(trial, "task"), "museum") == 0) /* until its criterion, which has no steps */
        return true;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        may = may || trial_number(trial, rules[i]) > 0;
    return may && trial_number(trial, "steps") > 0;
}

static gb_status sum_up(run *r, const ahead *a, size_t workers, run_estimate *out) {
    /* more workers than cores share them; a trial with several threads at best uses its cores fully */
    size_t threads = run_most_threads(r), cores = run_usable_cores();
    size_t at_once = workers * threads > cores ? (cores > threads ? cores / threads : 1) : workers;
    CLEANUP(free_at) double *busy = calloc(at_once, sizeof *busy);
    double largest = 0;
    GB_NEED(r->context, busy, "for the estimate of %zu workers", at_once);
    out->seconds = deal_out(a->speeds, a->tuning, busy, at_once) +
                   deal_out(a->speeds + a->tuning, a->count - a->tuning, busy, at_once);
    out->seconds /= (double)(threads < cores ? threads : cores);
    for (size_t i = 0; i < a->count; i++) {
        out->core_seconds += a->speeds[i].seconds;
        out->most = out->most || may_stop_early(a->trials[i]);
        out->longest = fmax(out->longest, a->speeds[i].seconds);
        largest = fmax(largest, a->speeds[i].bytes);
    }
    out->bytes = largest * (double)(workers < a->count ? workers : a->count);
    return GB_OK;
}

gb_status run_estimate_ahead(run *r, size_t workers, run_estimate *out) {
    ahead a = {0};
    *out = (run_estimate){0};
    gb_status status = list_ahead(r, &a);
    if (!status && a.count)
        status = calibrate_trials(r->context, a.trials, a.count,
                                  fmin(MOST_SECONDS, LEAST_SECONDS + 0.1 * a.least_seconds), a.speeds);
    if (!status && a.count)
        status = sum_up(r, &a, workers, out);
    free_ahead(&a);
    if (status && status != GB_STOPPED)
        snprintf(out->why, sizeof out->why, "%s", gb_context_message(r->context));
    return status == GB_MEMORY ? status : GB_OK;
}
