/* SPDX-License-Identifier: MIT */
/* What the measured columns of /runs are: the table of metrics.def. */
#ifndef GATEBENCH_RESULTS_STORE_METRICS_H
#define GATEBENCH_RESULTS_STORE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/table.h"

typedef struct metric_type {
    const char *name;  /* column of /runs */
    const char *title; /* as a heading */
    const char *unit;  /* "" if it depends on the task's loss: metric_unit() */
    int decimals;
    int higher_is_better;
    double margin; /* of equivalence; NaN: none */
    double solved; /* a trial that reaches it has solved its task; NaN: none */
    const char *shown;
} metric_type;

/* In the order of metrics.def (NULL beyond the end), and by the name of a column (NULL: none); "valid_mse", the
 * metric on validation data, is judged as "mse". */
const metric_type *metric_at(size_t i);
const metric_type *metric_find(const char *column);

/* Whether higher values of a column are better; false for columns that are not metrics. */
bool metric_higher_is_better(const char *column);

/* Whether a value reaches a threshold, in the direction that is better. NaN reaches none. */
bool metric_reaches(double value, double threshold, bool higher_is_better);

/* The metric by which these trials were validated (valid_<name> is a column); NULL: by none. */
const metric_type *metric_validated(const table *runs);

/* Whether the metric is a column of these trials' tables: one of their task's, with a value, or worth a column always.
 */
bool metric_is_shown(const metric_type *m, const table *runs);
bool metric_shown_always(const metric_type *m);

/* Fails with GB_INVALID: these trials have no column of this name, with the nearest one, or if it is a metric that was
 * added after they were run, how to measure it. */
gb_status metric_no_column(gb_context *context, const table *runs, const char *name);

/* The unit of a metric in these trials. */
const char *metric_unit(const metric_type *m, const table *runs);

#endif
