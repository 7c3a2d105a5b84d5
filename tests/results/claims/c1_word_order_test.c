/* SPDX-License-Identifier: MIT */
/* Claim C1: its outcomes are reachable and follow from the numbers of constructed results. */
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
    judged_expect(order_results(200, 990, 400), "C1", "supported", "", "bag");
    judged_expect(order_results(200, 990, 1000), "C1", "conditional", "order-blind", "run order-quick");
    judged_expect(order_results(199, 990, 400), "C1", "refuted", "1 of 200", "199 of 200");
    judged_expect(order_results(200, 800, 400), "C1", "conditional", "lstm", "");
    judged_expect(order_results(200, 955, 400), "C1", "undecided", "lstm", "");
    judged_expect(order_results(200, 990, -1), "C1", "undecided", "window was not run", "");
    results *tuning = order_results(200, 990, 400); /* trials of tuning are not evidence */
    for (size_t row = 0; row < tuning->runs.rows; row++) {
        table_column *stage = table_add_column(&tuning->runs, "stage", COLUMN_TEXT);
        free(stage->texts[row]);
        stage->texts[row] = strdup("tune");
    }
    judged_expect(tuning, "C1", "no evidence", "", "");
}

/* A cell that sees order at one learning rate and not at another is named with both; seeds are of one setting. */
static void swept_settings_are_not_seeds(void **state) {
    (void)state;
    results *r = order_results(200, 1000, 400);
    for (size_t row = 0; row < r->runs.rows; row++)
        table_add_column(&r->runs, "lr", COLUMN_NUMBER)->numbers[row] = 1;
    table *t = constructed_trial(r, "order", "lstm", 1);
    assert_true(table_set_number(t, "lr", 2) && table_set_integer(t, "correct", 600) &&
                table_set_integer(t, "predictions", 1000));
    judged_expect(r, "C1", "conditional", "accuracy below the bound: (lstm, lr 2)",
                  "lstm, lr 1: accuracy 1.0000 [0.9962, 1.0000] of 1000 predictions, 1 of 1 seed solved");
}

/* What the finished seeds see, a diverged one does not; and a cell of which all seeds diverged has no accuracy. */
static void diverged_seeds_see_nothing(void **state) {
    (void)state;
    verdict_list list;
    results *r = order_results(200, 1000, 400);
    constructed_trial(r, "order", "lstm", 2);
    constructed_ended(r, "diverged");
    verdict *v = judged_claim(r, "C1", &list);
    assert_string_equal(v->outcome, "undecided");
    assert_string_equal(v->brief, "1 of 2 sequential cells have unfinished or diverged seeds");
    assert_non_null(strstr(v->words, "not every seed was trained to the end: lstm"));
    for (size_t i = 0; i < v->findings.count; i++)
        if (strcmp(v->findings.items[i].what, "lstm") == 0)
            assert_string_equal(v->findings.items[i].word, "undecided");
    verdicts_free(&list);
    r = order_results(200, 1000, 400);
    constructed_trial(r, "order", "gru", 1);
    constructed_ended(r, "diverged");
    judged_expect(r, "C1", "undecided", "not every seed was trained to the end: gru",
                  "gru: no predictions, 0 of 1 seed");
}

/* The same cells in two runs: as many settings fail as were tested. */
static void each_run_counts(void **state) {
    (void)state;
    verdict_list list;
    results *all[] = {order_results(200, 500, 400), order_results(200, 500, 400)};
    for (size_t i = 0; i < 2; i++) /* the rnn, too */
        for (size_t row = 0; row < all[i]->runs.rows; row++)
            if (strcmp(table_text(&all[i]->runs, row, "cell"), "rnn") == 0)
                table_add_column(&all[i]->runs, "correct", COLUMN_INTEGER)->numbers[row] = 500;
    assert_string_equal(judged_claim_of(all, 2, "C1", &list)->outcome, "refuted");
    verdicts_free(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_judged_as_its_rule_says),
        cmocka_unit_test(swept_settings_are_not_seeds),
        cmocka_unit_test(diverged_seeds_see_nothing),
        cmocka_unit_test(each_run_counts),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
