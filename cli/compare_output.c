/* SPDX-License-Identifier: MIT */
/* A comparison of arms as a table that ends in words, and as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/compare.h"
#include "results/verdicts/matchings.h"

static void add_number(grid *g, double value, int digits) {
    char number[40];
    grid_add(g, STYLE_PLAIN, "%s", output_number(value, digits, number, sizeof number));
}

static void add_range(grid *g, interval i) {
    char low[40], middle[40], high[40];
    grid_add(g, STYLE_PLAIN, isnan(i.low) ? "%s" : "%s [%s, %s]", output_number(i.estimate, 3, middle, sizeof middle),
             output_number(i.low, 3, low, sizeof low), output_number(i.high, 3, high, sizeof high));
}

static void words_of(const arms_result *r, char *words, size_t size) {
    comparison_words(&r->difference, r->a, r->b, words, size);
    size_t length = strlen(words);
    if (r->lost && length < size)
        snprintf(words + length, size - length, "; %zu pair%s lost to divergence", r->lost, r->lost == 1 ? "" : "s");
}

static style word_style(const arms_result *r) {
    return r->difference.word == VERDICT_UNDECIDED ? STYLE_DOUBT : STYLE_GOOD;
}

static void add_headers(grid *g, const compare_request *r, bool grouped) {
    static const char *const always[] = {"n", "mean a", "mean b", "a - b (95 %)", "P(a better)"};
    static const char *const solving[] = {"a solved", "b solved", "Fisher p"};
    static const char *const more[] = {"p", "Holm p", "90 % (TOST)", "TOST p", "steps a", "steps b", "log-rank p"};
    *g = (grid){0};
    grid_head(g, "arms a, b");
    if (grouped)
        grid_head(g, "group");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        grid_head(g, always[i]);
    for (size_t i = 0; !isnan(r->question.solved) && i < sizeof solving / sizeof *solving; i++)
        grid_head(g, solving[i]);
    for (size_t i = 0; r->all_columns && i < sizeof more / sizeof *more; i++)
        grid_head(g, more[i]);
    grid_head(g, "in words");
}

static void add_line(grid *g, const compare_request *r, bool grouped, const arms_result *each) {
    char words[256];
    grid_add(g, STYLE_PLAIN, "%s, %s", each->a, each->b);
    if (grouped)
        grid_add(g, STYLE_PLAIN, "%s", each->group ? each->group : "all groups");
    grid_add(g, STYLE_PLAIN, "%zu", each->pairs);
    add_number(g, each->mean_a, 4);
    add_number(g, each->mean_b, 4);
    add_range(g, each->difference.difference);
    add_range(g, each->improvement);
    if (!isnan(r->question.solved)) {
        grid_add(g, STYLE_PLAIN, "%zu/%zu", each->solved_a, each->tried_a);
        grid_add(g, STYLE_PLAIN, "%zu/%zu", each->solved_b, each->tried_b);
        add_number(g, each->p_fisher, 2);
    }
    if (r->all_columns) {
        add_number(g, each->difference.p_difference, 2);
        add_number(g, each->p_holm, 2);
        add_range(g, each->difference.tost);
        add_number(g, each->difference.p_equivalence, 2);
        add_number(g, each->steps_a, 6);
        add_number(g, each->steps_b, 6);
        add_number(g, each->p_log_rank, 2);
    }
    words_of(each, words, sizeof words);
    grid_add(g, word_style(each), "%s", words);
}

static void print_heading(const compare_request *r, const results *run, const arms_comparison *c) {
    const arms_question *q = &r->question;
    text lines = {0};
    matchings_words(&run->runs, &lines);
    fprintf(stderr, "%s%s%s  %s\n%s, %s is better; ", style_start(STYLE_HEAD, stderr), run->name,
            style_end(STYLE_HEAD, stderr), run->title, q->metric, q->higher_is_better ? "higher" : "lower");
    if (isnan(q->margin))
        fputs("no margin, so nothing is equivalent", stderr);
    else
        fprintf(stderr, "margin %g, %s", q->margin, r->margin_from);
    fprintf(stderr, "; pairs by seed%s%s", *c->grouped ? " within equal " : "", c->grouped);
    if (*c->carried)
        fprintf(stderr, "; %s as each %s has it", c->carried, q->by);
    if (lines.length)
        fprintf(stderr, "\n%s\n", lines.data);
    else
        fprintf(stderr, "; matched by %s\n\n", table_text(&run->runs, 0, "matching"));
    text_free(&lines);
}

int compare_print(const compare_request *r, const results *run, const arms_comparison *c) {
    grid g;
    size_t tests = 0, found = 0, stands = 0;
    print_heading(r, run, c);
    add_headers(&g, r, *c->grouped);
    for (size_t i = 0; i < c->count; i++) {
        add_line(&g, r, *c->grouped, &c->items[i]);
        tests += !isnan(c->items[i].p_holm);
        found += c->items[i].group && c->items[i].difference.p_difference < 0.05;
        stands += c->items[i].p_holm < 0.05;
    }
    int code = grid_print(&g, GRID_WRAP);
    if (tests > 1)
        cli_say("%zu of %zu tests find a difference; %zu stand%s Holm's correction for so many", found, tests, stands,
                stands == 1 ? "s" : "");
    cli_next("gatebench plot %s; gatebench verdict", run->name);
    return code;
}

static void json_interval(json *j, const char *key, interval i) {
    json_open(j, key, '{');
    json_number(j, "estimate", i.estimate);
    json_number(j, "low", i.low);
    json_number(j, "high", i.high);
    json_close(j);
}

static void json_line(json *j, const compare_request *r, const arms_result *each) {
    static const char *const outcomes[] = {"a better", "b better", "equivalent", "undecided"};
    char words[256];
    json_open(j, NULL, '{');
    json_text(j, "a", each->a);
    json_text(j, "b", each->b);
    if (each->group)
        json_text(j, "group", each->group);
    else
        json_null(j, "group");
    json_count(j, "pairs", each->pairs);
    json_count(j, "lost", each->lost);
    json_number(j, "mean_a", each->mean_a);
    json_number(j, "mean_b", each->mean_b);
    json_number(j, "times_worse", each->ratio);
    json_interval(j, "difference", each->difference.difference);
    json_interval(j, "tost", each->difference.tost);
    json_number(j, "p_difference", each->difference.p_difference);
    json_number(j, "p_holm", each->p_holm);
    json_number(j, "p_equivalence", each->difference.p_equivalence);
    json_interval(j, "improvement", each->improvement);
    if (!isnan(r->question.solved)) {
        json_count(j, "solved_a", each->solved_a);
        json_count(j, "tried_a", each->tried_a);
        json_count(j, "solved_b", each->solved_b);
        json_count(j, "tried_b", each->tried_b);
        json_number(j, "p_fisher", each->p_fisher);
        json_number(j, "steps_a", each->steps_a);
        json_number(j, "steps_b", each->steps_b);
        json_number(j, "p_log_rank", each->p_log_rank);
    }
    json_text(j, "outcome", outcomes[each->difference.word]);
    words_of(each, words, sizeof words);
    json_text(j, "words", words);
    if (each->difference.word == VERDICT_UNDECIDED)
        json_count(j, "more_seeds", each->difference.more_seeds);
    json_close(j);
}

int compare_json(const compare_request *r, const results *run, const arms_comparison *c) {
    const arms_question *q = &r->question;
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "run", run->name);
    json_text(&j, "path", run->path);
    json_text(&j, "by", q->by);
    json_text(&j, "metric", q->metric);
    json_truth(&j, "higher_is_better", q->higher_is_better);
    json_number(&j, "margin", q->margin);
    json_number(&j, "solved", q->solved);
    json_text(&j, "groups", c->grouped);
    json_text(&j, "carried", c->carried);
    text lines = {0};
    matchings_words(&run->runs, &lines);
    json_text(&j, "matching", lines.length ? lines.data : table_text(&run->runs, 0, "matching"));
    text_free(&lines);
    json_open(&j, "comparisons", '[');
    for (size_t i = 0; i < c->count; i++)
        json_line(&j, r, &c->items[i]);
    json_close(&j);
    json_close(&j);
    return json_print(&j);
}
