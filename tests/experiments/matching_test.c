/* SPDX-License-Identifier: MIT */
/* Matching: the nearest hidden size by parameters and by state, for every cell; which settings a trial gets from it;
 * and how recipes use `match:`. */
#include <math.h>

#include "experiments/settings/matching.h"
#include "experiments/trial/trial_state.h"
#include "gatebench/cell.h"
#include "recipe_file.h"
#include "results/store/matching_rows.h"

static gb_model_spec spec_of(const char *cell, size_t input, gb_bias bias, size_t layers) {
    return (gb_model_spec){.cell = cell,
                           .backend = "reference",
                           .dtype = GB_F32,
                           .input = GB_INPUT_DENSE,
                           .input_size = input,
                           .hidden = 1,
                           .layers = layers,
                           .output_size = 10,
                           .head = GB_HEAD_LAST,
                           .loss = GB_LOSS_SOFTMAX,
                           .bias = bias};
}

/* Another size is never nearer, and the nearest is at most this share off. A cell without a matrix between its units
 * (minGRU) may need more units than a layer may have. */
static void assert_nearest(gb_model_spec spec, double target, double most_off) {
    size_t hidden = matching_nearest_hidden(&spec, MATCHING_PARAMETERS, false, target);
    double off[3];
    for (size_t i = 0; i < 3; i++) {
        spec.hidden = hidden + i - 1;
        off[i] = spec.hidden ? fabs(matching_parameters(&spec, false) - target) : INFINITY;
    }
    spec.hidden = MATCHING_LARGEST_HIDDEN;
    if (hidden == MATCHING_LARGEST_HIDDEN && matching_parameters(&spec, false) < target)
        return;
    assert_true(off[1] <= off[2] && off[1] < off[0]);
    if (off[1] > most_off * target)
        fail_msg("%s, %zu inputs, bias %d: %zu units are %.2f %% off %.0f parameters", spec.cell, spec.input_size,
                 (int)spec.bias, hidden, 100 * off[1] / target, target);
}

/* What the README promises: at most 3 % off at 10,000 parameters and 1.1 % from 40,000, up to 88 inputs (the piano). */
static void test_accuracy(void **state) {
    (void)state;
    static const struct {
        double target, most_off;
    } budgets[] = {{10000, 0.03}, {13333, 0.03}, {40000, 0.011}, {41234, 0.011}, {100000, 0.011}, {1e6, 0.011}};
    size_t cells = 0;
    for (; gb_cell_at(cells); cells++) {
        for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++) {
            for (size_t input = 1; input <= 88; input++) {
                gb_model_spec spec = spec_of(gb_cell_at(cells)->name, input, bias, 1);
                for (size_t b = 0; b < sizeof budgets / sizeof *budgets; b++)
                    assert_nearest(spec, budgets[b].target, budgets[b].most_off);
            }
        }
    }
    assert_true(cells >= 11);
}

/* The formula counts what a model allocates, whole and recurrent part. */
static void test_counts_are_the_models(void **state) {
    (void)state;
    for (size_t c = 0; gb_cell_at(c); c++) {
        for (size_t layers = 1; layers <= 2; layers++) {
            gb_model_spec spec = spec_of(gb_cell_at(c)->name, 7, GB_BIAS_SINGLE, layers);
            spec.input = GB_INPUT_TOKENS;
            spec.embedding = 5;
            spec.hidden = 6;
            gb_model *model;
            assert_int_equal(gb_model_create(context, &spec, &model), GB_OK);
            assert_true(matching_parameters(&spec, true) == (double)gb_model_parameter_count(model));
            assert_true(matching_parameters(&spec, false) == (double)gb_model_recurrent_parameter_count(model));
            gb_model_destroy(model);
        }
    }
}

static void test_state(void **state) {
    (void)state;
    gb_model_spec lstm = spec_of("lstm", 3, GB_BIAS_SINGLE, 2), gru = spec_of("gru", 3, GB_BIAS_SINGLE, 2);
    lstm.hidden = 33;
    assert_true(matching_state_bytes(&lstm) == 33 * 2 * 2 * 4);
    assert_int_equal(matching_nearest_hidden(&gru, MATCHING_STATE, false, matching_state_bytes(&lstm)), 66);
    gru.hidden = 33;
    assert_int_equal(matching_nearest_hidden(&lstm, MATCHING_STATE, false, matching_state_bytes(&gru)), 16);
    gru.hidden = 1;
    assert_int_equal(matching_nearest_hidden(&lstm, MATCHING_STATE, false, matching_state_bytes(&gru)), 1);
}

static void test_notes(void **state) {
    (void)state;
    trial_settings t = {0};
    assert_true(matching_note(&t, "width", 32, 32) && matching_note(&t, "parameters", 4477, 4480));
    assert_true(matching_note(&t, "width", 32, 32));
    assert_string_equal(t.matching, "width+parameters");
    assert_string_equal(t.matched, "32/32+4477/4480");
    assert_true(fabs(matchings_ratio(t.matched) - 4477.0 / 4480) < 1e-12);
    assert_true(isnan(matchings_ratio("")));
    bool room = true;
    for (int i = 0; i < 30; i++)
        room = room && matching_note(&t, "state", 1e6 + i, 1e6);
    assert_false(room);
    assert_true(strlen(t.matched) < sizeof t.matched && strlen(t.matching) < sizeof t.matching);
}

/* The final trials as "cell hidden matching matched" lines of the first seed. */
static void assert_plan(const char *content, const char *expected) {
    recipe *r = read_good(content, NULL, NULL);
    trial_list list;
    char out[4096] = "";
    size_t length = 0;
    if (recipe_final_trials(context, r, NULL, NULL, &list) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    assert_true(list.count <= recipe_final_count(r));
    for (size_t i = 0; i < list.count; i++) {
        const trial_settings *t = &list.trials[i];
        length += (size_t)snprintf(out + length, sizeof out - length, "%s %s %s %s\n", trial_text(t, "cell"),
                                   trial_text(t, "hidden"), t->matching, t->matched);
    }
    assert_string_equal(out, expected);
    trial_list_free(&list);
    recipe_free(r);
}

#define ADDING "task: {name: adding}\nmodel: {hidden: 32, bias: single}\n"

static void test_plans(void **state) {
    (void)state;
    assert_plan(ADDING "sweep: {cell: [rnn, gru, lstm]}\n",
                "rnn 32 width 32/32\ngru 32 width 32/32\nlstm 32 width 32/32\n");
    assert_plan(ADDING "sweep: {cell: [rnn, gru, lstm]}\nmatch: parameters\n",
                "rnn 65 parameters 4420/4480\ngru 37 parameters 4477/4480\nlstm 32 parameters 4480/4480\n");
    assert_plan(ADDING "sweep: {cell: [gru, lstm]}\nmatch: [width, parameters, state]\n",
                "gru 32 width 32/32\nlstm 32 width+parameters+state 32/32+4480/4480+256/256\n"
                "gru 37 parameters 4477/4480\ngru 64 state 256/256\n");
    assert_plan(ADDING "sweep: {cell: [gru, lstm]}\nmatch: {by: parameters, like: gru}\n",
                "gru 32 parameters 3392/3392\nlstm 28 parameters 3472/3392\n");
    assert_plan(ADDING "sweep: {cell: [rnn, gru]}\nmatch: parameters\n",
                "rnn 32 parameters 1120/1120\ngru 18 parameters 1152/1120\n");
    assert_plan(ADDING "sweep: {cell: [rnn, gru]}\nmatch: {by: state, like: lstm}\n",
                "rnn 64 state 256/256\ngru 64 state 256/256\n");
    assert_plan(ADDING "sweep: {hidden: [16, 32], cell: [gru, lstm]}\nmatch: parameters\n",
                "gru 19 parameters 1273/1216\nlstm 16 parameters 1216/1216\n"
                "gru 37 parameters 4477/4480\nlstm 32 parameters 4480/4480\n");
    /* the whole model: 33 more for the output of the LSTM, 38 of the GRU */
    assert_plan(ADDING "sweep: {cell: [gru, lstm]}\nmatch: {by: parameters, count: model}\n",
                "gru 37 parameters 4515/4513\nlstm 32 parameters 4513/4513\n");
    /* widths that the recipe gives are kept, and what they come to is noted */
    assert_plan(ADDING "zip: {cell: [gru, lstm], hidden: [40, 32]}\nmatch: parameters\n",
                "gru 40 parameters 5200/4480\nlstm 32 parameters 4480/4480\n");
}

/* A block of the sweep may have matchings of its own. */
static void test_blocks(void **state) {
    (void)state;
    assert_plan(ADDING "sweep:\n  - {cell: [rnn, lstm]}\n  - {match: width, cell: rnn, init: pytorch}\n"
                       "match: [width, parameters]\n",
                "rnn 32 width 32/32\nlstm 32 width+parameters 32/32+4480/4480\nrnn 65 parameters 4420/4480\n"
                "rnn 32 width 32/32\n");
}

/* The same size for two sizes of the anchor is one trial, made under both. */
static void test_shared_trials(void **state) {
    (void)state;
    assert_plan(ADDING "sweep: {hidden: [2, 3], cell: [rnn, lstm]}\nmatch: {by: state, like: rnn}\n",
                "rnn 2 state 8/8\nlstm 1 state+state 8/8+8/12\nrnn 3 state 12/12\n");
}

/* Tuning comes once for a trial under two matchings, and sizes are those of the final trials. */
static void test_tuning(void **state) {
    (void)state;
    recipe *r = read_good(ADDING "sweep: {cell: [gru, lstm], seed: 1..3}\nmatch: [width, parameters]\n"
                                 "tune: {lr: [1e-3, 2e-3], seeds: 2}\n",
                          NULL, NULL);
    trial_list list;
    assert_int_equal(recipe_tuning_trials(context, r, &list), GB_OK);
    assert_int_equal(list.count, 3 * 2 * 2);
    assert_string_equal(list.trials[4].matching, "width+parameters");
    assert_string_equal(trial_text(&list.trials[8], "hidden"), "37");
    assert_string_equal(list.trials[8].matching, "parameters");
    trial_list_free(&list);
    recipe_free(r);
}

/* A learned initial state counts with the model, as in `parameters`: the LSTM's 9 units have 460, the GRU comes nearer
 * with 11 (496) than with 10 (421). */
static void test_learned_state(void **state) {
    (void)state;
    recipe *r = read_good("task: {name: adding}\n"
                          "model: {hidden: 9, initial_state: learned}\n"
                          "sweep: {cell: [lstm, gru]}\n"
                          "match: {by: parameters, count: model}\n",
                          NULL, NULL);
    trial_list list;
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &list), GB_OK);
    assert_string_equal(list.trials[0].matched, "460/460");
    assert_string_equal(trial_text(&list.trials[1], "hidden"), "11");
    assert_string_equal(list.trials[1].matched, "496/460");
    trial_list_free(&list);
    recipe_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracy), cmocka_unit_test(test_counts_are_the_models),
        cmocka_unit_test(test_state),    cmocka_unit_test(test_notes),
        cmocka_unit_test(test_plans),    cmocka_unit_test(test_shared_trials),
        cmocka_unit_test(test_tuning),   cmocka_unit_test(test_learned_state),
        cmocka_unit_test(test_blocks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
