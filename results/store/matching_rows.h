/* SPDX-License-Identifier: MIT */
/* Trials made under several matchings: one row for each matching, and each cell's amount relative to its anchor, in
 * words. */
#ifndef GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H
#define GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H

#include "results/store/table.h"
#include "support/text.h"

/* A trial may count under several matchings. Its column `matching` then lists them, "width+parameters", and `matched`
 * has the achieved and the target amount for each, "32/32+4480/4480". Replaces the trial's row by one row per matching,
 * with one name in `matching`, and adds the columns `matched_to`, the target (4480), and `match_ratio`, achieved /
 * target. For width `matched_to` is missing, since the hidden size shows it. A table with only width is unchanged.
 * Errors: GB_MEMORY. */
gb_status matchings_split(gb_context *context, table *runs);

/* The ratio achieved / target of a text in the form of `matched`. If the text has several, the ratio farthest from 1;
 * if none, NaN. */
double matchings_ratio(const char *matched);

/* True if this column of the split table distinguishes rows. */
bool matchings_is_column(const char *name);

/* True if two rows, split or not, share a matching with the same target. */
bool matchings_share(const table *runs, size_t a, size_t b, const char *name);

/* The rows in reading order: grouped by matching, otherwise in their order. malloc'ed; NULL: out of memory. */
size_t *matchings_order(const table *runs);

/* The sizes of the cells, one line per matching of the split rows: "equal parameters: lstm 32 units, 4,480 parameters;
 * gru 37 units, 4,477 parameters (-0.1 %)", with the deviation from the target in brackets. Many sizes are only
 * counted. For width there is a line only if widths differ. */
void matchings_words(const table *runs, text *lines);

/* The same for one row: "gru 37 units, 4,477 parameters (-0.1 %)"; by width "gru 32 units". */
void matchings_row_words(const table *runs, size_t row, text *words);

#endif
