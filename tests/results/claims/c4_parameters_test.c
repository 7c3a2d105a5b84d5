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
    judged_expect(r, "C4", "holds only when", "not by the keras count at input 4 and hidden 5: 0.8250", "");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 5, 200);
    constructed_count(r, "lstm", "keras", 5, 200);
    judged_expect(r, "C4", "refuted", "never at most 0.8", "1.0000");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 6, 200); /* no LSTM of that width */
    constructed_count(r, "lstm", "keras", 5, 200);
    judged_expect(r, "C4", "no evidence", "ledger", "");
    r = constructed_results("ledger");
    constructed_count(r, "gru", "keras", 6, 200);
    free(r->runs.columns[6].texts[0]);
    assert_string_equal(r->runs.columns[6].name, "matching");
    r->runs.columns[6].texts[0] = strdup("parameters");
    judged_expect(r, "C4", "not applicable", "equal by design", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_judged_as_their_rule_says),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
