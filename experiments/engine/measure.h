/* SPDX-License-Identifier: MIT */
/* The measures that a trial can take: a registry read from measures.def. Recipes check names here, trials run them. */
#ifndef GATEBENCH_ENGINE_MEASURE_H
#define GATEBENCH_ENGINE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/status.h"

struct trial_work;

typedef struct measure_type {
    bool always;                                      /* runs in every trial, named or not */
    gb_status (*before)(struct trial_work *work);     /* on the initialised model; NULL: nothing */
    gb_status (*after)(struct trial_work *work);      /* on the selected parameters of a trial that did not diverge */
    bool alone;                                       /* it is a timing: no other trial may run beside it */
    double (*seconds)(const struct trial_work *work); /* about how long it takes; NULL: not worth telling */
} measure_type;

typedef struct measure {
    const char *name, *help;
    const measure_type *type;
} measure;

/* The measures in measures.def order (NULL beyond the end), and by name (NULL when unknown). */
const measure *measure_at(size_t i);
const measure *measure_find(const char *name);

/* Runs what is always on and what `wanted` ("accuracy+gradient_by_lag") names, each implementation once. */
gb_status measure_before(struct trial_work *work, const char *wanted);
gb_status measure_after(struct trial_work *work, const char *wanted);

/* Whether one of the wanted is a timing. */
bool measure_alone(const char *wanted);

/* Seconds that the wanted are expected to take beyond those that depend on the model alone. */
double measure_seconds(const struct trial_work *work, const char *wanted);

#endif
