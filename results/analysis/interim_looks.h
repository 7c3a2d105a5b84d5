/* SPDX-License-Identifier: MIT */
/* Looks at a run while seeds are added to it (`run --until decided`): declared before the first, kept beside the trials
 * and in the results file, and what they leave of alpha for later comparisons of that file. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_INTERIM_LOOKS_H
#define GATEBENCH_RESULTS_ANALYSIS_INTERIM_LOOKS_H

#include "results/analysis/evidence.h"
#include "results/statistics/statistics.h"
#include "support/text.h"

enum { LOOKS_MOST = 20 };

typedef struct looks {
    size_t count, seeds[LOOKS_MOST]; /* seeds per arm at each look, rising; count 0: no looks, so one at 0.05 */
    comparison_levels levels[LOOKS_MOST];
    double spent[LOOKS_MOST]; /* of the 0.05, two-sided, up to and with each look */
    size_t taken;             /* how many of them were taken */
} looks;

/* Looks at `first` seeds, at `most`, and evenly between, `count` in all (fewer when there are not so many numbers).
 * Errors: GB_INVALID (count or sizes out of range), GB_MEMORY. */
gb_status looks_declare(gb_context *context, size_t first, size_t most, size_t count, looks *out);

/* The declaration as YAML and back. Errors: GB_DATA (not what looks_append writes). */
void looks_append(const looks *l, text *to);
gb_status looks_parse(gb_context *context, const char *name, const char *yaml, looks *out);

/* Those of a results file; count 0: none. Errors: GB_DATA, GB_MEMORY. */
gb_status looks_of(gb_context *context, const results *r, looks *out);

/* Leaves what the last look saw, the trials of its first seeds, and gives the levels at which it decides; without looks
 * all trials and 0.05. `look` names one that is just being taken (from 1; 0: the last one taken). A file that was
 * looked at and has fewer seeds now counts as of the look before. Errors: GB_MEMORY. */
gb_status looks_apply(gb_context *context, const looks *l, size_t look, evidence *e, comparison_levels *levels);

#endif
