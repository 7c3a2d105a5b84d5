/* SPDX-License-Identifier: MIT */
/* The time that a claim's cells need to reach a target: the steps of trials that stopped there, times the exclusively
 * measured time per step. */
#ifndef GATEBENCH_RESULTS_CLAIMS_TIME_TO_TARGET_H
#define GATEBENCH_RESULTS_CLAIMS_TIME_TO_TARGET_H

#include "results/claims/rule.h"

/* Adds one line of evidence per setting whose training step some run of the input timed exclusively. */
void speed_target_evidence(const rule_input *input, rule_output *output);

#endif
