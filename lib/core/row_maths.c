/* SPDX-License-Identifier: MIT */
/* tanh, sigmoid and exp over rows, by our own polynomials: branch-free arithmetic that compilers vectorise completely.
 * Calls of the C library would in some loops become one scalar call per number.
 *
 *     e^y = 2^k (1 + s), k = round(y / ln 2), r = y - k ln 2, |r| <= 0.347, s = r + r^2 Q(r)
 *     sigmoid(x) = 1 / (1 + e^-x)
 *     tanh(x) = 1 - 2 / (e^2x + 1), but x + x^3 P(x^2) for x < 0.55
 *
 * 2^k s is exact, so e^y and 1 + e^y are rounded once or twice after s, and each step after that is monotone. Q
 * interpolates (e^r - 1 - r) / r^2, and P (tanh(x) / x - 1) / x^2, at Chebyshev's points. */
#include "core/row_maths.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/target_clones.h"

#if GB_REAL_BITS == 32
typedef uint32_t word; /* the bits of a real */
enum { FRACTION_BITS = 23, BIAS = 127 };
#define MAGNITUDE __builtin_fabsf
#define WITH_SIGN __builtin_copysignf
#define EXPONENT_MOST 110.0f  /* beyond this, e^y is infinite */
#define ROUNDER 0x1.8p23f     /* x + ROUNDER - ROUNDER is the integer nearest to x */
#define LN2_HIGH 0x1.62e4p-1f /* has so few bits that its product with k is exact */
#define LN2_LOW 0x1.7f7d1cp-20f
static const float exp_terms[] = {0x1p-1f, 0x1.5554dep-3f, 0x1.55551ap-5f, 0x1.120b62p-7f, 0x1.6d10fcp-10f};
static const float tanh_terms[] = {-0x1.555554p-2f, 0x1.110feap-3f, -0x1.b9a044p-5f, 0x1.5d220ep-6f, -0x1.b13538p-8f};
#else
typedef uint64_t word;
enum { FRACTION_BITS = 52, BIAS = 1023 };
#define MAGNITUDE __builtin_fabs
#define WITH_SIGN __builtin_copysign
#define EXPONENT_MOST 750.0
#define ROUNDER 0x1.8p52
#define LN2_HIGH 0x1.62e42fefa38p-1
#define LN2_LOW 0x1.ef35793c76730p-45
static const double exp_terms[] = {0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,
                                   0x1.11111111100dfp-7,  0x1.6c16c16c162d6p-10, 0x1.a01a01abe62ddp-13,
                                   0x1.a01a01a6d7808p-16, 0x1.71de02375656cp-19, 0x1.27e4db67b4303p-22,
                                   0x1.af4ddd84882fep-26, 0x1.1f72fc730b4ffp-29};
static const double tanh_terms[] = {-0x1.5555555555555p-2,  0x1.1111111111032p-3,  -0x1.ba1ba1b9fec84p-5,
                                    0x1.664f487713373p-6,   -0x1.226e32f00cf0cp-7, 0x1.d6d339333f329p-9,
                                    -0x1.7d97cfd138c28p-10, 0x1.34c5a8a996cd4p-11, -0x1.ec1091436eb2ap-13,
                                    0x1.64fd88e9900a5p-14,  -0x1.59a834187ce22p-16};
#endif
enum { EXP_TERMS = sizeof exp_terms / sizeof *exp_terms, TANH_TERMS = sizeof tanh_terms / sizeof *tanh_terms };

#define EXPONENT_LEAST (-40) /* below this, 1 + e^y is 1 */
#define TANH_MOST 20         /* beyond this, tanh is 1 */
#define TANH_SMALL 0.55      /* below this, tanh is a polynomial */
#define PER_LN2 0x1.71547652b82fep+0

#define INLINE static inline __attribute__((always_inline))

/* 2^k for the biased exponent k + BIAS, from 1 to 2 BIAS */
INLINE real power_of_two(word biased) {
    real power;
    biased <<= FRACTION_BITS;
    memcpy(&power, &biased, sizeof power);
    return power;
}

INLINE real polynomial(const real *terms, int count, real x) {
    real sum = terms[count - 1];
    for (int i = count - 2; i >= 0; i--)
        sum = sum * x + terms[i];
    return sum;
}

/* y within `least` and EXPONENT_MOST; a y that is not a number stays */
INLINE real clamp(real y, real least) {
    y = y > EXPONENT_MOST ? EXPONENT_MOST : y;
    return y < least ? least : y;
}

/* s and k + BIAS of e^y, |y| at most EXPONENT_MOST */
INLINE real reduce(real y, word *biased) {
    const real rounder = ROUNDER;
    const real rounded = y * (real)PER_LN2 + rounder, k = rounded - rounder; /* k is in the low bits */
    const real r = (y - k * LN2_HIGH) - k * LN2_LOW;
    word bits, zero;
    memcpy(&bits, &rounded, sizeof bits);
    memcpy(&zero, &rounder, sizeof zero);
    *biased = bits - zero + BIAS;
    return r + r * r * polynomial(exp_terms, EXP_TERMS, r);
}

/* In two factors, since 2^k may be infinite or below the normal numbers. */
INLINE real exponential(real y) {
    word biased;
    const real s = reduce(clamp(y, -EXPONENT_MOST), &biased);
    const word half = (biased + BIAS) / 2; /* of k, biased: k + 2 BIAS is positive */
    const real power = power_of_two(half);
    return (power * s + power) * power_of_two(biased - half + BIAS);
}

/* For x far below 0 e^-x is infinite: both sides of the fraction are taken times 2^-64, which is exact. */
INLINE real sigmoid(real x) {
    enum { DOWN = 64 };
    word biased;
    const real s = reduce(clamp(-x, EXPONENT_LEAST), &biased);
    const real one = power_of_two(BIAS - DOWN), power = power_of_two(biased - DOWN);
    const real early = biased <= BIAS + FRACTION_BITS ? one : 0; /* here one + power is exact, or one vanishes */
    return one / ((power + early) + (power * s + (one - early)));
}

INLINE real tangent(real x) {
    word biased;
    const real positive = MAGNITUDE(x), square = x * x;
    const real y = positive > TANH_MOST ? 2 * TANH_MOST : 2 * positive;
    const real s = reduce(y, &biased), power = power_of_two(biased);
    const real large = 1 - 2 / ((1 + power) + power * s);
    const real small = positive + positive * (square * polynomial(tanh_terms, TANH_TERMS, square));
    return WITH_SIGN(positive < (real)TANH_SMALL ? small : large, x);
}

/* out[i] = function(argument) for all i. The last numbers of a row whose length is not a multiple of a vector are
 * computed as one whole vector that reaches back into the row, before the row is written: out may be a or b (`#pragma
 * omp simd`: at the same index). */
enum { LANES = 64 / sizeof(real) };
#define ROW(name, function, argument, ...)                                                                             \
    VECTOR_CLONES static void name(size_t count, __VA_ARGS__, real *out) {                                             \
        const bool reaches_back = count > LANES && count % LANES > 0;                                                  \
        const size_t whole = reaches_back ? count - count % LANES : count, from = count - LANES;                       \
        real last[LANES];                                                                                              \
        if (reaches_back)                                                                                              \
            _Pragma("omp simd") for (size_t i = from; i < from + LANES; i++) last[i - from] = function(argument);      \
        _Pragma("omp simd") for (size_t i = 0; i < whole; i++) out[i] = function(argument);                            \
        if (reaches_back)                                                                                              \
            memcpy(out + from, last, sizeof last);                                                                     \
    }
ROW(tanh_of, tangent, a[i], const real *a)
ROW(tanh_of_sum, tangent, a[i] + b[i], const real *a, const real *b)
ROW(sigmoid_of, sigmoid, a[i], const real *a)
ROW(sigmoid_of_sum, sigmoid, a[i] + b[i], const real *a, const real *b)
ROW(exp_of, exponential, a[i], const real *a)

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
