/* SPDX-License-Identifier: MIT */
/* plan.yaml in a run's folder: the trials of both stages with all their settings, in the order of the results, and
 * their state. Only this file writes and reads it. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_PLAN_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_PLAN_FILE_H

#include "experiments/settings/settings.h"
#include "results/store/table.h"
#include "support/name_list.h"

typedef struct plan {
    char *name, *question, *recipe;  /* name and question of the run; its resolved recipe as YAML */
    name_list swept, tuned, carried; /* lists of settings, explained in recipe.h */
    table trials;                    /* texts: id, stage, matching, matched, then every setting */
    bool *finished;                  /* [trials.rows] the trial's file exists; NULL before plan_look */
    bool *repeated;                  /* [trials.rows] the trial occurs again further down, as a final one */
} plan;

/* An empty plan; false: out of memory. */
bool plan_start(plan *p, const char *name, const char *question, const char *recipe);
bool plan_add_names(name_list *to, const char *const *names);
bool plan_add_trial(plan *p, const trial_settings *trial);
/* Replaces a row by that of another plan with the same number of trials. */
bool plan_take_trial(plan *p, const plan *from, size_t row);
/* Determines which trials are finished and which are repeated. */
gb_status plan_look(gb_context *context, const char *folder, plan *p);

/* Reads <folder>/plan.yaml and checks which trials have files. Errors: GB_IO, GB_DATA with the position. */
gb_status plan_read(gb_context *context, const char *folder, plan *out);
gb_status plan_write(gb_context *context, const char *folder, const plan *p);
/* True if plan.yaml equals this plan. */
bool plan_is_written(gb_context *context, const char *folder, const plan *p);
void plan_free(plan *p);

const char *plan_id(const plan *p, size_t row);
bool plan_is_final(const plan *p, size_t row); /* false: the trial belongs to the tuning stage */
/* The number of planned trials (each counted once), and of finished ones. */
size_t plan_count(const plan *p);
size_t plan_count_finished(const plan *p);

#endif
