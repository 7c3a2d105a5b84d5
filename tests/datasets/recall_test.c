/* SPDX-License-Identifier: MIT */
/* The recall task: answer, fillers, query, in both training regimes, and the probe. */
#include <string.h>

#include "fixture.h"

enum { ANSWERS = 10, FILLERS = 50, QUERY = ANSWERS + FILLERS, ROWS = 64 };

static void check_row(const gb_batch *b, size_t i) {
    size_t n = b->sequences, last = b->lengths[i] - 1;
    assert_in_range(b->tokens[i], 0, ANSWERS - 1);
    assert_int_equal(b->classes[i], b->tokens[i]);
    for (size_t t = 1; t < last; t++)
        assert_in_range(b->tokens[t * n + i], ANSWERS, QUERY - 1);
    assert_int_equal(b->tokens[last * n + i], QUERY);
}

static task *open_recall(const char *gap, const char *regime, const char *examples) {
    const char *const settings[3][2] = {{"gap", gap}, {"train_gap", regime}, {"examples", examples}};
    task *t;
    assert_int_equal(task_open(context, "recall", settings, 3, &t), GB_OK);
    return t;
}

static void test_fixed_gap(void **state) {
    (void)state;
    static const char *const gaps[] = {"0", "1", "7", "50"};
    for (size_t g = 0; g < 4; g++) {
        task *t = open_recall(gaps[g], "fixed", "100");
        size_t steps = task_get_shape(t)->longest;
        for (size_t split = TASK_TRAIN; split <= TASK_TEST; split++) {
            task_batch batch = {0};
            assert_int_equal(task_get_batch(t, (task_split)split, 1, 3, ROWS, &batch), GB_OK);
            assert_int_equal(batch.batch.steps, steps);
            for (size_t i = 0; i < batch.batch.sequences; i++) {
                assert_int_equal(batch.batch.lengths[i], steps);
                check_row(&batch.batch, i);
            }
            task_batch_free(context, &batch);
        }
        task_close(t);
    }
}

static size_t longest_of(task *t, task_split split) {
    size_t longest = 0;
    task_batch batch = {0};
    assert_int_equal(task_get_batch(t, split, 1, 0, 4 * ROWS, &batch), GB_OK);
    for (size_t i = 0; i < batch.batch.sequences; i++)
        longest = batch.batch.lengths[i] > longest ? batch.batch.lengths[i] : longest;
    task_batch_free(context, &batch);
    return longest - 2;
}

/* 4, 8, and finally the gap; tests always use the gap. */
static void test_curriculum(void **state) {
    (void)state;
    task *t = open_recall("13", "curriculum", "100");
    static const size_t bounds[] = {4, 8, 13, 13};
    for (size_t level = 0; level < 4; level++) {
        assert_int_equal(task_set_level(t, level), level < 2);
        assert_int_equal(longest_of(t, TASK_TRAIN), bounds[level]);
        assert_int_equal(longest_of(t, TASK_TEST), 13);
    }
    task_close(t);
    t = open_recall("13", "up_to", "100");
    assert_false(task_set_level(t, 0));
    assert_int_equal(longest_of(t, TASK_TRAIN), 13);
    task_close(t);
}

static void test_gaps_up_to(void **state) {
    (void)state;
    task *t = open_recall("6", "up_to", "100");
    size_t seen[9] = {0};
    task_batch batch = {0};
    for (size_t index = 0; index < 8; index++) {
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, index, ROWS, &batch), GB_OK);
        for (size_t i = 0; i < ROWS; i++) {
            assert_in_range(batch.batch.lengths[i], 2, 8);
            seen[batch.batch.lengths[i]]++;
            check_row(&batch.batch, i);
        }
    }
    for (size_t length = 2; length <= 8; length++) /* 512 draws of 7 gaps: each about 73 times */
        assert_in_range(seen[length], 40, 110);
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, ROWS, &batch), GB_OK);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(batch.batch.lengths[i], 8); /* tested at the gap itself */
    task_batch_free(context, &batch);
    task_close(t);
}

/* An example depends on its number, not on the batch that it came in. */
static void test_rows_do_not_depend_on_the_batch(void **state) {
    (void)state;
    task *t = open_recall("5", "up_to", "100");
    task_batch large = {0}, small = {0};
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 9, 0, 12, &large), GB_OK);
    for (size_t index = 0; index < 3; index++) {
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 9, index, 4, &small), GB_OK);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(small.lengths[i], large.lengths[4 * index + i]);
            for (size_t s = 0; s < small.lengths[i]; s++)
                assert_int_equal(small.tokens[s * 4 + i], large.tokens[s * 12 + 4 * index + i]);
        }
    }
    task_batch_free(context, &large);
    task_batch_free(context, &small);
    task_close(t);
}

static void test_finite_splits(void **state) {
    (void)state;
    task *t = open_recall("5", "fixed", "100");
    task_batch batch = {0}, other = {0};
    assert_int_equal(task_batches(t, TASK_TEST, ROWS), 2);
    assert_int_equal(task_batches(t, TASK_TRAIN, ROWS), 0);
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 1, ROWS, &batch), GB_OK);
    assert_int_equal(batch.batch.sequences, 100 - ROWS);
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 36, &batch), GB_OK);
    assert_int_equal(task_get_batch(t, TASK_VALID, 1, 0, 36, &other), GB_OK);
    assert_false(fixture_same(task_get_shape(t), &batch.batch, &other.batch));
    task_batch_free(context, &batch);
    task_batch_free(context, &other);
    task_close(t);
}

static void test_probe(void **state) {
    (void)state;
    task *t = open_recall("5", "fixed", "100");
    task_batch batch = {0};
    assert_int_equal(task_get_probe(t, 1, 201, 16, &batch), GB_OK);
    assert_int_equal(batch.batch.steps, 201);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(batch.batch.lengths[i], 201);
        check_row(&batch.batch, i);
    }
    assert_int_equal(task_get_probe(t, 1, 1, 16, &batch), GB_INVALID);
    task_batch_free(context, &batch);
    task_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_gap),
        cmocka_unit_test(test_curriculum),
        cmocka_unit_test(test_gaps_up_to),
        cmocka_unit_test(test_finite_splits),
        cmocka_unit_test(test_rows_do_not_depend_on_the_batch),
        cmocka_unit_test(test_probe),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
