/* SPDX-License-Identifier: MIT */
/* Running a recipe: numbers that do not depend on the number of workers, resuming, tuning, the lock, a full disk. */
#include <sys/file.h>
#include <sys/resource.h>

#include "tests/experiments/run_fixture.h"

static const char tiny[] = "name: tiny\n"
                           "question: Does it run?\n"
                           "task: {name: recall, answers: 4, fillers: 8, gap: 4, train_gap: up_to, examples: 40}\n"
                           "model: {cell: rnn, hidden: 8, embedding: 4, backend: reference}\n"
                           "train: {steps: 30, batch: 8}\n"
                           "sweep:\n"
                           "  cell: [rnn, lstm]\n"
                           "  gap: [2, 4]\n"
                           "  seed: 1..2\n"
                           "measure: [accuracy, gradient_by_lag]\n"
                           "measure_options: {lags: 6, probes: 3}\n";

static const char tuned[] = "name: tiny\n"
                            "question: Does it tune?\n"
                            "task: {name: recall, answers: 4, fillers: 8, gap: 3, examples: 40}\n"
                            "model: {cell: rnn, hidden: 8, embedding: 4, backend: reference}\n"
                            "train: {steps: 30, batch: 8}\n"
                            "sweep:\n"
                            "  cell: [rnn, gru]\n"
                            "  seed: 1..3\n"
                            "tune: {lr: [1e-9, 1e-2], seeds: 2, by: valid_loss}\n"
                            "measure: [accuracy]\n";

static void path_in(char *path, const run_fixture *f, const char *name) {
    snprintf(path, PATH_MAX, "%s/%s", f->results, name);
}

static void test_workers_do_not_change_numbers(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char one[PATH_MAX], two[PATH_MAX];
    fixture_open(&f, tiny);
    path_in(one, &f, "one");
    path_in(two, &f, "two");
    assert_int_equal(fixture_run(&f, one, 1, &summary), GB_OK);
    assert_int_equal(summary.planned, 8);
    assert_int_equal(summary.done, 8);
    assert_int_equal(summary.failed, 0);
    assert_int_equal(fixture_run(&f, two, 2, &summary), GB_OK);
    fixture_compare_results(&f, one, two);
    fixture_close(&f);
}

/* A second run opens nothing and writes nothing; a missing trial is run again and only that. */
static void test_resume(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char(*ids)[33], path[PATH_MAX];
    struct stat before, after;
    fixture_open(&f, tiny);
    assert_int_equal(fixture_run(&f, f.results, 2, &summary), GB_OK);
    assert_string_equal(strrchr(summary.results_path, '/'), "/tiny.h5");
    assert_int_equal(stat(summary.results_path, &before), 0);
    assert_int_equal(fixture_run(&f, f.results, 2, &summary), GB_OK);
    assert_int_equal(summary.finished_before, 8);
    assert_int_equal(summary.done, 0);
    assert_int_equal(stat(summary.results_path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);

    assert_int_equal(fixture_finished(&f, f.results, &ids), 8);
    snprintf(path, sizeof path, "%s/tiny/trials/%s.h5", f.results, ids[3]);
    free(ids);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(fixture_run(&f, f.results, 2, &summary), GB_OK);
    assert_int_equal(summary.finished_before, 7);
    assert_int_equal(summary.done, 1);
    assert_true(file_exists(path));
    fixture_close(&f);
}

/* Nothing is made on a dry run. */
static void test_dry_run(void **state) {
    (void)state;
    run_fixture f;
    yaml_errors errors = {0};
    recipe *r = NULL;
    run_summary summary;
    fixture_open(&f, tiny);
    assert_int_equal(recipe_read(f.context, f.recipe, NULL, NULL, 0, &errors, &r), GB_OK);
    run_options options = {.results_folder = f.results, .dry_run = true};
    assert_int_equal(run_recipe(f.context, r, &options, &summary), GB_OK);
    assert_int_equal(summary.planned, 8);
    assert_string_equal(summary.results_path, "");
    assert_false(file_exists(f.results));
    recipe_free(r);
    fixture_close(&f);
}

/* Every arm takes the learning rate with the lower validation loss: a rate of 1e-9 learns nothing. A trial
 * that served tuning and is also a final one runs once and counts as final. */
static void test_tuning(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    results *r = NULL;
    fixture_open(&f, tuned);
    assert_int_equal(fixture_run(&f, f.results, 2, &summary), GB_OK);
    assert_int_equal(summary.failed, 0);
    assert_int_equal(results_read(f.context, summary.results_path, &r), GB_OK);
    size_t final = 0;
    for (size_t row = 0; row < r->runs.rows; row++) {
        if (strcmp(table_text(&r->runs, row, "stage"), "final") != 0)
            continue;
        final++;
        assert_true(table_number(&r->runs, row, "lr") == 1e-2);
    }
    assert_int_equal(final, 6);
    results_free(r);
    assert_int_equal(fixture_run(&f, f.results, 2, &summary), GB_OK);
    assert_int_equal(summary.done, 0);
    assert_int_equal(summary.finished_before, summary.planned);
    fixture_close(&f);
}

static void test_lock_names_its_holder(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char path[PATH_MAX];
    fixture_open(&f, tiny);
    assert_int_equal(fixture_run(&f, f.results, 1, &summary), GB_OK);
    path_in(path, &f, "tiny/run.lock");
    FILE *lock = fopen(path, "r+");
    assert_non_null(lock);
    assert_int_equal(flock(fileno(lock), LOCK_EX), 0);
    fprintf(lock, "process 4711 on elsewhere\n");
    fflush(lock);
    assert_int_equal(fixture_run(&f, f.results, 1, &summary), GB_IO);
    assert_non_null(strstr(gb_context_message(f.context), "process 4711 on elsewhere"));
    fclose(lock);
    assert_int_equal(fixture_run(&f, f.results, 1, &summary), GB_OK);
    fixture_close(&f);
}

/* Its trials' files are larger than those of the plan and of what was declared. */
static const char large[] = "name: tiny\n"
                            "question: Does it run?\n"
                            "task: {name: recall, answers: 4, fillers: 8, gap: 2, examples: 40}\n"
                            "model: {cell: rnn, hidden: 4, embedding: 4, backend: reference}\n"
                            "train: {steps: 3, batch: 8}\n"
                            "sweep:\n"
                            "  cell: [rnn, lstm]\n"
                            "  seed: 1..4\n"
                            "measure: [accuracy, gradient_by_lag]\n"
                            "measure_options: {lags: 4000, probes: 1}\n";

/* No file may grow beyond what a plan needs: the first trial's file is refused, the run says so and can go on later. */
static void test_full_disk(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char(*ids)[33];
    fixture_open(&f, large);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {.rlim_cur = 80000, .rlim_max = 80000};
        setrlimit(RLIMIT_FSIZE, &limit);
        gb_status status = fixture_run(&f, f.results, 2, &summary);
        bool named = strstr(gb_context_message(f.context), "trials/") != NULL;
        _exit(status == GB_IO && named ? 42 : (int)status);
    }
    assert_int_equal(fixture_wait(pid), 42);
    assert_int_equal(fixture_finished(&f, f.results, &ids), 0);
    free(ids);
    assert_int_equal(fixture_run(&f, f.results, 2, &summary), GB_OK);
    assert_int_equal(summary.done, 8);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workers_do_not_change_numbers),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_tuning),
        cmocka_unit_test(test_lock_names_its_holder),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
