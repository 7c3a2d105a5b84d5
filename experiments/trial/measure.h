/* SPDX-License-Identifier: MIT */
/* The measures of a trial: the METRIC lines of results/store/metrics.def. Recipes check names here, trials run the
 * measures. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_MEASURE_H
#define GATEBENCH_EXPERIMENTS_TRIAL_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "experiments/settings/settings.h"
#include "gatebench/status.h"

struct trial_work;

/* The cost of measuring in a trial. */
typedef struct measure_cost {
    double seconds; /* core time in seconds; for a timing, wall-clock time */
    double bytes;   /* memory in addition to that of the same trial without measures */
} measure_cost;

typedef struct measure_type {
    bool always;                                  /* runs in every trial, even if the recipe does not name it */
    gb_status (*before)(struct trial_work *work); /* called on the initialised model; may be NULL */
    gb_status (*after)(struct trial_work *work); /* called on the selected parameters of a trial that did not diverge */
    gb_status (*lost)(struct trial_work *work);  /* called instead of `after` if it diverged: sets its columns to NaN */
    bool alone;                                  /* it is a timing: no other trial may run at the same time */
    /* Runs a part of it for about `seconds` to measure its cost; NULL: the cost is negligible. */
    gb_status (*rehearse)(struct trial_work *work, double seconds, measure_cost *cost);
    double (*least)(
        const trial_settings *settings); /* a fixed time in seconds, independent of the machine; NULL: none */
} measure_type;

typedef struct measure {
    const char *name, *help;
    const measure_type *type;
} measure;

/* The measures in the order of metrics.def; NULL beyond the end. */
const measure *measure_at(size_t i);

/* Run the measures that are always on and those in `wanted` ("accuracy+gradient_by_lag"), each implementation once. */
gb_status measure_before(struct trial_work *work, const char *wanted);
gb_status measure_after(struct trial_work *work, const char *wanted);
gb_status measure_lost(struct trial_work *work, const char *wanted);

/* True if one of the wanted measures is a timing. */
bool measure_alone(const char *wanted);

/* The fixed time in seconds of the measures in these settings. */
double measure_least_seconds(const trial_settings *settings);

/* For a trial whose cost is being measured (work->memory is set): adds to *cost that of the wanted measures before and
 * after training, without passes over splits. */
gb_status measure_rehearse(struct trial_work *work, const char *wanted, double seconds, measure_cost *cost);

#endif
