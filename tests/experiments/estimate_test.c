/* SPDX-License-Identifier: MIT */
/* Estimated memory agrees with what the trial then records, within the promised factor of 1.5: for training, for the
 * gradient's probe (with and without enough time to measure all of it), for a stream, and for a timing. No time is
 * asserted. */
#include <sys/mman.h>

#include "experiments/cost/calibrate.h"
#include "experiments/trial/trial_state.h"
#include "tests/experiments/trial_fixture.h"

/* Takes the settings. */
static void check_bytes(trial_settings t, double budget_seconds) {
#if defined(__SANITIZE_ADDRESS__)
    trial_settings_free(&t);
    skip(); /* the sanitizer keeps what is released */
#endif
    const trial_settings *trials[] = {&t};
    trial_speed speed;
    trial_record record;
    assert_int_equal(calibrate_trials(context, trials, 1, budget_seconds, &speed), GB_OK);
    /* in a process of its own too, so that neither pays for what the other left */
    double *recorded = mmap(NULL, sizeof *recorded, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(recorded != MAP_FAILED);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        gb_status status = trial_run(context, &t, NULL, NULL, &record);
        *recorded = status ? 0 : field(&record, "peak_memory_bytes");
        _exit(status);
    }
    assert_int_equal(fixture_wait(pid), 0);
    if (speed.bytes > 1.5 * *recorded || *recorded > 1.5 * speed.bytes)
        fail_msg("estimated %.1f MB, recorded %.1f MB", 1e-6 * speed.bytes, 1e-6 * *recorded);
    munmap(recorded, sizeof *recorded);
    trial_settings_free(&t);
}

static void test_training(void **state) {
    (void)state;
    check_bytes(SETTINGS("recall", "backend", "onednn", "bias", "single", "hidden", "64", "batch", "64", "steps", "4",
                         "gap", "40", "examples", "100"),
                1);
}

static void test_the_probe_of_the_gradient(void **state) {
    (void)state;
    static const double budgets[] = {1, 0};
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++)
        check_bytes(SETTINGS("recall", TINY, "hidden", "24", "steps", "2", "cell", "gru", "measure", "gradient_by_lag",
                             "lags", "200", "probes", "200"),
                    budgets[i]);
}

/* Rows of a stream go on from batch to batch; the batches that are met are not all of them. */
static void test_a_stream(void **state) {
    (void)state;
    task *opened = NULL;
    trial_settings t = SETTINGS("chars", "backend", "reference", "hidden", "64", "batch", "32", "steps", "2", "segment",
                                "20", "eval_chars", "20000");
    if (trial_open_task(context, &t, &opened) == GB_DATA) {
        trial_settings_free(&t);
        print_message("skipped: its data are not here\n");
        skip();
    }
    task_close(opened);
    check_bytes(t, 0.5);
}

static void test_a_timing(void **state) {
    (void)state;
    check_bytes(SETTINGS("time", "backend", "onednn", "bias", "single", "init", "uniform:0.1", "steps", "0", "hidden",
                         "64", "length", "100", "batch", "32", "repeats", "1", "measure", "train_ms"),
                0.1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_training),
        cmocka_unit_test(test_the_probe_of_the_gradient),
        cmocka_unit_test(test_a_stream),
        cmocka_unit_test(test_a_timing),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
