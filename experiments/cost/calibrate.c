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

#include "datasets/files/cell_files.h"
#include "experiments/cost/calibrate_trial.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"
#include "support/signals.h"

/* The same number for trials that cost the same. */
static uint64_t kind_of(const trial_settings *trial) {
    uint64_t hash = trial->count;
    for (size_t i = 0; i < trial->count; i++) {
        if (setting_costs_nothing(trial->pairs[i].name))
            continue;
        hash = XXH3_64bits_withSeed(trial->pairs[i].name, strlen(trial->pairs[i].name), hash);
        hash = XXH3_64bits_withSeed(trial->pairs[i].value, strlen(trial->pairs[i].value), hash);
    }
    return hash;
}

/* A kind of trial: one trial represents all of its kind. */
typedef struct kind {
    uint64_t hash;
    const trial_settings *trial;
    size_t number; /* its index, independent of sorting */
    double flops;  /* operations of all its steps, by formula */
    double bytes;  /* memory it needs, by formula */
    bool reported;
    trial_speed speed;
} kind;

typedef struct kinds {
    gb_context *context;
    kind *items;
    size_t count;
    char why[512]; /* the error sentence of the last kind that could not be measured */
} kinds;

/* The child's report on one kind; `why` says why it could not be measured. */
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

/* Sorts the most expensive first; kinds without training are sorted by memory. */
static int compare_costs(const void *a, const void *b) {
    const kind *x = a, *y = b;
    if (x->flops != y->flops)
        return x->flops > y->flops ? -1 : 1;
    return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : compare_hashes(a, b);
}

static gb_status find_kinds(kinds *k, const trial_settings *const *trials, size_t count) {
    k->items = calloc(count ? count : 1, sizeof *k->items);
    GB_NEED(k->context, k->items, "for the kinds of %zu trials", count);
    for (size_t i = 0; i < count; i++)
        k->items[i] = (kind){.hash = kind_of(trials[i]), .trial = trials[i]};
    qsort(k->items, count, sizeof *k->items, compare_hashes);
    for (size_t i = 0; i < count; i++)
        if (k->count == 0 || k->items[k->count - 1].hash != k->items[i].hash)
            k->items[k->count++] = k->items[i];
    return GB_OK;
}

/* The child */

static void child_setup(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* as workers do */
    signal(SIGINT, SIG_IGN);            /* the parent receives Ctrl-C and decides */
#ifdef _OPENMP
    omp_set_num_threads(1);
#endif
    setenv("OMP_NUM_THREADS", "1", 1);
}

static void send_report(int out, const report *r) {
    ssize_t written = write(out, r, sizeof *r); /* smaller than PIPE_BUF, so written atomically */
    if (written != (ssize_t)sizeof *r)
        _exit(1);
}

/* Measures the most expensive first, until the time is over; reports only the flops of the others. */
_Static_assert(sizeof(report) <= 4096, "a report must be written to the pipe atomically");
static _Noreturn void measure_kinds(kinds *k, double budget, int out) {
    double started = clock_cpu_now();
    gb_context *context;
    if (gb_context_create(NULL, &context) || cells_load(context))
        _exit(1);
    for (size_t i = 0; i < k->count; i++) {
        trial_cost cost = {0};
        k->items[i].number = i;
        (void)trial_estimate(context, k->items[i].trial, &cost);
        k->items[i].flops = cost.flops;
        k->items[i].bytes = cost.bytes;
    }
    qsort(k->items, k->count, sizeof *k->items, compare_costs);
    for (size_t i = 0; i < k->count; i++) {
        report r = {.number = k->items[i].number, .flops = k->items[i].flops, .bytes = k->items[i].bytes};
        double left = budget - (clock_cpu_now() - started);
        if ((left > 0 || i < 2) && calibrate_trial(context, k->items[i].trial, fmax(left, 0) / 3, &r.speed))
            snprintf(r.why, sizeof r.why, "%s", gb_context_message(context));
        send_report(out, &r);
    }
    _exit(0);
}

/* The parent */

/* Reads reports until the child has finished; false if a signal asked the run to stop. */
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

static gb_status run_child(kinds *k, double budget) {
    int ends[2];
    if (pipe(ends) < 0)
        return gb_fail(k->context, GB_IO, "cannot create a pipe to measure trials: %s", strerror(errno));
    fflush(NULL);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        close(ends[0]);
        child_setup(parent);
        measure_kinds(k, budget, ends[1]);
    }
    int reason = errno, ended = 0;
    close(ends[1]);
    bool good = child > 0 && listen_to_child(k, ends[0]);
    close(ends[0]);
    if (child < 0)
        return gb_fail(k->context, GB_IO, "cannot start a process to measure trials: %s", strerror(reason));
    if (!good)
        kill(child, SIGKILL);
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(ended))
        snprintf(k->why, sizeof k->why, "the process that measured them was killed by signal %d (%s)", WTERMSIG(ended),
                 strsignal(WTERMSIG(ended)));
    return good ? GB_OK : gb_fail(k->context, GB_STOPPED, "stopped while measuring how long trials take");
}

/* The distance between two kinds; kinds with the same task, backend and cell are closest. */
static double distance(const kind *a, const kind *b) {
    static const char *const names[] = {"task", "backend", "cell", "dtype"};
    double unlike = fabs(log(fmax(a->flops, 1) / fmax(b->flops, 1))) + fabs(log(fmax(a->bytes, 1) / fmax(b->bytes, 1)));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(trial_text(a->trial, names[i]), trial_text(b->trial, names[i])) != 0)
            unlike += 1e6 / (double)(i + 1);
    return unlike;
}

/* The time of a kind that was not measured: that of the nearest measured kind, scaled by the number of operations. */
static void take_over(const kinds *k, kind *wanted) {
    const kind *nearest = NULL;
    for (size_t i = 0; i < k->count; i++) {
        const kind *other = &k->items[i];
        if (other->speed.measured && (!nearest || distance(wanted, other) < distance(wanted, nearest)))
            nearest = other;
    }
    if (!nearest)
        return;
    double ratio = wanted->flops > 0 && nearest->flops > 0 ? wanted->flops / nearest->flops : 1;
    wanted->speed = (trial_speed){.seconds = ratio * nearest->speed.seconds, .bytes = nearest->speed.bytes};
}

/* Gives every trial the speed of its kind; the kinds are sorted by hash. */
static void spread(const kinds *k, const trial_settings *const *trials, size_t count, trial_speed *out) {
    for (size_t i = 0; i < count; i++) {
        kind wanted = {.hash = kind_of(trials[i])};
        const kind *found = bsearch(&wanted, k->items, k->count, sizeof *k->items, compare_hashes);
        out[i] = found->speed;
    }
}

gb_status calibrate_trials(gb_context *context, const trial_settings *const *trials, size_t count,
                           double budget_seconds, trial_speed *out) {
    kinds k = {.context = context};
    bool any = false;
    gb_status status = find_kinds(&k, trials, count);
    if (!status && k.count)
        status = run_child(&k, budget_seconds);
    for (size_t i = 0; i < k.count; i++)
        any = any || k.items[i].speed.measured;
    if (!status && k.count && !any)
        status = gb_fail(context, GB_BACKEND, "how long trials take could not be measured: %s",
                         *k.why ? k.why : "the process that measured them ended early");
    for (size_t i = 0; i < k.count && !status; i++)
        if (!k.items[i].speed.measured)
            take_over(&k, &k.items[i]);
    if (!status)
        spread(&k, trials, count, out);
    free(k.items);
    return status;
}
