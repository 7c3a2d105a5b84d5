/* SPDX-License-Identifier: MIT */
/* Trials store their results but not their parameters. This trains one finished trial of a run again, with the code and
 * the settings of the run, so that its network can be measured and saved. */
#ifndef GATEBENCH_CLI_RETRAIN_H
#define GATEBENCH_CLI_RETRAIN_H

#include "interchange/network/network.h"

typedef struct retrained {
    char *run, id[33]; /* the run's name, and the trial's id */
    bool equal;        /* every score has the value that the run recorded */
    network net;       /* its notes say how the trial was chosen, and how it compares with the run */
} retrained;

/* Trains one trial of a run (name, results file or folder) again: of the trials that meet the conditions `where` (as in
 * --where; NULL: all trials) the best one by the task's metric on validation data. Prints on stderr which trial it is,
 * how long it took in the run, and a warning if its scores are now different. Returns an exit code, and prints a
 * sentence if it is not EXIT_OK: EXIT_USAGE (no such trial, or one without a network to measure), EXIT_DATA (the run's
 * folder is missing), EXIT_INTERRUPTED, or that of the trial's failure. Free `out` also after a failure. */
int retrain_trial(gb_context *context, const char *run, const char *where, retrained *out);
void retrained_free(retrained *r);

#endif
