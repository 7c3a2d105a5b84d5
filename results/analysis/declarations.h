/* SPDX-License-Identifier: MIT */
/* What a run's recipe declared, read from the results file itself: its `compare:` blocks, what counts as solving its
 * task, and what was changed after its first trial, which does not count as declared beforehand. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_DECLARATIONS_H
#define GATEBENCH_RESULTS_ANALYSIS_DECLARATIONS_H

#include "results/store/store.h"
#include "support/text.h"
#include "support/yaml.h"

/* {a: gru, b: lstm, metric: mse, margin: 0.001, solved: 0.01} */
typedef struct declared_comparison {
    char a[64], b[64], metric[64];
    double margin, solved; /* NaN: not declared */
    bool later;            /* added to the recipe after the first trial started */
} declared_comparison;

typedef struct declared_list {
    declared_comparison *items;
    size_t count;
} declared_list;

/* The `compare:` blocks as they were when the first trial started (/provenance/declared), and behind them those that
 * were added later; none is not an error. Errors: GB_INVALID (the recipe in the file cannot be read), GB_MEMORY. */
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

/* One of the texts declared beforehand ("recipe", "looks", "claims"), parsed; NULL: the file does not have it. Errors:
 * GB_DATA (it cannot be read), GB_MEMORY. */
gb_status declared_beforehand(gb_context *context, const results *r, const char *which, yaml_document **document);

/* The recipe as it was declared beforehand, malloc'ed; NULL: the file does not have it. Errors: as above. */
gb_status declared_recipe(gb_context *context, const results *r, char **recipe);

/* A line per change of the recipe's comparisons or of the looks: "compare[1].margin changed from 0.02 to 0.3 after 12
 * trials\n". Nothing if nothing was changed. Errors: as above. */
gb_status declared_changes(gb_context *context, const results *r, text *lines);

#endif
