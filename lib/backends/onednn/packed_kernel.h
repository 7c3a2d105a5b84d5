/* SPDX-License-Identifier: MIT */
/* Small f32 matrix products whose right factor was packed beforehand, one set of functions per instruction set.
 */
#ifndef GATEBENCH_ONEDNN_PACKED_KERNEL_H
#define GATEBENCH_ONEDNN_PACKED_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

/* A product A[m][k] B[k][n]. */
typedef struct packed_term {
    size_t k;
    const float *a;
    size_t a_stride;
    const float *packed; /* B */
} packed_term;

typedef struct packed_kernel {
    /* The number of floats of a packed [k][n]. */
    size_t (*packed_count)(size_t k, size_t n);
    /* Packs [k][n], or the transpose of [n][k]; `stride` is the distance between stored rows. */
    void (*pack)(size_t k, size_t n, const float *b, size_t stride, bool transposed, float *packed);
    /* C[m][n] = start + the sum of one or two terms. `start` is C itself, or one row for all (stride 0), or zero
     * (NULL).
     */
    void (*multiply)(size_t m, size_t n, const packed_term *terms, size_t count, const float *start,
                     size_t start_stride, float *c, size_t c_stride);
} packed_kernel;

extern const packed_kernel packed_generic;
#ifdef __x86_64__
extern const packed_kernel packed_avx2, packed_avx512;
#endif

#endif
