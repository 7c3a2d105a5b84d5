/* SPDX-License-Identifier: MIT */
/* A stage of a run (tune, final): its trials, what each will cost, which are finished and why others failed.
 * Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_STAGE_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_STAGE_H

#include "experiments/folder/failures_file.h"
#include "experiments/folder/plan_file.h"
#include "experiments/recipe/recipe.h"
#include "experiments/trial/trial.h"
#include "support/text.h"

typedef struct stage {
    const char *name; /* "tune" or "final" */
    trial_list list;
    trial_cost *costs; /* [list.count] */
    bool *finished;    /* [list.count] */
    bool *elsewhere;   /* [list.count] another shard runs it: not to be queued or counted here */
    bool *waiting;     /* [list.count] the tuning of its arm is not complete: not to be queued */
    char **failures;   /* [list.count] sentences, NULL where it did not fail */
    size_t *by_id;     /* [list.count] the trials in the order of their ids */
} stage;

/* Takes the list over. */
gb_status stage_make(gb_context *context, const char *name, trial_list list, stage *s);
/* Estimates the trials; those that differ by what costs nothing (the seed, ...) are estimated once. */
gb_status stage_estimate(gb_context *context, stage *s);
void stage_free(stage *s);

/* Marks the trials whose id is among the sorted ones. */
void stage_mark_finished(stage *s, char (*ids)[33], size_t count);
size_t stage_count(const stage *s); /* all that are this process's */
size_t stage_count_finished(const stage *s);
size_t stage_count_failed(const stage *s);

/* Takes over which unfinished trials failed in an earlier run; stage_queue leaves those out. False: out of memory. */
bool stage_take_failures(stage *s, const failures *before);

/* Lets the unfinished trials wait whose values are provisional; returns how many. */
size_t stage_hold_back(stage *s);

/* Whether the trial of that id failed by going over the limits that it was given: that is its result. */
bool stage_went_over_limit(const stage *s, const char *id);

/* The trial of that id, or list.count. */
size_t stage_find(const stage *s, const char *id);

/* The numbers of the trials that are to run into order [list.count]: the most expensive
 * first. Returns how many. */
size_t stage_queue(const stage *s, size_t *order);

/* A trial in words: the values of the swept settings, and of the tuned ones while tuning. */
void stage_label(const stage *s, const recipe *r, size_t trial, char *label, size_t size);

/* True if this process owns the trial with this id and so reports its failure. */
bool stage_owns_trial(const stage *s, const char *id);

/* Adds the stage's trials to a plan (false: out of memory), and its failures to a list of them. */
bool stage_add_to_plan(const stage *s, plan *p);
void stage_write_failures(const stage *s, const recipe *r, text *lines);

#endif
