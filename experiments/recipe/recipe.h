/* SPDX-License-Identifier: MIT */
/* A recipe: a YAML file that describes an experiment. It is checked completely before anything runs: all errors of the
 * file and the overrides are reported together, with line, column, caret and suggestion. README.md has the grammar. */
#ifndef GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_H
#define GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_H

#include "experiments/settings/settings.h"
#include "support/cleanup.h"
#include "support/yaml.h"

typedef struct recipe recipe;

/* Reads a recipe by name ("recall": a shipped one) or path, applies a profile ("quick", "full"; NULL: none; a profile
 * that the recipe lacks is an error) and overrides ("gap=10..50:10", "cell=gru,lstm", "lr=1e-3").
 * Errors: GB_INVALID with all messages in `errors`; GB_IO when there is no such file (names the most similar
 * recipe). */
gb_status recipe_read(gb_context *context, const char *name_or_path, const char *profile, const char *const *overrides,
                      size_t override_count, yaml_errors *errors, recipe **out);
void recipe_free(recipe *r); /* takes NULL */
CLEANUP_POINTER(recipe_free, recipe)

const char *recipe_name(const recipe *r);
/* The name of the run: "recall", "recall-quick" with a profile, "recall-quick+cell=gru,lstm+gap=20" with overrides
 * (sorted; a long name is cut and ends in a hash). After the recipe's name it has only [A-Za-z0-9._,=+-]. */
const char *recipe_run_name(const recipe *r);
/* Sets the run's name: --until decided adds seeds to a run that keeps its name. */
void recipe_keep_run_name(recipe *r, const recipe *of);
/* True if its task reads a user's file that the recipe does not name. */
bool recipe_lacks_file(const recipe *r);
const char *recipe_claim(const recipe *r); /* "C2" or "" */
const char *recipe_question(const recipe *r);
const char *recipe_text(const recipe *r);         /* the file as read */
const char *recipe_resolved(const recipe *r);     /* YAML with includes, profile and overrides applied */
const char *const *recipe_swept(const recipe *r); /* names of swept settings, ends with NULL */
const char *const *recipe_tuned(const recipe *r); /* names of tuned settings, ends with NULL */
/* Names of the settings that follow from the cell, so that trials of different cells are comparable although these
 * differ: settings that are tuned, zipped with the cell, given by sweep blocks of other cells, or set by `match:`
 * (hidden). Never options of the task. */
const char *const *recipe_carried(const recipe *r);

/* The description of tuning; NULL when the recipe has no `tune:`. Each arm (a combination of swept values without the
 * seed) tries every combination of the grid on `seeds` seeds. Its final trials use the combination with the lowest mean
 * of `by` on validation. */
typedef struct recipe_tune {
    const char *by; /* "valid_loss" */
    size_t seeds;
    size_t candidates;  /* combinations of the grid, including drawn values */
    uint64_t draw_seed; /* seed of the drawn values */
} recipe_tune;
const recipe_tune *recipe_get_tune(const recipe *r);
/* Writes "name=value" for every tuned setting of a trial, separated by blanks. */
void recipe_tuned_words(const recipe *r, const trial_settings *trial, char *words, size_t size);

/* The trials of a stage in plan order, ids filled in, duplicates dropped. Without `tune:` only "final" has any.
 * For "final" after tuning, `score(user, tune_trial_id, &value)` gives the `by` value of a tuning trial and returns
 * whether it is known. NaN means that the trial diverged or exceeded its limits, which counts as worst. If a value of
 * an arm is not known, its final trials are `provisional`; without `score` all are. Errors: GB_INVALID, GB_MEMORY,
 * GB_DATA (data of the task missing). */
typedef bool (*recipe_score)(void *user, const char *id, double *value);
typedef struct trial_list {
    trial_settings *trials;
    size_t count;
} trial_list;
gb_status recipe_tuning_trials(gb_context *context, const recipe *r, trial_list *list);
gb_status recipe_final_trials(gb_context *context, const recipe *r, recipe_score score, void *user, trial_list *list);
void trial_list_free(trial_list *list);

/* A block of the sweep: its name ("the block in line 8" unless the recipe names it), and the number of final trials
 * that it makes and no earlier block makes. */
typedef struct recipe_block {
    const char *name;
    size_t trials;
} recipe_block;
size_t recipe_block_count(const recipe *r);
recipe_block recipe_block_at(const recipe *r, size_t i);
/* The blocks that the overrides left out and why, in words; "": none. */
const char *recipe_left_out(const recipe *r);

/* The number of final trials (tuned or not); fewer if matching maps two sizes of a cell to the same size. */
size_t recipe_final_count(const recipe *r);

/* The shipped recipes' names; malloc'ed, ends with NULL (file_free_list). */
gb_status recipe_list(gb_context *context, char ***names);

#endif
