/* SPDX-License-Identifier: MIT */
/* The data of figures of comparisons and published numbers: rows of numbers with intervals, instead of a table's
 * values. */
#ifndef GATEBENCH_PLOTS_FIGURE_JUDGED_H
#define GATEBENCH_PLOTS_FIGURE_JUDGED_H

#include "plots/figure_points.h"
#include "results/analysis/compare_run.h"
#include "results/claims/claims.h"

/* Both set the names of rows in data->categories, and make two groups: our results, and their reference (the band of
 * equivalence; a paper's number with its band). *caption is malloc'ed. Errors: GB_INVALID (no row), GB_MEMORY. */
gb_status data_of_comparisons(gb_context *context, const compare_run *runs, size_t count, const char *figure_name,
                              figure_data *data, char **caption);
gb_status data_of_published(gb_context *context, const published_list *published, figure_data *data, char **caption);

#endif
