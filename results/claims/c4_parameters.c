/* SPDX-License-Identifier: MIT */
/* C4: the recurrent layers of cell `a` need at most 0.8 of the parameters of those of `b` at equal width, under every
 * convention of counting. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "results/claims/rule.h"
#include "support/cleanup.h"

typedef struct ledger_findings {
    size_t within, matched;
    double least, most;
    name_list counts;     /* number of judged counts */
    rule_part exceptions; /* number of counts above the limit */
} ledger_findings;

/* A row of the figure for each convention: its ratios over all sizes. */
static void show(const table *runs, size_t row, const char *run, double ratio, double limit, rule_output *output) {
    finding_list *list = &output->findings;
    char what[64];
    size_t i = 0;
    snprintf(what, sizeof what, "%s count", table_text(runs, row, "bias"));
    while (i < list->count && list->items[i].what && strcmp(list->items[i].what, what) != 0)
        i++;
    finding *f = i < list->count ? &list->items[i] : findings_add(list, what, run, "width");
    interval *v = &f->value;
    *v = (interval){ratio, fmin(v->low, ratio), fmax(v->high, ratio), v->n + 1};
    f->side = v->high <= limit ? FINDING_FOR : v->low > limit ? FINDING_AGAINST : FINDING_OPEN;
    snprintf(f->word, sizeof f->word, "%s %g%s", f->side == FINDING_AGAINST ? "above" : "at most", limit,
             f->side == FINDING_OPEN ? " in part" : "");
}

/* One count: trials of both cells in equal settings. Seeds and training settings only repeat it. */
static void take_count(const rule_input *input, const rule_run *run, size_t a, size_t b, rule_output *output,
                       ledger_findings *f) {
    const table *runs = &run->matched.runs;
    double limit = rule_threshold(input, "ratio"), layers = table_number(runs, a, "layers");
    double ours = table_number(runs, a, "cell_parameters"), theirs = table_number(runs, b, "cell_parameters");
    double ratio = ours / theirs, whole = table_number(runs, a, "parameters") / table_number(runs, b, "parameters");
    char source[512], width[32], hidden[32];
    CLEANUP(text_free) text where = {0}, count = {0};
    text_append(&where, "%s count at input %s and hidden %s", table_text(runs, a, "bias"),
                table_cell(runs, a, table_find(runs, "input"), width, sizeof width),
                table_cell(runs, a, table_find(runs, "hidden"), hidden, sizeof hidden));
    if (layers > 1)
        text_append(&where, " in %.0f layers", layers);
    text_append(&count, "%s: %s %.0f, %s %.0f recurrent parameters, ratio %.4f (whole model %.4f)", where.data,
                input->a, ours, input->b, theirs, ratio, whole);
    bool known = isnan(ratio) || where.failed || count.failed || names_have(&f->counts, count.data);
    output->words.failed |= where.failed || count.failed;
    if (!known) {
        output->words.failed |= names_index(&f->counts, count.data) == SIZE_MAX;
        f->least = f->counts.count > 1 ? fmin(f->least, ratio) : ratio;
        f->most = f->counts.count > 1 ? fmax(f->most, ratio) : ratio;
        f->within += ratio <= limit;
        show(runs, a, run->file->name, ratio, limit, output);
        text_append(&output->evidence, "%s; %s\n", count.data, rule_source(run->file, source, sizeof source));
        text_append(&where, ": %.4f", ratio);
        if (ratio > limit)
            rule_note(output, &f->exceptions, where.data);
    }
}

static void take(const rule_input *input, const rule_run *run, const trial_arm *a, const trial_arm *b,
                 rule_output *output, void *findings) {
    const table *runs = &run->matched.runs;
    ledger_findings *f = findings;
    if (table_number(runs, a->rows[0], "hidden") == table_number(runs, b->rows[0], "hidden"))
        take_count(input, run, a->rows[0], b->rows[0], output, f);
    else if (strcmp(table_text(runs, a->rows[0], "matching"), "parameters") == 0)
        f->matched++;
}

static void decide(const rule_input *input, ledger_findings *f, rule_output *output) {
    double limit = rule_threshold(input, "ratio");
    size_t all = f->counts.count;
    const char *outcome = f->within == all ? "supported" : f->within ? "conditional" : "refuted";
    rule_brief(output, "%.3f to %.3f of the parameters of %s, at most %g in %zu of %zu counts", f->least, f->most,
               input->b, limit, f->within, all);
    rule_decide(output, outcome,
                "at equal width %s has %.3f to %.3f of the recurrent parameters of %s, at most %g in %zu of %zu counts",
                input->a, f->least, f->most, input->b, limit, f->within, all);
    if (f->within)
        rule_say_parts(&output->words, &f->exceptions, 1);
}

static void judge(const rule_input *input, rule_output *output) {
    ledger_findings f = {.exceptions = {.words = "not by the"}};
    findings_scale(&output->findings, -INFINITY, rule_threshold(input, "ratio"), "as claimed",
                   "parameters of %s over those of %s, over all sizes", input->a, input->b);
    rule_each_pair(input, output, take, &f);
    if (f.counts.count)
        decide(input, &f, output);
    else if (f.matched) {
        rule_brief(output, "counts matched by parameters are equal by design");
        rule_decide(output, "not applicable", "under parameter matching the counts are equal by design");
    } else
        rule_no_evidence(input, output);
    names_free(&f.counts);
    names_free(&f.exceptions.names);
}

static const char *const thresholds[] = {"ratio", NULL};
const verdict_rule rule_parameters = {"parameters", 2, thresholds, judge};
