/* SPDX-License-Identifier: MIT */
/* The tuning stage as tables and as JSON: nothing that was tried is left out. */
#include "cli/show_tuning.h"

#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "results/analysis/tuning.h"
#include "results/store/matching_rows.h"

static const char *setting_of(const results *run, const tuning *t, size_t i, const tuning_candidate *c, char *cell,
                              size_t size) {
    return table_cell(&run->runs, c->row, t->settings[i], cell, size);
}

static void head_settings(grid *g, const tuning *t) {
    *g = (grid){0};
    grid_head(g, "arm");
    for (size_t i = 0; i < t->setting_count; i++)
        grid_head(g, t->settings[i]->name);
}

static void add_settings(grid *g, const results *run, const tuning *t, const tuning_arm *arm,
                         const tuning_candidate *c) {
    char cell[128];
    grid_add(g, STYLE_PLAIN, "%s", *arm->name ? arm->name : "all");
    for (size_t i = 0; i < t->setting_count; i++)
        grid_add(g, STYLE_PLAIN, "%s", c ? setting_of(run, t, i, c, cell, sizeof cell) : "-");
}

static bool is_chosen(const tuning_arm *arm, const tuning_candidate *c) {
    return arm->chosen < arm->count && c == &arm->candidates[arm->chosen];
}

/* A line a candidate, with every seed. */
static int print_candidates(const results *run, const tuning *t) {
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
            text seeds = {0};
            add_settings(&g, run, t, arm, c);
            for (size_t k = 0; k < c->seeds; k++)
                text_append(&seeds, "%s%s", k ? " " : "",
                            isnan(c->scores[k]) ? "diverged" : output_number(c->scores[k], 4, number, sizeof number));
            grid_add(&g, STYLE_PLAIN, "%s", output_number(isfinite(c->mean) ? c->mean : NAN, 4, number, sizeof number));
            grid_add(&g, STYLE_PLAIN, "%s", seeds.data ? seeds.data : "");
            grid_add(&g, STYLE_GOOD, "%s", is_chosen(arm, c) ? "chosen" : "");
            text_free(&seeds);
        }
    }
    return grid_print(&g, GRID_FULL);
}

static int print_csv(const results *run, const tuning *t) {
    grid g;
    head_settings(&g, t);
    grid_head(&g, "trial");
    grid_head(&g, "valid_loss");
    grid_head(&g, "chosen");
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        for (size_t i = 0; i < arm->count; i++) {
            const tuning_candidate *c = &arm->candidates[i];
            for (size_t k = 0; k < c->seeds; k++) {
                char number[40];
                add_settings(&g, run, t, arm, c);
                grid_add(&g, STYLE_PLAIN, "%zu", k + 1);
                grid_add(&g, STYLE_PLAIN, "%s",
                         isnan(c->scores[k]) ? "" : output_number(c->scores[k], 9, number, sizeof number));
                grid_add(&g, STYLE_PLAIN, "%d", is_chosen(arm, c));
            }
        }
    }
    return grid_print_csv(&g);
}

/* 1, 2, 4, ... and the whole budget. */
static size_t next_budget(size_t k, size_t most) {
    return k == most ? most + 1 : 2 * k < most ? 2 * k : most;
}

static int print_chosen(const results *run, const tuning *t) {
    grid g;
    char words[64], number[40];
    head_settings(&g, t);
    for (size_t k = 1; k <= t->most_candidates; k = next_budget(k, t->most_candidates)) {
        snprintf(words, sizeof words, "best of %zu", k);
        grid_head(&g, words);
    }
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        add_settings(&g, run, t, arm, arm->chosen < arm->count ? &arm->candidates[arm->chosen] : NULL);
        for (size_t k = 1; k <= t->most_candidates; k = next_budget(k, t->most_candidates))
            grid_add(&g, STYLE_PLAIN, "%s", output_number(tuning_expected_best(arm, k), 4, number, sizeof number));
    }
    return grid_print(&g, GRID_FULL);
}

static void json_candidate(json *j, const results *run, const tuning *t, const tuning_arm *arm,
                           const tuning_candidate *c) {
    char cell[128];
    json_open(j, NULL, '{');
    json_open(j, "settings", '{');
    for (size_t i = 0; i < t->setting_count; i++)
        if (t->settings[i]->type == COLUMN_TEXT)
            json_text(j, t->settings[i]->name, setting_of(run, t, i, c, cell, sizeof cell));
        else
            json_number(j, t->settings[i]->name, t->settings[i]->numbers[c->row]);
    json_close(j);
    json_number(j, "valid_loss", c->mean);
    json_open(j, "seeds", '[');
    for (size_t k = 0; k < c->seeds; k++)
        json_number(j, NULL, c->scores[k]);
    json_close(j);
    json_truth(j, "chosen", is_chosen(arm, c));
    json_close(j);
}

static int print_json(const results *run, const tuning *t) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "run", run->name);
    json_open(&j, "arms", '[');
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        json_open(&j, NULL, '{');
        json_text(&j, "arm", arm->name);
        json_text(&j, "edges", arm->edges);
        json_open(&j, "candidates", '[');
        for (size_t i = 0; i < arm->count; i++)
            json_candidate(&j, run, t, arm, &arm->candidates[i]);
        json_close(&j);
        json_open(&j, "expected_best", '[');
        for (size_t k = 1; k <= arm->count; k++)
            json_number(&j, NULL, tuning_expected_best(arm, k));
        json_close(&j);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    return json_print(&j);
}

/* Candidates with a trial that went over its limits count as the worst; an arm that lost some had a smaller budget. */
static void say_missing(const tuning *t, const tuning_arm *arm) {
    size_t whole = 0, most_seeds = 0;
    for (size_t a = 0; a < t->count; a++)
        for (size_t i = 0; i < t->arms[a].count; i++)
            most_seeds = t->arms[a].candidates[i].seeds > most_seeds ? t->arms[a].candidates[i].seeds : most_seeds;
    for (size_t i = 0; i < arm->count; i++)
        whole += arm->candidates[i].seeds == most_seeds;
    if (whole < t->most_candidates)
        cli_say("%s%sonly %zu of %zu candidates finished on every seed, so it was tuned with less than others; "
                "gatebench status says why",
                arm->name, *arm->name ? ": " : "", whole, t->most_candidates);
}

static void say_edges(const tuning *t) {
    for (size_t a = 0; a < t->count; a++) {
        const tuning_arm *arm = &t->arms[a];
        say_missing(t, arm);
        if (*arm->edges)
            cli_say("%s%s%s: the best may lie beyond; tune over a wider range", arm->name, *arm->name ? ": " : "",
                    arm->edges);
    }
}

void show_tuning_edges(gb_context *context, const results *run) {
    tuning t;
    if (tuning_read(context, run, &t) == GB_OK)
        say_edges(&t);
    tuning_free(&t);
}

/* The heading: what the cells have of what they were matched by stands over all numbers. */
static gb_status print_heading(gb_context *context, const results *run) {
    table split = {0};
    text lines = {0};
    gb_status status = table_append(&split, &run->runs) ? matchings_split(context, &split)
                                                        : gb_fail(context, GB_MEMORY, "%s: out of memory", run->name);
    if (status == GB_OK)
        matchings_words(&split, &lines);
    fprintf(stderr, "%s%s%s  validation loss of every trial that finished; all arms try the same\n%s\n",
            style_start(STYLE_HEAD, stderr), run->name, style_end(STYLE_HEAD, stderr), lines.data ? lines.data : "");
    text_free(&lines);
    table_free(&split);
    return status;
}

int show_tuning(gb_context *context, const results *run, bool csv, bool json_wanted) {
    tuning t;
    gb_status status = tuning_read(context, run, &t);
    if (status == GB_OK && t.count == 0)
        status = gb_fail(context, GB_INVALID, "%s: nothing was tuned in this run", run->path);
    int code = status ? cli_failed(context, status) : EXIT_OK;
    if (!status && json_wanted) {
        code = print_json(run, &t);
    } else if (!status && csv) {
        code = print_csv(run, &t);
    } else if (!status) {
        status = print_heading(context, run);
        code = status ? cli_failed(context, status) : print_candidates(run, &t);
        fflush(stdout);
        fputs("\nchosen, and the validation loss that the best of k candidates is expected to have\n\n", stderr);
        code = code ? code : print_chosen(run, &t);
        say_edges(&t);
        cli_next("gatebench plot %s tuning_curve", cli_name_of(context, run->name, run->path));
    }
    tuning_free(&t);
    return code;
}
