/* SPDX-License-Identifier: MIT */
/* Interim looks at a run while seeds are added to it (`run --until decided`). They are declared before the first look
 * and stored beside the trials and in the results file. They determine the significance levels of later comparisons of
 * that file. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_INTERIM_LOOKS_H
#define GATEBENCH_RESULTS_ANALYSIS_INTERIM_LOOKS_H

#include "results/analysis/evidence.h"
#include "results/statistics/statistics.h"
#include "support/text.h"

enum { LOOKS_MOST = 20 };

typedef struct looks {
    size_t count,
        seeds[LOOKS_MOST]; /* seeds per arm at each look, increasing; count 0: no looks, so one test at 0.05 */
    comparison_levels levels[LOOKS_MOST];
    double spent[LOOKS_MOST]; /* two-sided alpha of 0.05 spent up to and including each look */
    size_t taken;             /* number of looks taken */
} looks;

/* Declares `count` looks, from `first` to `most` seeds at even distances (fewer looks if there are not enough numbers).
 * Errors: GB_INVALID (count or sizes out of range), GB_MEMORY. */
gb_status looks_declare(gb_context *context, size_t first, size_t most, size_t count, looks *out);

/* Writes the declaration as YAML and reads it. Errors: GB_DATA (not in the form of looks_append). */
void looks_append(const looks *l, text *to);
gb_status looks_parse(gb_context *context, const char *name, const char *yaml, looks *out);

/* Reads the looks of a results file; count 0: none. Errors: GB_DATA, GB_MEMORY. */
gb_status looks_of(gb_context *context, const results *r, looks *out);

/* Keeps only the trials with the seeds of the latest look, and gives that look's significance levels. Without looks it
 * keeps all trials, and the levels are 0.05. `look` is the number of a look that is being taken (from 1; 0: the latest
 * one). If a file has fewer seeds than its latest look needs, an earlier look is used. Errors: GB_MEMORY. */
gb_status looks_apply(gb_context *context, const looks *l, size_t look, evidence *e, comparison_levels *levels);

#endif
