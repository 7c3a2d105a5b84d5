/* SPDX-License-Identifier: MIT */
/* The parts of the report. Each appends to the page; the text's `failed` says when memory ran out. */
#ifndef GATEBENCH_PLOTS_REPORT_H
#define GATEBENCH_PLOTS_REPORT_H

#include "plots/plots.h"
#include "support/text.h"

/* The table of verdicts and the table of published numbers beside ours. */
/* What was declared for a run and changed after its first trial; nothing if nothing was. */
void report_changes(text *page, const results *r);
void report_verdicts(text *page, const verdict_list *verdicts);
void report_published(text *page, const published_list *published);

/* What the recipe declared to be compared: means, differences with intervals, outcomes; nothing without `compare:`. */
gb_status report_comparisons(gb_context *context, const results *r, text *page);

/* Means with intervals of every arm (a combination of swept settings) of an experiment. */
gb_status report_table(gb_context *context, const results *r, text *page);

/* An SVG file of gnuplot as part of the page: ids with a prefix, as they would clash with those of other figures;
 * black as currentColor, so that it follows the page's theme; `label` for those who cannot see it. */
void report_svg(text *page, const char *svg, const char *prefix, const char *label);

/* A file's bytes as a link that saves them under a name. */
void report_download(text *page, const char *name, const char *type, const char *bytes, size_t size, const char *words);

#endif
