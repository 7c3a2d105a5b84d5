/* SPDX-License-Identifier: MIT */
/* Steps to target from one run, milliseconds a step from another, matched by the sizes of the layer. */
#include "results/claims/time_to_target.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Median over the trials that timed this very layer alone. Its parameters tell its inputs. */
static double step_milliseconds(const rule_input *input, const results *r, size_t row) {
    static const char *const equal[] = {"cell", "hidden", "cell_parameters", "length", "batch", "layers", "backend"};
    double found[256];
    size_t count = 0;
    for (size_t i = 0; i < input->count; i++) {
        const results *timed = input->all[i];
        for (size_t t = 0; t < timed->runs.rows && count < sizeof found / sizeof *found; t++) {
            bool same = rule_row_counts(timed, t) && table_number(&timed->runs, t, "timing_exclusive") == 1;
            for (size_t k = 0; same && k < sizeof equal / sizeof *equal; k++) {
                char a[64], b[64];
                const table_column *ours = table_find(&r->runs, equal[k]);
                const table_column *theirs = table_find(&timed->runs, equal[k]);
                same = ours && theirs &&
                       strcmp(table_cell(&r->runs, row, ours, a, sizeof a),
                              table_cell(&timed->runs, t, theirs, b, sizeof b)) == 0;
            }
            if (same)
                found[count++] = table_number(&timed->runs, t, "train_ms");
        }
    }
    return statistics_median(found, count);
}

static bool is_same_arm(const results *r, size_t a, size_t b) {
    return strcmp(table_text(&r->runs, a, "cell"), table_text(&r->runs, b, "cell")) == 0 &&
           table_number(&r->runs, a, "hidden") == table_number(&r->runs, b, "hidden") &&
           table_number(&r->runs, a, "length") == table_number(&r->runs, b, "length");
}

/* The median number of steps after which a trial of the arm of `row` had reached its target; NaN: half never did. */
static double median_steps(const results *r, size_t row, size_t *trials) {
    solve_time *times = calloc(r->runs.rows, sizeof *times);
    survival_step *curve = calloc(r->runs.rows, sizeof *curve);
    double median = NAN;
    *trials = 0;
    for (size_t t = row; times && curve && t < r->runs.rows; t++) {
        if (!rule_row_counts(r, t) || !is_same_arm(r, row, t))
            continue;
        double run = table_number(&r->runs, t, "steps_run");
        bool reached = run < table_number(&r->runs, t, "steps") && !rule_row_diverged(r, t);
        times[(*trials)++] = (solve_time){run, reached};
    }
    if (*trials)
        median = statistics_median_time(curve, statistics_kaplan_meier(times, *trials, 0.95, curve));
    free(times);
    free(curve);
    return median;
}

static bool starts_arm(const results *r, size_t row) {
    const char *cell = table_text(&r->runs, row, "cell");
    if (!rule_row_counts(r, row) || (strcmp(cell, "gru") != 0 && strcmp(cell, "lstm") != 0) ||
        !(table_number(&r->runs, row, "reach") > 0))
        return false;
    for (size_t before = 0; before < row; before++)
        if (rule_row_counts(r, before) && is_same_arm(r, before, row))
            return false;
    return true;
}

void speed_target_evidence(const rule_input *input, text *evidence) {
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        for (size_t row = 0; row < r->runs.rows; row++) {
            char source[512];
            size_t trials;
            if (!starts_arm(r, row))
                continue;
            double ms = step_milliseconds(input, r, row), steps = median_steps(r, row, &trials);
            if (isnan(ms))
                continue;
            text_append(evidence, "time to target, %s: %s of %.0f units", table_text(&r->runs, row, "task"),
                        table_text(&r->runs, row, "cell"), table_number(&r->runs, row, "hidden"));
            if (isnan(steps))
                text_append(evidence, " never got there in at least half of %zu trials", trials);
            else
                text_append(evidence, " %.0f steps (median of %zu trials) x %.3g ms = %.3g s", steps, trials, ms,
                            1e-3 * steps * ms);
            text_append(evidence, "; %s\n", rule_source(r, source, sizeof source));
        }
    }
}
