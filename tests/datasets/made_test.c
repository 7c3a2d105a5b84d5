/* SPDX-License-Identifier: MIT */
/* The generated tasks copy, adding, temporal_order, counting and parity: every sequence follows its paper's definition,
 * examples do not depend on their batch, and the baselines equal those of the formula or a separate count. */
#include <math.h>
#include <string.h>

#include "fixture.h"

enum { ROWS = 64 };

static task *open_task(const char *name, const char *const (*settings)[2], size_t count) {
    task *t;
    if (task_open(context, name, settings, count, &t) != GB_OK)
        fail_msg("%s: %s", name, gb_context_message(context));
    return t;
}

#define OPEN(name, ...)                                                                                                \
    open_task(name, (const char *const[][2]){__VA_ARGS__},                                                             \
              sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *const[2]))

static double baseline(task *t, const char *name, const char *metric) {
    task_baseline all[8];
    size_t count = task_get_baselines(t, all, 8);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i].name, name) && !strcmp(all[i].metric, metric))
            return all[i].value;
    fail_msg("no baseline %s of %s", name, metric);
    return NAN;
}

/* Row i of batches of 4 is row 4 k + i of a batch of 12, in every array. */
static void test_rows_do_not_depend_on_the_batch(void **state) {
    (void)state;
    static const char *const names[] = {"copy", "adding", "temporal_order", "counting", "parity"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        task *t = fixture_task(names[k], NULL, NULL);
        const task_shape *shape = task_get_shape(t);
        bool each = shape->head == GB_HEAD_EVERY;
        task_batch large = {0}, small = {0};
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 9, 0, 12, &large), GB_OK);
        for (size_t row = 0; row < 12; row++) {
            assert_int_equal(task_get_batch(t, TASK_TRAIN, 9, row / 4, 4, &small), GB_OK);
            size_t i = row % 4;
            assert_int_equal(small.lengths[i], large.lengths[row]);
            for (size_t s = 0; s < small.lengths[i]; s++) {
                if (small.batch.tokens)
                    assert_int_equal(small.tokens[s * 4 + i], large.tokens[s * 12 + row]);
                for (size_t c = 0; small.batch.inputs && c < 2; c++)
                    assert_true(small.inputs[(s * 4 + i) * 2 + c] == large.inputs[(s * 12 + row) * 2 + c]);
                if (each)
                    assert_int_equal(small.classes[s * 4 + i], large.classes[s * 12 + row]);
            }
            if (small.batch.targets)
                assert_true(small.targets[i] == large.targets[row]);
            else if (!each)
                assert_int_equal(small.classes[i], large.classes[row]);
        }
        task_batch_free(context, &large);
        task_batch_free(context, &small);
        task_close(t);
    }
}

static void check_copy(const gb_batch *b, size_t blanks, size_t i) {
    size_t n = b->sequences;
    for (size_t s = 0; s < b->steps; s++) {
        int32_t token = b->tokens[s * n + i], class = b->classes[s * n + i];
        bool recall = s >= blanks + 10;
        if (s < 10)
            assert_in_range(token, 1, 8);
        else
            assert_int_equal(token, s == blanks + 9 ? 9 : 0);
        assert_int_equal(class, recall ? b->tokens[(s - blanks - 10) * n + i] : 0);
        assert_int_equal(b->marks[s * n + i] != 0, recall);
    }
}

static void test_copy(void **state) {
    (void)state;
    static const struct {
        const char *blanks;
        size_t count;
        double printed; /* 10 ln 8 / (T + 20), by hand */
    } cases[] = {{"1", 1, 20.7944154 / 21}, {"100", 100, 0.17328680}, {"1000", 1000, 0.02038668}};
    for (size_t k = 0; k < 3; k++) {
        task *t = OPEN("copy", {"blanks", cases[k].blanks}, {"examples", "20"});
        task_batch batch = {0};
        assert_true(task_get_shape(t)->marked_accuracy);
        for (size_t split = TASK_TRAIN; split <= TASK_TEST; split++) {
            assert_int_equal(task_get_batch(t, (task_split)split, 1, 0, 16, &batch), GB_OK);
            assert_int_equal(batch.batch.steps, cases[k].count + 20);
            for (size_t i = 0; i < batch.batch.sequences; i++)
                check_copy(&batch.batch, cases[k].count, i);
        }
        assert_true(fabs(baseline(t, "memoryless", "nll") - cases[k].printed) < 1e-8);
        assert_true(baseline(t, "memoryless", "accuracy") == 0.125);
        task_batch_free(context, &batch);
        task_close(t);
    }
}

/* Checks that there are two marks at allowed places, and the sum of their numbers. Returns whether they are in
 * different halves. */
static bool check_sum(const gb_batch *b, size_t i) {
    size_t marks = 0, first_half = 0;
    double sum = 0;
    for (size_t s = 0; s < b->steps; s++) {
        const double *input = b->inputs + (s * b->sequences + i) * 2;
        assert_true(input[0] >= 0 && input[0] < 1 && (input[1] == 0 || input[1] == 1));
        marks += input[1] == 1;
        first_half += input[1] == 1 && s < b->steps / 2;
        sum += input[1] * input[0];
    }
    assert_int_equal(marks, 2);
    assert_true(fabs(sum - b->targets[i]) < 1e-15);
    return first_half == 1;
}

static void test_adding(void **state) {
    (void)state;
    static const char *const positions[] = {"halves", "anywhere"};
    for (size_t k = 0; k < 2; k++) {
        task *t = OPEN("adding", {"length", "9"}, {"positions", positions[k]}, {"examples", "20"});
        size_t apart = 0;
        double error = 0;
        task_batch batch = {0};
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, 4000, &batch), GB_OK);
        for (size_t i = 0; i < 4000; i++) {
            apart += check_sum(&batch.batch, i);
            error += (batch.targets[i] - 1) * (batch.targets[i] - 1) / 4000;
        }
        /* Of 36 pairs of 9 places 20 have one in the first four: 2,222 of 4,000, standard deviation 31. */
        if (k == 0)
            assert_int_equal(apart, 4000);
        else
            assert_in_range(apart, 2072, 2372);
        assert_true(fabs(error - 1.0 / 6) < 0.02); /* five standard deviations of that mean */
        assert_true(baseline(t, "constant", "mse") == 1.0 / 6);
        assert_true(fabs(baseline(t, "constant", "accuracy") - 0.0784) < 1e-15);
        assert_false(task_get_shape(t)->higher_is_better);
        task_batch_free(context, &batch);
        task_close(t);
    }
}

static void test_temporal_order(void **state) {
    (void)state;
    enum { E, B, A, X = 6 };
    task *t = OPEN("temporal_order", {"length", "100"});
    task_batch batch = {0};
    size_t seen[4] = {0};
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, 400, &batch), GB_OK);
    for (size_t i = 0; i < 400; i++) {
        size_t last = batch.lengths[i] - 1, found = 0, at[2] = {0};
        int32_t class = 0;
        assert_in_range(last + 1, 100, 110);
        assert_int_equal(batch.tokens[i], E);
        assert_int_equal(batch.tokens[last * 400 + i], B);
        for (size_t s = 1; s < last; s++) {
            int32_t token = batch.tokens[s * 400 + i];
            assert_in_range(token, A, X + 1);
            if (token >= X) {
                assert_true(found < 2);
                at[found++] = s;
                class = 2 * class + token - X;
            }
        }
        assert_int_equal(found, 2);
        assert_in_range(at[0], 10, 20);
        assert_in_range(at[1], 50, 60);
        assert_int_equal(class, batch.classes[i]);
        seen[class]++;
    }
    for (size_t c = 0; c < 4; c++)
        assert_in_range(seen[c], 57, 143); /* 100, five standard deviations either way */
    assert_true(baseline(t, "chance", "accuracy") == 0.25);
    task_batch_free(context, &batch);
    task_close(t);
}

/* With `shortest` each sequence has an L of its own, and positions by it. */
static void test_temporal_order_lengths(void **state) {
    (void)state;
    task *t = OPEN("temporal_order", {"length", "40"}, {"shortest", "10"});
    task_batch batch = {0};
    size_t least = SIZE_MAX, most = 0;
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 1000, &batch), GB_OK);
    assert_int_equal(batch.batch.sequences, 1000);
    for (size_t i = 0; i < 1000; i++) {
        size_t steps = batch.lengths[i], first = 0;
        while (batch.tokens[first * 1000 + i] < 6)
            first++;
        assert_in_range(first, steps / 1.1 / 10 - 1, steps / 5);
        least = steps < least ? steps : least;
        most = steps > most ? steps : most;
    }
    assert_in_range(least, 10, 12);
    assert_in_range(most, 42, 44);
    task_batch_free(context, &batch);
    task_close(t);
    task *refused;
    assert_int_equal(task_open(context, "temporal_order",
                               (const char *const[][2]){{"length", "20"}, {"shortest", "21"}}, 2, &refused),
                     GB_INVALID);
}

/* Sequences of a length: all have it, the answer is that of the words, and what can come next is as the language says.
 */
static void test_of_length(void **state) {
    (void)state;
    enum { END = 1, OPENING = 2, CLOSING = 4 };
    task_batch batch = {0};
    task *t = OPEN("parity", {"length", "6"});
    assert_int_equal(task_next_length(t, 0), 6);
    assert_int_equal(task_next_length(t, 100), 125);
    assert_int_equal(task_get_of_length(t, 1, 9, 30, &batch), GB_OK);
    size_t odd = 0;
    for (size_t i = 0; i < 30; i++) {
        int32_t ones = 0;
        assert_int_equal(batch.lengths[i], 9);
        for (size_t s = 0; s < 9; s++)
            ones += batch.tokens[s * 30 + i];
        assert_int_equal(batch.classes[i], ones % 2);
        odd += batch.classes[i] == 1;
    }
    assert_in_range(odd, 3, 27);
    task_close(t);
    t = OPEN("temporal_order", {"length", "20"});
    assert_int_equal(task_get_of_length(t, 1, 300, 4, &batch), GB_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(batch.lengths[i], 300);
        assert_int_equal(batch.tokens[299 * 4 + i], 1);
    }
    task_close(t);
    t = OPEN("counting", {"language", "anbncn"}, {"longest", "2"});
    assert_int_equal(task_next_length(t, 0), 1);
    assert_int_equal(task_get_of_length(t, 1, 3, 1, &batch), GB_OK);
    static const int32_t word[] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 0};
    static const uint8_t allowed[] = {0, 0, 0, 0, 4, 4, 8, 8, 8, 1};
    for (size_t s = 0; s < 10; s++) {
        assert_int_equal(batch.classes[s], word[s]);
        assert_int_equal(batch.tokens[s], s ? word[s - 1] : 0);
        assert_int_equal(batch.marks[s], allowed[s]);
    }
    task_close(t);
    t = OPEN("counting", {"language", "dyck1"}, {"longest", "2"});
    assert_int_equal(task_get_of_length(t, 1, 2, 1, &batch), GB_OK);
    static const uint8_t brackets[] = {OPENING, OPENING | CLOSING, OPENING | CLOSING, OPENING | CLOSING, END | OPENING};
    for (size_t s = 0; s < 5; s++)
        assert_int_equal(batch.marks[s], brackets[s]);
    task_close(t);
    t = OPEN("copy", {"blanks", "5"});
    assert_int_equal(task_get_of_length(t, 1, 2, 1, &batch), GB_UNSUPPORTED);
    task_close(t);
    task_batch_free(context, &batch);
}

static void test_parity(void **state) {
    (void)state;
    static const char *const regimes[] = {"fixed", "up_to"};
    for (size_t k = 0; k < 2; k++) {
        task *t = OPEN("parity", {"length", "7"}, {"train_length", regimes[k]});
        task_batch batch = {0};
        size_t lengths[8] = {0};
        for (size_t split = TASK_TRAIN; split <= TASK_TEST; split++) {
            assert_int_equal(task_get_batch(t, (task_split)split, 1, 0, 400, &batch), GB_OK);
            for (size_t i = 0; i < 400; i++) {
                int32_t ones = 0;
                for (size_t s = 0; s < batch.lengths[i]; s++)
                    ones += batch.tokens[s * 400 + i];
                assert_int_equal(batch.classes[i], ones % 2);
                if (split == TASK_TRAIN)
                    lengths[batch.lengths[i]]++;
                else
                    assert_int_equal(batch.lengths[i], 7);
            }
        }
        for (size_t length = 1; length < 8; length++)
            assert_int_equal(lengths[length] > 0, k == 1 || length == 7);
        assert_true(baseline(t, "chance", "accuracy") == 0.5);
        task_batch_free(context, &batch);
        task_close(t);
    }
}

/* Whether the letters (1: a or open, 2: b or close, 3: c) are a word of the language; its n. */
static bool is_word(const char *language, const int32_t *letters, size_t count, size_t *n) {
    size_t kinds = !strcmp(language, "anbncn") ? 3 : 2, depth = 0;
    *n = count / kinds;
    if (count == 0 || count % kinds)
        return false;
    for (size_t s = 0; s < count; s++) {
        if (strcmp(language, "dyck1") != 0) {
            if (letters[s] != 1 + (int32_t)(s / *n))
                return false;
        } else if (letters[s] == 2 && depth == 0) {
            return false;
        } else {
            depth = letters[s] == 1 ? depth + 1 : depth - 1;
        }
    }
    return depth == 0;
}

static void test_counting(void **state) {
    (void)state;
    static const char *const languages[] = {"anbn", "anbncn", "dyck1"};
    for (size_t k = 0; k < 3; k++) {
        task *t = OPEN("counting", {"language", languages[k]}, {"longest", "6"});
        task_batch batch = {0};
        size_t seen[7] = {0};
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, ROWS, &batch), GB_OK);
        for (size_t i = 0; i < ROWS; i++) {
            int32_t letters[20] = {0};
            size_t count = batch.lengths[i] - 1, n;
            assert_int_equal(batch.tokens[i], 0);
            assert_int_equal(batch.classes[count * ROWS + i], 0);
            for (size_t s = 0; s < count; s++) {
                letters[s] = batch.classes[s * ROWS + i];
                assert_int_equal(batch.tokens[(s + 1) * ROWS + i], letters[s]);
            }
            assert_true(is_word(languages[k], letters, count, &n));
            assert_in_range(n, 1, 6);
            seen[n]++;
        }
        for (size_t n = 1; n <= 6; n++)
            assert_true(seen[n] > 0);
        task_batch_free(context, &batch);
        task_close(t);
    }
}

/* Of the five Dyck words of three pairs each is as likely. */
static void test_dyck_words_are_uniform(void **state) {
    (void)state;
    task *t = OPEN("counting", {"language", "dyck1"}, {"longest", "3"});
    task_batch batch = {0};
    size_t seen[64] = {0}, words = 0, kinds = 0;
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, 3000, &batch), GB_OK);
    for (size_t i = 0; i < 3000; i++) {
        size_t word = 0;
        for (size_t s = 1; s < 7 && batch.lengths[i] == 7; s++)
            word = 2 * word + (batch.tokens[s * 3000 + i] == 1);
        words += batch.lengths[i] == 7;
        seen[word] += batch.lengths[i] == 7;
    }
    for (size_t word = 0; word < 64; word++) {
        kinds += seen[word] > 0;
        if (seen[word])
            assert_in_range(seen[word], words / 5 - 65, words / 5 + 65); /* five standard deviations */
    }
    assert_int_equal(kinds, 5);
    task_batch_free(context, &batch);
    task_close(t);
}

/* By hand for n of 1 or 2. anbn: words ab, aabb; 8 predictions of 2 words. After a (3 times): a once, b twice; after b
 * (3 times): b once, the end twice. dyck1: (), ()(), (()), the last two at half weight: after ( (3 a pair of words):
 * 2.5 times ), half a time (; after ): half a time (, half a time ), twice the end. */
static void test_counting_baselines(void **state) {
    (void)state;
    double third = log(3) - 2.0 / 3 * log(2);
    task *t = OPEN("counting", {"language", "anbn"}, {"longest", "2"});
    assert_true(fabs(baseline(t, "uniform", "nll") - log(3)) < 1e-12);
    assert_true(fabs(baseline(t, "order1", "nll") - 6 * third / 8) < 1e-12);
    assert_true(fabs(baseline(t, "perfect", "nll") - 2 * log(2) / 8) < 1e-12);
    task_close(t);
    t = OPEN("counting", {"language", "anbncn"}, {"longest", "2"});
    assert_true(fabs(baseline(t, "order1", "nll") - 9 * third / 11) < 1e-12);
    assert_true(fabs(baseline(t, "perfect", "nll") - 2 * log(2) / 11) < 1e-12);
    task_close(t);
    t = OPEN("counting", {"language", "dyck1"}, {"longest", "2"});
    double opening = 2.5 * log(3 / 2.5) + 0.5 * log(6), closing = 2 * 0.5 * log(6) + 2 * log(1.5);
    assert_true(fabs(baseline(t, "order1", "nll") - (opening + closing) / 8) < 1e-12);
    assert_true(fabs(baseline(t, "perfect", "nll") - (2 * log(2) + log(2)) / 8) < 1e-12);
    task_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_do_not_depend_on_the_batch),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_temporal_order),
        cmocka_unit_test(test_temporal_order_lengths),
        cmocka_unit_test(test_of_length),
        cmocka_unit_test(test_parity),
        cmocka_unit_test(test_counting),
        cmocka_unit_test(test_dyck_words_are_uniform),
        cmocka_unit_test(test_counting_baselines),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
