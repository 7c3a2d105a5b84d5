/* SPDX-License-Identifier: MIT */
/* C1: a standard network cannot see order, a sequential one can. Holds in full only while the network that sees every
 * step at once (window) fails too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"

/* What the sequential cells, the bag and the window showed. */
typedef struct order_findings {
    size_t bag_trials, bag_pairs, bag_identical;
    size_t sequential, passed, failed;
    bool window, window_passed;
    text failing, open;
} order_findings;

static void take(const rule_group *g, double bound, order_findings *f) {
    if (strcmp(g->cell, "bag") == 0) {
        f->bag_trials += g->trials;
        f->bag_pairs += g->swapped_pairs;
        f->bag_identical += g->swapped_identical;
    } else if (strcmp(g->cell, "window") == 0) {
        f->window = true;
        f->window_passed = f->window_passed || g->accuracy.low > bound;
    } else {
        f->sequential++;
        if (g->accuracy.low > bound && !g->diverged)
            f->passed++;
        else if (g->accuracy.high <= bound) {
            f->failed++;
            rule_list(&f->failing, g->cell);
        } else {
            rule_list(&f->open, g->cell);
        }
    }
}

static void decide(const order_findings *f, double bound, rule_output *output) {
    if (f->bag_identical < f->bag_pairs)
        rule_decide(output, "refuted", "the bag told %zu of %zu swapped pairs apart", f->bag_pairs - f->bag_identical,
                    f->bag_pairs);
    else if (f->failed == f->sequential)
        rule_decide(output, "refuted", "no sequential cell told the sentences apart (bound %g)", bound);
    else if (f->failed)
        rule_decide(output, "holds only when", "the cell is none of: %s (they stay below %g)", f->failing.data, bound);
    else if (f->passed < f->sequential)
        rule_decide(output, "undecided", "the interval of %s reaches from one side of %g to the other", f->open.data,
                    bound);
    else if (!f->window)
        rule_decide(output, "undecided", "bag and sequential cells are as claimed, but window was not run");
    else if (f->window_passed)
        rule_decide(output, "holds only when",
                    "only for order-blind networks: the bag is blind to order and every sequential cell sees it, "
                    "but window, a standard network on all steps at once, sees it too");
    else
        rule_decide(output, "supported", "the standard networks fail where every sequential cell passes %g", bound);
}

static void judge(const rule_input *input, rule_output *output) {
    double bound = rule_threshold(input, "lower_bound");
    size_t count;
    rule_group *groups = rule_groups(input, &count);
    order_findings f = {0};
    for (size_t i = 0; i < count; i++) {
        const rule_group *g = &groups[i];
        take(g, bound, &f);
        rule_group_evidence(&output->evidence, g);
        if (g->swapped_pairs)
            text_append(&output->evidence, "; swapped pairs answered bit-identically: %zu of %zu", g->swapped_identical,
                        g->swapped_pairs);
        if (!isnan(g->shifted_accuracy))
            text_append(&output->evidence, "; shifted sentences %.4f", g->shifted_accuracy);
        text_append(&output->evidence, "\n");
    }
    if (f.bag_pairs == 0 || f.sequential == 0)
        rule_no_evidence(input, output);
    else
        decide(&f, bound, output);
    text_free(&f.failing);
    text_free(&f.open);
    free(groups);
}

static const char *const thresholds[] = {"lower_bound", NULL};
const verdict_rule rule_order = {"order", thresholds, judge};
