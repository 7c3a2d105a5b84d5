/* SPDX-License-Identifier: MIT */
/* The papers' protocols as settings of a trial: that each does in training what it says, and nothing at its default. */
#include "tests/experiments/trial_fixture.h"

#define FOUR_ROWS TINY, "cell", "gru", "evaluate_every", "10", "lr", "0.01"

static double curve(const trial_record *record, size_t row, const char *name) {
    return table_number(&record->curves, row, name);
}

/* The rates of the steps 10, 20, 30 and 40. */
static void assert_rates(trial_settings settings, const double expected[4]) {
    trial_record record = run_settings(settings);
    assert_int_equal(record.curves.rows, 4);
    for (size_t row = 0; row < 4; row++) {
        double rate = curve(&record, row, "learning_rate");
        if (!(fabs(rate - expected[row]) < 1e-15))
            fail_msg("row %zu: the learning rate is %g, not %g", row, rate, expected[row]);
    }
    trial_record_free(&record);
}

static void test_schedules(void **state) {
    (void)state;
    assert_rates(SETTINGS("recall", FOUR_ROWS), (double[]){0.01, 0.01, 0.01, 0.01});
    assert_rates(
        SETTINGS("recall", FOUR_ROWS, "schedule", "linear", "lr_least", "0.22"),
        (double[]){0.01 * (1 - 0.78 * 9 / 39), 0.01 * (1 - 0.78 * 19 / 39), 0.01 * (1 - 0.78 * 29 / 39), 0.0022});
    assert_rates(SETTINGS("recall", FOUR_ROWS, "schedule", "step", "lr_factor", "0.5", "lr_every", "15"),
                 (double[]){0.01, 0.005, 0.005, 0.0025});
    assert_rates(SETTINGS("recall", FOUR_ROWS, "warmup", "20"), (double[]){0.005, 0.01, 0.01, 0.01});
}

/* A rate too small to learn by: a validation either improves or does not, and the schedule follows what it said. */
static void test_schedule_follows_validation(void **state) {
    (void)state;
    trial_record record =
        run_settings(SETTINGS("recall", TINY, "cell", "rnn", "optimizer", "sgd", "lr", "3", "evaluate_every", "4",
                              "schedule", "plateau", "lr_factor", "0.5", "lr_patience", "1"));
    double best = INFINITY, rate = 3;
    size_t falls = 0;
    for (size_t row = 0; row < record.curves.rows; row++) {
        assert_true(curve(&record, row, "learning_rate") == rate);
        double loss = curve(&record, row, "valid_loss");
        if (loss < best) {
            best = loss;
        } else {
            rate /= 2;
            falls++;
        }
    }
    assert_true(falls > 0);
    trial_record_free(&record);
}

/* Noise changes what is learned, by the trial's seed and by nothing else. */
static void test_weight_noise(void **state) {
    (void)state;
    trial_record plain = run_settings(SETTINGS("recall", FOUR_ROWS));
    trial_record noisy = run_settings(SETTINGS("recall", FOUR_ROWS, "weight_noise", "0.075"));
    trial_record again = run_settings(SETTINGS("recall", FOUR_ROWS, "weight_noise", "0.075"));
    assert_true(curve(&plain, 0, "train_loss") != curve(&noisy, 0, "train_loss"));
    fixture_compare_tables(&noisy.curves, &again.curves);
    fixture_compare_tables(&noisy.fields, &again.fields);
    assert_string_not_equal(plain.id, noisy.id);
    trial_record_free(&plain);
    trial_record_free(&noisy);
    trial_record_free(&again);
}

/* Four different optimizers: that each is its paper's stands in tests/golden. */
static void test_rmsprops(void **state) {
    (void)state;
    static const char *const names[] = {"rmsprop", "rmsprop_inside", "rmsprop_centred"};
    double losses[4];
    for (size_t i = 0; i < 4; i++) {
        trial_record record = run_settings(SETTINGS("recall", FOUR_ROWS, "epsilon", "1e-4", "optimizer", names[i % 3],
                                                    "state_start", i < 3 ? "0" : "1"));
        losses[i] = curve(&record, 3, "train_loss");
        assert_true(isfinite(losses[i]));
        for (size_t k = 0; k < i; k++)
            assert_true(losses[i] != losses[k]);
        trial_record_free(&record);
    }
}

/* h and c of one layer of 8 are counted, and learned. */
static void test_initial_state(void **state) {
    (void)state;
    trial_record zero = run_settings(SETTINGS("recall", TINY, "cell", "lstm", "evaluate_every", "10"));
    trial_record learned =
        run_settings(SETTINGS("recall", TINY, "cell", "lstm", "evaluate_every", "10", "initial_state", "learned"));
    assert_true(field(&learned, "parameters") == field(&zero, "parameters") + 16);
    assert_true(field(&learned, "cell_parameters") == field(&zero, "cell_parameters"));
    assert_true(curve(&learned, 3, "train_loss") != curve(&zero, 3, "train_loss"));
    trial_record_free(&zero);
    trial_record_free(&learned);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedules),
        cmocka_unit_test(test_schedule_follows_validation),
        cmocka_unit_test(test_weight_noise),
        cmocka_unit_test(test_rmsprops),
        cmocka_unit_test(test_initial_state),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
