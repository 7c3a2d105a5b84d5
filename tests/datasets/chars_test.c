/* SPDX-License-Identifier: MIT */
/* The chars task on a small text: rows are contiguous streams, classes are the next tokens, and carry is set where a
 * row continues. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "support/file.h"

enum { ROWS = 4, STEPS = 10 };

static task *open_chars(const char *key, const char *value) {
    const char *const settings[2][2] = {{"segment", "10"}, {key, value}};
    task *t;
    if (task_open(context, "chars", settings, key ? 2 : 1, &t) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    return t;
}

/* Every batch of one pass: each row continues where it ended in the batch before. */
static void check_streams(task *t, task_split split, uint64_t seed) {
    task_batch batch = {0};
    int32_t expected[ROWS] = {0};
    size_t batches = task_batches(t, split, ROWS);
    assert_true(batches > 1);
    for (size_t index = 0; index <= batches; index++) {
        assert_int_equal(task_get_batch(t, split, seed, index, ROWS, &batch), GB_OK);
        assert_int_equal(batch.batch.steps, STEPS);
        assert_int_equal(batch.batch.sequences, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            assert_int_equal(batch.carry[i], index % batches != 0);
            if (index % batches != 0)
                assert_int_equal(batch.tokens[i], expected[i]);
            for (size_t s = 0; s + 1 < STEPS; s++)
                assert_int_equal(batch.classes[s * ROWS + i], batch.tokens[(s + 1) * ROWS + i]);
            expected[i] = batch.classes[(STEPS - 1) * ROWS + i];
        }
    }
    task_batch_free(context, &batch);
}

static void test_streams(void **state) {
    (void)state;
    task *t = open_chars(NULL, NULL);
    check_streams(t, TASK_TRAIN, 3);
    task_close(t);
}

/* Valid and test are one stream for any number of rows and any segment: every character but the first, once, each from
 * the one before it, in the order of the text. */
static void test_evaluation(void **state) {
    (void)state;
    static const size_t rows[] = {1, 3, 4096};
    char *characters;
    size_t size;
    task *t = open_chars(NULL, NULL);
    assert_int_equal(file_read(context, fixture_path("mirror/small.txt"), 1 << 20, &characters, &size), GB_OK);
    for (size_t split = TASK_VALID; split <= TASK_TEST; split++) {
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
            task_batch batch = {0};
            size_t at = split == TASK_VALID ? 3600 : 3800, end = at + 200;
            for (size_t index = 0; index < task_batches(t, (task_split)split, rows[r]); index++) {
                assert_int_equal(task_get_batch(t, (task_split)split, 1, index, rows[r], &batch), GB_OK);
                assert_int_equal(batch.batch.sequences, 1);
                assert_int_equal(batch.carry[0], index > 0);
                for (size_t s = 0; s < batch.batch.steps; s++, at++) { /* 27 symbols by byte value: the space first */
                    assert_int_equal(batch.tokens[s], characters[at] == ' ' ? 0 : characters[at] - 'a' + 1);
                    assert_int_equal(batch.classes[s], characters[at + 1] == ' ' ? 0 : characters[at + 1] - 'a' + 1);
                }
            }
            assert_int_equal(at, end - 1);
            task_batch_free(context, &batch);
        }
    }
    assert_int_equal(task_get_shape(t)->input_size, 27);
    free(characters);
    task_close(t);
}

static void test_epochs_and_seeds_differ(void **state) {
    (void)state;
    task *t = open_chars(NULL, NULL);
    task_batch a = {0}, b = {0};
    size_t batches = task_batches(t, TASK_TRAIN, ROWS);
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, ROWS, &a), GB_OK);
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, batches, ROWS, &b), GB_OK);
    assert_false(fixture_same(task_get_shape(t), &a.batch, &b.batch));
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 2, 0, ROWS, &b), GB_OK);
    assert_false(fixture_same(task_get_shape(t), &a.batch, &b.batch));
    task_batch_free(context, &a);
    task_batch_free(context, &b);
    task_close(t);
}

static void test_small_parts(void **state) {
    (void)state;
    task *t = open_chars("eval_chars", "21");
    task_batch batch = {0};
    assert_int_equal(task_batches(t, TASK_TEST, 1), 1);
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 4, &batch), GB_OK);
    assert_int_equal(batch.batch.steps, 20);
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, 3600, &batch), GB_INVALID);
    assert_non_null(
        strstr(gb_context_message(context), "3600 rows do not fit into the 3600 characters of the train part"));
    task_batch_free(context, &batch);
    task_close(t);
}

/* Each symbol of the small text is followed by one of three: log2(27) bits alone, log2(3) given the last, and a little
 * more for the smoothing. */
static void test_baselines(void **state) {
    (void)state;
    task *t = open_chars(NULL, NULL);
    task_baseline b[4];
    assert_int_equal(task_get_baselines(t, b, 4), 2);
    assert_string_equal(b[0].name, "order0");
    assert_string_equal(b[0].metric, "bits");
    assert_true(fabs(b[0].value - log2(27)) < 0.05);
    assert_true(b[1].value > log2(3) && b[1].value < log2(3) + 0.4);
    task_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_evaluation),
        cmocka_unit_test(test_epochs_and_seeds_differ),
        cmocka_unit_test(test_small_parts),
        cmocka_unit_test(test_baselines),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
