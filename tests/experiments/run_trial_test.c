/* SPDX-License-Identifier: MIT */
/* Single trials: the contents of the record, equal numbers from equal settings, and how training ends. */
#include "experiments/settings/task_facts.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial.h"
#include "tests/experiments/run_fixture.h"
#include "tests/experiments/trial_fixture.h"

static void test_record(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("recall", TINY, "cell", "lstm", "evaluate_every", "10"));
    assert_string_equal(record.status, "done");
    assert_int_equal(strlen(record.id), 32);
    assert_string_equal(table_text(&record.fields, 0, "id"), record.id);
    assert_non_null(strstr(record.configuration, "cell=lstm\n"));
    assert_null(table_find(&record.fields, "stage")); /* its role is the plan's to say */
    assert_string_equal(table_text(&record.fields, 0, "implementation"), "reference loops");
    assert_int_equal(table_find(&record.fields, "gap")->type, COLUMN_INTEGER);
    assert_int_equal(table_find(&record.fields, "lr")->type, COLUMN_NUMBER);
    assert_int_equal(table_find(&record.fields, "init")->type, COLUMN_TEXT);
    assert_true(field(&record, "steps_run") == 40);
    assert_true(isnan(field(&record, "diverged_step")));
    assert_true(field(&record, "predictions") == 50);
    double accuracy = field(&record, "accuracy");
    assert_true(accuracy == field(&record, "correct") / 50);
    assert_true(field(&record, "accuracy_low") <= accuracy && accuracy <= field(&record, "accuracy_high"));
    assert_true(fabs(field(&record, "bits") * log(2) - field(&record, "loss")) < 1e-12);
    /* one prediction a sequence: both means are the same */
    assert_true(fabs(field(&record, "nll_sequence_mean") - field(&record, "nll")) < 1e-12);
    assert_true(field(&record, "peak_memory_bytes") > 1e6);
    assert_int_equal(record.curves.rows, 4);
    assert_true(table_number(&record.curves, 3, "step") == 40);
    trial_record_free(&record);
}

/* 4 (I + H + 1) H for the LSTM, and the same from what was allocated, gate by gate. */
static void test_parameters(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("count", "cell", "lstm", "steps", "0", "input", "5", "hidden", "7",
                                                "backend", "reference", "bias", "keras"));
    assert_true(field(&record, "cell_parameters") == 4 * (5 + 7 + 1) * 7);
    assert_true(field(&record, "cell_parameters_formula") == field(&record, "cell_parameters"));
    assert_true(field(&record, "parameters") > field(&record, "cell_parameters"));
    assert_true(isnan(field(&record, "accuracy")));
    assert_int_equal(record.metrics.rows, 4);
    for (size_t gate = 0; gate < 4; gate++) {
        assert_true(table_number(&record.metrics, gate, "x") == (double)gate);
        assert_true(table_number(&record.metrics, gate, "value") == (5 + 7 + 1) * 7);
    }
    assert_string_equal(table_text(&record.metrics, 1, "metric"), "parameters_by_gate/f");
    trial_record_free(&record);
    record = run_settings(SETTINGS("count", "cell", "lstm", "steps", "0", "input", "5", "hidden", "7", "backend",
                                   "reference", "bias", "pytorch"));
    assert_true(field(&record, "cell_parameters") == 4 * (5 + 7 + 2) * 7);
    trial_record_free(&record);
}

static void test_same_seed_same_numbers(void **state) {
    (void)state;
    trial_record a = run_settings(SETTINGS("recall", TINY, "cell", "gru", "seed", "3"));
    trial_record b = run_settings(SETTINGS("recall", TINY, "cell", "gru", "seed", "3"));
    trial_record c = run_settings(SETTINGS("recall", TINY, "cell", "gru", "seed", "4"));
    fixture_compare_tables(&a.fields, &b.fields);
    fixture_compare_tables(&a.curves, &b.curves);
    assert_string_equal(a.id, b.id);
    assert_string_not_equal(a.id, c.id);
    assert_true(field(&a, "loss") != field(&c, "loss"));
    trial_record_free(&a);
    trial_record_free(&b);
    trial_record_free(&c);
}

/* The bag cannot see order, to the bit; a network that can gives other outputs for other orders. */
static void test_swapped_pairs(void **state) {
    (void)state;
    static const char *const cells[] = {"bag", "rnn"};
    for (size_t i = 0; i < 2; i++) {
        trial_record record = run_settings(SETTINGS("order", "cell", cells[i], "backend", "reference", "hidden", "8",
                                                    "steps", "20", "measure", "swapped_pairs"));
        assert_true(field(&record, "swapped_pairs") > 0);
        if (i == 0)
            assert_true(field(&record, "swapped_identical") == field(&record, "swapped_pairs"));
        else
            assert_true(field(&record, "swapped_identical") < field(&record, "swapped_pairs"));
        assert_true(field(&record, "shifted_accuracy") >= 0);
        trial_record_free(&record);
    }
}

static void test_gradient_by_lag(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("recall", TINY, "cell", "rnn", "init", "normal:0.1", "measure",
                                                "gradient_by_lag", "lags", "12", "probes", "4"));
    size_t initial = 0, trained = 0;
    double first = NAN, last = NAN;
    for (size_t row = 0; row < record.metrics.rows; row++) {
        const char *metric = table_text(&record.metrics, row, "metric");
        initial += strcmp(metric, "gradient_by_lag_initial") == 0;
        if (strcmp(metric, "gradient_by_lag") != 0)
            continue;
        trained++;
        last = table_number(&record.metrics, row, "value");
        if (table_number(&record.metrics, row, "x") == 0)
            first = last;
    }
    assert_int_equal(initial, 13);
    assert_int_equal(trained, 13);
    assert_true(isfinite(first) && isfinite(last) && last < first);
    trial_record_free(&record);
}

/* Rows of a metric, and whether they fall from row to row. */
static size_t count_rows(const trial_record *record, const char *name) {
    size_t rows = 0;
    double before = INFINITY;
    for (size_t row = 0; row < record->metrics.rows; row++) {
        double value = table_number(&record->metrics, row, "value");
        if (strcmp(table_text(&record->metrics, row, "metric"), name))
            continue;
        rows++;
        assert_true(isfinite(value) && (value <= before || !strncmp(name, "memory", 6)));
        before = value;
    }
    return rows;
}

/* An lstm of 8 units has 16 exponents and 8 gates that keep; without training both states are the same. */
static void test_measured_memory(void **state) {
    (void)state;
    trial_record record =
        run_settings(SETTINGS("recall", TINY, "cell", "lstm", "steps", "0", "measure",
                              "spectrum+time_constants+memory_capacity", "lags", "12", "probes", "2"));
    static const struct {
        const char *initial, *trained, *initial_column, *column;
        size_t rows;
    } kinds[] = {
        {"spectrum_initial", "spectrum", "lyapunov_initial", "lyapunov", 16},
        {"time_constants_initial", "time_constants", "longest_time_constant_initial", "longest_time_constant", 8},
        {"memory_capacity_by_lag_initial", "memory_capacity_by_lag", "memory_capacity_initial", "memory_capacity", 12},
    };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(count_rows(&record, kinds[i].initial), kinds[i].rows);
        assert_int_equal(count_rows(&record, kinds[i].trained), kinds[i].rows);
        assert_true(field(&record, kinds[i].initial_column) == field(&record, kinds[i].column));
    }
    assert_true(field(&record, "lost_directions") == 0);
    assert_true(field(&record, "memory_capacity") > 3 && field(&record, "memory_capacity") <= 12);
    /* about as long as Keras's forget bias of 1 says: 3.19 steps */
    assert_true(fabs(field(&record, "longest_time_constant") - 3.19) < 1);
    trial_record_free(&record);
    record = run_settings(SETTINGS("recall", TINY, "cell", "rnn", "measure", "time_constants", "lags", "12"));
    assert_null(table_find(&record.fields, "longest_time_constant"));
    trial_record_free(&record);
}

static double metric_at(const trial_record *record, const char *name, double x) {
    for (size_t i = 0; i < record->metrics.rows; i++)
        if (!strcmp(table_text(&record->metrics, i, "metric"), name) && table_number(&record->metrics, i, "x") == x)
            return table_number(&record->metrics, i, "value");
    fail_msg("no %s at %g", name, x);
    return NAN;
}

/* 640 of 2,000 symbols: the whole context of 12 is about what the state of a small cell holds, so its loss is that of
 * the test split but for the sample. */
static void test_effective_context(void **state) {
    (void)state;
    trial_settings t =
        SETTINGS("chars", "backend", "reference", "cell", "gru", "hidden", "12", "batch", "16", "steps", "150", "lr",
                 "0.01", "eval_chars", "2000", "measure", "effective_context", "lags", "12", "probes", "20");
    task *opened = NULL;
    if (trial_open_task(context, &t, &opened) == GB_DATA) {
        trial_settings_free(&t);
        print_message("skipped: its data are not here\n");
        skip();
    }
    task_close(opened);
    trial_record record = run_settings(t);
    double whole = metric_at(&record, "context_loss", 12), k = field(&record, "effective_context");
    assert_true(fabs(whole - field(&record, "nll")) < 0.1);
    assert_true(metric_at(&record, "context_loss_shuffled", 12) == whole);
    static const double contexts[] = {1, 2, 3, 4, 6, 8, 12};
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
        assert_true(metric_at(&record, "context_loss", contexts[i]) > 0);
    assert_true(metric_at(&record, "context_loss", 1) > 1.01 * whole && k > 1 && k <= 12);
    assert_true(metric_at(&record, "context_loss", k) <= 1.01 * whole);
    trial_record_free(&record);
    /* one symbol beyond the one that is kept has only one possible order */
    record = run_settings(SETTINGS("chars", "backend", "reference", "cell", "gru", "hidden", "8", "steps", "4",
                                   "eval_chars", "500", "measure", "effective_context", "lags", "2", "probes", "1"));
    assert_true(metric_at(&record, "context_loss_shuffled", 1) == metric_at(&record, "context_loss", 2));
    trial_record_free(&record);
}

/* copy: the loss is over every step, the accuracy over the ten steps of the recall. A model that has learned nothing
 * yet but to be silent has the loss of the formula and the accuracy of chance. */
static void test_marked_accuracy(void **state) {
    (void)state;
    trial_record record =
        run_settings(SETTINGS("copy", "backend", "reference", "cell", "gru", "hidden", "16", "embedding", "0", "steps",
                              "300", "lr", "0.01", "blanks", "20", "examples", "50", "evaluate_every", "50"));
    assert_true(field(&record, "predictions") == 50 * 10);
    assert_true(field(&record, "accuracy") == field(&record, "correct") / 500);
    assert_true(fabs(field(&record, "accuracy") - 0.125) < 0.08);
    assert_true(fabs(field(&record, "loss") - 10 * log(8) / 40) < 0.03);
    assert_true(field(&record, "nll") == field(&record, "loss"));
    assert_true(field(&record, "valid_accuracy") <= 1 && field(&record, "valid_loss") > 0);
    trial_record_free(&record);
}

/* adding: a squared error is the metric, and training ends when it has fallen far enough. */
static void test_squared_error(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("adding", "backend", "reference", "cell", "gru", "hidden", "8", "steps",
                                                "3000", "lr", "0.01", "length", "4", "examples", "200", "reach", "0.05",
                                                "reach_for", "2", "evaluate_every", "50"));
    assert_true(field(&record, "steps_run") < 3000);
    assert_true(field(&record, "valid_mse") <= 0.05);
    assert_true(field(&record, "mse") == field(&record, "loss") && field(&record, "mse") < 0.1);
    assert_true(isnan(field(&record, "nll")) && isnan(field(&record, "bits")));
    assert_true(field(&record, "accuracy") == field(&record, "correct") / 200);
    assert_true(table_number(&record.curves, 0, "valid_metric") == table_number(&record.curves, 0, "valid_loss"));
    trial_record_free(&record);
}

/* The task can be learned, and the rule ends training when it is. */
static void test_reach_stops(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("recall", TINY, "cell", "gru", "steps", "3000", "lr", "0.01", "gap",
                                                "1", "reach", "0.98", "reach_for", "2", "evaluate_every", "50"));
    assert_true(field(&record, "steps_run") < 3000);
    assert_true(field(&record, "accuracy") > 0.9);
    trial_record_free(&record);
}

/* Diverging is a result: the curve stays, nothing is tested. */
static void test_divergence(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("recall", TINY, "cell", "rnn_relu", "optimizer", "sgd", "lr", "1000",
                                                "clip_norm", "0", "evaluate_every", "1", "gap", "30"));
    assert_string_equal(record.status, "diverged");
    assert_true(field(&record, "diverged_step") >= 1);
    assert_true(isnan(field(&record, "accuracy")));
    assert_true(record.curves.rows >= 1);
    trial_record_free(&record);
}

/* It solved its task and then diverged: what was validated best is kept under names of its own, and is not a score. */
static void test_diverged_after_validations(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS(
        "adding", "length", "30", "examples", "50", "backend", "reference", "hidden", "16", "optimizer", "sgd", "batch",
        "8", "steps", "100", "evaluate_every", "5", "clip_norm", "0", "warmup", "100", "lr", "6", "seed", "2"));
    assert_string_equal(record.status, "diverged");
    double step = field(&record, "before_divergence_step"), mse = field(&record, "before_divergence_mse");
    assert_true(step >= 5 && step < field(&record, "diverged_step"));
    assert_true(mse > 0 && mse < 1 && mse == field(&record, "before_divergence_loss"));
    assert_true(isnan(field(&record, "mse")) && isnan(field(&record, "loss")) && isnan(field(&record, "best_step")));
    trial_record_free(&record);
}

/* select=best tests the parameters of the lowest validation loss, select=last those of the last step. */
/* Whether the lowest validation loss of a run came before its last step; the record has to say so. */
static bool check_selection(const char *seed, const char *choice) {
    bool is_last = strcmp(choice, "last") == 0;
    trial_record record = run_settings(SETTINGS("recall", TINY, "cell", "rnn", "lr", "0.5", "steps", "200",
                                                "evaluate_every", "10", "seed", seed, "select", choice));
    double lowest = INFINITY, best_step = NAN;
    for (size_t row = 0; row < record.curves.rows; row++) {
        double loss = table_number(&record.curves, row, "valid_loss");
        if (loss < lowest) {
            lowest = loss;
            best_step = table_number(&record.curves, row, "step");
        }
    }
    assert_true(field(&record, "best_step") == (is_last ? 200 : best_step));
    if (!is_last)
        assert_true(field(&record, "valid_loss") == lowest);
    trial_record_free(&record);
    return best_step != 200;
}

/* Where one run's lowest loss falls rests on the last bits of the C library's functions: several seeds. */
static void test_selection(void **state) {
    (void)state;
    static const char *const seeds[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    size_t before_the_last = 0;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        before_the_last += check_selection(seeds[i], "best") && check_selection(seeds[i], "last");
    assert_true(before_the_last > 0); /* else the test shows nothing */
}

static bool stop_at_once(void *user, double done, const char *words) {
    ++*(int *)user;
    assert_in_range((int)(done * 100), 0, 100);
    assert_true(*words != '\0');
    return true;
}

static void test_stop_on_request(void **state) {
    (void)state;
    trial_record record;
    int calls = 0;
    trial_settings t = SETTINGS("recall", TINY, "cell", "lstm", "steps", "1000000");
    assert_int_equal(trial_run(context, &t, stop_at_once, &calls, &record), GB_STOPPED);
    assert_int_equal(calls, 1);
    trial_settings_free(&t);
}

static void test_errors_name_the_setting(void **state) {
    (void)state;
    trial_record record;
    trial_settings t = SETTINGS("recall", TINY, "bias", "some");
    assert_int_equal(trial_run(context, &t, NULL, NULL, &record), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "'some'"));
    trial_settings_free(&t);
    t = SETTINGS("recall", TINY, "measure", "swapped_pairs");
    assert_int_equal(trial_run(context, &t, NULL, NULL, &record), GB_UNSUPPORTED);
    assert_non_null(strstr(gb_context_message(context), "swapped_pairs"));
    trial_settings_free(&t);
}

static void test_estimate(void **state) {
    (void)state;
    trial_cost small, large, none;
    trial_settings t = SETTINGS("recall", TINY, "cell", "rnn");
    assert_int_equal(trial_estimate(context, &t, &small), GB_OK);
    assert_true(trial_set(&t, "steps", "400") && trial_set(&t, "cell", "lstm"));
    assert_int_equal(trial_estimate(context, &t, &large), GB_OK);
    assert_true(large.flops > 10 * small.flops && large.bytes > small.bytes && small.bytes > 0);
    /* 6 * (embedding 4 to 8 LSTM cells with a bias, and 4 answers) * 8 sequences of 5 words * 400 steps */
    assert_true(large.flops == 6.0 * (4 * (4 + 8 + 1) * 8 + (8 + 1) * 4) * 8 * 5 * 400);
    assert_true(trial_set(&t, "steps", "0"));
    assert_int_equal(trial_estimate(context, &t, &none), GB_OK);
    assert_true(none.flops == 0);
    trial_settings_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_same_seed_same_numbers),
        cmocka_unit_test(test_swapped_pairs),
        cmocka_unit_test(test_gradient_by_lag),
        cmocka_unit_test(test_measured_memory),
        cmocka_unit_test(test_effective_context),
        cmocka_unit_test(test_marked_accuracy),
        cmocka_unit_test(test_squared_error),
        cmocka_unit_test(test_reach_stops),
        cmocka_unit_test(test_divergence),
        cmocka_unit_test(test_diverged_after_validations),
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_stop_on_request),
        cmocka_unit_test(test_errors_name_the_setting),
        cmocka_unit_test(test_estimate),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
