/* SPDX-License-Identifier: MIT */
/* Trials under several matchings: rows are distinguished and compared within each; a text names what each cell has. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"
#include "results/analysis/compare.h"
#include "results/store/matching_rows.h"

static gb_context *context;

static int set_up(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) != GB_OK;
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

static void add(table *t, const char *cell, double hidden, double seed, double nll, const char *matching,
                const char *matched) {
    assert_true(table_add_row(t) && table_set_integer(t, "run", (double)t->rows - 1) &&
                table_set_text(t, "status", "done") && table_set_text(t, "cell", cell) &&
                table_set_integer(t, "hidden", hidden) && table_set_integer(t, "seed", seed) &&
                table_set_number(t, "nll", nll) && table_set_text(t, "matching", matching) &&
                table_set_text(t, "matched", matched));
}

/* adding in small: GRU and LSTM at width 32, and the GRU of 37 that is as large as the LSTM. */
static table made(void) {
    table t = {0};
    for (int seed = 1; seed <= 3; seed++) {
        add(&t, "gru", 32, seed, 3 + 0.03 * seed, "width", "32/32");
        add(&t, "lstm", 32, seed, 2 + 0.01 * seed, "width+parameters", "32/32+4480/4480");
        add(&t, "gru", 37, seed, 1 + 0.02 * seed, "parameters", "4477/4480");
    }
    return t;
}

static void test_split(void **state) {
    (void)state;
    table t = made();
    assert_int_equal(matchings_split(context, &t), GB_OK);
    assert_int_equal(t.rows, 12);
    static const char *const names[] = {"width", "width", "parameters", "parameters"};
    static const double ratios[] = {1, 1, 1, 4477.0 / 4480}, targets[] = {NAN, NAN, 4480, 4480};
    for (size_t row = 0; row < 12; row++) {
        assert_string_equal(table_text(&t, row, "matching"), names[row % 4]);
        assert_true(table_number(&t, row, "match_ratio") == ratios[row % 4]);
        double to = table_number(&t, row, "matched_to");
        assert_true(to == targets[row % 4] || (isnan(to) && isnan(targets[row % 4])));
        assert_true(table_number(&t, row, "run") == (double)(row / 4 * 3 + (row % 4 + 1) / 2));
    }
    assert_int_equal(matchings_split(context, &t), GB_OK); /* split already */
    assert_int_equal(t.rows, 12);
    table_free(&t);
}

static void test_left_alone(void **state) {
    (void)state;
    table old = {0}, width = {0};
    assert_true(table_add_row(&old) && table_set_integer(&old, "run", 0) && table_set_text(&old, "matching", "width"));
    assert_int_equal(matchings_split(context, &old), GB_OK);
    add(&width, "gru", 32, 1, 1, "width", "32/32");
    assert_int_equal(matchings_split(context, &width), GB_OK);
    assert_int_equal(width.rows, 1);
    assert_null(table_find(&width, "matched_to"));
    text lines = {0};
    matchings_words(&width, &lines);
    assert_int_equal(lines.length, 0);
    table_free(&old);
    table_free(&width);
}

static void test_words(void **state) {
    (void)state;
    table t = made();
    text lines = {0};
    assert_int_equal(matchings_split(context, &t), GB_OK);
    matchings_words(&t, &lines);
    assert_string_equal(lines.data,
                        "equal parameters: lstm 32 units, 4,480 parameters; gru 37 units, 4,477 parameters (-0.1 %)\n");
    text_free(&lines);
    table_free(&t);
}

/* A trial under several matchings is read under each of them, and each is read in one piece. */
static void test_order(void **state) {
    (void)state;
    table t = made();
    assert_int_equal(matchings_split(context, &t), GB_OK);
    size_t *order = matchings_order(&t);
    assert_non_null(order);
    for (size_t i = 0; i < 12; i++) {
        assert_string_equal(table_text(&t, order[i], "matching"), i < 6 ? "width" : "parameters");
        assert_true(i % 6 == 0 || order[i] > order[i - 1]);
    }
    free(order);
    table_free(&t);
}

static void test_share(void **state) {
    (void)state;
    table t = made();
    assert_true(matchings_share(&t, 0, 1, "width"));
    assert_false(matchings_share(&t, 0, 1, "parameters"));
    assert_true(matchings_share(&t, 1, 2, "parameters"));
    assert_false(matchings_share(&t, 0, 2, "width"));
    assert_false(matchings_share(&t, 0, 2, "parameters"));
    table_free(&t);
}

/* Two groups: at equal width the LSTM is better, at equal parameters the GRU; the LSTM's trials stand in both. */
static void test_compared(void **state) {
    (void)state;
    results *r = constructed_results("music");
    evidence e;
    compare_findings c;
    r->runs = made();
    constructed_provenance(r, "swept", "cell\nhidden\n");
    const compare_question question = {
        .by = "cell", .metric = "nll", .margin = 0.1, .solved = NAN, .higher_is_better = 0};
    assert_int_equal(evidence_read(context, r, "final", true, &e), GB_OK);
    assert_int_equal(compare_arms(context, &e, &question, &c), GB_OK);
    assert_int_equal(c.count, 2); /* and no mean over both */
    assert_string_equal(c.grouped, "matching");
    assert_non_null(strstr(c.carried, "hidden"));
    for (size_t i = 0; i < 2; i++) {
        bool width = !strcmp(c.items[i].group, "equal width");
        assert_true(width || !strcmp(c.items[i].group, "equal parameters"));
        assert_int_equal(c.items[i].pairs, 3);
        assert_int_equal(c.items[i].difference.word, width ? VERDICT_B_BETTER : VERDICT_A_BETTER);
    }
    compare_free(&c);
    evidence_free(&e);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_split),    cmocka_unit_test(test_left_alone),
                                       cmocka_unit_test(test_words),    cmocka_unit_test(test_share),
                                       cmocka_unit_test(test_compared), cmocka_unit_test(test_order)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
