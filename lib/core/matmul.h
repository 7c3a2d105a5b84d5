/* SPDX-License-Identifier: MIT */
/* Plain matrix products on row-major matrices. Every element is one sum over k in ascending order, independent of its
 * position and of the instruction set, so the same row gives the same bits in any batch. */
#ifndef GATEBENCH_CORE_MATMUL_H
#define GATEBENCH_CORE_MATMUL_H

#include <stddef.h>

#include "core/real.h"

/* A matrix as a pointer and the distance between its rows. */
typedef struct matrix {
    const real *data;
    size_t stride;
} matrix;

/* C[m][n] += A[m][k] B[k][n] */
void REAL(matmul_add)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c, size_t c_stride);

/* C[m][n] += A[k][m]^T B[k][n] */
void REAL(matmul_add_transposed)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c, size_t c_stride);

/* B[columns][rows] = A[rows][columns]^T, both dense */
void REAL(transpose)(size_t rows, size_t columns, const real *a, real *b);

/* every one of C's m rows = row[n], or zero when row is NULL; C dense */
void REAL(fill_rows)(size_t m, size_t n, const real *row, real *c);

/* sum[n] += the m rows of A, in order */
void REAL(add_rows)(size_t m, size_t n, matrix a, real *sum);

#endif
