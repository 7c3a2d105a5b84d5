/* SPDX-License-Identifier: MIT */
/* The data of a figure: values of single seeds, and their aggregates with intervals, by panel and group. */
#ifndef GATEBENCH_PLOTS_FIGURE_POINTS_H
#define GATEBENCH_PLOTS_FIGURE_POINTS_H

#include "plots/figure.h"
#include "results/statistics/statistics.h"
#include "results/store/store.h"

enum {
    DATA_PANELS = 12,     /* more panels than this would be too small to read */
    DATA_DOTS = 10,       /* seeds that are drawn one by one; more hide the means */
    DATA_KEY_END = '\x1f' /* after each value of a panel's key */
};

/* A value of one trial; `run` is its row in the /runs of data_split(). */
typedef struct seed_value {
    size_t panel, group, run;
    double seed, x, y, at, correct,
        predictions; /* at: the key that groups values into points; x unless `along=` is given */
} seed_value;

/* An aggregate over the trials of a panel and group at one x. */
typedef struct figure_point {
    size_t panel, group;
    double x;
    interval value;
} figure_point;

typedef struct figure_data {
    char matching[32];    /* the matching of all cells; "" when there are several, or no cells */
    char *remark;         /* an addition to the caption about how the values were computed; NULL: none */
    char *chosen;         /* the combination of values that is drawn (`one=`); NULL: all */
    name_list panels;     /* the panel's title; "" when there is only one */
    name_list groups;     /* names as in the results, which style_of() in style.gp needs */
    name_list shown;      /* names as shown in the key */
    name_list categories; /* texts on the x axis; empty when x is a number, else x is 1, 2, ... */
    size_t panels_left_out;
    size_t panels_single; /* omitted because they have only one x while others have several */
    seed_value *values;   /* sorted by panel, group, run and x */
    size_t value_count;
    figure_point *points; /* sorted by panel, group and x */
    size_t point_count;
    size_t baselines;                           /* the last groups that are baselines of the task, not cells */
    size_t *solved, *tried;                     /* for survival: number of trials by panel and group */
    size_t seeds_least, seeds_most;             /* number of seeds per point */
    double predictions_least, predictions_most; /* number of predictions per pooled point */
    size_t diverged, over_limit;                /* number of such trials */
    size_t vanished;                            /* number of values that are -infinity, since a norm underflowed */
} figure_data;

/* Reads only rows of /runs with stage final and status done or diverged, and for survival also those that exceeded
 * their limit. Swept settings that the figure does not name but that differ within a point become panels, so that only
 * seeds are averaged. Errors: GB_INVALID (a column or metric that the figure needs is missing, or no final trial is in
 * the file). */
gb_status data_gather(gb_context *context, const figure *f, const results *r, figure_data *data);
void data_free(figure_data *data);

/* The rows of /runs to draw, malloc'ed. Errors: GB_INVALID (none), GB_MEMORY. */
gb_status data_choose_trials(gb_context *context, const figure *f, const results *r, figure_data *data, bool **final);

/* For a numeric x, omits panels with only one x if another panel has several: they are settings that were run besides
 * the sweep and have no line. The names of the other panels do not change. false: out of memory. */
bool data_drop_single(figure_data *data);

/* Drops the panels beyond DATA_PANELS, which do not fit on a page; and the sentence of the caption about them. */
void data_limit_panels(figure_data *data);
void data_append_left_out(const figure_data *data, text *t);

/* The results with one row per matching of a trial, and rows for planned trials without a result (evidence.h). Only
 * split->runs is new; free it with table_free(). Everything else belongs to r. Errors: GB_MEMORY. */
gb_status data_split(gb_context *context, const results *r, results *split);

/* The sentence of a caption about how the cells were matched, from the final trials of split results: " Cells matched
 * by width, parameters (equal parameters: lstm 32 units, 4,480 parameters; gru 37 units, 4,477 parameters (-0.1 %)).".
 * Nothing without a matching. */
void data_matching_words(const results *r, text *t);

/* Appends the swept settings to a list, the hidden size last. In a run with matchings the amount that cells are matched
 * to, "matched_to", stands just before it, since it determines the hidden sizes. Errors: GB_MEMORY, those of
 * provenance_swept(). */
gb_status data_swept(gb_context *context, const results *r, name_list *swept);

/* Sets data->matching from the final trials of split results. */
void data_set_matching(const results *r, figure_data *data);

/* Replaces the values, sorted by panel, group, run and x, by Kaplan-Meier curves. One mark per trial remains; its
 * `correct` is 1 if the trial solved its task. Panels in which no trial solved it are omitted, unless none did in any
 * panel. Errors: GB_INVALID (no threshold from which the task is solved), GB_MEMORY. Internal to plots. */
gb_status data_solving(gb_context *context, const results *r, figure_data *data);

/* Adds the task's baselines of the figure's y ("chance") that the trials recorded, as groups of points without seeds.
 * Errors: GB_MEMORY. Internal to plots. */
gb_status data_add_baselines(gb_context *context, const figure *f, const results *r, figure_data *data);

/* Computes the aggregates of the gathered values. */
gb_status data_aggregate(gb_context *context, const figure *f, const results *r, figure_data *data);

#endif
