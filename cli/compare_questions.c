/* SPDX-License-Identifier: MIT */
/* From a results file to the questions that are asked of it, and their answers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "cli/row_filter.h"
#include "cli/summary.h"
#include "results/store/matching_rows.h"
#include "results/store/metrics.h"

/* Leaves the final trials only. */
static gb_status keep_final(gb_context *context, table *runs) {
    bool *keep = calloc(runs->rows + 1, sizeof *keep);
    if (!keep)
        return gb_fail(context, GB_MEMORY, "out of memory");
    for (size_t row = 0; row < runs->rows; row++)
        keep[row] = summary_takes(runs, row, "final") && strcmp(table_text(runs, row, "status"), "failed") != 0;
    table_keep_rows(runs, keep);
    free(keep);
    return GB_OK;
}

static gb_status read_run(gb_context *context, const compare_request *r, const char *path, compare_run *run) {
    bool by_cell = !r->asked.by || strcmp(r->asked.by, "cell") == 0;
    gb_status status = results_read(context, path, &run->file);
    if (!status)
        status = keep_final(context, &run->file->runs);
    if (!status && run->file->runs.rows == 0)
        status = gb_fail(context, GB_INVALID,
                         "%s: no final trial has finished; gatebench status says how far the run is", run->file->path);
    if (!status && by_cell)
        status = matchings_split(context, &run->file->runs);
    if (!status && r->where)
        status = where_keep(context, r->where, &run->file->runs);
    if (!status && !(run->settings = summary_settings(&run->file->runs)))
        status = gb_fail(context, GB_MEMORY, "out of memory");
    if (!status)
        status = declared_comparisons(context, run->file, &run->declared);
    if (!status)
        status = looks_of(context, run->file, &run->looks);
    run->levels = looks_levels(&run->looks, status ? 0 : looks_seeds(&run->file->runs));
    return status;
}

/* Without a metric the task's own; steps_to_solve is about when that one first reached what counts as solved. */
static gb_status choose_metric(gb_context *context, compare_run *run, compare_question *q) {
    columns measured = {0};
    if (q->metric && strcmp(q->metric, "steps_to_solve") == 0) {
        gb_status status = declared_solving_of(context, run->file, &run->solving);
        if (status == GB_INVALID && !isnan(q->solved) && *run->solving.metric)
            status = GB_OK; /* only the threshold was missing, and that is given */
        q->metric = run->solving.metric;
        q->solved = isnan(q->solved) ? run->solving.threshold : q->solved;
        return status;
    }
    if (!q->metric && summary_measured(&run->file->runs, "all", &measured) && measured.count)
        q->metric = run->file->runs.columns[measured.items[0]].name;
    free(measured.items);
    return q->metric ? GB_OK
                     : gb_fail(context, GB_INVALID, "%s: no metric that is known; name a column with --metric",
                               run->file->path);
}

/* The margin that the recipe declared before the run, then the metric's own. */
static void choose_margin(const compare_run *run, compare_answer *a, bool of_steps) {
    compare_question *q = &a->question;
    const metric_type *m = metric_find(q->metric);
    a->margin_from = "as asked";
    for (size_t i = 0; isnan(q->margin) && !of_steps && i < run->declared.count; i++)
        if (strcmp(run->declared.items[i].metric, q->metric) == 0) {
            q->margin = run->declared.items[i].margin;
            a->margin_from = "declared by the recipe";
        }
    if (isnan(q->margin) && !of_steps && m) {
        q->margin = m->margin;
        a->margin_from = "the usual one";
    }
}

/* What the command line asks. */
static gb_status take_asked(gb_context *context, const compare_request *r, compare_run *run, compare_answer *a) {
    a->question = r->asked;
    bool of_steps = r->asked.metric && strcmp(r->asked.metric, "steps_to_solve") == 0;
    gb_status status = choose_metric(context, run, &a->question);
    if (status)
        return status;
    choose_margin(run, a, of_steps);
    for (size_t i = 0; isnan(a->question.solved) && i < run->declared.count; i++)
        if (strcmp(run->declared.items[i].metric, a->question.metric) == 0)
            a->question.solved = run->declared.items[i].solved;
    return GB_OK;
}

static void take_declared(const declared_comparison *d, compare_answer *a) {
    a->question = (compare_question){
        .metric = d->metric, .a = d->a, .b = d->b, .margin = d->margin, .solved = d->solved, .higher_is_better = -1};
    a->margin_from = "declared by the recipe";
}

/* Answers the question of the last answer; keeps it only when there was something to compare. */
static gb_status answer(gb_context *context, compare_run *run) {
    compare_answer *a = &run->answers[run->count];
    compare_question *q = &a->question;
    q->by = q->by ? q->by : "cell";
    q->settings = run->settings;
    q->levels = run->levels;
    if (q->higher_is_better < 0)
        q->higher_is_better = metric_higher_is_better(q->metric);
    if (isnan(q->solved) && metric_find(q->metric))
        q->solved = metric_find(q->metric)->solved;
    gb_status status = compare_arms(context, &run->file->runs, &run->file->curves, q, &a->found);
    run->count += !status;
    return status;
}

static bool asks_nothing(const compare_question *q) {
    return !q->by && !q->metric && !q->a && !q->b && isnan(q->margin) && isnan(q->solved) && q->higher_is_better < 0;
}

static gb_status answer_all(gb_context *context, const compare_request *r, compare_run *run) {
    gb_status status = GB_OK;
    for (size_t i = 0; asks_nothing(&r->asked) && i < run->declared.count; i++) {
        take_declared(&run->declared.items[i], &run->answers[run->count]);
        status = answer(context, run);
        if (status == GB_INVALID) { /* this run leaves out what the recipe declares */
            cli_say("%s and %s, %s: not compared: %s", run->declared.items[i].a, run->declared.items[i].b,
                    run->declared.items[i].metric, gb_context_message(context));
            status = GB_OK;
        }
        if (status)
            return status;
    }
    if (run->count == 0) {
        status = take_asked(context, r, run, &run->answers[0]);
        if (!status)
            status = answer(context, run);
    }
    return status;
}

gb_status compare_open(gb_context *context, const compare_request *r, const char *path, compare_run *run) {
    *run = (compare_run){0};
    gb_status status = read_run(context, r, path, run);
    if (status)
        return status;
    run->answers = calloc(run->declared.count + 1, sizeof *run->answers);
    compare_findings **lists = calloc(run->declared.count + 1, sizeof *lists);
    status = run->answers && lists ? answer_all(context, r, run) : gb_fail(context, GB_MEMORY, "out of memory");
    for (size_t i = 0; !status && i < run->count; i++)
        lists[i] = &run->answers[i].found;
    if (!status && run->count > 1)
        status = compare_correct(context, lists, run->count);
    free(lists);
    return status;
}

void compare_close(compare_run *run) {
    for (size_t i = 0; i < run->count; i++)
        compare_free(&run->answers[i].found);
    free(run->answers);
    free(run->settings);
    declared_free(&run->declared);
    results_free(run->file);
    *run = (compare_run){0};
}
