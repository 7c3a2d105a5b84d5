/* SPDX-License-Identifier: MIT */
/* The table of an experiment: a row an arm, a column a measurement, mean and interval over seeds. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "plots/report.h"
#include "results/store/matching_rows.h"
#include "results/store/run_provenance.h"
#include "support/name_list.h"

enum { LONG_TABLE = 16, CELL = 96 };

/* Measurements worth a column, in this order, where a run has them. Seconds are none: trials share the cores. */
typedef struct measurement {
    const char *column, *title;
    int decimals;
    const char *of_task; /* only where the task is judged by it: its column on validation data */
} measurement;

static const measurement measurements[] = {
    {"accuracy", "accuracy", 3, NULL},
    {"shifted_accuracy", "accuracy, shifted", 3, NULL},
    {"swapped_pairs", "swapped pairs", 0, NULL},
    {"swapped_identical", "bit-identical", 0, NULL},
    {"mse", "squared error", 4, "valid_mse"},
    {"nll", "NLL, frame mean", 3, "valid_nll"},
    {"nll_sequence_mean", "NLL, sequence mean", 3, "valid_nll"},
    {"bits", "bits a symbol", 3, "valid_bits"},
    {"loss", "test loss (nats)", 3, "valid_accuracy"},
    {"parameters", "parameters", 0, NULL},
    {"cell_parameters", "of the cell", 0, NULL},
};
enum { MEASUREMENTS = sizeof measurements / sizeof *measurements };

typedef struct arms {
    const results *r;
    bool matched;    /* by more than width: each arm says its matching and what it has of that */
    name_list keys;  /* its matching where there are several, swept settings */
    name_list names; /* values of the keys of each arm */
    size_t *of;      /* of a row of /runs; SIZE_MAX: not final */
    double *x;       /* room for a value of each row */
} arms;

static void append_cell(text *row, const char *words) {
    text_append(row, "<td>");
    names_append_html(row, words);
    text_append(row, "</td>");
}

/* The first cells of a row: swept settings, then what the arm's size has of what it was to have. */
static void append_settings(text *row, const arms *a, size_t trial) {
    const table *runs = &a->r->runs;
    for (size_t i = 0; i < a->keys.count; i++) {
        char cell[CELL];
        append_cell(row, table_cell(runs, trial, table_find(runs, a->keys.items[i]), cell, CELL));
    }
    if (a->matched) {
        text words = {0};
        matchings_row_words(runs, trial, &words);
        append_cell(row, words.data ? words.data : "");
        row->failed = row->failed || words.failed;
        text_free(&words);
    }
}

static gb_status find_arms(gb_context *context, arms *a) {
    a->matched = table_find(&a->r->runs, "matched_to") != NULL;
    bool enough = !a->matched || names_index(&a->keys, "matching") != SIZE_MAX;
    gb_status status = provenance_swept(context, a->r, &a->keys);
    size_t rows = a->r->runs.rows;
    a->of = calloc(rows + 1, sizeof *a->of);
    a->x = calloc(rows + 1, sizeof *a->x);
    size_t *order = matchings_order(&a->r->runs);
    enough = enough && a->of && a->x && order;
    if (status == GB_OK && a->keys.count == a->matched && table_find(&a->r->runs, "cell"))
        enough = enough && names_index(&a->keys, "cell") != SIZE_MAX;
    for (size_t i = 0; status == GB_OK && enough && i < rows; i++) {
        size_t row = order[i];
        a->of[row] = SIZE_MAX;
        if (!provenance_is_final(a->r, row))
            continue;
        text key = {0};
        append_settings(&key, a, row);
        a->of[row] = key.failed ? SIZE_MAX : names_index(&a->names, key.data ? key.data : "");
        enough = a->of[row] != SIZE_MAX;
        text_free(&key);
    }
    free(order);
    return status != GB_OK || enough ? status : gb_fail(context, GB_MEMORY, "%s: out of memory", a->r->name);
}

/* Whether a measurement was made anywhere and says something about the task. */
static bool is_measured(const arms *a, const measurement *m) {
    if (m->of_task && !table_find(&a->r->runs, m->of_task))
        return false;
    for (size_t row = 0; row < a->r->runs.rows; row++)
        if (a->of[row] != SIZE_MAX && isfinite(table_number(&a->r->runs, row, m->column)))
            return true;
    return false;
}

static interval measure(arms *a, const measurement *m, size_t arm) {
    size_t n = 0;
    for (size_t row = 0; row < a->r->runs.rows; row++) {
        double value = a->of[row] == arm ? table_number(&a->r->runs, row, m->column) : NAN;
        if (isfinite(value))
            a->x[n++] = value;
    }
    return n ? statistics_mean_interval(a->x, n, 0.95) : (interval){NAN, NAN, NAN, 0};
}

/* No "-0.000": what rounds to nothing has no sign. */
static double unsigned_zero(double value, int decimals) {
    return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

static void append_interval(text *page, const measurement *m, const interval *value) {
    text_append(page, "<td class=\"number\">");
    if (!isfinite(value->estimate))
        text_append(page, "–");
    else if (m->decimals == 0)
        text_append_count(page, value->estimate);
    else
        text_append(page, "%.*f", m->decimals, value->estimate);
    if (isfinite(value->low) && isfinite(value->high) && value->high > value->low)
        text_append(page, " <small>[%.*f, %.*f]</small>", m->decimals, unsigned_zero(value->low, m->decimals),
                    m->decimals, unsigned_zero(value->high, m->decimals));
    text_append(page, "</td>");
}

static void append_arm(text *page, arms *a, const bool *shown, size_t arm) {
    size_t n = 0, diverged = 0;
    for (size_t row = 0; row < a->r->runs.rows; row++) {
        n += a->of[row] == arm;
        diverged += a->of[row] == arm && !strcmp(table_text(&a->r->runs, row, "status"), "diverged");
    }
    text_append(page, "<tr>%s", a->names.items[arm]);
    for (size_t i = 0; i < MEASUREMENTS; i++) {
        if (!shown[i])
            continue;
        interval value = measure(a, &measurements[i], arm);
        append_interval(page, &measurements[i], &value);
    }
    text_append(page, "<td class=\"number\">%zu", n);
    if (diverged)
        text_append(page, " <small>(%zu diverged)</small>", diverged);
    text_append(page, "</td></tr>\n");
}

static void append_table(text *page, arms *a) {
    bool shown[MEASUREMENTS];
    text_append(page, "<div class=\"wide\"><table><thead><tr>");
    for (size_t i = 0; i < a->keys.count; i++) {
        text_append(page, "<th scope=\"col\">");
        names_append_html(page, a->keys.items[i]);
        text_append(page, "</th>");
    }
    if (a->matched)
        text_append(page, "<th scope=\"col\">size</th>");
    for (size_t i = 0; i < MEASUREMENTS; i++) {
        shown[i] = is_measured(a, &measurements[i]);
        if (shown[i])
            text_append(page, "<th scope=\"col\" class=\"number\">%s</th>", measurements[i].title);
    }
    text_append(page, "<th scope=\"col\" class=\"number\">n</th></tr></thead><tbody>\n");
    for (size_t arm = 0; arm < a->names.count; arm++)
        append_arm(page, a, shown, arm);
    text_append(page,
                "</tbody></table></div>\n<p class=\"note\">Means over n seeds with 95&#160;%% Student-t intervals.");
    text words = {0};
    data_matching_words(a->r, &words);
    names_append_html(page, words.data ? words.data : "");
    page->failed = page->failed || words.failed;
    text_free(&words);
    text_append(page, "</p>\n");
}

gb_status report_table(gb_context *context, const results *r, text *page) {
    results split;
    arms a = {.r = &split};
    gb_status status = data_split(context, r, &split);
    if (status == GB_OK)
        status = find_arms(context, &a);
    if (status == GB_OK && !a.names.count) {
        text_append(page, "<p class=\"note\">No trial of the final stage has finished yet.</p>\n");
    } else if (status == GB_OK) {
        bool fold = a.names.count > LONG_TABLE;
        if (fold)
            text_append(page, "<details><summary>All %zu settings as a table</summary>\n", a.names.count);
        append_table(page, &a);
        if (fold)
            text_append(page, "</details>\n");
    }
    names_free(&a.keys);
    names_free(&a.names);
    free(a.of);
    free(a.x);
    table_free(&split.runs);
    return status;
}
