/* SPDX-License-Identifier: MIT */
/* Conditions on trials, as --where takes them. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_ROW_FILTER_H
#define GATEBENCH_RESULTS_ANALYSIS_ROW_FILTER_H

#include "results/store/table.h"

/* Keeps the rows for which all conditions hold: "cell=gru,lstm gap>=200", separated by blanks; = and != take several
 * values. Errors: GB_INVALID with the nearest column, or when no row is left. */
gb_status where_keep(gb_context *context, const char *conditions, table *runs);

#endif
