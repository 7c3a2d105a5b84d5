/* SPDX-License-Identifier: MIT */
/* What the tests of running share: a temporary folder, a small recipe in it, a run of it in this process or another,
 * and the comparison of what two runs left behind. Header only, so that each test is one file. */
#ifndef GATEBENCH_TESTS_RUN_FIXTURE_H
#define GATEBENCH_TESTS_RUN_FIXTURE_H

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "experiments/run/run.h"
#include "results/store/store.h"
#include "support/file.h"

typedef struct run_fixture {
    gb_context *context;
    char folder[256], recipe[300], results[300];
} run_fixture;

/* A new folder with the recipe `tiny.yaml`. */
static inline void fixture_open(run_fixture *f, const char *yaml) {
    const char *base = getenv("TMPDIR");
    *f = (run_fixture){0};
    assert_int_equal(gb_context_create(NULL, &f->context), GB_OK);
    snprintf(f->folder, sizeof f->folder, "%.200s/gatebench-run-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->recipe, sizeof f->recipe, "%s/tiny.yaml", f->folder);
    snprintf(f->results, sizeof f->results, "%s/out", f->folder);
    assert_int_equal(file_replace(f->context, f->recipe, yaml, strlen(yaml)), GB_OK);
}

static inline void fixture_close(run_fixture *f) {
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
    gb_context_destroy(f->context);
}

/* Runs the recipe with these options; the summary tells what came of it. */
static inline gb_status fixture_run_with(run_fixture *f, const run_options *options, run_summary *summary) {
    yaml_errors errors = {0};
    recipe *r = NULL;
    if (recipe_read(f->context, f->recipe, NULL, NULL, 0, &errors, &r) != GB_OK)
        fail_msg("%s%s", errors.text ? errors.text : "", gb_context_message(f->context));
    gb_status status = run_recipe(f->context, r, options, summary);
    recipe_free(r);
    return status;
}

static inline run_options fixture_options(const char *kept_in, size_t workers) {
    return (run_options){.results_folder = kept_in, .workers = workers, .command_line = "test"};
}

static inline gb_status fixture_run(run_fixture *f, const char *kept_in, size_t workers, run_summary *summary) {
    run_options options = fixture_options(kept_in, workers);
    return fixture_run_with(f, &options, summary);
}

/* The same in another process that leads its own group; its exit code is the status, or 100 + failed trials. */
static inline pid_t fixture_start_with(run_fixture *f, const run_options *options) {
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    setpgid(0, 0);
    run_summary summary;
    gb_status status = fixture_run_with(f, options, &summary);
    _exit(status ? (int)status : summary.failed ? 100 + (int)summary.failed : 0);
}

static inline pid_t fixture_start(run_fixture *f, const char *kept_in, size_t workers) {
    run_options options = fixture_options(kept_in, workers);
    return fixture_start_with(f, &options);
}

static inline int fixture_wait(pid_t pid) {
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The ids of the finished trials of the run "tiny"; every file is opened on the way. */
static inline size_t fixture_finished(run_fixture *f, const char *kept_in, char (**ids)[33]) {
    char folder[PATH_MAX];
    size_t count = 0;
    *ids = NULL;
    snprintf(folder, sizeof folder, "%s/tiny/trials", kept_in);
    if (!file_exists(folder))
        return 0;
    snprintf(folder, sizeof folder, "%s/tiny", kept_in);
    if (store_finished(f->context, folder, false, ids, &count) != GB_OK)
        fail_msg("%s", gb_context_message(f->context));
    return count;
}

static inline bool fixture_is_timing(const char *name) {
    return strstr(name, "seconds") || strcmp(name, "peak_memory_bytes") == 0 || strcmp(name, "resumed") == 0;
}

/* Equal to the bit, timings and memory aside. */
static inline void fixture_compare_tables(const table *a, const table *b) {
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->count, b->count);
    for (size_t c = 0; c < a->count; c++) {
        const table_column *left = &a->columns[c], *right = table_find(b, left->name);
        assert_non_null(right);
        assert_int_equal(left->type, right->type);
        for (size_t row = 0; row < a->rows && !fixture_is_timing(left->name); row++)
            if (left->type == COLUMN_TEXT)
                assert_string_equal(left->texts[row], right->texts[row]);
            else if (!isnan(left->numbers[row]) || !isnan(right->numbers[row]))
                assert_true(left->numbers[row] == right->numbers[row]);
    }
}

/* The results files of two runs hold the same. */
static inline void fixture_compare_results(run_fixture *f, const char *a, const char *b) {
    char path[PATH_MAX + 64];
    results *left = NULL, *right = NULL;
    snprintf(path, sizeof path, "%s/tiny.h5", a);
    assert_int_equal(results_read(f->context, path, &left), GB_OK);
    snprintf(path, sizeof path, "%s/tiny.h5", b);
    assert_int_equal(results_read(f->context, path, &right), GB_OK);
    fixture_compare_tables(&left->runs, &right->runs);
    fixture_compare_tables(&left->curves, &right->curves);
    fixture_compare_tables(&left->metrics, &right->metrics);
    results_free(left);
    results_free(right);
}

/* The children of a process (Linux); returns how many. */
static inline size_t fixture_children(pid_t parent, pid_t *children, size_t most) {
    char path[64];
    int child;
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
    FILE *file = fopen(path, "r");
    while (file && count < most && fscanf(file, "%d", &child) == 1)
        children[count++] = child;
    if (file)
        fclose(file);
    return count;
}

/* Waits until so many trials are finished; gives up after a minute. */
static inline void fixture_wait_for(run_fixture *f, const char *kept_in, size_t wanted) {
    (void)f;
    char pattern[PATH_MAX];
    snprintf(pattern, sizeof pattern, "ls '%s/tiny/trials' 2>/dev/null | grep -c '\\.h5$'", kept_in);
    for (int attempt = 0; attempt < 6000; attempt++) {
        size_t there = 0;
        FILE *list = popen(pattern, "r");
        if (list && fscanf(list, "%zu", &there) != 1)
            there = 0;
        if (list)
            pclose(list);
        if (there >= wanted)
            return;
        usleep(10000);
    }
    fail_msg("%zu trials were never finished in %s", wanted, kept_in);
}

#endif
