/* SPDX-License-Identifier: MIT */
/* The table of an experiment: a row per arm, a column per metric, mean and interval over seeds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "plots/report.h"
#include "results/analysis/summary.h"
#include "results/store/matching_rows.h"
#include "support/name_list.h"

enum { LONG_TABLE = 16, CELL = 96 };

static void append_head(text *page, const char *words, const char *class) {
    text_append(page, "<th scope=\"col\"%s>", class);
    names_append_html(page, words);
    text_append(page, "</th>");
}

static void append_cell(text *row, const char *words) {
    text_append(row, "<td>");
    names_append_html(row, words);
    text_append(row, "</td>");
}

static bool is_matched(const table_column *column) {
    return strcmp(column->name, "matched") == 0;
}

/* The settings of an arm; what its size has of what it was to have in words. */
static void append_settings(text *row, const summary *s, const trial_arm *arm) {
    for (size_t i = 0; i < s->setting_count; i++) {
        char cell[CELL];
        text words = {0};
        if (is_matched(s->settings[i]))
            matchings_row_words(&s->e->runs, arm->rows[0], &words);
        else
            text_append(&words, "%s", table_cell(&s->e->runs, arm->rows[0], s->settings[i], cell, CELL));
        append_cell(row, words.data ? words.data : "");
        row->failed = row->failed || words.failed;
        text_free(&words);
    }
}

/* No "-0.000": what rounds to nothing has no sign. */
static double unsigned_zero(double value, int decimals) {
    return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

static void append_interval(text *page, const metric_type *m, const interval *value) {
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

static void append_arm(text *page, const summary *s, size_t i) {
    static const char *const fates[TRIAL_FATES] = {NULL, "diverged", "over their limit", "missing"};
    const trial_arm *arm = &s->arms.items[i];
    text_append(page, "<tr>");
    append_settings(page, s, arm);
    for (size_t m = 0; m < s->metric_count; m++)
        append_interval(page, s->metrics[m], summary_mean(s, i, m));
    text_append(page, "<td class=\"number\">%zu", arm->fates[TRIAL_DONE]);
    for (size_t fate = TRIAL_DIVERGED; fate < TRIAL_FATES; fate++)
        if (arm->fates[fate])
            text_append(page, " <small>(%zu %s)</small>", arm->fates[fate], fates[fate]);
    text_append(page, "</td></tr>\n");
}

static void append_table(text *page, const results *r, const summary *s) {
    static const char number[] = " class=\"number\"";
    text_append(page, "<div class=\"wide\"><table><thead><tr>");
    for (size_t i = 0; i < s->setting_count; i++)
        append_head(page, is_matched(s->settings[i]) ? "size" : s->settings[i]->name, "");
    for (size_t i = 0; i < s->metric_count; i++)
        append_head(page, s->metrics[i]->title, number);
    append_head(page, "n", number);
    text_append(page, "</tr></thead><tbody>\n");
    for (size_t arm = 0; arm < s->arms.count; arm++)
        append_arm(page, s, arm);
    text_append(page, "</tbody></table></div>\n<p class=\"note\">Means over the n seeds that have a number, with "
                      "95&#160;%% Student-t intervals.");
    text words = {0};
    data_matching_words(r, &words);
    names_append_html(page, words.data ? words.data : "");
    page->failed = page->failed || words.failed;
    text_free(&words);
    text_append(page, "</p>\n");
}

static gb_status append_summary(gb_context *context, const evidence *e, text *page) {
    summary s;
    GB_TRY(summary_make(context, e, false, &s));
    results split = *e->source;
    split.runs = e->runs;
    bool fold = s.arms.count > LONG_TABLE;
    if (fold)
        text_append(page, "<details><summary>All %zu settings as a table</summary>\n", s.arms.count);
    append_table(page, &split, &s);
    if (fold)
        text_append(page, "</details>\n");
    summary_free(&s);
    return GB_OK;
}

gb_status report_table(gb_context *context, const results *r, text *page) {
    evidence e;
    gb_status status = evidence_read(context, r, "final", true, &e);
    if (!status && !r->runs.rows)
        text_append(page, "<p class=\"note\">No trial of the final stage has finished yet.</p>\n");
    else if (!status)
        status = append_summary(context, &e, page);
    evidence_free(&e);
    return status;
}
