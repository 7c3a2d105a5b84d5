/* SPDX-License-Identifier: MIT */
/* Exact conversion of the two half-precision formats to float. */
#ifndef GATEBENCH_SUPPORT_ARRAYS_HALF_H
#define GATEBENCH_SUPPORT_ARRAYS_HALF_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* IEEE 754 binary16. */
static inline float half_to_float(uint16_t half) {
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const float size = exponent == 31 ? (fraction ? NAN : INFINITY)
                       : exponent     ? ldexpf((float)(1024 + fraction), exponent - 25)
                                      : ldexpf((float)fraction, -24);
    return half & 0x8000 ? -size : size;
}

/* bfloat16: the upper half of a float. */
static inline float bfloat16_to_float(uint16_t half) {
    const uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
