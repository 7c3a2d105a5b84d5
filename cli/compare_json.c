/* SPDX-License-Identifier: MIT */
/* Comparisons as JSON: every number that any of the tables shows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "results/analysis/compare_extras.h"
#include "results/store/matching_rows.h"
#include "support/cleanup.h"

static void json_interval(json *j, const char *key, interval i) {
    json_open(j, key, '{');
    json_number(j, "estimate", i.estimate);
    json_number(j, "low", i.low);
    json_number(j, "high", i.high);
    json_close(j);
}

static void json_solving(json *j, const compare_result *r) {
    json_count(j, "solved_a", r->solved_a);
    json_count(j, "tried_a", r->tried_a);
    json_count(j, "solved_b", r->solved_b);
    json_count(j, "tried_b", r->tried_b);
    json_number(j, "p_fisher", r->p_fisher);
    json_number(j, "steps_a", r->steps_a);
    json_number(j, "steps_b", r->steps_b);
    json_number(j, "p_log_rank", r->solving.p);
}

static void json_more(json *j, const compare_extras *m) {
    json_number(j, "median_a", m->median_a);
    json_number(j, "median_b", m->median_b);
    json_interval(j, "iqm_a", m->iqm_a);
    json_interval(j, "iqm_b", m->iqm_b);
    json_interval(j, "iqm_difference", m->difference);
    json_number(j, "violation", m->violation);
    json_number(j, "stochastic_order_a", m->order_a);
    json_number(j, "stochastic_order_b", m->order_b);
    json_count(j, "seeds_for_difference", m->seeds_difference);
    json_count(j, "seeds_for_equivalence", m->seeds_equivalence);
}

static gb_status json_line(gb_context *context, json *j, const compare_answer *a, const compare_result *r,
                           size_t tests) {
    static const char *const outcomes[] = {"a better", "b better", "equivalent", "undecided"};
    char words[320];
    compare_extras more;
    GB_TRY(compare_extras_of(context, &a->question, r, tests, &more));
    json_open(j, NULL, '{');
    json_text(j, "a", r->a);
    json_text(j, "b", r->b);
    if (r->group)
        json_text(j, "group", r->group);
    else
        json_null(j, "group");
    json_text(j, "matching", r->matching);
    json_count(j, "pairs", r->pairs);
    json_count(j, "lost", r->lost);
    json_number(j, "mean_a", r->mean_a);
    json_number(j, "mean_b", r->mean_b);
    json_number(j, "times_worse", r->ratio);
    json_interval(j, "difference", r->difference.difference);
    json_interval(j, "tost", r->difference.tost);
    json_number(j, "p_difference", r->difference.p_difference);
    json_number(j, "p_holm", r->p_holm);
    json_number(j, "p_equivalence", r->difference.p_equivalence);
    json_interval(j, "improvement", r->improvement);
    if (!isnan(a->question.solved))
        json_solving(j, r);
    json_more(j, &more);
    json_text(j, "outcome", outcomes[compare_outcome(&a->found, r)]);
    compare_words(&a->found, r, words, sizeof words);
    json_text(j, "words", words);
    size_t more_seeds = compare_more_seeds(&a->found, r);
    if (more_seeds)
        json_count(j, "more_seeds", more_seeds);
    json_close(j);
    return GB_OK;
}

static gb_status json_answer(gb_context *context, json *j, const compare_answer *a, size_t tests) {
    const compare_question *q = &a->question;
    json_open(j, NULL, '{');
    json_text(j, "by", q->by);
    json_text(j, "metric", q->metric);
    json_truth(j, "higher_is_better", q->higher_is_better);
    json_number(j, "margin", q->margin);
    json_number(j, "solved", q->solved);
    json_text(j, "groups", a->found.grouped);
    json_text(j, "carried", a->found.carried);
    json_open(j, "comparisons", '[');
    for (size_t i = 0; i < a->found.count; i++)
        GB_TRY(json_line(context, j, a, &a->found.items[i], tests));
    json_close(j);
    json_close(j);
    return GB_OK;
}

static gb_status json_run(gb_context *context, json *j, const compare_run *run) {
    json_open(j, NULL, '{');
    json_text(j, "run", run->file->name);
    json_text(j, "path", run->file->path);
    CLEANUP(text_free) text lines = {0};
    matchings_words(&run->e.runs, &lines);
    json_text(j, "matching", lines.data ? lines.data : "");
    json_open(j, "remarks", '[');
    json_lines(j, run->remarks.data);
    json_close(j);
    json_open(j, "looks", '[');
    for (size_t k = 0; k < run->looks.count; k++)
        json_number(j, NULL, (double)run->looks.seeds[k]);
    json_close(j);
    json_number(j, "level_difference", run->levels.difference);
    json_number(j, "level_equivalence", run->levels.equivalence);
    if (run->budget_metric)
        json_number(j, "budget", run->reached);
    json_open(j, "questions", '[');
    for (size_t a = 0; a < run->count; a++)
        GB_TRY(json_answer(context, j, &run->answers[a], compare_run_tests(run)));
    json_close(j);
    json_close(j);
    return GB_OK;
}

static void json_tasks(json *j, const compare_tasks *t) {
    json_open(j, NULL, '{');
    json_text(j, "a", t->a);
    json_text(j, "b", t->b);
    json_text(j, "matching", t->matching);
    json_count(j, "tasks", t->tasks);
    json_interval(j, "iqm_a", t->iqm_a);
    json_interval(j, "iqm_b", t->iqm_b);
    json_number(j, "improvement", t->improvement);
    json_close(j);
}

gb_status compare_json(gb_context *context, const compare_run *runs, size_t count) {
    CLEANUP(json_free) json j = {0};
    CLEANUP(free_at) compare_tasks *tasks = NULL;
    size_t task_count = 0;
    json_open(&j, NULL, '{');
    json_open(&j, "runs", '[');
    for (size_t i = 0; i < count; i++)
        GB_TRY(json_run(context, &j, &runs[i]));
    json_close(&j);
    GB_TRY(compare_run_tasks(context, runs, count, &tasks, &task_count));
    json_open(&j, "over_tasks", '[');
    for (size_t i = 0; i < task_count; i++)
        json_tasks(&j, &tasks[i]);
    json_close(&j);
    json_close(&j);
    json_print(&j);
    return GB_OK;
}
