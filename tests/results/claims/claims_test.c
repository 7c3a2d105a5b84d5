/* SPDX-License-Identifier: MIT */
/* What holds for every claim: no evidence without runs, and claims.yaml is checked. */
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

static void nothing_run_is_no_evidence(void **state) {
    (void)state;
    verdict_list list;
    judged_claim(NULL, "C1", &list);
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
    assert_int_equal(verdicts_judge(judged_context, path, NULL, 0, &list), GB_INVALID);
    assert_non_null(strstr(gb_context_message(judged_context), "did you mean order"));
    assert_non_null(strstr(gb_context_message(judged_context), "lower_bound"));
    assert_int_equal(list.count, 0);
    remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_run_is_no_evidence),
        cmocka_unit_test(wrong_claims_are_refused),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
