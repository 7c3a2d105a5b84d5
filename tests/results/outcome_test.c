/* SPDX-License-Identifier: MIT */
/* The outcome of a comparison, its words and the number of further seeds agree with each other and with the trials:
 * with lost pairs, over several groups, at a budget, and when the question is which arm solves the task sooner. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"
#include "results/analysis/compare_run.h"
#include "results/claims/matrix.h"

enum { SEEDS = 5 };

/* The GRU's error is smaller by this much. */
static double error_of(bool gru, int seed) {
    return 0.02 + 0.0001 * seed - (gru ? 0.01 + 0.0002 * (seed % 3) : 0);
}

/* Adding at one length or at two: both cells validate an error of 0.5 at step 100 and their own at step 200, the GRU
 * after 1 and 2 seconds, the LSTM after 2 and 4. */
static results *added(int lengths) {
    results *r = constructed_results("adding");
    for (int length = 10; length <= 10 * lengths; length += 10)
        for (int seed = 1; seed <= SEEDS; seed++)
            for (int gru = 0; gru < 2; gru++) {
                double run = (double)r->runs.rows, error = error_of(gru, seed);
                table *t = constructed_trial(r, "adding", gru ? "gru" : "lstm", seed), *curves = &r->curves;
                assert_true(table_set_integer(t, "length", length) && table_set_number(t, "mse", error) &&
                            table_set_integer(t, "hidden", 8) && table_set_integer(t, "steps", 200) &&
                            table_set_number(t, "valid_mse", error));
                for (int i = 1; i <= 2; i++)
                    assert_true(table_add_row(curves) && table_set_integer(curves, "run", run) &&
                                table_set_integer(curves, "step", 100 * i) &&
                                table_set_number(curves, "valid_loss", i == 1 ? 0.5 : error) &&
                                table_set_number(curves, "valid_metric", i == 1 ? 0.5 : error) &&
                                table_set_number(curves, "cpu_seconds", (gru ? 1 : 2) * i));
            }
    return r;
}

/* The trial of a cell with this seed diverged at every length. */
static void diverge(results *r, const char *cell, double seed) {
    for (size_t row = 0; row < r->runs.rows; row++)
        if (!strcmp(table_text(&r->runs, row, "cell"), cell) && table_number(&r->runs, row, "seed") == seed) {
            char **status = &table_add_column(&r->runs, "status", COLUMN_TEXT)->texts[row];
            free(*status);
            *status = strdup("diverged");
        }
}

/* Compares GRU and LSTM, and gives the results; compare_close before results_free. */
static const compare_result *compare(results *r, double margin, double solved, const char *budget, compare_run *run) {
    const compare_request request = {
        .asked = {.metric = budget ? NULL : "mse",
                  .a = "gru",
                  .b = "lstm",
                  .margin = margin,
                  .solved = solved,
                  .higher_is_better = -1},
        .budget = budget,
    };
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    if (compare_results(context, &request, r, run) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    gb_context_destroy(context);
    return run->answers[0].found.items;
}

static void expect_words(const compare_run *run, const compare_result *r, verdict_word outcome, const char *wanted) {
    char words[320];
    const compare_findings *found = &run->answers[0].found;
    compare_words(found, r, words, sizeof words);
    assert_string_equal(words, wanted);
    assert_int_equal(compare_outcome(found, r), outcome);
}

/* At a budget the question is how well the arms do then, not when they solve the task. */
static void a_budget_asks_how_well(void **state) {
    (void)state;
    compare_run run;
    results *r = added(1);
    const compare_result *found = compare(r, NAN, 0.015, "core_seconds", &run);
    assert_true(run.reached == 2 && found->solved_a == SEEDS && found->solved_b == 0);
    assert_true(found->p_test == found->difference.p_difference && found->p_test < 0.05);
    expect_words(&run, found, VERDICT_A_BETTER, "gru better by 0.49");
    compare_close(&run);
    results_free(r);
}

/* The LSTM's error is larger in every pair, but whether it was solved at step 200 is the question. */
static void the_outcome_is_of_solving(void **state) {
    (void)state;
    compare_run run;
    results *r = added(1);
    const compare_result *found = compare(r, NAN, 0.03, NULL, &run);
    assert_int_equal(found->difference.word, VERDICT_A_BETTER);
    expect_words(&run, found, VERDICT_UNDECIDED, "undecided which of them solves it sooner");
    assert_int_equal(compare_more_seeds(&run.answers[0].found, found), 0);
    compare_close(&run);
    found = compare(r, NAN, 0.015, NULL, &run);
    expect_words(&run, found, VERDICT_A_BETTER, "gru solves it sooner (median 200 steps; lstm: more than half never)");
    compare_close(&run);
    found = compare(r, NAN, 0.001, NULL, &run);
    expect_words(&run, found, VERDICT_UNDECIDED, "neither solves it");
    compare_close(&run);
    for (size_t row = 0; row < r->runs.rows; row++) /* solved at a validation, but not on the test split */
        table_add_column(&r->runs, "mse", COLUMN_NUMBER)->numbers[row] = 0.5;
    found = compare(r, NAN, 0.03, NULL, &run);
    expect_words(&run, found, VERDICT_UNDECIDED, "undecided which of them solves it sooner");
    compare_close(&run);
    results_free(r);
}

/* Over several groups the lost pairs are counted among the pairs of all groups. */
static void lost_pairs_are_counted_among_all(void **state) {
    (void)state;
    compare_run run;
    results *r = added(2);
    diverge(r, "gru", 1);
    const compare_result *found = compare(r, 0.001, NAN, NULL, &run);
    assert_int_equal(run.answers[0].found.count, 3);
    expect_words(&run, found, VERDICT_UNDECIDED, "undecided: gru diverged in 1 of 5 pairs");
    assert_true(found[2].pairs == SEEDS - 1 && found[2].lost == 2 && !found[2].group);
    expect_words(&run, &found[2], VERDICT_UNDECIDED, "undecided: gru diverged in 2 of 10 pairs");
    compare_close(&run);
    results_free(r);
}

/* A finished trial without a value is lost by its own arm. */
static void what_has_no_value_is_lost(void **state) {
    (void)state;
    compare_run run;
    results *r = added(1);
    table_add_column(&r->runs, "mse", COLUMN_NUMBER)->numbers[1] = NAN; /* the GRU's of seed 1 */
    const compare_result *found = compare(r, 0.001, NAN, NULL, &run);
    expect_words(&run, found, VERDICT_UNDECIDED, "undecided: gru has no value in 1 of 5 pairs");
    compare_close(&run);
    diverge(r, "lstm", 2);
    found = compare(r, 0.001, NAN, NULL, &run);
    expect_words(&run, found, VERDICT_UNDECIDED, "undecided: gru has no value in 1 of 5 pairs, lstm diverged in 1");
    compare_close(&run);
    results_free(r);
}

/* More seeds do not bring back what diverged, so none are asked for, in the table as in the verdict matrix. */
static void more_seeds_bring_nothing_back(void **state) {
    (void)state;
    compare_run run;
    verdict_matrix m;
    gb_context *context;
    results *r = added(1);
    diverge(r, "gru", 1);
    const compare_result *found = compare(r, 0.05, NAN, NULL, &run);
    assert_int_equal(compare_more_seeds(&run.answers[0].found, found), 0);
    compare_close(&run);
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    for (size_t row = 0; row < r->runs.rows; row++)
        table_add_column(&r->runs, "accuracy", COLUMN_NUMBER)->numbers[row] = 0.9 + 0.0001 * (double)(row % 3);
    assert_int_equal(matrix_judge(context, &r, 1, "gru", "lstm", &m), GB_OK);
    assert_int_equal(m.rows[0].cells[MATRIX_WIDTH].word, MATRIX_UNDECIDED);
    assert_int_equal(m.rows[0].cells[MATRIX_WIDTH].more_seeds, 0);
    matrix_free(&m);
    gb_context_destroy(context);
    results_free(r);
    const double equal[] = {1, 2};
    comparison c = statistics_compare_paired(equal, equal, 2, NAN, 0, (comparison_levels){0, 0});
    assert_int_equal(comparison_more_seeds(&c), 9999); /* without a margin nothing can be found */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_asks_how_well),           cmocka_unit_test(the_outcome_is_of_solving),
        cmocka_unit_test(lost_pairs_are_counted_among_all), cmocka_unit_test(what_has_no_value_is_lost),
        cmocka_unit_test(more_seeds_bring_nothing_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
