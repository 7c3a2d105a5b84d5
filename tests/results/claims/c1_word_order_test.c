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
    results *tuning = order_results(200, 990, 400); /* trials of tuning are no evidence */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_judged_as_its_rule_says),
        cmocka_unit_test(swept_settings_are_not_seeds),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
