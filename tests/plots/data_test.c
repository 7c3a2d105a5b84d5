/* SPDX-License-Identifier: MIT */
/* Means and intervals of figures against numbers computed by hand, and which settings are not averaged over. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "plots/figure_points.h"

static const double tolerance = 1e-9;

static figure_data gather(gb_context *context, const char *name, const results *r) {
    figure *f;
    figure_data data = {0};
    results split;
    if (figure_read(context, name, &f) != GB_OK || data_split(context, r, &split) != GB_OK ||
        data_gather(context, f, &split, &data) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    table_free(&split.runs);
    figure_free(f);
    return data;
}

static void add_counted(results *r, const char *cell, double seed, double gap, double correct, double predictions) {
    fixture_trial(r, cell, seed);
    table_set_integer(&r->runs, "gap", gap);
    table_set_integer(&r->runs, "answers", 4);
    table_set_number(&r->runs, "accuracy", correct / predictions);
    table_set_integer(&r->runs, "correct", correct);
    table_set_integer(&r->runs, "predictions", predictions);
}

/* 81 of 100 pooled: (0.81 + z^2/200 -+ z sqrt(0.81 * 0.19/100 + z^2/40000)) / (1 + z^2/100), z = 1.959964. */
static void test_pooled(void **state) {
    results *r = fixture_results("r", "", "sweep: {gap: [5], seed: [1, 2]}");
    add_counted(r, "gru", 1, 5, 21, 40);
    fixture_metric(r, "baseline_accuracy/chance", 0, 0.25);
    add_counted(r, "gru", 2, 5, 60, 60);
    fixture_metric(r, "baseline_accuracy/chance", 0, 0.25);
    add_counted(r, "gru", 3, 5, 0, 60);
    table_set_text(&r->runs, "stage", "tune");
    add_counted(r, "gru", 4, 5, 0, 60);
    table_set_text(&r->runs, "status", "failed");
    figure_data data = gather(*state, "accuracy_by_gap", r);
    assert_int_equal(data.point_count, 2);
    assert_int_equal(data.value_count, 2);
    assert_int_equal(data.points[0].value.n, 2);
    assert_float_equal(data.points[0].value.estimate, 0.81, tolerance);
    assert_float_equal(data.points[0].value.low, 0.722212, 1e-6);
    assert_float_equal(data.points[0].value.high, 0.874853, 1e-6);
    assert_float_equal(data.predictions_most, 100, 0);
    assert_int_equal(data.baselines, 1);
    assert_string_equal(data.groups.items[1], "chance");
    assert_int_equal(data.points[1].group, 1);
    assert_float_equal(data.points[1].value.estimate, 0.25, 0);
    data_free(&data);
    results_free(r);
}

/* Mean of 1, 2, 4 is 7/3; the t quantile of 2 degrees is 4.302652730; deviation sqrt(7/3). A trial that stops early
 * ends the mean. */
static void test_student(void **state) {
    static const double losses[] = {1, 2, 4};
    results *r = fixture_results("r", "", "sweep: {seed: [1, 2, 3]}");
    for (int seed = 0; seed < 3; seed++) {
        fixture_trial(r, "lstm", seed);
        fixture_curve(r, 0, losses[seed]);
        fixture_curve(r, 10, 1);
        if (seed < 2)
            fixture_curve(r, 20, 1);
    }
    figure_data data = gather(*state, "learning_curves", r);
    assert_int_equal(data.point_count, 2);
    assert_int_equal(data.value_count, 8);
    double half = 4.302652729749462 * sqrt(7.0 / 3) / sqrt(3);
    assert_float_equal(data.points[0].value.estimate, 7.0 / 3, tolerance);
    assert_float_equal(data.points[0].value.low, 7.0 / 3 - half, 1e-6);
    assert_float_equal(data.points[0].value.high, 7.0 / 3 + half, 1e-6);
    assert_float_equal(data.points[1].x, 10, 0);
    data_free(&data);
    results_free(r);
}

/* log10 norms, relative to lag 0 of each trial: 0 and mean(-3, -5) = -4; an underflow leaves no mean. */
static void test_geometric(void **state) {
    results *r = fixture_results("r", "", "sweep: {seed: [1, 2]}");
    for (int seed = 0; seed < 2; seed++) {
        fixture_trial(r, "rnn", seed);
        fixture_metric(r, "gradient_by_lag", 0, -1 - seed);
        fixture_metric(r, "gradient_by_lag", 50, -4 - 3 * seed);
        fixture_metric(r, "gradient_by_lag", 100, seed ? -INFINITY : -9);
        fixture_metric(r, "something_else", 0, 7);
    }
    figure_data data = gather(*state, "gradient_by_lag", r);
    assert_int_equal(data.panels.count, 1);
    assert_int_equal(data.point_count, 3);
    assert_float_equal(data.points[0].value.estimate, 0, tolerance);
    assert_float_equal(data.points[1].value.estimate, -4, tolerance);
    assert_true(data.points[1].value.low < -4 && data.points[1].value.high > -4);
    assert_true(isnan(data.points[2].value.estimate));
    assert_int_equal(data.vanished, 1);
    data_free(&data);
    results_free(r);
}

/* Settings run at one gap only, beside a sweep of gaps, make no panels of their own. */
static void test_settings_beside_a_sweep(void **state) {
    results *r = fixture_results("r", "", "sweep: [{gap: [5, 20]}, {init: [a, b], gap: 20}]");
    static const char *const inits[] = {"keras", "keras", "a", "b"};
    for (int i = 0; i < 4; i++) {
        add_counted(r, "rnn", 1, i == 0 ? 5 : 20, 10 * i, 40);
        table_set_text(&r->runs, "init", inits[i]);
    }
    figure_data data = gather(*state, "accuracy_by_gap", r);
    assert_int_equal(data.panels.count, 1);
    assert_int_equal(data.panels_single, 2);
    assert_string_equal(data.panels.items[0], "init keras"); /* the others are in the table only */
    assert_int_equal(data.value_count, 2);
    assert_true(data.values[0].panel == 0 && data.values[1].panel == 0 && data.values[1].y == 0.25);
    data_free(&data);
    results_free(r);
}

/* A tuned rate that depends on cell and size together separates no cells: the panels are the sizes. */
static void test_tuned_settings_make_no_panels(void **state) {
    static const char *const matched[] = {"101/100", "99/100", "401/400", "399/400"};
    results *r =
        fixture_results("r", "", "{sweep: {cell: [rnn, gru], hidden: [8, 16], seed: [1]}, tune: {lr: [0.1, 0.2]}}");
    for (int i = 0; i < 4; i++) {
        fixture_trial(r, i % 2 ? "gru" : "rnn", 1);
        table_set_text(&r->runs, "matching", "parameters");
        table_set_text(&r->runs, "matched", matched[i]);
        table_set_number(&r->runs, "lr", i == 3 ? 0.2 : 0.1);
        table_set_integer(&r->runs, "hidden", (i < 2 ? 8 : 16) - i % 2);
        fixture_curve(r, 0, 1);
        fixture_curve(r, 10, i);
    }
    figure_data data = gather(*state, "learning_curves", r);
    assert_int_equal(data.panels.count, 2);
    assert_string_equal(data.panels.items[0], "matched to 100");
    assert_string_equal(data.panels.items[1], "matched to 400");
    data_free(&data);
    results_free(r);
}

static void add_solver(results *r, const char *cell, int seed, const char *matching, double parameters,
                       const double metric[3], const char *status) {
    fixture_trial(r, cell, seed);
    table_set_text(&r->runs, "matching", matching);
    table_set_text(&r->runs, "matched", strchr(matching, '+') ? "8/8+400/400" : *matching == 'p' ? "410/400" : "8/8");
    table_set_text(&r->runs, "status", status);
    table_set_integer(&r->runs, "cell_parameters", parameters);
    table_set_integer(&r->runs, "steps", 500);
    table_set_number(&r->runs, "valid_mse", metric[2]);
    for (int i = 0; i < 3; i++) {
        fixture_curve(r, 100 * i, 1);
        table_set_number(&r->curves, "valid_metric", metric[i]);
    }
}

/* Four trials: one solves at 100, one at 200, one never until 200, one diverges and so never until the limit of 500.
 * Kaplan-Meier by hand: 1 - 3/4 = 0.25 at 100, 1 - 3/4 * 2/3 = 0.5 at 200. The cell that the others were matched to
 * stands in the panel of equal parameters too. */
static void test_survival(void **state) {
    static const double early[] = {1, 0.01, 0.02}, late[] = {1, 0.011, 0.002}, never[] = {1, 1, 0.5};
    static const double lost[] = {1, NAN, NAN};
    results *r = fixture_results("r", "",
                                 "sweep: {cell: [gru, lstm], hidden: [8, 9], seed: [1, 2]}\n"
                                 "compare: [{a: gru, b: lstm, metric: mse, solved: 0.01}]");
    add_solver(r, "lstm", 1, "width+parameters", 400, early, "done");
    add_solver(r, "lstm", 2, "width+parameters", 400, late, "done");
    add_solver(r, "lstm", 3, "width+parameters", 400, never, "done");
    add_solver(r, "lstm", 4, "width+parameters", 400, lost, "diverged");
    add_solver(r, "rnn", 1, "width", 100, never, "done");
    add_solver(r, "gru", 1, "parameters", 410, early, "done");
    figure_data data = gather(*state, "solved_by_step", r);
    assert_int_equal(data.panels.count, 2);
    assert_string_equal(data.panels.items[0], "equal width");
    assert_string_equal(data.panels.items[1], "equal parameters");
    static const double x[] = {0, 100, 200, 500}, share[] = {0, 0.25, 0.5, 0.5};
    for (int panel = 0; panel < 2; panel++) { /* lstm is the first group of either panel */
        size_t found = 0;
        for (size_t i = 0; i < data.point_count; i++) {
            const figure_point *p = &data.points[i];
            if (p->panel != (size_t)panel || p->group != 0)
                continue;
            assert_true(found < 4 && p->x == x[found]);
            assert_float_equal(p->value.estimate, share[found++], tolerance);
        }
        assert_int_equal(found, 4);
    }
    assert_int_equal(data.value_count, 10); /* a mark each trial, five in each panel */
    assert_non_null(strstr(data.remark, "mse of 0.01 or less"));
    data_free(&data);
    results_free(r);
}

/* Where no trial solved its task in any panel, every panel says so. */
static void test_none_solved(void **state) {
    static const double never[] = {1, 1, 0.5};
    results *r = fixture_results("r", "",
                                 "sweep: {cell: [gru, lstm], seed: [1, 2]}\n"
                                 "compare: [{a: gru, b: lstm, metric: mse, solved: 0.01}]");
    add_solver(r, "lstm", 1, "width+parameters", 400, never, "done");
    add_solver(r, "gru", 1, "parameters", 410, never, "done");
    figure_data data = gather(*state, "solved_by_step", r);
    assert_int_equal(data.panels.count, 2);
    assert_string_equal(data.panels.items[0], "equal width");
    assert_null(strstr(data.remark, "omitted"));
    data_free(&data);
    results_free(r);
}

/* Candidates are called h, o and c; they make one part of the bar, and the parts are stacked. */
static void test_stack(void **state) {
    results *r = fixture_ledger();
    figure_data data = gather(*state, "parameters_by_cell", r);
    assert_int_equal(data.panels.count, 3);
    assert_string_equal(data.panels.items[1], "counted as PyTorch does");
    assert_int_equal(data.groups.count, 6);
    assert_string_equal(data.shown.items[0], "candidate");
    assert_int_equal(data.categories.count, 3);
    double highest = 0;
    for (size_t i = 0; i < data.point_count; i++)
        if (data.points[i].panel == 0 && data.points[i].x == 3 && data.points[i].value.high > highest)
            highest = data.points[i].value.high;
    assert_float_equal(highest, 4 * 64 * (4 + 64 + 1), 0);
    data_free(&data);
    results_free(r);
}

static void add_matched(results *r, const char *cell, const char *matching, const char *matched, double hidden) {
    fixture_trial(r, cell, 1);
    table_set_text(&r->runs, "matching", matching);
    table_set_text(&r->runs, "matched", matched);
    table_set_integer(&r->runs, "hidden", hidden);
    fixture_metric(r, "parameters_by_gate/h", NAN, hidden * hidden);
}

/* The number of bars in a panel. */
static size_t bars_of(const figure_data *data, size_t panel) {
    size_t bars = 0;
    for (size_t i = 0; i < data->point_count; i++)
        bars += data->points[i].panel == panel;
    return bars;
}

/* A hidden size that follows from the matching is not a choice: every cell has its bar under every matching. Where
 * hidden sizes were swept, one is chosen, with the cells that are matched to its amount. */
static void test_matched_cells_have_bars(void **state) {
    results *r = fixture_results("r", "", "sweep: {cell: [lstm, gru, rnn], hidden: [32, 38, 64], seed: [1]}");
    add_matched(r, "lstm", "width+parameters", "32/32+4480/4480", 32);
    add_matched(r, "gru", "width", "32/32", 32);
    add_matched(r, "gru", "parameters", "4477/4480", 37);
    add_matched(r, "rnn", "parameters", "4480/4480", 64);
    figure_data data = gather(*state, "parameters_by_cell", r);
    assert_int_equal(data.panels.count, 2);
    assert_int_equal(bars_of(&data, 0), 2);
    assert_int_equal(bars_of(&data, 1), 3);
    assert_string_equal(data.chosen ? data.chosen : "", "");
    data_free(&data);
    add_matched(r, "lstm", "width+parameters", "80/80+24000/24000", 80);
    add_matched(r, "gru", "width", "80/80", 80);
    add_matched(r, "gru", "parameters", "24001/24000", 96);
    data = gather(*state, "parameters_by_cell", r);
    assert_string_equal(data.chosen, "hidden 80");
    assert_int_equal(data.panels.count, 2);
    assert_int_equal(bars_of(&data, 0), 2);
    assert_int_equal(bars_of(&data, 1), 2);
    data_free(&data);
    results_free(r);
}

/* The amount that cells are matched to makes no panels if another setting determines it. */
static void test_amount_follows_from_a_setting(void **state) {
    results *r = fixture_results("r", "", "sweep: {cell: [lstm, gru], hidden: [8, 10, 11], layers: [1, 2], seed: [1]}");
    static const char *const amounts[2][2] = {{"560/560", "558/560"}, {"600/600", "601/600"}};
    for (int layers = 1; layers <= 2; layers++)
        for (int c = 0; c < 2; c++) {
            add_counted(r, c ? "gru" : "lstm", 1, 5, 20, 40);
            table_set_text(&r->runs, "matching", "parameters");
            table_set_text(&r->runs, "matched", amounts[layers - 1][c]);
            table_set_integer(&r->runs, "hidden", c ? 8 : 9 + layers);
            table_set_integer(&r->runs, "layers", layers);
        }
    figure_data data = gather(*state, "accuracy_by_gap", r);
    assert_int_equal(data.panels.count, 2);
    assert_string_equal(data.panels.items[0], "layers 1");
    assert_string_equal(data.panels.items[1], "layers 2");
    data_free(&data);
    results_free(r);
}

/* A swept setting that the figure does not name is never averaged over; one that goes with the cell is not a panel. */
static void test_swept_settings_become_panels(void **state) {
    results *r = fixture_results("r", "", "sweep: {cell: [rnn, gru], hidden: [8, 16], layers: [1, 2], seed: [1]}");
    static const char *const cells[] = {"rnn", "gru"};
    for (int c = 0; c < 2; c++)
        for (int layers = 1; layers <= 2; layers++)
            for (int seed = 1; seed <= 2; seed++) {
                add_counted(r, cells[c], seed, 5, 10 * layers, 40);
                table_set_integer(&r->runs, "hidden", 8 * (c + 1));
                table_set_integer(&r->runs, "layers", layers);
            }
    figure_data data = gather(*state, "accuracy_by_gap", r);
    assert_int_equal(data.panels.count, 2);
    assert_string_equal(data.panels.items[0], "layers 1");
    assert_string_equal(data.panels.items[1], "layers 2");
    assert_int_equal(data.point_count, 4);
    for (size_t i = 0; i < data.point_count; i++) {
        assert_int_equal(data.points[i].value.n, 2);
        assert_float_equal(data.points[i].value.estimate, data.points[i].panel ? 0.5 : 0.25, tolerance);
    }
    data_free(&data);
    results_free(r);
}

/* A trial of these sizes whose training pass took 4, 1, 3, 2 and 10 units of time. */
static void add_timed(results *r, const char *cell, const char *matching, const char *matched, double hidden,
                      double unit) {
    static const double times[] = {4, 1, 3, 2, 10};
    fixture_trial(r, cell, 1);
    table_set_text(&r->runs, "matching", matching);
    table_set_text(&r->runs, "matched", matched);
    table_set_integer(&r->runs, "hidden", hidden);
    table_set_integer(&r->runs, "length", 100);
    for (int i = 0; i < 5; i++)
        fixture_metric(r, "train_ms", i + 1, unit * times[i]);
}

/* Medians of repeats with quartiles; each LSTM is also drawn beside the wider GRU with the same number of parameters.
 */
static void test_median_and_both_matchings(void **state) {
    results *r = fixture_results("speed", "", "sweep: {cell: [lstm, gru], hidden: [32, 64], seed: [1]}");
    add_timed(r, "lstm", "width+parameters", "32/32+1000/1000", 32, 1);
    add_timed(r, "lstm", "width+parameters", "64/64+4000/4000", 64, 4);
    add_timed(r, "lstm", "width", "128/128", 128, 16);
    add_timed(r, "gru", "width", "32/32", 32, 0.75);
    add_timed(r, "gru", "parameters", "1001/1000", 38, 1.25);
    add_timed(r, "gru", "parameters", "3999/4000", 76, 5);
    figure_data data = gather(*state, "speed_by_hidden", r);
    assert_int_equal(data.panels.count, 2);
    assert_string_equal(data.panels.items[0], "equal width");
    assert_string_equal(data.panels.items[1], "equal parameters");
    assert_int_equal(data.value_count, 5 * 8); /* every repeat; two LSTMs twice */
    const struct {
        size_t panel, group;
        double x, median;
    } wanted[] = {{0, 0, 32, 3}, {0, 0, 64, 12}, {0, 0, 128, 48},  {0, 1, 32, 2.25},
                  {1, 0, 32, 3}, {1, 0, 64, 12}, {1, 1, 38, 3.75}, {1, 1, 76, 15}};
    assert_int_equal(data.point_count, 8);
    for (size_t i = 0; i < 8; i++) {
        const figure_point *p = &data.points[i];
        assert_int_equal(p->panel, wanted[i].panel);
        assert_int_equal(p->group, wanted[i].group);
        assert_float_equal(p->x, wanted[i].x, 0);
        assert_float_equal(p->value.estimate, wanted[i].median, tolerance);
        assert_float_equal(p->value.low, wanted[i].median * 2 / 3, tolerance);
        assert_float_equal(p->value.high, wanted[i].median * 4 / 3, tolerance);
        assert_int_equal(p->value.n, 5);
    }
    data_free(&data);
    results_free(r);
}

/* Trials without a place on the x axis do not split the others' points. */
static void test_no_place_on_x(void **state) {
    results *r = fixture_results("best", "", "sweep: {seed: [1, 2, 3, 4, 5, 6]}");
    for (int seed = 1; seed <= 6; seed++) {
        fixture_trial(r, "gru", seed);
        assert_true(table_set_number(&r->runs, "best_step", seed % 2 ? NAN : seed == 4 ? 3 : 5));
        assert_true(table_set_number(&r->runs, "loss", 1));
    }
    figure_data data = gather(*state, "loss_by_best_step", r);
    assert_int_equal(data.point_count, 2);
    assert_int_equal(data.points[1].value.n, 2);
    data_free(&data);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_settings_beside_a_sweep, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_tuned_settings_make_no_panels, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_no_place_on_x, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_pooled, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_student, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_geometric, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_stack, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_matched_cells_have_bars, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_amount_follows_from_a_setting, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_survival, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_none_solved, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_median_and_both_matchings, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_swept_settings_become_panels, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
