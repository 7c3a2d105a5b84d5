/* SPDX-License-Identifier: MIT */
/* Constructed results: small tables as the store would read them, without a file. */
#ifndef GATEBENCH_TESTS_PLOTS_FIXTURE_H
#define GATEBENCH_TESTS_PLOTS_FIXTURE_H

#include "results/store/store.h"

/* For cmocka: *state is a context. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* Empty results of that name, whose recipe is `resolved`. Free with results_free. */
results *fixture_results(const char *name, const char *title, const char *resolved);

/* Adds a final, finished trial of a cell and seed; more cells of the row are set with table_set_*. */
void fixture_trial(results *r, const char *cell, double seed);

/* Adds a row of /metrics and of /curves to the last trial. */
void fixture_metric(results *r, const char *metric, double x, double value);
void fixture_curve(results *r, double step, double valid_loss);

/* Three experiments with `seeds` seeds: recall (runs, curves), vanishing (gradient_by_lag), ledger (parameters). */
results *fixture_recall(int seeds);
results *fixture_vanishing(int seeds);
results *fixture_ledger(void);

#endif
