/* SPDX-License-Identifier: MIT */
/* What holds for every task of tasks.def: settings are checked, batches depend on (split, seed, index) alone, tokens
 * and classes are in range, padding is marked by lengths, and there are baselines. A new task is tested by its line
 * there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { ROWS = 2 };

static void check_batch(const task_shape *shape, const gb_batch *batch) {
    assert_true(batch->steps > 0 && batch->sequences > 0 && batch->sequences <= ROWS);
    assert_true(shape->longest == 0 || batch->steps <= shape->longest);
    assert_true((shape->input == GB_INPUT_TOKENS) == (batch->tokens != NULL));
    assert_true((shape->loss == GB_LOSS_SOFTMAX) == (batch->classes != NULL));
    size_t cells = batch->steps * batch->sequences, longest = 0;
    for (size_t i = 0; i < batch->sequences; i++) {
        assert_in_range(batch->lengths[i], 1, batch->steps);
        longest = batch->lengths[i] > longest ? batch->lengths[i] : longest;
    }
    assert_int_equal(longest, batch->steps);
    for (size_t i = 0; batch->tokens && i < cells; i++)
        assert_in_range(batch->tokens[i], 0, shape->input_size - 1);
    for (size_t i = 0; batch->classes && i < (shape->head == GB_HEAD_LAST ? batch->sequences : cells); i++)
        assert_in_range(batch->classes[i], 0, shape->output_size - 1);
}

static void check_split(task *t, task_split split) {
    const task_shape *shape = task_get_shape(t);
    task_batch first = {0}, again = {0};
    assert_int_equal(task_get_batch(t, split, 1, 0, ROWS, &first), GB_OK);
    check_batch(shape, &first.batch);
    bool differs = task_batches(t, split, ROWS) == 1;
    for (size_t index = 1; index < 4 && !differs; index++) { /* a few: two words of counting can be alike */
        assert_int_equal(task_get_batch(t, split, 1, index, ROWS, &again), GB_OK);
        differs = !fixture_same(shape, &first.batch, &again.batch);
    }
    assert_true(differs);
    if (split == TASK_TRAIN) {
        differs = false;
        for (uint64_t seed = 2; seed < 12 && !differs; seed++) {
            assert_int_equal(task_get_batch(t, split, seed, 0, ROWS, &again), GB_OK);
            differs = !fixture_same(shape, &first.batch, &again.batch);
        }
        assert_true(differs);
    }
    assert_int_equal(task_get_batch(t, split, 1, 0, ROWS, &again), GB_OK);
    assert_true(fixture_same(shape, &first.batch, &again.batch));
    if (split != TASK_TRAIN && shape->sequences[split]) { /* a pass ends and starts again */
        assert_int_equal(task_get_batch(t, split, 1, task_batches(t, split, ROWS), ROWS, &again), GB_OK);
        assert_true(fixture_same(shape, &first.batch, &again.batch));
    }
    task_batch_free(context, &first);
    task_batch_free(context, &again);
}

static void check_task(const task_type *type) {
    task *t = fixture_task(type->name, NULL, NULL);
    const task_shape *shape = task_get_shape(t);
    task_batch batch = {0};
    assert_true(task_get_type(t) == type);
    bool has_data = false;
    for (size_t split = 0; split < TASK_SPLITS; split++) {
        has_data |= shape->splits[split];
        if (shape->splits[split])
            check_split(t, (task_split)split);
        else
            assert_int_equal(task_get_batch(t, (task_split)split, 1, 0, ROWS, &batch), GB_UNSUPPORTED);
    }
    task_baseline baselines[16];
    size_t count = task_get_baselines(t, baselines, 16);
    assert_true(count > 0 || !has_data);
    for (size_t i = 0; i < count; i++)
        assert_true(isfinite(baselines[i].value) && baselines[i].value > 0 && baselines[i].note[0]);
    assert_int_equal(task_get_baselines(t, baselines, 0), 0);
    assert_int_equal(task_get_batch(t, TASK_SPLITS, 1, 0, ROWS, &batch), GB_UNSUPPORTED);
    FILE *out = tmpfile();
    task_print_sample(t, 1, out);
    assert_true(ftell(out) > 0);
    task_print_facts(t, out);
    fclose(out);
    for (size_t i = 0; type->options[i].name; i++) {
        bool own = !strcmp(type->options[i].name, "file");
        assert_string_equal(task_value(t, type->options[i].name),
                            own ? fixture_own(type->name) : type->options[i].value);
    }
    assert_null(task_value(t, "no such setting"));
    task_batch_free(context, &batch);
    task_close(t);
}

static void test_every_task(void **state) {
    (void)state;
    size_t count = 0;
    for (; task_type_at(count); count++) {
        const task_type *type = task_type_at(count);
        assert_true(task_type_find(type->name) == type);
        check_task(type);
    }
    assert_true(count >= 10);
    assert_null(task_type_find("no such task"));
    task_close(NULL);
}

static void test_settings(void **state) {
    (void)state;
    static const struct {
        const char *name, *key, *value, *words;
    } wrong[] = {{"recal", NULL, NULL, "unknown task \"recal\"; did you mean \"recall\"?"},
                 {"xyz", NULL, NULL, "there are: order, recall"},
                 {"recall", "gpa", "5", "did you mean \"gap\"?"},
                 {"recall", "gap", "five", "recall: gap: expected an integer, found 'five'"},
                 {"recall", "gap", "-1", "recall: gap is -1; give 0 to 100000"},
                 {"recall", "gap", "100001", "gap is 100001; give 0 to 100000"},
                 {"recall", "train_gap", "fix", "unknown train_gap 'fix'; did you mean 'fixed'?"},
                 {"recall", "train_gap", "fixed|up_to", "give one of: fixed, up_to"},
                 {"recall", "train_gap", "", "give one of"},
                 {"order", "test_share", "x", "order: test_share: expected a number"},
                 {"order", "test_share", "0.9", "test_share is 0.9; give 0.01 to 0.5"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const settings[1][2] = {{wrong[i].key, wrong[i].value}};
        task *t;
        assert_int_equal(task_open(context, wrong[i].name, settings, wrong[i].key != NULL, &t), GB_INVALID);
        assert_null(t);
        if (!strstr(gb_context_message(context), wrong[i].words))
            fail_msg("\"%s\" does not say \"%s\"", gb_context_message(context), wrong[i].words);
    }
    task *t = fixture_task("recall", "train_gap", "up_to");
    assert_string_equal(task_value(t, "train_gap"), "up_to");
    task_close(t);
}

static void test_batch_memory(void **state) {
    (void)state;
    task_batch batch = {0};
    task_batch_shape shape = {.steps = 3, .sequences = 2, .tokens = true, .marks = true, .classes_each_step = true};
    assert_int_equal(task_batch_reserve(context, &batch, &shape), GB_OK);
    batch.tokens[5] = 7;
    batch.marks[5] = 1;
    const int32_t *tokens = batch.tokens;
    assert_int_equal(task_batch_reserve(context, &batch, &shape), GB_OK);
    assert_ptr_equal(batch.tokens, tokens); /* no new memory for the same shape, and zeroed */
    assert_int_equal(batch.tokens[5], 0);
    assert_int_equal(batch.marks[5], 0);
    assert_null(batch.batch.inputs);
    assert_null(batch.batch.carry);
    assert_int_equal(batch.batch.lengths[1], 3);
    shape.steps = SIZE_MAX / 2;
    shape.sequences = 4;
    assert_int_equal(task_batch_reserve(context, &batch, &shape), GB_MEMORY);
    task_batch_free(context, &batch);
}

static void test_kinds_have_no_sequences(void **state) {
    (void)state;
    const char *const settings[2][2] = {{"input", "93"}, {"output", "3"}};
    task *t;
    assert_int_equal(task_open(context, "count", settings, 2, &t), GB_OK);
    assert_int_equal(task_get_shape(t)->input_size, 93);
    assert_int_equal(task_get_shape(t)->output_size, 3);
    assert_int_equal(task_get_shape(t)->input, GB_INPUT_DENSE);
    assert_int_equal(task_batches(t, TASK_TRAIN, 4), 0);
    task_batch batch = {0};
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, 1, &batch), GB_UNSUPPORTED);
    assert_non_null(strstr(gb_context_message(context), "parameters of a model"));
    assert_int_equal(task_get_probe(t, 1, 5, 1, &batch), GB_UNSUPPORTED);
    task_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_task),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_batch_memory),
        cmocka_unit_test(test_kinds_have_no_sequences),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
