/* SPDX-License-Identifier: MIT */
/* Compares the arms of a results file: determines the questions and answers them. */
#include "results/analysis/compare_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/declarations.h"
#include "results/analysis/row_filter.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"

static gb_status read_run(gb_context *context, const compare_request *r, compare_run *run) {
    bool by_cell = !r->asked.by || strcmp(r->asked.by, "cell") == 0;
    GB_TRY(evidence_read(context, run->file, "final", by_cell, &run->e));
    if (run->file->runs.rows == 0 || run->e.runs.rows == 0)
        return gb_fail(context, GB_INVALID,
                       "%s: no final trial has finished; gatebench status shows the progress of the run",
                       run->file->path);
    if (r->where)
        GB_TRY(where_keep(context, r->where, &run->e.runs));
    GB_TRY(declared_comparisons(context, run->file, &run->declared));
    GB_TRY(declared_changes_of_all(context, run->file, &run->remarks));
    GB_TRY(looks_of(context, run->file, &run->looks));
    GB_TRY(looks_apply(context, &run->looks, r->look, &run->e, &run->levels));
    return r->budget ? budget_apply(context, &run->e, r->budget, &run->reached, &run->budget_metric) : GB_OK;
}

/* The default metric: the first of the task's own. */
static const char *own_metric(const table *runs) {
    const metric_type *m = metric_validated(runs);
    if (m && table_find(runs, m->name))
        return m->name;
    for (size_t i = 0; (m = metric_at(i)); i++)
        if (metric_is_shown(m, runs) && !metric_shown_always(m))
            return m->name;
    return NULL;
}

/* Without a metric uses the task's own. steps_to_solve means the steps until that metric first reached the threshold
 * for solved. */
static gb_status choose_metric(gb_context *context, compare_run *run, compare_question *q) {
    if (run->budget_metric) {
        q->metric = q->metric ? q->metric : run->budget_metric;
        return GB_OK;
    }
    if (q->metric && strcmp(q->metric, "steps_to_solve") == 0) {
        gb_status status = declared_solving_of(context, run->file, &run->solving);
        if (status == GB_INVALID && !isnan(q->solved) && *run->solving.metric)
            status = GB_OK; /* only the threshold was missing, and the user gave it */
        q->metric = run->solving.metric;
        q->solved = isnan(q->solved) ? run->solving.threshold : q->solved;
        return status;
    }
    q->metric = q->metric ? q->metric : own_metric(&run->e.runs);
    return q->metric ? GB_OK
                     : gb_fail(context, GB_INVALID, "%s: its task has no metric; name a column with --metric",
                               run->file->path);
}

/* True if a declaration is about the metric of the question; at a budget that is the metric on validation data. */
static bool is_about(const compare_run *run, const declared_comparison *d, const compare_question *q) {
    return strcmp(d->metric, q->metric) == 0 ||
           (run->budget_metric && strcmp(d->metric, run->budget_metric + strlen("valid_")) == 0);
}

static const char *declared_from(const declared_comparison *d) {
    return d->later ? "added to the recipe after the first trial" : "declared by the recipe";
}

/* The margin that the recipe declared before the run, else the metric's default. */
static void choose_margin(const compare_run *run, compare_answer *a, bool of_steps) {
    compare_question *q = &a->question;
    const metric_type *m = metric_find(q->metric);
    a->margin_from = "as requested";
    for (size_t i = 0; isnan(q->margin) && !of_steps && i < run->declared.count; i++)
        if (is_about(run, &run->declared.items[i], q)) {
            q->margin = run->declared.items[i].margin;
            a->margin_from = declared_from(&run->declared.items[i]);
        }
    if (isnan(q->margin) && !of_steps && m) {
        q->margin = m->margin;
        a->margin_from = "the metric's default";
    }
}

/* The question of the command line. */
static gb_status take_asked(gb_context *context, const compare_request *r, compare_run *run, compare_answer *a) {
    a->question = r->asked;
    bool of_steps = r->asked.metric && strcmp(r->asked.metric, "steps_to_solve") == 0;
    GB_TRY(choose_metric(context, run, &a->question));
    choose_margin(run, a, of_steps);
    for (size_t i = 0; isnan(a->question.solved) && i < run->declared.count; i++)
        if (is_about(run, &run->declared.items[i], &a->question))
            a->question.solved = run->declared.items[i].solved;
    return GB_OK;
}

static void take_declared(const declared_comparison *d, compare_answer *a) {
    a->question = (compare_question){
        .metric = d->metric, .a = d->a, .b = d->b, .margin = d->margin, .solved = d->solved, .higher_is_better = -1};
    a->margin_from = declared_from(d);
}

/* Answers the latest question; keeps it only if there was something to compare. */
static gb_status answer(gb_context *context, compare_run *run) {
    compare_answer *a = &run->answers[run->count];
    compare_question *q = &a->question;
    q->by = q->by ? q->by : "cell";
    if (run->budget_metric && metric_find(q->metric) != metric_find(run->budget_metric))
        return gb_fail(context, GB_INVALID, "the learning curves are of %s, not of %s",
                       metric_find(run->budget_metric)->name, q->metric);
    q->metric = run->budget_metric ? run->budget_metric : q->metric;
    q->levels = run->levels;
    if (q->higher_is_better < 0)
        q->higher_is_better = metric_higher_is_better(q->metric);
    if (isnan(q->solved) && metric_find(q->metric) && !run->budget_metric)
        q->solved = metric_find(q->metric)->solved;
    gb_status status = compare_arms(context, &run->e, q, &a->found);
    run->count += !status;
    return status;
}

static bool asks_nothing(const compare_question *q) {
    return !q->by && !q->metric && !q->a && !q->b && isnan(q->margin) && isnan(q->solved) && q->higher_is_better < 0;
}

static gb_status answer_all(gb_context *context, const compare_request *r, compare_run *run) {
    for (size_t i = 0; asks_nothing(&r->asked) && i < run->declared.count; i++) {
        const declared_comparison *d = &run->declared.items[i];
        take_declared(d, &run->answers[run->count]);
        gb_status status = answer(context, run);
        if (status == GB_INVALID) /* this run lacks what the recipe declares */
            text_append(&run->remarks, "%s and %s, %s: not compared: %s\n", d->a, d->b, d->metric,
                        gb_context_message(context));
        else
            GB_TRY(status);
    }
    if (run->count)
        return GB_OK;
    GB_TRY(take_asked(context, r, run, &run->answers[0]));
    return answer(context, run);
}

static gb_status judge(gb_context *context, const compare_request *request, compare_run *run) {
    GB_TRY(read_run(context, request, run));
    run->answers = calloc(run->declared.count + 1, sizeof *run->answers);
    CLEANUP(free_at) compare_findings **lists = calloc(run->declared.count + 1, sizeof *lists);
    GB_TRY(run->answers && lists ? answer_all(context, request, run) : gb_fail(context, GB_MEMORY, "out of memory"));
    for (size_t i = 0; i < run->count; i++)
        lists[i] = &run->answers[i].found;
    if (run->count > 1)
        GB_TRY(compare_correct(context, lists, run->count));
    return GB_OK;
}

gb_status compare_open(gb_context *context, const compare_request *request, const char *path, compare_run *run) {
    *run = (compare_run){0};
    GB_TRY(results_read(context, path, &run->file));
    return judge(context, request, run);
}

gb_status compare_results(gb_context *context, const compare_request *request, results *file, compare_run *run) {
    *run = (compare_run){.file = file, .borrowed = true};
    return judge(context, request, run);
}

void compare_close(compare_run *run) {
    for (size_t i = 0; i < run->count; i++)
        compare_free(&run->answers[i].found);
    free(run->answers);
    text_free(&run->remarks);
    declared_free(&run->declared);
    evidence_free(&run->e);
    if (!run->borrowed)
        results_free(run->file);
    *run = (compare_run){0};
}

size_t compare_run_tests(const compare_run *run) {
    size_t tests = 0;
    for (size_t a = 0; a < run->count; a++)
        for (size_t i = 0; i < run->answers[a].found.count; i++)
            tests += run->answers[a].found.items[i].group != NULL;
    return tests;
}
