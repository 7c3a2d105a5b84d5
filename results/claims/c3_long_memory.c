/* SPDX-License-Identifier: MIT */
/* C3: the LSTM remembers over thousands of steps; each initialiser and training regime is judged apart. */
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"

static void judge(const rule_input *input, rule_output *output) {
    double least = rule_threshold(input, "gap"), bound = rule_threshold(input, "remembered");
    size_t count, remembered = 0, failed = 0, open = 0;
    rule_group *groups = rule_groups(input, &count);
    for (size_t i = 0; i < count; i++) {
        const rule_group *g = &groups[i];
        if (!(g->gap >= least) || strcmp(g->cell, "lstm") != 0)
            continue;
        bool kept = g->accuracy.low >= bound, lost = g->accuracy.high < bound;
        remembered += kept;
        failed += lost;
        open += !kept && !lost;
        rule_group_evidence(&output->evidence, g);
        text_append(&output->evidence, ": %s\n", kept ? "remembered" : lost ? "not remembered" : "undecided");
    }
    free(groups);
    if (remembered + failed + open == 0)
        rule_no_evidence(input, output);
    else if (remembered && failed)
        rule_decide(output, "holds only when",
                    "only in %zu of %zu settings at gaps of %.0f and more: see the "
                    "evidence for which",
                    remembered, remembered + failed + open, least);
    else if (remembered && !open)
        rule_decide(output, "supported", "remembered at gaps of %.0f and more in every setting", least);
    else if (failed && !open)
        rule_decide(output, "refuted", "not remembered at gaps of %.0f and more in any setting", least);
    else
        rule_decide(output, "undecided", "the interval of %zu of %zu settings holds the bound %g", open,
                    remembered + failed + open, bound);
}

static const char *const thresholds[] = {"gap", "remembered", NULL};
const verdict_rule rule_carrying = {"carrying", thresholds, judge};
