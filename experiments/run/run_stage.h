/* SPDX-License-Identifier: MIT */
/* A stage of a run (tune, final): its trials, their costs, which are finished, and why others failed. Internal to
 * experiments. */
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
    bool *elsewhere;   /* [list.count] it belongs to another shard: not queued or counted here */
    bool *waiting;     /* [list.count] the tuning of its arm is incomplete: not queued */
    char **failures;   /* [list.count] reasons of failures; NULL if it did not fail */
    size_t *by_id;     /* [list.count] the trials in the order of their ids */
} stage;

/* Takes ownership of the list. */
gb_status stage_make(gb_context *context, const char *name, trial_list list, stage *s);
/* Estimates the costs of the trials; trials that differ only in settings without a cost (the seed, ...) are estimated
 * once. */
gb_status stage_estimate(gb_context *context, stage *s);
void stage_free(stage *s);

/* Marks the trials whose id is among the sorted ones. */
void stage_mark_finished(stage *s, char (*ids)[33], size_t count);
size_t stage_count(const stage *s); /* counts all trials of this process */
size_t stage_count_finished(const stage *s);
size_t stage_count_failed(const stage *s);

/* Marks unfinished trials that failed in an earlier run; stage_queue omits them. False: out of memory. */
bool stage_take_failures(stage *s, const failures *before);

/* Postpones unfinished trials with provisional values; returns their number. */
size_t stage_hold_back(stage *s);

/* True if the trial with this id failed by exceeding its limits, which counts as its result. */
bool stage_went_over_limit(const stage *s, const char *id);

/* The index of the trial with this id, or list.count. */
size_t stage_find(const stage *s, const char *id);

/* Writes the indices of the trials to run into order [list.count], the most expensive first. Returns their number. */
size_t stage_queue(const stage *s, size_t *order);

/* A trial in words: the values of the swept settings, and in the tuning stage of the tuned ones. */
void stage_label(const stage *s, const recipe *r, size_t trial, char *label, size_t size);

/* True if this process owns the trial with this id and so reports its failure. */
bool stage_owns_trial(const stage *s, const char *id);

/* Adds the stage's trials to a plan (false: out of memory), and its failures to a list of them. */
bool stage_add_to_plan(const stage *s, plan *p);
void stage_write_failures(const stage *s, const recipe *r, text *lines);

#endif
