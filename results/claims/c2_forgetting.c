/* SPDX-License-Identifier: MIT */
/* C2: two findings that are never mixed. (a) whether the gradient vanishes on its way back; (b) whether the trained
 * network still knows the first word at the gap. The claim is about (b): a small gradient is not yet a lost memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"

#define UNDERFLOW_LOG10 (-323.0) /* what a norm of exactly zero counts as: the smallest double */

static void describe(const rule_group *g, char *buffer, size_t size) {
    snprintf(buffer, size, "%s%s%s%s", *g->init ? "init " : "", g->init, *g->train_gap ? " " : "",
             rule_regime(g->train_gap));
}

/* (b) */
typedef struct recall_findings {
    size_t forgot, remembered, open;
    text where_forgot, where_remembered, where_open;
} recall_findings;

static void take_recall(const rule_input *input, const rule_group *g, recall_findings *f, text *evidence) {
    double chance = g->answers > 0 ? 1 / g->answers : NAN;
    bool forgot = g->accuracy.high <= chance + rule_threshold(input, "above_chance");
    bool remembered = g->accuracy.low >= rule_threshold(input, "remembered");
    bool basic = strcmp(g->cell, "rnn") == 0;
    text_append(evidence, "(b) memory: ");
    rule_group_evidence(evidence, g);
    text_append(evidence, "; chance %.3g: %s%s\n", chance,
                forgot       ? "forgot"
                : remembered ? "remembered"
                             : "neither forgot nor remembered",
                basic ? "" : " (beside the claim)");
    if (!basic)
        return;
    char where[96];
    describe(g, where, sizeof where);
    f->forgot += forgot;
    f->remembered += remembered;
    f->open += !forgot && !remembered;
    rule_list(forgot ? &f->where_forgot : remembered ? &f->where_remembered : &f->where_open, where);
}

/* One part a word that applies: "forgot with ...; remembered with ...". */
static void say_parts(text *words, const char *const *said, const text *const *where) {
    const char *separator = "";
    for (size_t i = 0; i < 3; i++)
        if (where[i]->length) {
            text_append(words, "%s%s %s", separator, said[i], where[i]->data);
            separator = "; ";
        }
}

/* (a) One (initialiser, regime, before or after training) of a results file: log10 ratios over the seeds. */
typedef struct gradient_group {
    const results *source;
    char cell[32], init[32], train_gap[32];
    bool initial;
    double *ratios;
    size_t count, underflowed;
} gradient_group;

/* The value of a metric of a run at x; NaN when it was not measured. */
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

static gradient_group *gradient_group_of(gradient_group **groups, size_t *count, const results *r, size_t row,
                                         bool initial) {
    const char *cell = table_text(&r->runs, row, "cell"), *init = table_text(&r->runs, row, "init");
    const char *train_gap = table_text(&r->runs, row, "train_gap");
    for (size_t i = 0; i < *count; i++) {
        gradient_group *g = &(*groups)[i];
        if (g->source == r && g->initial == initial && strcmp(g->cell, cell) == 0 && strcmp(g->init, init) == 0 &&
            strcmp(g->train_gap, train_gap) == 0)
            return g;
    }
    gradient_group *grown = realloc(*groups, (*count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    *groups = grown;
    gradient_group *g = &grown[*count];
    *g = (gradient_group){.source = r, .initial = initial, .ratios = calloc(r->runs.rows, sizeof *g->ratios)};
    if (!g->ratios)
        return NULL;
    snprintf(g->cell, sizeof g->cell, "%s", cell);
    snprintf(g->init, sizeof g->init, "%s", init);
    snprintf(g->train_gap, sizeof g->train_gap, "%s", train_gap);
    ++*count;
    return g;
}

static gradient_group *gradient_groups(const rule_input *input, double lag, size_t *count) {
    static const char *const names[] = {"gradient_by_lag", "gradient_by_lag_initial"};
    gradient_group *groups = NULL;
    *count = 0;
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        for (size_t row = 0; row < r->runs.rows; row++)
            for (int initial = 0; initial < 2 && rule_row_counts(r, row); initial++) {
                double run = table_number(&r->runs, row, "run");
                double near = metric_at(r, run, names[initial], 0), far = metric_at(r, run, names[initial], lag);
                if (isnan(near) || isnan(far) || isinf(near))
                    continue;
                gradient_group *g = gradient_group_of(&groups, count, r, row, initial);
                if (!g)
                    continue;
                g->underflowed += isinf(far) != 0;
                g->ratios[g->count++] = (isinf(far) ? UNDERFLOW_LOG10 : far) - near;
            }
    }
    return groups;
}

static void take_gradient(const rule_input *input, const gradient_group *g, text *vanished, text *kept, text *open,
                          text *evidence) {
    interval log_ratio = statistics_log_mean_interval(g->ratios, g->count, 0.95);
    double limit = log10(rule_threshold(input, "gradient_ratio"));
    bool below = log_ratio.high < limit, above = log_ratio.low >= limit, basic = strcmp(g->cell, "rnn") == 0;
    char source[512], where[96];
    text_append(
        evidence,
        "(a) gradient: %s, init %s, %s: norm at lag %.0f over lag 0: 10^%.2f [10^%.2f, 10^%.2f], geometric mean "
        "of %zu seed%s: %s%s",
        g->cell, g->init, g->initial ? "at initialisation" : "after training", rule_threshold(input, "gap"),
        log_ratio.estimate, log_ratio.low, log_ratio.high, g->count, g->count == 1 ? "" : "s",
        below   ? "vanished"
        : above ? "not vanished"
                : "undecided",
        basic ? "" : " (beside the claim)");
    if (g->underflowed)
        text_append(evidence, "; %zu underflowed to zero, counted as 10^%.0f", g->underflowed, UNDERFLOW_LOG10);
    text_append(evidence, "; %s\n", rule_source(g->source, source, sizeof source));
    if (!basic)
        return;
    snprintf(where, sizeof where, "init %s %s", g->init, g->initial ? "at initialisation" : "after training");
    rule_list(below ? vanished : above ? kept : open, where);
}

/* One line of finding (a). */
static void say_gradient(const rule_input *input, rule_output *output) {
    size_t count;
    gradient_group *groups = gradient_groups(input, rule_threshold(input, "gap"), &count);
    text vanished = {0}, kept = {0}, open = {0};
    for (size_t i = 0; i < count; i++) {
        take_gradient(input, &groups[i], &vanished, &kept, &open, &output->evidence);
        free(groups[i].ratios);
    }
    free(groups);
    static const char *const said[] = {"vanished with", "did not vanish with", "is undecided with"};
    const text *const where[] = {&vanished, &kept, &open};
    if (vanished.length + kept.length + open.length) {
        text_append(&output->words, "\ngradient (a): from lag 0 to lag %.0f it ", rule_threshold(input, "gap"));
        say_parts(&output->words, said, where);
    } else {
        text_append(&output->words, "\ngradient (a): not measured; run the recipe vanishing");
    }
    text_free(&vanished);
    text_free(&kept);
    text_free(&open);
}

static void decide(const recall_findings *f, double gap, rule_output *output) {
    static const char *const said[] = {"forgot the first word with", "remembered the first word with",
                                       "did neither with"};
    const text *const where[] = {&f->where_forgot, &f->where_remembered, &f->where_open};
    if (f->forgot + f->remembered + f->open == 0) {
        rule_decide(output, "no evidence", "memory (b): no RNN was tested at gap %.0f; run the recipe recall", gap);
        return;
    }
    const char *outcome = f->remembered + f->open == 0 ? "supported"
                          : f->forgot + f->open == 0   ? "refuted"
                          : f->forgot && f->remembered ? "holds only when"
                                                       : "undecided";
    bool one = !f->open && (!f->forgot || !f->remembered);
    rule_decide(output, outcome, "memory (b): at gap %.0f%s the RNN ", gap, one ? ", in every setting tested," : "");
    say_parts(&output->words, said, where);
}

static void judge(const rule_input *input, rule_output *output) {
    double gap = rule_threshold(input, "gap");
    size_t count;
    rule_group *groups = rule_groups(input, &count);
    recall_findings f = {0};
    for (size_t i = 0; i < count; i++)
        if (groups[i].gap == gap)
            take_recall(input, &groups[i], &f, &output->evidence);
    decide(&f, gap, output);
    say_gradient(input, output);
    text_free(&f.where_forgot);
    text_free(&f.where_remembered);
    text_free(&f.where_open);
    free(groups);
}

static const char *const thresholds[] = {"gap", "above_chance", "remembered", "gradient_ratio", NULL};
const verdict_rule rule_forgetting = {"forgetting", thresholds, judge};
