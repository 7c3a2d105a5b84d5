/* SPDX-License-Identifier: MIT */
/* What failed anchors stop: rows of results/published with `anchor: yes` are exact numbers that need no training. Where
 * one does not hold, the data or the metric are not the literature's, and no trained number of that task counts.
 * Internal to results/claims. */
#ifndef GATEBENCH_RESULTS_CLAIMS_ANCHORS_H
#define GATEBENCH_RESULTS_CLAIMS_ANCHORS_H

#include "results/claims/rule.h"

/* Takes the trials of tasks whose anchor does not hold out of the runs; *stopped names them ("music set=jsb"), to be
 * freed by text_free. Errors: those of published_judge. */
gb_status anchors_apply(gb_context *context, results *const *all, rule_run *runs, size_t count, text *stopped);

#endif
