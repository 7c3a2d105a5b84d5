/* SPDX-License-Identifier: MIT */
/* Anchors: rows of results/published with `anchor: yes` are exact numbers that need no training. If one is not
 * reproduced, the data or the metric differ from the literature, and no trained number of that task counts. Internal to
 * results/claims. */
#ifndef GATEBENCH_RESULTS_CLAIMS_ANCHORS_H
#define GATEBENCH_RESULTS_CLAIMS_ANCHORS_H

#include "results/claims/rule.h"

/* Removes from the runs the trials of tasks whose anchor was not reproduced. *stopped names these tasks ("music
 * set=jsb"); free it with text_free. Errors: those of published_judge. */
gb_status anchors_apply(gb_context *context, results *const *all, rule_run *runs, size_t count, text *stopped);

#endif
