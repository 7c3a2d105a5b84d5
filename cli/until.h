/* SPDX-License-Identifier: MIT */
/* run --until decided: seeds are added to a run, at looks declared before the first, until its comparisons are decided.
 */
#ifndef GATEBENCH_CLI_UNTIL_H
#define GATEBENCH_CLI_UNTIL_H

#include "experiments/run/run.h"

enum { UNTIL_LOOKS = 4 };

typedef struct until_request {
    const char *recipe, *profile; /* as given to recipe_read */
    const char *const *overrides;
    size_t override_count;
    const run_options *options;
    size_t max_seeds; /* an arm */
    bool quiet;       /* the looks are not said */
    size_t looks;     /* at the data, the first at the recipe's own seeds */
} until_request;

/* Runs the recipe; while one of its `compare:` blocks that have a margin is undecided (in a group, under a matching),
 * runs more seeds, up to max_seeds. The looks stand in looks.yaml in the run's folder and in the results file, where
 * compare and verdict find the levels that they leave. Again: takes the same looks and resumes. As run_recipe;
 * GB_INVALID also when the recipe declares no margin, or other looks were declared for this run before. */
gb_status until_decided(gb_context *context, const until_request *u, recipe *first, run_summary *summary);

/* For a plain run of the recipe: where --until decided came to more seeds and nothing else differs, *one is replaced by
 * the recipe with those, so that the results keep them. */
gb_status until_keep_seeds(gb_context *context, const until_request *u, recipe **one);

#endif
