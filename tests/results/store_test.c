/* SPDX-License-Identifier: MIT */
/* The store reads back what it wrote, loses no finished trial when a write fails, and names a damaged file. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include <cmocka.h>

#include "results/store/run_provenance.h"
#include "sample.h"
#include "support/file.h"

static gb_context *context;
static char folder[256];

static int set_up(void **state) {
    (void)state;
    sample_folder(folder, sizeof folder);
    return gb_context_create(NULL, &context) == GB_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    sample_remove(folder);
    return 0;
}

static void trial_path(char *path, size_t size, const char *id) {
    snprintf(path, size, "%s/trials/%s.h5", folder, id);
}

static void trials_come_back(void **state) {
    (void)state;
    trial_record written = sample_trial(7, 3), read;
    char path[512];
    trial_path(path, sizeof path, written.id);
    assert_int_equal(store_write_trial(context, folder, &written), GB_OK);
    assert_int_equal(store_read_trial(context, path, &read), GB_OK);
    assert_string_equal(read.id, written.id);
    assert_string_equal(read.status, "done");
    assert_string_equal(read.configuration, written.configuration);
    assert_int_equal(read.fields.count, written.fields.count);
    for (size_t i = 0; i < read.fields.count; i++) {
        char a[64], b[64];
        assert_string_equal(read.fields.columns[i].name, written.fields.columns[i].name);
        assert_int_equal(read.fields.columns[i].type, written.fields.columns[i].type);
        assert_string_equal(table_cell(&read.fields, 0, &read.fields.columns[i], a, sizeof a),
                            table_cell(&written.fields, 0, &written.fields.columns[i], b, sizeof b));
    }
    assert_int_equal(read.curves.rows, 3);
    assert_true(table_number(&read.curves, 2, "train_loss") == 2.0 / 3);
    assert_string_equal(table_text(&read.metrics, 3, "metric"), "gradient_by_lag");
    trial_record_free(&read);
    trial_record_free(&written);
}

static void empty_parts_and_failed_trials_are_kept(void **state) {
    (void)state;
    trial_record r = {.id = "00000000000000000000000000000abc", .status = "failed"}, read;
    char path[512], (*ids)[33];
    size_t count;
    assert_true(table_add_row(&r.fields) && table_set_text(&r.fields, "id", r.id));
    assert_int_equal(store_write_trial(context, folder, &r), GB_OK);
    trial_path(path, sizeof path, r.id);
    assert_int_equal(store_read_trial(context, path, &read), GB_OK);
    assert_int_equal(read.curves.rows, 0);
    trial_record_free(&read);
    trial_record_free(&r);
    assert_int_equal(store_finished(context, folder, false, &ids, &count), GB_OK);
    assert_int_equal(count, 0);
    free(ids);
    assert_int_equal(store_finished(context, folder, true, &ids, &count), GB_OK);
    assert_int_equal(count, 1);
    assert_string_equal(ids[0], "00000000000000000000000000000abc");
    free(ids);
}

static void finished_is_sorted_and_leaves_strays(void **state) {
    (void)state;
    char path[512], (*ids)[33];
    size_t count;
    assert_int_equal(store_finished(context, folder, false, &ids, &count), GB_OK);
    assert_int_equal(count, 0);
    for (size_t i = 3; i-- > 0;) {
        trial_record r = sample_trial(i, 3);
        assert_int_equal(store_write_trial(context, folder, &r), GB_OK);
        trial_record_free(&r);
    }
    snprintf(path, sizeof path, "%s/trials/00000000000000000000000000000009.h5.123.tmp", folder);
    assert_int_equal(file_replace(context, path, "half", 4), GB_OK);
    assert_int_equal(store_finished(context, folder, false, &ids, &count), GB_OK);
    assert_int_equal(count, 3);
    assert_string_equal(ids[0], "00000000000000000000000000000001");
    assert_string_equal(ids[2], "00000000000000000000000000000003");
    assert_true(file_exists(path));
    free(ids);
}

static void a_truncated_trial_is_named(void **state) {
    (void)state;
    char path[512], *bytes, (*ids)[33];
    size_t size, count;
    trial_record r = sample_trial(0, 3), read;
    assert_int_equal(store_write_trial(context, folder, &r), GB_OK);
    trial_path(path, sizeof path, r.id);
    trial_record_free(&r);
    assert_int_equal(file_read(context, path, 1 << 20, &bytes, &size), GB_OK);
    for (size_t percent = 0; percent < 100; percent += 7) {
        assert_int_equal(file_replace(context, path, bytes, size * percent / 100), GB_OK);
        assert_int_equal(store_read_trial(context, path, &read), GB_DATA);
        assert_non_null(strstr(gb_context_message(context), path));
        assert_int_equal(store_finished(context, folder, false, &ids, &count), GB_DATA);
        assert_non_null(strstr(gb_context_message(context), path));
        assert_null(ids);
    }
    free(bytes);
}

static void results_come_back(void **state) {
    (void)state;
    char path[512];
    results *r;
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    assert_int_equal(sample_run(context, folder, path, 12, 2), GB_OK);
    assert_int_equal(results_validate(context, path), GB_OK);
    assert_int_equal(results_read(context, path, &r), GB_OK);
    assert_string_equal(r->name, "sample");
    assert_string_equal(r->title, "A made question?");
    assert_int_equal(strlen(r->created), 20);
    assert_int_equal(r->runs.rows, 12); /* the thirteenth was planned only */
    assert_string_equal(r->runs.columns[0].name, "run");
    assert_string_equal(r->runs.columns[1].name, "id");
    assert_string_equal(r->runs.columns[2].name, "status");
    for (size_t i = 0; i < 12; i++)
        assert_true(table_number(&r->runs, i, "accuracy") == sample_accuracy(i));
    assert_int_equal(r->curves.rows, 36);
    assert_true(table_number(&r->curves, 35, "run") == 11);
    assert_int_equal(r->metrics.rows, 48);
    assert_int_equal(r->hosts.rows, 1);
    assert_int_not_equal(strlen(table_text(&r->hosts, 0, "cpu")), 0);
    assert_int_equal(r->planned.rows, 13);
    assert_string_equal(table_text(&r->planned, 11, "status"), "done");
    assert_string_equal(table_text(&r->planned, 12, "status"), "missing");
    assert_int_equal(r->provenance.rows, 9);
    results_free(r);
}

static void no_trials_make_a_valid_file(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    assert_int_equal(sample_run(context, folder, path, 0, 1), GB_OK);
    assert_int_equal(results_validate(context, path), GB_OK);
}

static void other_files_are_refused(void **state) {
    (void)state;
    char path[512];
    results *r;
    trial_record t = sample_trial(0, 1);
    assert_int_equal(store_write_trial(context, folder, &t), GB_OK);
    trial_path(path, sizeof path, t.id);
    trial_record_free(&t);
    assert_int_equal(results_validate(context, path), GB_DATA); /* ours, but no results file */
    assert_non_null(strstr(gb_context_message(context), path));
    snprintf(path, sizeof path, "%s/text.h5", folder);
    assert_int_equal(file_replace(context, path, "no HDF5", 7), GB_OK);
    assert_int_equal(results_read(context, path, &r), GB_DATA);
    assert_null(r);
    snprintf(path, sizeof path, "%s/none.h5", folder);
    assert_int_equal(results_read(context, path, &r), GB_IO); /* not damaged, only not to be had */
    assert_null(r);
}

enum { CHECKSUM = 53 }; /* bytes of the line that ends a file */

/* A file without a checksum (another program wrote to it) is read in a separate process, with the same contents; a file
 * whose bytes do not match its checksum is refused. No damaged file is given to HDF5 here. */
static void files_of_unknown_origin(void **state) {
    (void)state;
    char path[512], bare[512], *bytes;
    size_t size;
    results *r, *same;
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    snprintf(bare, sizeof bare, "%s/bare.h5", folder);
    assert_int_equal(sample_run(context, folder, path, 5, 2), GB_OK);
    assert_int_equal(file_read(context, path, 1 << 20, &bytes, &size), GB_OK);
    assert_memory_equal(bytes + size - CHECKSUM, "\ngatebench checksum ", 20);
    assert_int_equal(file_replace(context, bare, bytes, size - CHECKSUM), GB_OK);
    assert_int_equal(results_read(context, path, &r), GB_OK);
    if (results_read(context, bare, &same) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    const table *a[] = {&r->runs, &r->curves, &r->metrics, &r->hosts, &r->provenance};
    const table *b[] = {&same->runs, &same->curves, &same->metrics, &same->hosts, &same->provenance};
    for (size_t i = 0; i < sizeof a / sizeof *a; i++) {
        assert_int_equal(a[i]->rows, b[i]->rows);
        assert_int_equal(a[i]->count, b[i]->count);
        for (size_t c = 0; c < a[i]->count; c++)
            for (size_t row = 0; row < a[i]->rows; row++) {
                char left[4096], right[4096];
                assert_string_equal(table_cell(a[i], row, &a[i]->columns[c], left, sizeof left),
                                    table_cell(b[i], row, &b[i]->columns[c], right, sizeof right));
            }
    }
    assert_string_equal(r->created, same->created);
    results_free(same);
    results_free(r);
    bytes[size - CHECKSUM - 1] ^= 1;
    assert_int_equal(file_replace(context, path, bytes, size), GB_OK);
    assert_int_equal(results_read(context, path, &r), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "do not match its checksum"));
    assert_int_equal(file_replace(context, bare, bytes, size / 2), GB_OK);
    assert_int_equal(results_read(context, bare, &r), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), bare));
    free(bytes);
}

#if defined(__SSE__)
static const char *denormals(void) {
    static store_fact facts[32];
    size_t count = store_host_facts(facts, 32);
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].name, "denormals") == 0)
            return facts[i].value;
    return "";
}

static void flushed_denormals_are_found(void **state) {
    (void)state;
    const unsigned before = _mm_getcsr();
    assert_string_equal(denormals(), "kept");
    _mm_setcsr(before | 0x8000u);
    assert_memory_equal(denormals(), "flushed", 7);
    _mm_setcsr(before);
}
#endif

/* The file's bytes with the time of making blanked and without their checksum. */
static char *bytes_but_created(const char *path, size_t *size) {
    char *bytes;
    results *r;
    assert_int_equal(results_read(context, path, &r), GB_OK);
    assert_int_equal(file_read(context, path, 1 << 24, &bytes, size), GB_OK);
    char *created = memmem(bytes, *size, r->created, strlen(r->created));
    assert_non_null(created);
    memset(created, ' ', strlen(r->created));
    *size -= CHECKSUM;
    results_free(r);
    return bytes;
}

static void same_trials_give_same_bytes(void **state) {
    (void)state;
    char path[512];
    size_t size, again;
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    assert_int_equal(sample_run(context, folder, path, 6, 1), GB_OK);
    char *first = bytes_but_created(path, &size);
    sleep(1); /* so that times, had they been stored, would differ */
    assert_int_equal(sample_run(context, folder, path, 6, 1), GB_OK);
    char *second = bytes_but_created(path, &again);
    assert_int_equal(size, again);
    assert_memory_equal(first, second, size);
    free(first);
    free(second);
}

/* The first trial's file is from before there were these settings, the second's is not. */
static void settings_that_a_record_lacks_come_from_the_plan(void **state) {
    (void)state;
    char path[512];
    trial_record trials[2] = {sample_trial(0, 1), sample_trial(1, 1)};
    table planned = {0};
    results *r;
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    assert_true(table_set_text(&trials[1].fields, "schedule", "linear") &&
                table_set_integer(&trials[1].fields, "warmup", 7) &&
                table_set_number(&trials[1].fields, "weight_noise", 0.075));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(store_write_trial(context, folder, &trials[i]), GB_OK);
        sample_plan(&planned, trials[i].id, "final", &trials[i].fields);
        assert_true(table_set_text(&planned, "schedule", i ? "linear" : "constant") &&
                    table_set_text(&planned, "warmup", i ? "7" : "0") &&
                    table_set_text(&planned, "weight_noise", i ? "0.075" : "0"));
    }
    const store_provenance p = {.name = "sample", .title = "?", .planned = &planned};
    assert_int_equal(store_write_results(context, folder, path, &p), GB_OK);
    assert_int_equal(results_read(context, path, &r), GB_OK);
    assert_int_equal(r->runs.rows, 2);
    assert_string_equal(table_text(&r->runs, 0, "schedule"), "constant");
    assert_true(table_number(&r->runs, 0, "warmup") == 0 && table_number(&r->runs, 0, "weight_noise") == 0);
    assert_string_equal(table_text(&r->runs, 1, "schedule"), "linear");
    assert_true(table_number(&r->runs, 1, "warmup") == 7 && table_number(&r->runs, 1, "weight_noise") == 0.075);
    results_free(r);
    table_free(&planned);
    trial_record_free(&trials[0]);
    trial_record_free(&trials[1]);
}

/* A trial of both stages is in /runs once, as final, and in /planned twice; a trial without a file has a reason there.
 */
static void planned_trials_say_what_became_of_them(void **state) {
    (void)state;
    char path[512];
    static const char *const swept[] = {"cell", "seed", NULL}, *const tuned[] = {"lr", NULL};
    static const struct {
        size_t trial;
        const char *stage, *reason, *status;
    } plan[] = {{0, "tune", "", "done"},
                {1, "tune", "over its limit: it took longer than 1 s", "failed"},
                {0, "final", "", "done"},
                {2, "final", "", "diverged"},
                {3, "final", "", "missing"}};
    table planned = {0};
    results *r;
    name_list names = {0};
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    for (size_t i = 0; i < sizeof plan / sizeof *plan; i++) {
        trial_record trial = sample_trial(plan[i].trial, 1);
        strcpy(trial.status, plan[i].trial == 2 ? "diverged" : "done");
        sample_plan(&planned, trial.id, plan[i].stage, &trial.fields);
        assert_true(table_set_text(&planned, "reason", plan[i].reason));
        if (plan[i].trial % 2 == 0)
            assert_int_equal(store_write_trial(context, folder, &trial), GB_OK);
        trial_record_free(&trial);
    }
    const store_provenance p = {
        .name = "sample", .title = "?", .planned = &planned, .swept = swept, .tuned = tuned, .carried = tuned};
    assert_int_equal(store_write_results(context, folder, path, &p), GB_OK);
    assert_int_equal(results_validate(context, path), GB_OK);
    assert_int_equal(results_read(context, path, &r), GB_OK);
    assert_int_equal(r->runs.rows, 2);
    assert_string_equal(table_text(&r->runs, 0, "stage"), "final");
    assert_int_equal(r->planned.rows, sizeof plan / sizeof *plan);
    for (size_t i = 0; i < r->planned.rows; i++) {
        assert_string_equal(table_text(&r->planned, i, "stage"), plan[i].stage);
        assert_string_equal(table_text(&r->planned, i, "status"), plan[i].status);
        assert_string_equal(table_text(&r->planned, i, "reason"), plan[i].reason);
        assert_true(table_number(&r->planned, i, "seed") == 1 && table_number(&r->planned, i, "lr") == 0.002);
    }
    assert_null(table_find(&r->planned, "gap"));
    assert_int_equal(provenance_list(context, r, "swept", &names), GB_OK);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[0], "cell");
    assert_false(results_hold(context, path, &planned));
    names_free(&names);
    results_free(r);
    table_free(&planned);
}

/* In a child that may not write more than `limit` bytes a file: returns the status of writing the results. */
static gb_status write_limited(const char *path, rlim_t limit) {
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit small = {limit, limit};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        store_provenance p = {.name = "other", .title = "?"};
        gb_status status = store_write_results(context, folder, path, &p);
        const char *message = gb_context_message(context);
        _exit(status == GB_OK ? 0 : strstr(message, path) && strstr(message, "safe") ? (int)status : 99);
    }
    int code = -1;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code));
    return (gb_status)WEXITSTATUS(code);
}

static void a_failing_write_leaves_the_old_file(void **state) {
    (void)state;
    char path[512];
    results *r;
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    assert_int_equal(sample_run(context, folder, path, 6, 1), GB_OK);
    for (rlim_t limit = 0; limit < 5000; limit += 1237) {
        assert_int_equal(write_limited(path, limit), GB_IO);
        assert_int_equal(results_read(context, path, &r), GB_OK);
        assert_string_equal(r->name, "sample");
        assert_int_equal(r->runs.rows, 6);
        results_free(r);
    }
    assert_int_equal(write_limited(path, RLIM_INFINITY), GB_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trials_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_parts_and_failed_trials_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finished_is_sorted_and_leaves_strays, set_up, tear_down),
#if defined(__SSE__)
        cmocka_unit_test(flushed_denormals_are_found),
#endif
        cmocka_unit_test_setup_teardown(files_of_unknown_origin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_truncated_trial_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(results_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_trials_make_a_valid_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_files_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_trials_give_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_that_a_record_lacks_come_from_the_plan, set_up, tear_down),
        cmocka_unit_test_setup_teardown(planned_trials_say_what_became_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failing_write_leaves_the_old_file, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
