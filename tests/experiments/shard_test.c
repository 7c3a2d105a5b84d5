/* SPDX-License-Identifier: MIT */
/* Shards: every trial belongs to one of them, an arm is never split, the work is dealt out evenly, and all of it
 * follows from the plan. */
#include "experiments/run/run_stage.h"
#include "experiments/run/shard_assign.h"
#include "tests/experiments/recipe_file.h"

static const char recipe_of_test[] = "name: shards\n"
                                     "task: {name: recall, answers: 3, fillers: 4, gap: 2, examples: 20}\n"
                                     "model: {hidden: 4, embedding: 2, backend: reference}\n"
                                     "train: {batch: 4, steps: 50}\n"
                                     "sweep:\n"
                                     "  cell: [rnn, gru, lstm]\n"
                                     "  gap: [1, 2, 4, 8]\n"
                                     "  seed: 1..3\n"
                                     "tune: {lr: [1e-3, 1e-2], seeds: 2}\n";

enum { SHARDS = 4, ARMS = 12, TUNING = ARMS * 4, FINAL = ARMS * 3 };

static const char *const swept[] = {"cell", "gap", "seed", NULL};

/* Both stages, estimated. */
static void make_stages(stage *tune, stage *final) {
    trial_list list;
    recipe *r = read_good(recipe_of_test, NULL, NULL);
    assert_int_equal(recipe_tuning_trials(context, r, &list), GB_OK);
    assert_int_equal(stage_make(context, "tune", list, tune), GB_OK);
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &list), GB_OK);
    assert_int_equal(stage_make(context, "final", list, final), GB_OK);
    assert_int_equal(stage_estimate(context, tune), GB_OK);
    assert_int_equal(stage_estimate(context, final), GB_OK);
    recipe_free(r);
}

/* The shard of each trial, from 1; each must belong to exactly one. */
static void find_owners(stage *tune, stage *final, size_t owner[TUNING + FINAL]) {
    memset(owner, 0, (TUNING + FINAL) * sizeof *owner);
    for (size_t i = 1; i <= SHARDS; i++) {
        assert_int_equal(shard_assign(context, (shard){i, SHARDS}, swept, tune, final), GB_OK);
        for (size_t k = 0; k < TUNING + FINAL; k++) {
            bool elsewhere = k < TUNING ? tune->elsewhere[k] : final->elsewhere[k - TUNING];
            assert_true(elsewhere || owner[k] == 0);
            owner[k] = elsewhere ? owner[k] : i;
        }
    }
    for (size_t k = 0; k < TUNING + FINAL; k++)
        assert_in_range(owner[k], 1, SHARDS);
}

static bool same_arm(const trial_settings *a, const trial_settings *b) {
    return !strcmp(trial_text(a, "cell"), trial_text(b, "cell")) && !strcmp(trial_text(a, "gap"), trial_text(b, "gap"));
}

static void test_arms_are_dealt_out_whole_and_evenly(void **state) {
    (void)state;
    stage tune = {0}, final = {0};
    size_t owner[TUNING + FINAL], again[TUNING + FINAL];
    double load[SHARDS + 1] = {0}, sum = 0;
    make_stages(&tune, &final);
    assert_int_equal(tune.list.count, TUNING);
    assert_int_equal(final.list.count, FINAL);
    assert_int_equal(shard_count_arms(swept, &tune, &final), ARMS);
    find_owners(&tune, &final, owner);
    for (size_t k = 0; k < TUNING; k++) {
        for (size_t i = 0; i < FINAL; i++)
            assert_true(!same_arm(&tune.list.trials[k], &final.list.trials[i]) || owner[k] == owner[TUNING + i]);
        load[owner[k]] += tune.costs[k].flops;
        sum += tune.costs[k].flops;
    }
    for (size_t i = 1; i <= SHARDS; i++)
        assert_true(load[i] > 0.5 * sum / SHARDS && load[i] < 1.5 * sum / SHARDS);
    double share = shard_largest_share(SHARDS, swept, &tune, &final);
    assert_true(share >= 1.0 / SHARDS && share < 1.5 / SHARDS);
    /* what tuning chose, and what the choice costs, must not move an arm */
    for (size_t i = 0; i < FINAL; i++) {
        assert_true(trial_set(&final.list.trials[i], "lr", "0.01"));
        final.costs[i].flops *= 1 + (double)i;
    }
    find_owners(&tune, &final, again);
    assert_memory_equal(owner, again, sizeof owner);
    stage_free(&tune);
    stage_free(&final);
}

static void test_what_is_no_shard(void **state) {
    (void)state;
    shard s;
    static const char *const wrong[] = {"", "1", "0/2", "3/2", "1/0", "-1/2", "1/2 ", "1/ 2", "1/9999999", "x/y"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(shard_parse(context, wrong[i], &s), GB_INVALID);
        assert_non_null(strstr(gb_context_message(context), wrong[i]));
    }
    assert_int_equal(shard_parse(context, "2/4", &s), GB_OK);
    assert_true(s.index == 2 && s.count == 4);
}

static void set_all(const char *const (*variables)[2]) {
    for (; (*variables)[0]; variables++)
        assert_int_equal((*variables)[1] ? setenv((*variables)[0], (*variables)[1], 1) : unsetenv((*variables)[0]), 0);
}

static void test_environment(void **state) {
    (void)state;
    shard s;
    const char *source;
    static const char *const nothing[][2] = {{"SLURM_ARRAY_TASK_ID", NULL},
                                             {"SLURM_ARRAY_TASK_COUNT", NULL},
                                             {"SLURM_ARRAY_TASK_MIN", NULL},
                                             {"SLURM_ARRAY_TASK_STEP", NULL},
                                             {"OMPI_COMM_WORLD_RANK", NULL},
                                             {"OMPI_COMM_WORLD_SIZE", NULL},
                                             {"PMI_RANK", NULL},
                                             {"PMI_SIZE", NULL},
                                             {NULL, NULL}};
    static const char *const array[][2] = {
        {"SLURM_ARRAY_TASK_ID", "12"}, {"SLURM_ARRAY_TASK_COUNT", "3"}, {"SLURM_ARRAY_TASK_MIN", "10"}, {NULL, NULL}};
    static const char *const rank[][2] = {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}, {NULL, NULL}};
    static const char *const holes[][2] = {{"SLURM_ARRAY_TASK_ID", "40"}, {NULL, NULL}};
    set_all(nothing);
    assert_int_equal(shard_from_environment(context, &s, &source), GB_OK);
    assert_true(s.count == 0 && !*source);
    set_all(array);
    assert_int_equal(shard_from_environment(context, &s, &source), GB_OK);
    assert_true(s.index == 3 && s.count == 3 && *source);
    set_all(rank);
    assert_int_equal(shard_from_environment(context, &s, &source), GB_OK);
    assert_true(s.index == 6 && s.count == 6);
    set_all(holes);
    assert_int_equal(shard_from_environment(context, &s, &source), GB_INVALID);
    set_all(nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arms_are_dealt_out_whole_and_evenly),
        cmocka_unit_test(test_what_is_no_shard),
        cmocka_unit_test(test_environment),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
