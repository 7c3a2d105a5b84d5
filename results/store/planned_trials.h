/* SPDX-License-Identifier: MIT */
/* What was planned, in the results file: a row per planned trial of both stages, whatever became of it. Internal to
 * results/store. */
#ifndef GATEBENCH_RESULTS_STORE_PLANNED_TRIALS_H
#define GATEBENCH_RESULTS_STORE_PLANNED_TRIALS_H

#include "results/store/store.h"

/* The rows of a plan whose trials /runs holds, in its order: a trial of both stages counts as final, so the last row
 * with its id is taken. malloc'ed; NULL: out of memory. */
size_t *planned_rows(const table *planned, size_t *count);

/* Adds to the last row of `runs` what its trial's own record lacks and the plan knows: its role, and settings that are
 * younger than the record. */
bool planned_complete_row(table *runs, const table *fields, const table *planned, size_t row);

/* The table /planned: id, stage, matching, matched, status, reason, seed, then the swept and tuned settings. The status
 * is that of the trial's row in `runs`; of a trial without one it is "failed" when there is a reason, else "missing".
 */
bool planned_table(const store_provenance *p, const table *runs, table *planned);

#endif
