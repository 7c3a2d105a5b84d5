/* SPDX-License-Identifier: MIT */
/* What `match: time` goes by: taken from the run's plan, the rest measured. Internal to the engine. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_MATCH_TIME_COSTS_H
#define GATEBENCH_EXPERIMENTS_RUN_MATCH_TIME_COSTS_H

#include "experiments/recipe/recipe.h"
#include "support/text.h"

/* Gives the recipe the cost of every kind of trial that it matches by time: from <folder>/plan.yaml where that has it,
 * so that a run that is resumed makes the same trials, else measured now, in a child process. Does nothing for other
 * recipes. Errors: as those of calibrate_trials, GB_DATA (the plan cannot be read). */
gb_status run_find_costs(gb_context *context, const char *folder, recipe *r);

/* Appends them to a plan (YAML); nothing when there are none. */
void run_write_costs(const recipe *r, text *plan);

#endif
