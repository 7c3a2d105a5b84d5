/* SPDX-License-Identifier: MIT */
/* What figures of judgements draw: rows of numbers with intervals, in place of a table's values. */
#ifndef GATEBENCH_PLOTS_FIGURE_JUDGED_H
#define GATEBENCH_PLOTS_FIGURE_JUDGED_H

#include "plots/figure_points.h"
#include "results/analysis/compare_run.h"
#include "results/claims/claims.h"

/* Both name the rows in data->categories, and have two groups: what was found, and what it is held against (the band in
 * which arms are equivalent; a paper's number with its band). *caption is malloc'ed. Errors: GB_INVALID (no row),
 * GB_MEMORY. */
gb_status data_of_comparisons(gb_context *context, const compare_run *runs, size_t count, const char *figure_name,
                              figure_data *data, char **caption);
gb_status data_of_published(gb_context *context, const published_list *published, figure_data *data, char **caption);

#endif
