/* SPDX-License-Identifier: MIT */
/* A run matched by time measures once: resumed, it makes the same trials, and its plan says by what. */
#include "run_fixture.h"

static const char timed[] = "task: {name: adding, length: 10, examples: 100}\n"
                            "model: {backend: reference, hidden: 8}\n"
                            "train: {batch: 8, steps: 30, evaluate_every: 10}\n"
                            "sweep: {cell: [rnn, lstm], seed: 1..2}\n"
                            "match: time\n";

static void test_resumed(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char(*before)[33], (*after)[33], path[PATH_MAX], *plan;
    size_t size;
    fixture_open(&f, timed);
    assert_int_equal(fixture_run(&f, f.results, 1, &summary), GB_OK);
    assert_int_equal(summary.done, 4);
    assert_int_equal(fixture_finished(&f, f.results, &before), 4);
    snprintf(path, sizeof path, "%s/tiny/plan.yaml", f.results);
    assert_int_equal(file_read(f.context, path, 1 << 20, &plan, &size), GB_OK);
    assert_non_null(strstr(plan, "\ncosts:\n  - {kind: "));
    assert_non_null(strstr(plan, "matching: \"time\""));
    free(plan);
    snprintf(path, sizeof path, "%s/tiny/trials/%s.h5", f.results, before[1]);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(fixture_run(&f, f.results, 1, &summary), GB_OK);
    assert_int_equal(summary.finished_before, 3);
    assert_int_equal(summary.done, 1);
    assert_int_equal(fixture_finished(&f, f.results, &after), 4);
    assert_memory_equal(before, after, 4 * sizeof *before);
    free(before);
    free(after);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_resumed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
