/* SPDX-License-Identifier: MIT */
/* The table in memory: types, missing values, words of a cell, appending. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "results/store/table.h"

static void missing_cells_are_nan_and_empty(void **state) {
    (void)state;
    table t = {0};
    assert_true(table_add_row(&t));
    assert_true(table_set_integer(&t, "seed", 3));
    assert_true(table_add_row(&t));
    assert_true(table_set_text(&t, "cell", "gru"));
    assert_true(table_set_number(&t, "nll", 8.5));
    assert_true(isnan(table_number(&t, 1, "seed")));
    assert_true(isnan(table_number(&t, 0, "nll")));
    assert_true(isnan(table_number(&t, 0, "nothing")));
    assert_string_equal(table_text(&t, 0, "cell"), "");
    assert_string_equal(table_text(&t, 1, "cell"), "gru");
    assert_false(table_set_text(&t, "seed", "three"));
    table_free(&t);
}

static void cells_print_the_fewest_digits(void **state) {
    (void)state;
    const struct {
        double value;
        const char *words;
    } cases[] = {{0.002, "0.002"},
                 {1e-5, "1e-05"},
                 {200, "200"},
                 {-0.1, "-0.1"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {NAN, ""},
                 {1e15, "1e+15"},
                 {9007199254740992.0, "9007199254740992"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table t = {0};
        char words[64];
        assert_true(table_add_row(&t) && table_set_number(&t, "x", cases[i].value));
        assert_string_equal(table_cell(&t, 0, table_find(&t, "x"), words, sizeof words), cases[i].words);
        table_free(&t);
    }
}

static void numbers_join_integers_and_texts(void **state) {
    (void)state;
    table a = {0}, b = {0}, c = {0};
    char words[64];
    assert_true(table_add_row(&a) && table_set_integer(&a, "gap", 5));
    assert_true(table_add_row(&b) && table_set_number(&b, "gap", 0.5) && table_set_text(&b, "cell", "rnn"));
    assert_true(table_add_row(&c) && table_set_text(&c, "gap", "up_to"));
    assert_true(table_append(&a, &b));
    assert_int_equal(table_find(&a, "gap")->type, COLUMN_NUMBER);
    assert_true(table_append(&a, &c));
    assert_int_equal(a.rows, 3);
    assert_int_equal(table_find(&a, "gap")->type, COLUMN_TEXT);
    assert_string_equal(table_cell(&a, 0, table_find(&a, "gap"), words, sizeof words), "5");
    assert_string_equal(table_text(&a, 1, "gap"), "0.5");
    assert_string_equal(table_text(&a, 2, "gap"), "up_to");
    assert_string_equal(table_text(&a, 1, "cell"), "rnn");
    assert_string_equal(table_text(&a, 2, "cell"), "");
    assert_true(table_append(&b, &c)); /* a text meets a number the other way round */
    assert_true(table_number(&a, 1, "gap") == 0.5);
    table_free(&a);
    table_free(&b);
    table_free(&c);
}

static void many_rows_keep_their_values(void **state) {
    (void)state;
    table t = {0};
    for (size_t i = 0; i < 5000; i++)
        assert_true(table_add_row(&t) && table_set_integer(&t, "i", (double)i) &&
                    table_set_text(&t, "s", i % 2 ? "x" : ""));
    for (size_t i = 0; i < 5000; i++)
        assert_true(table_number(&t, i, "i") == (double)i);
    assert_string_equal(table_text(&t, 4999, "s"), "x");
    table_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_cells_are_nan_and_empty),
        cmocka_unit_test(cells_print_the_fewest_digits),
        cmocka_unit_test(numbers_join_integers_and_texts),
        cmocka_unit_test(many_rows_keep_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
