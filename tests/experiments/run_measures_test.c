/* SPDX-License-Identifier: MIT */
/* Measures and quirks of single trials: horizon, trivial baselines, known mistakes, and the twin on reference. */
#include "experiments/museum/museum.h"
#include "experiments/speed/cost.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial.h"
#include "tests/experiments/run_fixture.h"
#include "tests/experiments/trial_fixture.h"

/* The horizon is the last length before the first that is not right, and its curve says so; a network that has learned
 * nothing has none; it never goes beyond `farthest`. */
static void test_horizon(void **state) {
    (void)state;
    static const char *const cells[] = {"lstm", "mingru"};
    static const double expected[] = {4, 5, 6, 7, 8};
    for (size_t i = 0; i < 2; i++) {
        trial_record record = run_settings(SETTINGS("parity", "cell", cells[i], "backend", "reference", "length", "4",
                                                    "hidden", "16", "lr", "0.01", "embedding", "0", "steps", "400",
                                                    "measure", "horizon", "probes", "40", "farthest", "9"));
        double horizon = 0, share = 1;
        size_t lengths = 0;
        for (size_t row = 0; row < record.metrics.rows; row++) {
            if (strcmp(table_text(&record.metrics, row, "metric"), "right_by_length") != 0)
                continue;
            assert_true(share >= 0.9);
            share = table_number(&record.metrics, row, "value");
            double length = table_number(&record.metrics, row, "x");
            assert_true(length == expected[lengths]);
            lengths++;
            horizon = share >= 0.9 ? length : horizon;
        }
        assert_true(field(&record, "horizon") == horizon);
        assert_true(i == 0 ? horizon >= 4 : horizon == 0 && lengths == 1);
        trial_record_free(&record);
    }
    trial_settings t = SETTINGS("recall", TINY, "measure", "horizon");
    trial_record record;
    assert_int_equal(trial_run(context, &t, NULL, NULL, &record), GB_UNSUPPORTED);
    trial_settings_free(&t);
}

/* Trivial baselines are columns, and a network whose outputs are all zero gets ln 9 a step of copy by the evaluation
 * that judges trained ones, which it leaves as it was. */
static void test_baselines(void **state) {
    (void)state;
    trial_record with = run_settings(SETTINGS("copy", "blanks", "5", "examples", "50", "backend", "reference", "hidden",
                                              "4", "embedding", "0", "steps", "3", "measure", "baselines+nll"));
    trial_record without = run_settings(SETTINGS("copy", "blanks", "5", "examples", "50", "backend", "reference",
                                                 "hidden", "4", "embedding", "0", "steps", "3", "measure", "nll"));
    assert_true(fabs(field(&with, "memoryless_nll") - 10 * log(8) / 25) < 1e-12);
    assert_true(field(&with, "memoryless_accuracy") == 0.125);
    assert_true(fabs(field(&with, "zero_loss") - log(9)) < 1e-6);
    assert_true(field(&with, "nll") == field(&without, "nll"));
    trial_record_free(&with);
    trial_record_free(&without);
}

static double measured(const char *task_name, const char *quirk, const char *seed, const char *column) {
    trial_settings settings =
        make_settings(task_name, (const char *const[]){"cell",        "lstm",
                                                       "backend",     "reference",
                                                       "hidden",      "4",
                                                       "embedding",   "0",
                                                       "examples",    "20",
                                                       "steps",       "5",
                                                       "init",        "uniform:0.000001",
                                                       "forget_bias", "chrono:50",
                                                       "seed",        seed,
                                                       "quirk",       quirk,
                                                       "measure",     "nll+spectrum+time_constants",
                                                       NULL});
    trial_record record = run_settings(settings);
    double value = field(&record, column);
    trial_record_free(&record);
    return value;
}

/* Each known mistake does what the code did that made it, and nothing else. */
static void test_quirks(void **state) {
    (void)state;
    /* clipping a gradient that is still zero is not clipping */
    trial_record off = run_settings(SETTINGS("recall", TINY, "cell", "gru", "clip_norm", "0"));
    trial_record early =
        run_settings(SETTINGS("recall", TINY, "cell", "gru", "clip_norm", "0.01", "quirk", "clip_before_backward"));
    trial_record clipped = run_settings(SETTINGS("recall", TINY, "cell", "gru", "clip_norm", "0.01"));
    assert_true(field(&early, "loss") == field(&off, "loss") && field(&early, "loss") != field(&clipped, "loss"));
    trial_record_free(&off);
    trial_record_free(&early);
    trial_record_free(&clipped);
    /* the mean over the padded array: 20 rows as long as the longest word, n = 50 and the end */
    double share = measured("counting", "padded_nll", "1", "nll") / measured("counting", "none", "1", "nll");
    double longest_word = measured("counting", "none", "1", "predictions") / 20 / share;
    assert_true(longest_word > 60 && longest_word <= 101 && fabs(longest_word - round(longest_word)) < 1e-6);
    assert_true(measured("counting", "padded_nll", "1", "nll_sequence_mean") ==
                measured("counting", "none", "1", "nll_sequence_mean"));
    /* the same gate biases in every run: without weights time constants follow from them alone */
    static const char constant[] = "longest_time_constant_initial", exponent[] = "lyapunov_initial";
    double first = measured("parity", "fixed_chrono_seed", "1", constant);
    assert_true(fabs(first / measured("parity", "fixed_chrono_seed", "2", constant) - 1) < 1e-4);
    double drawn = measured("parity", "none", "1", constant);
    assert_true(fabs(drawn / measured("parity", "none", "2", constant) - 1) > 1e-2);
    /* without weights the largest exponent is that of a c, near 0; of h alone nothing is left */
    assert_true(measured("parity", "none", "1", exponent) > -2);
    assert_true(measured("parity", "hidden_only_jacobian", "1", exponent) < -5);
    trial_record gru[2];
    for (int i = 0; i < 2; i++)
        gru[i] =
            run_settings(SETTINGS("parity", "cell", "gru", "backend", "reference", "hidden", "4", "embedding", "0",
                                  "steps", "0", "quirk", i ? "hidden_only_jacobian" : "none", "measure", "spectrum"));
    assert_true(field(&gru[0], exponent) == field(&gru[1], exponent)); /* it has no c to leave out */
    trial_record_free(&gru[0]);
    trial_record_free(&gru[1]);
}

/* Beside its twin on reference a trial on reference has no difference, and one on onednn differs in some last bit, with
 * each implementation; its training is what it would be without. */
static void test_first_difference(void **state) {
    (void)state;
    static const char *const kernels[] = {"auto", "auto", "primitive", "sgemm", "packed"};
    static const char *const ran[] = {"reference loops", NULL, "rnn primitive", "sgemm", "packed"};
    for (size_t i = 0; i < 5; i++) {
        const char *backend = i ? "onednn" : "reference";
        trial_record record =
            run_settings(SETTINGS("recall", TINY, "cell", "lstm", "backend", backend, "kernels", kernels[i], "measure",
                                  "first_difference", "lags", "30", "weight_noise", "0.01"));
        if (i == 0)
            assert_true(isnan(field(&record, "first_difference")));
        else
            assert_in_range(field(&record, "first_difference"), 1, 30);
        if (ran[i] && !strstr(table_text(&record.fields, 0, "implementation"), ran[i]))
            fail_msg("ran: %s", table_text(&record.fields, 0, "implementation"));
        trial_record without = run_settings(SETTINGS("recall", TINY, "cell", "lstm", "backend", backend, "kernels",
                                                     kernels[i], "weight_noise", "0.01"));
        assert_true(field(&record, "loss") == field(&without, "loss"));
        trial_record_free(&record);
        trial_record_free(&without);
    }
}

/* The twins train as the trial does: with its schedule and within its memory. */
static void test_twins_train_as_the_trial(void **state) {
    (void)state;
    trial_record record = run_settings(SETTINGS("recall", TINY, "cell", "lstm", "backend", "onednn", "measure",
                                                "first_difference", "lags", "30", "lr", "1", "warmup", "100000000"));
    assert_true(isnan(field(&record, "visible_difference")));
    trial_record_free(&record);
    cost_memory memory = {0};
    const gb_allocator counting = cost_count_memory(&memory);
    gb_context *counted;
    trial_settings t =
        SETTINGS("recall", TINY, "cell", "lstm", "backend", "onednn", "measure", "first_difference", "examples", "20",
                 "lags", "1", "steps", "1", "gap", "1000", "batch", "32", "hidden", "32", "memory", "1");
    assert_int_equal(gb_context_create(&counting, &counted), GB_OK);
    assert_int_equal(trial_run(counted, &t, NULL, NULL, &record), GB_OK);
    assert_true((double)memory.most < 2e7); /* a pass would keep 37 MB */
    trial_record_free(&record);
    trial_settings_free(&t);
    gb_context_destroy(counted);
}

/* A row for each word of the first test sequence and each unit, by rank; what is kept without training is about what
 * Keras's forget bias of 1 says. A cell without such a gate has none. */
static void test_memory_kept(void **state) {
    (void)state;
    enum { STEPS = 5, UNITS = 8 };
    trial_record record =
        run_settings(SETTINGS("recall", TINY, "cell", "lstm", "steps", "0", "measure", "memory_kept"));
    double means[UNITS] = {0}, all = 0;
    size_t rows = 0;
    for (size_t row = 0; row < record.metrics.rows; row++) {
        char begin[64];
        const char *name = table_text(&record.metrics, row, "metric");
        if (strncmp(name, "memory_kept/", 12) != 0)
            continue;
        snprintf(begin, sizeof begin, "memory_kept/%zu ", rows / UNITS + 1);
        assert_memory_equal(name, begin, strlen(begin));
        assert_true(name[strlen(begin)] != '\0');
        assert_true(table_number(&record.metrics, row, "x") == (double)(rows % UNITS + 1));
        means[rows++ % UNITS] += table_number(&record.metrics, row, "value") / STEPS;
    }
    assert_int_equal(rows, STEPS * UNITS); /* the answer, three words between, the query */
    for (size_t j = 0; j < UNITS; j++) {
        assert_true(j == 0 || means[j] <= means[j - 1]);
        all += means[j] / UNITS;
    }
    assert_true(fabs(field(&record, "memory_kept") - all) < 1e-12 && fabs(all - 0.731) < 0.1);
    trial_record_free(&record);
    record = run_settings(SETTINGS("recall", TINY, "cell", "rnn", "measure", "memory_kept"));
    assert_null(table_find(&record.fields, "memory_kept"));
    trial_record_free(&record);
}

/* Every experiment of the museum can be named in a recipe, and no other; a trial that is cut off says so, and one that
 * is not counts its sequences, the same each time. */
static void test_museum(void **state) {
    (void)state;
    const setting *option = task_option_find("experiment");
    char value[TRIAL_VALUE], why[512];
    size_t names = 1;
    for (const char *at = option->values; *at; at++)
        names += *at == '|';
    for (size_t i = 0; museum_name(i); i++, names--)
        assert_true(setting_check(option, museum_name(i), value, sizeof value, why, sizeof why));
    assert_int_equal(names, 0);
    trial_record cut = run_settings(SETTINGS("museum", "experiment", "order_2", "most", "500", "cell", "lstm", "hidden",
                                             "1", "backend", "reference", "steps", "0", "measure", "sequences"));
    assert_true(isnan(field(&cut, "sequences")) && field(&cut, "criterion_met") == 0);
    assert_true(field(&cut, "weights") == 156 && field(&cut, "sequences_trained") == 500);
    trial_record_free(&cut);
    double sequences = NAN;
    for (int i = 0; i < 2; i++) {
        trial_record whole =
            run_settings(SETTINGS("museum", "experiment", "order_2", "cell", "lstm", "hidden", "1", "backend",
                                  "reference", "steps", "0", "seed", "3", "measure", "sequences"));
        assert_true(field(&whole, "criterion_met") == 1 && field(&whole, "wrong_sequences") <= 3);
        assert_true(isnan(sequences) || field(&whole, "sequences") == sequences);
        sequences = field(&whole, "sequences");
        assert_true(field(&whole, "sequences_to_mean") <= sequences && sequences < 62780); /* twice the paper's */
        trial_record_free(&whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_horizon),
        cmocka_unit_test(test_baselines),
        cmocka_unit_test(test_quirks),
        cmocka_unit_test(test_first_difference),
        cmocka_unit_test(test_twins_train_as_the_trial),
        cmocka_unit_test(test_memory_kept),
        cmocka_unit_test(test_museum),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
