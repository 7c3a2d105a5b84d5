/* SPDX-License-Identifier: MIT */
/* A run seen from its folder, without its recipe: what plan.yaml says, how far the trials are, and the results file
 * rebuilt from them. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_PLAN_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_PLAN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "experiments/settings/settings.h"

typedef struct plan_trial {
    char id[33];
    bool final;    /* else of the tuning stage */
    bool finished; /* its file is in the trials folder */
    bool repeated; /* the same trial stands further down, as a final one */
    char matching[sizeof((trial_settings *)0)->matching], matched[sizeof((trial_settings *)0)->matched];
} plan_trial;

typedef struct plan {
    char *name;   /* of the run */
    char *recipe; /* resolved, YAML */
    plan_trial *trials;
    size_t count; /* in the order of the results */
} plan;

/* Reads <folder>/plan.yaml and looks which trials are there. Errors: GB_IO, GB_DATA with the place. */
gb_status plan_read(gb_context *context, const char *folder, plan *out);
void plan_free(plan *p);

/* How many trials are planned (each once), and how many of them are finished. */
size_t plan_count(const plan *p);
size_t plan_count_finished(const plan *p);
/* Whether <folder>/failed.txt, which the last run left, names the trial. `failures` is the file's text. */
bool plan_failed(const plan_trial *trial, const char *failures);
/* That text, malloc'ed; "" when there is none. */
gb_status plan_failures(gb_context *context, const char *folder, char **failures);

/* Rebuilds <folder>.h5 from the trial files in the plan's order; what it says of its making (recipe, command line,
 * commit, ...) is kept from the file that is there. The folder's lock is held meanwhile. Errors: GB_IO (also when a run
 * works there), GB_DATA. */
gb_status plan_merge(gb_context *context, const char *folder, const char *command_line, plan *out, char *path,
                     size_t path_size);

#endif
