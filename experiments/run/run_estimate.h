/* SPDX-License-Identifier: MIT */
/* What a run has ahead of it: wall time with its workers and memory, from calibration. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_ESTIMATE_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"

struct run;

typedef struct run_estimate {
    double seconds;      /* until the last trial ends, when no stop rule ends one early; 0: not known */
    bool most;           /* one may be ended early */
    double core_seconds; /* of all trials together */
    double longest;      /* of the trial that takes longest */
    double bytes;        /* of all workers, each with the trial that takes most */
    char why[512];       /* nothing is known; "" otherwise */
} run_estimate;

/* Of the unfinished trials of both stages, whose costs are known. That trials cannot be measured is not an error: *out
 * is zero and says why. Errors: GB_MEMORY. */
gb_status run_estimate_ahead(struct run *r, size_t workers, run_estimate *out);

/* Cores that the process may use. */
size_t run_usable_cores(void);

#endif
