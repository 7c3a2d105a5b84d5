/* SPDX-License-Identifier: MIT */
/* The measures that a trial can take: the METRIC lines of results/store/metrics.def. Recipes check names here, trials
 * run them. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_MEASURE_H
#define GATEBENCH_EXPERIMENTS_TRIAL_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "experiments/settings/settings.h"
#include "gatebench/status.h"

struct trial_work;

/* What measuring costs in a trial. */
typedef struct measure_cost {
    double seconds; /* of a core, or of the clock where it times */
    double bytes;   /* beyond what the process held while it rehearsed */
} measure_cost;

typedef struct measure_type {
    bool always;                                  /* runs in every trial, named or not */
    gb_status (*before)(struct trial_work *work); /* on the initialised model; NULL: nothing */
    gb_status (*after)(struct trial_work *work);  /* on the selected parameters of a trial that did not diverge */
    gb_status (*lost)(struct trial_work *work);   /* in place of `after` if it diverged: its columns as NaN */
    bool alone;                                   /* it is a timing: no other trial may run beside it */
    /* As much of it as shows what it costs, for about `seconds`; NULL: nothing worth telling. */
    gb_status (*rehearse)(struct trial_work *work, double seconds, measure_cost *cost);
    double (*least)(const trial_settings *settings); /* seconds that it takes on any machine; NULL: none */
} measure_type;

typedef struct measure {
    const char *name, *help;
    const measure_type *type;
} measure;

/* The measures in the order of metrics.def (NULL beyond the end), and by name (NULL when unknown). */
const measure *measure_at(size_t i);
const measure *measure_find(const char *name);

/* Runs what is always on and what `wanted` ("accuracy+gradient_by_lag") names, each implementation once. */
gb_status measure_before(struct trial_work *work, const char *wanted);
gb_status measure_after(struct trial_work *work, const char *wanted);
gb_status measure_lost(struct trial_work *work, const char *wanted);

/* Whether one of the wanted is a timing. */
bool measure_alone(const char *wanted);

/* Seconds that what these settings measure takes on any machine. */
double measure_least_seconds(const trial_settings *settings);

/* Rehearses the wanted, for a trial that is calibrated (work->memory stands): adds to *cost what they take before and
 * after training, beyond passes over splits. */
gb_status measure_rehearse(struct trial_work *work, const char *wanted, double seconds, measure_cost *cost);

#endif
