/* SPDX-License-Identifier: MIT */
/* The table of metrics: found by name and as validated, in the right direction, shown where it belongs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "results/store/metrics.h"

static void metrics_are_found(void **state) {
    (void)state;
    assert_true(metric_find("accuracy")->solved == 0.9 && metric_find("accuracy")->margin == 0.01);
    assert_ptr_equal(metric_find("valid_accuracy"), metric_find("accuracy"));
    assert_string_equal(metric_find("valid_loss")->name, "valid_loss");
    assert_null(metric_find("accurate"));
    assert_true(metric_higher_is_better("shifted_accuracy") && !metric_higher_is_better("perplexity"));
    assert_true(metric_reaches(0.9, 0.9, true) && metric_reaches(0.1, 0.9, false) && !metric_reaches(NAN, 0.9, false));
    for (size_t i = 0; metric_at(i); i++) {
        assert_true(*metric_at(i)->title && metric_at(i)->decimals >= 0);
        assert_ptr_equal(metric_find(metric_at(i)->name), metric_at(i)); /* each once */
    }
}

/* Of a task validated by squared errors those of numbers, of one of symbols perplexity; a size always. */
static void metrics_are_shown_with_their_tasks(void **state) {
    (void)state;
    table adding = {0}, chars = {0};
    static const char *const all[] = {"accuracy", "mse", "bits", "perplexity", "loss", "parameters", "swapped_pairs"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int k = 0; k < 2; k++) {
            table *t = k ? &chars : &adding;
            assert_true((t->rows || table_add_row(t)) &&
                        table_set_number(t, all[i], strcmp(all[i], "swapped_pairs") != 0));
        }
    assert_true(table_set_number(&adding, "valid_mse", 1) && table_set_number(&chars, "valid_bits", 1));
    const char *const of_adding[] = {"accuracy", "mse", "parameters"}, *const of_chars[] = {"bits", "perplexity",
                                                                                            "parameters"};
    size_t a = 0, c = 0;
    for (size_t i = 0; metric_at(i); i++) {
        if (metric_is_shown(metric_at(i), &adding))
            assert_string_equal(metric_at(i)->name, of_adding[a++]);
        if (metric_is_shown(metric_at(i), &chars))
            assert_string_equal(metric_at(i)->name, of_chars[c++]);
    }
    assert_true(a == 3 && c == 3);
    assert_string_equal(metric_validated(&adding)->name, "mse");
    assert_string_equal(metric_unit(metric_find("loss"), &adding), "1");
    table_free(&adding);
    table_free(&chars);
}

static void a_metric_that_is_not_there_is_said(void **state) {
    (void)state;
    gb_context *context;
    table runs = {0};
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    assert_true(table_add_row(&runs) && table_set_number(&runs, "accuracy", 1));
    assert_int_equal(metric_no_column(context, &runs, "acuracy"), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "did you mean 'accuracy'"));
    assert_int_equal(metric_no_column(context, &runs, "perplexity"), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "run the recipe again"));
    table_free(&runs);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(metrics_are_found),
                                       cmocka_unit_test(metrics_are_shown_with_their_tasks),
                                       cmocka_unit_test(a_metric_that_is_not_there_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
