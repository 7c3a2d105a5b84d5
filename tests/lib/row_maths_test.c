/* SPDX-License-Identifier: MIT */
/* tanh, sigmoid and exp over rows: near the exact value, odd, monotone, never above 1, exact for tiny numbers, and the
 * same bits at every position and length. Blocks of neighbouring floats all over the range are tested; with
 * GATEBENCH_EXHAUSTIVE=1 every float is tested (minutes). */
#include "core/row_maths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* This file is compiled once; row_maths.h declares the form of GB_REAL_BITS, 32. */
void row_tanh_f64(size_t count, const double *a, const double *b, double *out);
void row_sigmoid_f64(size_t count, const double *a, const double *b, double *out);
void row_exp_f64(size_t count, const double *a, double *out);

enum { BLOCK = 4096, SOME_BLOCKS = 97, SOME_NUMBERS = 61 };
#define INFINITE 0x7f800000u /* bits of infinity, and how many floats there are from 0 to below it */
#define SIGN 0x80000000u

static bool exhaustive(void) {
    return getenv("GATEBENCH_EXHAUSTIVE") != NULL;
}

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Units in the last place of a float between a result and the exact value. */
static double ulps(float got, double exact) {
    int exponent;
    frexp(exact, &exponent);
    if (isinf(got) || fabs(exact) > 0x1.fffffefp+127)
        return isinf(got) && fabs(exact) > 0x1.fffffefp+127 ? 0 : INFINITY;
    return fabs((double)got - exact) / ldexp(1, exponent - 24 < -149 ? -149 : exponent - 24);
}

static void row_exp_of_sum(size_t count, const float *a, const float *b, float *out) {
    (void)b;
    row_exp_f32(count, a, out);
}

static double exact_sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

static const struct function {
    const char *name;
    void (*row)(size_t count, const float *a, const float *b, float *out);
    double (*exact)(double x);
    float greatest;
} functions[] = {{"tanh", row_tanh_f32, tanh, 1},
                 {"sigmoid", row_sigmoid_f32, exact_sigmoid, 1},
                 {"exp", row_exp_of_sum, exp, INFINITY}};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* One block of neighbours, in ascending order; `before` is the result of the number before it. Returns the last one. */
static float check_block(const struct function *f, const float *x, float before, double *worst) {
    float y[BLOCK];
    const size_t stride = exhaustive() ? 1 : SOME_NUMBERS;
    f->row(BLOCK, x, NULL, y);
    for (size_t i = 0; i < BLOCK; i++) {
        if (!(y[i] >= before && y[i] <= f->greatest))
            fail_msg("%s(%a) = %a after %a", f->name, (double)x[i], (double)y[i], (double)before);
        before = y[i];
    }
    for (size_t i = 0; i < BLOCK; i += stride) {
        const double error = ulps(y[i], f->exact((double)x[i]));
        *worst = error > *worst ? error : *worst;
    }
    return before;
}

/* From -infinity to infinity; ascending floats are descending bits while they are negative. */
static void near_monotone_and_bounded(void **state) {
    (void)state;
    const uint32_t stride = exhaustive() ? BLOCK : BLOCK * SOME_BLOCKS;
    for (size_t k = 0; k < FUNCTIONS; k++) {
        float x[BLOCK], before = -INFINITY;
        double worst = 0;
        for (uint32_t blocks = (INFINITE - 1) / stride + 1; blocks-- > 0;) {
            for (uint32_t i = 0; i < BLOCK; i++)
                x[i] = float_of(SIGN | (blocks * stride + BLOCK - 1 - i));
            before = check_block(&functions[k], x, before, &worst);
        }
        for (uint32_t from = 0; from < INFINITE; from += stride) {
            for (uint32_t i = 0; i < BLOCK; i++)
                x[i] = float_of(from + i);
            before = check_block(&functions[k], x, before, &worst);
        }
        printf("%s: at most %.3f ulp\n", functions[k].name, worst);
        assert_true(worst <= 2);
    }
}

static void tanh_is_odd_and_keeps_tiny_numbers(void **state) {
    (void)state;
    const uint32_t stride = exhaustive() ? BLOCK : BLOCK * SOME_BLOCKS;
    float x[BLOCK], minus_x[BLOCK], y[BLOCK], minus_y[BLOCK];
    for (uint32_t from = 0; from < INFINITE; from += stride) {
        for (uint32_t i = 0; i < BLOCK; i++)
            minus_x[i] = -(x[i] = float_of(from + i));
        row_tanh_f32(BLOCK, x, NULL, y);
        row_tanh_f32(BLOCK, minus_x, NULL, minus_y);
        for (uint32_t i = 0; i < BLOCK; i++) {
            assert_int_equal(bits_of(y[i]) | SIGN, bits_of(minus_y[i]));
            if (x[i] < 1e-5f)
                assert_int_equal(bits_of(y[i]), bits_of(x[i]));
        }
    }
}

static void the_ends_are_right(void **state) {
    (void)state;
    const float x[] = {INFINITY, -INFINITY, NAN, 0.0f, -0.0f, 9.02f, -103.9f, -104.0f, 88.72f, 88.73f};
    enum { COUNT = sizeof x / sizeof *x };
    float y[3][COUNT];
    for (size_t k = 0; k < FUNCTIONS; k++) {
        functions[k].row(COUNT, x, NULL, y[k]);
        for (size_t i = 0; i < COUNT; i++)
            if (isnan(x[i]))
                assert_true(isnan(y[k][i]));
            else
                assert_true(ulps(y[k][i], functions[k].exact((double)x[i])) <= 2);
    }
    assert_true(signbit(y[0][4]) && y[0][5] == 1);
    assert_true(y[1][6] > 0 && y[1][7] == 0); /* the smallest float, and nothing */
    assert_true(isfinite(y[2][8]) && isinf(y[2][9]));
}

/* Every row of up to 67 numbers from every offset gives each number the bits that it has alone, also in place and as a
 * sum. */
static void place_and_length_change_nothing(void **state) {
    (void)state;
    enum { MOST = 67, OFFSETS = 16 };
    float a[MOST + OFFSETS], b[MOST + OFFSETS], sum[MOST + OFFSETS], alone[MOST + OFFSETS], row[MOST + OFFSETS];
    for (size_t k = 0; k < FUNCTIONS - 1; k++) {
        for (size_t i = 0; i < MOST + OFFSETS; i++) {
            a[i] = (float)(i * 7919 % 1009) / 100 - 5;
            b[i] = (float)(i * 104729 % 1013) / 1000;
            sum[i] = a[i] + b[i];
            functions[k].row(1, &sum[i], NULL, &alone[i]);
        }
        for (size_t offset = 0; offset < OFFSETS; offset++) {
            for (size_t count = 1; count <= MOST; count++) {
                functions[k].row(count, a + offset, b + offset, row + offset);
                assert_memory_equal(row + offset, alone + offset, count * sizeof *row);
                memcpy(row, a, sizeof row);
                functions[k].row(count, row + offset, b + offset, row + offset);
                assert_memory_equal(row + offset, alone + offset, count * sizeof *row);
                functions[k].row(count, sum + offset, NULL, row + offset);
                assert_memory_equal(row + offset, alone + offset, count * sizeof *row);
            }
        }
    }
}

/* In double: at most 2 ulp of a double, all over the exponents and close together where gates work. */
static void doubles_are_near(void **state) {
    (void)state;
    double worst[FUNCTIONS] = {0};
    for (long i = -400000; i <= 400000; i++) {
        const double magnitude = i % 2 ? fabs((double)i) * 2e-5 : exp(-fabs((double)i) / 600);
        const double x = i < 0 ? -magnitude : magnitude;
        double y[FUNCTIONS];
        row_tanh_f64(1, &x, NULL, &y[0]);
        row_sigmoid_f64(1, &x, NULL, &y[1]);
        row_exp_f64(1, &x, &y[2]);
        const long double exact[FUNCTIONS] = {tanhl(x), 1 / (1 + expl(-(long double)x)), expl(x)};
        for (size_t k = 0; k < FUNCTIONS; k++) {
            int exponent;
            frexpl(exact[k], &exponent);
            const double error = (double)(fabsl((long double)y[k] - exact[k]) / ldexpl(1, exponent - 53));
            worst[k] = error > worst[k] ? error : worst[k];
        }
    }
    for (size_t k = 0; k < FUNCTIONS; k++) {
        printf("%s in double: at most %.2f ulp\n", functions[k].name, worst[k]);
        assert_true(worst[k] <= 3);
    }
    const double ends[] = {-800, -740, 709.5, 800};
    double y[4];
    row_exp_f64(4, ends, y);
    assert_true(y[0] == 0 && y[1] > 0 && y[1] < 1e-320 && isfinite(y[2]) && isinf(y[3]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_monotone_and_bounded), cmocka_unit_test(tanh_is_odd_and_keeps_tiny_numbers),
        cmocka_unit_test(the_ends_are_right),        cmocka_unit_test(place_and_length_change_nothing),
        cmocka_unit_test(doubles_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
