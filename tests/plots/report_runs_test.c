/* SPDX-License-Identifier: MIT */
/* The report of two files of one name, of a trial under two matchings, and of one over its limit. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "place.h"
#include "plots/plots.h"
#include "results/store/run_provenance.h"

/* A trial that had this many of 100 answers right. */
static void add_trial(results *r, const char *cell, double gap, const char *id, double correct) {
    fixture_trial(r, cell, 1);
    assert_true(table_set_text(&r->runs, "id", id));
    assert_true(table_set_integer(&r->runs, "gap", gap));
    assert_true(table_set_integer(&r->runs, "predictions", 100));
    assert_true(table_set_integer(&r->runs, "correct", correct));
    assert_true(table_set_number(&r->runs, "accuracy", correct / 100));
}

static results *small_run(double correct) {
    results *r = fixture_results("small", "How far?",
                                 "figures: [accuracy_by_gap]\nsweep: {cell: [gru], gap: [5, 10], seed: [1]}\n");
    add_trial(r, "gru", 5, "a", correct);
    add_trial(r, "gru", 10, "b", correct);
    return r;
}

static char *write_report(place *p, results **all, size_t count) {
    char path[PATH_MAX];
    size_t size;
    snprintf(path, sizeof path, "%s/report.html", p->folder);
    if (plots_report(p->context,
                     &(report_request){
                         .all = all, .count = count, .folder = p->folder, .path = path, .format = "html"}) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    return place_read(p, "report.html", &size);
}

/* Each has its own figure. */
static void test_two_files_of_one_name(void **state) {
    results *all[] = {small_run(21), small_run(87)};
    char *page = write_report(*state, all, 2);
    assert_non_null(strstr(page, "\"mean\",5,0.21,"));
    assert_non_null(strstr(page, "\"mean\",5,0.87,"));
    free(page);
    results_free(all[0]);
    results_free(all[1]);
}

/* A trial counts once, and what went over its limit is a result. */
static void test_counts(void **state) {
    static const char *const ids[] = {"a", "b", "c"}, *const statuses[] = {"done", "done", "failed"};
    results *r = fixture_results("counts", "How many?", "sweep: {cell: [gru, lstm, rnn], seed: [1]}\n");
    add_trial(r, "lstm", 5, ids[0], 50);
    assert_true(table_set_text(&r->runs, "matching", "width+parameters"));
    assert_true(table_set_text(&r->runs, "matched", "32/32+1000/1000"));
    add_trial(r, "gru", 5, ids[1], 60);
    assert_true(table_set_text(&r->runs, "matched", "32/32"));
    for (size_t i = 0; i < 3; i++) {
        table *t = &r->planned;
        assert_true(table_add_row(t));
        assert_true(table_set_text(t, "id", ids[i]));
        assert_true(table_set_text(t, "stage", "final"));
        assert_true(table_set_text(t, "matching", i ? "width" : "width+parameters"));
        assert_true(table_set_text(t, "matched", i ? "32/32" : "32/32+1000/1000"));
        assert_true(table_set_text(t, "status", statuses[i]));
        assert_true(table_set_text(t, "reason", i < 2 ? "" : "over its limit: 1 s"));
        assert_true(table_set_text(t, "cell", i == 0 ? "lstm" : i == 1 ? "gru" : "rnn"));
        assert_true(table_set_integer(t, "seed", 1));
    }
    char *page = write_report(*state, &r, 1);
    if (!strstr(page, "3 trials in 4 settings of 1 seed, 1 exceeded their limit."))
        fail_msg("%s", strstr(page, " trials in ") ? strstr(page, " trials in ") - 20 : "no count");
    assert_null(strstr(page, "Unfinished"));
    free(page);
    results_free(r);
}

/* Runs whose long names have the same beginning get files of different names. */
static void test_long_names_of_runs(void **state) {
    char one[65], other[65], name[101];
    (void)state;
    memset(name, 'n', 100);
    name[100] = '\0';
    results *r = fixture_results(name, "", "");
    provenance_file_name(r, one);
    r->name[99] = 'm';
    provenance_file_name(r, other);
    assert_int_equal(strlen(one), 64);
    assert_string_not_equal(one, other);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_two_files_of_one_name, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_counts, place_set_up, place_tear_down),
        cmocka_unit_test(test_long_names_of_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
