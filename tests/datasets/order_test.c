/* SPDX-License-Identifier: MIT */
/* The order task: no combination of the test split is in training, swapped rows hold the same words, shifted rows begin
 * with their adverbs, and the split does not depend on the seed of a trial. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { NOUNS = 12, VERBS = 8, THE = 0, FIRST_VERB = 1 + NOUNS, FIRST_ADVERB = FIRST_VERB + VERBS, CHUNK = 64 };

typedef struct parsed {
    int32_t agent, verb, patient;
    size_t front, trail;
} parsed;

/* Splits column i into its parts, and checks that it is a sentence. */
static parsed parse(const gb_batch *b, size_t i) {
    size_t n = b->sequences, t = 0;
    parsed p = {0};
    while (b->tokens[t * n + i] >= FIRST_ADVERB)
        t++;
    p.front = t;
    assert_int_equal(b->tokens[t++ * n + i], THE);
    p.agent = b->tokens[t++ * n + i];
    p.verb = b->tokens[t++ * n + i];
    assert_int_equal(b->tokens[t++ * n + i], THE);
    p.patient = b->tokens[t++ * n + i];
    p.trail = b->lengths[i] - t;
    for (; t < b->lengths[i]; t++)
        assert_true(b->tokens[t * n + i] >= FIRST_ADVERB);
    assert_in_range(p.agent, 1, NOUNS);
    assert_in_range(p.patient, 1, NOUNS);
    assert_in_range(p.verb, FIRST_VERB, FIRST_ADVERB - 1);
    assert_int_not_equal(p.agent, p.patient);
    assert_int_equal(b->classes[i], p.agent - 1);
    return p;
}

static size_t combination(parsed p) {
    size_t low = (size_t)(p.agent < p.patient ? p.agent : p.patient) - 1;
    size_t high = (size_t)(p.agent < p.patient ? p.patient : p.agent) - 1;
    return (low * NOUNS + high) * VERBS + (size_t)(p.verb - FIRST_VERB);
}

/* Marks every combination of a pass over a split: bit 1 agent < patient, bit 2 the other order; 4 and 8 the same with
 * adverbs at the end. */
static void collect(task *t, task_split split, uint64_t seed, uint8_t *seen) {
    task_batch batch = {0};
    for (size_t index = 0; index < task_batches(t, split, CHUNK); index++) {
        assert_int_equal(task_get_batch(t, split, seed, index, CHUNK, &batch), GB_OK);
        for (size_t i = 0; i < batch.batch.sequences; i++) {
            parsed p = parse(&batch.batch, i);
            assert_true(split == TASK_SHIFTED ? p.front >= 1 && p.front <= 3 : p.front == 0);
            assert_true(p.trail <= 3 && (split < TASK_SHIFTED || p.trail == 0));
            seen[combination(p)] |= (uint8_t)((p.agent < p.patient ? 1 : 2) << (p.trail ? 2 : 0));
        }
    }
    task_batch_free(context, &batch);
}

static void test_no_leak(void **state) {
    (void)state;
    task *t = fixture_task("order", NULL, NULL);
    uint8_t seen[TASK_SPLITS][NOUNS * NOUNS * VERBS] = {0};
    size_t in_train = 0;
    for (size_t split = 0; split < TASK_SPLITS; split++)
        collect(t, (task_split)split, 5, seen[split]);
    for (size_t c = 0; c < NOUNS * NOUNS * VERBS; c++) {
        size_t splits = (seen[TASK_TRAIN][c] != 0) + (seen[TASK_VALID][c] != 0) + (seen[TASK_TEST][c] != 0);
        assert_true(splits <= 1);
        in_train += seen[TASK_TRAIN][c] != 0;
        for (size_t split = 0; split < TASK_SPLITS; split++)
            assert_true(seen[split][c] == 0 || seen[split][c] == (split < TASK_SHIFTED ? 15 : 3)); /* both orders */
        assert_int_equal(seen[TASK_SHIFTED][c] != 0, seen[TASK_TEST][c] != 0);
        assert_int_equal(seen[TASK_SWAPPED][c] != 0, seen[TASK_TEST][c] != 0);
    }
    assert_int_equal(4 * in_train, task_get_shape(t)->sequences[TASK_TRAIN]);
    task_close(t);
}

static void test_split_is_the_same_for_all_seeds(void **state) {
    (void)state;
    task *t = fixture_task("order", NULL, NULL), *other = fixture_task("order", "split_seed", "2");
    uint8_t a[NOUNS * NOUNS * VERBS] = {0}, b[sizeof a] = {0}, c[sizeof a] = {0};
    collect(t, TASK_TRAIN, 1, a);
    collect(t, TASK_TRAIN, 2, b);
    collect(other, TASK_TRAIN, 1, c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    task_close(t);
    task_close(other);
}

static void test_swapped_rows(void **state) {
    (void)state;
    task *t = fixture_task("order", NULL, NULL);
    task_batch batch = {0};
    size_t count = task_get_shape(t)->sequences[TASK_SWAPPED];
    assert_int_equal(task_get_batch(t, TASK_SWAPPED, 1, 0, count, &batch), GB_OK);
    assert_int_equal(batch.batch.sequences, count);
    assert_int_equal(count % 2, 0);
    for (size_t i = 0; i < count; i += 2) {
        parsed p = parse(&batch.batch, i), q = parse(&batch.batch, i + 1);
        assert_int_equal(p.agent, q.patient);
        assert_int_equal(p.patient, q.agent);
        assert_int_equal(p.verb, q.verb);
    }
    task_batch_free(context, &batch);
    task_close(t);
}

static void test_epochs(void **state) {
    (void)state;
    task *t = fixture_task("order", NULL, NULL);
    size_t count = task_get_shape(t)->sequences[TASK_TRAIN];
    task_batch first = {0}, second = {0};
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, count, &first), GB_OK);
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 1, count, &second), GB_OK);
    assert_int_equal(second.batch.sequences, count);
    assert_false(fixture_same(task_get_shape(t), &first.batch, &second.batch));
    /* Each epoch is a permutation: the same sentences, so the same sum over tokens weighted by what they are. */
    size_t sums[2] = {0};
    for (size_t i = 0; i < count * 8; i++) {
        sums[0] += (size_t)first.tokens[i] * (size_t)first.tokens[i];
        sums[1] += (size_t)second.tokens[i] * (size_t)second.tokens[i];
    }
    assert_int_equal(sums[0], sums[1]);
    task_batch_free(context, &first);
    task_batch_free(context, &second);
    task_close(t);
}

static void test_too_few_words(void **state) {
    (void)state;
    const char *const settings[3][2] = {{"nouns", "3"}, {"verbs", "1"}, {"test_share", "0.05"}};
    task *t;
    assert_int_equal(task_open(context, "order", settings, 3, &t), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "use more words"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_leak),       cmocka_unit_test(test_split_is_the_same_for_all_seeds),
        cmocka_unit_test(test_swapped_rows),  cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_too_few_words),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
