/* SPDX-License-Identifier: MIT */
/* C5: cells `a` and `b` perform nearly identically: equivalence tests task by task, paired by seed, at equal width and
 * at equal parameters. Other matchings are also reported. Trials are paired as in `compare`. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/task_results.h"
#include "support/cleanup.h"

static void correct_holm(task_list *list) {
    CLEANUP(free_at) double *p = calloc(2 * list->count + 1, sizeof *p);
    double *adjusted = p ? p + list->count : NULL;
    for (size_t i = 0; p && i < list->count; i++)
        p[i] = list->items[i].instead ? NAN : list->items[i].p_beyond;
    bool known = p && statistics_holm(p, list->count, adjusted);
    for (size_t i = 0; i < list->count; i++)
        list->items[i].beyond = known && adjusted[i] <= 0.05;
    list->failed |= !known;
}

static void write_evidence(const task_result *t, rule_output *output) {
    char words[320], source[512];
    const compare_result *pairs = &t->pairs;
    const interval *difference = &pairs->difference.difference;
    rule_list(&output->matching, match_names[t->match]);
    text_append(&output->evidence, "%s, equal %s", t->task, match_names[t->match]);
    if (t->match == MATCH_TIME)
        text_append(&output->evidence, " (%.3g core seconds, on validation data) and %s", t->seconds,
                    match_names[t->sizes]);
    text_append(&output->evidence, " (recurrent parameters %s %.0f, %s %.0f), ", pairs->a, t->a_parameters, pairs->b,
                t->b_parameters);
    compare_words(&(compare_findings){0}, pairs, words, sizeof words);
    if (t->metric && pairs->pairs) {
        text_append(&output->evidence, "%s: %s %.4f, %s %.4f, difference %.4f", t->metric->name, pairs->a,
                    pairs->mean_a, pairs->b, pairs->mean_b, difference->estimate);
        rule_append_limits(&output->evidence, difference, "", 4);
        text_append(&output->evidence, ", %zu pair%s: ", pairs->pairs, pairs->pairs == 1 ? "" : "s");
    }
    text_append(&output->evidence, "%s%s", words,
                t->beyond ? "; the difference is beyond the margin, also after Holm's correction" : "");
    text_append(&output->evidence, "; %s", rule_source(t->run->file, source, sizeof source));
    if (t->instead) /* a task counts once */
        text_append(&output->evidence, "; that of %s counts instead",
                    rule_source(t->instead->file, source, sizeof source));
    text_append(&output->evidence, "\n");
}

/* The findings, each with its tasks. */
enum { EQUIVALENT_WIDTH, EQUIVALENT_PARAMETERS, EQUIVALENT_STATE, A_BETTER, B_BETTER, UNDECIDED, PARTS };

typedef struct task_findings {
    name_list seen;
    rule_part beyond, parts[PARTS];
} task_findings;

static void take_result(const task_result *t, rule_output *output, task_findings *f) {
    char where[192];
    verdict_word word = t->metric ? t->pairs.difference.word : VERDICT_UNDECIDED;
    snprintf(where, sizeof where, "%s at equal %s", t->task, match_names[t->match]);
    output->words.failed |= names_index(&f->seen, t->task) == SIZE_MAX;
    if (t->beyond)
        rule_note(output, &f->beyond, t->task);
    if (word == VERDICT_EQUIVALENT && t->match != MATCH_NEITHER)
        rule_note(output, &f->parts[EQUIVALENT_WIDTH + t->match], t->task);
    else
        rule_note(output,
                  &f->parts[word == VERDICT_A_BETTER   ? A_BETTER
                            : word == VERDICT_B_BETTER ? B_BETTER
                                                       : UNDECIDED],
                  where);
}

/* A row of the figure: the difference in units of its margin; positive means that a is better. */
static void show(const rule_input *input, const task_result *t, rule_output *output) {
    const comparison *c = &t->pairs.difference;
    verdict_word word = t->metric ? c->word : VERDICT_UNDECIDED;
    finding *f = findings_add(&output->findings, t->task, t->run->file->name, match_names[t->match]);
    if (t->metric && t->pairs.pairs && c->margin > 0) {
        double unit = (t->metric->higher_is_better ? 1 : -1) / c->margin;
        double low = c->difference.low * unit, high = c->difference.high * unit;
        f->value = (interval){c->difference.estimate * unit, fmin(low, high), fmax(low, high), t->pairs.pairs};
    }
    f->side = word == VERDICT_EQUIVALENT ? FINDING_FOR : t->beyond ? FINDING_AGAINST : FINDING_OPEN;
    if (word == VERDICT_A_BETTER || word == VERDICT_B_BETTER)
        snprintf(f->word, sizeof f->word, "%.32s better", word == VERDICT_A_BETTER ? input->a : input->b);
    else
        snprintf(f->word, sizeof f->word, "%s", word == VERDICT_EQUIVALENT ? "equivalent" : "undecided");
}

static void decide(const rule_input *input, task_findings *f, rule_output *output) {
    double wanted = rule_threshold(input, "tasks"), seen = (double)f->seen.count, tasks = fmax(seen, wanted);
    double needed = ceil(tasks * rule_threshold(input, "equivalent_share"));
    size_t width = f->parts[EQUIVALENT_WIDTH].names.count, matched = f->parts[EQUIVALENT_PARAMETERS].names.count;
    const bool supported = (double)width >= needed && (double)matched >= needed;
    const bool refuted =
        !supported && (double)f->beyond.names.count >= ceil(tasks * rule_threshold(input, "refuting_share"));
    if (refuted)
        rule_brief(output, "%zu of %.0f tasks differ by more than the margin", f->beyond.names.count, seen);
    else
        rule_brief(output, "%.0f tasks of at least %.0f: %zu equivalent at equal width, %zu at equal parameters", seen,
                   wanted, width, matched);
    if (supported)
        rule_decide(output, "supported", "by task: ");
    else if (refuted) {
        rule_decide(output, "refuted", "%s", "");
        rule_say_parts(&output->words, &f->beyond, 1);
    } else if (seen < needed)
        rule_decide(output, "undecided", "so far only %.0f of the %.0f tasks that the rule asks for: ", seen, wanted);
    else if (width + matched)
        rule_decide(output, "conditional", "only on some tasks: ");
    else
        rule_decide(output, "undecided", "by task: ");
    rule_say_parts(&output->words, f->parts, PARTS);
}

static void judge(const rule_input *input, rule_output *output) {
    char a_better[64], b_better[64];
    task_list list = {0};
    const task_question question = {input->a, input->b, rule_threshold(input, "parameter_tolerance"), true};
    task_findings f = {.beyond = {.words = "a difference beyond the margin is significant on"},
                       .parts = {{.words = "equivalent at equal width on"},
                                 {.words = "equivalent at equal parameters on"},
                                 {.words = "equivalent at equal state on"},
                                 {.words = a_better},
                                 {.words = b_better},
                                 {.words = "undecided on"}}};
    snprintf(a_better, sizeof a_better, "%s better on", input->a);
    snprintf(b_better, sizeof b_better, "%s better on", input->b);
    findings_scale(&output->findings, -1, 1, "equivalent", "difference in margins (right: %s better)", input->a);
    for (size_t i = 0; i < input->count; i++)
        task_results_collect(&question, input->runs[i], &list, &output->evidence);
    task_results_choose(&list);
    correct_holm(&list);
    for (size_t i = 0; i < list.count; i++) {
        write_evidence(&list.items[i], output);
        if (list.items[i].instead)
            continue;
        if (list.items[i].match != MATCH_TIME) /* equal time is not part of the rule */
            take_result(&list.items[i], output, &f);
        show(input, &list.items[i], output);
    }
    if (list.count)
        decide(input, &f, output);
    else
        rule_no_evidence(input, output);
    output->words.failed |= list.failed;
    task_results_free(&list);
    names_free(&f.seen);
    names_free(&f.beyond.names);
    for (size_t i = 0; i < PARTS; i++)
        names_free(&f.parts[i].names);
}

static const char *const thresholds[] = {"tasks", "equivalent_share", "refuting_share", "parameter_tolerance", NULL};
const verdict_rule rule_equivalence = {"equivalence", 2, thresholds, judge};
