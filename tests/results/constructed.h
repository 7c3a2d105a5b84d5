/* SPDX-License-Identifier: MIT */
/* Results made of chosen numbers, for the tests of what is judged from them. Each fails the test when out of memory. */
#ifndef GATEBENCH_TESTS_CONSTRUCTED_H
#define GATEBENCH_TESTS_CONSTRUCTED_H

#include "results/store/store.h"

/* Empty results of a run of that name that swept what the tests vary; results_free. */
results *constructed_results(const char *name);

/* Adds a finished final trial; returns the table of runs, to set more columns of its row. */
table *constructed_trial(results *r, const char *task, const char *cell, double seed);

/* Adds a trial of a cell of 4 inputs with so many parameters. */
void constructed_count(results *r, const char *cell, const char *bias, double hidden, double count);

/* Adds trials of seeds 1 and 2 that got `correct` of 1,000 answers right at this gap, with chance 0.1. */
void constructed_recall(results *r, const char *cell, const char *regime, double gap, double correct);

/* Gives the last trial another status, such as "diverged". */
void constructed_ended(results *r, const char *status);

/* Adds a text under /provenance, or puts it in the place of the one of that name. */
void constructed_provenance(results *r, const char *name, const char *value);

#endif
