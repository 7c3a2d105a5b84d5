/* SPDX-License-Identifier: MIT */
/* The estimate of a run: wall-clock time with its workers, and memory, from calibration. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_ESTIMATE_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"

struct run;

typedef struct run_estimate {
    double seconds;      /* until the last trial ends, if no stop rule ends one early; 0: unknown */
    bool most;           /* a stop rule may end trials early */
    double core_seconds; /* core time of all trials together */
    double longest;      /* time of the longest trial */
    double bytes;        /* memory of all workers, each with the trial that needs most */
    char why[512];       /* why nothing is known; "" otherwise */
} run_estimate;

/* Estimates the unfinished trials of both stages. If trials cannot be measured, that is not an error: *out is zero and
 * says why. Errors: GB_MEMORY. */
gb_status run_estimate_ahead(struct run *r, size_t workers, run_estimate *out);

/* Cores that the process may use. */
size_t run_usable_cores(void);

#endif
