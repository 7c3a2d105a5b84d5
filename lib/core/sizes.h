/* SPDX-License-Identifier: MIT */
/* Checked arithmetic on sizes: a shape that does not fit size_t is an error and never wraps to a small number. */
#ifndef GATEBENCH_CORE_SIZES_H
#define GATEBENCH_CORE_SIZES_H

#include <stdbool.h>
#include <stddef.h>

/* *product *= factor; false (and *product unchanged) on overflow. */
static inline bool size_multiply(size_t *product, size_t factor) {
    size_t result;
    if (__builtin_mul_overflow(*product, factor, &result))
        return false;
    *product = result;
    return true;
}

/* *sum += term; false (and *sum unchanged) on overflow. */
static inline bool size_add(size_t *sum, size_t term) {
    size_t result;
    if (__builtin_add_overflow(*sum, term, &result))
        return false;
    *sum = result;
    return true;
}

#endif
