/* SPDX-License-Identifier: MIT */
/* C2: two separate findings: (a) whether the gradient vanishes on its way back; (b) whether the trained network still
 * knows the first word at the gap. The claim is about (b) for the cell `a`, since a small gradient does not imply a
 * lost memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"
#include "support/cleanup.h"

#define UNDERFLOW_LOG10 (-323.0) /* a norm of exactly zero counts as the smallest double */

static const char other[] = " (not part of the claim)";

/* (b) */
enum { FORGOT, REMEMBERED, NEITHER, LOST, MEMORY };

static int memory_of(const rule_input *input, const rule_group *g) {
    if (g->accuracy.high <= g->chance + rule_threshold(input, "above_chance"))
        return FORGOT;
    const bool remembered = g->accuracy.low >= rule_threshold(input, "remembered");
    return rule_group_is_lost(g, remembered) ? LOST : remembered ? REMEMBERED : NEITHER;
}

static void take_memory(const rule_input *input, const rule_group *g, rule_output *output, rule_part *parts) {
    static const char *const found[MEMORY] = {"forgot", "remembered", "neither forgot nor remembered",
                                              "not every seed was trained to the end"};
    int part = memory_of(input, g);
    bool claimed = strcmp(g->cell, input->a) == 0;
    text_append(&output->evidence, "(b) memory: ");
    rule_group_evidence(&output->evidence, g);
    text_append(&output->evidence, "; chance %.3g: %s%s\n", g->chance, found[part], claimed ? "" : other);
    CLEANUP(text_free) text setting = {0};
    text_append(&setting, "%s", "");
    rule_group_setting(g, &setting);
    if (claimed)
        rule_note(output, &parts[part], setting.length ? setting.data : "the one setting tested");
    if (claimed) {
        finding *f = findings_add(&output->findings, setting.length ? setting.data : "the one setting tested",
                                  g->run->file->name, "");
        f->value = g->accuracy;
        f->side = part == FORGOT ? FINDING_FOR : part == REMEMBERED ? FINDING_AGAINST : FINDING_OPEN;
        snprintf(f->word, sizeof f->word, "%s", part >= NEITHER ? "undecided" : found[part]);
    }
}

/* For (a): the log10 ratios over the seeds of one setting of a results file, or of several with the same numbers. */
typedef struct gradient_group {
    const rule_run *run;
    const trial_arm *arm, *last; /* the first and the last of the settings */
    bool initial;                /* before training */
    double *ratios;
    size_t count, underflowed;
} gradient_group;

/* The value of a trial's metric at x; NaN: not measured. */
static double metric_at(const results *r, double run, const char *metric, double x) {
    const table_column *runs = table_find(&r->metrics, "run"), *names = table_find(&r->metrics, "metric");
    const table_column *places = table_find(&r->metrics, "x"), *values = table_find(&r->metrics, "value");
    if (!runs || !names || !places || !values || names->type != COLUMN_TEXT)
        return NAN;
    for (size_t row = 0; row < r->metrics.rows; row++)
        if (runs->numbers[row] == run && places->numbers[row] == x && strcmp(names->texts[row], metric) == 0)
            return values->numbers[row];
    return NAN;
}

/* Collects the ratios of an arm's seeds; false: out of memory. */
static bool measure(const rule_run *run, const trial_arm *arm, bool initial, double lag, gradient_group *g) {
    const char *metric = initial ? "gradient_by_lag_initial" : "gradient_by_lag";
    *g = (gradient_group){run, arm, arm, initial, calloc(arm->count, sizeof *g->ratios), 0, 0};
    for (size_t i = 0; g->ratios && i < arm->count; i++) {
        double number = table_number(&run->trials.runs, arm->rows[i], "run");
        double near = metric_at(run->file, number, metric, 0), far = metric_at(run->file, number, metric, lag);
        if (isnan(near) || isnan(far) || isinf(near))
            continue;
        g->underflowed += isinf(far) != 0;
        g->ratios[g->count++] = (isinf(far) ? UNDERFLOW_LOG10 : far) - near;
    }
    return g->ratios != NULL;
}

/* Settings that differ only in training have identical gradients before training, so they count as one measurement. */
static bool is_repeated(gradient_group *groups, size_t count, const gradient_group *g) {
    for (size_t i = 0; g->initial && i < count; i++)
        if (groups[i].initial && groups[i].run == g->run && groups[i].count == g->count &&
            memcmp(groups[i].ratios, g->ratios, g->count * sizeof *g->ratios) == 0) {
            groups[i].last = g->arm;
            return true;
        }
    return false;
}

static gradient_group *gradient_groups(const rule_input *input, rule_output *output, size_t *count) {
    size_t most = 0;
    for (size_t i = 0; i < input->count; i++)
        most += 2 * input->runs[i]->arms.count;
    gradient_group *groups = calloc(most + 1, sizeof *groups);
    *count = 0;
    for (size_t i = 0; groups && i < input->count; i++)
        for (size_t k = 0; k < 2 * input->runs[i]->arms.count; k++) {
            gradient_group *g = &groups[*count];
            bool measured =
                measure(input->runs[i], &input->runs[i]->arms.items[k / 2], k % 2, rule_threshold(input, "gap"), g);
            output->words.failed |= !measured;
            if (measured && g->count && !is_repeated(groups, *count, g))
                ++*count;
            else
                free(g->ratios);
        }
    output->words.failed |= !groups;
    return groups;
}

/* "init keras after training, lr 0.01", without the settings over which the numbers are identical. */
static void append_setting(const gradient_group *g, text *words) {
    static const char *const always[] = {"cell", "init", "gap", "train_gap"};
    enum { ALWAYS = sizeof always / sizeof *always };
    const evidence *e = &g->run->trials;
    CLEANUP(free_at) const char **skip = calloc(ALWAYS + e->settings.count + 1, sizeof *skip);
    size_t skipped = 0;
    words->failed |= !skip;
    for (; skip && skipped < ALWAYS; skipped++)
        skip[skipped] = always[skipped];
    for (size_t i = 0; skip && i < e->settings.count; i++) {
        const table_column *column = table_find(&e->runs, e->settings.items[i]);
        if (column && !table_same_cell(column, g->arm->rows[0], g->last->rows[0]))
            skip[skipped++] = column->name;
    }
    text_append(words, "init %s %s", table_text(&e->runs, g->arm->rows[0], "init"),
                g->initial ? "at initialisation" : "after training");
    if (skip)
        arm_words(e, g->arm, skip, words);
}

static void take_gradient(const rule_input *input, const gradient_group *g, rule_output *output, rule_part *parts) {
    static const char *const found[] = {"vanished", "did not vanish", "undecided"};
    const char *cell = table_text(&g->run->trials.runs, g->arm->rows[0], "cell");
    interval ratio = statistics_log_mean_interval(g->ratios, g->count, 0.95);
    double limit = log10(rule_threshold(input, "gradient_ratio"));
    int part = ratio.high < limit ? 0 : ratio.low >= limit ? 1 : 2;
    bool claimed = strcmp(cell, input->a) == 0;
    char source[512];
    CLEANUP(text_free) text setting = {0};
    append_setting(g, &setting);
    text_append(&output->evidence, "(a) gradient: %s, %s: norm at lag %.0f over lag 0: 10^%.2f", cell,
                setting.data ? setting.data : "", rule_threshold(input, "gap"), ratio.estimate);
    rule_append_limits(&output->evidence, &ratio, "10^", 2);
    text_append(&output->evidence, ", geometric mean of %zu seed%s: %s%s", g->count, g->count == 1 ? "" : "s",
                found[part], claimed ? "" : other);
    if (g->underflowed)
        text_append(&output->evidence, "; norms that underflowed to zero and count as 10^%.0f: %zu", UNDERFLOW_LOG10,
                    g->underflowed);
    text_append(&output->evidence, "; %s\n", rule_source(g->run->file, source, sizeof source));
    if (claimed)
        rule_note(output, &parts[part], setting.failed ? NULL : setting.data);
    if (claimed) {
        CLEANUP(text_free) text what = {0};
        text_append(&what, "gradient, %s", setting.data ? setting.data : "");
        finding *f = findings_add(&output->findings, what.data, g->run->file->name, "");
        f->side = part == 0 ? FINDING_FOR : part == 1 ? FINDING_AGAINST : FINDING_OPEN;
        snprintf(f->word, sizeof f->word, "%s", found[part]);
    }
}

/* Writes one line of finding (a). */
static void say_gradient(const rule_input *input, rule_output *output) {
    size_t count;
    CLEANUP(free_at) gradient_group *groups = gradient_groups(input, output, &count);
    rule_part parts[] = {{.words = "vanished with"}, {.words = "did not vanish with"}, {.words = "is undecided with"}};
    for (size_t i = 0; i < count; i++) {
        take_gradient(input, &groups[i], output, parts);
        free(groups[i].ratios);
    }
    if (parts[0].names.count + parts[1].names.count + parts[2].names.count)
        text_append(&output->words, "\ngradient (a): from lag 0 to lag %.0f it ", rule_threshold(input, "gap"));
    else
        text_append(&output->words, "\ngradient (a): not measured; run the recipe vanishing");
    rule_say_parts(&output->words, parts, 3);
}

static void decide(const rule_input *input, rule_part *parts, rule_output *output) {
    double gap = rule_threshold(input, "gap");
    size_t forgot = parts[FORGOT].names.count, remembered = parts[REMEMBERED].names.count;
    size_t all = forgot + remembered + parts[NEITHER].names.count + parts[LOST].names.count;
    if (all == 0) {
        rule_brief(output, "no %s was tested at gap %.0f: run recall", input->a, gap);
        rule_decide(output, "no evidence", "memory (b): no %s was tested at gap %.0f; run the recipe recall", input->a,
                    gap);
        return;
    }
    const char *outcome = forgot == all          ? "supported"
                          : remembered == all    ? "refuted"
                          : forgot && remembered ? "conditional"
                                                 : "undecided";
    rule_brief(output, "at gap %.0f %s forgot in %zu of %zu settings, remembered in %zu", gap, input->a, forgot, all,
               remembered);
    bool one = forgot == all || remembered == all;
    rule_decide(output, outcome, "memory (b): at gap %.0f%s the cell %s ", gap, one ? ", in every setting tested," : "",
                input->a);
    rule_say_parts(&output->words, parts, MEMORY);
}

static void judge(const rule_input *input, rule_output *output) {
    size_t count;
    CLEANUP(free_at) rule_group *groups = rule_groups(input, &count);
    rule_part parts[MEMORY] = {{.words = "forgot the first word with"},
                               {.words = "remembered the first word with"},
                               {.words = "did neither with"},
                               {.words = "was not trained to the end in every seed with"}};
    findings_scale(&output->findings, rule_threshold(input, "remembered"), INFINITY, "remembered",
                   "accuracy of %s at gap %.0f", input->a, rule_threshold(input, "gap"));
    for (size_t i = 0; i < count; i++)
        if (groups[i].gap == rule_threshold(input, "gap"))
            take_memory(input, &groups[i], output, parts);
    decide(input, parts, output);
    say_gradient(input, output);
}

static const char *const thresholds[] = {"gap", "above_chance", "remembered", "gradient_ratio", NULL};
const verdict_rule rule_forgetting = {"forgetting", 1, thresholds, judge};
