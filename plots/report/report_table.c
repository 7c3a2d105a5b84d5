/* SPDX-License-Identifier: MIT */
/* The table of an experiment: a row per arm, a column per metric, mean and interval over seeds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "plots/report/report.h"
#include "results/analysis/summary.h"
#include "results/store/matching_rows.h"

enum { CELL = 96 };

static report_cell *add_cell(report_table *t, const text *words, bool number) {
    static report_cell lost;
    report_cell *grown = realloc(t->cells, (t->count + 1) * sizeof *grown);
    t->cells = grown ? grown : t->cells;
    report_cell *cell = grown ? &grown[t->count++] : &lost;
    *cell = (report_cell){.words = grown ? strdup(words->data ? words->data : "") : NULL, .number = number};
    t->failed |= !grown || !cell->words || words->failed;
    return cell;
}

void report_table_add(report_table *t, const char *string, bool number) {
    text words = {0};
    text_append(&words, "%s", string);
    add_cell(t, &words, number);
    text_free(&words);
}

void report_table_free(report_table *t) {
    for (size_t i = 0; i < t->count; i++) {
        free(t->cells[i].words);
        free(t->cells[i].interval);
    }
    free(t->cells);
    text_free(&t->note);
    *t = (report_table){0};
}

static bool is_matched(const table_column *column) {
    return strcmp(column->name, "matched") == 0;
}

/* The settings of an arm; what its size has of what it was to have in words. */
static void add_settings(report_table *t, const summary *s, const trial_arm *arm) {
    for (size_t i = 0; i < s->setting_count; i++) {
        char cell[CELL];
        text words = {0};
        if (is_matched(s->settings[i]))
            matchings_row_words(&s->e->runs, arm->rows[0], &words);
        else
            text_append(&words, "%s", table_cell(&s->e->runs, arm->rows[0], s->settings[i], cell, CELL));
        add_cell(t, &words, s->settings[i]->type != COLUMN_TEXT);
        text_free(&words);
    }
}

/* No "-0.000": what rounds to nothing has no sign. */
static double unsigned_zero(double value, int decimals) {
    return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

static void add_mean(report_table *t, const metric_type *m, const interval *value, bool best) {
    text mean = {0}, limits = {0};
    int d = m->decimals;
    if (!isfinite(value->estimate))
        text_append(&mean, "–");
    else if (d == 0)
        text_append_count(&mean, value->estimate);
    else
        text_append(&mean, "%.*f", d, unsigned_zero(value->estimate, d));
    if (isfinite(value->low) && isfinite(value->high) && value->high > value->low)
        text_append(&limits, "[%.*f, %.*f]", d, unsigned_zero(value->low, d), d, unsigned_zero(value->high, d));
    report_cell *cell = add_cell(t, &mean, true);
    cell->best = best;
    if (limits.length)
        cell->interval = strdup(limits.data);
    t->failed |= limits.failed;
    text_free(&mean);
    text_free(&limits);
}

static void add_count(report_table *t, const trial_arm *arm) {
    static const char *const fates[TRIAL_FATES] = {NULL, "diverged", "over their limit", "missing"};
    text words = {0};
    text_append(&words, "%zu", arm->fates[TRIAL_DONE]);
    for (size_t fate = TRIAL_DIVERGED; fate < TRIAL_FATES; fate++)
        if (arm->fates[fate])
            text_append(&words, " (%zu %s)", arm->fates[fate], fates[fate]);
    add_cell(t, &words, true);
    text_free(&words);
}

/* Whether the arm of value `a` beats that of value `b` in a group, by the paired test after Holm's correction. */
static bool beats(const compare_findings *found, const char *a, const char *b, const char *group) {
    for (size_t i = 0; i < found->count; i++) {
        const compare_result *r = &found->items[i];
        bool forward = strcmp(r->a, a) == 0 && strcmp(r->b, b) == 0;
        bool backward = strcmp(r->a, b) == 0 && strcmp(r->b, a) == 0;
        if ((forward || backward) && r->group && strcmp(r->group, group) == 0)
            return r->p_holm <= 0.05 && r->difference.word == (forward ? VERDICT_A_BETTER : VERDICT_B_BETTER);
    }
    return false;
}

/* Sets best[arm] of the arm that beats every other of each group. */
static void find_best(const evidence *e, const arm_groups *groups, const compare_findings *found, bool *best) {
    for (size_t g = 0; g < groups->group_count; g++) {
        text words = {0};
        text_append(&words, "%s", "");
        arm_append_group(e, groups, &groups->arms.items[groups->firsts[g]], &words);
        for (size_t a = 0; words.data && a < groups->value_count; a++) {
            const trial_arm *arm = arms_of_group(groups, g, a);
            size_t others = 0, beaten = 0;
            for (size_t b = 0; arm && b < groups->value_count; b++) {
                if (b == a || !arms_of_group(groups, g, b))
                    continue;
                others++;
                beaten += beats(found, groups->values[a], groups->values[b], words.data);
            }
            if (others && beaten == others)
                best[arm - groups->arms.items] = true;
        }
        text_free(&words);
    }
}

/* best[arm * metrics + metric], malloc'ed: the numbers that the tests allow to be called the best of their group. */
static gb_status mark_best(gb_context *context, const summary *s, bool **marks) {
    const evidence *e = s->e;
    const table_column *by = table_find(&e->runs, "cell");
    arm_groups groups = {0};
    bool *best = calloc(s->arms.count + 1, sizeof *best);
    *marks = calloc(s->arms.count * s->metric_count + 1, sizeof **marks);
    gb_status status = best && *marks ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for the report");
    bool varies = status == GB_OK && by && evidence_varies(e, by);
    if (varies)
        status = arms_group(context, e, by, &groups);
    for (size_t m = 0; varies && status == GB_OK && m < s->metric_count; m++) {
        const metric_type *metric = s->metrics[m];
        const compare_question question = {.by = "cell",
                                           .metric = metric->name,
                                           .margin = metric->margin,
                                           .solved = NAN,
                                           .higher_is_better = metric->higher_is_better};
        compare_findings found;
        if (metric_shown_always(metric) || compare_arms(context, e, &question, &found) != GB_OK)
            continue;
        memset(best, 0, s->arms.count * sizeof *best);
        find_best(e, &groups, &found, best);
        for (size_t a = 0; a < s->arms.count; a++)
            (*marks)[a * s->metric_count + m] = best[a];
        compare_free(&found);
    }
    arms_free_groups(&groups);
    free(best);
    return status;
}

static void fill(const results *r, const summary *s, const bool *best, report_table *t) {
    size_t marked = 0;
    t->columns = s->setting_count + s->metric_count + 1;
    for (size_t i = 0; i < s->setting_count; i++)
        report_table_add(t, is_matched(s->settings[i]) ? "size" : s->settings[i]->name,
                         s->settings[i]->type != COLUMN_TEXT);
    for (size_t i = 0; i < s->metric_count; i++)
        report_table_add(t, s->metrics[i]->title, true);
    report_table_add(t, "n", true);
    for (size_t arm = 0; arm < s->arms.count; arm++) {
        add_settings(t, s, &s->arms.items[arm]);
        for (size_t m = 0; m < s->metric_count; m++) {
            bool is_best = best[arm * s->metric_count + m];
            add_mean(t, s->metrics[m], summary_mean(s, arm, m), is_best);
            marked += is_best;
        }
        add_count(t, &s->arms.items[arm]);
    }
    text_append(&t->note, "Means over the n seeds that have a number, with 95 %% Student-t intervals.");
    if (marked)
        text_append(&t->note, " Bold: better than every other cell of its group by the paired test, corrected over "
                              "all pairs (Holm).");
    data_matching_words(r, &t->note);
}

gb_status report_make_table(gb_context *context, const results *r, report_table *t) {
    evidence e;
    summary s = {0};
    bool *best = NULL;
    gb_status status = evidence_read(context, r, "final", true, &e);
    if (status == GB_OK && r->runs.rows && e.runs.rows)
        status = summary_make(context, &e, false, &s);
    if (status == GB_OK && s.arms.count)
        status = mark_best(context, &s, &best);
    if (status == GB_OK && s.arms.count) {
        results split = *r;
        split.runs = e.runs;
        fill(&split, &s, best, t);
    }
    if (status == GB_OK && t->failed)
        status = gb_fail(context, GB_MEMORY, "out of memory for the report");
    free(best);
    summary_free(&s);
    evidence_free(&e);
    return status;
}
