/* SPDX-License-Identifier: MIT */
/* The estimate of a run: the unfinished trials, each with the speed of its kind, dealt out to the workers as they will
 * be. */
#include "experiments/run/run_estimate.h"

#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/cost/calibrate.h"
#include "experiments/run/run_internal.h"
#include "experiments/trial/measure.h"
#include "support/file.h"

/* Measuring takes a tenth of the time that the run is sure to take (at this many flops a second), within these. */
#define FASTEST 3e9
#define LEAST_SECONDS 0.05
#define MOST_SECONDS 6.0

/* Wall time of putting a trial's file in place: the bytes of HDF5, a write, two calls of fsync. */
#define FILE_SECONDS 0.005

enum { LARGEST_SPEEDS = 1 << 26 };

size_t run_usable_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (size_t)CPU_COUNT(&set);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (size_t)cores : 1;
}

/* The trials ahead, tuning ones first, each stage most expensive first: as they will be given to workers. */
typedef struct ahead {
    const trial_settings **trials;
    trial_speed *speeds;
    size_t count, tuning;
    double least_seconds; /* that they are sure to take */
} ahead;

static void free_ahead(ahead *a) {
    free(a->trials);
    free(a->speeds);
}

static gb_status add_stage(gb_context *context, const stage *s, ahead *a) {
    size_t *order = calloc(s->list.count + 1, sizeof *order);
    if (!order)
        return gb_fail(context, GB_MEMORY, "out of memory for the estimate of %zu trials", s->list.count);
    size_t count = stage_queue(s, order);
    for (size_t i = 0; i < count; i++) {
        a->trials[a->count++] = &s->list.trials[order[i]];
        a->least_seconds += s->costs[order[i]].flops / FASTEST + measure_least_seconds(&s->list.trials[order[i]]);
    }
    free(order);
    return GB_OK;
}

static gb_status list_ahead(run *r, ahead *a) {
    size_t room = r->tune.list.count + r->final.list.count + 1;
    a->trials = calloc(room, sizeof(trial_settings *));
    a->speeds = calloc(room, sizeof *a->speeds);
    if (!a->trials || !a->speeds)
        return gb_fail(r->context, GB_MEMORY, "out of memory for the estimate of %zu trials", room - 1);
    gb_status status = add_stage(r->context, &r->tune, a);
    a->tuning = a->count;
    return status ? status : add_stage(r->context, &r->final, a);
}

/* What was measured before: lines "host kind fixed step evaluate bytes seconds". */
typedef struct known {
    struct known_speed {
        uint64_t kind;
        trial_speed speed;
    } * items;
    size_t count;
} known;

static int compare_known(const void *a, const void *b) {
    uint64_t x = ((const struct known_speed *)a)->kind, y = ((const struct known_speed *)b)->kind;
    return x < y ? -1 : x > y;
}

static void read_known(run *r, const char *path, known *k) {
    char host[256] = "", *lines = NULL;
    size_t size = 0;
    gethostname(host, sizeof host - 1);
    if (!file_exists(path) || file_read(r->context, path, LARGEST_SPEEDS, &lines, &size) != GB_OK)
        return;
    for (const char *at = lines; *at; at += *at == '\n')
        k->count += strcspn(at, "\n") > 0, at += strcspn(at, "\n");
    k->items = calloc(k->count + 1, sizeof *k->items);
    k->count = 0;
    for (char *rest = lines, *line; k->items && (line = strsep(&rest, "\n"));) {
        char where[256];
        struct known_speed *item = &k->items[k->count];
        trial_speed *s = &item->speed;
        s->measured = true;
        k->count += sscanf(line, "%255s %" SCNx64 " %lf %lf %lf %lf %lf", where, &item->kind, &s->fixed_seconds,
                           &s->step_seconds, &s->evaluate_seconds, &s->bytes, &s->seconds) == 7 &&
                    strcmp(where, host) == 0;
    }
    free(lines);
    if (k->items)
        qsort(k->items, k->count, sizeof *k->items, compare_known);
}

static const trial_speed *find_known(const known *k, uint64_t kind) {
    struct known_speed wanted = {.kind = kind};
    const struct known_speed *found =
        k->count ? bsearch(&wanted, k->items, k->count, sizeof *k->items, compare_known) : NULL;
    return found ? &found->speed : NULL;
}

/* Adds what was measured now to the file; that it cannot be written is no reason not to run. */
static void keep_known(run *r, const char *path, const ahead *a, const bool *fresh) {
    char host[256] = "";
    text lines = {0};
    uint64_t last = 0;
    char *before = NULL;
    size_t size = 0;
    gethostname(host, sizeof host - 1);
    if (file_exists(path) && file_read(r->context, path, LARGEST_SPEEDS, &before, &size) == GB_OK)
        text_append_bytes(&lines, before, size);
    free(before);
    for (size_t i = 0; i < a->count; i++) {
        uint64_t kind = calibrate_kind(a->trials[i]);
        const trial_speed *s = &a->speeds[i];
        if (fresh[i] && kind != last)
            text_append(&lines, "%s %" PRIx64 " %.4g %.4g %.4g %.4g %.4g\n", host, kind, s->fixed_seconds,
                        s->step_seconds, s->evaluate_seconds, s->bytes, s->seconds);
        last = kind;
    }
    if (!lines.failed && lines.length)
        (void)file_replace(r->context, path, lines.data, lines.length);
    text_free(&lines);
}

/* The speeds of all trials: known ones from the file, the others measured. */
static gb_status find_speeds(run *r, ahead *a) {
    char path[PATH_MAX];
    known k = {0};
    size_t *places = calloc(a->count + 1, sizeof *places), count = 0;
    bool *fresh = calloc(a->count + 1, sizeof *fresh);
    const trial_settings **unknown = calloc(a->count + 1, sizeof(trial_settings *));
    trial_speed *speeds = calloc(a->count + 1, sizeof *speeds);
    gb_status status = places && fresh && unknown && speeds
                           ? GB_OK
                           : gb_fail(r->context, GB_MEMORY, "out of memory for the estimate of %zu trials", a->count);
    snprintf(path, sizeof path, "%s/speeds.txt", r->folder);
    if (!status)
        read_known(r, path, &k);
    for (size_t i = 0; i < a->count && !status; i++) {
        const trial_speed *found = find_known(&k, calibrate_kind(a->trials[i]));
        fresh[i] = !found;
        if (found) {
            a->speeds[i] = *found;
        } else {
            places[count] = i;
            unknown[count++] = a->trials[i];
        }
    }
    double budget = fmin(MOST_SECONDS, LEAST_SECONDS + 0.1 * a->least_seconds);
    if (!status && count)
        status = calibrate_trials(r->context, unknown, count, budget, false, speeds);
    for (size_t i = 0; i < count && !status; i++)
        a->speeds[places[i]] = speeds[i];
    if (!status && count && !r->options->dry_run)
        keep_known(r, path, a, fresh);
    free(k.items);
    free(speeds);
    free(unknown);
    free(fresh);
    free(places);
    return status;
}

/* When the last of the trials ends: each goes to the worker that is free first. */
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
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        may = may || trial_number(trial, rules[i]) > 0;
    return may && trial_number(trial, "steps") > 0;
}

static gb_status sum_up(run *r, const ahead *a, size_t workers, run_estimate *out) {
    /* more workers than cores take turns on them; a trial on several threads uses its cores to the full at best */
    size_t threads = run_most_threads(r), cores = run_usable_cores();
    size_t at_once = workers * threads > cores ? (cores > threads ? cores / threads : 1) : workers;
    double *busy = calloc(at_once, sizeof *busy), largest = 0;
    if (!busy)
        return gb_fail(r->context, GB_MEMORY, "out of memory for the estimate of %zu workers", at_once);
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
    free(busy);
    return GB_OK;
}

gb_status run_estimate_ahead(run *r, size_t workers, run_estimate *out) {
    ahead a = {0};
    *out = (run_estimate){0};
    gb_status status = list_ahead(r, &a);
    if (!status && a.count)
        status = find_speeds(r, &a);
    if (!status && a.count)
        status = sum_up(r, &a, workers, out);
    free_ahead(&a);
    if (status && status != GB_STOPPED)
        snprintf(out->why, sizeof out->why, "%s", gb_context_message(r->context));
    return status == GB_MEMORY ? status : GB_OK;
}
