/* SPDX-License-Identifier: MIT */
/* C1: a standard network cannot see word order, a sequential model can. `a` is the order-blind network (bag), `b` the
 * standard network on all steps at once (window); every other cell is a sequential model. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"
#include "support/cleanup.h"

enum { BELOW, OPEN, LOST, PARTS };

/* The results of the sequential cells, of a and of b. */
typedef struct order_findings {
    size_t pairs, identical; /* of a */
    size_t sequential, of[PARTS];
    bool has_b, b_passed;
    rule_part parts[PARTS]; /* settings of sequential cells that did not pass */
} order_findings;

/* What a sequential cell lacks; PARTS: nothing, it passed. */
static int part_of(const rule_group *g, double bound) {
    if (g->accuracy.high <= bound)
        return BELOW;
    const bool passed = g->accuracy.low > bound;
    return rule_group_is_lost(g, passed) ? LOST : passed ? PARTS : OPEN;
}

static void take(const rule_input *input, const rule_group *g, rule_output *output, order_findings *f) {
    double bound = rule_threshold(input, "lower_bound");
    if (strcmp(g->cell, input->a) == 0) {
        f->pairs += g->swapped_pairs;
        f->identical += g->swapped_identical;
    } else if (strcmp(g->cell, input->b) == 0) {
        f->has_b = true;
        f->b_passed |= g->accuracy.low > bound;
    } else {
        int part = part_of(g, bound);
        CLEANUP(text_free) text setting = {0};
        text_append(&setting, "%s", g->cell);
        rule_group_setting(g, &setting);
        f->sequential++;
        if (part == PARTS)
            return;
        f->of[part]++;
        rule_note(output, &f->parts[part], setting.data);
    }
}

/* A row of the figure: the accuracy, and whether the cell sees order. */
static void show(const rule_input *input, const rule_group *g, rule_output *output) {
    double bound = rule_threshold(input, "lower_bound");
    bool blind = strcmp(g->cell, input->a) == 0, standard = blind || strcmp(g->cell, input->b) == 0;
    bool sees = blind      ? g->swapped_identical < g->swapped_pairs
                : standard ? g->accuracy.low > bound
                           : part_of(g, bound) == PARTS;
    bool open = !standard && !sees && part_of(g, bound) != BELOW;
    CLEANUP(text_free) text what = {0};
    text_append(&what, "%s", g->cell);
    rule_group_setting(g, &what);
    finding *f = findings_add(&output->findings, what.data, g->run->file->name, "");
    f->value = g->accuracy;
    f->side = open ? FINDING_OPEN : sees == standard ? FINDING_AGAINST : FINDING_FOR;
    snprintf(f->word, sizeof f->word, "%s", open ? "undecided" : sees ? "sees order" : "blind to order");
}

static void decide(const rule_input *input, order_findings *f, rule_output *output) {
    double bound = rule_threshold(input, "lower_bound");
    const char *a = input->a, *b = input->b;
    size_t below = f->of[BELOW], open = f->of[OPEN], lost = f->of[LOST];
    if (f->identical < f->pairs) {
        rule_brief(output, "%s distinguishes %zu of %zu swapped pairs", a, f->pairs - f->identical, f->pairs);
        rule_decide(output, "refuted", "%s", output->brief.data ? output->brief.data : "");
    } else if (below == f->sequential) {
        rule_brief(output, "no sequential cell has an accuracy above %g", bound);
        rule_decide(output, "refuted", "no sequential cell distinguishes the sentences");
    } else if (below) {
        rule_brief(output, "%zu of %zu sequential cells have an accuracy below %g", below, f->sequential, bound);
        rule_decide(output, "conditional", "%s is blind to order, but so is at least one sequential cell", a);
    } else if (open) {
        rule_brief(output, "%zu of %zu sequential cells have an accuracy near %g", open, f->sequential, bound);
        rule_decide(output, "undecided", "more predictions or seeds are needed");
    } else if (lost) {
        rule_brief(output, "%zu of %zu sequential cells have unfinished or diverged seeds", lost, f->sequential);
        rule_decide(output, "undecided", "not every seed of every sequential cell was trained to the end");
    } else if (!f->has_b) {
        rule_brief(output, "%s was not run", b);
        rule_decide(output, "undecided", "%s and sequential cells are as claimed, but %s was not run", a, b);
    } else if (f->b_passed) {
        rule_brief(output, "true of %s, but not of %s, which is a standard network too", a, b);
        rule_decide(output, "conditional",
                    "only for order-blind networks: %s is blind to order and every sequential cell sees it, but %s, a "
                    "standard network on all steps at once, sees it too",
                    a, b);
    } else {
        rule_brief(output, "%s and %s fail, every sequential cell exceeds %g", a, b, bound);
        rule_decide(output, "supported", "the standard networks fail where every sequential cell exceeds %g", bound);
    }
    rule_say_parts(&output->words, f->parts, PARTS);
}

static void judge(const rule_input *input, rule_output *output) {
    size_t count;
    CLEANUP(free_at) rule_group *groups = rule_groups(input, &count);
    order_findings f = {.parts = {{.words = "accuracy below the bound:"},
                                  {.words = "the interval contains the bound:"},
                                  {.words = "not every seed was trained to the end:"}}};
    findings_scale(&output->findings, rule_threshold(input, "lower_bound"), INFINITY, "sees order",
                   "accuracy on new sentences");
    for (size_t i = 0; i < count; i++) {
        const rule_group *g = &groups[i];
        take(input, g, output, &f);
        show(input, g, output);
        rule_group_evidence(&output->evidence, g);
        if (g->swapped_pairs)
            text_append(&output->evidence, "; swapped pairs answered bit-identically: %zu of %zu", g->swapped_identical,
                        g->swapped_pairs);
        if (!isnan(g->shifted))
            text_append(&output->evidence, "; shifted sentences %.4f", g->shifted);
        text_append(&output->evidence, "\n");
    }
    if (f.pairs == 0 || f.sequential == 0)
        rule_no_evidence(input, output);
    else
        decide(input, &f, output);
    for (size_t i = 0; i < PARTS; i++)
        names_free(&f.parts[i].names);
}

static const char *const thresholds[] = {"lower_bound", NULL};
const verdict_rule rule_order = {"order", 2, thresholds, judge};
