/* SPDX-License-Identifier: MIT */
/* The tuning stage: its trials are grouped into arms whose settings include the tuned ones; these are the
 * candidates. */
#include "results/analysis/tuning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/statistics/statistics.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"

static bool find_columns(const evidence *e, const name_list *tuned, tuning *t) {
    t->settings = calloc(tuned->count + 1, sizeof *t->settings);
    for (size_t i = 0; t->settings && i < tuned->count; i++) {
        const table_column *column = table_find(&e->runs, tuned->items[i]);
        if (column && strcmp(column->name, "seed") != 0)
            t->settings[t->setting_count++] = column;
    }
    return t->settings != NULL;
}

static bool is_tuned(const tuning *t, const table_column *column) {
    for (size_t i = 0; i < t->setting_count; i++)
        if (t->settings[i] == column)
            return true;
    return false;
}

/* True if two rows agree in all settings that are not tuned. */
static bool is_same_arm(const evidence *e, const tuning *t, size_t a, size_t b) {
    for (size_t i = 0; i < e->settings.count; i++) {
        const table_column *column = table_find(&e->runs, e->settings.items[i]);
        if (column && !is_tuned(t, column) && !table_same_cell(column, a, b))
            return false;
    }
    return true;
}

static size_t first_row(const tuning_arm *arm) {
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a new arm gets its first row */
    return arm->candidates[0].trials.rows[0];
}

/* The arm of a row, created if it is new; NULL: out of memory. */
static tuning_arm *arm_of(const evidence *e, tuning *t, size_t row) {
    for (size_t i = 0; i < t->count; i++)
        if (is_same_arm(e, t, first_row(&t->arms[i]), row))
            return &t->arms[i];
    tuning_arm *a = &t->arms[t->count];
    a->candidates = calloc(t->trials.count, sizeof *a->candidates);
    t->count += a->candidates != NULL;
    return a->candidates ? a : NULL;
}

/* The candidate's score by seed. The mean decides; a seed without a score makes the candidate the worst. */
static void take_scores(const evidence *e, tuning_candidate *c) {
    double sum = 0;
    for (size_t k = 0; k < c->trials.count; k++) {
        c->scores[k] = evidence_value(e, c->trials.rows[k], "valid_loss");
        sum += isnan(c->scores[k]) ? INFINITY : c->scores[k];
    }
    c->mean = sum / (double)c->trials.count;
}

static bool take_candidates(const evidence *e, tuning *t) {
    double *scores = t->scores;
    for (size_t i = 0; i < t->trials.count; i++) {
        const trial_arm *trials = &t->trials.items[i];
        tuning_arm *a = arm_of(e, t, trials->rows[0]);
        if (!a)
            return false;
        tuning_candidate *c = &a->candidates[a->count++];
        *c = (tuning_candidate){.trials = *trials, .scores = scores};
        scores += trials->count;
        take_scores(e, c);
        t->most_candidates = a->count > t->most_candidates ? a->count : t->most_candidates;
        t->most_seeds = trials->count > t->most_seeds ? trials->count : t->most_seeds;
    }
    return true;
}

/* Chooses like a run: the lowest mean, of equal ones the first. In a file without a plan, missing seeds are not listed.
 */
static void choose(const tuning *t, tuning_arm *a) {
    a->chosen = a->count;
    for (size_t i = 0; i < a->count; i++) {
        if (a->candidates[i].trials.count < t->most_seeds)
            a->candidates[i].mean = INFINITY;
        if (a->candidates[i].mean < (a->chosen < a->count ? a->candidates[a->chosen].mean : INFINITY))
            a->chosen = i;
    }
}

/* Names an arm by the settings in which arms differ. */
static bool name_arm(const evidence *e, const tuning *t, tuning_arm *a) {
    text words = {0};
    text_append(&words, "%s", "");
    for (size_t i = 0; i < e->settings.count; i++) {
        const table_column *column = table_find(&e->runs, e->settings.items[i]);
        bool varies = false;
        for (size_t k = 1; k < t->count && column && !is_tuned(t, column) && !varies; k++)
            varies = !table_same_cell(column, first_row(&t->arms[0]), first_row(&t->arms[k]));
        if (varies)
            arm_append_setting(e, &a->candidates[0].trials, column, &words);
    }
    a->name = words.data;
    return !words.failed;
}

/* Where a chosen value is among the distinct values tried. */
static void append_edge(const evidence *e, const tuning_arm *a, const table_column *column, text *words) {
    size_t below = 0, above = 0, distinct = 0;
    double chosen = column->numbers[a->candidates[a->chosen].trials.rows[0]];
    for (size_t i = 0; i < a->count; i++) {
        double value = column->numbers[a->candidates[i].trials.rows[0]];
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = column->numbers[a->candidates[k].trials.rows[0]] == value;
        distinct += !seen;
        below += value < chosen;
        above += value > chosen;
    }
    if (distinct < 2 || (below && above))
        return;
    text_append(words, "%s", words->length ? "; " : "");
    char cell[64];
    text_append(words, "%s %s is the %s of %zu tried", column->name,
                table_cell(&e->runs, a->candidates[a->chosen].trials.rows[0], column, cell, sizeof cell),
                below == 0 ? "smallest" : "largest", distinct);
}

static bool find_edges(const evidence *e, const tuning *t, tuning_arm *a) {
    text words = {0};
    text_append(&words, "%s", "");
    for (size_t i = 0; a->chosen < a->count && i < t->setting_count; i++)
        if (t->settings[i]->type != COLUMN_TEXT)
            append_edge(e, a, t->settings[i], &words);
    a->edges = words.data;
    return !words.failed;
}

static bool sort_trials(const evidence *e, tuning *t) {
    t->arms = calloc(t->trials.count + 1, sizeof *t->arms);
    t->scores = calloc(e->runs.rows + 1, sizeof *t->scores);
    bool ok = t->arms && t->scores && take_candidates(e, t);
    for (size_t i = 0; ok && i < t->count; i++) {
        choose(t, &t->arms[i]);
        ok = name_arm(e, t, &t->arms[i]) && find_edges(e, t, &t->arms[i]);
    }
    return ok;
}

gb_status tuning_read(gb_context *context, const evidence *e, tuning *out) {
    CLEANUP(names_free) name_list tuned = {0};
    *out = (tuning){0};
    gb_status status = provenance_tuned(context, e->source, &tuned);
    bool ok = status || find_columns(e, &tuned, out);
    if (!status && ok && out->setting_count) {
        status = arms_find(context, e, &out->trials);
        ok = status || sort_trials(e, out);
    }
    if (!ok)
        status = gb_fail(context, GB_MEMORY, "%s: out of memory for its tuning", e->source->name);
    if (status)
        tuning_free(out);
    return status;
}

void tuning_free(tuning *t) {
    for (size_t i = 0; i < t->count; i++) {
        free(t->arms[i].candidates);
        free(t->arms[i].name);
        free(t->arms[i].edges);
    }
    arms_free(&t->trials);
    free(t->scores);
    free(t->arms);
    free(t->settings);
    *t = (tuning){0};
}

double tuning_expected_best(const tuning_arm *arm, size_t k) {
    CLEANUP(free_at) double *means = calloc(arm->count + 1, sizeof *means);
    double worst = -INFINITY, best = NAN;
    for (size_t i = 0; i < arm->count; i++)
        if (isfinite(arm->candidates[i].mean))
            worst = fmax(worst, arm->candidates[i].mean);
    for (size_t i = 0; means && i < arm->count; i++)
        means[i] = fmin(worst, arm->candidates[i].mean);
    if (means && isfinite(worst))
        best = statistics_expected_best(means, arm->count, k, 0);
    return best;
}
