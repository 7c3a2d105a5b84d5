/* SPDX-License-Identifier: MIT */
/* Trials made under several matchings: one row for each matching, and each cell's amount relative to its anchor, in
 * words. */
#ifndef GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H
#define GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H

#include "results/store/table.h"
#include "support/text.h"

/* A trial may have several matchings (`matching` "width+parameters", `matched` "32/32+4480/4480"). Replaces its row by
 * one row per matching, with one name in `matching` and its own `match_ratio`, and adds the column `matched_to` with
 * the target (4480). Rows matched by width have no target, since the hidden size shows it. A table with only width is
 * unchanged. Errors: GB_MEMORY. */
gb_status matchings_split(gb_context *context, table *runs);

/* achieved / target of a text in the form of `matched`; of several the ratio farthest from 1; NaN if there is none. */
double matchings_ratio(const char *matched);

/* True if this column of the split table distinguishes rows. */
bool matchings_is_column(const char *name);

/* True if two rows, split or not, share a matching with the same target. */
bool matchings_share(const table *runs, size_t a, size_t b, const char *name);

/* The rows in reading order: grouped by matching, otherwise in their order. malloc'ed; NULL: out of memory. */
size_t *matchings_order(const table *runs);

/* Each cell's amount and target, one line per matching of the split rows: "parameters: rnn 65 = 4,420 of 4,480 (-1.3
 * %), gru 37 = 4,477 of 4,480 (-0.1 %), lstm 32". For width there is a line only if widths differ. */
void matchings_words(const table *runs, text *lines);

/* The same for one row: "gru 37 = 4,477 of 4,480 (-0.1 %)"; "gru 32" by width. */
void matchings_row_words(const table *runs, size_t row, text *words);

#endif
