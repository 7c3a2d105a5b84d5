/* SPDX-License-Identifier: MIT */
/* The tuning stage read from results: arms, candidates, what was chosen, edges, and the expected best of k. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"
#include "results/analysis/tuning.h"

static gb_context *context;

static int set_up(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) != GB_OK;
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

static evidence e; /* that a tuning is of */

static results *planned(const char *swept, const char *tuned) {
    results *r = constructed_results("tuned");
    constructed_provenance(r, "swept", swept);
    constructed_provenance(r, "tuned", tuned);
    return r;
}

static void tried(results *r, const char *cell, double lr, double clip, double seed, double loss) {
    table *t = constructed_trial(r, "count", cell, seed);
    assert_true(table_set_text(t, "stage", "tune") && table_set_number(t, "lr", lr) &&
                table_set_number(t, "clip_norm", clip) && table_set_integer(t, "hidden", 8) &&
                table_set_integer(t, "steps", 10) && table_set_number(t, "valid_loss", loss));
    if (isnan(loss))
        assert_true(table_set_text(t, "status", "diverged"));
}

/* The GRU's best is in the middle; the LSTM's rate of 0.1 has the lowest loss on one seed and diverges on the other. */
static results *made(void) {
    static const double gru[3][2] = {{3, 3.2}, {1, 1.2}, {2, 2.2}}, lstm[3][2] = {{2, 2}, {3, 3}, {0.5, NAN}};
    static const double rates[] = {0.001, 0.01, 0.1};
    results *r = planned("cell\nseed\n", "lr\n");
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < 3; i++)
            for (int seed = 0; seed < 2; seed++)
                tried(r, c ? "lstm" : "gru", rates[i], 1, 1001 + seed, c ? lstm[i][seed] : gru[i][seed]);
    constructed_trial(r, "shape", "gru", 1); /* a final trial takes no part */
    return r;
}

static void read(const results *r, tuning *t) {
    assert_int_equal(evidence_read(context, r, "tune", false, &e), GB_OK);
    assert_int_equal(tuning_read(context, &e, t), GB_OK);
}

static void test_arms(void **state) {
    (void)state;
    results *r = made();
    tuning t;
    read(r, &t);
    assert_int_equal(t.setting_count, 1);
    assert_string_equal(t.settings[0]->name, "lr");
    assert_int_equal(t.count, 2);
    assert_int_equal(t.most_candidates, 3);
    assert_string_equal(t.arms[0].name, "cell gru");
    assert_int_equal(t.arms[0].count, 3);
    assert_int_equal(t.arms[0].candidates[1].trials.count, 2);
    assert_true(t.arms[0].candidates[1].scores[1] == 1.2);
    assert_true(fabs(t.arms[0].candidates[1].mean - 1.1) < 1e-12);
    assert_int_equal(t.arms[0].chosen, 1);
    assert_string_equal(t.arms[0].edges, "");
    assert_int_equal(t.arms[1].chosen, 0);
    assert_true(isinf(t.arms[1].candidates[2].mean));
    assert_string_equal(t.arms[1].edges, "lr 0.001 is the smallest of 3 tried");
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
}

/* By hand, of the GRU's means 3.1, 1.1, 2.1: one of them has 2.1, of two the best 5/9 * 1.1 + 3/9 * 2.1 + 1/9 * 3.1. */
static void test_expected_best(void **state) {
    (void)state;
    results *r = made();
    tuning t;
    read(r, &t);
    assert_true(fabs(tuning_expected_best(&t.arms[0], 1) - 2.1) < 1e-12);
    assert_true(fabs(tuning_expected_best(&t.arms[0], 2) - (5 * 1.1 + 3 * 2.1 + 3.1) / 9) < 1e-12);
    assert_true(fabs(tuning_expected_best(&t.arms[1], 1) - (2 + 3 + 3) / 3.) <
                1e-12); /* what diverged counts as the worst */
    assert_true(isnan(tuning_expected_best(&t.arms[0], 0)));
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
}

static void test_two_settings(void **state) {
    (void)state;
    results *r = planned("cell\nseed\n", "lr\nclip_norm\n");
    static const double lr[] = {0.004, 0.004, 0.05, 0.05}, clip[] = {1, 5, 1, 5}, loss[] = {4, 3, 2, NAN};
    for (int i = 0; i < 4; i++)
        tried(r, "gru", lr[i], clip[i], 1001, loss[i]);
    tuning t;
    read(r, &t);
    assert_int_equal(t.count, 1);
    assert_string_equal(t.arms[0].name, "");
    assert_int_equal(t.arms[0].count, 4);
    assert_int_equal(t.arms[0].chosen, 2);
    assert_string_equal(t.arms[0].edges, "lr 0.05 is the largest of 2 tried; clip_norm 1 is the smallest of 2 tried");
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
}

/* A file without its plan lacks a trial: no mean of what is left is taken for a candidate's score. */
static void test_missing(void **state) {
    (void)state;
    results *r = planned("", "lr\n");
    tried(r, "gru", 0.01, 1, 1001, 3);
    tried(r, "gru", 0.01, 1, 1002, 3);
    tried(r, "gru", 0.1, 1, 1002, 1);
    tuning t;
    read(r, &t);
    assert_true(isinf(t.arms[0].candidates[1].mean));
    assert_int_equal(t.arms[0].chosen, 0);
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
}

/* Tuned settings do not distinguish arms, even if matching may set them. */
static void test_steps(void **state) {
    (void)state;
    results *r = planned("cell\nseed\n", "steps\n");
    for (int i = 0; i < 2; i++) {
        tried(r, "gru", 0.1, 1, 1001, 2 - i);
        assert_true(table_set_integer(&r->runs, "steps", 100 * (i + 1)));
    }
    tuning t;
    read(r, &t);
    assert_int_equal(t.count, 1);
    assert_true(t.arms[0].count == 2 && t.arms[0].chosen == 1);
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
}

static void test_none(void **state) {
    (void)state;
    results *r = planned("cell\n", "");
    constructed_trial(r, "shape", "gru", 1);
    tuning t;
    read(r, &t);
    assert_int_equal(t.count, 0);
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
    r = planned("", "lr\n");
    tried(r, "gru", 1, 1, 1001, NAN);
    tried(r, "gru", 2, 1, 1001, NAN);
    read(r, &t);
    assert_int_equal(t.arms[0].chosen, t.arms[0].count); /* everything diverged */
    assert_string_equal(t.arms[0].edges, "");
    assert_true(isnan(tuning_expected_best(&t.arms[0], 1)));
    tuning_free(&t);
    evidence_free(&e);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_arms),         cmocka_unit_test(test_expected_best),
                                       cmocka_unit_test(test_two_settings), cmocka_unit_test(test_missing),
                                       cmocka_unit_test(test_steps),        cmocka_unit_test(test_none)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
