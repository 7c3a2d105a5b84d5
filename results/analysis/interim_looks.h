/* SPDX-License-Identifier: MIT */
/* Looks at a run while seeds are added to it (`run --until decided`): declared before the first, kept beside the trials
 * and in the results file, and what they leave of alpha for whoever compares that file later. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_INTERIM_LOOKS_H
#define GATEBENCH_RESULTS_ANALYSIS_INTERIM_LOOKS_H

#include "results/statistics/statistics.h"
#include "results/store/store.h"
#include "support/text.h"

enum { LOOKS_MOST = 20 };

typedef struct looks {
    size_t count, seeds[LOOKS_MOST]; /* seeds an arm at each look, rising; count 0: no looks, so one at 0.05 */
    comparison_levels levels[LOOKS_MOST];
    double spent[LOOKS_MOST]; /* of the 0.05, two-sided, up to and with each look */
} looks;

/* Looks at `first` seeds, at `most`, and evenly between, `count` in all (fewer when there are not so many numbers).
 * Errors: GB_INVALID (count or sizes out of range), GB_MEMORY. */
gb_status looks_declare(gb_context *context, size_t first, size_t most, size_t count, looks *out);

/* The declaration as YAML and back. Errors: GB_DATA (not what looks_append writes). */
void looks_append(const looks *l, text *to);
gb_status looks_parse(gb_context *context, const char *name, const char *yaml, looks *out);

/* Those of a results file; count 0: none. Errors: GB_DATA, GB_MEMORY. */
gb_status looks_of(gb_context *context, const results *r, looks *out);

/* The levels for that many seeds: those of the last look with no more; the strictest for fewer than the first. */
comparison_levels looks_levels(const looks *l, size_t seeds);

/* Distinct seeds of the final trials. */
size_t looks_seeds(const table *runs);

#endif
