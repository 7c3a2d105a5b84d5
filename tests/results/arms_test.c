/* SPDX-License-Identifier: MIT */
/* Arms compared on constructed tables: which settings make groups, which come with an arm, what is paired and lost. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "results/verdicts/arms.h"

static const char *const settings[] = {"cell", "hidden", "gap", "fillers", "lr", "seed", NULL};

typedef struct fixture {
    gb_context *context;
    table runs, curves;
    arms_comparison made;
} fixture;

/* Accuracy of a trial: gru a little better than lstm, both worse at gap 50. */
static double accuracy_of(const char *cell, double gap, int seed) {
    return 0.95 - 0.004 * gap + 0.001 * seed + (strcmp(cell, "gru") == 0 ? 0.05 + 0.002 * (seed % 3) : 0);
}

/* A trial; its widths are zipped to the cell, its learning rate was tuned by cell and gap, fillers go with the gap. */
static void add_trial(fixture *f, const char *cell, double gap, int seed) {
    bool gru = strcmp(cell, "gru") == 0;
    double run = (double)f->runs.rows, accuracy = accuracy_of(cell, gap, seed);
    assert_true(table_add_row(&f->runs) && table_set_integer(&f->runs, "run", run) &&
                table_set_text(&f->runs, "status", "done") && table_set_text(&f->runs, "cell", cell) &&
                table_set_integer(&f->runs, "hidden", gru ? 49 : 39) && table_set_integer(&f->runs, "gap", gap) &&
                table_set_integer(&f->runs, "fillers", 2 * gap) &&
                table_set_number(&f->runs, "lr", gru && gap > 10 ? 0.001 : 0.002) &&
                table_set_integer(&f->runs, "seed", seed) && table_set_number(&f->runs, "accuracy", accuracy) &&
                table_set_number(&f->runs, "valid_accuracy", accuracy));
    for (int step = 100; step <= 300; step += 100) /* solved at step 200, or never */
        assert_true(table_add_row(&f->curves) && table_set_integer(&f->curves, "run", run) &&
                    table_set_integer(&f->curves, "step", step) &&
                    table_set_number(&f->curves, "valid_metric", step < 200 ? 0.5 : accuracy));
}

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(gb_context_create(NULL, &f->context), GB_OK);
    for (int gap = 10; gap <= 50; gap += 40)
        for (int seed = 1; seed <= 5; seed++) {
            add_trial(f, "lstm", gap, seed); /* lstm first, so that arms are in the table's order */
            add_trial(f, "gru", gap, seed);
        }
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    arms_free(&f->made);
    table_free(&f->runs);
    table_free(&f->curves);
    gb_context_destroy(f->context);
    free(f);
    return 0;
}

static gb_status compare(fixture *f, const char *a, const char *b) {
    arms_question question = {"cell", "accuracy", a, b, settings, 0.01, 0.9, arms_higher_is_better("accuracy")};
    arms_free(&f->made);
    return arms_compare(f->context, &f->runs, &f->curves, &question, &f->made);
}

static void groups_are_found_in_the_table(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    assert_string_equal(f->made.grouped, "gap"); /* fillers follow from it */
    assert_non_null(strstr(f->made.carried, "hidden"));
    assert_non_null(strstr(f->made.carried, "lr"));
    assert_null(strstr(f->made.carried, "fillers"));
    assert_int_equal(f->made.count, 3);
    assert_string_equal(f->made.items[0].group, "gap 10");
    assert_string_equal(f->made.items[1].group, "gap 50");
    assert_null(f->made.items[2].group);
}

static void pairs_are_compared(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const arms_result *ten = &f->made.items[0], *all = &f->made.items[2];
    double gru[5], lstm[5];
    for (int seed = 1; seed <= 5; seed++) {
        gru[seed - 1] = accuracy_of("gru", 10, seed);
        lstm[seed - 1] = accuracy_of("lstm", 10, seed);
    }
    comparison wanted = statistics_compare_paired(gru, lstm, 5, 0.01, 1);
    assert_int_equal(ten->pairs, 5);
    assert_true(ten->difference.difference.low == wanted.difference.low);
    assert_int_equal(ten->difference.word, VERDICT_A_BETTER);
    assert_true(fabs(ten->mean_a / ten->mean_b - ten->ratio) < 1e-12);
    assert_true(ten->improvement.estimate == 1 && ten->improvement.low < 1);
    assert_true(ten->p_holm >= ten->difference.p_difference && ten->p_holm < 0.05 && isnan(all->p_holm));
    assert_int_equal(all->pairs, 5); /* a seed counts once */
    assert_true(fabs(all->difference.difference.estimate - ten->difference.difference.estimate) < 1e-12);
    assert_int_equal(compare(f, "lstm", "gru"), GB_OK); /* the other way round */
    assert_int_equal(f->made.items[0].difference.word, VERDICT_B_BETTER);
    assert_true(f->made.items[0].improvement.estimate == 0);
    assert_int_equal(compare(f, NULL, NULL), GB_OK); /* each pair once, in the table's order */
    assert_int_equal(f->made.count, 3);
    assert_string_equal(f->made.items[0].a, "lstm");
}

static void solving_is_counted_and_censored(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const arms_result *ten = &f->made.items[0], *fifty = &f->made.items[1], *all = &f->made.items[2];
    assert_int_equal(ten->solved_a, 5);
    assert_int_equal(ten->solved_b, 5); /* 0.911 and more */
    assert_int_equal(fifty->solved_a, 0);
    assert_int_equal(fifty->solved_b, 0);
    assert_true(ten->steps_a == 200 && ten->steps_b == 200 && ten->p_log_rank == 1);
    assert_true(isnan(fifty->steps_a) && fifty->p_log_rank == 1);
    assert_int_equal(all->solved_a, 5);
    assert_int_equal(all->tried_a, 10);
    assert_true(all->p_fisher == 1);
}

static void diverged_trials_are_lost_and_unsolved(void **state) {
    fixture *f = *state;
    free(f->runs.columns[1].texts[1]); /* gru, gap 10, seed 1 */
    f->runs.columns[1].texts[1] = strdup("diverged");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const arms_result *ten = &f->made.items[0], *all = &f->made.items[2];
    assert_int_equal(ten->pairs, 4);
    assert_int_equal(ten->lost, 1);
    assert_int_equal(ten->solved_a, 4);
    assert_int_equal(ten->tried_a, 5);
    assert_int_equal(all->pairs, 4); /* seed 1 has no pair at gap 10 */
    assert_int_equal(all->lost, 1);
}

static void what_cannot_be_compared_is_said(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "rnn", NULL), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "lstm, gru"));
    arms_question question = {"cell", "accurracy", NULL, NULL, settings, 0.01, NAN, 1};
    assert_int_equal(arms_compare(f->context, &f->runs, &f->curves, &question, &f->made), GB_INVALID);
    question = (arms_question){"seed", "accuracy", NULL, NULL, settings, 0.01, NAN, 1};
    assert_int_equal(arms_compare(f->context, &f->runs, &f->curves, &question, &f->made), GB_INVALID);
    bool keep[20];
    for (size_t row = 0; row < 20; row++)
        keep[row] = row % 2; /* gru only */
    table_keep_rows(&f->runs, keep);
    assert_int_equal(f->runs.rows, 10);
    assert_string_equal(table_text(&f->runs, 9, "cell"), "gru");
    assert_true(table_number(&f->runs, 9, "seed") == 5);
    assert_int_equal(compare(f, NULL, NULL), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "all trials have the same cell"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups_are_found_in_the_table, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_are_compared, setup, teardown),
        cmocka_unit_test_setup_teardown(solving_is_counted_and_censored, setup, teardown),
        cmocka_unit_test_setup_teardown(diverged_trials_are_lost_and_unsolved, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_compared_is_said, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
