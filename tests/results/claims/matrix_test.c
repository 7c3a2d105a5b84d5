/* SPDX-License-Identifier: MIT */
/* The verdict matrix: every matching has its entry, equal core time is read from the curves, and of two runs the better
 * one is used. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"
#include "results/claims/matrix.h"
#include "tests/results/constructed.h"

/* Two validations of a trial, after 1 and 2 units of its time. */
static void add_curve(results *r, double run, double unit, double first, double second) {
    table *t = &r->curves;
    for (int i = 1; i <= 2; i++)
        assert_true(table_add_row(t) && table_set_integer(t, "run", run) && table_set_integer(t, "step", 100 * i) &&
                    table_set_number(t, "valid_loss", i == 1 ? 2 : 1) &&
                    table_set_number(t, "valid_metric", i == 1 ? first : second) &&
                    table_set_number(t, "cpu_seconds", unit * i));
}

/* Five seeds of copy: at equal width the gru's accuracy is higher by `ahead`, at equal parameters by nothing. It takes
 * half the lstm's time for a step: where the lstm had its first validation, the gru has its second. */
static results *copied(const char *name, double ahead, int seeds) {
    static const double wobble[] = {0.0001, -0.0002, 0.0003, -0.0001, -0.0001};
    results *r = constructed_results(name);
    for (int parameters = 0; parameters < 2; parameters++)
        for (int seed = 1; seed <= seeds; seed++)
            for (int gru = 0; gru < 2; gru++) {
                double run = (double)r->runs.rows;
                table *t = constructed_trial(r, "copy", gru ? "gru" : "lstm", seed);
                assert_true(table_set_text(t, "matching", parameters ? "parameters" : "width") &&
                            table_set_integer(t, "hidden", gru && parameters ? 51 : 44) &&
                            table_set_integer(t, "blanks", 30) &&
                            table_set_integer(t, "cell_parameters", gru && !parameters ? 7304 : 9600) &&
                            table_set_number(t, "valid_accuracy", 0.8) &&
                            table_set_number(t, "accuracy",
                                             0.8 + (gru ? wobble[seed - 1] : 0) + (gru && !parameters ? ahead : 0)));
                add_curve(r, run, gru ? 1 : 2, 0.5, 0.8 + (gru ? wobble[seed - 1] : 0));
            }
    return r;
}

static void every_matching_has_its_cell(void **state) {
    (void)state;
    char word[96];
    verdict_matrix m;
    results *r = copied("copy", 0.1, 5);
    assert_int_equal(matrix_judge(judged_context, &r, 1, "gru", "lstm", &m), GB_OK);
    assert_int_equal(m.count, 1);
    assert_string_equal(m.rows[0].task, "copy blanks 30");
    const matrix_cell *cells = m.rows[0].cells;
    assert_int_equal(cells[MATRIX_WIDTH].word, MATRIX_A_BETTER);
    assert_true(fabs(cells[MATRIX_WIDTH].difference.estimate - 0.1) < 1e-9 && cells[MATRIX_WIDTH].difference.n == 5);
    assert_true(fabs(cells[MATRIX_WIDTH].in_margins.estimate - 10) < 1e-6 && cells[MATRIX_WIDTH].margin == 0.01);
    assert_string_equal(cells[MATRIX_WIDTH].metric, "accuracy");
    assert_true(cells[MATRIX_WIDTH].a_parameters == 7304 && isnan(cells[MATRIX_WIDTH].seconds));
    matrix_word(&m, &cells[MATRIX_WIDTH], word, sizeof word);
    assert_string_equal(word, "gru better");
    assert_int_equal(cells[MATRIX_PARAMETERS].word, MATRIX_EQUIVALENT);
    assert_int_equal(cells[MATRIX_STATE].word, MATRIX_NOT_RUN);
    /* after 2 seconds the gru has validated twice, the lstm once */
    assert_int_equal(cells[MATRIX_TIME].word, MATRIX_A_BETTER);
    assert_true(fabs(cells[MATRIX_TIME].mean_b - 0.5) < 1e-9 && cells[MATRIX_TIME].seconds == 2);
    assert_string_equal(cells[MATRIX_TIME].sizes, "width");
    matrix_free(&m);
    /* the other way round */
    assert_int_equal(matrix_judge(judged_context, &r, 1, "lstm", "gru", &m), GB_OK);
    assert_int_equal(m.rows[0].cells[MATRIX_WIDTH].word, MATRIX_B_BETTER);
    assert_true(m.rows[0].cells[MATRIX_WIDTH].in_margins.high < 0);
    matrix_free(&m);
    assert_int_equal(matrix_judge(judged_context, &r, 1, "rnn", "gru", &m), GB_OK);
    assert_int_equal(m.count, 0);
    matrix_free(&m);
    results_free(r);
}

/* Of a task that two runs have: the one that is not quick, whatever the order. */
static void the_better_run_is_taken(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        results *quick = copied("copy-quick", 0.1, 5), *full = copied("copy-full", 0, 3);
        results *all[] = {order ? quick : full, order ? full : quick};
        verdict_matrix m;
        assert_int_equal(matrix_judge(judged_context, all, 2, "gru", "lstm", &m), GB_OK);
        assert_int_equal(m.count, 1);
        assert_string_equal(m.rows[0].cells[MATRIX_WIDTH].run, "copy-full");
        assert_false(m.rows[0].cells[MATRIX_WIDTH].provisional);
        matrix_free(&m);
        results_free(quick);
        results_free(full);
    }
}

/* A single pair decides nothing, and a curve that tells no time gives no cell. */
static void little_is_undecided(void **state) {
    (void)state;
    verdict_matrix m;
    results *r = copied("copy", 0.1, 1);
    table_free(&r->curves);
    assert_int_equal(matrix_judge(judged_context, &r, 1, "gru", "lstm", &m), GB_OK);
    assert_int_equal(m.rows[0].cells[MATRIX_WIDTH].word, MATRIX_UNDECIDED);
    assert_int_equal(m.rows[0].cells[MATRIX_TIME].word, MATRIX_NOT_RUN);
    matrix_free(&m);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_matching_has_its_cell),
        cmocka_unit_test(the_better_run_is_taken),
        cmocka_unit_test(little_is_undecided),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
