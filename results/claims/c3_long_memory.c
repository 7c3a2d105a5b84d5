/* SPDX-License-Identifier: MIT */
/* C3: the cell `a` remembers over thousands of steps; each initialiser, training regime and swept setting is judged
 * separately. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"
#include "support/cleanup.h"

enum { REMEMBERED, FAILED, OPEN, LOST, PARTS };

static int part_of(const rule_group *g, double bound) {
    if (g->accuracy.high < bound)
        return FAILED;
    const bool remembered = g->accuracy.low >= bound;
    return rule_group_is_lost(g, remembered) ? LOST : remembered ? REMEMBERED : OPEN;
}

static void decide(const rule_input *input, rule_part *parts, rule_output *output) {
    double least = rule_threshold(input, "gap"), bound = rule_threshold(input, "remembered");
    size_t remembered = parts[REMEMBERED].names.count, failed = parts[FAILED].names.count;
    size_t all = remembered + failed + parts[OPEN].names.count + parts[LOST].names.count;
    const char *outcome = remembered && failed ? "conditional"
                          : remembered == all  ? "supported"
                          : failed == all      ? "refuted"
                                               : "undecided";
    rule_brief(output, "%s remembered in %zu of %zu settings at gaps of %.0f or more", input->a, remembered, all,
               least);
    rule_decide(output, outcome, "at gaps of %.0f or more (remembered: accuracy of %g or more), the cell %s ", least,
                bound, input->a);
    rule_say_parts(&output->words, parts, PARTS);
}

static void judge(const rule_input *input, rule_output *output) {
    static const char *const found[PARTS] = {"remembered", "not remembered", "undecided",
                                             "undecided, since not every seed was trained to the end"};
    double least = rule_threshold(input, "gap"), bound = rule_threshold(input, "remembered");
    size_t count, judged = 0;
    CLEANUP(free_at) rule_group *groups = rule_groups(input, &count);
    rule_part parts[PARTS] = {{.words = "remembered with"},
                              {.words = "did not remember with"},
                              {.words = "is undecided with"},
                              {.words = "was not trained to the end in every seed with"}};
    findings_scale(&output->findings, bound, INFINITY, "remembered", "accuracy of %s", input->a);
    for (size_t i = 0; i < count; i++) {
        const rule_group *g = &groups[i];
        if (!(g->gap >= least) || strcmp(g->cell, input->a) != 0)
            continue;
        int part = part_of(g, bound);
        CLEANUP(text_free) text setting = {0};
        text_append(&setting, "gap %.0f", g->gap);
        rule_group_setting(g, &setting);
        rule_note(output, &parts[part], setting.failed ? NULL : setting.data);
        finding *f = findings_add(&output->findings, setting.data, g->run->file->name, "");
        f->value = g->accuracy;
        f->side = part == REMEMBERED ? FINDING_FOR : part == FAILED ? FINDING_AGAINST : FINDING_OPEN;
        snprintf(f->word, sizeof f->word, "%s", found[part == LOST ? OPEN : part]);
        rule_group_evidence(&output->evidence, g);
        text_append(&output->evidence, ": %s\n", found[part]);
        judged++;
    }
    if (judged)
        decide(input, parts, output);
    else
        rule_no_evidence(input, output);
}

static const char *const thresholds[] = {"gap", "remembered", NULL};
const verdict_rule rule_carrying = {"carrying", 1, thresholds, judge};
