/* SPDX-License-Identifier: MIT */
/* Trials made under several matchings at once: a row for each, and what each cell has of its anchor, in words. */
#ifndef GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H
#define GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H

#include "results/store/table.h"
#include "support/text.h"

/* A trial may stand under several matchings (`matching` "width+parameters", `matched` "32/32+4480/4480"): puts a row
 * for each of them in its place, with one name in `matching` and its own `match_ratio`, and adds the column
 * `matched_to`: what was to be met (4480). Rows matched by width have none: their hidden size says it. A table all by
 * width stays as it is. Errors: GB_MEMORY. */
gb_status matchings_split(gb_context *context, table *runs);

/* achieved / target of a text such as `matched` holds: of several the one farthest from 1; NaN of none. */
double matchings_ratio(const char *matched);

/* Whether this is a column of the split table that distinguishes rows. */
bool matchings_is_column(const char *name);

/* Whether two rows, split or not, stand under a matching and were to meet the same there. */
bool matchings_share(const table *runs, size_t a, size_t b, const char *name);

/* The rows in the order in which people read them: one matching after the other, each with its rows as they stand.
 * malloc'ed; NULL: out of memory. */
size_t *matchings_order(const table *runs);

/* What each cell has of what it was to have, a line per matching of the split rows:
 * "parameters: rnn 65 = 4,420 of 4,480 (-1.3 %), gru 37 = 4,477 of 4,480 (-0.1 %), lstm 32". By width nothing is said
 * unless widths differ. */
void matchings_words(const table *runs, text *lines);

/* The same of one row: "gru 37 = 4,477 of 4,480 (-0.1 %)"; "gru 32" by width. */
void matchings_row_words(const table *runs, size_t row, text *words);

#endif
