/* SPDX-License-Identifier: MIT */
/* The messages of a run on stderr: the plan, the progress (one live line on a terminal, otherwise one line per trial),
 * and the outcome. */
#ifndef GATEBENCH_CLI_RUN_PROGRESS_H
#define GATEBENCH_CLI_RUN_PROGRESS_H

#include "experiments/run/run.h"

typedef struct run_progress {
    run_observer observer; /* for run_options */
    bool terminal, colour, verbose, quiet;
    double last_drawn;
    char shown[512], words[1024]; /* label of the trial on the live line ("": none) and its latest message */
    double course[16];            /* its latest validation metrics, newest last */
    size_t course_count;
    bool utf8;          /* the terminal shows block characters */
    run_estimate ahead; /* over all planned runs: the sum of the times, the largest memory */
    size_t runs, trials, workers;
} run_progress;

/* Quiet: only failures and warnings. The progress must not move in memory during a run. */
void run_progress_start(run_progress *p, bool quiet, bool verbose);

/* Prints the number, time and memory of all planned runs in one line. */
void run_progress_say_sum(const run_progress *p);

#endif
