/* SPDX-License-Identifier: MIT */
/* Claim C3: gaps of thousands of steps. */
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

static void carrying_wants_gaps_of_thousands(void **state) {
    (void)state;
    results *r = constructed_results("recall");
    constructed_recall(r, "lstm", "fixed", 500, 1000);
    judged_expect(r, "C3", "no evidence", "gaps of 2,000", "");
    r = constructed_results("recall");
    constructed_recall(r, "lstm", "fixed", 2000, 1000);
    judged_expect(r, "C3", "supported", "", "gap 2000");
    r = constructed_results("recall");
    constructed_recall(r, "lstm", "fixed", 2000, 100);
    judged_expect(r, "C3", "refuted", "", "");
    r = constructed_results("recall");
    constructed_recall(r, "lstm", "fixed", 2000, 100);
    constructed_recall(r, "lstm", "up_to", 2000, 1000);
    judged_expect(
        r, "C3", "conditional",
        "remembered with (gap 2000, init keras, trained on drawn gaps); did not remember with (gap 2000, init "
        "keras, trained on that",
        ": remembered");
    r = constructed_results("recall"); /* one seed remembered, the other diverged */
    constructed_recall(r, "lstm", "fixed", 2000, 1000);
    constructed_ended(r, "diverged");
    judged_expect(r, "C3", "undecided", "was not trained to the end in every seed with (gap 2000",
                  "1 diverged; run recall: undecided, since not every seed");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carrying_wants_gaps_of_thousands),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
