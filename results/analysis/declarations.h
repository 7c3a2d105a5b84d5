/* SPDX-License-Identifier: MIT */
/* What a run's recipe declared before the run, read from the results file itself: its `compare:` blocks, and what
 * counts as solving its task. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_DECLARATIONS_H
#define GATEBENCH_RESULTS_ANALYSIS_DECLARATIONS_H

#include "results/store/store.h"

/* {a: gru, b: lstm, metric: mse, margin: 0.001, solved: 0.01} */
typedef struct declared_comparison {
    char a[64], b[64], metric[64];
    double margin, solved; /* NaN: not declared */
} declared_comparison;

typedef struct declared_list {
    declared_comparison *items;
    size_t count;
} declared_list;

/* The `compare:` blocks; none is no error. Errors: GB_INVALID (the recipe in the file cannot be read), GB_MEMORY. */
gb_status declared_comparisons(gb_context *context, const results *r, declared_list *list);
/* Those of a resolved recipe. Errors as above. */
gb_status declared_in_recipe(gb_context *context, const char *name, const char *resolved, declared_list *list);
void declared_free(declared_list *list);

/* When a trial has solved its task: at the first validation that reached the threshold. */
typedef struct declared_solving {
    char metric[64]; /* the one that trials are validated by, "mse" */
    double threshold;
    int higher_is_better;
    const char *from; /* where the threshold is from, in words: "as the recipe declares" */
} declared_solving;

/* Errors: GB_INVALID if nothing defines a threshold for "solved" (`metric` is still set, or "" if the trials were not
 * validated by one), GB_MEMORY. */
gb_status declared_solving_of(gb_context *context, const results *r, declared_solving *solving);

/* Whether a validation with this metric is one of a solved task. */
bool declared_solved(const declared_solving *solving, double metric);

#endif
