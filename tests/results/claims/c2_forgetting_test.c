/* SPDX-License-Identifier: MIT */
/* Claim C2: memory and gradient, two findings that are never mixed. */
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
#include "tests/results/constructed.h"

static void forgetting_is_judged_as_its_rule_says(void **state) {
    (void)state;
    results *r = constructed_results("recall");
    constructed_recall(r, "rnn", "fixed", 50, 110);
    constructed_recall(r, "lstm", "fixed", 50,
                       990); /* beside the claim, and another gap: neither changes the outcome */
    constructed_recall(r, "rnn", "fixed", 5, 1000);
    judged_expect(r, "C2", "supported",
                  "in every setting tested, the cell rnn forgot the first word with (init keras, trained on that gap",
                  "0 of 2 seeds solved");
    r = constructed_results("recall");
    constructed_recall(r, "rnn", "up_to", 50, 990);
    judged_expect(r, "C2", "refuted", "in every setting tested, the cell rnn remembered", "2 of 2 seeds solved");
    r = constructed_results("recall");
    constructed_recall(r, "rnn", "fixed", 50, 110);
    constructed_recall(r, "rnn", "up_to", 50, 990);
    judged_expect(r, "C2", "conditional",
                  "forgot the first word with (init keras, trained on that gap alone); remembered the first word with "
                  "(init keras",
                  "(b) memory: rnn");
    r = constructed_results("recall");
    constructed_recall(r, "rnn", "fixed", 50, 500);
    judged_expect(r, "C2", "undecided", "neither", "neither forgot nor remembered");
    r = constructed_results("recall");
    constructed_recall(r, "rnn", "fixed", 20, 500);
    judged_expect(r, "C2", "no evidence", "run the recipe recall", "");
}

/* If a seed diverged, the setting does not count as remembered although the other seeds remembered; it can count as
 * forgotten. */
static void diverged_seeds_remember_nothing(void **state) {
    (void)state;
    for (int remembered = 0; remembered < 2; remembered++) {
        results *r = constructed_results("recall");
        constructed_recall(r, "rnn", "fixed", 50, remembered ? 1000 : 110);
        constructed_ended(r, "diverged");
        judged_expect(r, "C2", remembered ? "undecided" : "supported",
                      remembered ? "was not trained to the end in every seed with (init keras" : "forgot",
                      remembered ? "1 diverged; run recall; chance 0.1: not every seed was trained to the end"
                                 : "forgot");
    }
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
    judged_expect(r, "C2", "no evidence", "vanished with init keras after training; did not vanish with init identity",
                  "10^-7.20 [10^-7.45, 10^-6.95], geometric mean of 3 seeds: vanished");
    r = constructed_results("vanishing-quick");
    add_gradient(r, "keras", 1, -8); /* one seed has no interval */
    judged_expect(r, "C2", "no evidence", "is undecided with init keras",
                  "10^-7.00, geometric mean of 1 seed: undecided");
}

/* Each swept setting is judged with its own seeds: the RNN forgot at one learning rate and remembered at the other. */
static void swept_settings_are_not_seeds(void **state) {
    (void)state;
    results *r = constructed_results("recall");
    for (int rate = 1; rate <= 2; rate++)
        for (int seed = 1; seed <= 3; seed++) {
            table *t = constructed_trial(r, "recall", "rnn", seed);
            assert_true(table_set_text(t, "init", "keras") && table_set_integer(t, "gap", 50) &&
                        table_set_number(t, "lr", rate) && table_set_integer(t, "answers", 10) &&
                        table_set_integer(t, "correct", rate == 1 ? 110 : 990) &&
                        table_set_integer(t, "predictions", 1000));
        }
    judged_expect(r, "C2", "conditional",
                  "forgot the first word with (init keras, lr 1); remembered the first word with (",
                  "rnn, init keras, lr 2, gap 50: accuracy 0.9900 [0.9858, 0.9930] of 3000 predictions, 3 of 3 seeds");
}

/* The learning rate does not touch the gradient before training: the same numbers are one measurement. */
static void gradients_at_initialisation_count_once(void **state) {
    (void)state;
    verdict_list list;
    results *r = constructed_results("vanishing");
    for (int rate = 1; rate <= 2; rate++)
        for (int seed = 1; seed <= 3; seed++) {
            add_gradient(r, "keras", seed, -8 - 0.1 * seed);
            assert_true(table_set_number(&r->runs, "lr", rate));
            for (size_t row = r->metrics.rows - 2; row < r->metrics.rows; row++) {
                char **name = &table_add_column(&r->metrics, "metric", COLUMN_TEXT)->texts[row];
                free(*name);
                *name = strdup("gradient_by_lag_initial");
            }
        }
    verdict *v = judged_claim(r, "C2", &list);
    static const char line[] = "(a) gradient: rnn, init keras at initialisation: norm at lag 50 over lag 0: 10^-7.20 "
                               "[10^-7.45, 10^-6.95], geometric mean of 3 seeds: vanished; run vanishing\n";
    assert_string_equal(v->evidence, line);
    assert_non_null(strstr(v->words, "it vanished with init keras at initialisation"));
    verdicts_free(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forgetting_is_judged_as_its_rule_says),  cmocka_unit_test(diverged_seeds_remember_nothing),
        cmocka_unit_test(gradients_are_a_finding_of_their_own),   cmocka_unit_test(swept_settings_are_not_seeds),
        cmocka_unit_test(gradients_at_initialisation_count_once),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
