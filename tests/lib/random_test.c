/* SPDX-License-Identifier: MIT */
/* Philox's published known answer, the independence of streams, and the distributions drawn from them. */
#include <math.h>

#include "check.h"

static void known_answer(void **state) {
    (void)state;
    /* Random123's kat_vectors: philox4x32 10 rounds, zero counter and key */
    static const uint32_t expected[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    gb_random random = gb_random_stream(0, (gb_purpose)0, 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(gb_random_bits(&random), expected[i]);
    /* how a uniform number is made of bits is part of every published result */
    random = gb_random_stream(0, (gb_purpose)0, 0);
    const double high = expected[0] >> 5, low = expected[1] >> 6;
    check_near(gb_random_uniform(&random), (high * 67108864 + low) / 9007199254740992, 0);
}

static void streams_are_named_by_seed_purpose_and_index(void **state) {
    (void)state;
    gb_random streams[] = {
        gb_random_stream(1, GB_RANDOM_TRAIN, 7),
        gb_random_stream(2, GB_RANDOM_TRAIN, 7),
        gb_random_stream(1, GB_RANDOM_VALID, 7),
        gb_random_stream(1, GB_RANDOM_TRAIN, 8),
        gb_random_stream(1, GB_RANDOM_TRAIN, 7 + (1ull << 32)),
        gb_random_stream(1 + (1ull << 32), GB_RANDOM_TRAIN, 7),
    };
    gb_random again = gb_random_stream(1, GB_RANDOM_TRAIN, 7);
    const uint32_t first = gb_random_bits(&streams[0]);
    assert_int_equal(first, gb_random_bits(&again));
    for (size_t i = 1; i < sizeof streams / sizeof *streams; i++)
        assert_int_not_equal(first, gb_random_bits(&streams[i]));
}

static void a_copy_continues_where_it_was_made(void **state) {
    (void)state;
    gb_random random = gb_random_stream(3, GB_RANDOM_TEST, 0);
    for (size_t i = 0; i < 1001; i++)
        gb_random_bits(&random);
    gb_random copy = random;
    assert_int_equal(gb_random_bits(&random), gb_random_bits(&copy));
}

static void uniform_and_normal_have_their_moments(void **state) {
    (void)state;
    enum { DRAWS = 100000 };
    gb_random random = gb_random_stream(4, GB_RANDOM_PROBE, 0);
    double mean = 0, normal_mean = 0, normal_square = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        const double u = gb_random_uniform(&random), z = gb_random_normal(&random);
        assert_true(u >= 0 && u < 1);
        mean += u / DRAWS;
        normal_mean += z / DRAWS;
        normal_square += z * z / DRAWS;
    }
    assert_true(fabs(mean - 0.5) < 0.005);
    assert_true(fabs(normal_mean) < 0.015);
    assert_true(fabs(normal_square - 1) < 0.02);
}

static void below_is_uniform_and_bounded(void **state) {
    (void)state;
    size_t seen[7] = {0};
    gb_random random = gb_random_stream(5, GB_RANDOM_PROBE, 0);
    for (size_t i = 0; i < 70000; i++)
        seen[gb_random_below(&random, 7)]++;
    for (size_t i = 0; i < 7; i++)
        assert_in_range(seen[i], 9500, 10500);
    assert_int_equal(gb_random_below(&random, 1), 0);
}

static void permutations_hold_every_index_once(void **state) {
    (void)state;
    size_t order[100], seen[100] = {0}, in_place = 0;
    gb_random random = gb_random_stream(6, GB_RANDOM_SHUFFLE, 0);
    gb_random_permutation(&random, order, 100);
    for (size_t i = 0; i < 100; i++) {
        seen[order[i]]++;
        in_place += order[i] == i;
    }
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);
    assert_true(in_place < 10);
    gb_random_permutation(&random, order, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answer),
        cmocka_unit_test(streams_are_named_by_seed_purpose_and_index),
        cmocka_unit_test(a_copy_continues_where_it_was_made),
        cmocka_unit_test(uniform_and_normal_have_their_moments),
        cmocka_unit_test(below_is_uniform_and_bounded),
        cmocka_unit_test(permutations_hold_every_index_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
