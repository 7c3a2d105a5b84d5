/* SPDX-License-Identifier: MIT */
/* run --until decided: adds seeds to a run until its comparisons are decided, at interim looks declared before the
 * first one.
 */
#ifndef GATEBENCH_CLI_UNTIL_H
#define GATEBENCH_CLI_UNTIL_H

#include "experiments/run/run.h"

enum { UNTIL_LOOKS = 4 };

typedef struct until_request {
    const char *recipe, *profile; /* the arguments of recipe_read */
    const char *const *overrides;
    size_t override_count;
    const run_options *options;
    size_t max_seeds; /* per arm */
    bool quiet;       /* do not print the looks */
    size_t looks;     /* number of interim looks, the first at the recipe's own seeds */
} until_request;

/* Runs the recipe. While a comparison of `compare:` with a margin is undecided (in any group, under any matching), runs
 * more seeds, up to max_seeds. The looks are recorded in looks.yaml in the run's folder and in the results file;
 * compare and verdict read the significance levels from there. Called again, it keeps the same looks and resumes.
 * Errors: those of run_recipe; GB_INVALID also when the recipe declares no margin, or when other looks were declared
 * for this run before. */
gb_status until_decided(gb_context *context, const until_request *u, recipe *first, run_summary *summary);

/* For a plain run of the recipe: if an earlier --until decided reached more seeds and nothing else differs, replaces
 * *one by the recipe with those seeds, so that the results keep them. */
gb_status until_keep_seeds(gb_context *context, const until_request *u, recipe **one);

#endif
