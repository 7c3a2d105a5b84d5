/* SPDX-License-Identifier: MIT */
/* Calibration: every trial gets a speed, kinds of trials are distinguished, a kind that cannot be measured has a
 * reason, and a kind that would exceed the time budget gets the speed of a similar one. No time is asserted. */
#include <math.h>

#include "experiments/cost/calibrate.h"
#include "tests/experiments/recipe_file.h"

static const char recipe_text_of_test[] = "name: calibrate\n"
                                          "task: {name: recall, answers: 3, fillers: 4, gap: 2, examples: 20}\n"
                                          "model: {hidden: 4, embedding: 2, backend: reference}\n"
                                          "train: {batch: 4, steps: 50}\n"
                                          "sweep:\n"
                                          "  cell: [rnn, lstm]\n"
                                          "  gap: [2, 6]\n"
                                          "  seed: 1..3\n";

enum { TRIALS = 12 };

/* The trials of that recipe with overrides, as calibration takes them. */
static trial_list make_trials(const char *const *overrides, const trial_settings *pointers[TRIALS]) {
    trial_list list;
    recipe *r = read_good(recipe_text_of_test, NULL, overrides);
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &list), GB_OK);
    recipe_free(r);
    for (size_t i = 0; i < list.count && i < TRIALS; i++)
        pointers[i] = &list.trials[i];
    return list;
}

static void test_every_trial_has_a_speed(void **state) {
    (void)state;
    const trial_settings *trials[TRIALS];
    trial_speed speeds[TRIALS];
    trial_list list = make_trials(NULL, trials);
    assert_int_equal(list.count, TRIALS);
    assert_int_equal(calibrate_trials(context, trials, TRIALS, 5, speeds), GB_OK);
    for (size_t i = 0; i < TRIALS; i++) {
        const trial_speed *s = &speeds[i];
        assert_true(s->measured && s->seconds > 0 && s->bytes > 1e6 && s->bytes < 1e9);
        /* seeds come last in the sweep: each three trials cost the same, and others do not */
        assert_memory_equal(s, &speeds[i / 3 * 3], sizeof *s);
    }
    trial_list_free(&list);
}

static void test_the_budget_ends_measuring(void **state) {
    (void)state;
    const trial_settings *trials[TRIALS];
    trial_speed speeds[TRIALS];
    trial_list list = make_trials(NULL, trials);
    assert_int_equal(calibrate_trials(context, trials, TRIALS, 0, speeds), GB_OK);
    size_t measured = 0;
    for (size_t i = 0; i < TRIALS; i++) {
        measured += speeds[i].measured;
        assert_true(speeds[i].seconds > 0 && speeds[i].bytes > 0);
    }
    assert_int_equal(measured, 6); /* two kinds, the most expensive first: */
    assert_true(speeds[9].measured);
    /* as many steps and validations, fewer parameters and words */
    assert_true(speeds[0].seconds < speeds[9].seconds);
    trial_list_free(&list);
}

static void test_what_cannot_run_says_why(void **state) {
    (void)state;
    const trial_settings *trials[TRIALS];
    trial_speed speeds[TRIALS];
    const char *const overrides[] = {"seed=1", "gap=2", NULL};
    trial_list list = make_trials(overrides, trials);
    for (size_t i = 0; i < list.count; i++)
        assert_true(trial_set(&list.trials[i], "bias", "some"));
    assert_int_not_equal(calibrate_trials(context, trials, list.count, 0.5, speeds), GB_OK);
    assert_non_null(strstr(gb_context_message(context), "could not be measured: "));
    assert_non_null(strstr(gb_context_message(context), "'some'"));
    trial_list_free(&list);
    assert_int_equal(calibrate_trials(context, trials, 0, 0.5, speeds), GB_OK);
}

/* With truncated backpropagation a step keeps a segment, not the whole sequence. */
static void test_segments_need_less_memory(void **state) {
    (void)state;
    double bytes[2];
    for (size_t i = 0; i < 2; i++) {
        const trial_settings *trials[TRIALS];
        trial_speed speed;
        const char *const overrides[] = {
            "seed=1", "cell=lstm", "gap=2000", "hidden=32", "batch=20", "backend=onednn", i ? "bptt=10" : "bptt=0",
            NULL};
        trial_list list = make_trials(overrides, trials);
        assert_int_equal(calibrate_trials(context, trials, 1, 0, &speed), GB_OK);
        bytes[i] = speed.bytes;
        trial_list_free(&list);
    }
    assert_true(bytes[1] < bytes[0] - 2e7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_trial_has_a_speed),
        cmocka_unit_test(test_the_budget_ends_measuring),
        cmocka_unit_test(test_what_cannot_run_says_why),
        cmocka_unit_test(test_segments_need_less_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
