/* SPDX-License-Identifier: MIT */
/* tanh, sigmoid and exp over rows. glibc's libmvec has vector versions of tanh and exp; math.h declares them under
 * -ffast-math only, so gcc is told here. clang finds those that it knows by -fveclib=libmvec. */
#include "core/real.h"

#if GB_REAL_BITS == 32
#define EXP expf
#define TANH tanhf
#else
#define EXP exp
#define TANH tanh
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((simd("notinbranch"))) extern real EXP(real) __attribute__((const, nothrow, leaf));
__attribute__((simd("notinbranch"))) extern real TANH(real) __attribute__((const, nothrow, leaf));
#endif

#include "core/row_maths.h"
#include "core/target_clones.h"

#define BLOCK 16 /* numbers a block: two AVX2 vectors of floats */

static inline __attribute__((always_inline)) void load(size_t count, const real *a, const real *b, real block[BLOCK]) {
    for (size_t i = 0; i < BLOCK; i++)
        block[i] = 0;
    for (size_t i = 0; i < count; i++)
        block[i] = a[i];
    for (size_t i = 0; b && i < count; i++)
        block[i] += b[i];
}

static inline __attribute__((always_inline)) void store(size_t count, const real block[BLOCK], real *out) {
    for (size_t i = 0; i < count; i++)
        out[i] = block[i];
}

static inline size_t block_size(size_t left) {
    return left < BLOCK ? left : BLOCK;
}

VECTOR_CLONES static void tanh_of_sum(size_t count, const real *a, const real *b, real *out) {
    real block[BLOCK] __attribute__((aligned(64)));
    for (size_t at = 0; at < count; at += BLOCK) {
        const size_t size = block_size(count - at);
        load(size, a + at, b ? b + at : NULL, block);
#pragma omp simd
        for (size_t i = 0; i < BLOCK; i++)
            block[i] = TANH(block[i]);
        store(size, block, out + at);
    }
}

VECTOR_CLONES static void sigmoid_of_sum(size_t count, const real *a, const real *b, real *out) {
    real block[BLOCK] __attribute__((aligned(64)));
    for (size_t at = 0; at < count; at += BLOCK) {
        const size_t size = block_size(count - at);
        load(size, a + at, b ? b + at : NULL, block);
#pragma omp simd
        for (size_t i = 0; i < BLOCK; i++)
            block[i] = 1 / (1 + EXP(-block[i]));
        store(size, block, out + at);
    }
}

VECTOR_CLONES static void exp_of(size_t count, const real *a, real *out) {
    real block[BLOCK] __attribute__((aligned(64)));
    for (size_t at = 0; at < count; at += BLOCK) {
        const size_t size = block_size(count - at);
        load(size, a + at, NULL, block);
#pragma omp simd
        for (size_t i = 0; i < BLOCK; i++)
            block[i] = EXP(block[i]);
        store(size, block, out + at);
    }
}

/* The clones themselves are static: gcc gives an exported symbol to every other. */
void REAL(row_tanh)(size_t count, const real *a, const real *b, real *out) {
    tanh_of_sum(count, a, b, out);
}

void REAL(row_sigmoid)(size_t count, const real *a, const real *b, real *out) {
    sigmoid_of_sum(count, a, b, out);
}

void REAL(row_exp)(size_t count, const real *a, real *out) {
    exp_of(count, a, out);
}
