/* SPDX-License-Identifier: MIT */
/* The measured columns of /runs: the table of metrics.def. */
#ifndef GATEBENCH_RESULTS_STORE_METRICS_H
#define GATEBENCH_RESULTS_STORE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/table.h"

typedef struct metric_type {
    const char *name;  /* column of /runs */
    const char *title; /* its name as a heading */
    const char *unit;  /* "" if it depends on the task's loss: metric_unit() */
    int decimals;
    int higher_is_better;
    double margin; /* default margin of equivalence; NaN: none */
    double solved; /* default threshold of a solved task; NaN: none */
    const char *shown;
} metric_type;

/* The i-th metric of metrics.def (NULL beyond the end), and the metric of a column (NULL: none); "valid_mse", the
 * metric on validation data, has the properties of "mse". */
const metric_type *metric_at(size_t i);
const metric_type *metric_find(const char *column);

/* True for "valid_mse", the metric on validation data. */
bool metric_is_validation(const char *column);

/* True if higher values of a column are better; false for columns that are not metrics. */
bool metric_higher_is_better(const char *column);

/* True if a value is at least as good as a threshold. False for NaN. */
bool metric_reaches(double value, double threshold, bool higher_is_better);

/* The metric by which these trials were validated (valid_<name> is a column); NULL: by none. */
const metric_type *metric_validated(const table *runs);

/* True if the metric is a column in tables of these trials: it belongs to their task and has values, or is always
 * shown.
 */
bool metric_is_shown(const metric_type *m, const table *runs);
bool metric_shown_always(const metric_type *m);

/* Fails with GB_INVALID: these trials have no column with this name. Suggests the most similar name, or how to measure
 * a metric that was added after they were run. */
gb_status metric_no_column(gb_context *context, const table *runs, const char *name);

/* The unit of a metric in these trials. */
const char *metric_unit(const metric_type *m, const table *runs);

#endif
