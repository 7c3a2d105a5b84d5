/* SPDX-License-Identifier: MIT */
/* Figures of comparisons: more pairs than fit on a page, two files of one name, and runs at different looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "plots/figure_judged.h"

enum { PAIRS = DATA_PANELS + 3 };

/* One comparison of "first" and "other", in which the first is better. */
static compare_result better(const char *other) {
    compare_result r = {.pairs = 5, .difference = {.difference = {0.1, 0.05, 0.15, 5}, .word = VERDICT_A_BETTER}};
    snprintf(r.a, sizeof r.a, "first");
    snprintf(r.b, sizeof r.b, "%s", other);
    return r;
}

/* The figure of these runs; the caller frees the caption. */
static figure_data draw(void **state, const compare_run *runs, size_t count, const char *name, char **caption) {
    figure_data data = {0};
    if (data_of_comparisons(*state, runs, count, name, &data, caption) != GB_OK)
        fail_msg("%s", gb_context_message(*state));
    return data;
}

static const compare_question question = {.metric = "accuracy", .margin = 0.01, .higher_is_better = 1};

/* In the matrix each pair has a panel, in the forest each question. */
static void test_what_does_not_fit(void **state) {
    results *r = fixture_recall(1);
    compare_result pairs[PAIRS];
    compare_answer one = {.question = question, .found = {.items = pairs, .count = PAIRS}}, several[PAIRS];
    char names[PAIRS][16];
    for (size_t i = 0; i < PAIRS; i++) {
        snprintf(names[i], sizeof names[i], "cell%zu", i);
        pairs[i] = better(names[i]);
        several[i] = (compare_answer){.question = question, .found = {.items = &pairs[i], .count = 1}};
    }
    const compare_run runs[] = {{.file = r, .answers = &one, .count = 1},
                                {.file = r, .answers = several, .count = PAIRS}};
    for (size_t i = 0; i < 2; i++) {
        char *caption = NULL;
        figure_data data = draw(state, &runs[i], 1, i ? "differences" : "verdicts", &caption);
        assert_int_equal(data.panels.count, DATA_PANELS);
        assert_int_equal(data.panels_left_out, PAIRS - DATA_PANELS);
        for (size_t p = 0; p < data.point_count; p++)
            assert_true(data.points[p].panel < DATA_PANELS);
        assert_non_null(strstr(caption, " 3 more panels do not fit and are omitted."));
        data_free(&data);
        free(caption);
    }
    results_free(r);
}

/* Two files of one run keep rows of their own. */
static void test_two_files_of_one_name(void **state) {
    results *files[] = {fixture_recall(1), fixture_recall(1)};
    compare_result found = better("other");
    compare_answer answer = {.question = question, .found = {.items = &found, .count = 1}};
    compare_run runs[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        free(files[i]->path);
        files[i]->path = strdup(i ? "b/recall.h5" : "a/recall.h5");
        runs[i] = (compare_run){.file = files[i], .answers = &answer, .count = 1};
    }
    runs[1].levels.difference = 0.02;
    char *caption = NULL;
    figure_data data = draw(state, runs, 2, "verdicts", &caption);
    assert_int_equal(data.groups.count, 2);
    assert_string_equal(data.groups.items[1], "b/recall.h5");
    data_free(&data);
    free(caption);
    data = draw(state, runs, 2, "differences", &caption);
    assert_int_equal(data.panels.count, 2);
    assert_non_null(strstr(data.panels.items[0], "a/recall.h5: "));
    assert_non_null(strstr(caption, "with its 95 to 98 % interval"));
    data_free(&data);
    free(caption);
    results_free(files[0]);
    results_free(files[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_does_not_fit, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_two_files_of_one_name, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
