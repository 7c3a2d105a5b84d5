/* SPDX-License-Identifier: MIT */
/* Each rule's outcomes are reachable and follow from the numbers of constructed results. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"
#include "results/claims/claims.h"
#include "support/file.h"

static gb_context *context;

/* The verdict on a claim of the shipped claims.yaml; `r` is freed. */
static verdict *judge(results *r, const char *id, verdict_list *list) {
    char path[4096];
    assert_int_equal(file_find_shared(context, "claims.yaml", path, sizeof path), GB_OK);
    gb_status status = verdicts_judge(context, path, r ? &r : NULL, r ? 1 : 0, list);
    if (status != GB_OK)
        fail_msg("%s", gb_context_message(context));
    results_free(r);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].id, id) == 0)
            return &list->items[i];
    fail_msg("no claim %s", id);
    return NULL;
}

static void expect(results *r, const char *id, const char *outcome, const char *words, const char *evidence) {
    verdict_list list;
    verdict *v = judge(r, id, &list);
    assert_string_equal(v->outcome, outcome);
    if (!strstr(v->words, words))
        fail_msg("words: %s", v->words);
    if (!strstr(v->evidence, evidence))
        fail_msg("evidence: %s", v->evidence);
    verdicts_free(&list);
}

static void nothing_run_is_no_evidence(void **state) {
    (void)state;
    verdict_list list;
    judge(NULL, "C1", &list);
    assert_int_equal(list.count, 6);
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.items[i].outcome, "no evidence");
        assert_int_not_equal(strlen(list.items[i].words), 0);
        assert_int_not_equal(strlen(list.items[i].rule), 0);
        assert_string_equal(list.items[i].evidence, "");
        assert_string_equal(list.items[i].matching, "");
    }
    assert_non_null(strstr(list.items[0].words, "run the recipe order"));
    assert_non_null(strstr(list.items[5].words, "exclusive timings"));
    verdicts_free(&list);
}

/* The order run: what bag answers identically, and how often each cell is right out of 1,000. */
static results *order_results(size_t identical, double lstm, double window) {
    results *r = constructed_results("order-quick");
    const struct {
        const char *cell;
        double correct;
    } rows[] = {{"bag", 500}, {"rnn", 1000}, {"lstm", lstm}, {"window", window}};
    for (size_t i = 0; i < 4; i++) {
        if (rows[i].correct < 0)
            continue;
        table *t = constructed_trial(r, "order", rows[i].cell, 1);
        assert_true(table_set_integer(t, "correct", rows[i].correct) && table_set_integer(t, "predictions", 1000) &&
                    table_set_integer(t, "swapped_pairs", 200) &&
                    table_set_integer(t, "swapped_identical", i == 0 ? (double)identical : 0));
    }
    return r;
}

static void order_is_judged_as_its_rule_says(void **state) {
    (void)state;
    expect(order_results(200, 990, 400), "C1", "supported", "", "bag");
    expect(order_results(200, 990, 1000), "C1", "holds only when", "order-blind", "run order-quick");
    expect(order_results(199, 990, 400), "C1", "refuted", "1 of 200", "199 of 200");
    expect(order_results(200, 800, 400), "C1", "holds only when", "lstm", "");
    expect(order_results(200, 955, 400), "C1", "undecided", "lstm", "");
    expect(order_results(200, 990, -1), "C1", "undecided", "window was not run", "");
    results *tuning = order_results(200, 990, 400); /* trials of tuning are no evidence */
    for (size_t row = 0; row < tuning->runs.rows; row++) {
        table_column *stage = table_add_column(&tuning->runs, "stage", COLUMN_TEXT);
        free(stage->texts[row]);
        stage->texts[row] = strdup("tune");
    }
    expect(tuning, "C1", "no evidence", "", "");
}

/* Adds an RNN at gap 50 that got `correct` of 1,000 with chance 0.1. */
static void add_recall(results *r, const char *cell, const char *regime, double gap, double correct) {
    for (int seed = 1; seed <= 2; seed++) {
        table *t = constructed_trial(r, "recall", cell, seed);
        assert_true(table_set_text(t, "init", "keras") && table_set_text(t, "train_gap", regime) &&
                    table_set_integer(t, "gap", gap) && table_set_integer(t, "answers", 10) &&
                    table_set_integer(t, "correct", correct) && table_set_integer(t, "predictions", 1000));
    }
}

static void forgetting_is_judged_as_its_rule_says(void **state) {
    (void)state;
    results *r = constructed_results("recall");
    add_recall(r, "rnn", "fixed", 50, 110);
    add_recall(r, "lstm", "fixed", 50, 990); /* beside the claim, and another gap: neither changes the outcome */
    add_recall(r, "rnn", "fixed", 5, 1000);
    expect(r, "C2", "supported", "in every setting tested, the RNN forgot", "0 of 2 seeds solved");
    r = constructed_results("recall");
    add_recall(r, "rnn", "up_to", 50, 990);
    expect(r, "C2", "refuted", "in every setting tested, the RNN remembered", "2 of 2 seeds solved");
    r = constructed_results("recall");
    add_recall(r, "rnn", "fixed", 50, 110);
    add_recall(r, "rnn", "up_to", 50, 990);
    expect(r, "C2", "holds only when",
           "forgot the first word with init keras trained on that gap alone; remembered the first word with "
           "init keras",
           "(b) memory: rnn");
    r = constructed_results("recall");
    add_recall(r, "rnn", "fixed", 50, 500);
    expect(r, "C2", "undecided", "neither", "neither forgot nor remembered");
    r = constructed_results("recall");
    add_recall(r, "rnn", "fixed", 20, 500);
    expect(r, "C2", "no evidence", "run the recipe recall", "");
}

static void add_gradient(results *r, const char *init, double seed, double at_50) {
    table *t = constructed_trial(r, "recall", "rnn", seed), *m = &r->metrics;
    assert_true(table_set_text(t, "init", init));
    for (int i = 0; i < 2; i++)
        assert_true(table_add_row(m) && table_set_integer(m, "run", (double)t->rows - 1) &&
                    table_set_text(m, "metric", "gradient_by_lag") && table_set_number(m, "x", i ? 50 : 0) &&
                    table_set_number(m, "value", i ? at_50 : -1));
}

/* (a) is named beside (b), and never decides it. */
static void gradients_are_a_finding_of_their_own(void **state) {
    (void)state;
    results *r = constructed_results("vanishing-quick");
    for (int seed = 1; seed <= 3; seed++) {
        add_gradient(r, "keras", seed, -8 - 0.1 * seed);
        add_gradient(r, "identity", seed, -1.1 - 0.01 * seed);
        add_gradient(r, "pytorch", seed, seed == 1 ? -INFINITY : -2.0 * seed);
    }
    expect(r, "C2", "no evidence", "vanished with init keras after training; did not vanish with init identity",
           "10^-7.20 [10^-7.45, 10^-6.95], geometric mean of 3 seeds: vanished");
    r = constructed_results("vanishing-quick");
    add_gradient(r, "keras", 1, -8); /* one seed has no interval */
    expect(r, "C2", "no evidence", "is undecided with init keras", "of 1 seed: undecided");
}

static void carrying_wants_gaps_of_thousands(void **state) {
    (void)state;
    results *r = constructed_results("recall");
    add_recall(r, "lstm", "fixed", 500, 1000);
    expect(r, "C3", "no evidence", "gaps of 2,000", "");
    r = constructed_results("recall");
    add_recall(r, "lstm", "fixed", 2000, 1000);
    expect(r, "C3", "supported", "", "gap 2000");
    r = constructed_results("recall");
    add_recall(r, "lstm", "fixed", 2000, 100);
    expect(r, "C3", "refuted", "", "");
    r = constructed_results("recall");
    add_recall(r, "lstm", "fixed", 2000, 100);
    add_recall(r, "lstm", "up_to", 2000, 1000);
    expect(r, "C3", "holds only when", "1 of 2", "");
}

static void parameters_are_judged_as_their_rule_says(void **state) {
    (void)state;
    results *r = constructed_results("ledger");
    constructed_count(r, "gru", "pytorch", 5, 165);
    constructed_count(r, "lstm", "pytorch", 5, 220);
    expect(r, "C4", "supported", "0.750 to 0.750", "whole model 0.7609");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "pytorch", 5, 165);
    constructed_count(r, "lstm", "pytorch", 5, 220);
    constructed_count(r, "gru", "keras", 5, 165);
    constructed_count(r, "lstm", "keras", 5, 200);
    expect(r, "C4", "holds only when", "not by the keras count at input 4 and hidden 5: 0.8250", "");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 5, 200);
    constructed_count(r, "lstm", "keras", 5, 200);
    expect(r, "C4", "refuted", "never at most 0.8", "1.0000");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 6, 200); /* no LSTM of that width */
    constructed_count(r, "lstm", "keras", 5, 200);
    expect(r, "C4", "no evidence", "ledger", "");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 6, 200);
    free(r->runs.columns[6].texts[0]);
    assert_string_equal(r->runs.columns[6].name, "matching");
    r->runs.columns[6].texts[0] = strdup("parameters");
    expect(r, "C4", "not applicable", "equal by design", "");
}

/* Five pairs on one task: the GRU's mean is `difference` nats above the LSTM's. */
static void add_pairs(results *r, const char *task, double difference, double noise, bool parameters) {
    static const double wobble[] = {0.3, -0.7, 1, -0.4, -0.2};
    for (int seed = 1; seed <= 5; seed++)
        for (int gru = 0; gru < 2; gru++) {
            table *t = constructed_trial(r, task, gru ? "gru" : "lstm", seed);
            assert_true(table_set_integer(t, "hidden", gru && parameters ? 49 : 39) &&
                        table_set_integer(t, "cell_parameters",
                                          !gru         ? 20000
                                          : parameters ? 20139
                                                       : 15000) &&
                        table_set_number(t, "nll", 8.5 + 0.1 * seed + gru * (difference + noise * wobble[seed - 1])));
        }
}

static void equivalence_is_judged_as_its_rule_says(void **state) {
    (void)state;
    results *r = constructed_results("music-quick");
    add_pairs(r, "a", 0.01, 0.02, true);
    expect(r, "C5", "undecided",
           "so far only 1 of the 8 tasks that the rule asks for: "
           "equivalent at equal parameters on a",
           "5 pairs: equivalent within 0.1");
    r = constructed_results("music");
    add_pairs(r, "a", -0.6, 0.02, false);
    add_pairs(r, "b", 0.01, 0.5, false);
    expect(r, "C5", "undecided", "gru better on a at equal width; undecided on b at equal width", "beyond the margin");
    r = constructed_results("music");
    add_pairs(r, "a", -0.6, 0.02, false);
    add_pairs(r, "b", 0.6, 0.02, false);
    expect(r, "C5", "refuted", "stands on a, b; gru better on a at equal width; lstm better on b", "");
    const char *const tasks[] = {"a", "b", "c", "d", "e", "f"};
    r = constructed_results("music");
    for (size_t i = 0; i < 6; i++) {
        add_pairs(r, tasks[i], 0.01, 0.02, true);
        add_pairs(r, tasks[i], 0.01, 0.02, false);
    }
    expect(r, "C5", "supported", "equivalent at equal width on a, b, c, d, e, f", "");
    r = constructed_results("music");
    for (size_t i = 0; i < 6; i++)
        add_pairs(r, tasks[i], i ? 0.01 : 0.6, 0.02, true);
    expect(r, "C5", "holds only when", "on the tasks named: equivalent at equal parameters on b, c, d, e, f", "");
}

/* A task is judged by what its trials were validated by: accuracy where bits stand beside it, and the share within 0.04
 * where the metric is a squared error. Tasks that differ by an option are told apart. */
static void equivalence_uses_the_tasks_own_metric(void **state) {
    (void)state;
    static const char *const validated[] = {"valid_accuracy", "valid_mse", "valid_bits"};
    static const char *const words[] = {"equivalent at equal width on copy blanks 30",
                                        "equivalent at equal width on copy blanks 30", "lstm better on copy blanks 30"};
    static const char *const evidence[] = {"accuracy: gru 0.9", "accuracy: gru 0.9", "bits: gru 3.0"};
    for (size_t i = 0; i < 3; i++) {
        results *r = constructed_results("copy");
        for (int seed = 1; seed <= 5; seed++)
            for (int gru = 0; gru < 2; gru++) {
                table *t = constructed_trial(r, "copy", gru ? "gru" : "lstm", seed);
                assert_true(table_set_integer(t, "hidden", 44) && table_set_integer(t, "blanks", 30) &&
                            table_set_number(t, "accuracy", 0.9 + 0.001 * gru + 0.0001 * seed) &&
                            table_set_number(t, "bits", 1 + 2 * gru + 0.0001 * seed * seed * (1 + gru)) &&
                            table_set_number(t, validated[i], 0.5));
            }
        expect(r, "C5", "undecided", words[i], evidence[i]);
    }
}

/* A difference beyond the margin must survive as many looks as there were tasks. */
static void holm_holds_back_weak_differences(void **state) {
    (void)state;
    const char *const tasks[] = {"a", "b", "c", "d"};
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.21, 0.1, false); /* p = 0.02 of being within 0.1: stands alone ... */
    verdict_list list;
    verdict *v = judge(r, "C5", &list);
    assert_non_null(strstr(v->evidence, "beyond the margin"));
    verdicts_free(&list);
    r = constructed_results("music");
    for (size_t i = 0; i < 4; i++) /* ... but not among four */
        add_pairs(r, tasks[i], i ? 0.01 : 0.21, i ? 0.02 : 0.1, false);
    v = judge(r, "C5", &list);
    assert_null(strstr(v->evidence, "beyond the margin"));
    verdicts_free(&list);
}

static void a_lost_pair_is_named(void **state) {
    (void)state;
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.02, true);
    r->runs.columns[table_find(&r->runs, "nll") - r->runs.columns].numbers[1] = NAN;
    expect(r, "C5", "undecided", "", "4 pairs: equivalent within 0.1; 1 pair lost to divergence");
}

/* Looks that were taken while seeds were added leave less of alpha: what one look would decide is undecided. */
static void looks_leave_less_of_alpha(void **state) {
    (void)state;
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.08, true);
    expect(r, "C5", "undecided", "equivalent at equal parameters on a", "");
    r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.08, true);
    assert_true(table_add_row(&r->provenance) && table_set_text(&r->provenance, "name", "looks") &&
                table_set_text(&r->provenance, "value", "declared: [{seeds: 5}, {seeds: 20}]"));
    expect(r, "C5", "undecided", "undecided on a at equal parameters", "");
}

/* A verdict says when it rests on quick runs. */
static void quick_runs_are_provisional(void **state) {
    (void)state;
    verdict_list list;
    results *r = constructed_results("music-quick");
    add_pairs(r, "a", 0.01, 0.02, true);
    verdict *v = judge(r, "C5", &list);
    assert_true(v->provisional);
    assert_non_null(strstr(v->words, "; provisional: music-quick is quick"));
    assert_false(list.items[0].provisional);
    verdicts_free(&list);
    r = constructed_results("music-full");
    add_pairs(r, "a", 0.01, 0.02, true);
    assert_false(judge(r, "C5", &list)->provisional);
    verdicts_free(&list);
}

/* One GRU and one LSTM timed at these sizes; the GRU takes `ratio` of the LSTM's time in training and inference, and
 * `step` of it in a streaming step. */
static void add_timings(results *r, bool parameters, double hidden, double length, double ratio, double step,
                        bool exclusive) {
    for (int gru = 0; gru < 2; gru++) {
        table *t = constructed_trial(r, "timing", gru ? "gru" : "lstm", 1);
        double times = gru ? ratio : 1;
        assert_true(table_set_text(t, "backend", "onednn") && table_set_integer(t, "input", 64) &&
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
    expect(speed_results(0.7, 0.9, 0.8), "C6", "supported",
           "training step at equal width (0.70), training step at equal "
           "parameters (0.90), batch inference",
           "training step, equal width: gru/lstm 0.702 [0.686, 0.719] over 6 configurations (6 pairs of trials), from "
           "0.686 (onednn, input 64, hidden 32, length 50, batch 32) to 0.721");
    expect(speed_results(0.7, 1.2, 0.8), "C6", "holds only when",
           "the LSTM is faster: training step at equal parameters (1.20), batch inference at equal parameters", "");
    expect(speed_results(1.3, 1.2, 1.5), "C6", "refuted", "the LSTM is faster: training step at equal width", "");
    expect(speed_results(0.7, 1, 0.8), "C6", "undecided", "not told apart: training step at equal parameters (1.00)",
           "");
    /* a step has no length: three widths, not six configurations */
    expect(speed_results(0.7, 0.9, 0.8), "C6", "supported", "",
           "streaming step, equal width: gru/lstm 0.802 [0.754, 0.854] over 3 configurations (6 pairs of trials)");
    expect(speed_results(0.7, 0.9, 0.8), "C6", "supported", "", "memory of training, equal width: gru/lstm 0.702");
    results *r = constructed_results("speed");
    for (int width = 0; width < 4; width++)
        add_timings(r, false, 32 << width, 100, 0.7, 0.7, true);
    expect(r, "C6", "undecided", "not timed alone: training step at equal parameters", "0.700 [0.700, 0.700]");
}

static void shared_timings_are_no_evidence(void **state) {
    (void)state;
    results *r = constructed_results("speed");
    for (int width = 0; width < 3; width++)
        add_timings(r, false, 32 << width, 100, 0.7, 0.7, false);
    expect(r, "C6", "no evidence", "other programs ran beside every pair", "3 pairs left out");
    r = speed_results(0.7, 0.9, 0.8);
    add_timings(r, false, 999, 100, 50, 50, false);
    expect(r, "C6", "supported", "(0.70)", "1 pair left out");
    r = speed_results(0.7, 0.9, 0.8); /* another machine's trial makes no pair with ours */
    add_timings(r, false, 999, 100, 50, 50, true);
    table_column *host = table_add_column(&r->runs, "host", COLUMN_INTEGER);
    for (size_t row = 0; row < r->runs.rows; row++)
        host->numbers[row] = row + 1 == r->runs.rows;
    expect(r, "C6", "supported", "(0.70)", "");
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
    assert_string_equal(judge(r, "C6", &list)->matching, "width, parameters");
    verdicts_free(&list);
}

/* Steps to the target of another run of the claim, times what a step of that very layer takes. */
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
                        table_set_integer(t, "steps", 6000) &&
                        table_set_integer(t, "steps_run", gru && seed > 1 ? 6000 : 1000.0 * seed));
        }
    assert_int_equal(file_find_shared(context, "claims.yaml", path, sizeof path), GB_OK);
    assert_int_equal(verdicts_judge(context, path, all, 2, &list), GB_OK);
    const char *evidence = list.items[5].evidence;
    if (!strstr(evidence, "adding: lstm of 32 units 2000 steps (median of 3 trials) x 4 ms = 8 s; run adding") ||
        !strstr(evidence, "adding: gru of 32 units never got there in at least half of 3 trials"))
        fail_msg("evidence: %s", evidence);
    verdicts_free(&list);
    results_free(all[0]);
    results_free(all[1]);
}

static void wrong_claims_are_refused(void **state) {
    (void)state;
    static const char text[] = "claims:\n  - {id: C1, statement: s, rule: r, judge: ordr}\n"
                               "  - {id: C2, statement: s, rule: r, judge: order}\n";
    char path[] = "/tmp/gatebench-claims-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    verdict_list list;
    assert_int_equal(verdicts_judge(context, path, NULL, 0, &list), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "did you mean order"));
    assert_non_null(strstr(gb_context_message(context), "lower_bound"));
    assert_int_equal(list.count, 0);
    remove(path);
}

static int set_up(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) == GB_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_run_is_no_evidence),
        cmocka_unit_test(order_is_judged_as_its_rule_says),
        cmocka_unit_test(forgetting_is_judged_as_its_rule_says),
        cmocka_unit_test(gradients_are_a_finding_of_their_own),
        cmocka_unit_test(carrying_wants_gaps_of_thousands),
        cmocka_unit_test(parameters_are_judged_as_their_rule_says),
        cmocka_unit_test(equivalence_uses_the_tasks_own_metric),
        cmocka_unit_test(equivalence_is_judged_as_its_rule_says),
        cmocka_unit_test(holm_holds_back_weak_differences),
        cmocka_unit_test(a_lost_pair_is_named),
        cmocka_unit_test(looks_leave_less_of_alpha),
        cmocka_unit_test(quick_runs_are_provisional),
        cmocka_unit_test(speed_is_judged_as_its_rule_says),
        cmocka_unit_test(shared_timings_are_no_evidence),
        cmocka_unit_test(matchings_are_told_one_by_one),
        cmocka_unit_test(time_to_target_stands_beside_the_speed),
        cmocka_unit_test(wrong_claims_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
