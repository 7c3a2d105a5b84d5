/* SPDX-License-Identifier: MIT */
/* Claim C5: equivalence task by task, from pairs within equal other settings. */
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
#include "support/text.h"
#include "tests/results/constructed.h"

/* Five pairs on one task: the GRU's mean is `difference` nats above the LSTM's. */
static void add_pairs(results *r, const char *task, double difference, double noise, bool parameters) {
    static const double wobble[] = {0.3, -0.7, 1, -0.4, -0.2};
    for (int seed = 1; seed <= 5; seed++)
        for (int gru = 0; gru < 2; gru++) {
            table *t = constructed_trial(r, task, gru ? "gru" : "lstm", seed);
            assert_true(table_set_text(t, "matching", parameters ? "parameters" : "width") &&
                        table_set_integer(t, "hidden", gru && parameters ? 49 : 39) &&
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
    judged_expect(r, "C5", "undecided",
                  "so far only 1 of the 8 tasks that the rule asks for: "
                  "equivalent at equal parameters on a",
                  "5 pairs: equivalent within 0.1");
    r = constructed_results("music");
    add_pairs(r, "a", -0.6, 0.02, false);
    add_pairs(r, "b", 0.01, 0.5, false);
    judged_expect(r, "C5", "undecided", "gru better on a at equal width; undecided on b at equal width",
                  "beyond the margin");
    r = constructed_results("music");
    add_pairs(r, "a", -0.6, 0.02, false);
    add_pairs(r, "b", 0.6, 0.02, false);
    judged_expect(r, "C5", "refuted", "is significant on a, b; gru better on a at equal width; lstm better on b", "");
    r = constructed_results("music");
    add_pairs(r, "a", -0.6, 0.02, false);
    add_pairs(r, "b", 0.6, 0.02, false);
    verdict_list list;
    assert_string_equal(judged_claim(r, "C5", &list)->brief, "2 of 2 tasks differ by more than the margin");
    verdicts_free(&list);
    const char *const tasks[] = {"a", "b", "c", "d", "e", "f"};
    r = constructed_results("music");
    for (size_t i = 0; i < 6; i++) {
        add_pairs(r, tasks[i], 0.01, 0.02, true);
        add_pairs(r, tasks[i], 0.01, 0.02, false);
    }
    judged_expect(r, "C5", "supported", "equivalent at equal width on a, b, c, d, e, f", "");
    r = constructed_results("music");
    for (size_t i = 0; i < 6; i++)
        add_pairs(r, tasks[i], i ? 0.01 : 0.6, 0.02, true);
    judged_expect(r, "C5", "conditional", "on some tasks: equivalent at equal parameters on b, c, d, e, f", "");
    r = constructed_results("music"); /* five pairs without spread are one too few, however large the difference */
    add_pairs(r, "a", 0.6, 0, false);
    add_pairs(r, "b", 0.6, 0, false);
    judged_expect(r, "C5", "undecided", "undecided on a", "5 pairs: undecided");
}

/* A task is judged by what its trials were validated by: accuracy where bits stand beside it, and the share within 0.04
 * where the metric is a squared error. Tasks that differ by an option are distinguished. */
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
        judged_expect(r, "C5", "undecided", words[i], evidence[i]);
    }
}

/* What the recipe declared first for the two cells decides the metric and the margin. */
static void equivalence_uses_what_was_declared(void **state) {
    (void)state;
    results *r = constructed_results("counting");
    constructed_provenance(r, "resolved",
                           "compare:\n  - {a: rnn, b: gru, metric: nll, margin: 9}\n"
                           "  - {a: gru, b: lstm, metric: horizon, margin: 5}\n"
                           "  - {a: gru, b: lstm, metric: nll, margin: 0.5}\n");
    for (int seed = 1; seed <= 5; seed++)
        for (int gru = 0; gru < 2; gru++) {
            table *t = constructed_trial(r, "counting", gru ? "gru" : "lstm", seed);
            assert_true(table_set_integer(t, "hidden", 10) && table_set_number(t, "nll", 0.1) &&
                        table_set_number(t, "valid_nll", 0.1) &&
                        table_set_number(t, "horizon", gru ? 50 + seed : 100 - 2 * seed));
        }
    judged_expect(r, "C5", "undecided", "lstm better on counting at equal width", "horizon: gru 53.0000, lstm 94.0000");
}

/* 588 parameters beside 560 are 5 % more, which a ratio of floating-point numbers makes a little over 5 %. */
static void five_per_cent_is_within_five_per_cent(void **state) {
    (void)state;
    for (double gru_parameters = 588; gru_parameters <= 589; gru_parameters++) {
        results *r = constructed_results("counting");
        for (int seed = 1; seed <= 5; seed++)
            for (int gru = 0; gru < 2; gru++) {
                table *t = constructed_trial(r, "counting", gru ? "gru" : "lstm", seed);
                assert_true(table_set_text(t, "matching", "parameters") &&
                            table_set_integer(t, "hidden", gru ? 12 : 10) &&
                            table_set_integer(t, "cell_parameters", gru ? gru_parameters : 560) &&
                            table_set_number(t, "nll", 0.1 + 0.001 * seed * (1 + gru)));
            }
        judged_expect(r, "C5", "undecided", gru_parameters > 588 ? "at equal neither width nor" : "at equal parameters",
                      "");
    }
}

/* A difference beyond the margin must survive as many looks as there were tasks. */
static void holm_holds_back_weak_differences(void **state) {
    (void)state;
    const char *const tasks[] = {"a", "b", "c", "d"};
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.21, 0.1, false); /* p = 0.02 of being within 0.1: stands alone ... */
    verdict_list list;
    verdict *v = judged_claim(r, "C5", &list);
    assert_non_null(strstr(v->evidence, "beyond the margin"));
    verdicts_free(&list);
    r = constructed_results("music");
    for (size_t i = 0; i < 4; i++) /* ... but not among four */
        add_pairs(r, tasks[i], i ? 0.01 : 0.21, i ? 0.02 : 0.1, false);
    v = judged_claim(r, "C5", &list);
    assert_null(strstr(v->evidence, "beyond the margin"));
    verdicts_free(&list);
}

static void a_lost_pair_is_named(void **state) {
    (void)state;
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.02, true);
    char **status = r->runs.columns[table_find(&r->runs, "status") - r->runs.columns].texts;
    free(status[1]);
    status[1] = strdup("diverged");
    judged_expect(r, "C5", "undecided", "", "4 pairs: undecided: gru diverged in 1 of 5 pairs");
}

static void one_pair_has_no_interval(void **state) {
    (void)state;
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.02, true);
    for (size_t row = 2; row < r->runs.rows; row++)
        table_add_column(&r->runs, "nll", COLUMN_NUMBER)->numbers[row] = NAN;
    judged_expect(r, "C5", "undecided", "", "difference 0.0160, 1 pair: undecided");
}

/* A difference beyond the margin that the lost pairs could reverse does not count either. */
static void lost_pairs_refute_nothing(void **state) {
    (void)state;
    verdict_list list;
    results *r = constructed_results("music");
    add_pairs(r, "b", 0.6, 0.02, false);
    add_pairs(r, "a", -0.6, 0.02, false);
    constructed_ended(r, "diverged"); /* the GRU, which is better */
    verdict *v = judged_claim(r, "C5", &list);
    assert_string_equal(v->outcome, "undecided");
    assert_non_null(strstr(v->evidence, "undecided: gru diverged in 1 of 5 pairs; run music"));
    assert_int_equal(v->findings.items[1].side, FINDING_OPEN);
    verdicts_free(&list);
}

/* Looks that were taken while seeds were added leave less of alpha: what one look would decide is undecided. */
static void looks_leave_less_of_alpha(void **state) {
    (void)state;
    results *r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.08, true);
    judged_expect(r, "C5", "undecided", "equivalent at equal parameters on a", "");
    r = constructed_results("music");
    add_pairs(r, "a", 0.01, 0.08, true);
    constructed_provenance(r, "looks", "declared: [{seeds: 5}, {seeds: 20}]");
    judged_expect(r, "C5", "undecided", "undecided on a at equal parameters", "");
}

/* A task that two runs have counts once, as in the verdict matrix: the quick run's does not. */
static void a_task_counts_once(void **state) {
    (void)state;
    verdict_list list;
    results *all[] = {constructed_results("music-quick"), constructed_results("music-full")};
    add_pairs(all[0], "a", 0.01, 0.02, false);
    add_pairs(all[1], "a", -0.6, 0.02, false);
    verdict *v = judged_claim_of(all, 2, "C5", &list);
    assert_non_null(strstr(v->words, "gru better on a at equal width"));
    assert_null(strstr(v->words, "equivalent"));
    assert_non_null(strstr(v->evidence, "; run music-quick; that of run music-full counts instead\n"));
    assert_int_equal(v->findings.count, 1);
    verdicts_free(&list);
}

/* A verdict says when it rests on quick runs. */
static void quick_runs_are_provisional(void **state) {
    (void)state;
    verdict_list list;
    results *r = constructed_results("music-quick");
    add_pairs(r, "a", 0.01, 0.02, true);
    verdict *v = judged_claim(r, "C5", &list);
    assert_true(v->provisional);
    assert_non_null(strstr(v->words, "; provisional (quick run: music-quick)"));
    assert_false(list.items[0].provisional);
    verdicts_free(&list);
    r = constructed_results("music-full");
    add_pairs(r, "a", 0.01, 0.02, true);
    assert_false(judged_claim(r, "C5", &list)->provisional);
    verdicts_free(&list);
}

/* `rates` learning rates of 2 seeds; at the first the GRU's accuracy is 0.3 higher, at the others 0.1 lower. */
static results *swept_results(int rates) {
    results *r = constructed_results("adding-quick");
    for (int rate = 1; rate <= rates; rate++)
        for (int seed = 1; seed <= 2; seed++)
            for (int gru = 0; gru < 2; gru++) {
                table *t = constructed_trial(r, "adding", gru ? "gru" : "lstm", seed);
                assert_true(table_set_integer(t, "hidden", 4) && table_set_number(t, "lr", rate) &&
                            table_set_number(t, "accuracy",
                                             0.5 + 0.01 * seed * gru +
                                                 (!gru        ? 0
                                                  : rate == 1 ? 0.3
                                                              : -0.1)));
            }
    return r;
}

/* A seed is one pair, with its means over what else was swept, as `compare` counts it; and however many values were
 * swept, no more is written than there is room for. */
static void swept_settings_are_not_seeds(void **state) {
    (void)state;
    judged_expect(swept_results(4), "C5", "undecided", "undecided on adding at equal width",
                  "accuracy: gru 0.5150, lstm 0.5000, difference 0.0150 [-0.0485, 0.0785], 2 pairs");
    judged_expect(swept_results(16), "C5", "undecided", "undecided on adding",
                  "difference -0.0600 [-0.1235, 0.0035], 2 pairs");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equivalence_is_judged_as_its_rule_says),
        cmocka_unit_test(equivalence_uses_the_tasks_own_metric),
        cmocka_unit_test(equivalence_uses_what_was_declared),
        cmocka_unit_test(five_per_cent_is_within_five_per_cent),
        cmocka_unit_test(holm_holds_back_weak_differences),
        cmocka_unit_test(a_lost_pair_is_named),
        cmocka_unit_test(one_pair_has_no_interval),
        cmocka_unit_test(lost_pairs_refute_nothing),
        cmocka_unit_test(looks_leave_less_of_alpha),
        cmocka_unit_test(a_task_counts_once),
        cmocka_unit_test(quick_runs_are_provisional),
        cmocka_unit_test(swept_settings_are_not_seeds),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
