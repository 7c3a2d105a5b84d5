/* SPDX-License-Identifier: MIT */
/* The reference backend's products: plain loops (core/matmul.h), with transposed weights copied so that every product
 * runs along rows. */
#include "backends/pass/pass.h"
#include "backends/reference/reference.h"

static gb_status prepared_count(const pass_products *products, const pass_weights *weights, size_t *count) {
    (void)products;
    *count = weights->transposed ? weights->rows * weights->columns : 0;
    return GB_OK;
}

/* [columns][rows] with its own stride to dense [rows][columns] */
static gb_status prepare(const pass_products *products, pass_weights *weights) {
    (void)products;
    for (size_t i = 0; i < weights->columns; i++)
        for (size_t j = 0; j < weights->rows; j++)
            weights->prepared[j * weights->columns + i] = weights->values.data[i * weights->values.stride + j];
    return GB_OK;
}

static gb_status multiply(const pass_products *products, gb_context *context, size_t m, const pass_term *terms,
                          size_t count, matrix start, real *c, size_t c_stride) {
    (void)products, (void)context;
    pass_put_start(m, terms->weights->columns, start, c, c_stride);
    for (size_t i = 0; i < count; i++) {
        const pass_weights *weights = terms[i].weights;
        const matrix b = weights->transposed ? (matrix){weights->prepared, weights->columns} : weights->values;
        REAL(matmul_add)(m, weights->columns, weights->rows, terms[i].a, b, c, c_stride);
    }
    return GB_OK;
}

static gb_status collect(gb_context *context, size_t m, size_t n, size_t k, matrix a, matrix b, real *c,
                         size_t c_stride) {
    (void)context;
    REAL(matmul_add_transposed)(m, n, k, a, b, c, c_stride);
    return GB_OK;
}

#define CHUNK_ROWS 256 /* so that their gate sums fit into the second-level cache */

static const pass_products loops = {
    .implementation = "reference loops",
    .chunk_rows = CHUNK_ROWS,
    .prepared_count = prepared_count,
    .prepare = prepare,
    .multiply = multiply,
    .collect = collect,
};

gb_status REAL(reference_create)(gb_context *context, const gb_layer_spec *spec, layer_plan **plan) {
    return REAL(pass_create)(context, spec, &loops, plan);
}

#if GB_REAL_BITS == 32 /* gb_backend_product() is in f32 only */
gb_status reference_product(gb_context *context, size_t m, size_t n, size_t k, const float *a, const float *b,
                            float *c) {
    (void)context;
    memset(c, 0, m * n * sizeof *c);
    matmul_add_f32(m, n, k, (matrix){a, k}, (matrix){b, n}, c, n);
    return GB_OK;
}
#endif
