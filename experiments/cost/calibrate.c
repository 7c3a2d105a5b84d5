/* SPDX-License-Identifier: MIT */
/* Measuring what trials cost, in a child process. */
#include "experiments/cost/calibrate.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "experiments/cost/calibrate_trial.h"
#include "experiments/trial/trial_state.h"
#include "support/signals.h"

/* What may differ between trials of one kind. */
static bool costs_nothing(const char *name) {
    const setting *s = setting_find(name);
    return s && s->free;
}

uint64_t calibrate_kind(const trial_settings *trial) {
    uint64_t hash = trial->count;
    for (size_t i = 0; i < trial->count; i++) {
        if (costs_nothing(trial->pairs[i].name))
            continue;
        hash = XXH3_64bits_withSeed(trial->pairs[i].name, strlen(trial->pairs[i].name), hash);
        hash = XXH3_64bits_withSeed(trial->pairs[i].value, strlen(trial->pairs[i].value), hash);
    }
    return hash;
}

/* A kind of trial: one of them stands for all. */
typedef struct kind {
    uint64_t hash;
    const trial_settings *trial;
    size_t number; /* its place among the kinds, however they are sorted */
    double flops;  /* of all its steps, by formula */
    double bytes;  /* it needs, by formula */
    bool reported;
    trial_speed speed;
} kind;

typedef struct kinds {
    gb_context *context;
    kind *items;
    size_t count;
    char why[512]; /* the sentence of the last one that could not be measured */
} kinds;

/* What the child sends for one kind; `why` when it could not be measured. */
typedef struct report {
    size_t number;
    double flops, bytes;
    trial_speed speed;
    char why[256];
} report;

static int compare_hashes(const void *a, const void *b) {
    uint64_t x = ((const kind *)a)->hash, y = ((const kind *)b)->hash;
    return x < y ? -1 : x > y;
}

static int compare_flops(const void *a, const void *b) {
    const kind *x = a, *y = b;
    return x->flops != y->flops ? (x->flops > y->flops ? -1 : 1) : compare_hashes(a, b);
}

static gb_status find_kinds(kinds *k, const trial_settings *const *trials, size_t count) {
    k->items = calloc(count ? count : 1, sizeof *k->items);
    if (!k->items)
        return gb_fail(k->context, GB_MEMORY, "out of memory for the kinds of %zu trials", count);
    for (size_t i = 0; i < count; i++)
        k->items[i] = (kind){.hash = calibrate_kind(trials[i]), .trial = trials[i]};
    qsort(k->items, count, sizeof *k->items, compare_hashes);
    for (size_t i = 0; i < count; i++)
        if (k->count == 0 || k->items[k->count - 1].hash != k->items[i].hash)
            k->items[k->count++] = k->items[i];
    return GB_OK;
}

/* The child */

static void settle(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* as workers do */
    signal(SIGINT, SIG_IGN);            /* the parent hears Ctrl-C and decides */
#ifdef _OPENMP
    omp_set_num_threads(1);
#endif
    setenv("OMP_NUM_THREADS", "1", 1);
}

static void send_report(int out, const report *r) {
    ssize_t written = write(out, r, sizeof *r); /* below PIPE_BUF: whole or not at all */
    if (written != (ssize_t)sizeof *r)
        _exit(1);
}

static void swap_kinds(kind *a, kind *b) {
    kind other = *a;
    *a = *b;
    *b = other;
}

/* Of kinds as dear as the dearest the largest comes first and the smallest next, then the others in any order: kinds
 * that do not train are all as dear by formula, and those that are measured speak for the rest. */
static void sort_dearest_first(kinds *k) {
    size_t alike = 1;
    qsort(k->items, k->count, sizeof *k->items, compare_flops);
    while (alike < k->count && k->items[alike].flops == k->items[0].flops)
        alike++;
    for (size_t i = 1; i < alike; i++)
        if (k->items[i].bytes > k->items[0].bytes)
            swap_kinds(&k->items[0], &k->items[i]);
    for (size_t i = 2; i < alike; i++)
        if (k->items[i].bytes < k->items[1].bytes)
            swap_kinds(&k->items[1], &k->items[i]);
}

/* The process that has just begun runs slower by 10 to 20 %: what the first kind takes then is forgotten. */
static void warm_up(gb_context *context, const kinds *k, double seconds) {
    trial_speed cold;
    calibrate_trial(context, k->items[0].trial, seconds, &cold);
}

/* Dearest first, each with its share of the time that is left; what is over time is reported by its flops only. Or all
 * evenly. */
_Static_assert(sizeof(report) <= 4096, "a report must go through a pipe in one piece");
static _Noreturn void measure_kinds(kinds *k, double budget, bool evenly, int out) {
    double started = clock_cpu_now();
    gb_context *context;
    if (gb_context_create(NULL, &context))
        _exit(1);
    for (size_t i = 0; i < k->count; i++) {
        trial_cost cost;
        k->items[i].number = i;
        if (trial_estimate(context, k->items[i].trial, &cost) != GB_OK)
            continue;
        k->items[i].flops = cost.flops;
        k->items[i].bytes = cost.bytes;
    }
    sort_dearest_first(k);
    if (evenly)
        warm_up(context, k, budget / (double)k->count);
    for (size_t i = 0; i < k->count; i++) {
        report r = {.number = k->items[i].number, .flops = k->items[i].flops, .bytes = k->items[i].bytes};
        double left = budget - (clock_cpu_now() - started);
        if (evenly || left > 0 || i < 2) {
            /* the first ones say most of the run's time and memory, and need time to meet batches of all lengths */
            double share = evenly ? budget / (double)k->count : left / fmin((double)(k->count - i), 3);
            gb_status status = calibrate_trial(context, k->items[i].trial, share, &r.speed);
            if (status)
                snprintf(r.why, sizeof r.why, "%s", gb_context_message(context));
        }
        send_report(out, &r);
    }
    _exit(0);
}

/* The parent */

/* Reads reports until the child is through; false when a signal came that the run waits for. */
static bool listen_to_child(kinds *k, int in) {
    for (;;) {
        struct pollfd polled = {.fd = in, .events = POLLIN};
        int ready = poll(&polled, 1, 200);
        if (signals_caught())
            return false;
        if (ready <= 0)
            continue;
        report r;
        ssize_t size = read(in, &r, sizeof r);
        if (size < 0 && errno == EINTR)
            continue;
        if (size != (ssize_t)sizeof r || r.number >= k->count)
            return true;
        k->items[r.number].flops = r.flops;
        k->items[r.number].bytes = r.bytes;
        k->items[r.number].speed = r.speed;
        k->items[r.number].reported = true;
        if (*r.why)
            snprintf(k->why, sizeof k->why, "%s", r.why);
    }
}

static gb_status run_child(kinds *k, double budget, bool evenly) {
    int ends[2];
    if (pipe(ends) < 0)
        return gb_fail(k->context, GB_IO, "no pipe to measure trials: %s", strerror(errno));
    fflush(NULL);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        close(ends[0]);
        settle(parent);
        measure_kinds(k, budget, evenly, ends[1]);
    }
    int reason = errno, ended = 0;
    close(ends[1]);
    bool good = child > 0 && listen_to_child(k, ends[0]);
    close(ends[0]);
    if (child < 0)
        return gb_fail(k->context, GB_IO, "no process to measure trials: %s", strerror(reason));
    if (!good)
        kill(child, SIGKILL);
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(ended))
        snprintf(k->why, sizeof k->why, "the process that measured them was killed by signal %d (%s)", WTERMSIG(ended),
                 strsignal(WTERMSIG(ended)));
    return good ? GB_OK : gb_fail(k->context, GB_STOPPED, "stopped while measuring how long trials take");
}

/* How unlike two kinds are; measured kinds of the same cell and backend speak for each other before others. */
static double distance(const kind *a, const kind *b) {
    static const char *const names[] = {"task", "backend", "cell", "dtype"};
    double unlike = fabs(log(fmax(a->flops, 1) / fmax(b->flops, 1))) + fabs(log(fmax(a->bytes, 1) / fmax(b->bytes, 1)));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(trial_text(a->trial, names[i]), trial_text(b->trial, names[i])) != 0)
            unlike += 1e6 / (double)(i + 1);
    return unlike;
}

/* Speeds of a kind that was not measured, from the nearest that was; validations are taken to be as frequent. */
static void take_over(const kinds *k, kind *wanted) {
    const kind *nearest = NULL;
    for (size_t i = 0; i < k->count; i++) {
        const kind *other = &k->items[i];
        if (other->speed.measured && (!nearest || distance(wanted, other) < distance(wanted, nearest)))
            nearest = other;
    }
    if (!nearest)
        return;
    double steps = fmax(trial_number(wanted->trial, "steps"), 1),
           others = fmax(trial_number(nearest->trial, "steps"), 1);
    double ratio = wanted->flops > 0 && nearest->flops > 0 ? wanted->flops / steps / (nearest->flops / others) : 1;
    double training = nearest->speed.seconds - nearest->speed.fixed_seconds;
    wanted->speed = (trial_speed){.fixed_seconds = nearest->speed.fixed_seconds * ratio,
                                  .step_seconds = nearest->speed.step_seconds * ratio,
                                  .evaluate_seconds = nearest->speed.evaluate_seconds * ratio,
                                  .bytes = nearest->speed.bytes};
    wanted->speed.seconds = ratio * (nearest->speed.fixed_seconds + training * steps / others);
}

/* Gives every trial the speed of its kind; the kinds are sorted by hash. */
static void spread(const kinds *k, const trial_settings *const *trials, size_t count, trial_speed *out) {
    for (size_t i = 0; i < count; i++) {
        kind wanted = {.hash = calibrate_kind(trials[i])};
        const kind *found = bsearch(&wanted, k->items, k->count, sizeof *k->items, compare_hashes);
        out[i] = found->speed;
    }
}

gb_status calibrate_trials(gb_context *context, const trial_settings *const *trials, size_t count,
                           double budget_seconds, bool evenly, trial_speed *out) {
    kinds k = {.context = context};
    bool any = false;
    gb_status status = find_kinds(&k, trials, count);
    if (!status && k.count)
        status = run_child(&k, budget_seconds, evenly);
    for (size_t i = 0; i < k.count; i++)
        any = any || k.items[i].speed.measured;
    if (!status && k.count && !any)
        status = gb_fail(context, GB_BACKEND, "how long trials take could not be measured: %s",
                         *k.why ? k.why : "the process that measured them ended");
    for (size_t i = 0; i < k.count && !status; i++)
        if (!k.items[i].speed.measured)
            take_over(&k, &k.items[i]);
    if (!status)
        spread(&k, trials, count, out);
    free(k.items);
    return status;
}
