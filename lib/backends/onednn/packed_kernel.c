/* SPDX-License-Identifier: MIT */
/* Matrix products by register tiles, compiled once per instruction set (CMake gives KERNEL_ISA, VECTOR_BYTES and
 * TILE_ROWS).
 *
 * B is packed into panels of two vectors' columns (the last panel may have one), each [k][columns], so that a tile
 * reads it as one stream. A tile is up to TILE_ROWS rows by one panel of C. Its sums stay in registers over all of k;
 * each step of k reads two vectors of B and broadcasts one number of A per row. AVX2: 6 x 16, 12 of 16 registers hold
 * sums; AVX-512: 12 x 32, 24 of 32. At worst a panel is read from the second-level cache; 24 multiply-adds per two
 * loads hide that latency, so k is not blocked. Two products are summed in the same registers, so that x W + h U does
 * not pass through memory in between. Every sum runs over k in ascending order and starts from C's own value, so a row
 * gives the same bits in any batch. A single row takes up to four panels side by side: the two sums of one panel would
 * wait for each other's multiply-adds. */
#include "backends/onednn/packed_kernel.h"

#include <string.h>

#define JOINED(a, b) a##b
#define NAME(a, b) JOINED(a, b)

enum { LANES = VECTOR_BYTES / sizeof(float), PANEL = 2 * LANES, MOST_PANELS = 4 };

typedef float vector __attribute__((vector_size(VECTOR_BYTES)));
/* the same at any address */
typedef float loose_vector __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));

/* Rows and the distance between them. */
typedef struct rows {
    const float *data;
    size_t stride;
} rows_of;

typedef struct target {
    float *data;
    size_t stride;
} target;

/* The products of a tile; `packed` is a panel of B. */
typedef struct terms {
    size_t count;
    packed_term of[2];
} terms;

/* Some rows by some panels side by side, each of `width` vectors. */
static inline __attribute__((always_inline)) void tile(const size_t rows, const size_t panels, const size_t width,
                                                       const terms *products, rows_of start, target c) {
    const size_t vectors = panels * width;
    vector sum[TILE_ROWS][2 * MOST_PANELS];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = *(const loose_vector *)(start.data + i * start.stride + v * LANES);
    for (const packed_term *p = products->of; p < products->of + products->count; p++) {
        const size_t depth = p->k, stride = p->a_stride;
        const float *a = p->a, *b = p->packed;
        for (size_t k = 0; k < depth; k++) {
            vector right[2 * MOST_PANELS];
            for (size_t v = 0; v < vectors; v++)
                right[v] = *(const loose_vector *)(b + ((v / width * depth + k) * width + v % width) * LANES);
            for (size_t i = 0; i < rows; i++)
                for (size_t v = 0; v < vectors; v++)
                    sum[i][v] += a[i * stride + k] * right[v];
        }
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            *(loose_vector *)(c.data + i * c.stride + v * LANES) = sum[i][v];
}

/* Separate functions: in a common function the compiler would keep some of the sums in memory. */
typedef void tile_function(const terms *products, rows_of start, target c);
#define TILE(rows, panels, width)                                                                                      \
    static __attribute__((noinline)) void tile_##rows##x##panels##x##width(const terms *products, rows_of start,       \
                                                                           target c) {                                 \
        tile(rows, panels, width, products, start, c);                                                                 \
    }
#define TILES(rows) TILE(rows, 1, 1) TILE(rows, 1, 2)
#define PAIR(rows)                                                                                                     \
    { tile_##rows##x1x1, tile_##rows##x1x2 }
TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
#if TILE_ROWS == 12
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)
#endif
TILE(1, 2, 2)
TILE(1, 3, 2)
TILE(1, 4, 2)
/* One row by some whole panels. */
static tile_function *const row_by[MOST_PANELS + 1] = {NULL, tile_1x1x2, tile_1x2x2, tile_1x3x2, tile_1x4x2};
static tile_function *const tiles[TILE_ROWS][2] = {
    PAIR(1), PAIR(2), PAIR(3), PAIR(4),  PAIR(5),  PAIR(6),
#if TILE_ROWS == 12
    PAIR(7), PAIR(8), PAIR(9), PAIR(10), PAIR(11), PAIR(12),
#endif
};

/* A tile that extends beyond C's last column; uses a copy. */
static void edge_tile(size_t rows, size_t columns, const terms *products, rows_of start, target c) {
    float copy[TILE_ROWS * PANEL] __attribute__((aligned(64))) = {0};
    const size_t start_stride = start.stride > 0 ? PANEL : 0;
    for (size_t i = 0; i < (start.stride > 0 ? rows : 1); i++)
        memcpy(copy + i * PANEL, start.data + i * start.stride, columns * sizeof *copy);
    tiles[rows - 1][(columns - 1) / LANES](products, (rows_of){copy, start_stride}, (target){copy, PANEL});
    for (size_t i = 0; i < rows; i++)
        memcpy(c.data + i * c.stride, copy + i * PANEL, columns * sizeof *copy);
}

static const float zeros[MOST_PANELS * PANEL];

/* All m rows of up to PANEL columns, in tiles of nearly equal heights. */
static void panel(size_t m, size_t columns, terms products, rows_of start, target c) {
    for (size_t i = 0, left = (m + TILE_ROWS - 1) / TILE_ROWS; left > 0; left--) {
        const size_t rows = (m - i + left - 1) / left;
        const rows_of start_here = {start.data + i * start.stride, start.stride};
        const target c_here = {c.data + i * c.stride, c.stride};
        if (columns % LANES == 0)
            tiles[rows - 1][columns / LANES - 1](&products, start_here, c_here);
        else
            edge_tile(rows, columns, &products, start_here, c_here);
        for (size_t p = 0; p < products.count; p++)
            products.of[p].a += rows * products.of[p].a_stride;
        i += rows;
    }
}

static size_t columns_at(size_t n, size_t j) {
    return n - j < PANEL ? n - j : PANEL;
}

static size_t packed_count(size_t k, size_t n) {
    return (n + LANES - 1) / LANES * LANES * k;
}

/* Pads with zeros after the last column. */
static void pack(size_t k, size_t n, const float *b, size_t stride, bool transposed, float *packed) {
    for (size_t from = 0; from < n; from += PANEL) {
        const size_t columns = columns_at(n, from), width = packed_count(1, columns);
        for (size_t i = 0; i < k; i++, packed += width) {
            if (!transposed)
                memcpy(packed, b + i * stride + from, columns * sizeof *b);
            for (size_t j = 0; transposed && j < columns; j++)
                packed[j] = b[(from + j) * stride + i];
            for (size_t j = columns; j < width; j++)
                packed[j] = 0;
        }
    }
}

/* The terms of a product from column j on. */
static terms terms_at(const packed_term *given, size_t count, size_t j) {
    terms products = {.count = count};
    for (size_t p = 0; p < count; p++) {
        products.of[p] = given[p];
        products.of[p].packed += j * given[p].k;
    }
    return products;
}

static void multiply(size_t m, size_t n, const packed_term *given, size_t count, const float *start,
                     size_t start_stride, float *c, size_t c_stride) {
    size_t j = 0;
    for (size_t panels; m == 1 && (panels = (n - j) / PANEL) > 0; j += panels * PANEL) {
        panels = panels < MOST_PANELS ? panels : MOST_PANELS;
        const terms products = terms_at(given, count, j);
        row_by[panels](&products, (rows_of){start ? start + j : zeros, 0}, (target){c + j, 0});
    }
    for (; j < n; j += PANEL)
        panel(m, columns_at(n, j), terms_at(given, count, j),
              start ? (rows_of){start + j, start_stride} : (rows_of){zeros, 0}, (target){c + j, c_stride});
}

const packed_kernel NAME(packed_, KERNEL_ISA) = {
    .packed_count = packed_count,
    .pack = pack,
    .multiply = multiply,
};
