/* SPDX-License-Identifier: MIT */
/* Every figure drawn from constructed results; refused requests; and text that gnuplot must not run as a command. */
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
#include "results/analysis/compare_run.h"
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
    draw_and_check(*state, recall, "accuracy_by_gap",
                   (const char *const[]){"Recall across a gap", "trained at that gap", ">chance<", ">lstm<", NULL});
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

/* What has no words has none in LaTeX either, as a lone backslash would take the brace after it; and what LaTeX
 * includes is as wide as what gnuplot drew. */
static void test_latex_without_a_label(void **state) {
    place *p = *state;
    size_t size;
    results *ledger = fixture_ledger(); /* whose x axis has no name */
    const plots_look look = {.formats = "tex"};
    assert_int_equal(plots_draw(p->context, ledger, "parameters_by_cell", p->folder, &look), GB_OK);
    char *tex = place_read(p, "ledger-parameters_by_cell-latex.tex", &size);
    assert_non_null(strstr(tex, "counted as Keras does"));
    assert_null(strstr(tex, "{\\strut{}\\}"));
    assert_non_null(strstr(tex, "includegraphics[width={675.00bp}")); /* all of it, not a panel */
    free(tex);
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
    expect_failure(p, recall, "loss_by_gap_per_", GB_INVALID, "<metric>_by_<setting>");
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

static void expect_words(place *p, const char *name, const char *const *words) {
    size_t size;
    char *svg = place_read(p, name, &size);
    for (; *words; words++)
        if (!strstr(svg, *words))
            fail_msg("%s lacks \"%s\"", name, *words);
    free(svg);
}

/* What compare finds: as a forest, and as a matrix. */
static void test_comparisons(void **state) {
    place *p = *state;
    results *r = fixture_recall(1);
    char near[] = "gap 20", far[] = "gap 500";
    compare_result found[] = {{.a = "gru",
                               .b = "lstm",
                               .group = near,
                               .pairs = 5,
                               .difference = {.difference = {0.1, 0.05, 0.15, 5}, .word = VERDICT_A_BETTER}},
                              {.a = "gru",
                               .b = "lstm",
                               .group = far,
                               .pairs = 5,
                               .difference = {.difference = {0.001, -0.004, 0.006, 5}, .word = VERDICT_EQUIVALENT}},
                              {.a = "gru",
                               .b = "lstm",
                               .pairs = 5,
                               .difference = {.difference = {0.05, 0.02, 0.08, 5}, .word = VERDICT_A_BETTER}}};
    compare_answer answer = {.question = {.metric = "accuracy", .margin = 0.01, .higher_is_better = 1},
                             .found = {.items = found, .count = 3}};
    const compare_run run = {.file = r, .answers = &answer, .count = 1};
    if (plots_draw_comparisons(p->context, &run, 1, "differences", p->folder, "x", NULL) != GB_OK ||
        plots_draw_comparisons(p->context, &run, 1, "verdicts", p->folder, "x", NULL) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    expect_words(p, "x-differences.svg",
                 (const char *const[]){"gap 20", "gap 500", "gru \xe2\x88\x92 lstm", "equivalent within", NULL});
    expect_words(p, "x-verdicts.svg", (const char *const[]){"recall-quick", "gru better (5)", "equal width", NULL});
    assert_int_equal(plots_draw_comparisons(p->context, &run, 1, "learning_curves", p->folder, "x", NULL), GB_INVALID);
    assert_int_equal(plots_draw_comparisons(p->context, &run, 0, "differences", p->folder, "x", NULL), GB_INVALID);
    results_free(r);
}

/* Two swept numbers that were combined: a heat map, unasked. */
static void test_heat_map(void **state) {
    place *p = *state;
    results *r = fixture_results("r", "", "sweep: {length: [10, 20], layers: [1, 2], seed: [1]}");
    for (int length = 10; length <= 20; length += 10)
        for (int layers = 1; layers <= 2; layers++) {
            fixture_trial(r, "gru", 1);
            table_set_integer(&r->runs, "length", length);
            table_set_integer(&r->runs, "layers", layers);
            table_set_number(&r->runs, "mse", length * layers / 100.);
            table_set_number(&r->runs, "valid_mse", 1);
        }
    char **names = NULL;
    assert_int_equal(plots_wanted(p->context, r, &names), GB_OK);
    size_t count = 0;
    while (names[count])
        count++;
    assert_string_equal(names[count - 1], "mse_by_length_and_layers");
    file_free_list(names);
    draw_and_check(p, r, "mse_by_length_and_layers",
                   (const char *const[]){"Mean squared error by length and layers", ">0.1<", ">0.4<", NULL});
    results_free(r);
}

/* Rows that are words as well as numbers, which gnuplot would stop at when it has to read one as the other. */
static void test_words_as_rows(void **state) {
    static const char *const biases[] = {"init", "1", "chrono:30", "-1"};
    place *p = *state;
    results *r = fixture_results("r", "", "sweep: {blanks: [10, 30], forget_bias: [init, 1], seed: [1]}");
    for (int blanks = 10; blanks <= 30; blanks += 20)
        for (size_t i = 0; i < sizeof biases / sizeof *biases; i++) {
            fixture_trial(r, "gru", 1);
            table_set_integer(&r->runs, "blanks", blanks);
            table_set_text(&r->runs, "forget_bias", biases[i]);
            table_set_number(&r->runs, "accuracy", 0.25);
        }
    draw_and_check(p, r, "retention_map", (const char *const[]){">init<", ">chrono:30<", ">0.25<", NULL});
    results_free(r);
}

/* Every format, theme and shade; a copy of the script writes its picture beside itself; unknown names are refused. */
static void test_looks(void **state) {
    static const char *const themes[] = {"web", "paper", "slides"};
    static const char *const endings[] = {".svg", ".pdf", ".png", "-latex.tex", "-latex.pdf"};
    place *p = *state;
    char name[256], command[3 * PATH_MAX];
    results *r = fixture_recall(2);
    strcpy(table_add_column(&r->runs, "train_gap", COLUMN_TEXT)->texts[0], "a_b%"); /* special in LaTeX */
    for (size_t theme = 0; theme < 3; theme++)
        for (int dark = 0; dark < 2; dark++) {
            const plots_look look = {.formats = "svg,pdf,png,tex", .theme = themes[theme], .dark = dark};
            if (plots_draw(p->context, r, "accuracy_by_gap", p->folder, &look) != GB_OK)
                fail_msg("%s, %d: %s", themes[theme], dark, gb_context_message(p->context));
            for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
                snprintf(name, sizeof name, "%s/recall-quick-accuracy_by_gap%s", p->folder, endings[i]);
                assert_true(file_exists(name));
                assert_int_equal(unlink(name), 0);
            }
        }
    snprintf(command, sizeof command,
             "cd / && cp '%s/recall-quick-accuracy_by_gap.gp' '%s/mine.gp' && gnuplot -d '%s/mine.gp'", p->folder,
             p->folder, p->folder);
    assert_int_equal(system(command), 0);
    snprintf(name, sizeof name, "%s/mine.svg", p->folder);
    assert_true(file_exists(name));
    static const plots_look wrong[] = {
        {.formats = "svg,gif"}, {.theme = "neon"}, {.width = 0.1}, {.font_scale = 9}, {.formats = ""}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(plots_draw(p->context, r, "accuracy_by_gap", p->folder, &wrong[i]), GB_INVALID);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_comparisons, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_heat_map, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_words_as_rows, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_looks, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_every_figure, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_latex_without_a_label, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_drawn, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_without_gnuplot, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_end_of_a_picture, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_no_finite_data, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_short_runs_and_all_solved, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_a_sweep_draws_itself, place_set_up, place_tear_down),
    };
    if (system("command -v gnuplot >/dev/null") != 0) {
        print_message("skipped: gnuplot is not installed (package gnuplot-nox)\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
