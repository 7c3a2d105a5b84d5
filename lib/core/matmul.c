/* SPDX-License-Identifier: MIT */
/* Matrix products by tiles whose sums stay in registers: up to 4 rows by 2 vectors. */
#include "core/matmul.h"

#include <string.h>

#include "core/target_clones.h"

#define VECTOR_BYTES 32
#define LANES (VECTOR_BYTES / sizeof(real))
#define TILE_ROWS 4

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));

/* A's element (i, k) is a[i * row + k * column], which serves A and its transpose alike. */
typedef struct operand {
    const real *data;
    size_t row, column;
} operand;

/* rows x vectors*LANES of C. Inlined with constant `rows` and `vectors`, so that `sum` lives in registers. */
static inline __attribute__((always_inline)) void tile(const size_t rows, const size_t vectors, size_t depth, operand a,
                                                       matrix b, real *c, size_t c_stride) {
    vector sum[TILE_ROWS][2];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = (vector){0};
    for (size_t k = 0; k < depth; k++) {
        vector right[2];
        for (size_t v = 0; v < vectors; v++)
            memcpy(&right[v], b.data + k * b.stride + v * LANES, sizeof right[v]);
        for (size_t i = 0; i < rows; i++) {
            const real left = a.data[i * a.row + k * a.column];
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] += left * right[v];
        }
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t v = 0; v < vectors; v++) {
            vector old;
            memcpy(&old, c + i * c_stride + v * LANES, sizeof old);
            old += sum[i][v];
            memcpy(c + i * c_stride + v * LANES, &old, sizeof old);
        }
    }
}

/* rows x 1 of C, for the last columns */
static inline __attribute__((always_inline)) void column(size_t rows, size_t depth, operand a, matrix b, real *c,
                                                         size_t c_stride) {
    for (size_t i = 0; i < rows; i++) {
        real sum = 0;
        for (size_t k = 0; k < depth; k++)
            sum += a.data[i * a.row + k * a.column] * b.data[k * b.stride];
        c[i * c_stride] += sum;
    }
}

/* all columns of `rows` rows of C */
static inline __attribute__((always_inline)) void band(const size_t rows, size_t n, size_t depth, operand a, matrix b,
                                                       real *c, size_t c_stride) {
    size_t j = 0;
    for (; j + 2 * LANES <= n; j += 2 * LANES)
        tile(rows, 2, depth, a, (matrix){b.data + j, b.stride}, c + j, c_stride);
    for (; j + LANES <= n; j += LANES)
        tile(rows, 1, depth, a, (matrix){b.data + j, b.stride}, c + j, c_stride);
    for (; j < n; j++)
        column(rows, depth, a, (matrix){b.data + j, b.stride}, c + j, c_stride);
}

VECTOR_CLONES static void product(size_t m, size_t n, size_t depth, operand a, matrix b, real *c, size_t c_stride) {
    size_t i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS)
        band(TILE_ROWS, n, depth, (operand){a.data + i * a.row, a.row, a.column}, b, c + i * c_stride, c_stride);
    for (; i < m; i++)
        band(1, n, depth, (operand){a.data + i * a.row, a.row, a.column}, b, c + i * c_stride, c_stride);
}

void REAL(matmul_add)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c, size_t c_stride) {
    product(m, n, k, (operand){a.data, a.stride, 1}, b, c, c_stride);
}

void REAL(matmul_add_transposed)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c, size_t c_stride) {
    product(m, n, k, (operand){a.data, 1, a.stride}, b, c, c_stride);
}

void REAL(transpose)(size_t rows, size_t columns, const real *a, real *b) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            b[j * rows + i] = a[i * columns + j];
}

void REAL(fill_rows)(size_t m, size_t n, const real *row, real *c) {
    for (size_t i = 0; i < m; i++)
        if (!row)
            memset(c + i * n, 0, n * sizeof *c);
        else
            memcpy(c + i * n, row, n * sizeof *c);
}

/* Sums of several columns stay in registers. */
VECTOR_CLONES static void add_columns(size_t m, size_t n, const real *restrict a, size_t stride, real *restrict sum) {
    enum { COLUMNS = 256 / sizeof(real) };
    size_t j = 0;
    for (; j + COLUMNS <= n; j += COLUMNS) {
        real sums[COLUMNS];
        memcpy(sums, sum + j, sizeof sums);
        for (size_t i = 0; i < m; i++)
            for (size_t k = 0; k < COLUMNS; k++)
                sums[k] += a[i * stride + j + k];
        memcpy(sum + j, sums, sizeof sums);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t k = j; k < n; k++)
            sum[k] += a[i * stride + k];
}

void REAL(add_rows)(size_t m, size_t n, matrix a, real *sum) {
    add_columns(m, n, a.data, a.stride, sum);
}
