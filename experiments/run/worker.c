/* SPDX-License-Identifier: MIT */
/* The worker's side: receives a trial, runs it, writes its file, answers. */
#include "experiments/run/worker.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datasets/files/cell_files.h"
#include "experiments/trial/checkpoint.h"
#include "experiments/trial/trial.h"
#include "support/cleanup.h"

typedef struct worker {
    int socket;
    const worker_options *options;
    trial_checkpoints checkpoints;
    gb_context *context;
} worker;

static bool answer(const worker *w, const worker_message *message) {
    return send(w->socket, message, sizeof *message, MSG_NOSIGNAL) == (ssize_t)sizeof *message;
}

/* Reports to the parent. The trial must stop if the parent is gone or sends anything while the trial runs. */
static bool tell_progress(void *user, double done, const char *words) {
    const worker *w = user;
    worker_message message = {.news = WORKER_PROGRESS, .share = done};
    char packet[sizeof WORKER_STOP];
    snprintf(message.words, sizeof message.words, "%s", words);
    return !answer(w, &message) || recv(w->socket, packet, sizeof packet, MSG_DONTWAIT) >= 0;
}

static void tell_note(void *user, const char *sentence) {
    worker_message message = {.news = WORKER_NOTE};
    snprintf(message.words, sizeof message.words, "%s", sentence);
    answer(user, &message); /* a missing parent is noticed at the next progress report */
}

/* What was not finite in the last row of the curves, which a trial writes when it diverges. */
static const char *name_divergence(const table *curves) {
    const size_t last = curves->rows - 1;
    return !isfinite(table_number(curves, last, "train_loss"))      ? "loss"
           : !isfinite(table_number(curves, last, "gradient_norm")) ? "gradient"
                                                                    : "validation loss";
}

/* The trial's result in a few words: the metric of its task; in the tuning stage on validation. */
static void describe(const trial_record *record, bool tuning, worker_message *message) {
    static const char *const metrics[] = {"accuracy", "nll", "bits", "mse"};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        char valid[32];
        snprintf(valid, sizeof valid, "valid_%s", metrics[i]);
        const char *shown = tuning ? valid : metrics[i];
        double value = table_number(&record->fields, 0, shown);
        if (table_find(&record->fields, valid) && !isnan(value))
            snprintf(message->words, sizeof message->words, "%s %.4g", shown, value);
    }
    if (message->news == WORKER_DIVERGED)
        snprintf(message->words, sizeof message->words, "diverged at step %.0f: its %s is not finite",
                 table_number(&record->fields, 0, "diverged_step"), name_divergence(&record->curves));
}

/* Runs the trial and writes its file. */
static void run_trial(const worker *w, const trial_settings *settings, worker_message *message) {
    CLEANUP(trial_record_free) trial_record record = {0};
    gb_status status = trial_continue(w->context, settings, &w->checkpoints, tell_progress, (void *)w, &record);
    if (status) {
        message->news = status == GB_STOPPED ? WORKER_STOPPED : status == GB_IO ? WORKER_UNWRITTEN : WORKER_FAILED;
        bool over = status == GB_MEMORY && w->options->memory_bytes > 0;
        snprintf(message->words, sizeof message->words, "%s%s%s", over ? STORE_OVER_LIMIT : "",
                 gb_context_message(w->context), over ? " (--trial-memory sets the limit)" : "");
        return;
    }
    message->cpu_seconds = table_number(&record.fields, 0, "cpu_seconds");
    message->seconds = table_number(&record.fields, 0, "seconds");
    if (strcmp(record.id, settings->id) != 0) {
        snprintf(message->words, sizeof message->words,
                 "the worker computes the id %s for this trial; its data changed during the run", record.id);
    } else if (store_write_trial(w->context, w->options->run_folder, &record)) {
        message->news = WORKER_UNWRITTEN;
        snprintf(message->words, sizeof message->words, "%s", gb_context_message(w->context));
    } else {
        message->news = strcmp(record.status, "diverged") == 0 ? WORKER_DIVERGED : WORKER_DONE;
        describe(&record, strcmp(settings->stage, "tune") == 0, message);
        checkpoint_remove(w->checkpoints.folder, record.id);
    }
}

/* Runs the trial of one packet. */
static void serve_packet(const worker *w, char *packet, worker_message *message) {
    char *files = strchr(packet, '\n'), *canonical = files ? strstr(files, "\n\n") : NULL;
    CLEANUP(trial_settings_free) trial_settings settings = {0};
    if (!canonical) {
        snprintf(message->words, sizeof message->words, "the worker received an empty trial");
        return;
    }
    *files++ = '\0';
    *canonical = '\0';
    canonical += 2;
    if (trial_parse(w->context, canonical, &settings) ||
        (files < canonical - 1 && trial_parse_files(w->context, files, &settings))) {
        snprintf(message->words, sizeof message->words, "%s", gb_context_message(w->context));
    } else {
        snprintf(settings.stage, sizeof settings.stage, "%s", packet);
        run_trial(w, &settings, message);
    }
}

/* Only the parent decides when to stop: it sends a request, and ends the process if that takes too long. */
static void child_setup(pid_t parent, const worker_options *options) {
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE, SIGXFSZ};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* the parent died between fork and prctl */
        _exit(1);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* keeps the output of ONEDNN_VERBOSE out of the parent's standard output */
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    if (options->memory_bytes > 0) {
        /* limits data rather than address space, since libraries reserve address space without using it */
        struct rlimit limit = {.rlim_cur = (rlim_t)options->memory_bytes, .rlim_max = (rlim_t)options->memory_bytes};
        setrlimit(RLIMIT_DATA, &limit);
    }
}

_Noreturn void worker_serve(int socket, pid_t parent, const worker_options *options) {
    char folder[PATH_MAX];
    child_setup(parent, options);
    snprintf(folder, sizeof folder, "%s/checkpoints", options->run_folder);
    worker w = {.socket = socket,
                .options = options,
                .checkpoints = {.folder = folder, .seconds = options->checkpoint_seconds, .note = tell_note}};
    char *packet = malloc(WORKER_PACKET);
    if (!packet || gb_context_create(NULL, &w.context) || cells_load(w.context))
        _exit(1);
    for (;;) {
        ssize_t size = recv(socket, packet, WORKER_PACKET - 1, 0);
        if (size <= 0)
            _exit(0);
        packet[size] = '\0';
        if (strcmp(packet, WORKER_STOP) == 0) /* the request arrived just after the trial ended */
            continue;
        worker_message message = {.news = WORKER_FAILED};
        serve_packet(&w, packet, &message);
        if (!answer(&w, &message))
            _exit(1);
    }
}
