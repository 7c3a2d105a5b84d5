/* SPDX-License-Identifier: MIT */
/* Runs that are killed: the whole tree at random moments, the parent alone, and signals that ask to stop.
 * No finished trial may be lost, and a resumed run must have the numbers of an undisturbed one. GATEBENCH_KILLS sets
 * how many random kills there are (10). */
#include <time.h>

#include "tests/experiments/run_fixture.h"

static const char many[] = "name: tiny\n"
                           "question: Is anything lost?\n"
                           "task: {name: recall, answers: 4, fillers: 8, gap: 4, examples: 32}\n"
                           "model: {cell: rnn, hidden: 8, embedding: 4, backend: reference}\n"
                           "train: {steps: 40, batch: 8}\n"
                           "sweep:\n"
                           "  cell: [rnn, gru]\n"
                           "  gap: [2, 4]\n"
                           "  seed: 1..50\n"
                           "measure: [accuracy]\n";

/* Trials long enough to be met while they run. */
static const char slow[] = "name: tiny\n"
                           "question: Who is running?\n"
                           "task: {name: recall, answers: 4, fillers: 8, gap: 30, examples: 32}\n"
                           "model: {cell: lstm, hidden: 64, embedding: 4, backend: reference}\n"
                           "train: {steps: 60, batch: 32}\n"
                           "sweep:\n"
                           "  seed: 1..6\n"
                           "measure: [accuracy]\n";

enum { TRIALS = 200, WORKERS = 2 };

/* Every id of `before` is still among the finished ones of the folder. */
static void check_nothing_lost(run_fixture *f, char (**before)[33], size_t *count) {
    char(*now)[33];
    size_t there = fixture_finished(f, f->results, &now);
    for (size_t i = 0; i < *count; i++) {
        bool found = false;
        for (size_t k = 0; k < there && !found; k++)
            found = strcmp((*before)[i], now[k]) == 0;
        if (!found)
            fail_msg("the finished trial %s is gone", (*before)[i]);
    }
    free(*before);
    *before = now;
    *count = there;
}

static void sleep_milliseconds(long milliseconds) {
    struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* How long an undisturbed run takes decides when the kills come, so that they meet it at work on any machine. */
static long time_undisturbed(run_fixture *f, const char *kept_in) {
    struct timespec start, end;
    run_summary summary;
    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_int_equal(fixture_run(f, kept_in, WORKERS, &summary), GB_OK);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_int_equal(summary.done, TRIALS);
    return (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
}

/* Runs what is left, compares, and empties the folder for the next round. */
static void complete(run_fixture *f, const char *undisturbed, char (**ids)[33], size_t *finished) {
    run_summary summary;
    char command[PATH_MAX];
    assert_int_equal(fixture_run(f, f->results, WORKERS, &summary), GB_OK);
    assert_int_equal(summary.finished_before, *finished);
    assert_int_equal(summary.finished_before + summary.done, TRIALS);
    fixture_compare_results(f, undisturbed, f->results);
    snprintf(command, sizeof command, "rm -rf '%s'", f->results);
    assert_int_equal(system(command), 0);
    free(*ids);
    *ids = NULL;
    *finished = 0;
}

/* Kills come after up to a fifth of an undisturbed run, so that some meet the start and some the middle; a run that got
 * through in spite of them is judged, and another begun. */
static void test_random_kills(void **state) {
    (void)state;
    run_fixture f;
    char undisturbed[PATH_MAX], (*ids)[33] = NULL;
    const char *wanted = getenv("GATEBENCH_KILLS");
    long kills = wanted ? strtol(wanted, NULL, 10) : 10, killed = 0;
    size_t finished = 0, kept = 0;
    fixture_open(&f, many);
    snprintf(undisturbed, sizeof undisturbed, "%s/undisturbed", f.folder);
    long whole = time_undisturbed(&f, undisturbed);
    gb_random random = gb_random_stream((uint64_t)time(NULL), GB_RANDOM_STATISTICS, 0);
    for (long i = 0; i < kills; i++) {
        pid_t pid = fixture_start(&f, f.results, WORKERS);
        sleep_milliseconds((long)(gb_random_uniform(&random) * (double)whole / 5.0));
        kill(-pid, SIGKILL);
        kill(pid, SIGKILL); /* it may not lead its group yet */
        killed += fixture_wait(pid) == -SIGKILL;
        check_nothing_lost(&f, &ids, &finished);
        kept += finished;
        if (finished == TRIALS)
            complete(&f, undisturbed, &ids, &finished);
    }
    print_message("an undisturbed run took %ld ms; %ld of %ld kills met a run; %zu finished trials were looked for\n",
                  whole, killed, kills, kept);
    complete(&f, undisturbed, &ids, &finished);
    fixture_close(&f);
}

/* No worker outlives its parent. */
static void test_parent_dies(void **state) {
    (void)state;
    run_fixture f;
    pid_t workers[8];
    fixture_open(&f, slow);
    pid_t pid = fixture_start(&f, f.results, WORKERS);
    fixture_wait_for(&f, f.results, 1);
    size_t count = fixture_children(pid, workers, 8);
    assert_true(count > 0);
    kill(pid, SIGKILL);
    assert_int_equal(fixture_wait(pid), -SIGKILL);
    size_t alive = count;
    for (int attempt = 0; attempt < 1000 && alive; attempt++) {
        alive = 0;
        for (size_t i = 0; i < count; i++) {
            char path[64], line[256] = "";
            snprintf(path, sizeof path, "/proc/%ld/stat", (long)workers[i]);
            FILE *stat_file = fopen(path, "r");
            /* a zombie that its new parent has not yet reaped is dead, too */
            if (stat_file && fgets(line, sizeof line, stat_file) && !strstr(line, ") Z "))
                alive++;
            if (stat_file)
                fclose(stat_file);
        }
        sleep_milliseconds(10);
    }
    assert_int_equal(alive, 0);
    fixture_close(&f);
}

/* Asked to stop, a run leaves a results file of what is finished, and resumes. */
static void check_signal(int number) {
    run_fixture f;
    run_summary summary;
    char path[PATH_MAX];
    results *r = NULL;
    fixture_open(&f, slow);
    pid_t pid = fixture_start(&f, f.results, WORKERS);
    fixture_wait_for(&f, f.results, 1);
    kill(-pid, number);
    assert_int_equal(fixture_wait(pid), GB_STOPPED);
    snprintf(path, sizeof path, "%s/tiny.h5", f.results);
    assert_int_equal(results_read(f.context, path, &r), GB_OK);
    size_t finished = r->runs.rows;
    assert_in_range(finished, 1, 5);
    results_free(r);
    assert_int_equal(fixture_run(&f, f.results, WORKERS, &summary), GB_OK);
    assert_int_equal(summary.finished_before, finished);
    assert_int_equal(summary.done, 6 - finished);
    fixture_close(&f);
}

static void test_stop_signals(void **state) {
    (void)state;
    check_signal(SIGINT);
    check_signal(SIGTERM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_kills),
        cmocka_unit_test(test_parent_dies),
        cmocka_unit_test(test_stop_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
