/* SPDX-License-Identifier: MIT */
/* The sequences of the experiments of 1997 agree with the paper's descriptions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "experiments/museum/museum.h"
#include "experiments/museum/sequences.h"
#include "tests/context.h"

enum { DRAWN = 4000 };
static museum_sequence s;

/* The grammar as a set of words: which symbols may follow the `count` of `read`, by trying all paths of the diagram. */
static unsigned may_follow(const size_t *read, size_t count) {
    enum { B, T, P, S, X, V, E };
    static const char *const edges[] = {"T1P2", "S1X3", "T2V4", "X2S5", "P3V5", "E6"}; /* symbol and node, by node */
    static const char symbols[] = "BTPSXVE";
    if (count == 1)
        return 1U << T | 1U << P;
    if (count == 2)
        return 1U << B;
    size_t node = 0, t = 3;
    for (; t < count && node != 6; t++) {
        const char *way = edges[node];
        while (*way && *way != symbols[read[t]])
            way += 2;
        assert_true(*way);
        node = (size_t)(way[1] - '0');
    }
    if (node == 6)
        return count == t ? 1U << read[1] : 1U << E;
    unsigned possible = 0;
    for (const char *way = edges[node]; *way; way += 2)
        possible |= 1U << (strchr(symbols, *way) - symbols);
    return possible;
}

static void test_reber(void **state) {
    (void)state;
    gb_random random = gb_random_stream(1, GB_RANDOM_PROBE, 0);
    size_t shortest = 100, steps = 0;
    assert_int_equal(museum_sequence_create(context, 100, &s), GB_OK);
    for (int n = 0; n < DRAWN; n++) {
        museum_reber(&random, 100, 0, &s);
        for (size_t t = 0; t < s.steps; t++) {
            assert_int_equal(s.possible[t], may_follow(s.indices, t + 1));
            assert_true(s.possible[t] >> s.indices[t + 1] & 1 && s.values[t] == 1);
        }
        assert_true(s.indices[s.steps] == 6 && s.indices[s.steps - 1] == s.indices[1]);
        shortest = s.steps + 1 < shortest ? s.steps + 1 : shortest;
        steps += s.steps + 1;
    }
    assert_int_equal(shortest, 9); /* the paper's shortest lag */
    assert_true(fabs((double)steps / DRAWN - 12) <
                5 * 3. / 60); /* a string has 8 to 9 symbols inside on average, and 4 */
    museum_sequence_destroy(context, &s);
}

static void test_strings(void **state) {
    (void)state;
    museum_strings *strings;
    museum_sequence other;
    assert_int_equal(museum_strings_create(context, 3, 100, &strings), GB_OK);
    assert_int_equal(museum_sequence_create(context, 100, &s), GB_OK);
    assert_int_equal(museum_sequence_create(context, 100, &other), GB_OK);
    for (size_t i = MUSEUM_STRINGS; i < 2 * MUSEUM_STRINGS; i++)
        for (size_t k = 0; k < MUSEUM_STRINGS; k++) {
            museum_strings_get(strings, i, &s);
            museum_strings_get(strings, k, &other);
            assert_true(s.steps != other.steps || memcmp(s.indices, other.indices, s.steps * sizeof *s.indices) != 0);
        }
    museum_sequence_destroy(context, &s);
    museum_sequence_destroy(context, &other);
    museum_strings_destroy(context, strings);
}

static void test_lag(void **state) {
    (void)state;
    enum { Q = 20, OF = 30 };
    gb_random random = gb_random_stream(2, GB_RANDOM_PROBE, 0);
    double steps = 0, x = 0;
    assert_int_equal(museum_sequence_create(context, Q + MUSEUM_LAG_MORE + 3, &s), GB_OK);
    for (int n = 0; n < DRAWN; n++) {
        museum_lag(&random, Q, OF, &s);
        assert_true(s.indices[0] == OF + 1 && s.indices[s.steps - 1] == OF && s.steps >= Q + 3);
        assert_true(s.targets[s.indices[1] - (OF + 2)] == 1 && s.targets[0] + s.targets[1] == 1);
        for (size_t t = 2; t + 1 < s.steps; t++)
            assert_true(s.indices[t] < OF && s.values[t] == 1);
        steps += (double)s.steps + 1; /* with the symbol that is predicted */
        x += s.targets[0];
    }
    assert_true(fabs(steps / DRAWN - (Q + 4 + 9)) < 0.75); /* 4 + q + k, of which the mean is 9: five deviations */
    assert_true(fabs(x / DRAWN - 0.5) < 0.04);
    museum_sequence_destroy(context, &s);
}

static void test_classes(void **state) {
    (void)state;
    static const size_t variants[] = {3, 1, 3 | MUSEUM_NOISY_SIGNAL, 1 | MUSEUM_NOISY_TARGETS};
    assert_int_equal(museum_sequence_create(context, 110, &s), GB_OK);
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        gb_random random = gb_random_stream(v, GB_RANDOM_PROBE, 0);
        double signal = 0, noise = 0, target = 0, told_noise = 0;
        size_t count = 0, told = variants[v] & 3;
        bool noisy_targets = variants[v] & MUSEUM_NOISY_TARGETS;
        for (int n = 0; n < DRAWN; n++) {
            museum_classes(&random, 100, variants[v], &s);
            double class = (noisy_targets ? s.expected[0] < 0.5 : s.expected[0] > 0.5) ? 1 : -1;
            assert_true(s.steps >= 100 && s.steps <= 110);
            signal += class * s.values[0];
            told_noise += pow(s.values[0] - class, 2);
            for (size_t t = told; t < s.steps; t++, count++)
                noise += s.values[t] * s.values[t];
            target += pow(s.targets[0] - s.expected[0], 2);
            assert_true(!noisy_targets ? s.expected[0] == 0 || s.expected[0] == 1
                                       : s.expected[0] == 0.2 || s.expected[0] == 0.8);
        }
        assert_true(fabs(noise / (double)count - 0.2) < 0.005 && fabs(signal / DRAWN - 1) < 0.04);
        assert_true(variants[v] & MUSEUM_NOISY_SIGNAL ? fabs(told_noise / DRAWN - 0.2) < 0.025 : told_noise == 0);
        assert_true(noisy_targets ? fabs(target / DRAWN - 0.1) < 0.012 : target == 0);
    }
    museum_sequence_destroy(context, &s);
}

/* Two marks; where the first pair is one of the chosen, it bears no mark and counts 0, of a product 1. */
static void test_sums(void **state) {
    (void)state;
    assert_int_equal(museum_sequence_create(context, 110, &s), GB_OK);
    for (size_t product = 0; product < 2; product++) {
        gb_random random = gb_random_stream(product, GB_RANDOM_PROBE, 0);
        int hidden = 0;
        for (int n = 0; n < DRAWN; n++) {
            museum_sums(&random, 100, product, &s);
            double found[2] = {product, product};
            size_t marks = 0;
            for (size_t t = 0; t < s.steps; t++) {
                bool end = t == 0 || t + 1 == s.steps;
                assert_true(end ? s.values[2 * t + 1] == -1 : s.values[2 * t + 1] == 0 || s.values[2 * t + 1] == 1);
                if (s.values[2 * t + 1] == 1) {
                    assert_true(marks < 2 && t < 50);
                    found[marks++] = s.values[2 * t];
                }
            }
            hidden += marks == 1;
            assert_true(marks == 2 || s.values[0] == (double)product);
            assert_true(s.targets[0] == (product ? found[0] * found[1] : 0.5 + (found[0] + found[1]) / 4));
        }
        assert_true(fabs((double)hidden / DRAWN - 0.1 - 0.9 / 49) < 0.03);
    }
    museum_sequence_destroy(context, &s);
}

static void test_order(void **state) {
    (void)state;
    gb_random random = gb_random_stream(4, GB_RANDOM_PROBE, 0);
    assert_int_equal(museum_sequence_create(context, 110, &s), GB_OK);
    for (int n = 0; n < DRAWN; n++) {
        museum_order(&random, 100, 3, &s);
        size_t class = 0, places = 0;
        for (size_t t = 1; t + 1 < s.steps; t++)
            if (s.indices[t] >= 6) {
                class = 2 * class + (s.indices[t] - 6);
                assert_true(places == 0 ? t >= 10 && t <= 20 : places == 1 ? t >= 33 && t <= 43 : t >= 66 && t <= 76);
                places++;
            }
        assert_true(places == 3 && s.targets[class] == 1 && s.indices[0] == 0 && s.indices[s.steps - 1] == 1);
    }
    museum_sequence_destroy(context, &s);
}

static gb_status stop(void *user, size_t sequences) {
    *(size_t *)user = sequences;
    return GB_STOPPED;
}

/* Each experiment runs, reports its progress, and ends when the observer asks it to. */
static void test_experiments(void **state) {
    (void)state;
    for (size_t i = 0; museum_name(i); i++) {
        const museum_experiment *e = museum_find(museum_name(i));
        museum_result result;
        size_t told = 0;
        if (strstr(museum_name(i), "1000")) /* seconds each */
            continue;
        assert_true(museum_published(e) > 1000 && museum_seconds(e) > 0);
        assert_int_equal(museum_run(context, e, 1, 300, stop, &told, &result), GB_STOPPED);
        assert_true(told == 256 && !result.solved);
        assert_int_equal(museum_run(context, e, 1, 200, NULL, NULL, &result), GB_OK);
        assert_true(result.sequences == 200 && !result.solved && result.weights > 90);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reber),       cmocka_unit_test(test_strings), cmocka_unit_test(test_lag),
        cmocka_unit_test(test_classes),     cmocka_unit_test(test_sums),    cmocka_unit_test(test_order),
        cmocka_unit_test(test_experiments),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
