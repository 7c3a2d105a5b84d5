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

#include "results/analysis/compare_extras.h"
#include "results/analysis/interim_looks.h"
#include "results/store/matching_rows.h"
#include "results/store/metrics.h"

static const char *const settings[] = {"cell", "hidden", "gap", "fillers", "lr", "seed", NULL};

typedef struct fixture {
    gb_context *context;
    table runs, curves;
    compare_findings made;
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
    compare_free(&f->made);
    table_free(&f->runs);
    table_free(&f->curves);
    gb_context_destroy(f->context);
    free(f);
    return 0;
}

static gb_status compare(fixture *f, const char *a, const char *b) {
    compare_question question = {"cell", "accuracy", a, b, settings, 0.01, 0.9, metric_higher_is_better("accuracy"),
                                 {0, 0}};
    compare_free(&f->made);
    return compare_arms(f->context, &f->runs, &f->curves, &question, &f->made);
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
    const compare_result *ten = &f->made.items[0], *all = &f->made.items[2];
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
    const compare_result *ten = &f->made.items[0], *fifty = &f->made.items[1], *all = &f->made.items[2];
    assert_int_equal(ten->solved_a, 5);
    assert_int_equal(ten->solved_b, 5); /* 0.911 and more */
    assert_int_equal(fifty->solved_a, 0);
    assert_int_equal(fifty->solved_b, 0);
    assert_true(ten->steps_a == 200 && ten->steps_b == 200 && ten->solving.p == 1);
    assert_true(isnan(fifty->steps_a) && fifty->solving.p == 1);
    assert_int_equal(all->solved_a, 5);
    assert_int_equal(all->tried_a, 10);
    assert_true(all->p_fisher == 1);
}

static void diverged_trials_are_lost_and_unsolved(void **state) {
    fixture *f = *state;
    free(f->runs.columns[1].texts[1]); /* gru, gap 10, seed 1 */
    f->runs.columns[1].texts[1] = strdup("diverged");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_result *ten = &f->made.items[0], *all = &f->made.items[2];
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
    compare_question question = {"cell", "accurracy", NULL, NULL, settings, 0.01, NAN, 1, {0, 0}};
    assert_int_equal(compare_arms(f->context, &f->runs, &f->curves, &question, &f->made), GB_INVALID);
    assert_int_equal(compare(f, "gru", "gru"), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "both arms are gru"));
    question = (compare_question){"seed", "accuracy", NULL, NULL, settings, 0.01, NAN, 1, {0, 0}};
    assert_int_equal(compare_arms(f->context, &f->runs, &f->curves, &question, &f->made), GB_INVALID);
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

/* What the other tests leave out: the rest of the statistics, of a group and over the groups as tasks. */
static void more_is_known_of_a_comparison(void **state) {
    fixture *f = *state;
    compare_extras more;
    compare_tasks *tasks;
    size_t count;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_question question = {.margin = 0.01, .solved = 0.9, .higher_is_better = 1};
    assert_int_equal(compare_extras_of(f->context, &question, &f->made.items[0], 2, &more), GB_OK);
    assert_true(more.violation == 0 && more.order_a < 0.2 && more.order_b > 0.8);    /* every gru beats every lstm */
    assert_true(isnan(more.iqm_a.low) && more.iqm_a.estimate > more.iqm_b.estimate); /* 5 seeds: no bootstrap */
    assert_true(more.seeds_difference > 1 && more.rate_a.low < 1 && more.rate_a.estimate == 1);
    const compare_findings *list = &f->made;
    assert_int_equal(compare_over_tasks(f->context, &list, 1, &tasks, &count), GB_OK);
    assert_int_equal(count, 1);
    assert_true(tasks->tasks == 2 && tasks->runs_a == 10 && tasks->improvement == 1);
    assert_true(isnan(tasks->iqm_a.low) && tasks->iqm_a.estimate > tasks->iqm_b.estimate); /* 10 runs: none either */
    free(tasks);
    assert_int_equal(compare_over_tasks(f->context, (const compare_findings *[]){list, list, list}, 3, &tasks, &count),
                     GB_OK);
    assert_true(tasks->tasks == 6 && tasks->runs_a == 30);
    assert_true(tasks->iqm_a.low < tasks->iqm_a.estimate && tasks->iqm_a.estimate < tasks->iqm_a.high);
    free(tasks);
}

/* Without a margin but with what counts as solved, the words and the family are about solving. */
static void solving_alone_is_a_question(void **state) {
    fixture *f = *state;
    char words[200];
    compare_question question = {"cell", "accuracy", "gru", "lstm", settings, NAN, 0.93, 1, {0, 0}};
    assert_int_equal(compare_arms(f->context, &f->runs, &f->curves, &question, &f->made), GB_OK);
    const compare_result *ten = &f->made.items[0]; /* gru solves at step 200, lstm never */
    assert_true(f->made.of_solving && ten->solving.z > 0 && ten->solving.p < 0.05);
    assert_true(ten->p_test == ten->solving.p && ten->p_holm >= ten->p_test);
    compare_words(&f->made, ten, words, sizeof words);
    assert_string_equal(words, "gru solves it sooner (median 200 steps; lstm: more than half never)");
    compare_words(&f->made, &f->made.items[1], words, sizeof words);
    assert_string_equal(words, "neither solves it");
}

/* A look's levels decide: what is different at 0.05 may be undecided at an early look, and Holm's p says so too. */
static void looks_are_stricter(void **state) {
    fixture *f = *state;
    looks l;
    text yaml = {0};
    assert_int_equal(looks_declare(f->context, 5, 20, 4, &l), GB_OK);
    assert_true(l.count == 4 && l.seeds[0] == 5 && l.seeds[1] == 10 && l.seeds[3] == 20);
    assert_true(l.levels[0].difference < 1e-4 && l.levels[3].difference > 0.04 && l.levels[3].difference < 0.05);
    assert_true(l.spent[3] > 0.0499 && l.spent[3] < 0.0501);
    looks_append(&l, &yaml);
    looks back;
    assert_int_equal(looks_parse(f->context, "looks", yaml.data, &back), GB_OK);
    assert_memory_equal(&back, &l, sizeof l);
    assert_true(looks_levels(&l, 12).difference == l.levels[1].difference);
    assert_true(looks_levels(&l, 3).difference == l.levels[0].difference);
    assert_true(looks_levels(&(looks){0}, 3).difference == 0.05);
    assert_int_equal(looks_parse(f->context, "looks", "declared: [{seeds: 5}, {seeds: 5}]", &back), GB_DATA);
    assert_int_equal(looks_declare(f->context, 1, 20, 4, &back), GB_INVALID);
    text_free(&yaml);
    compare_question question = {"cell", "accuracy", "gru", "lstm", settings, 0.01, 0.9, 1, {1e-12, 1e-12}};
    assert_int_equal(compare_arms(f->context, &f->runs, &f->curves, &question, &f->made), GB_OK);
    assert_int_equal(f->made.items[0].difference.word, VERDICT_UNDECIDED);
    assert_true(f->made.items[0].p_holm == 1 && f->made.items[0].p_test < 0.05);
}

/* A trial under two matchings is compared under either; who the others were matched to stands under parameters too. */
static void matchings_are_compared_apart(void **state) {
    fixture *f = *state;
    static const char *const with_matching[] = {"matching", "cell", "hidden", "lr", "seed", NULL};
    static const struct {
        const char *cell, *matching;
        double hidden, parameters;
    } rows[] = {{"lstm", "width", 32, 4480},
                {"gru", "width", 32, 3392},
                {"gru", "parameters", 37, 4477},
                {"rnn", "width+state", 32, 1120}};
    table runs = {0};
    for (size_t i = 0; i < 12; i++) {
        assert_true(table_add_row(&runs) && table_set_integer(&runs, "run", (double)i) &&
                    table_set_text(&runs, "status", "done") && table_set_text(&runs, "cell", rows[i / 3].cell) &&
                    table_set_text(&runs, "matching", rows[i / 3].matching) &&
                    table_set_integer(&runs, "hidden", rows[i / 3].hidden) &&
                    table_set_number(&runs, "cell_parameters", rows[i / 3].parameters) &&
                    table_set_integer(&runs, "seed", (double)(i % 3)) &&
                    table_set_number(&runs, "accuracy", 0.5 + 0.01 * (double)(i * i % 7)));
    }
    assert_int_equal(matchings_split(f->context, &runs), GB_OK);
    assert_int_equal(runs.rows, 12 + 3 + 3); /* the rnn of equal state, the lstm of equal parameters */
    compare_question question = {"cell", "accuracy", "gru", "lstm", with_matching, 0.01, NAN, 1, {0, 0}};
    assert_int_equal(compare_arms(f->context, &runs, &f->curves, &question, &f->made), GB_OK);
    assert_int_equal(f->made.count, 2); /* each matching on its own, nothing over both */
    assert_string_equal(f->made.items[0].group, "equal width");
    assert_string_equal(f->made.items[1].group, "equal parameters");
    assert_non_null(strstr(f->made.carried, "hidden"));
    assert_int_equal(f->made.items[1].pairs, 3);
    table_free(&runs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups_are_found_in_the_table, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_are_compared, setup, teardown),
        cmocka_unit_test_setup_teardown(solving_is_counted_and_censored, setup, teardown),
        cmocka_unit_test_setup_teardown(diverged_trials_are_lost_and_unsolved, setup, teardown),
        cmocka_unit_test_setup_teardown(more_is_known_of_a_comparison, setup, teardown),
        cmocka_unit_test_setup_teardown(solving_alone_is_a_question, setup, teardown),
        cmocka_unit_test_setup_teardown(looks_are_stricter, setup, teardown),
        cmocka_unit_test_setup_teardown(matchings_are_compared_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_compared_is_said, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
