/* SPDX-License-Identifier: MIT */
/* The papers' numbers are judged by their bands, from constructed results. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "results/claims/claims.h"
#include "support/file.h"
#include "tests/results/constructed.h"

static gb_context *context;

static void add_music(results *r, double seed, double frame_mean, double sequence_mean, bool cut, double parameters) {
    table *t = constructed_trial(r, "music", "gru", seed);
    assert_true(table_set_text(t, "set", "jsb") && table_set_number(t, "nll", frame_mean) &&
                table_set_number(t, "nll_sequence_mean", sequence_mean) && table_set_integer(t, "steps", 1000) &&
                table_set_integer(t, "steps_run", cut ? 1000 : 700) &&
                table_set_integer(t, "best_step", cut ? 1000 : 600) &&
                table_set_integer(t, "cell_parameters", parameters));
}

/* The outcome of Chung's GRU on JSB beside such trials. */
static void expect_published(double frame_mean, double sequence_mean, bool cut, double parameters, const char *outcome,
                             const char *reason) {
    results *r = constructed_results("music");
    published_list list;
    for (int seed = 1; seed <= 3; seed++)
        add_music(r, seed, frame_mean + 0.01 * seed, sequence_mean, cut, parameters);
    assert_int_equal(published_judge(context, &r, 1, &list), GB_OK);
    bool found = false;
    for (size_t i = 0; i < list.count; i++) {
        const published_row *row = &list.items[i];
        if (strcmp(row->source, "Chung et al. 2014") != 0 || strcmp(row->task, "music set=jsb") != 0 ||
            strcmp(row->cell, "GRU") != 0)
            continue;
        found = true;
        assert_true(row->value == 8.54 && row->band_low == 8.3 && row->band_high == 8.9);
        assert_true(fabs(row->ours.estimate - frame_mean - 0.02) < 1e-12 && row->ours.n == 3);
        assert_string_equal(row->outcome, outcome);
        if (!strstr(row->reason, reason))
            fail_msg("reason: %s", row->reason);
    }
    assert_true(found);
    published_free(&list);
    results_free(r);
}

/* Of two runs the one that is not quick is compared, whatever the order. */
static void quick_runs_come_last(void **state) {
    (void)state;
    results *all[] = {constructed_results("music-quick"), constructed_results("music-full")};
    for (int seed = 1; seed <= 3; seed++) {
        add_music(all[0], seed, 9.5, 9.5, false, 20139);
        add_music(all[1], seed, 8.5, 8.5, false, 20139);
    }
    published_list list;
    assert_int_equal(published_judge(context, all, 2, &list), GB_OK);
    for (size_t i = 0; i < list.count; i++)
        if (*list.items[i].run) {
            assert_string_equal(list.items[i].run, "music-full");
            assert_false(list.items[i].quick);
        }
    published_free(&list);
    results_free(all[0]);
    results_free(all[1]);
}

/* An exact number that does not hold stops the trained ones of its set, and the claims go without its trials and say
 * so; one that holds stops nothing. */
static void a_failed_anchor_stops_its_task(void **state) {
    (void)state;
    static const double marginals[] = {11.06, 4.24}; /* the second is a mean over padded frames */
    for (size_t k = 0; k < 2; k++) {
        results *all[] = {constructed_results("anchors"), constructed_results("music")};
        table *t = constructed_trial(all[0], "music", "rnn", 1);
        assert_true(table_set_text(t, "set", "jsb") && table_set_integer(t, "steps", 0) &&
                    table_set_number(t, "marginal_nll", marginals[k]));
        for (int seed = 1; seed <= 3; seed++)
            for (int gru = 0; gru < 2; gru++) {
                t = constructed_trial(all[1], "music", gru ? "gru" : "lstm", seed);
                assert_true(table_set_text(t, "set", "jsb") && table_set_integer(t, "steps", 10) &&
                            table_set_integer(t, "hidden", 40) && table_set_number(t, "nll", 8.5 + 0.001 * seed) &&
                            table_set_integer(t, "cell_parameters", 20000));
            }
        published_list list;
        assert_int_equal(published_judge(context, all, 2, &list), GB_OK);
        size_t stopped = 0;
        for (size_t i = 0; i < list.count; i++)
            stopped +=
                strstr(list.items[i].reason,
                       "not judged: the exactly known number (anchor) of music set=jsb, marginal_nll, is 4.24") != NULL;
        assert_int_equal(stopped > 0, k == 1);
        published_free(&list);
        verdict_list verdicts;
        char claims[4096];
        assert_int_equal(file_find_shared(context, "claims.yaml", claims, sizeof claims), GB_OK);
        assert_int_equal(verdicts_judge(context, claims, all, 2, &verdicts), GB_OK);
        for (size_t i = 0; i < verdicts.count; i++)
            if (strcmp(verdicts.items[i].id, "C5") == 0) {
                assert_int_equal(strstr(verdicts.items[i].words, "without the trials of music set=jsb") != NULL,
                                 k == 1);
                assert_int_equal(strstr(verdicts.items[i].evidence, "music") != NULL, k == 0);
            }
        verdicts_free(&verdicts);
        results_free(all[0]);
        results_free(all[1]);
    }
}

static void published_numbers_are_judged_by_their_bands(void **state) {
    (void)state;
    expect_published(8.5, 8.6, false, 20139, "reproduced", "3 of 3 trials");
    expect_published(9.3, 9.4, false, 20139, "not reproduced", "sequence mean 9.400");
    expect_published(8.8, 9.4, false, 20139, "not comparable", "only one is in the band");
    expect_published(8.5, 8.6, true, 20139, "not comparable", "step limit");
    expect_published(8.5, 8.6, false, 5000, "not comparable", "gru with 5,000 recurrent parameters");
    published_list list;
    assert_int_equal(published_judge(context, NULL, 0, &list), GB_OK);
    assert_true(list.count >= 21);
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i].source, "Weiss et al. 2018") == 0 || strncmp(list.items[i].task, "pixels", 6) == 0)
            assert_string_equal(list.items[i].outcome, "not comparable"); /* whatever is run */
        else
            assert_string_equal(list.items[i].outcome, "not run");
    published_free(&list);
}

static const published_row *find_row(const published_list *list, const char *task, const char *cell) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].task, task) == 0 && strcmp(list->items[i].cell, cell) == 0)
            return &list->items[i];
    fail_msg("no number of %s, %s", task, cell);
    return NULL;
}

static void add_adding(results *r, const char *cell, double seed, double length, const char *positions, double mse,
                       double parameters) {
    table *t = constructed_trial(r, "adding", cell, seed);
    assert_true(table_set_integer(t, "length", length) && table_set_text(t, "positions", positions) &&
                table_set_number(t, "mse", mse) && table_set_integer(t, "cell_parameters", parameters) &&
                table_set_integer(t, "hidden", parameters > 10000 ? 128 : 32));
}

/* Of the same task at other settings it is said which differ; those with the paper's settings and size come first; and
 * a quick run's number is marked. */
static void what_differs_from_the_paper_is_said(void **state) {
    (void)state;
    results *r = constructed_results("adding-quick");
    published_list list;
    add_adding(r, "lstm", 1, 600, "anywhere", 0.9, 4480); /* too small */
    add_adding(r, "lstm", 1, 600, "anywhere", 0.16, 70000);
    add_adding(r, "lstm", 2, 600, "anywhere", 0.17, 70100);
    add_adding(r, "gru", 1, 100, "halves", NAN,
               4477); /* it diverged, and is not evidence against the paper's all the same */
    add_adding(r, "rnn", 1, 600, "anywhere", 0.3, 70000);
    add_adding(r, "rnn", 1, 600, "anywhere", 0.1, 70000); /* from other weights: not of the same number */
    assert_true(table_set_text(&r->runs, "init", "pytorch"));
    assert_int_equal(published_judge(context, &r, 1, &list), GB_OK);
    const published_row *lstm = find_row(&list, "adding length=600 positions=anywhere", "LSTM");
    assert_string_equal(lstm->outcome, "reproduced");
    assert_true(lstm->ours.n == 2 && lstm->quick);
    const published_row *gru = find_row(&list, "adding length=600 positions=anywhere", "GRU");
    assert_string_equal(gru->outcome, "not comparable");
    assert_non_null(strstr(gru->reason, "the paper's length is 600, ours 100"));
    assert_non_null(strstr(gru->reason, "the paper's positions is anywhere, ours halves"));
    const published_row *rnn = find_row(&list, "adding length=600 positions=anywhere", "RNN");
    assert_string_equal(rnn->outcome, "not reproduced");
    assert_int_equal(rnn->ours.n, 1);
    assert_string_equal(find_row(&list, "copy blanks=50", "LSTM")->bound, "above");
    published_free(&list);
    results_free(r);
}

/* Trials of another learning rate are not more seeds of the same setting. */
static void swept_settings_are_not_seeds(void **state) {
    (void)state;
    results *r = constructed_results("adding");
    published_list list;
    for (int rate = 1; rate <= 2; rate++)
        for (int seed = 1; seed <= 3; seed++) {
            add_adding(r, "lstm", seed, 600, "anywhere", rate == 1 ? 0.16 : 0.9, 70000);
            assert_true(table_set_number(&r->runs, "lr", rate));
        }
    assert_int_equal(published_judge(context, &r, 1, &list), GB_OK);
    const published_row *lstm = find_row(&list, "adding length=600 positions=anywhere", "LSTM");
    assert_int_equal(lstm->ours.n, 3);
    assert_non_null(strstr(lstm->reason, "3 of 3 trials"));
    published_free(&list);
    results_free(r);
}

/* Chung's count of 20.2e3 is the mean over the four input sizes. */
static void published_counts_are_exact(void **state) {
    (void)state;
    const double inputs[] = {93, 96, 105, 108};
    results *r = constructed_results("ledger");
    for (size_t i = 0; i < 4; i++) {
        constructed_count(r, "gru_reset_before", "paper", 46, 3 * 46 * (inputs[i] + 46));
        r->runs.columns[table_find(&r->runs, "input") - r->runs.columns].numbers[i] = inputs[i];
    }
    published_list list;
    size_t found = 0;
    assert_int_equal(published_judge(context, &r, 1, &list), GB_OK);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].ours.n > 0) {
            found++;
            assert_string_equal(list.items[i].outcome, "reproduced");
            assert_true(list.items[i].ours.estimate == 20217 && list.items[i].ours.low == 20217);
        }
    assert_int_equal(found, 1);
    published_free(&list);
    results_free(r);
}

static int set_up(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) == GB_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_runs_come_last),
        cmocka_unit_test(a_failed_anchor_stops_its_task),
        cmocka_unit_test(published_numbers_are_judged_by_their_bands),
        cmocka_unit_test(published_counts_are_exact),
        cmocka_unit_test(what_differs_from_the_paper_is_said),
        cmocka_unit_test(swept_settings_are_not_seeds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
