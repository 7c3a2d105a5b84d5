/* SPDX-License-Identifier: MIT */
/* What a run says on stderr: what is ahead, how far it is (one live line on a terminal, a line a trial otherwise), and
 * what came of it. Internal to the engine. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_PROGRESS_H
#define GATEBENCH_EXPERIMENTS_RUN_PROGRESS_H

#include "experiments/run/run.h"
#include "experiments/run/run_estimate.h"
#include "experiments/run/worker.h"

typedef struct progress {
    const char *run_name, *folder;
    bool terminal, colour, verbose, quiet;
    size_t total, before, finished, failed, running; /* trials; `finished` in this run, failed ones included */
    double flops_left, flops_done, core_seconds;     /* what is left, and how long the finished ones took */
    size_t workers;
    double last_drawn;
    char shown[512], words[1024]; /* the trial on the live line (its label; "" none) and what it said last */
} progress;

void progress_start(progress *p, const char *run_name, const run_options *options, size_t workers);

/* What is ahead. */
void progress_plan(progress *p, size_t tune, size_t final, const run_estimate *estimate, const char *folder);

/* How many trials failed in an earlier run and are not run again. */
void progress_left_alone(const progress *p, size_t trials);

/* How many final trials are not run because the tuning of their arms is not complete. */
void progress_wait(progress *p, size_t trials);

/* What the user should know, also when there is no progress to show. */
void progress_warn(const progress *p, const char *words);

/* A trial said how far it is; a trial ended. */
void progress_hear(progress *p, const char *label, const worker_message *message);
void progress_end_trial(progress *p, const char *label, const worker_message *message, double flops);

/* Draws the live line, a few times a second. */
void progress_draw(progress *p);

/* Clears the live line, then prints what came of it. */
void progress_summary(progress *p, const run_summary *summary);

/* "3 h 20 min", "4 min 5 s", "0.3 s" */
void progress_duration(double seconds, char *text, size_t size);

#endif
