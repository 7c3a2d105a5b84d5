/* SPDX-License-Identifier: MIT */
/* Figures and the report. A figure is plots/figures/<name>.gp, whose head says in comment lines what data it draws; the
 * data go to <out>/<run>-<name>.csv, the finished script beside it, and gnuplot makes .svg and .pdf. */
#ifndef GATEBENCH_PLOTS_PLOTS_H
#define GATEBENCH_PLOTS_PLOTS_H

#include "results/claims/claims.h"
#include "results/claims/matrix.h"
#include "results/store/store.h"

/* The figures that ship, and those in ./figures: names malloc'ed, ends with NULL (file_free_list). */
gb_status plots_list(gb_context *context, char ***names);

/* How figures look. NULL or zero: as is usual. */
typedef struct plots_look {
    const char *formats; /* some of "svg,pdf,png,tex"; the first three. tex: <stem>-latex.tex and .pdf, by cairolatex */
    const char *theme;   /* "web", "paper" (8 pt, 3.35 or 6.9 inch wide) or "slides" (16 pt, 10 inch) */
    bool dark;
    double width, font_scale; /* inches; times the theme's letters */
    bool changed_only;        /* a picture that is younger than its .csv and .gp stays */
} plots_look;

/* Draws one figure of a results file into a folder. Writes .csv, .gp and the pictures. Errors: GB_INVALID (unknown
 * figure, or the file lacks what it draws), GB_IO (gnuplot missing: names the package). */
gb_status plots_draw(gb_context *context, const results *r, const char *figure, const char *folder,
                     const plots_look *look);

/* Draws the papers' numbers beside ours as <folder>/published.{csv,gp,svg,...}: a row each number that we have one
 * beside, ours with its interval, theirs as a mark, the declared band shaded. Errors: GB_INVALID (no number of ours).
 */
gb_status plots_draw_published(gb_context *context, const published_list *published, const char *folder,
                               const plots_look *look);

struct compare_run; /* results/analysis/compare_run.h */

/* Draws what `compare` found in one or more results files as <folder>/<stem>-<figure>.{csv,gp,svg,...}. Figures:
 * "differences": a row each group of each pair of arms, its paired difference with interval beside the band in which
 * the two are equivalent; "verdicts": a field each task (a results file) and matching, with the word of the first pair
 * in it. Errors: GB_INVALID (nothing was compared). */
gb_status plots_draw_comparisons(gb_context *context, const struct compare_run *runs, size_t count, const char *figure,
                                 const char *folder, const char *stem, const plots_look *look);

/* Where text is shown; colour: with escapes. */
typedef struct plots_window {
    size_t columns, lines;
    bool colour;
} plots_window;

/* One figure as text for a window, malloc'ed. Nothing is left on disk. Errors: as plots_draw. */
gb_status plots_print(gb_context *context, const results *r, const char *figure, const plots_window *window,
                      char **drawing);

/* The caption of a figure for these results: what is drawn, n, interval, matching, date, commit; malloc'ed text. */
gb_status plots_caption(gb_context *context, const results *r, const char *figure, char **caption);

/* Figures that a results file asks for, malloc'ed, ends with NULL: its recipe's `figures:`, and the task's metric and
 * the core seconds by each swept number that none of them has on its x axis. */
gb_status plots_wanted(gb_context *context, const results *r, char ***names);

/* What is reported, and where to. */
typedef struct report_request {
    results *const *all;
    size_t count;
    bool chosen;                     /* these runs were named: claims that they say nothing about are left out */
    const verdict_list *verdicts;    /* NULL: none */
    const published_list *published; /* NULL: none */
    const verdict_matrix *matrix;    /* of two cells, task by task; NULL: none */
    const char *folder;              /* of the figures */
    const char *path, *format;       /* format: "html", "md", "latex" or "pdf" */
} report_request;

/* Writes the report. html is one self-contained file without any outside resource: the claims (or, of runs that answer
 * none, their comparisons) as cards and as a matrix, the papers' numbers, then each experiment with figures, finding,
 * table and command. md and latex name the figures beside them; pdf is latex through pdflatex. Draws what changed into
 * `folder` first.
 * Errors: GB_INVALID (a format that there is not), GB_IO when gnuplot failed on a figure or is not there; the report is
 * written all the same, and says so where the figure would be. */
gb_status plots_report(gb_context *context, const report_request *request);

#endif
