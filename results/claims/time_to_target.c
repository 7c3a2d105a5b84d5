/* SPDX-License-Identifier: MIT */
/* Steps to target from one run, milliseconds per step from another, matched by the sizes of the layer. */
#include "results/claims/time_to_target.h"
#include "results/analysis/compare.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True if a trial timed exactly this layer, exclusively. The number of parameters identifies its inputs. */
static bool is_timed(const table *timed, size_t row, const table *runs, size_t of) {
    static const char *const equal[] = {"cell", "hidden", "cell_parameters", "length", "batch", "layers", "backend"};
    bool same = table_number(timed, row, "timing_exclusive") == 1;
    for (size_t k = 0; same && k < sizeof equal / sizeof *equal; k++) {
        char a[64], b[64];
        const table_column *ours = table_find(runs, equal[k]), *theirs = table_find(timed, equal[k]);
        same = ours && theirs &&
               strcmp(table_cell(runs, of, ours, a, sizeof a), table_cell(timed, row, theirs, b, sizeof b)) == 0;
    }
    return same;
}

/* The median time per step over the trials that timed this trial's layer; NaN: none did. */
static double step_milliseconds(const rule_input *input, const table *runs, size_t of) {
    double found[256];
    size_t count = 0;
    for (size_t i = 0; i < input->count; i++) {
        const table *timed = &input->runs[i]->trials.runs;
        for (size_t row = 0; row < timed->rows && count < sizeof found / sizeof *found; row++)
            if (is_timed(timed, row, runs, of))
                found[count++] = table_number(timed, row, "train_ms");
    }
    return statistics_median(found, count);
}

/* The median number of steps after which the trials of an arm were validated at their target; NaN: half never were. */
static double median_steps(const rule_run *run, const trial_arm *arm, size_t *trials) {
    const metric_type *validated = metric_validated(&run->trials.runs);
    CLEANUP(free_at) solve_time *times = calloc(arm->count, sizeof *times);
    CLEANUP(free_at) survival_step *curve = calloc(arm->count, sizeof *curve);
    double median = NAN;
    *trials = 0;
    for (size_t i = 0; times && curve && validated && i < arm->count; i++) {
        double reach = table_number(&run->trials.runs, arm->rows[i], "reach");
        solve_time time = compare_solve_time(&run->trials, arm->rows[i], reach, validated->higher_is_better);
        if (evidence_fate(&run->trials, arm->rows[i]) != TRIAL_MISSING && !isnan(time.time))
            times[(*trials)++] = time;
    }
    if (*trials)
        median = statistics_median_time(curve, statistics_kaplan_meier(times, *trials, 0.95, curve));
    return median;
}

static void take_arm(const rule_input *input, const rule_run *run, const trial_arm *arm, rule_output *output) {
    static const char *const skip[] = {"cell", "hidden", "matching", "matched_to", NULL};
    const table *runs = &run->trials.runs;
    size_t row = arm->rows[0], trials;
    const char *cell = table_text(runs, row, "cell");
    char source[512];
    if ((strcmp(cell, input->a) != 0 && strcmp(cell, input->b) != 0) || !(table_number(runs, row, "reach") > 0))
        return;
    double ms = step_milliseconds(input, runs, row), steps = median_steps(run, arm, &trials);
    if (isnan(ms) || trials == 0)
        return;
    text *lines = &output->evidence;
    text_append(lines, "time to target, %s: %s of %.0f units", table_text(runs, row, "task"), cell,
                table_number(runs, row, "hidden"));
    arm_words(&run->trials, arm, skip, lines);
    if (isnan(steps))
        text_append(lines, ": fewer than half of %zu trials reached the target", trials);
    else
        text_append(lines, ": %.0f steps (median of %zu trials) x %.3g ms = %.3g s", steps, trials, ms,
                    1e-3 * steps * ms);
    text_append(lines, "; %s\n", rule_source(run->file, source, sizeof source));
}

void speed_target_evidence(const rule_input *input, rule_output *output) {
    for (size_t i = 0; i < input->count; i++)
        for (size_t k = 0; k < input->runs[i]->arms.count; k++)
            take_arm(input, input->runs[i], &input->runs[i]->arms.items[k], output);
}
