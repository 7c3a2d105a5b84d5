/* SPDX-License-Identifier: MIT */
/* From a recipe to its trials: order, unions, zips, exclusions, merging, overrides, and what tuning chooses. */
#include <math.h>

#include "recipe_file.h"

/* The final trials as "a b, a b" of some settings. */
static char *list_trials(const recipe *r, const char *const *names) {
    static char out[4096];
    trial_list list;
    size_t length = 0;
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &list), GB_OK);
    assert_int_equal(list.count, recipe_final_count(r));
    out[0] = '\0';
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; names[k]; k++)
            length += (size_t)snprintf(out + length, sizeof out - length, "%s%s",
                                       k   ? " "
                                       : i ? ", "
                                           : "",
                                       trial_text(&list.trials[i], names[k]));
    }
    trial_list_free(&list);
    return out;
}

static void assert_trials(const char *content, const char *profile, const char *const *overrides,
                          const char *const *names, const char *expected) {
    recipe *r = read_good(content, profile, overrides);
    assert_string_equal(list_trials(r, names), expected);
    /* the resolved text is a recipe that makes the same trials */
    char *resolved = strdup(recipe_resolved(r));
    recipe_free(r);
    r = read_good(resolved, NULL, NULL);
    assert_string_equal(list_trials(r, names), expected);
    free(resolved);
    recipe_free(r);
}

#define NAMES(...)                                                                                                     \
    (const char *[]) {                                                                                                 \
        __VA_ARGS__, NULL                                                                                              \
    }
#define TASK "task: {name: recall}\n"

static void test_grids(void **state) {
    (void)state;
    assert_trials(TASK, NULL, NULL, NAMES("cell", "gap", "seed"), "lstm 50 1");
    assert_trials(TASK "sweep: {cell: [gru, rnn], seed: 1..2}\n", NULL, NULL, NAMES("cell", "seed"),
                  "gru 1, gru 2, rnn 1, rnn 2");
    assert_trials(TASK "sweep: {gap: [1..3, 10..50:20], seed: 7}\n", NULL, NULL, NAMES("gap", "seed"),
                  "1 7, 2 7, 3 7, 10 7, 30 7, 50 7");
    assert_trials(TASK "sweep: {hidden: log2(16..128)}\n", NULL, NULL, NAMES("hidden"), "16, 32, 64, 128");
    assert_trials(TASK "sweep: {momentum: 0.1..0.5:0.1}\n", NULL, NULL, NAMES("momentum"), "0.1, 0.2, 0.3, 0.4, 0.5");
    assert_trials(TASK "sweep: {gap: 1..6:2}\n", NULL, NULL, NAMES("gap"), "1, 3, 5");
    assert_trials(TASK "sweep: {gap: [5, 5, 6]}\n", NULL, NULL, NAMES("gap"), "5, 6");
}

static void test_zips_and_unions(void **state) {
    (void)state;
    assert_trials(TASK "zip: {cell: [rnn, gru], hidden: [9, 6]}\nsweep: {seed: 1..2}\n", NULL, NULL,
                  NAMES("cell", "hidden", "seed"), "rnn 9 1, rnn 9 2, gru 6 1, gru 6 2");
    assert_trials(TASK "sweep: {seed: 1..2}\nzip: [{cell: [rnn, gru], hidden: [9, 6]}, {gap: [1, 2], lr: [1, 2]}]\n",
                  NULL, NULL, NAMES("seed", "cell", "gap", "lr"),
                  "1 rnn 1 1, 1 rnn 2 2, 1 gru 1 1, 1 gru 2 2, 2 rnn 1 1, 2 rnn 2 2, 2 gru 1 1, 2 gru 2 2");
    assert_trials(TASK "sweep:\n  - {gap: [1, 2]}\n  - {zip: {cell: [gru], hidden: [6]}, gap: 2..3}\n  - {gap: 1}\n",
                  NULL, NULL, NAMES("gap", "cell", "hidden"), "1 lstm 64, 2 lstm 64, 2 gru 6, 3 gru 6");
}

static void test_exclusions(void **state) {
    (void)state;
    assert_trials(TASK "sweep: {cell: [rnn, gru], gap: [1, 2, 3]}\nexclude: [{cell: rnn, gap: [2, 3]}, {gap: 1}]\n",
                  NULL, NULL, NAMES("cell", "gap"), "gru 2, gru 3");
    assert_trials(TASK "sweep: {lr: [1e-3, 2e-3]}\nexclude: {lr: 0.0010}\n", NULL, NULL, NAMES("lr"), "0.002");
}

static void test_profiles(void **state) {
    (void)state;
    static const char content[] = TASK "train: {steps: 50, stop: {reach: 0.9, for: 2}}\n"
                                       "sweep: {cell: [rnn, gru], seed: 1..3}\n"
                                       "profiles: {quick: {train: {stop: {reach: 0.8}}, sweep: {seed: 4}}}\n";
    assert_trials(content, "quick", NULL, NAMES("cell", "seed", "steps", "reach", "reach_for"),
                  "rnn 4 50 0.8 2, gru 4 50 0.8 2");
    recipe *r = read_good(content, "quick", NULL);
    assert_string_equal(recipe_name(r), "a");
    assert_string_equal(recipe_run_name(r), "a-quick");
    assert_string_equal(recipe_text(r), content);
    assert_null(strstr(recipe_resolved(r), "profiles"));
    assert_string_equal(recipe_swept(r)[0], "cell");
    assert_string_equal(recipe_swept(r)[1], "seed");
    assert_null(recipe_swept(r)[2]);
    recipe_free(r);
}

static void test_includes(void **state) {
    (void)state;
    write_recipe("b.yaml", "name: base\nclaim: C2\nquestion: \"Why: not?\"\ntask: {name: recall, gap: 7}\n"
                           "model: {cell: gru}\nsweep: {seed: 1..2, gap: [1, 2]}\n");
    assert_trials("include: b.yaml\nmodel: {hidden: 5}\nsweep: {gap: 3}\n", NULL, NULL,
                  NAMES("cell", "hidden", "seed", "gap"), "gru 5 1 3, gru 5 2 3");
    recipe *r = read_good("include: b.yaml\n", NULL, NULL);
    assert_string_equal(recipe_name(r), "a"); /* a name is not inherited */
    assert_string_equal(recipe_claim(r), "C2");
    assert_string_equal(recipe_question(r), "Why: not?");
    recipe_free(r);
    /* another task's options do not mix with the included ones */
    assert_trials("include: b.yaml\ntask: {name: adding, length: 3}\nsweep: [{seed: 1}]\n", NULL, NULL,
                  NAMES("task", "length", "gap"), "adding 3 ");
    /* errors of the included file show that file */
    write_recipe("c.yaml", "task: {name: recall}\nmodel: {hiden: 3}\n");
    yaml_errors errors = {0};
    assert_int_equal(recipe_read(context, write_recipe("a.yaml", "include: c.yaml\n"), NULL, NULL, 0, &errors, &r),
                     GB_INVALID);
    assert_non_null(strstr(errors.text, "c.yaml:2:9: error: unknown key 'hiden' in model; did you mean 'hidden'?"));
    yaml_errors_free(&errors);
}

static void test_overrides(void **state) {
    (void)state;
    static const char content[] = TASK "train: {stop: {reach: 0.9}}\n"
                                       "sweep: {cell: [rnn, gru], seed: 1..2}\n"
                                       "tune: {lr: [1e-3, 2e-3], seeds: 2}\n";
    assert_trials(content, NULL, NAMES("cell=lstm", "lr=5e-4", "seed=3"), NAMES("cell", "lr", "seed", "gap"),
                  "lstm 0.0005 3 50");
    assert_trials(content, NULL, NAMES("gap=10..30:10", "cell=rnn", "seed=1", "reach=0.7", "lr=1"),
                  NAMES("cell", "gap", "reach"), "rnn 10 0.7, rnn 20 0.7, rnn 30 0.7");
    recipe *r = read_good(content, NULL, NAMES("lr=1"));
    assert_null(recipe_get_tune(r)); /* nothing is left to choose */
    recipe_free(r);
    assert_trials(TASK "zip: {cell: [rnn, gru, lstm], hidden: [9, 6, 4]}\n", NULL, NAMES("cell=lstm,rnn"),
                  NAMES("cell", "hidden"), "rnn 9, lstm 4");
    static const char blocks[] = TASK "sweep:\n  - {cell: [rnn, gru], hidden: 2}\n"
                                      "  - {zip: {cell: [gru, lstm], hidden: [6, 4]}}\n";
    assert_trials(blocks, NULL, NAMES("cell=lstm"), NAMES("cell", "hidden"), "lstm 2, lstm 4");
    assert_trials(blocks, NULL, NAMES("cell=rnn"), NAMES("cell", "hidden"), "rnn 2");
    assert_trials(blocks, NULL, NAMES("hidden=6,7"), NAMES("cell", "hidden"), "rnn 6, rnn 7, gru 6, gru 7");
    /* one of the values is the one that the only block has: all of them are swept */
    assert_trials(TASK "sweep: {cell: [rnn, gru], hidden: 2}\n", NULL, NAMES("hidden=2,3"), NAMES("cell", "hidden"),
                  "rnn 2, rnn 3, gru 2, gru 3");
    assert_trials(TASK "sweep:\n  - {cell: rnn, hidden: 2}\n  - {cell: gru, hidden: 2}\n", NULL, NAMES("hidden=2,3"),
                  NAMES("cell", "hidden"), "rnn 2, rnn 3, gru 2, gru 3");
}

/* An override narrows the blocks that vary its setting; one that fixes it at another value asks something else. */
static void test_overrides_of_blocks(void **state) {
    (void)state;
    static const char content[] = TASK "sweep:\n"
                                       "  - {name: main, cell: [rnn, lstm], gap: [5, 50], seed: 1..2}\n"
                                       "  - {cell: rnn, init: [pytorch, identity], gap: 50, seed: 1..2}\n";
    assert_trials(content, NULL, NAMES("cell=lstm", "gap=2000", "seed=1"), NAMES("cell", "gap", "init"),
                  "lstm 2000 keras");
    assert_trials(content, NULL, NAMES("gap=50", "seed=1"), NAMES("cell", "init"),
                  "rnn keras, lstm keras, rnn pytorch, rnn identity");
    assert_trials(content, NULL, NAMES("init=identity", "gap=50", "seed=3"), NAMES("cell", "init", "seed"),
                  "rnn identity 3, lstm identity 3");
    assert_trials(content, NULL, NAMES("hidden=8,9", "cell=lstm", "seed=1"), NAMES("gap", "hidden"),
                  "5 8, 5 9, 50 8, 50 9");
    assert_trials(TASK "sweep: [{cell: gru, lr: 0.1}, {cell: lstm, lr: 0.2}]\n", NULL, NAMES("lr=0.5"),
                  NAMES("cell", "lr"), "gru 0.5, lstm 0.5");
    recipe *r = read_good(content, NULL, NAMES("cell=lstm"));
    assert_string_equal(recipe_left_out(r), "the block in line 4 (its cell has a different value)");
    recipe_free(r);
    r = read_good(content, NULL, NULL);
    assert_int_equal(recipe_block_count(r), 2);
    assert_string_equal(recipe_block_at(r, 0).name, "main");
    assert_int_equal(recipe_block_at(r, 0).trials, 8);
    assert_int_equal(recipe_block_at(r, 1).trials, 4);
    assert_string_equal(recipe_left_out(r), "");
    recipe_free(r);
}

static void test_measures(void **state) {
    (void)state;
    /* what is always measured, and the order of names, make no other trial */
    assert_trials("task: {name: recall}\nmeasure: [gradient_by_lag, accuracy, nll]\nmeasure_options: {lags: 9}\n", NULL,
                  NULL, NAMES("measure", "lags", "probes"), "gradient_by_lag 9 32");
    assert_trials("task: {name: order}\nmeasure: [bits, swapped_pairs]\n", NULL, NULL, NAMES("measure"),
                  "swapped_pairs");
}

/* Tuning */

static const char tuned[] = TASK "sweep: {cell: [rnn, gru], seed: 1..3}\n"
                                 "tune: {lr: [0.1, 0.2, 0.3], seeds: 2, by: valid_loss}\n";

static trial_list tuning;

/* rnn: 0.3 is best on the mean though 0.1 has the best single seed. gru: 0.2, the one that did not diverge. The trial
 * that `user` names has not run. */
static bool score(void *user, const char *id, double *value) {
    const char *missing = user;
    *value = NAN;
    if (missing && strcmp(missing, id) == 0)
        return false;
    for (size_t i = 0; i < tuning.count; i++) {
        const trial_settings *t = &tuning.trials[i];
        if (strcmp(t->id, id) != 0)
            continue;
        double lr = trial_number(t, "lr");
        bool first = !strcmp(trial_text(t, "seed"), "1001");
        if (!strcmp(trial_text(t, "cell"), "rnn"))
            *value = lr < 0.15 ? (first ? 0.0 : 9.0) : lr < 0.25 ? 3.0 : 2.0;
        else
            *value = lr > 0.15 && lr < 0.25 ? 100.0 : (first ? NAN : 1.0);
        return true;
    }
    fail_msg("asked for a trial that was not planned");
    return false;
}

static void test_tuning(void **state) {
    (void)state;
    recipe *r = read_good(tuned, NULL, NULL);
    const recipe_tune *tune = recipe_get_tune(r);
    assert_string_equal(tune->by, "valid_loss");
    assert_int_equal(tune->seeds, 2);
    assert_int_equal(tune->candidates, 3);
    assert_int_equal(recipe_final_count(r), 6);
    assert_int_equal(recipe_tuning_trials(context, r, &tuning), GB_OK);
    assert_int_equal(tuning.count, 2 * 3 * 2);
    for (size_t i = 0; i < tuning.count; i++) {
        assert_string_equal(tuning.trials[i].stage, "tune");
        assert_true(trial_number(&tuning.trials[i], "seed") > 1000); /* no final seed takes part in choosing */
    }
    trial_list list;
    assert_int_equal(recipe_final_trials(context, r, score, NULL, &list), GB_OK);
    assert_int_equal(list.count, 6);
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.trials[i].stage, "final");
        assert_string_equal(trial_text(&list.trials[i], "lr"), i < 3 ? "0.3" : "0.2");
        assert_false(list.trials[i].provisional);
    }
    trial_list_free(&list);
    assert_int_equal(recipe_final_trials(context, r, score, tuning.trials[tuning.count - 1].id, &list), GB_OK);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.trials[i].provisional, i >= 3); /* the arm that lacks a score */
    trial_list_free(&list);
    trial_list_free(&tuning);
    recipe_free(r);
}

static void test_no_tuning(void **state) {
    (void)state;
    recipe *r = read_good(TASK, NULL, NULL);
    assert_null(recipe_get_tune(r));
    trial_list list;
    assert_int_equal(recipe_tuning_trials(context, r, &list), GB_OK);
    assert_int_equal(list.count, 0);
    trial_list_free(&list);
    recipe_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grids),
        cmocka_unit_test(test_zips_and_unions),
        cmocka_unit_test(test_exclusions),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_includes),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_overrides_of_blocks),
        cmocka_unit_test(test_measures),
        cmocka_unit_test(test_tuning),
        cmocka_unit_test(test_no_tuning),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
