/* SPDX-License-Identifier: MIT */
/* Figures and the report. A figure is plots/figures/<name>.gp; comment lines at its head define its data. The data go
 * to <out>/<run>-<name>.csv, the complete script is written beside it, and gnuplot makes .svg and .pdf. */
#ifndef GATEBENCH_PLOTS_PLOTS_H
#define GATEBENCH_PLOTS_PLOTS_H

#include "results/claims/claims.h"
#include "results/claims/matrix.h"
#include "results/store/store.h"

/* The names of the shipped figures and of those in ./figures, malloc'ed; ends with NULL (file_free_list). */
gb_status plots_list(gb_context *context, char ***names);

/* The appearance of figures. NULL or zero: the default. */
typedef struct plots_look {
    const char *formats; /* one or more of "svg,pdf,png,tex"; default: the first three. tex: <stem>-latex.tex and .pdf,
                            by cairolatex */
    const char *theme;   /* "web", "paper" (8 pt, 3.35 or 6.9 inch wide) or "slides" (16 pt, 10 inch) */
    bool dark;
    double width, font_scale; /* inches; factor on the theme's font size */
    bool changed_only;        /* keep a picture that is newer than its .csv and .gp */
    const char *run;          /* the run in the names of the files; NULL: its own name */
} plots_look;

/* Draws one figure of a results file into a folder. Writes .csv, .gp and the pictures. Errors: GB_INVALID (unknown
 * figure, or the file lacks its data), GB_IO (gnuplot missing: names the package). */
gb_status plots_draw(gb_context *context, const results *r, const char *figure, const char *folder,
                     const plots_look *look);

/* Draws the papers' numbers compared with ours as <folder>/published.{csv,gp,svg,...}: one row per comparable number,
 * with our number and its interval, the published number as a mark, and the declared band shaded. Errors: GB_INVALID
 * (no comparable number).
 */
gb_status plots_draw_published(gb_context *context, const published_list *published, const char *folder,
                               const plots_look *look);

struct compare_run; /* results/analysis/compare_run.h */

/* Draws the results of `compare` on one or more results files as <folder>/<stem>-<figure>.{csv,gp,svg,...}. The figure
 * "differences" has one row per group and pair of arms, with the paired difference, its interval and the band of
 * equivalence. The figure "verdicts" has one tile per task (results file) and matching, with the outcome of the first
 * pair. Errors: GB_INVALID (nothing was compared). */
gb_status plots_draw_comparisons(gb_context *context, const struct compare_run *runs, size_t count, const char *figure,
                                 const char *folder, const char *stem, const plots_look *look);

/* The window for text drawings; colour: use escapes. */
typedef struct plots_window {
    size_t columns, lines;
    bool colour;
} plots_window;

/* One figure as text for a window, malloc'ed. Writes no file. Errors: those of plots_draw. */
gb_status plots_print(gb_context *context, const results *r, const char *figure, const plots_window *window,
                      char **drawing);

/* The caption of a figure for these results: what is drawn, n, interval, matching, date, commit; malloc'ed text. */
gb_status plots_caption(gb_context *context, const results *r, const char *figure, char **caption);

/* The default figures of a results file, malloc'ed; ends with NULL: its recipe's `figures:`, and the task's metric and
 * the core seconds by each swept number that is not on the x axis of one of those. */
gb_status plots_wanted(gb_context *context, const results *r, char ***names);

/* The content of a report and its destination. */
typedef struct report_request {
    results *const *all;
    size_t count;
    bool chosen;                     /* the user named these runs: omit claims without evidence */
    const verdict_list *verdicts;    /* NULL: none */
    const published_list *published; /* NULL: none */
    const verdict_matrix *matrix;    /* two cells compared task by task; NULL: none */
    const char *folder;              /* folder of the figures */
    const char *path, *format;       /* format: "html", "md", "latex" or "pdf" */
} report_request;

/* Writes the report. html is one self-contained file without any outside resource: the claims (or, for runs without a
 * claim, their comparisons) as cards and as a matrix, the papers' numbers, then each experiment with figures, finding,
 * table and command. md and latex refer to figures in the same folder; pdf is latex through pdflatex. First draws
 * changed figures into `folder`. Errors: GB_INVALID (unknown format), GB_IO when gnuplot is missing or failed on a
 * figure; the report is still written, with a note in place of the figure. */
gb_status plots_report(gb_context *context, const report_request *request);

#endif
