/* SPDX-License-Identifier: MIT */
/* What a figure draws: values of single seeds, and their aggregates with intervals, by panel and group. */
#ifndef GATEBENCH_PLOTS_FIGURE_POINTS_H
#define GATEBENCH_PLOTS_FIGURE_POINTS_H

#include "plots/figure.h"
#include "results/statistics/statistics.h"
#include "results/store/store.h"

enum {
    DATA_PANELS = 12,     /* more small panels than this cannot be read */
    DATA_KEY_END = '\x1f' /* after each value of a panel's key */
};

/* A value of one trial; `run` is its row in the /runs of data_split(). */
typedef struct seed_value {
    size_t panel, group, run;
    double seed, x, y, at, correct, predictions; /* at: what the values of a point share, x unless `along=` says */
} seed_value;

/* An aggregate over the trials of a panel and group at one x. */
typedef struct figure_point {
    size_t panel, group;
    double x;
    interval value;
} figure_point;

typedef struct figure_data {
    char matching[32]; /* the one under which all cells were made comparable; "" when there are several, or no cells */
    char *remark;      /* what the caption adds about how the values were made; NULL: nothing */
    char *chosen;      /* the one setting that is drawn (`one=`), NULL: all are */
    name_list panels;  /* what is shown above each; "" when there is only one */
    name_list groups;  /* as in the results: what style_of() of style.gp goes by */
    name_list shown;   /* the groups as shown in the key */
    name_list categories; /* texts on the x axis; empty when x is a number, else x is 1, 2, ... */
    size_t panels_left_out;
    size_t panels_single; /* left out as they have one x where others have several */
    seed_value *values;   /* by panel, group, run, x */
    size_t value_count;
    figure_point *points; /* by panel, group, x */
    size_t point_count;
    size_t baselines;                           /* the last groups that are baselines of the task, not cells */
    size_t *solved, *tried;                     /* of survival: trials by panel and group */
    size_t seeds_least, seeds_most;             /* seeds behind a point */
    double predictions_least, predictions_most; /* of a pooled point */
    size_t diverged, over_limit, vanished;      /* trials; values that are -infinity: a norm that underflowed */
} figure_data;

/* Only rows of /runs with stage final and status done or diverged are read, and for survival those that went over their
 * limit. Swept settings that the figure does not
 * name but that differ within a point become panels, so that nothing but seeds is ever averaged over.
 * Errors: GB_INVALID (a column or metric that the figure needs is missing, or nothing final is in the file). */
gb_status data_gather(gb_context *context, const figure *f, const results *r, figure_data *data);
void data_free(figure_data *data);

/* The rows of /runs that are drawn, malloc'ed; on its own for gather.c. Errors: GB_INVALID (none), GB_MEMORY. */
gb_status data_choose_trials(gb_context *context, const figure *f, const results *r, figure_data *data, bool **final);

/* Leaves out the panels of numeric x that have one x only where another has several: settings run beside a sweep, a
 * line in none of them. The others keep the names that tell them from these. false: out of memory. On its own for
 * gather.c. */
bool data_drop_single(figure_data *data);

/* The results with a row for each matching of a trial, and for planned trials without a result (evidence.h). Only
 * split->runs is its own, to be freed with table_free(); all else is still r's. Errors: GB_MEMORY. */
gb_status data_split(gb_context *context, const results *r, results *split);

/* " Cells matched by width, parameters (parameters: gru 37 = 4,477 of 4,480 (-0.1 %); lstm 32).", of the final trials
 * of split results; nothing when they name no matching. */
void data_matching_words(const results *r, text *t);

/* Sets data->matching from the final trials of split results. */
void data_set_matching(const results *r, figure_data *data);

/* Kaplan-Meier curves in place of the values, which stand by panel, group, run, x; a mark of each trial stays,
 * `correct` 1 if it solved its task. Panels in which none did are left out, as long as one did in another. Errors:
 * GB_INVALID (nothing says when the task is solved), GB_MEMORY. On its own for data.c. */
gb_status data_solving(gb_context *context, const results *r, figure_data *data);

/* Adds the task's baselines of the figure's y ("chance"), as far as the trials recorded them, as groups of points
 * without seeds. Errors: GB_MEMORY. On its own for gather.c. */
gb_status data_add_baselines(gb_context *context, const figure *f, const results *r, figure_data *data);

/* The aggregates of gathered values; on its own for gather.c. */
gb_status data_aggregate(gb_context *context, const figure *f, const results *r, figure_data *data);

#endif
