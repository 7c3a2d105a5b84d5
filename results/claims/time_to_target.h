/* SPDX-License-Identifier: MIT */
/* How long a claim's cells need to reach a target: steps of trials that stopped there, times the exclusive time per
 * step. */
#ifndef GATEBENCH_RESULTS_CLAIMS_TIME_TO_TARGET_H
#define GATEBENCH_RESULTS_CLAIMS_TIME_TO_TARGET_H

#include "results/claims/rule.h"

/* A line of evidence per setting whose training steps some run of the input timed alone. */
void speed_target_evidence(const rule_input *input, rule_output *output);

#endif
