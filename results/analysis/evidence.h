/* SPDX-License-Identifier: MIT */
/* Which trials of a results file count, and what became of each: the rows that every table, comparison, figure and
 * verdict starts from. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_EVIDENCE_H
#define GATEBENCH_RESULTS_ANALYSIS_EVIDENCE_H

#include "results/store/store.h"
#include "support/name_list.h"

/* What became of a planned trial. The first three are results: a trial that diverged or went over its limit of time or
 * memory is the worst of its arm in everything that ranks. A missing one was not run, or failed for a reason that may
 * be an accident: nothing is known of it. */
typedef enum trial_fate { TRIAL_DONE, TRIAL_DIVERGED, TRIAL_OVER_LIMIT, TRIAL_MISSING, TRIAL_FATES } trial_fate;

typedef struct evidence {
    const results *source;
    table runs;         /* as /runs, then the planned trials without a result: only id, settings, stage and status */
    name_list settings; /* in which these rows may differ, without the seed, in the order of the columns of /runs */
    name_list carried;  /* those that come with a cell: matched, tuned, zipped with it; never options of the task */
    bool planned;       /* the file has the plan, so that it is known what is missing */
} evidence;

/* The trials of a stage ("final", "tune", "all"). `by_matching`: one row per matching of a trial, with `matching` and
 * `matched_to` among the settings. `r` must outlive it; free also after an error. Errors: GB_MEMORY, GB_INVALID (the
 * recipe in the file cannot be read). */
gb_status evidence_read(gb_context *context, const results *r, const char *stage, bool by_matching, evidence *e);
void evidence_free(evidence *e);

/* Leaves the rows with keep[row]; or copies them into a part with evidence of its own. Errors: GB_MEMORY. */
void evidence_keep(evidence *e, const bool *keep);
gb_status evidence_part(gb_context *context, const evidence *e, const bool *keep, evidence *part);

/* Leaves the trials that are in /runs. Errors: GB_MEMORY. */
gb_status evidence_drop_unfinished(gb_context *context, evidence *e);

trial_fate evidence_fate(const evidence *e, size_t row);
/* "diverged", "over its limit", "missing". */
const char *evidence_fate_words(trial_fate fate);

/* The metric of a trial that is done; NaN of any other. */
double evidence_value(const evidence *e, size_t row, const char *metric);

/* The rows of the trial's learning curve in source->curves: *first, and how many. */
size_t evidence_curve(const evidence *e, size_t row, size_t *first);

/* Whether the column has several values in these rows. */
bool evidence_varies(const evidence *e, const table_column *column);

#endif
