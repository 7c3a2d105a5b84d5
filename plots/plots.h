/* SPDX-License-Identifier: MIT */
/* Figures and the report. A figure is plots/figures/<name>.gp, whose head says in comment lines what data it draws; the
 * data go to <out>/<run>-<name>.csv, the finished script beside it, and gnuplot makes .svg and .pdf. */
#ifndef GATEBENCH_PLOTS_PLOTS_H
#define GATEBENCH_PLOTS_PLOTS_H

#include "results/claims/claims.h"
#include "results/store/store.h"

/* The figures that ship: names malloc'ed, ends with NULL (file_free_list). */
gb_status plots_list(gb_context *context, char ***names);

/* Draws one figure of a results file into a folder. `terminals` is "svg", "pdf" or "svg,pdf". Writes .csv, .gp and the
 * pictures. Errors: GB_INVALID (unknown figure, or the file lacks what it draws), GB_IO (gnuplot missing: names the
 * package). */
gb_status plots_draw(gb_context *context, const results *r, const char *figure, const char *folder,
                     const char *terminals);

/* One figure as text for a terminal of so many columns, malloc'ed; `colour`: with escapes. Nothing is left on disk.
 * Errors: as plots_draw. */
gb_status plots_print(gb_context *context, const results *r, const char *figure, size_t columns, bool colour,
                      char **drawing);

/* The caption of a figure for these results: what is drawn, n, interval, matching, date, commit; malloc'ed text. */
gb_status plots_caption(gb_context *context, const results *r, const char *figure, char **caption);

/* Figures that a results file asks for, malloc'ed, ends with NULL: its recipe's `figures:`, and the task's metric and
 * the core seconds by each swept number that none of them has on its x axis. */
gb_status plots_wanted(gb_context *context, const results *r, char ***names);

/* Writes the report: one self-contained HTML file (no script, no outside resource): verdict table first, then each
 * experiment with figures, caption, table and command. Draws what is missing into `folder` first.
 * Errors: GB_IO when gnuplot failed on a figure or is not there; the page is written all the same, and says so where
 * the figure would be. */
gb_status plots_report(gb_context *context, results *const *all, size_t count, const verdict_list *verdicts,
                       const published_list *published, const char *folder, const char *path);

#endif
