/* SPDX-License-Identifier: MIT */
#include "cli/verdict_matrix.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static style style_of(const matrix_cell *c) {
    return c->word == MATRIX_EQUIVALENT ? STYLE_GOOD : c->word == MATRIX_UNDECIDED ? STYLE_DOUBT : STYLE_PLAIN;
}

/* The metric of a row is that of its first cell. */
static const char *metric_of(const matrix_row *row) {
    for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
        if (row->cells[k].word != MATRIX_NOT_RUN)
            return row->cells[k].metric;
    return "";
}

/* "gru better 0.12 [0.08, 0.16]", a star behind what rests on a quick run; "nll: " before what was judged by another
 * metric than the row's, as curves are that lack it. */
static void add_cell(grid *g, const verdict_matrix *m, const matrix_row *row, const matrix_cell *c) {
    char judged[96], word[192], estimate[32], low[32], high[32];
    if (c->word == MATRIX_NOT_RUN) {
        GRID_TEXTS(g, "-");
        return;
    }
    const bool by_another = strcmp(c->metric, metric_of(row)) != 0;
    matrix_word(m, c, judged, sizeof judged);
    snprintf(word, sizeof word, "%s%s%s", by_another ? c->metric : "", by_another ? ": " : "", judged);
    const char *star = c->provisional ? "*" : "";
    if (c->difference.n == 0)
        grid_add(g, style_of(c), "%s%s", word, star);
    else if (c->difference.n == 1)
        grid_add(g, style_of(c), "%s%s %s, 1 pair", word, star,
                 output_number(c->difference.estimate, 3, estimate, sizeof estimate));
    else {
        char more[48] = "";
        if (c->more_seeds && c->more_seeds < 9999)
            snprintf(more, sizeof more, ", %zu more seed%s", c->more_seeds, c->more_seeds == 1 ? "" : "s");
        grid_add(g, style_of(c), "%s%s %s [%s, %s]%s", word, star,
                 output_number(c->difference.estimate, 3, estimate, sizeof estimate),
                 output_number(c->difference.low, 3, low, sizeof low),
                 output_number(c->difference.high, 3, high, sizeof high), more);
    }
}

void verdict_matrix_print(const verdict_matrix *m) {
    bool starred = false;
    grid g;
    if (m->count == 0) {
        cli_say("no task was run with both %s and %s", m->a, m->b);
        return;
    }
    grid_start(&g, (const char *const[]){"task", "metric", "equal width", "equal parameters", "equal state",
                                         "equal core time", NULL});
    for (size_t i = 0; i < m->count; i++) {
        const matrix_row *row = &m->rows[i];
        GRID_TEXTS(&g, row->task, metric_of(row));
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++) {
            add_cell(&g, m, row, &row->cells[k]);
            starred = starred || (row->cells[k].word != MATRIX_NOT_RUN && row->cells[k].provisional);
        }
    }
    printf("%s or %s: %s - %s with its interval, in the metric's unit\n\n", m->a, m->b, m->a, m->b);
    grid_print(&g, GRID_WRAP);
    fflush(stdout);
    cli_say("-: not run with this held equal (parameters count as equal within 5 %%)");
    cli_say("equal core time: on validation data, at the largest time that all trials of the two cells had%s",
            starred ? "; *: from a quick run, provisional" : "");
}

static void json_cell(json *j, const verdict_matrix *m, const matrix_cell *c, const char *matching) {
    char word[96];
    matrix_word(m, c, word, sizeof word);
    json_open(j, matching, '{');
    json_text(j, "word", word);
    json_text(j, "metric", c->metric);
    json_truth(j, "higher_is_better", c->higher_is_better);
    json_number(j, "mean_a", c->mean_a);
    json_number(j, "mean_b", c->mean_b);
    json_number(j, "difference", c->difference.estimate);
    json_number(j, "low", c->difference.low);
    json_number(j, "high", c->difference.high);
    json_count(j, "pairs", c->difference.n);
    json_number(j, "margin", c->margin);
    json_number(j, "parameters_a", c->a_parameters);
    json_number(j, "parameters_b", c->b_parameters);
    json_number(j, "core_seconds", c->seconds);
    json_text(j, "sizes", c->sizes);
    json_count(j, "more_seeds", c->more_seeds);
    json_text(j, "run", c->run);
    json_truth(j, "provisional", c->provisional);
    json_close(j);
}

void verdict_matrix_json(json *j, const verdict_matrix *m) {
    json_open(j, "matrix", '{');
    json_text(j, "a", m->a);
    json_text(j, "b", m->b);
    json_open(j, "tasks", '[');
    for (size_t i = 0; i < m->count; i++) {
        json_open(j, NULL, '{');
        json_text(j, "task", m->rows[i].task);
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
            if (m->rows[i].cells[k].word != MATRIX_NOT_RUN)
                json_cell(j, m, &m->rows[i].cells[k], matrix_matchings[k]);
        json_close(j);
    }
    json_close(j);
    json_close(j);
}
