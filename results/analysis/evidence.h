/* SPDX-License-Identifier: MIT */
/* The evidence in a results file: which trials count, and the fate of each. All tables, comparisons, figures and
 * verdicts start from these rows. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_EVIDENCE_H
#define GATEBENCH_RESULTS_ANALYSIS_EVIDENCE_H

#include "results/store/store.h"
#include "support/name_list.h"

/* The fate of a planned trial. The first three are results: a trial that diverged or exceeded its limit of time or
 * memory ranks as the worst of its arm. A missing trial was not run, or failed for a reason that may be accidental; its
 * result is unknown. */
typedef enum trial_fate { TRIAL_DONE, TRIAL_DIVERGED, TRIAL_OVER_LIMIT, TRIAL_MISSING, TRIAL_FATES } trial_fate;

typedef struct evidence {
    const results *source;
    table runs; /* the rows of /runs, then the planned trials without a result (only id, settings, stage and status) */
    name_list
        settings; /* settings in which these rows may differ, without the seed, in the order of the columns of /runs */
    name_list
        carried;  /* settings that follow from the cell: matched, tuned, zipped with it; never options of the task */
    bool planned; /* the file contains the plan, so missing trials are known */
} evidence;

/* Reads the trials of a stage ("final", "tune", "all"). With `by_matching` there is one row per matching of a trial,
 * and `matching` and `matched_to` are settings. `r` must outlive it; free it also after an error. Errors: GB_MEMORY,
 * GB_INVALID (the recipe in the file cannot be read). */
gb_status evidence_read(gb_context *context, const results *r, const char *stage, bool by_matching, evidence *e);
void evidence_free(evidence *e);

/* Keeps only the rows with keep[row]; or copies them into separate evidence. Errors: GB_MEMORY. */
void evidence_keep(evidence *e, const bool *keep);
gb_status evidence_part(gb_context *context, const evidence *e, const bool *keep, evidence *part);

/* Keeps only the trials in /runs. Errors: GB_MEMORY. */
gb_status evidence_drop_unfinished(gb_context *context, evidence *e);

trial_fate evidence_fate(const evidence *e, size_t row);
/* "diverged", "over its limit", "missing". */
const char *evidence_fate_words(trial_fate fate);

/* Counts trials, not rows: one under several matchings, whose rows are adjacent, counts once. */
void evidence_count(const evidence *e, size_t counts[TRIAL_FATES]);

/* The metric of a finished trial; NaN for any other. */
double evidence_value(const evidence *e, size_t row, const char *metric);

/* The rows of the trial's learning curve in source->curves: *first is the first row; returns their number. */
size_t evidence_curve(const evidence *e, size_t row, size_t *first);

/* True if the column has several values in these rows. */
bool evidence_varies(const evidence *e, const table_column *column);

#endif
