/* SPDX-License-Identifier: MIT */
/* Trials made under several matchings at once: a row for each, and what each cell has of its anchor, in words. */
#ifndef GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H
#define GATEBENCH_RESULTS_STORE_MATCHING_ROWS_H

#include "results/store/table.h"
#include "support/text.h"

/* What C5 calls matched: recurrent parameters no farther apart than this share. */
#define MATCHINGS_TOLERANCE 0.05

/* A trial may stand under several matchings (`matching` "width+parameters", `matched` "32/32+4480/4480"): puts a row
 * for each of them in its place, with one name in `matching` and its own `match_ratio`, and adds the column
 * `matched_to`: what was to be met (4480). Rows matched by width have none: their hidden size says it. A table all by
 * width stays as it is. Results made before there was a column `matched` are split by name, and where trials matched by
 * parameters lack a cell whose trials of equal width have as many, these are that cell's under parameters too; such
 * rows stand at the end. Errors: GB_MEMORY. */
gb_status matchings_split(gb_context *context, table *runs);

/* achieved / target of a text such as `matched` holds: of several the one farthest from 1; NaN of none. */
double matchings_ratio(const char *matched);

/* Whether this is a column of the split table by which rows must be told apart. */
bool matchings_is_column(const char *name);

/* Whether two rows, split or not, stand under a matching and were to meet the same there. */
bool matchings_share(const table *runs, size_t a, size_t b, const char *name);

/* The rows in the order in which people read them: one matching after the other, each with its rows as they stand.
 * malloc'ed; NULL: out of memory. */
size_t *matchings_order(const table *runs);

/* What each cell has of what it was to have, a line a matching of the split rows:
 * "parameters: rnn 65 = 4,420 of 4,480 (-1.3 %), gru 37 = 4,477 of 4,480 (-0.1 %), lstm 32". By width nothing is said
 * unless widths differ. By time also what the trials took, the mean of their core time:
 * "time: gru 64, 2080 steps = 6.11 of 6.11 s (-0.0 %), took 6.21 s; lstm 64, 1500 steps, took 6.04 s". */
void matchings_words(const table *runs, text *lines);

/* The same of one row: "gru 37 = 4,477 of 4,480 (-0.1 %)"; "gru 32" by width. */
void matchings_row_words(const table *runs, size_t row, text *words);

#endif
