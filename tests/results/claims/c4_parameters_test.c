/* SPDX-License-Identifier: MIT */
/* Claim C4: counts of parameters. */
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

static void parameters_are_judged_as_their_rule_says(void **state) {
    (void)state;
    results *r = constructed_results("ledger");
    constructed_count(r, "gru", "pytorch", 5, 165);
    constructed_count(r, "lstm", "pytorch", 5, 220);
    judged_expect(r, "C4", "supported", "0.750 to 0.750", "whole model 0.7609");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "pytorch", 5, 165);
    constructed_count(r, "lstm", "pytorch", 5, 220);
    constructed_count(r, "gru", "keras", 5, 165);
    constructed_count(r, "lstm", "keras", 5, 200);
    judged_expect(r, "C4", "conditional", "not by the keras count at input 4 and hidden 5: 0.8250", "");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 5, 200);
    constructed_count(r, "lstm", "keras", 5, 200);
    judged_expect(r, "C4", "refuted", "at most 0.8 in 0 of 1 counts", "1.0000");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 6, 200); /* no LSTM of that width */
    constructed_count(r, "lstm", "keras", 5, 200);
    judged_expect(r, "C4", "no evidence", "ledger", "");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 6, 200);
    assert_true(table_set_text(&r->runs, "matching", "parameters"));
    constructed_count(r, "lstm", "keras", 5, 200);
    assert_true(table_set_text(&r->runs, "matching", "parameters"));
    judged_expect(r, "C4", "not applicable", "equal by design", "");
}

/* Seeds and training settings repeat a count; they are no more counts. */
static void a_count_counts_once(void **state) {
    (void)state;
    results *r = constructed_results("ledger");
    for (int rate = 1; rate <= 3; rate++) {
        constructed_count(r, "gru", "pytorch", 5, 165);
        assert_true(table_set_number(&r->runs, "lr", rate));
        constructed_count(r, "lstm", "pytorch", 5, 220);
        assert_true(table_set_number(&r->runs, "lr", rate));
    }
    judged_expect(r, "C4", "supported", "in 1 of 1 counts", "ratio 0.7500");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_judged_as_their_rule_says),
        cmocka_unit_test(a_count_counts_once),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
