/* SPDX-License-Identifier: MIT */
/* A trial that crashes, hangs or needs too much memory does not disturb the others: it is recorded with its reason, the
 * sweep continues in a new worker, and the trial is run again only on request. */
#include "tests/experiments/run_fixture.h"

/* Trials long enough to be met while they run. */
static const char slow[] = "name: tiny\n"
                           "question: Who is running?\n"
                           "task: {name: recall, answers: 4, fillers: 8, gap: 30, examples: 32}\n"
                           "model: {cell: lstm, hidden: 48, embedding: 4, backend: reference}\n"
                           "train: {steps: 30, batch: 32}\n"
                           "sweep:\n"
                           "  seed: 1..6\n"
                           "measure: [accuracy]\n";

/* Many that take far less than any limit. */
static const char brief[] = "name: tiny\n"
                            "question: Does one hang?\n"
                            "task: {name: recall, answers: 4, fillers: 8, gap: 10, examples: 32}\n"
                            "model: {cell: lstm, hidden: 16, embedding: 4, backend: reference}\n"
                            "train: {steps: 20, batch: 16}\n"
                            "sweep:\n"
                            "  seed: 1..80\n"
                            "measure: [accuracy]\n";

/* One of two has too many words for the memory that it is given. */
static const char large[] = "name: tiny\n"
                            "question: Does it fit?\n"
                            "task: {name: recall, answers: 4, fillers: 8, gap: 3, examples: 20}\n"
                            "model: {cell: rnn, hidden: 8, embedding: 512, backend: reference}\n"
                            "train: {steps: 2, batch: 4}\n"
                            "sweep:\n"
                            "  fillers: [8, 10000]\n"
                            "measure: [accuracy]\n";

/* Two arms that are tuned first: 12 trials, and 2 final ones. */
static const char tuned[] = "name: tiny\n"
                            "question: What is chosen?\n"
                            "task: {name: recall, answers: 4, fillers: 8, gap: 30, examples: 32}\n"
                            "model: {hidden: 32, embedding: 4, backend: reference}\n"
                            "train: {steps: 10, batch: 16}\n"
                            "sweep:\n"
                            "  cell: [gru, lstm]\n"
                            "  seed: [1]\n"
                            "tune: {lr: [1e-4, 1e-2], seeds: 3}\n"
                            "measure: [accuracy]\n";

/* The first candidate is the large one, and would be chosen if nothing were known. */
static const char large_candidate[] = "name: tiny\n"
                                      "question: Which of them fits?\n"
                                      "task: {name: recall, answers: 4, fillers: 10000, gap: 3, examples: 20}\n"
                                      "model: {cell: rnn, hidden: 8, backend: reference}\n"
                                      "train: {steps: 2, batch: 4}\n"
                                      "sweep:\n"
                                      "  seed: 1..2\n"
                                      "tune: {embedding: [512, 8], seeds: 1}\n"
                                      "measure: [accuracy]\n";

enum { SLOW = 6, BRIEF = 80, TUNED = 14, WORKERS = 2 };

/* failed.txt names one trial, for this reason. */
static void check_reason(run_fixture *f, const char *reason) {
    char path[PATH_MAX], *reasons = NULL;
    size_t size;
    snprintf(path, sizeof path, "%s/tiny/failed.txt", f->results);
    assert_int_equal(file_read(f->context, path, 100000, &reasons, &size), GB_OK);
    if (!strstr(reasons, reason) || strchr(reasons, '\n') != reasons + size - 1)
        fail_msg("not one line with '%s': '%s'", reason, reasons);
    free(reasons);
}

/* Left alone at first, then run again; the file of reasons lives as long as there is one. */
static void check_retry(run_fixture *f, size_t trials) {
    run_summary summary;
    run_options options = fixture_options(f->results, WORKERS);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/tiny/failed.txt", f->results);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(fixture_run_with(f, &options, &summary), GB_OK);
        assert_int_equal(summary.finished_before, trials - 1);
        assert_int_equal(summary.done, 0);
        assert_int_equal(summary.failed, 1);
        assert_true(file_exists(path));
    }
    options.retry_failed = true;
    assert_int_equal(fixture_run_with(f, &options, &summary), GB_OK);
    assert_int_equal(summary.finished_before, trials - 1);
    assert_int_equal(summary.done, 1);
    assert_int_equal(summary.failed, 0);
    assert_false(file_exists(path));
}

/* Sends one worker a signal while trials run, until it met one: between two trials there is none to take. */
static void signal_a_worker(run_fixture *f, const run_options *options, int number) {
    int outcome = 0;
    for (int attempt = 0; attempt < 20 && outcome == 0; attempt++) {
        pid_t workers[8];
        char command[PATH_MAX];
        snprintf(command, sizeof command, "rm -rf '%s'", f->results);
        assert_int_equal(system(command), 0);
        pid_t pid = fixture_start_with(f, options);
        fixture_wait_for(f, f->results, 1);
        if (fixture_children(pid, workers, 8) > 0)
            kill(workers[0], number);
        outcome = fixture_wait(pid);
    }
    assert_int_equal(outcome, 101);
}

static void test_worker_dies(void **state) {
    (void)state;
    static const struct {
        int number;
        const char *reason;
    } deaths[] = {{SIGKILL, "was killed by signal 9 (Killed)"}, {SIGABRT, "was killed by signal 6 (Aborted)"}};
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        run_fixture f;
        fixture_open(&f, slow);
        run_options options = fixture_options(f.results, WORKERS);
        signal_a_worker(&f, &options, deaths[i].number);
        check_reason(&f, deaths[i].reason);
        check_retry(&f, SLOW);
        fixture_close(&f);
    }
}

/* One that hangs says nothing any more; the limit on its time ends it. */
static void test_worker_hangs(void **state) {
    (void)state;
    run_fixture f;
    fixture_open(&f, brief);
    run_options options = fixture_options(f.results, WORKERS);
    options.trial_seconds = 10; /* a busy machine must not take that long for the others */
    signal_a_worker(&f, &options, SIGSTOP);
    check_reason(&f, "it took longer than 10 s (--trial-time)");
    check_retry(&f, BRIEF);
    fixture_close(&f);
}

/* With one worker: the large trial runs first, and what it failed in is not what the other one runs in. */
static void test_memory_limit(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* the sanitizer's own memory exceeds any such limit */
#endif
    run_fixture f;
    run_summary summary;
    fixture_open(&f, large);
    run_options options = fixture_options(f.results, 1);
    options.trial_memory = 120e6;
    assert_int_equal(fixture_run_with(&f, &options, &summary), GB_OK);
    assert_int_equal(summary.done, 1);
    assert_int_equal(summary.failed, 1);
    check_reason(&f, "--trial-memory");
    check_retry(&f, 2);
    fixture_close(&f);
}

/* What a part of the tuning would choose could be something else: that arm waits, the other does not. */
static void test_tuning_worker_dies(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char undisturbed[PATH_MAX], (*ids)[33];
    fixture_open(&f, tuned);
    snprintf(undisturbed, sizeof undisturbed, "%s/undisturbed", f.folder);
    assert_int_equal(fixture_run(&f, undisturbed, WORKERS, &summary), GB_OK);
    assert_int_equal(summary.done, TUNED);
    run_options options = fixture_options(f.results, WORKERS);
    signal_a_worker(&f, &options, SIGKILL);
    check_reason(&f, "stage=tune: its worker");
    for (int again = 0; again < 2; again++) {
        assert_int_equal(fixture_finished(&f, f.results, &ids), TUNED - 2);
        free(ids);
        assert_int_equal(fixture_run_with(&f, &options, &summary), GB_OK);
        assert_int_equal(summary.done, 0);
        assert_int_equal(summary.failed, 1);
    }
    options.retry_failed = true;
    assert_int_equal(fixture_run_with(&f, &options, &summary), GB_OK);
    assert_int_equal(summary.done, 2);
    assert_int_equal(summary.failed, 0);
    assert_int_equal(fixture_finished(&f, f.results, &ids), TUNED);
    free(ids);
    fixture_compare_results(&f, undisturbed, f.results);
    fixture_close(&f);
}

/* A candidate that went over its limit is known to be the worst: nothing waits for it. */
static void test_tuning_over_limit(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip();
#endif
    run_fixture f;
    run_summary summary;
    fixture_open(&f, large_candidate);
    run_options options = fixture_options(f.results, 1);
    options.trial_memory = 120e6;
    for (int again = 0; again < 2; again++) {
        assert_int_equal(fixture_run_with(&f, &options, &summary), GB_OK);
        assert_int_equal(summary.failed, 1);
        assert_int_equal(summary.finished_before + summary.done, 3);
        check_reason(&f, "stage=tune: over its limit: ");
    }
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worker_dies),       cmocka_unit_test(test_worker_hangs),
        cmocka_unit_test(test_memory_limit),      cmocka_unit_test(test_tuning_worker_dies),
        cmocka_unit_test(test_tuning_over_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
