/* SPDX-License-Identifier: MIT */
/* The table /planned of the results file: one row per planned trial of both stages, finished or not. Internal to
 * results/store. */
#ifndef GATEBENCH_RESULTS_STORE_PLANNED_TRIALS_H
#define GATEBENCH_RESULTS_STORE_PLANNED_TRIALS_H

#include "results/store/store.h"

/* The plan's rows for the trials in /runs, in that order. A trial of both stages counts as final, so its last row is
 * used. malloc'ed; NULL: out of memory. */
size_t *planned_rows(const table *planned, size_t *count);

/* Adds to the last row of `runs` what only the plan knows: the trial's role, and settings that are newer than its
 * record. */
bool planned_complete_row(table *runs, const table *fields, const table *planned, size_t row);

/* The table /planned: id, stage, matching, matched, status, reason, seed, then the swept and tuned settings. The status
 * is that of the trial's row in `runs`; for a trial without a row it is "failed" if there is a reason, else "missing".
 */
bool planned_table(const store_provenance *p, const table *runs, table *planned);

#endif
