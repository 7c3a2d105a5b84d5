/* SPDX-License-Identifier: MIT */
/* A figure is plots/figures/<name>.gp. The comment lines at its head define what it draws (README.md has the grammar);
 * this file reads them. There is no other list of figures. */
#ifndef GATEBENCH_PLOTS_FIGURE_H
#define GATEBENCH_PLOTS_FIGURE_H

#include "gatebench/context.h"
#include "support/name_list.h"

enum { FIGURE_WORD = 64, FIGURE_NAME = 128 };

typedef enum figure_source {
    FIGURE_RUNS,
    FIGURE_METRICS,
    FIGURE_CURVES,
    FIGURE_COMPARISONS, /* no table: the results of `compare` on one or more results files */
    FIGURE_PUBLISHED    /* the papers' numbers compared with ours */
} figure_source;

typedef enum figure_interval {
    FIGURE_STUDENT,   /* mean over seeds with Student-t 95 % interval */
    FIGURE_GEOMETRIC, /* the same for values that are already log10 */
    FIGURE_WILSON,    /* correct / predictions pooled over seeds, with Wilson 95 % interval */
    FIGURE_STACK,     /* mean; low and high are the ends of a bar, stacked over the groups */
    FIGURE_MEDIAN,    /* median with quartiles of all values at a point; each value counts, not each seed */
    FIGURE_SURVIVAL, /* for curves: the share of trials that solved their task by x (Kaplan-Meier), with its interval */
    FIGURE_MEAN,     /* mean over seeds, and every seed; too few for an interval */
    FIGURE_DOTS      /* every seed, without a mean */
} figure_interval;

/* A column and its name in the CSV file and on the axis. */
typedef struct figure_column {
    char name[FIGURE_WORD], heading[FIGURE_WORD];
} figure_column;

/* The label shown in place of a value; pattern (fnmatch) of "column/value" or "value". */
typedef struct figure_label {
    char *pattern, *shown;
} figure_label;

typedef struct figure {
    char name[FIGURE_NAME];
    char *title, *caption, *xlabel, *ylabel; /* xlabel and ylabel NULL: the names of the columns */
    figure_source source;
    figure_column x, y;
    char group[FIGURE_WORD];
    name_list panels;  /* columns whose values make panels */
    name_list metrics; /* for /metrics: patterns of the names of metrics to draw */
    name_list one;     /* columns; of their combinations of values only one is drawn */
    name_list pool;    /* swept settings that do not make panels; their trials are averaged like seeds */
    figure_interval interval;
    bool relative;           /* subtract the value at the smallest x of the same trial */
    bool tuning;             /* draw trials of the tuning stage, not the final ones */
    bool complete;           /* draw a mean only if every trial of the group has a value */
    char along[FIGURE_WORD]; /* column that groups values into points instead of x; the point is then at the mean x */
    figure_label *labels;
    size_t label_count;
    char like[FIGURE_WORD]; /* the figure whose script follows this one's; "": none */
    char *script;           /* the text of its .gp file, followed by that of the figure named by `like:` */
} figure;

/* Reads a shipped figure, or the general one with the axes that its name says (figure_axes.h). Errors: GB_INVALID (no
 * such figure: suggests a name; or an invalid head: file, line), GB_IO. */
gb_status figure_read(gb_context *context, const char *name, figure **out);
void figure_free(figure *f); /* takes NULL */

/* The label of a value of a column: the first that matches, else NULL. */
const char *figure_label_of(const figure *f, const char *column, const char *value);

#endif
