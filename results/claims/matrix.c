/* SPDX-License-Identifier: MIT */
#include "results/claims/matrix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/anchors.h"
#include "results/claims/task_results.h"
#include "support/cleanup.h"

/* The tolerance within which numbers of parameters count as equal, as in C5. */
#define PARAMETER_TOLERANCE 0.05

const char *const matrix_matchings[MATRIX_MATCHINGS] = {"width", "parameters", "state", "time"};

static matrix_outcome outcome_of(const task_result *t) {
    static const matrix_outcome outcomes[] = {[VERDICT_A_BETTER] = MATRIX_A_BETTER,
                                              [VERDICT_B_BETTER] = MATRIX_B_BETTER,
                                              [VERDICT_EQUIVALENT] = MATRIX_EQUIVALENT,
                                              [VERDICT_UNDECIDED] = MATRIX_UNDECIDED};
    return t->metric ? outcomes[t->pairs.difference.word] : MATRIX_UNDECIDED;
}

static matrix_cell make_cell(const task_result *t) {
    const comparison *c = &t->pairs.difference;
    matrix_cell cell = {.word = outcome_of(t),
                        .metric = t->metric ? t->metric->name : "",
                        .higher_is_better = t->metric && t->metric->higher_is_better,
                        .mean_a = t->pairs.mean_a,
                        .mean_b = t->pairs.mean_b,
                        .difference = c->difference,
                        .in_margins = {NAN, NAN, NAN, 0},
                        .margin = c->margin,
                        .a_parameters = t->a_parameters,
                        .b_parameters = t->b_parameters,
                        .seconds = t->seconds,
                        .sizes = t->match == MATCH_TIME ? match_names[t->sizes] : "",
                        .provisional = t->run->quick};
    cell.difference.n = t->pairs.pairs;
    if (t->pairs.pairs > 1)
        cell.more_seeds = compare_more_seeds(&(compare_findings){0}, &t->pairs);
    if (t->metric && t->pairs.pairs && c->margin > 0) {
        double unit = (cell.higher_is_better ? 1 : -1) / c->margin;
        double low = c->difference.low * unit, high = c->difference.high * unit;
        cell.in_margins = (interval){c->difference.estimate * unit, fmin(low, high), fmax(low, high), t->pairs.pairs};
    }
    snprintf(cell.run, sizeof cell.run, "%s", t->run->file->name);
    return cell;
}

/* The row of a task, appended if there is none; NULL: out of memory. */
static matrix_row *find_row(verdict_matrix *m, const char *task) {
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->rows[i].task, task) == 0)
            return &m->rows[i];
    matrix_row *grown = realloc(m->rows, (m->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    m->rows = grown;
    matrix_row *row = &grown[m->count++];
    *row = (matrix_row){0};
    snprintf(row->task, sizeof row->task, "%s", task);
    return row;
}

gb_status matrix_judge(gb_context *context, results *const *all, size_t count, const char *a, const char *b,
                       verdict_matrix *matrix) {
    rule_run *runs;
    task_list list = {0};
    const task_question question = {a, b, PARAMETER_TOLERANCE, true};
    *matrix = (verdict_matrix){0};
    snprintf(matrix->a, sizeof matrix->a, "%s", a);
    snprintf(matrix->b, sizeof matrix->b, "%s", b);
    GB_TRY(rule_runs_open(context, all, count, &runs));
    CLEANUP(text_free) text stopped = {0};
    gb_status status = anchors_apply(context, all, runs, count, &stopped);
    if (status) {
        rule_runs_close(runs, count);
        return status;
    }
    for (size_t i = 0; i < count; i++)
        task_results_collect(&question, &runs[i], &list, NULL);
    task_results_choose(&list);
    for (size_t i = 0; i < list.count && !list.failed; i++) {
        const task_result *t = &list.items[i];
        if (t->instead || t->match >= MATCHES || !t->metric || t->pairs.planned == 0)
            continue;
        matrix_row *row = find_row(matrix, t->task);
        list.failed = !row;
        if (row)
            row->cells[t->match] = make_cell(t);
    }
    bool failed = list.failed;
    task_results_free(&list);
    rule_runs_close(runs, count);
    if (failed)
        matrix_free(matrix);
    return failed ? gb_fail(context, GB_MEMORY, "out of memory for the verdict matrix") : GB_OK;
}

void matrix_free(verdict_matrix *matrix) {
    free(matrix->rows);
    *matrix = (verdict_matrix){0};
}

void matrix_word(const verdict_matrix *matrix, const matrix_cell *cell, char *word, size_t size) {
    static const char *const words[] = {"", "better", "better", "equivalent", "undecided"};
    const char *cell_name = cell->word == MATRIX_A_BETTER ? matrix->a : cell->word == MATRIX_B_BETTER ? matrix->b : "";
    snprintf(word, size, "%s%s%s", cell_name, *cell_name ? " " : "", words[cell->word]);
}
