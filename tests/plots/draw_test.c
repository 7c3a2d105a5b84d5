/* SPDX-License-Identifier: MIT */
/* Every figure drawn from results made by hand; what is refused; and text that would like to be a command. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "place.h"
#include "plots/plots.h"
#include "support/file.h"

/* Draws a figure in both formats; the SVG must hold each of the words, and be well-formed where xmllint is there. */
static void draw_and_check(place *p, const results *r, const char *figure, const char *const *words) {
    char name[128], command[256];
    size_t size;
    if (plots_draw(p->context, r, figure, p->folder, NULL) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    snprintf(name, sizeof name, "%s-%s.pdf", r->name, figure);
    char *pdf = place_read(p, name, &size);
    assert_true(size > 1000);
    assert_memory_equal(pdf, "%PDF-", 5);
    free(pdf);
    snprintf(name, sizeof name, "%s-%s.svg", r->name, figure);
    char *svg = place_read(p, name, &size);
    for (; *words; words++)
        if (!strstr(svg, *words))
            fail_msg("%s lacks \"%s\"", name, *words);
    assert_non_null(strstr(svg + size - 10, "</svg>")); /* whole */
    free(svg);
    snprintf(command, sizeof command, "command -v xmllint >/dev/null || exit 0; xmllint --noout '%s/%s'", p->folder,
             name);
    assert_int_equal(system(command), 0);
}

static void test_every_figure(void **state) {
    results *recall = fixture_recall(5), *vanishing = fixture_vanishing(3), *ledger = fixture_ledger();
    draw_and_check(
        *state, recall, "accuracy_by_gap",
        (const char *const[]){"Recall across a gap", "trained at the gap itself", ">chance<", ">lstm<", NULL});
    draw_and_check(*state, recall, "learning_curves",
                   (const char *const[]){"Learning curves", "trained at the gap itself", ">gru<", NULL});
    draw_and_check(*state, vanishing, "gradient_by_lag",
                   (const char *const[]){"init keras, after training", "init pytorch, before training", ">rnn<", NULL});
    draw_and_check(
        *state, ledger, "parameters_by_cell",
        (const char *const[]){">candidate<", ">forget gate<", ">update gate<", "counted as Keras does", NULL});
    results_free(recall);
    results_free(vanishing);
    results_free(ledger);
}

/* Fails as told, with a sentence that holds the words. */
static void expect_failure(place *p, const results *r, const char *figure, gb_status expected, const char *words) {
    assert_int_equal(plots_draw(p->context, r, figure, p->folder, &(plots_look){.formats = "svg"}), expected);
    if (!strstr(gb_context_message(p->context), words))
        fail_msg("\"%s\" lacks \"%s\"", gb_context_message(p->context), words);
}

static void test_what_cannot_be_drawn(void **state) {
    place *p = *state;
    results *recall = fixture_recall(1), *empty = fixture_results("empty", "", "");
    expect_failure(p, recall, "gradient_by_lag", GB_INVALID, "gradient_by_lag");
    expect_failure(p, recall, "acuracy_by_gap", GB_INVALID, "did you mean \"accuracy_by_gap\"");
    expect_failure(p, recall, "style", GB_INVALID, "no figure");
    expect_failure(p, recall, "../plots/accuracy_by_gap", GB_INVALID, "no figure");
    expect_failure(p, empty, "accuracy_by_gap", GB_INVALID, "\"accuracy\"");
    assert_int_equal(plots_draw(p->context, recall, "accuracy_by_gap", p->folder, &(plots_look){.formats = "gif"}),
                     GB_INVALID);
    for (size_t row = 0; row < recall->runs.rows; row++)
        strcpy(table_add_column(&recall->runs, "stage", COLUMN_TEXT)->texts[row], "tune");
    expect_failure(p, recall, "accuracy_by_gap", GB_INVALID, "final stage");
    results_free(recall);
    results_free(empty);
}

static void test_without_gnuplot(void **state) {
    place *p = *state;
    results *r = fixture_recall(1);
    char *path = strdup(getenv("PATH"));
    assert_non_null(path);
    setenv("PATH", p->folder, 1);
    expect_failure(p, r, "accuracy_by_gap", GB_IO, "gnuplot-nox");
    setenv("PATH", path, 1);
    free(path);
    results_free(r);
}

/* cairo 1.18 ends a PDF with a compressed table, which may hold zero bytes close before the mark of its end. */
static void test_end_of_a_picture(void **state) {
    place *p = *state;
    results *r = fixture_recall(1);
    place_set_gnuplot(p, "head -c 100 /dev/zero >$output; printf '\\0startxref\\n12\\n%%%%EOF\\n' >>$output");
    assert_int_equal(plots_draw(p->context, r, "accuracy_by_gap", p->folder, &(plots_look){.formats = "pdf"}), GB_OK);
    expect_failure(p, r, "accuracy_by_gap", GB_IO, "is the disk full?"); /* an SVG without its end */
    results_free(r);
}

/* A panel in which nothing is finite is said to be empty; the others are drawn. */
static void test_no_finite_data(void **state) {
    place *p = *state;
    results *r = fixture_results("r", "", "sweep: {cell: [gru], layers: [1, 2]}");
    for (int layers = 1; layers <= 2; layers++) {
        fixture_trial(r, "gru", 1);
        table_set_integer(&r->runs, "layers", layers);
        table_set_text(&r->runs, "status", layers == 1 ? "done" : "diverged");
        fixture_curve(r, 0, layers == 1 ? 1 : NAN);
        fixture_curve(r, 10, layers == 1 ? 0.5 : INFINITY);
    }
    draw_and_check(p, r, "learning_curves", (const char *const[]){"layers 1", "layers 2", "no finite data", NULL});
    for (size_t row = 0; row < r->curves.rows; row++)
        table_add_column(&r->curves, "valid_loss", COLUMN_NUMBER)->numbers[row] = NAN;
    draw_and_check(p, r, "learning_curves", (const char *const[]){"no finite data", NULL});
    results_free(r);
}

/* Runs so short that a third of the axis is less than a step, and curves that all rise to the end: both once left
 * gnuplot without an axis. */
static void test_short_runs_and_all_solved(void **state) {
    place *p = *state;
    results *r = fixture_results("r", "",
                                 "task: {name: adding}\ntrain: {stop: {reach: 0.04, for: 1}}\n"
                                 "sweep: {cell: [gru], seed: [1, 2]}");
    for (int seed = 1; seed <= 2; seed++) {
        fixture_trial(r, "gru", seed);
        table_set_text(&r->runs, "task", "adding");
        table_set_number(&r->runs, "reach", 0.04);
        table_set_integer(&r->runs, "steps", 2);
        table_set_number(&r->runs, "valid_mse", 0.01);
        for (int step = 0; step <= 2; step += 2) {
            fixture_curve(r, step, step ? 0.01 : 1);
            table_set_number(&r->curves, "valid_metric", step ? 0.01 : 1);
        }
    }
    draw_and_check(p, r, "learning_curves", (const char *const[]){"Learning curves", ">gru<", NULL});
    draw_and_check(p, r, "solved_by_step", (const char *const[]){"Steps until solved", ">gru<", NULL});
    results_free(r);
}

/* Any number by any setting; and what a sweep draws without being asked. */
static void test_a_sweep_draws_itself(void **state) {
    place *p = *state;
    results *recall = fixture_recall(2);
    draw_and_check(p, recall, "loss_by_gap",
                   (const char *const[]){"Test loss by gap", "trained on gaps drawn up to it", ">lstm<", NULL});
    expect_failure(p, recall, "mood_by_gap", GB_INVALID, "\"mood\"");
    expect_failure(p, recall, "loss_by_gap_per_", GB_INVALID, "<number>_by_<setting>");
    results *swept = fixture_results("r", "", "figures: [learning_curves]\nsweep: {length: [10, 20], lr: [1]}");
    char **names = NULL;
    for (int length = 10; length <= 20; length += 10) {
        fixture_trial(swept, "gru", 1);
        table_set_integer(&swept->runs, "length", length);
        table_set_number(&swept->runs, "lr", 1);
        table_set_number(&swept->runs, "mse", length);
        table_set_number(&swept->runs, "valid_loss", 1);
        table_set_number(&swept->runs, "valid_mse", 1);
    }
    assert_int_equal(plots_wanted(p->context, swept, &names), GB_OK);
    const char *const expected[] = {"learning_curves", "mse_by_length", "cpu_seconds_by_length"};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(names[i], expected[i]);
    assert_null(names[3]);
    file_free_list(names);
    assert_int_equal(plots_wanted(p->context, recall, &names), GB_OK); /* accuracy_by_gap has the gap already */
    assert_string_equal(names[1], "learning_curves");
    assert_null(names[2]);
    file_free_list(names);
    results_free(swept);
    results_free(recall);
}

/* What gnuplot 5.4 would run if it got out of its quotes, and what XML could not hold. */
static const char *const hostile[] = {"`touch canary`",
                                      "'.system('touch canary').'",
                                      "' ; !touch canary\n!touch canary\n",
                                      "\"`touch canary`\"",
                                      "@canary",
                                      "<touch canary",
                                      "|touch canary",
                                      "x\\",
                                      "%s%n%d",
                                      "a_b^{c}&<svg onload='x'>",
                                      "\xff\xfe \xc3(",
                                      "\x01\x1b[31m\x7f",
                                      "\xef\xbf\xbf",
                                      "EOD\nEOD",
                                      "$(touch canary)",
                                      "\"\n\"\n!touch canary\n"};

static void test_hostile_names(void **state) {
    place *p = *state;
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        results *r = fixture_results("r", hostile[i], "sweep: {cell: [a, b], train_gap: [a], seed: [1]}");
        free(r->name);
        r->name = strdup(hostile[i]);
        for (int panel = 0; panel < 2; panel++)
            for (int gap = 5; gap <= 50; gap += 45) {
                fixture_trial(r, hostile[i], 1);
                table_set_integer(&r->runs, "gap", gap);
                table_set_text(&r->runs, "train_gap", panel ? hostile[i] : "fixed");
                table_set_integer(&r->runs, "correct", 5);
                table_set_integer(&r->runs, "predictions", 10);
                table_set_number(&r->runs, "accuracy", 0.5);
            }
        if (plots_draw(p->context, r, "accuracy_by_gap", p->folder, NULL) != GB_OK)
            fail_msg("%s: %s", hostile[i], gb_context_message(p->context));
        results_free(r);
    }
    snprintf(path, sizeof path, "%s/canary", p->folder);
    assert_false(file_exists(path));
    snprintf(path, sizeof path, "command -v xmllint >/dev/null || exit 0; xmllint --noout '%s'/*.svg", p->folder);
    assert_int_equal(system(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_figure, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_drawn, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_without_gnuplot, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_end_of_a_picture, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_no_finite_data, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_short_runs_and_all_solved, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_a_sweep_draws_itself, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_names, place_set_up, place_tear_down),
    };
    if (system("command -v gnuplot >/dev/null") != 0) {
        print_message("skipped: gnuplot is not installed (package gnuplot-nox)\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
