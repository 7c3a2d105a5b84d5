/* SPDX-License-Identifier: MIT */
/* Time to target: what a cell needs in steps, times what a step costs in milliseconds. Internal to results/verdicts. */
#ifndef GATEBENCH_RESULTS_CLAIMS_TIME_TO_TARGET_H
#define GATEBENCH_RESULTS_CLAIMS_TIME_TO_TARGET_H

#include "results/claims/rule.h"

/* For each run of the input that stopped at a target (`reach`), and each GRU and LSTM in it whose sizes were timed
 * alone by another run of the input: a line with the median steps until there (of Kaplan and Meier: who never got there
 * is censored), the milliseconds of a step, and their product. Seconds that the run itself recorded are no evidence:
 * its trials shared the machine. */
void speed_target_evidence(const rule_input *input, text *evidence);

#endif
