/* SPDX-License-Identifier: MIT */
/* The internals of a recipe and its reader, only for the recipe_*.c files. */
#ifndef GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_INTERNAL_H
#define GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_INTERNAL_H

#include "experiments/recipe/recipe.h"
#include "experiments/recipe/recipe_tree.h"
#include "experiments/settings/matching.h"
#include "support/name_list.h"

#define RECIPE_NAME 64

enum { RECIPE_MOST_TRIALS = 100000, RECIPE_MOST_VALUES = 200000, RECIPE_MOST_ZIPPED = 16 };

/* Tuning has its own seeds, so that no final result uses a seed that was used for choosing. */
enum { RECIPE_FIRST_TUNING_SEED = 1001 };

/* Canonical values with the positions at which they were written. */
typedef struct recipe_values {
    struct recipe_value {
        char text[TRIAL_VALUE];
        const recipe_node *at;
    } * items;
    size_t count;
} recipe_values;

/* One dimension of a grid: a swept name with its values, or zipped names with their rows. */
typedef struct recipe_axis {
    const char *names[RECIPE_MOST_ZIPPED];
    size_t name_count, rows;
    recipe_values columns[RECIPE_MOST_ZIPPED]; /* `rows` values for each name */
} recipe_axis;

/* One grid: the product of its axes, the last one fastest. */
typedef struct recipe_grid {
    recipe_axis *axes;
    size_t count;
    bool widths_given;      /* a zip gives every cell its own hidden size */
    double anchor_hidden;   /* hidden size of the anchor in that zip; NaN: none */
    char name[RECIPE_NAME]; /* the block's `name`, or "the block in line 8" */
    size_t trials;          /* number of final trials that no earlier block makes */
    matching by[MATCHINGS]; /* the matchings of this block */
    size_t by_count;        /* 0: the block has the recipe's matchings */
} recipe_grid;

/* `match:`: what makes cells comparable, one or several. */
typedef struct recipe_match {
    matching by[MATCHINGS];
    size_t count;
    bool whole_model;       /* match the parameters of the whole model, not of its recurrent layers */
    char like[TRIAL_VALUE]; /* the anchor: the cell whose hidden size is given */
    const recipe_node *at;  /* NULL: not written */
} recipe_match;

/* An entry of `exclude:`: a trial that has one of the values for every name is dropped. */
typedef struct recipe_exclusion {
    const char *names[RECIPE_MOST_ZIPPED];
    recipe_values values[RECIPE_MOST_ZIPPED]; /* sorted */
    size_t count;
} recipe_exclusion;

struct recipe {
    char name[RECIPE_NAME], run_name[4 * RECIPE_NAME], claim[8];
    name_list overrides;       /* "gap=10,20", each with its values in canonical form */
    yaml_document **documents; /* the first is the recipe's own; nodes point into them */
    size_t document_count;
    recipe_node root; /* merged */
    char *question, *resolved;
    text left_out;         /* blocks that overrides left out */
    const task_type *task; /* the recipe's task, or its kind */
    const task_type *kind; /* the kind of a recipe without a task, else NULL */
    trial_settings base;
    recipe_grid *grids; /* the grids whose union is swept */
    size_t grid_count;
    recipe_exclusion *exclusions;
    size_t exclusion_count;
    recipe_match match;
    recipe_grid tuning;
    recipe_tune tune; /* 0 candidates: no tuning */
    const char **swept, **tuned, **carried;
    size_t final_count;
};

/* A reading in progress. Running out of memory is sticky and checked once at the end. */
typedef struct recipe_reader {
    gb_context *context;
    yaml_errors *errors;
    recipe *r;
    size_t value_count; /* number of values in all lists and ranges */
    bool out_of_memory;
} recipe_reader;

/* Adds an error at a node (at its key when at_key). */
void recipe_error(recipe_reader *reader, const recipe_node *node, bool at_key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds an error about a word that is not among `names`: the sentence, then the most similar name, or all names. */
void recipe_unknown(recipe_reader *reader, const recipe_node *node, bool at_key, const char *word,
                    const char *const *names, size_t count, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* recipe_values.c */
/* A setting or an option of the recipe's task; NULL when there is no such name. */
const setting *recipe_find_setting(const recipe *r, const char *name);
/* Reports that a name is not a setting, with the most similar setting. Silent if the task itself is unknown. */
void recipe_unknown_setting(recipe_reader *reader, const recipe_node *node);
bool recipe_is_range(const setting *s, const recipe_node *node);
/* setting_check of a scalar. A relative path, like that of an include, is relative to the folder of its recipe; in an
 * override it is relative to the current folder. */
bool recipe_check_scalar(const setting *s, const recipe_node *node, char value[TRIAL_VALUE], char *why,
                         size_t why_size);
/* The values of a scalar, range or list; false after an error, which was reported. */
bool recipe_values_read(recipe_reader *reader, const setting *s, const recipe_node *node, recipe_values *values);
void recipe_values_free(recipe_values *values);
/* Adds a checked value; false: out of memory, or more than RECIPE_MOST_VALUES, which is reported. */
bool recipe_values_add(recipe_reader *reader, recipe_values *values, const char *value, const recipe_node *at);

/* recipe_load.c: the documents, merged, with profile and overrides */
gb_status recipe_load(recipe_reader *reader, const char *name_or_path, const char *profile,
                      const char *const *overrides, size_t override_count);

/* recipe_override.c */
bool recipe_apply_overrides(recipe_reader *reader, const char *const *overrides, size_t count);

/* recipe_run_name.c */
void recipe_note_override(recipe_reader *reader, const char *name, const recipe_values *values);
void recipe_make_run_name(recipe_reader *reader, const char *profile);

/* recipe_check.c: the merged tree into the parts above */
bool recipe_is_key(const char *key);
void recipe_unknown_key(recipe_reader *reader, const recipe_node *node);
void recipe_interpret(recipe_reader *reader);

/* recipe_names.c: the keys that hold names */
/* The text of a scalar, or NULL after an error. */
const char *recipe_need_text(recipe_reader *reader, const recipe_node *node);
void recipe_check_figures(recipe_reader *reader, const recipe_node *node);
void recipe_read_measure(recipe_reader *reader, const recipe_node *node);
void recipe_read_compare(recipe_reader *reader, const recipe_node *node);

/* recipe_sweep.c: the keys that make many trials */
void recipe_read_sweeps(recipe_reader *reader);
void recipe_read_exclude(recipe_reader *reader, const recipe_node *node);
void recipe_read_tune(recipe_reader *reader, const recipe_node *node);
/* The name of a block: its `name`, or "the block in line 8". */
void recipe_name_block(const recipe_node *block, char *name, size_t size);
void recipe_grid_free(recipe_grid *grid);
/* The values of a setting in a grid, and its axis (axis may be NULL); NULL when the grid lacks it. */
const recipe_values *recipe_find_column(const recipe_grid *grid, const char *name, const recipe_axis **axis);

/* recipe_roles.c: after the sweeps are read, which settings are tuned and which follow from the cell */
void recipe_list_roles(recipe_reader *reader);

/* recipe_random.c: reads a tuned setting whose values are drawn, as a column of the axis of drawn settings */
void recipe_read_draws(recipe_reader *reader, const setting *s, const recipe_node *node, recipe_axis *drawn);

/* recipe_match.c: the hidden size of each cell under each matching */
void recipe_read_match(recipe_reader *reader, const recipe_node *node);
void recipe_read_block_match(recipe_reader *reader, const recipe_node *node, recipe_grid *grid);
/* The matchings of a block: its own or the recipe's. */
const matching *recipe_block_matchings(const recipe *r, const recipe_grid *grid, size_t *count);
/* After the sweeps are read: finds the anchor, and checks for conflicts. */
void recipe_settle_match(recipe_reader *reader);
bool recipe_matches_by(const recipe *r, matching by);

typedef struct recipe_matcher {
    gb_context *context;
    const recipe *r;
    bool sizing; /* false: opens no task; trials keep their hidden size and get no `matched` */
} recipe_matcher;
/* Sets the size of a trial of a grid, and records how close it is to the anchor. Errors: GB_MEMORY, GB_DATA. */
gb_status recipe_match_trial(recipe_matcher *m, const recipe_grid *grid, matching by, trial_settings *trial);

/* recipe_consistency.c: settings that are valid one by one but exclude each other */
void recipe_check_models(recipe_reader *reader);

/* recipe_expand.c */
/* Gives the trial the number-th combination of a grid, the last axis fastest; false: out of memory. */
bool recipe_set_combination(const recipe_grid *grid, size_t number, trial_settings *trial);
/* Calls visit for each trial of the union of grids under each matching, including duplicates; stops on failure.
 * `sizing`: see recipe_matcher. */
gb_status recipe_each_trial(gb_context *context, const recipe *r, bool sizing,
                            gb_status (*visit)(void *user, trial_settings *trial), void *user);
gb_status recipe_count(gb_context *context, recipe *r);

#endif
