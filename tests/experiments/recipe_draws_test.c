/* SPDX-License-Identifier: MIT */
/* Tuning by drawn values: the same for every arm and every reading, spread as they say, recorded in the trials. */
#include <math.h>

#include "recipe_file.h"

#define RECIPE(tune) "task: {name: recall}\nsweep: {cell: [rnn, gru], seed: 1..2}\ntune: {" tune ", seeds: 2}\n"

static trial_list tuning_of(const char *content) {
    recipe *r = read_good(content, NULL, NULL);
    trial_list list;
    assert_int_equal(recipe_tuning_trials(context, r, &list), GB_OK);
    recipe_free(r);
    return list;
}

/* 8 draws on 2 seeds for each of 2 arms. */
static void test_same_for_every_arm(void **state) {
    (void)state;
    trial_list list = tuning_of(RECIPE("lr: {log_uniform: [1e-4, 1e-2], draws: 8}"));
    trial_list again = tuning_of(RECIPE("lr: {log_uniform: [1e-4, 1e-2], draws: 8}"));
    assert_int_equal(list.count, 32);
    for (size_t i = 0; i < 16; i++) {
        double lr = trial_number(&list.trials[i], "lr");
        assert_true(lr >= 1e-4 && lr <= 1e-2);
        assert_string_equal(trial_text(&list.trials[i], "lr"), trial_text(&list.trials[16 + i], "lr"));
        assert_string_equal(list.trials[i].id, again.trials[i].id);
        if (i >= 2) /* two seeds a draw */
            assert_string_not_equal(trial_text(&list.trials[i], "lr"), trial_text(&list.trials[i - 2], "lr"));
    }
    trial_list_free(&list);
    trial_list_free(&again);
}

/* More draws begin with the same ones; another setting drawn beside changes none; another seed changes all. */
static void test_streams(void **state) {
    (void)state;
    trial_list few = tuning_of(RECIPE("lr: {log_uniform: [1e-4, 1e-2], draws: 4}"));
    trial_list more = tuning_of(RECIPE("clip_norm: {uniform: [0.5, 5], draws: 6}, "
                                       "lr: {log_uniform: [1e-4, 1e-2], draws: 6}"));
    trial_list other = tuning_of(RECIPE("lr: {log_uniform: [1e-4, 1e-2], draws: 4}, draw_seed: 2"));
    assert_int_equal(more.count, 2 * 6 * 2); /* drawn together, not crossed */
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(trial_text(&few.trials[i], "lr"), trial_text(&more.trials[i], "lr"));
        assert_string_not_equal(trial_text(&few.trials[i], "lr"), trial_text(&other.trials[i], "lr"));
    }
    double clip = trial_number(&more.trials[0], "clip_norm");
    assert_true(clip >= 0.5 && clip <= 5);
    trial_list_free(&few);
    trial_list_free(&more);
    trial_list_free(&other);
}

/* Lists multiply with draws; whole numbers are drawn whole. */
static void test_grid_of_draws(void **state) {
    (void)state;
    trial_list list = tuning_of(RECIPE("lr: {log_uniform: [1e-4, 1e-2], draws: 3}, optimizer: [adam, rmsprop]"));
    assert_int_equal(list.count, 2 * 3 * 2 * 2);
    trial_list_free(&list);
    list = tuning_of(RECIPE("hidden: {uniform: [8, 32], draws: 5}"));
    for (size_t i = 0; i < list.count; i++) {
        double hidden = trial_number(&list.trials[i], "hidden");
        assert_true(hidden == floor(hidden) && hidden >= 8 && hidden <= 32);
    }
    trial_list_free(&list);
}

/* The logarithm is uniform: a quarter of many draws in each quarter of the decades, within four standard errors. A few
 * of 1,000 draws are the same to four digits. */
static void test_spread(void **state) {
    (void)state;
    trial_list list = tuning_of("task: {name: recall}\ntune: {lr: {log_uniform: [1e-4, 1], draws: 1000}}\n");
    size_t quarters[4] = {0};
    assert_in_range(list.count, 950, 1000);
    for (size_t i = 0; i < list.count; i++)
        quarters[(size_t)fmin(3, log10(trial_number(&list.trials[i], "lr") / 1e-4))]++;
    for (size_t q = 0; q < 4; q++)
        assert_in_range(quarters[q], 250 - 65, 250 + 55);
    trial_list_free(&list);
}

/* 1,000 draws of the number of layers, each beside a learning rate of its own: how many have each number. */
static void count_layers(const char *drawn, size_t counts[9]) {
    char content[200];
    snprintf(content, sizeof content,
             "task: {name: recall}\ntune: {layers: %s, lr: {log_uniform: [1e-9, 1], draws: 1000}}\n", drawn);
    trial_list list = tuning_of(content);
    memset(counts, 0, 9 * sizeof *counts);
    for (size_t i = 0; i < list.count; i++)
        counts[(size_t)trial_number(&list.trials[i], "layers")]++;
    trial_list_free(&list);
}

/* Whole numbers include both ends with their full share, within four standard errors; of bounds that are not whole only
 * the numbers between them are drawn. */
static void test_whole_numbers(void **state) {
    (void)state;
    size_t counts[9];
    count_layers("{uniform: [1, 4], draws: 1000}", counts);
    for (size_t k = 1; k <= 4; k++)
        assert_in_range(counts[k], 250 - 65, 250 + 55);
    count_layers("{log_uniform: [1, 8], draws: 1000}", counts);
    for (size_t k = 1; k <= 8; k++) {
        double share = log((k + 1) / (double)k) / log(9), error = 4 * sqrt(1000 * share * (1 - share));
        assert_true(fabs((double)counts[k] - 1000 * share) <= error + 10);
    }
    count_layers("{uniform: [1.5, 3.5], draws: 1000}", counts);
    assert_int_equal(counts[1] + counts[4], 0);
    assert_true(counts[2] > 0 && counts[3] > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_for_every_arm), cmocka_unit_test(test_streams),
                                       cmocka_unit_test(test_grid_of_draws), cmocka_unit_test(test_spread),
                                       cmocka_unit_test(test_whole_numbers)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
