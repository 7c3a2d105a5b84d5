/* SPDX-License-Identifier: MIT */
/* Trials that are stopped in the middle, by kill -9 or by a request to stop, resume from their checkpoints and give the
 * numbers of an undisturbed run, to the bit; damaged checkpoints, and those of another build, are ignored.
 * GATEBENCH_KILLS sets how often a run is ended (10). */
#include <dirent.h>
#include <time.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "experiments/trial/trial.h"
#include "support/text.h"
#include "tests/experiments/run_fixture.h"

/* Backends, optimizers, a schedule that hears of validations, noise, segments, a stop rule that counts, and measures
 * before and after training. */
static const char many[] =
    "name: tiny\n"
    "question: Does it go on?\n"
    "task: {name: recall, answers: 4, fillers: 8, gap: 6, examples: 40}\n"
    "model: {hidden: 16, embedding: 4, initial_state: clipped}\n"
    "train: {steps: 60, batch: 8, momentum: 0.9, clip_norm: 1, evaluate_every: 7, schedule: plateau,\n"
    "        lr_patience: 2, lr_factor: 0.5, weight_noise: 0.01, lr: 5e-2, bptt: 5,\n"
    "        stop: {sequences_in_a_row: 300, error: 0.1}}\n"
    "sweep:\n"
    "  cell: [gru, lstm]\n"
    "  backend: [reference, onednn]\n"
    "  optimizer: [adam, rmsprop_centred, sgd]\n"
    "measure: [accuracy, gradient_by_lag]\n"
    "measure_options: {lags: 6, probes: 3}\n";

/* A stream: every batch continues from the states of the one before. */
static const char carrying[] = "name: tiny\n"
                               "question: Does it go on within a stream?\n"
                               "task: {name: chars, text: kjv, segment: 20, eval_chars: 2000}\n"
                               "model: {cell: lstm, hidden: 16}\n"
                               "train: {steps: 240, batch: 8, evaluate_every: 25}\n"
                               "sweep:\n"
                               "  backend: [reference, onednn]\n"
                               "measure: [nll]\n";

/* Very little training: most of the time goes into passes over the other splits. */
static const char judging[] = "name: tiny\n"
                              "question: Does it stop within a validation?\n"
                              "task: {name: recall, answers: 4, fillers: 8, gap: 30, examples: 256}\n"
                              "model: {cell: lstm, hidden: 48, embedding: 4, backend: reference}\n"
                              "train: {steps: 2, batch: 8}\n"
                              "sweep:\n"
                              "  seed: 1..1\n"
                              "measure: [accuracy]\n";

/* It diverges after validations, and the parameters from before are tested. */
static const char diverging[] =
    "name: tiny\n"
    "question: Is it still diverged?\n"
    "task: {name: adding, length: 20, examples: 256}\n"
    "model: {cell: lstm, hidden: 48, backend: reference}\n"
    "train: {steps: 40, batch: 8, evaluate_every: 1, optimizer: sgd, lr: 1000, clip_norm: 0}\n"
    "sweep: {seed: 1..1}\n"
    "measure: [mse]\n";

enum { WORKERS = 2 };

static void sleep_milliseconds(long milliseconds) {
    struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void keep_warning(void *user, const run_state *s, const char *sentence) {
    (void)s;
    text_append(user, "%s\n", sentence);
}

/* The same run, with its warnings in `said`. */
static int run_and_listen(run_fixture *f, const char *kept_in, char **said) {
    text warnings = {0};
    const run_observer observer = {.user = &warnings, .warned = keep_warning};
    run_options options = fixture_options(kept_in, WORKERS);
    run_summary summary;
    options.observer = &observer;
    gb_status status = fixture_run_with(f, &options, &summary);
    *said = warnings.data ? warnings.data : strdup("");
    return (int)status;
}

/* How often the trials of a run resumed from checkpoints. */
static double count_resumed(run_fixture *f, const char *kept_in) {
    char path[PATH_MAX];
    results *r = NULL;
    double sum = 0;
    snprintf(path, sizeof path, "%s/tiny.h5", kept_in);
    assert_int_equal(results_read(f->context, path, &r), GB_OK);
    assert_non_null(table_find(&r->runs, "resumed"));
    for (size_t row = 0; row < r->runs.rows; row++)
        sum += table_number(&r->runs, row, "resumed");
    results_free(r);
    return sum;
}

static bool checkpoints_are_there(const char *kept_in) {
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/tiny/checkpoints", kept_in);
    return file_exists(path);
}

/* The checkpoint files of a run, at most `most`; returns how many. */
static size_t list_checkpoints(const char *kept_in, char (*paths)[PATH_MAX], size_t most) {
    char folder[PATH_MAX - 256];
    size_t count = 0;
    snprintf(folder, sizeof folder, "%s/tiny/checkpoints", kept_in);
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (entry->d_name[0] != '.' && count < most)
            snprintf(paths[count++], PATH_MAX, "%s/%.250s", folder, entry->d_name);
    if (directory)
        closedir(directory);
    return count;
}

static void remove_results(const run_fixture *f) {
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", f->results);
    assert_int_equal(system(command), 0);
}

/* Runs until checkpoints are there, then asks to stop; anew when the run, or its last trial, was through before it
 * heard. */
static void stop_in_the_middle(run_fixture *f, size_t files, int number) {
    char paths[8][PATH_MAX];
    int code = 0;
    for (int round = 0; round < 20 && (code == 0 || list_checkpoints(f->results, paths, 8) < files); round++) {
        remove_results(f);
        pid_t pid = fixture_start(f, f->results, WORKERS);
        for (int attempt = 0; attempt < 6000 && list_checkpoints(f->results, paths, 8) < files; attempt++)
            sleep_milliseconds(5);
        kill(pid, number);
        code = fixture_wait(pid);
    }
    assert_int_equal(code, GB_STOPPED);
}

/* Runs what is left, compares, and empties the folder; returns how often trials had gone on. */
static double complete(run_fixture *f, const char *undisturbed) {
    run_summary summary;
    assert_int_equal(fixture_run(f, f->results, WORKERS, &summary), GB_OK);
    assert_int_equal(summary.failed, 0);
    fixture_compare_results(f, undisturbed, f->results);
    assert_false(checkpoints_are_there(f->results));
    double resumed = count_resumed(f, f->results);
    remove_results(f);
    return resumed;
}

/* Ends a run again and again, every other time by asking, until it is through; the first time when it has checkpoints,
 * then at any time within what an undisturbed run takes. */
static void check_disturbed(const char *yaml) {
    run_fixture f;
    struct timespec start, end;
    char undisturbed[PATH_MAX];
    const char *wanted = getenv("GATEBENCH_KILLS");
    long kills = wanted ? strtol(wanted, NULL, 10) : 10, met = 0;
    fixture_open(&f, yaml);
    snprintf(undisturbed, sizeof undisturbed, "%s/undisturbed", f.folder);
    unsetenv("GATEBENCH_CHECKPOINT_SECONDS");
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t first = fixture_start(&f, undisturbed, WORKERS);
    int code = fixture_wait(first);
    clock_gettime(CLOCK_MONOTONIC, &end);
    long whole = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
    if (code == GB_DATA) {
        print_message("skipped: its data are not here\n");
        fixture_close(&f);
        return;
    }
    assert_int_equal(code, 0);
    assert_true(count_resumed(&f, undisturbed) == 0);
    assert_false(checkpoints_are_there(undisturbed));
    setenv("GATEBENCH_CHECKPOINT_SECONDS", "0", 1);
    gb_random random = gb_random_stream((uint64_t)time(NULL), GB_RANDOM_STATISTICS, 0);
    stop_in_the_middle(&f, 2, SIGTERM);
    double resumed = 0;
    for (long i = 0; i < kills; i++) {
        pid_t pid = fixture_start(&f, f.results, WORKERS);
        sleep_milliseconds((long)(gb_random_uniform(&random) * (double)whole));
        if (i % 2 == 0)
            kill(-pid, SIGKILL);
        kill(pid, i % 2 ? SIGTERM : SIGKILL); /* it may not lead its group yet */
        code = fixture_wait(pid);
        met += code == -SIGKILL || code == GB_STOPPED;
        if (code == 0)
            resumed += complete(&f, undisturbed);
    }
    resumed += complete(&f, undisturbed);
    print_message("an undisturbed run took %ld ms; %ld ends met a run; trials went on %g times\n", whole, met + 1,
                  resumed);
    assert_true(resumed > 0);
    fixture_close(&f);
}

static void test_kills_between_steps(void **state) {
    (void)state;
    check_disturbed(many);
}

static void test_carried_states(void **state) {
    (void)state;
    check_disturbed(carrying);
}

/* Asks to stop as soon as a pass over that split is told of. A trial tells how far it is a few times a second; it waits
 * here so long that it tells every step and batch. */
static bool stop_within(void *user, double done, const char *words) {
    (void)done;
    const char *split = user;
    if (!split)
        return false;
    sleep_milliseconds(250);
    return strncmp(words, split, strlen(split)) == 0;
}

static void fail_on_note(void *user, const char *sentence) {
    (void)user;
    fail_msg("%s", sentence);
}

/* Asked to stop within passes over these splits, a trial leaves a checkpoint though no minute has passed, and goes on.
 */
static void check_stops(const char *yaml, const char *status, const char *const *splits, size_t count) {
    run_fixture f;
    yaml_errors errors = {0};
    recipe *r = NULL;
    trial_list list = {0};
    trial_record undisturbed, record;
    fixture_open(&f, yaml);
    assert_int_equal(recipe_read(f.context, f.recipe, NULL, NULL, 0, &errors, &r), GB_OK);
    assert_int_equal(recipe_final_trials(f.context, r, NULL, NULL, &list), GB_OK);
    const trial_settings *trial = &list.trials[0];
    trial_checkpoints checkpoints = {.folder = f.results, .seconds = 60, .note = fail_on_note};
    assert_int_equal(trial_run(f.context, trial, NULL, NULL, &undisturbed), GB_OK);
    assert_string_equal(undisturbed.status, status);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(
            trial_continue(f.context, trial, &checkpoints, stop_within, (void *)(uintptr_t)splits[i], &record),
            GB_STOPPED);
    assert_int_equal(trial_continue(f.context, trial, &checkpoints, stop_within, NULL, &record), GB_OK);
    assert_string_equal(record.status, status);
    fixture_compare_tables(&undisturbed.fields, &record.fields);
    fixture_compare_tables(&undisturbed.curves, &record.curves);
    fixture_compare_tables(&undisturbed.metrics, &record.metrics);
    assert_true(table_number(&record.fields, 0, "resumed") == (double)count);
    trial_record_free(&undisturbed);
    trial_record_free(&record);
    trial_list_free(&list);
    recipe_free(r);
    fixture_close(&f);
}

static void test_stop_within_a_pass(void **state) {
    (void)state;
    static const char *const splits[] = {"valid", "valid", "test", "test"};
    check_stops(judging, "done", splits, 4);
    check_stops(diverging, "diverged", splits + 1, 3);
}

/* Changes bytes of a file from an offset on. */
static void alter(const char *path, long from, const char *bytes, size_t count) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, from, from < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* Gives a file the checksum that its bytes have now. */
static void sign(run_fixture *f, const char *path) {
    char *bytes = NULL;
    size_t size;
    XXH128_canonical_t sum;
    assert_int_equal(file_read(f->context, path, 1 << 30, &bytes, &size), GB_OK);
    XXH128_canonicalFromHash(&sum, XXH3_128bits(bytes, size - sizeof sum));
    alter(path, -(long)sizeof sum, (const char *)&sum, sizeof sum);
    free(bytes);
}

typedef enum harm { NEWEST_DAMAGED, BOTH_CUT, OTHER_BUILD, OTHER_FORMAT, OTHER_TRIAL } harm;

/* The newer of a trial's two checkpoints: the sequence number follows format, commit and id. */
static uint64_t number_of(run_fixture *f, const char *path) {
    char *bytes = NULL;
    size_t size;
    uint64_t number;
    assert_int_equal(file_read(f->context, path, 1 << 30, &bytes, &size), GB_OK);
    memcpy(&number, bytes + 32 + 64 + 40, sizeof number);
    free(bytes);
    return number;
}

static void do_harm(run_fixture *f, harm kind, char (*paths)[PATH_MAX], size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool newest = true;
        for (size_t k = 0; k < count; k++)
            newest = newest && (strncmp(paths[i], paths[k], strlen(paths[i]) - 1) != 0 ||
                                number_of(f, paths[k]) <= number_of(f, paths[i]));
        if (kind == NEWEST_DAMAGED && newest)
            alter(paths[i], 500, "?!?!", 4);
    }
    for (size_t i = 0; i < count; i++) {
        if (kind == BOTH_CUT)
            assert_int_equal(truncate(paths[i], 90), 0);
        if (kind == OTHER_BUILD)
            alter(paths[i], 32, "an earlier one", 15);
        if (kind == OTHER_FORMAT)
            alter(paths[i], 0, "gatebench checkpoint 9", 22);
        if (kind == OTHER_TRIAL)
            alter(paths[i], 96, "0000", 4);
        if (kind >= OTHER_BUILD)
            sign(f, paths[i]);
    }
}

static void check_harmed(run_fixture *f, const char *undisturbed, harm kind, const char *note, bool goes_on) {
    char paths[8][PATH_MAX], *said = NULL;
    setenv("GATEBENCH_CHECKPOINT_SECONDS", "0", 1);
    stop_in_the_middle(f, 2, SIGUSR1);
    unsetenv("GATEBENCH_CHECKPOINT_SECONDS");
    size_t count = list_checkpoints(f->results, paths, 8);
    assert_int_equal(count, 2);
    do_harm(f, kind, paths, count);
    assert_int_equal(run_and_listen(f, f->results, &said), GB_OK);
    if (!strstr(said, note))
        fail_msg("no '%s' in '%s'", note, said);
    free(said);
    fixture_compare_results(f, undisturbed, f->results);
    assert_true(count_resumed(f, f->results) == (goes_on ? 1 : 0));
    remove_results(f);
}

static void test_harmed_checkpoints(void **state) {
    (void)state;
    static const char one[] = "name: tiny\n"
                              "question: What of damaged checkpoints?\n"
                              "task: {name: recall, answers: 4, fillers: 8, gap: 20, examples: 40}\n"
                              "model: {cell: lstm, hidden: 32, embedding: 4, backend: reference}\n"
                              "train: {steps: 150, batch: 32}\n"
                              "sweep:\n"
                              "  seed: 1..1\n"
                              "measure: [accuracy]\n";
    run_fixture f;
    run_summary summary;
    char undisturbed[PATH_MAX];
    fixture_open(&f, one);
    snprintf(undisturbed, sizeof undisturbed, "%s/undisturbed", f.folder);
    unsetenv("GATEBENCH_CHECKPOINT_SECONDS");
    assert_int_equal(fixture_run(&f, undisturbed, WORKERS, &summary), GB_OK);
    check_harmed(&f, undisturbed, NEWEST_DAMAGED, "checksum is wrong", true);
    check_harmed(&f, undisturbed, BOTH_CUT, "is truncated", false);
    check_harmed(&f, undisturbed, OTHER_BUILD, "another build", false);
    check_harmed(&f, undisturbed, OTHER_FORMAT, "another format", false);
    check_harmed(&f, undisturbed, OTHER_TRIAL, "another trial", false);
    fixture_close(&f);
}

/* If checkpoints cannot be written, the trials finish nevertheless. */
static void test_no_room_for_checkpoints(void **state) {
    (void)state;
    run_fixture f;
    char path[PATH_MAX], *said = NULL;
    fixture_open(&f, judging);
    setenv("GATEBENCH_CHECKPOINT_SECONDS", "0", 1);
    snprintf(path, sizeof path, "%s/tiny", f.results);
    assert_int_equal(file_make_folder(f.context, path), GB_OK);
    snprintf(path, sizeof path, "%s/tiny/checkpoints", f.results);
    assert_int_equal(file_replace(f.context, path, "", 0), GB_OK); /* in the way of the folder */
    assert_int_equal(run_and_listen(&f, f.results, &said), GB_OK);
    assert_non_null(strstr(said, "is not a folder"));
    free(said);
    fixture_close(&f);
}

static void test_wrong_interval_is_refused(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    fixture_open(&f, judging);
    setenv("GATEBENCH_CHECKPOINT_SECONDS", "often", 1);
    assert_int_equal(fixture_run(&f, f.results, WORKERS, &summary), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f.context), "often"));
    unsetenv("GATEBENCH_CHECKPOINT_SECONDS");
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kills_between_steps),     cmocka_unit_test(test_carried_states),
        cmocka_unit_test(test_stop_within_a_pass),      cmocka_unit_test(test_harmed_checkpoints),
        cmocka_unit_test(test_no_room_for_checkpoints), cmocka_unit_test(test_wrong_interval_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
