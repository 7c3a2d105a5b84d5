/* SPDX-License-Identifier: MIT */
/* The tuning stage as tables and as JSON, with every candidate that was tried. */
#include "cli/show_tuning.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "results/analysis/tuning.h"
#include "results/store/matching_rows.h"
#include "support/cleanup.h"

static const char *setting_of(const evidence *e, const tuning *t, size_t i, const tuning_candidate *c, char *cell,
                              size_t size) {
    return table_cell(&e->runs, c->trials.rows[0], t->settings[i], cell, size);
}

static void head_settings(grid *g, const tuning *t) {
    *g = (grid){0};
    grid_head(g, "arm");
    for (size_t i = 0; i < t->setting_count; i++)
        grid_head(g, t->settings[i]->name);
}

static void add_settings(grid *g, const evidence *e, const tuning *t, const tuning_arm *arm,
                         const tuning_candidate *c) {
    char cell[128];
    grid_add(g, STYLE_PLAIN, "%s", *arm->name ? arm->name : "all");
    for (size_t i = 0; i < t->setting_count; i++)
        grid_add(g, STYLE_PLAIN, "%s", c ? setting_of(e, t, i, c, cell, sizeof cell) : "-");
}

static bool is_chosen(const tuning_arm *arm, const tuning_candidate *c) {
    return arm->chosen < arm->count && c == &arm->candidates[arm->chosen];
}

static const char *score_words(const evidence *e, const tuning_candidate *c, size_t k, char *buffer, size_t size) {
    trial_fate fate = evidence_fate(e, c->trials.rows[k]);
    return fate == TRIAL_DONE ? output_number(c->scores[k], 4, buffer, size) : evidence_fate_words(fate);
}

/* One line per candidate, with every seed. */
static void print_candidates(const evidence *e, const tuning *t) {
    grid g;
    head_settings(&g, t);
    grid_head(&g, "valid_loss");
    grid_head(&g, "each seed");
    grid_head(&g, "");
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        for (size_t i = 0; i < arm->count; i++) {
            const tuning_candidate *c = &arm->candidates[i];
            char number[40];
            CLEANUP(text_free) text seeds = {0};
            add_settings(&g, e, t, arm, c);
            for (size_t k = 0; k < c->trials.count; k++)
                text_append(&seeds, "%s%s", k ? ", " : "", score_words(e, c, k, number, sizeof number));
            grid_number(&g, isfinite(c->mean) ? c->mean : NAN, 4);
            GRID_TEXTS(&g, seeds.data ? seeds.data : "");
            grid_add(&g, STYLE_GOOD, "%s", is_chosen(arm, c) ? "chosen" : "");
        }
    }
    grid_print(&g, GRID_FULL);
}

static void print_csv(const evidence *e, const tuning *t) {
    grid g;
    head_settings(&g, t);
    grid_head(&g, "trial");
    grid_head(&g, "valid_loss");
    grid_head(&g, "chosen");
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        for (size_t i = 0; i < arm->count; i++) {
            const tuning_candidate *c = &arm->candidates[i];
            for (size_t k = 0; k < c->trials.count; k++) {
                add_settings(&g, e, t, arm, c);
                grid_add(&g, STYLE_PLAIN, "%zu", k + 1);
                grid_number(&g, c->scores[k], 9);
                grid_add(&g, STYLE_PLAIN, "%d", is_chosen(arm, c));
            }
        }
    }
    grid_print_csv(&g);
}

/* The budgets 1, 2, 4, ... and the whole budget. */
static size_t next_budget(size_t k, size_t most) {
    return k == most ? most + 1 : 2 * k < most ? 2 * k : most;
}

static void print_chosen(const evidence *e, const tuning *t) {
    grid g;
    char words[64];
    head_settings(&g, t);
    for (size_t k = 1; k <= t->most_candidates; k = next_budget(k, t->most_candidates)) {
        snprintf(words, sizeof words, "best of %zu", k);
        grid_head(&g, words);
    }
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        add_settings(&g, e, t, arm, arm->chosen < arm->count ? &arm->candidates[arm->chosen] : NULL);
        for (size_t k = 1; k <= t->most_candidates; k = next_budget(k, t->most_candidates))
            grid_number(&g, tuning_expected_best(arm, k), 4);
    }
    grid_print(&g, GRID_FULL);
}

static void json_candidate(json *j, const evidence *e, const tuning *t, const tuning_arm *arm,
                           const tuning_candidate *c) {
    char cell[128];
    json_open(j, NULL, '{');
    json_open(j, "settings", '{');
    for (size_t i = 0; i < t->setting_count; i++)
        if (t->settings[i]->type == COLUMN_TEXT)
            json_text(j, t->settings[i]->name, setting_of(e, t, i, c, cell, sizeof cell));
        else
            json_number(j, t->settings[i]->name, t->settings[i]->numbers[c->trials.rows[0]]);
    json_close(j);
    json_number(j, "valid_loss", c->mean);
    json_open(j, "seeds", '[');
    for (size_t k = 0; k < c->trials.count; k++)
        json_number(j, NULL, c->scores[k]);
    json_close(j);
    json_truth(j, "chosen", is_chosen(arm, c));
    json_close(j);
}

static void print_json(const evidence *e, const tuning *t) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "run", e->source->name);
    json_open(&j, "arms", '[');
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        json_open(&j, NULL, '{');
        json_text(&j, "arm", arm->name);
        json_text(&j, "edges", arm->edges);
        json_open(&j, "candidates", '[');
        for (size_t i = 0; i < arm->count; i++)
            json_candidate(&j, e, t, arm, &arm->candidates[i]);
        json_close(&j);
        json_open(&j, "expected_best", '[');
        for (size_t k = 1; k <= arm->count; k++)
            json_number(&j, NULL, tuning_expected_best(arm, k));
        json_close(&j);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    json_print(&j);
}

/* Warns of arms in which a candidate has not run on every seed: their tuning budget was smaller. */
static void say_missing(const tuning *t, const tuning_arm *arm) {
    size_t tried = 0;
    for (size_t i = 0; i < arm->count; i++)
        tried += !arm->candidates[i].trials.fates[TRIAL_MISSING] && arm->candidates[i].trials.count == t->most_seeds;
    if (tried < t->most_candidates)
        cli_say("%s%sonly %zu of %zu candidates have run on every seed, so this arm had a smaller tuning budget than "
                "the others; gatebench status gives the reason",
                arm->name, *arm->name ? ": " : "", tried, t->most_candidates);
}

/* One line for all arms with the same choice at an edge: a sweep has many arms. */
static void say_edges(const tuning *t) {
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        size_t before = 0, same = 0;
        char arms[48];
        say_missing(t, arm);
        for (size_t i = 0; i < t->count; i++) {
            bool equal = !strcmp(t->arms[i].edges, arm->edges);
            same += equal;
            before += equal && i < a;
        }
        if (!*arm->edges || before)
            continue;
        snprintf(arms, sizeof arms, "%zu of %zu arms", same, t->count);
        cli_say("%s%s%s: the best value may lie beyond; tune over a wider range", same > 1 ? arms : arm->name,
                same > 1 || *arm->name ? ": " : "", arm->edges);
    }
}

void show_tuning_edges(gb_context *context, const results *run) {
    CLEANUP(evidence_free) evidence e = {0};
    CLEANUP(tuning_free) tuning t = {0};
    if (evidence_read(context, run, "tune", false, &e) == GB_OK && tuning_read(context, &e, &t) == GB_OK)
        say_edges(&t);
}

/* The heading. The description of the matching applies to all numbers. */
static gb_status print_heading(gb_context *context, const results *run) {
    CLEANUP(table_free) table split = {0};
    CLEANUP(text_free) text lines = {0};
    GB_TRY(table_append(&split, &run->runs) ? matchings_split(context, &split)
                                            : gb_fail(context, GB_MEMORY, "%s: out of memory", run->name));
    matchings_words(&split, &lines);
    fprintf(stderr, "%s%s%s  validation loss of every planned trial; all arms try the same candidates\n%s\n",
            style_start(STYLE_HEAD, stderr), run->name, style_end(STYLE_HEAD, stderr), lines.data ? lines.data : "");
    return GB_OK;
}

static gb_status print_tables(gb_context *context, const evidence *e, const tuning *t) {
    GB_TRY(print_heading(context, e->source));
    print_candidates(e, t);
    fflush(stdout);
    fputs("\nchosen, and the validation loss that the best of k candidates is expected to have\n\n", stderr);
    print_chosen(e, t);
    say_edges(t);
    cli_next("gatebench plot %s tuning_curve", cli_name_of(context, e->source->name, e->source->path));
    return GB_OK;
}

gb_status show_tuning(gb_context *context, const evidence *e, bool csv, bool json_wanted) {
    CLEANUP(tuning_free) tuning t = {0};
    GB_TRY(tuning_read(context, e, &t));
    if (t.count == 0)
        return gb_fail(context, GB_INVALID, "%s: this run has no tuning stage", e->source->path);
    if (!csv && !json_wanted)
        return print_tables(context, e, &t);
    (json_wanted ? print_json : print_csv)(e, &t);
    return GB_OK;
}
