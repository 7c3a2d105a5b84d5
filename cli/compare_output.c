/* SPDX-License-Identifier: MIT */
/* Comparisons of arms as tables whose last column is the outcome in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/compare.h"
#include "results/store/matching_rows.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"

static void add_range(grid *g, interval i) {
    char low[40], middle[40], high[40];
    grid_add(g, STYLE_PLAIN, isnan(i.low) ? "%s" : "%s [%s, %s]", output_number(i.estimate, 3, middle, sizeof middle),
             output_number(i.low, 3, low, sizeof low), output_number(i.high, 3, high, sizeof high));
}

static style word_style(const compare_findings *c, const compare_result *r) {
    return compare_outcome(c, r) == VERDICT_UNDECIDED ? STYLE_DOUBT : STYLE_GOOD;
}

/* Which columns a table needs. */
typedef struct shown {
    bool groups, solving, steps, all;
} shown;

static shown choose_columns(const compare_options *r, const compare_answer *a) {
    shown s = {*a->found.grouped != 0, !isnan(a->question.solved), false, r->all_columns};
    for (size_t i = 0; s.solving && i < a->found.count; i++)
        s.steps = s.steps || !isnan(a->found.items[i].solving.p);
    return s;
}

static void add_headers(grid *g, const shown *s, const char *metric, comparison_levels levels) {
    char difference[40], tost[40];
    snprintf(difference, sizeof difference, "a - b (%.4g %%)", 100 * (1 - levels.difference));
    snprintf(tost, sizeof tost, "%.4g %% (TOST)", 100 * (1 - 2 * levels.equivalence));
    const char *const always[] = {"n", "mean a", "mean b", difference, "P(a better)"};
    bool valid = metric_is_validation(metric);
    const char *const solving[] = {valid ? "a solved (valid.)" : "a solved (test)",
                                   valid ? "b solved (valid.)" : "b solved (test)", "Fisher p"};
    static const char *const steps[] = {"steps a (valid.)", "steps b (valid.)", "log-rank p"};
    const char *const more[] = {"p", "Holm p", tost, "TOST p"};
    *g = (grid){0};
    grid_head(g, "arms a, b");
    if (s->groups)
        grid_head(g, "group");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        grid_head(g, always[i]);
    for (size_t i = 0; s->solving && i < sizeof solving / sizeof *solving; i++)
        grid_head(g, solving[i]);
    for (size_t i = 0; s->steps && i < sizeof steps / sizeof *steps; i++)
        grid_head(g, steps[i]);
    for (size_t i = 0; s->all && i < sizeof more / sizeof *more; i++)
        grid_head(g, more[i]);
    grid_head(g, "in words");
}

static void add_line(grid *g, const shown *s, const compare_findings *c, const compare_result *each) {
    char words[320];
    grid_add(g, STYLE_PLAIN, "%s, %s", each->a, each->b);
    if (s->groups && each->group)
        grid_add(g, STYLE_PLAIN, "%s", each->group);
    else if (s->groups)
        grid_add(g, STYLE_PLAIN, *each->matching ? "all at equal %s" : "all groups", each->matching);
    grid_add(g, STYLE_PLAIN, "%zu", each->pairs);
    grid_number(g, each->mean_a, 4);
    grid_number(g, each->mean_b, 4);
    add_range(g, each->difference.difference);
    add_range(g, each->improvement);
    if (s->solving) {
        grid_add(g, STYLE_PLAIN, "%zu/%zu", each->solved_a, each->tried_a);
        grid_add(g, STYLE_PLAIN, "%zu/%zu", each->solved_b, each->tried_b);
        grid_number(g, each->p_fisher, 2);
    }
    if (s->steps) {
        grid_number(g, each->steps_a, 6);
        grid_number(g, each->steps_b, 6);
        grid_number(g, each->solving.p, 2);
    }
    if (s->all) {
        grid_number(g, each->difference.p_difference, 2);
        grid_number(g, each->p_holm, 2);
        add_range(g, each->difference.tost);
        grid_number(g, each->difference.p_equivalence, 2);
    }
    compare_words(c, each, words, sizeof words);
    grid_add(g, word_style(c, each), "%s", words);
}

static void print_name(const compare_run *run) {
    const results *file = run->file;
    const char *matching = table_text(&run->e.runs, 0, "matching");
    fprintf(stderr, "%s%s%s%s%s", style_start(STYLE_HEAD, stderr), file->name, style_end(STYLE_HEAD, stderr),
            *file->title ? "  " : "", file->title);
    CLEANUP(text_free) text lines = {0};
    matchings_words(&run->e.runs, &lines);
    if (*matching && !lines.length && !(run->count && strstr(run->answers[0].found.grouped, "matching")))
        fprintf(stderr, " (matched by %s)", matching);
    fprintf(stderr, "\n%s", lines.data ? lines.data : "");
    if (run->looks.count)
        cli_say(
            "seeds were added until decided: look %zu of %zu, up to %zu seeds; a difference is found at p < %.2g and "
            "equivalence at p < %.2g, with intervals widened to match, so that the error rate over all looks is 5 %%",
            run->looks.taken, run->looks.count, run->looks.seeds[run->looks.count - 1], run->levels.difference,
            run->levels.equivalence);
}

static void print_heading(const compare_options *o, const compare_run *run, const compare_answer *a) {
    const compare_question *q = &a->question;
    const compare_findings *c = &a->found;
    fprintf(stderr, "%s, %s is better; ", q->metric, q->higher_is_better ? "higher" : "lower");
    if (run->budget_metric)
        fprintf(stderr, "at %.6g %s, the largest budget that all trials reached; ", run->reached, o->request.budget);
    if (c->of_solving)
        fprintf(stderr, "solved at %g", q->solved);
    else if (isnan(q->margin))
        fputs("no margin, so equivalence is not tested", stderr);
    else
        fprintf(stderr, "margin %g, %s", q->margin, a->margin_from);
    fprintf(stderr, "; pairs by seed%s%s", *c->grouped ? " within equal " : "", c->grouped);
    if (*c->carried)
        fprintf(stderr, "; %s set for each %s", c->carried, q->by);
    fputs("\n\n", stderr);
}

/* Holm's correction in words; all tests of the run form one family. */
static void say_family(const compare_run *run) {
    size_t tests = 0, found = 0, stands = 0;
    for (size_t a = 0; a < run->count; a++) {
        const compare_findings *c = &run->answers[a].found;
        for (size_t i = 0; i < c->count; i++) {
            const compare_result *r = &c->items[i];
            double level = c->of_solving ? 0.05 : r->difference.levels.difference;
            tests += !isnan(r->p_holm);
            found += r->group && r->p_test < level;
            stands += r->p_holm < 0.05;
        }
    }
    if (tests > 1)
        cli_say("%zu of %zu tests find a difference, %zu after Holm's correction", found, tests, stands);
}

void compare_print(const compare_options *r, const compare_run *run) {
    print_name(run);
    int length;
    for (const char *at = run->remarks.data, *line; (line = text_line(&at, &length));)
        cli_say("%.*s", length, line);
    for (size_t a = 0; a < run->count; a++) {
        const compare_answer *answer = &run->answers[a];
        shown s = choose_columns(r, answer);
        grid g;
        if (a)
            putchar('\n');
        fflush(stdout);
        print_heading(r, run, answer);
        add_headers(&g, &s, answer->question.metric, run->levels);
        for (size_t i = 0; i < answer->found.count; i++)
            add_line(&g, &s, &answer->found, &answer->found.items[i]);
        grid_print(&g, r->all_columns ? GRID_WRAP : GRID_DROP_WRAP);
        fflush(stdout);
    }
    say_family(run);
}
