/* SPDX-License-Identifier: MIT */
/* tanh, sigmoid and exp over rows, by our own polynomial: branch-free arithmetic that compilers vectorise completely.
 * Calls of the C library would in some loops become one scalar call per number.
 *
 *     e^y = 2^k (1 + s), k = round(y / ln 2), r = y - k ln 2, |r| <= 0.347, s = r + r^2 Q(r)
 *
 * s is found in the precision of the row and joined with 2^k in double, so that a float result is rounded once and
 * inherits what the functions promise: odd, monotone, never above 1. Q interpolates (e^r - 1 - r) / r^2 at Chebyshev's
 * points. */
#include "core/row_maths.h"

#include <stdint.h>
#include <string.h>

#include "core/target_clones.h"

#if GB_REAL_BITS == 32
#define MAGNITUDE __builtin_fabsf
#define WITH_SIGN __builtin_copysignf
#define EXPONENT_MOST 110.0f  /* beyond this, e^y is 0 or infinite in float */
#define ROUNDER 0x1.8p23f     /* x + ROUNDER - ROUNDER is the integer nearest to x */
#define LN2_HIGH 0x1.62e4p-1f /* has so few bits that its product with k is exact */
#define LN2_LOW 0x1.7f7d1cp-20f
static const float polynomial[] = {0x1p-1f, 0x1.5554dep-3f, 0x1.55551ap-5f, 0x1.120b62p-7f, 0x1.6d10fcp-10f};
#else
#define MAGNITUDE __builtin_fabs
#define WITH_SIGN __builtin_copysign
#define EXPONENT_MOST 750.0 /* and as a double */
#define ROUNDER 0x1.8p52
#define LN2_HIGH 0x1.62e42fefa38p-1
#define LN2_LOW 0x1.ef35793c76730p-45
static const double polynomial[] = {0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,
                                    0x1.11111111100dfp-7,  0x1.6c16c16c162d6p-10, 0x1.a01a01abe62ddp-13,
                                    0x1.a01a01a6d7808p-16, 0x1.71de02375656cp-19, 0x1.27e4db67b4303p-22,
                                    0x1.af4ddd84882fep-26, 0x1.1f72fc730b4ffp-29};
#endif
enum { TERMS = sizeof polynomial / sizeof *polynomial };

#define TANH_MOST 20.0 /* beyond this, tanh is 1 */
#define PER_LN2 0x1.71547652b82fep+0

#define INLINE static inline __attribute__((always_inline))

/* s and k of e^y */
INLINE double reduce(real y, double *k) {
    const real nearest = (y * (real)PER_LN2 + ROUNDER) - ROUNDER;
    const real r = (y - nearest * LN2_HIGH) - nearest * LN2_LOW;
    real q = polynomial[TERMS - 1];
    for (int i = TERMS - 2; i >= 0; i--)
        q = q * r + polynomial[i];
    *k = (double)nearest;
    return (double)(r + r * r * q);
}

/* 2^k for an integer k from -1022 to 1023 */
INLINE double power_of_two(double k) {
    const double rounded = k + 0x1.8p52; /* k in the low bits */
    uint64_t bits;
    double power;
    memcpy(&bits, &rounded, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return power;
}

INLINE double exponential(real y) {
    double k;
    y = y > EXPONENT_MOST ? EXPONENT_MOST : y;
    y = y < -EXPONENT_MOST ? -EXPONENT_MOST : y;
    const double s = reduce(y, &k);
#if GB_REAL_BITS == 32
    const double power = power_of_two(k);
    return power * s + power;
#else /* in two factors: e^y may be infinite or below the normal numbers */
    const double half = (0.5 * k + ROUNDER) - ROUNDER;
    return (1 + s) * power_of_two(half) * power_of_two(k - half);
#endif
}

INLINE real sigmoid(real x) {
    return (real)(1 / (1 + exponential(-x)));
}

/* (e^2x - 1) / (e^2x + 1) with e^2x - 1 = 2^k s + (2^k - 1), which keeps the digits of a small x */
INLINE real tangent(real x) {
    double k;
    real y = 2 * MAGNITUDE(x);
    y = y > (real)(2 * TANH_MOST) ? (real)(2 * TANH_MOST) : y;
    const double s = reduce(y, &k), power = power_of_two(k);
    const double m = power * s + (power - 1);
    return WITH_SIGN((real)(m / (m + 2)), x);
}

/* `#pragma omp simd`: out may be a or b, and is at the same index then. */
VECTOR_CLONES static void tanh_of(size_t count, const real *a, real *out) {
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = tangent(a[i]);
}

VECTOR_CLONES static void tanh_of_sum(size_t count, const real *a, const real *b, real *out) {
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = tangent(a[i] + b[i]);
}

VECTOR_CLONES static void sigmoid_of(size_t count, const real *a, real *out) {
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = sigmoid(a[i]);
}

VECTOR_CLONES static void sigmoid_of_sum(size_t count, const real *a, const real *b, real *out) {
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = sigmoid(a[i] + b[i]);
}

VECTOR_CLONES static void exp_of(size_t count, const real *a, real *out) {
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = (real)exponential(a[i]);
}

/* The clones themselves are static: gcc would export the symbol of every clone otherwise. */
void REAL(row_tanh)(size_t count, const real *a, const real *b, real *out) {
    if (b)
        tanh_of_sum(count, a, b, out);
    else
        tanh_of(count, a, out);
}

void REAL(row_sigmoid)(size_t count, const real *a, const real *b, real *out) {
    if (b)
        sigmoid_of_sum(count, a, b, out);
    else
        sigmoid_of(count, a, out);
}

void REAL(row_exp)(size_t count, const real *a, real *out) {
    exp_of(count, a, out);
}
