/* SPDX-License-Identifier: MIT */
/* The recipe of `gatebench try`: written so that it can be read, changed and run again. */
#ifndef GATEBENCH_CLI_TRY_RECIPE_H
#define GATEBENCH_CLI_TRY_RECIPE_H

#include "cli/cli.h"
#include "datasets/task.h"
#include "support/text.h"

/* How much is run: one of several levels, of which the first is the largest. */
typedef struct try_level {
    size_t seeds, rates; /* number of seeds of the final trials; number of learning rates tried */
    bool both;           /* true: at equal width and at equal parameters; false: at equal width only */
} try_level;

typedef struct try_plan {
    const char *path;                /* absolute path of the user's file */
    const char *name;                /* name of the recipe */
    task *task;                      /* open */
    const char *const (*options)[2]; /* task options given after the file */
    size_t option_count;
    size_t hidden, steps;
    double margin;
    try_level level;
} try_plan;

/* How many trials a level has. */
size_t try_trials(const try_level *level);

/* The default margin of equivalence: 0.01 of an accuracy, 0.02 bits, 0.02 of the target's variance. */
double try_margin(const char *metric);

/* The recipe as YAML. */
void try_append_recipe(const try_plan *p, text *yaml);

#endif
