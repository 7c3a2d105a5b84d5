/* SPDX-License-Identifier: MIT */
/* A claim whose measurements no recipe makes yet: says what they would be. Nothing else that lies around counts. */
#include "results/verdicts/rule.h"

static void judge(const rule_input *input, rule_output *output) {
    rule_no_evidence(input, output);
}

static const char *const thresholds[] = {NULL};
const verdict_rule rule_awaiting = {"awaiting", thresholds, judge};
