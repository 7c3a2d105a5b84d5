/* SPDX-License-Identifier: MIT */
/* plan.yaml of a run's folder: the trials of both stages with all their settings, in the order of the results, and how
 * far they are. Its one writer and one reader. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_PLAN_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_PLAN_FILE_H

#include "experiments/settings/settings.h"
#include "results/store/table.h"
#include "support/name_list.h"

typedef struct plan {
    char *name, *question, *recipe;  /* of the run; the recipe resolved, YAML */
    name_list swept, tuned, carried; /* settings: recipe.h says what they are */
    table trials;                    /* texts: id, stage, matching, matched, then every setting */
    bool *finished;                  /* [trials.rows] its file is in the trials folder; NULL before plan_look */
    bool *repeated;                  /* [trials.rows] the trial is planned again further down, as a final one */
} plan;

/* An empty plan; false: out of memory. */
bool plan_start(plan *p, const char *name, const char *question, const char *recipe);
bool plan_add_names(name_list *to, const char *const *names);
bool plan_add_trial(plan *p, const trial_settings *trial);
/* Replaces a row by that of another plan of as many trials. */
bool plan_take_trial(plan *p, const plan *from, size_t row);
/* Finds out which trials are finished and which repeated. */
gb_status plan_look(gb_context *context, const char *folder, plan *p);

/* Reads <folder>/plan.yaml and looks which trials are there. Errors: GB_IO, GB_DATA with the place. */
gb_status plan_read(gb_context *context, const char *folder, plan *out);
gb_status plan_write(gb_context *context, const char *folder, const plan *p);
/* Whether plan.yaml says just this. */
bool plan_is_written(gb_context *context, const char *folder, const plan *p);
void plan_free(plan *p);

const char *plan_id(const plan *p, size_t row);
bool plan_is_final(const plan *p, size_t row); /* else of the tuning stage */
/* How many trials are planned (each once), and how many of them are finished. */
size_t plan_count(const plan *p);
size_t plan_count_finished(const plan *p);

#endif
