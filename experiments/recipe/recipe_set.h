/* SPDX-License-Identifier: MIT */
/* A set of trials, identified by their settings before they have ids. Within one recipe everything else in an id is the
 * same. */
#ifndef GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_SET_H
#define GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_SET_H

#include "experiments/settings/settings.h"

typedef struct recipe_set { /* zero-initialise */
    struct trial_slot *slots;
    size_t room, count; /* room: number of places, a power of two */
} recipe_set;

/* Adds a trial, also distinguished by `word`. Returns 1 if it is new, 0 if the set has it already, -1 when out of
 * memory. Trials are numbered from 0 in order of addition; *number (may be NULL) gets this trial's number. */
int recipe_set_add(recipe_set *set, const trial_settings *trial, const char *word, size_t *number);
void recipe_set_free(recipe_set *set);

/* True if both trials have the same settings. */
bool recipe_set_equal(const trial_settings *a, const trial_settings *b);

#endif
