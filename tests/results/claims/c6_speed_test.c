/* SPDX-License-Identifier: MIT */
/* Claim C6: ratios of times from exclusive timings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"
#include "support/file.h"
#include "tests/results/constructed.h"

/* One GRU and one LSTM timed at these sizes; the GRU takes `ratio` of the LSTM's time in training and inference, and
 * `step` of it in a streaming step. */
static void add_timings(results *r, bool parameters, double hidden, double length, double ratio, double step,
                        bool exclusive) {
    for (int gru = 0; gru < 2; gru++) {
        table *t = constructed_trial(r, "time", gru ? "gru" : "lstm", 1);
        double times = gru ? ratio : 1;
        char matched[64];
        snprintf(matched, sizeof matched, "%.0f/%.0f", parameters ? 100 * hidden + gru : hidden,
                 parameters ? 100 * hidden : hidden);
        assert_true(table_set_text(t, "matching", parameters ? "parameters" : "width") &&
                    table_set_text(t, "matched", matched) && table_set_text(t, "backend", "onednn") &&
                    table_set_integer(t, "input", 64) &&
                    table_set_integer(t, "hidden", gru && parameters ? hidden + 10 : hidden) &&
                    table_set_integer(t, "cell_parameters", gru && !parameters ? 75 * hidden : 100 * hidden + gru) &&
                    table_set_integer(t, "length", length) && table_set_integer(t, "batch", 32) &&
                    table_set_integer(t, "layers", 1) && table_set_number(t, "train_relative", 2 * times) &&
                    table_set_number(t, "forward_relative", 0.5 * times) &&
                    table_set_number(t, "step_relative", 0.01 * (gru ? step : 1)) &&
                    table_set_number(t, "train_ms", 4 * times) && table_set_number(t, "train_bytes", 1000 * times) &&
                    table_set_integer(t, "timing_exclusive", exclusive));
    }
}

/* Both matchings at three widths and two lengths, with a little spread. */
static results *speed_results(double at_width, double at_parameters, double step) {
    results *r = constructed_results("speed");
    static const double wobble[] = {0.98, 1, 1.03};
    for (int width = 0; width < 3; width++)
        for (int length = 50; length <= 100; length += 50) {
            add_timings(r, false, 32 << width, length, at_width * wobble[width], step * wobble[width], true);
            add_timings(r, true, 320 << width, length, at_parameters * wobble[width], step * wobble[width], true);
        }
    return r;
}

static void speed_is_judged_as_its_rule_says(void **state) {
    (void)state;
    judged_expect(
        speed_results(0.7, 0.9, 0.8), "C6", "supported",
        "training step at equal width (0.70), training step at equal "
        "parameters (0.90), batch inference",
        "training step, equal width: gru/lstm 0.702 [0.686, 0.719] over 6 configurations (6 pairs of trials), from "
        "0.686 (onednn, input 64, hidden 32, length 50, batch 32) to 0.721");
    judged_expect(speed_results(0.7, 1.2, 0.8), "C6", "conditional",
                  "lstm is faster: training step at equal parameters (1.20), batch inference at equal parameters", "");
    judged_expect(speed_results(1.3, 1.2, 1.5), "C6", "refuted", "lstm is faster: training step at equal width", "");
    judged_expect(speed_results(0.7, 1, 0.8), "C6", "undecided",
                  "no significant difference: training step at equal parameters (1.00)", "");
    /* a step has no length: three widths, not six configurations */
    judged_expect(
        speed_results(0.7, 0.9, 0.8), "C6", "supported", "",
        "streaming step, equal width: gru/lstm 0.802 [0.754, 0.854] over 3 configurations (6 pairs of trials)");
    judged_expect(speed_results(0.7, 0.9, 0.8), "C6", "supported", "",
                  "memory of training, equal width: gru/lstm 0.702");
    results *r = constructed_results("speed");
    for (int width = 0; width < 4; width++)
        add_timings(r, false, 32 << width, 100, 0.7, 0.7, true);
    judged_expect(r, "C6", "undecided", "not timed alone: training step at equal parameters", "0.700 [0.700, 0.700]");
    r = constructed_results("speed"); /* one configuration has no interval */
    add_timings(r, false, 32, 100, 0.7, 0.7, true);
    judged_expect(r, "C6", "undecided", "", "gru/lstm 0.700 over 1 configuration (1 pair of trials)");
}

/* One layer and two are two configurations. */
static void layers_are_sizes(void **state) {
    (void)state;
    results *r = constructed_results("speed");
    constructed_provenance(r, "swept", "cell\nhidden\nlayers\nseed\n");
    for (int layers = 1; layers <= 2; layers++) {
        add_timings(r, false, 32, 100, 0.7 + 0.001 * layers, 0.7, true);
        for (size_t row = r->runs.rows - 2; row < r->runs.rows; row++)
            table_add_column(&r->runs, "layers", COLUMN_INTEGER)->numbers[row] = layers;
    }
    judged_expect(
        r, "C6", "undecided", "gru is faster: training step at equal width (0.70)",
        "over 2 configurations (2 pairs of trials), from 0.701 (onednn, input 64, hidden 32, length 100, batch "
        "32) to 0.702 (onednn, input 64, hidden 32, length 100, batch 32, 2 layers)");
}

static void shared_timings_are_no_evidence(void **state) {
    (void)state;
    results *r = constructed_results("speed");
    for (int width = 0; width < 3; width++)
        add_timings(r, false, 32 << width, 100, 0.7, 0.7, false);
    judged_expect(r, "C6", "no evidence", "other programs ran during every pair", "3 pairs omitted");
    r = speed_results(0.7, 0.9, 0.8);
    add_timings(r, false, 999, 100, 50, 50, false);
    judged_expect(r, "C6", "supported", "(0.70)", "1 pair omitted");
    r = speed_results(0.7, 0.9, 0.8); /* another machine's trial makes no pair with ours */
    add_timings(r, false, 999, 100, 50, 50, true);
    table_column *host = table_add_column(&r->runs, "host", COLUMN_INTEGER);
    for (size_t row = 0; row < r->runs.rows; row++)
        host->numbers[row] = row + 1 == r->runs.rows;
    judged_expect(r, "C6", "supported", "(0.70)", "");
}

/* Where the rule came to none itself; a trial under several stands under each. */
static void matchings_are_told_one_by_one(void **state) {
    (void)state;
    verdict_list list;
    results *r = constructed_results("speed");
    add_timings(r, false, 32, 100, 0.7, 0.7, false);
    assert_true(table_set_text(&r->runs, "matching", "width+parameters"));
    add_timings(r, false, 64, 100, 0.7, 0.7, false);
    assert_true(table_set_text(&r->runs, "matching", "parameters"));
    assert_string_equal(judged_claim(r, "C6", &list)->matching, "width, parameters");
    verdicts_free(&list);
}

/* A validation of the last trial. */
static void add_validation(results *r, double step, double mse) {
    assert_true(table_add_row(&r->curves) && table_set_integer(&r->curves, "run", (double)r->runs.rows - 1) &&
                table_set_integer(&r->curves, "step", step) && table_set_number(&r->curves, "valid_metric", mse));
}

/* Steps to the target of another run of the claim, times what a step of that very layer takes. Trials that patience
 * ended early have not got there, and those that diverged later have. */
static void time_to_target_stands_beside_the_speed(void **state) {
    (void)state;
    char path[4096];
    verdict_list list;
    results *all[] = {speed_results(0.7, 0.9, 0.8), constructed_results("adding")};
    for (int seed = 1; seed <= 3; seed++)
        for (int gru = 0; gru < 2; gru++) {
            table *t = constructed_trial(all[1], "adding", gru ? "gru" : "lstm", seed);
            assert_true(table_set_text(t, "backend", "onednn") && table_set_integer(t, "hidden", 32) &&
                        table_set_integer(t, "cell_parameters", gru ? 75 * 32 : 3200) &&
                        table_set_integer(t, "length", 100) && table_set_integer(t, "batch", 32) &&
                        table_set_integer(t, "layers", 1) && table_set_number(t, "reach", 1e-4) &&
                        table_set_integer(t, "steps", 6000) && table_set_number(t, "valid_mse", 0.1) &&
                        table_set_integer(t, "steps_run", 1000.0 * seed + 100) &&
                        table_set_text(t, "status", !gru && seed == 2 ? "diverged" : "done"));
            add_validation(all[1], 100, 0.2);
            add_validation(all[1], 1000.0 * seed, gru && seed > 1 ? 1e-3 : 1e-4);
            add_validation(all[1], 1000.0 * seed + 100, 2e-3);
        }
    assert_int_equal(file_find_shared(judged_context, "claims.yaml", path, sizeof path), GB_OK);
    assert_int_equal(verdicts_judge(judged_context, path, all, 2, &list), GB_OK);
    const char *evidence = list.items[5].evidence;
    if (!strstr(evidence, "adding: lstm of 32 units: 2000 steps (median of 3 trials) x 4 ms = 8 s; run adding") ||
        !strstr(evidence, "adding: gru of 32 units: fewer than half of 3 trials reached the target"))
        fail_msg("evidence: %s", evidence);
    verdicts_free(&list);
    results_free(all[0]);
    results_free(all[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_is_judged_as_its_rule_says),       cmocka_unit_test(layers_are_sizes),
        cmocka_unit_test(shared_timings_are_no_evidence),         cmocka_unit_test(matchings_are_told_one_by_one),
        cmocka_unit_test(time_to_target_stands_beside_the_speed),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
