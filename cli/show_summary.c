/* SPDX-License-Identifier: MIT */
/* A summary as a table, CSV or JSON. */
#include "cli/show_summary.h"

#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "results/store/matching_rows.h"
#include "support/cleanup.h"

/* The fates that become columns if a trial met them, and the names of those columns. */
static const char *const fates[TRIAL_FATES] = {"n", "diverged", "over_limit", "missing"};

/* An interval that needs more decimals is written with exponents. */
enum { MOST_DECIMALS = 7 };

static void add_interval(grid *g, interval mean, bool csv) {
    double middle = mean.n ? mean.estimate : NAN;
    if (csv) {
        grid_number(g, middle, 9);
        grid_number(g, mean.low, 9);
        grid_number(g, mean.high, 9);
        return;
    }
    if (isnan(mean.low) || !(mean.high > mean.low)) {
        grid_number(g, middle, 4);
        return;
    }
    double half = (mean.high - mean.low) / 2;
    int decimals = half >= 10 ? 0 : 1 - (int)floor(log10(half));
    if (decimals > MOST_DECIMALS)
        grid_add(g, STYLE_PLAIN, "%.4g ± %.2g", middle, half);
    else /* two significant digits of the half width, and the same decimals for the mean */
        grid_add(g, STYLE_PLAIN, "%.*f ± %.*f", decimals, middle, decimals, half);
}

static void add_headers(grid *g, const summary *s, bool csv) {
    char low[80], high[80];
    *g = (grid){0};
    for (size_t i = 0; i < s->setting_count; i++)
        grid_head(g, s->settings[i]->name);
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        if (fate == TRIAL_DONE || s->has_fate[fate])
            grid_head(g, fates[fate]);
    for (size_t i = 0; i < s->metric_count; i++) {
        const char *name = s->metrics[i]->name;
        grid_head(g, name);
        if (csv) {
            snprintf(low, sizeof low, "%s_mean_low", name);
            snprintf(high, sizeof high, "%s_mean_high", name);
            grid_head(g, low);
            grid_head(g, high);
        }
    }
}

static void add_arm(grid *g, const summary *s, size_t arm, bool csv) {
    const trial_arm *a = &s->arms.items[arm];
    char cell[256];
    for (size_t i = 0; i < s->setting_count; i++)
        GRID_TEXTS(g, table_cell(&s->e->runs, a->rows[0], s->settings[i], cell, sizeof cell));
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        if (fate == TRIAL_DONE || s->has_fate[fate])
            grid_add(g, STYLE_PLAIN, "%zu", a->fates[fate]);
    for (size_t i = 0; i < s->metric_count; i++)
        add_interval(g, *summary_mean(s, arm, i), csv);
}

void summary_grid(grid *g, const summary *s, bool csv) {
    add_headers(g, s, csv);
    for (size_t arm = 0; arm < s->arms.count; arm++)
        add_arm(g, s, arm, csv);
}

void summary_print(const summary *s, bool csv, bool all_columns) {
    grid g;
    summary_grid(&g, s, csv);
    if (csv)
        grid_print_csv(&g);
    else
        grid_print(&g, all_columns ? GRID_FULL : GRID_DROP);
}

static void json_arm(json *j, const summary *s, size_t arm) {
    const trial_arm *a = &s->arms.items[arm];
    json_open(j, NULL, '{');
    json_open(j, "settings", '{');
    for (size_t i = 0; i < s->setting_count; i++)
        if (s->settings[i]->type == COLUMN_TEXT)
            json_text(j, s->settings[i]->name, s->settings[i]->texts[a->rows[0]]);
        else
            json_number(j, s->settings[i]->name, s->settings[i]->numbers[a->rows[0]]);
    json_close(j);
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        json_count(j, fate == TRIAL_DONE ? "done" : fates[fate], a->fates[fate]);
    json_open(j, "measurements", '{');
    for (size_t i = 0; i < s->metric_count; i++) {
        const interval *mean = summary_mean(s, arm, i);
        json_open(j, s->metrics[i]->name, '{');
        json_number(j, "mean", mean->estimate);
        json_number(j, "low", mean->low);
        json_number(j, "high", mean->high);
        json_count(j, "n", mean->n);
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

void summary_json(json *j, const summary *s) {
    CLEANUP(text_free) text lines = {0};
    matchings_words(&s->e->runs, &lines);
    json_text(j, "matching", lines.data ? lines.data : "");
    json_open(j, "arms", '[');
    for (size_t arm = 0; arm < s->arms.count; arm++)
        json_arm(j, s, arm);
    json_close(j);
}
