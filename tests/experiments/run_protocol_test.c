/* SPDX-License-Identifier: MIT */
/* The papers' protocols as settings of a trial: each has its documented effect in training, and none at its default. */
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

#define LONG_COPY                                                                                                      \
    "backend", "reference", "hidden", "8", "embedding", "4", "batch", "8", "steps", "20", "blanks", "12", "examples",  \
        "20", "evaluate_every", "10", "cell", "gru"

/* Segments of at least the sequence's length are the whole sequence, to the bit. */
static void test_truncated(void **state) {
    (void)state;
    trial_record whole = run_settings(SETTINGS("copy", LONG_COPY));
    trial_record same = run_settings(SETTINGS("copy", LONG_COPY, "bptt", "1000"));
    trial_record cut = run_settings(SETTINGS("copy", LONG_COPY, "bptt", "7"));
    trial_record again = run_settings(SETTINGS("copy", LONG_COPY, "bptt", "7"));
    assert_int_equal(whole.curves.rows, 2);
    for (size_t row = 0; row < 2; row++)
        assert_true(curve(&whole, row, "valid_loss") == curve(&same, row, "valid_loss"));
    assert_true(curve(&whole, 1, "valid_loss") != curve(&cut, 1, "valid_loss"));
    assert_true(isfinite(curve(&cut, 1, "valid_loss")));
    fixture_compare_tables(&cut.curves, &again.curves);
    trial_record_free(&whole);
    trial_record_free(&same);
    trial_record_free(&cut);
    trial_record_free(&again);
}

/* Keras's forget bias is 1 and its recurrent kernels are orthogonal as a whole: saying so changes the id and no number.
 * Another start changes both. */
static void test_starts(void **state) {
    (void)state;
    static const struct {
        const char *name, *same, *other;
    } starts[] = {{"forget_bias", "1", "chrono:30"}, {"recurrent_init", "orthogonal_whole", "scaled:0.9"}};
    for (size_t i = 0; i < 2; i++) {
        trial_record plain = run_settings(SETTINGS("recall", TINY, "cell", "lstm", "evaluate_every", "10"));
        trial_record same = run_settings(
            SETTINGS("recall", TINY, "cell", "lstm", "evaluate_every", "10", starts[i].name, starts[i].same));
        trial_record other = run_settings(
            SETTINGS("recall", TINY, "cell", "lstm", "evaluate_every", "10", starts[i].name, starts[i].other));
        assert_true(curve(&plain, 3, "train_loss") == curve(&same, 3, "train_loss"));
        assert_true(curve(&plain, 3, "train_loss") != curve(&other, 3, "train_loss"));
        assert_string_not_equal(plain.id, same.id);
        trial_record_free(&plain);
        trial_record_free(&same);
        trial_record_free(&other);
    }
}

static void test_dropout_and_decay(void **state) {
    (void)state;
    static const char *const names[] = {"dropout", "weight_decay"};
    trial_record plain = run_settings(SETTINGS("recall", FOUR_ROWS, "layers", "2"));
    for (size_t i = 0; i < 2; i++) {
        trial_record with = run_settings(SETTINGS("recall", FOUR_ROWS, "layers", "2", names[i], "0.2"));
        trial_record again = run_settings(SETTINGS("recall", FOUR_ROWS, "layers", "2", names[i], "0.2"));
        assert_true(curve(&plain, 3, "train_loss") != curve(&with, 3, "train_loss"));
        fixture_compare_tables(&with.curves, &again.curves);
        trial_record_free(&with);
        trial_record_free(&again);
    }
    trial_record_free(&plain);
}

/* A trial in segments of four steps has the numbers of one that keeps all 32. */
static void test_memory(void **state) {
    (void)state;
    trial_record plain = run_settings(SETTINGS("copy", LONG_COPY, "hidden", "64", "batch", "64"));
    trial_record cut = run_settings(SETTINGS("copy", LONG_COPY, "hidden", "64", "batch", "64", "memory", "1"));
    assert_true(curve(&plain, 1, "train_loss") == curve(&cut, 1, "train_loss"));
    assert_true(curve(&plain, 1, "valid_loss") == curve(&cut, 1, "valid_loss"));
    trial_record_free(&plain);
    trial_record_free(&cut);
}

/* One sequence per update, of any length; and its segments, of which the last is shorter. */
static void test_single_sequences(void **state) {
    (void)state;
    static const char *const segments[] = {"0", "5"};
    for (size_t i = 0; i < 2; i++) {
        trial_record record = run_settings(SETTINGS("counting", "backend", "reference", "cell", "lstm", "hidden", "6",
                                                    "batch", "1", "longest", "8", "examples", "20", "steps", "60",
                                                    "evaluate_every", "30", "lr", "0.01", "bptt", segments[i]));
        assert_string_equal(record.status, "done");
        assert_int_equal(record.curves.rows, 2);
        assert_true(curve(&record, 1, "train_loss") < curve(&record, 0, "train_loss"));
        trial_record_free(&record);
    }
}

/* Training ends at the first step by which enough sequences in a row were right, whether a validation is due or not. */
static void test_sequences_in_a_row(void **state) {
    (void)state;
#define EASY                                                                                                           \
    "backend", "reference", "cell", "gru", "hidden", "12", "embedding", "4", "gap", "1", "answers", "2", "fillers",    \
        "3", "examples", "50", "batch", "1", "lr", "0.01", "steps", "5000", "evaluate_every", "5000"
    trial_record record = run_settings(SETTINGS("recall", EASY, "sequences_in_a_row", "50", "sequence_error", "0.2"));
    double solved = field(&record, "solved_step");
    assert_true(solved > 50 && solved < 5000);
    assert_true(field(&record, "steps_run") == solved);
    assert_int_equal(record.curves.rows, 1);
    assert_true(curve(&record, 0, "step") == solved);
    assert_true(field(&record, "accuracy") > 0.95);
    trial_record_free(&record);
    record = run_settings(SETTINGS("recall", EASY, "steps", "30", "sequences_in_a_row", "50", "sequence_error", "0.2"));
    assert_true(isnan(field(&record, "solved_step")));
    assert_true(field(&record, "steps_run") == 30);
    trial_record_free(&record);
    record = run_settings(SETTINGS("recall", TINY, "cell", "rnn"));
    assert_null(table_find(&record.fields, "solved_step")); /* only where the rule is in force */
    trial_record_free(&record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedules),        cmocka_unit_test(test_schedule_follows_validation),
        cmocka_unit_test(test_weight_noise),     cmocka_unit_test(test_rmsprops),
        cmocka_unit_test(test_initial_state),    cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_single_sequences), cmocka_unit_test(test_sequences_in_a_row),
        cmocka_unit_test(test_starts),           cmocka_unit_test(test_dropout_and_decay),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
