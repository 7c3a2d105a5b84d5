/* SPDX-License-Identifier: MIT */
/* What a run says on stderr: what is ahead, how far it is (one live line on a terminal, a line per trial otherwise),
 * and what came of it. */
#ifndef GATEBENCH_CLI_RUN_PROGRESS_H
#define GATEBENCH_CLI_RUN_PROGRESS_H

#include "experiments/run/run.h"

typedef struct run_progress {
    run_observer observer; /* for run_options */
    bool terminal, colour, verbose, quiet;
    double last_drawn;
    char shown[512], words[1024]; /* the trial on the live line (its label; "" none) and what it said last */
    double course[16];            /* the metric that it was last validated by, the newest last */
    size_t course_count;
    bool utf8;          /* the terminal shows block characters */
    run_estimate ahead; /* of all runs that were planned: times added, the most memory */
    size_t runs, trials, workers;
} run_progress;

/* Quiet: failures and warnings only. The progress stays where it is while a run goes on. */
void run_progress_start(run_progress *p, bool quiet, bool verbose);

/* What all runs that were planned come to, in a line. */
void run_progress_say_sum(const run_progress *p);

#endif
