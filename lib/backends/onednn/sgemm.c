/* SPDX-License-Identifier: MIT */
/* The recurrent pass with oneDNN's products. */
#include "backends/onednn/implementation.h"
#include "backends/pass/pass.h"

/* C[m][n] = A[m][k] B[k][n], added to C's own values when `add`; A and B as they are ('N') or transposed ('T'). */
static gb_status product(gb_context *context, char a_form, char b_form, size_t m, size_t n, size_t k, matrix a,
                         matrix b, bool add, float *c, size_t c_stride) {
    if (n == 0 || k == 0)
        return GB_OK;
    ONEDNN_TRY(context,
               dnnl_sgemm(a_form, b_form, (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a.data, (dnnl_dim_t)a.stride,
                          b.data, (dnnl_dim_t)b.stride, add ? 1 : 0, c, (dnnl_dim_t)c_stride));
    return GB_OK;
}

static size_t prepared_count(const pass_weights *weights) {
    (void)weights;
    return 0;
}

static gb_status multiply(gb_context *context, size_t m, matrix a, const pass_weights *weights, bool add, float *c,
                          size_t c_stride) {
    return product(context, 'N', weights->transposed ? 'T' : 'N', m, weights->columns, weights->rows, a,
                   weights->values, add, c, c_stride);
}

static gb_status collect(gb_context *context, size_t m, size_t n, size_t k, matrix a, matrix b, float *c,
                         size_t c_stride) {
    return product(context, 'T', 'N', m, n, k, a, b, true, c, c_stride);
}

static const pass_products sgemm = {
    .implementation = "matmul + gates (sgemm)",
    .prepared_count = prepared_count,
    .multiply = multiply,
    .collect = collect,
};

gb_status onednn_sgemm_create(gb_context *context, const gb_layer_spec *spec, layer_plan **plan) {
    return pass_create_f32(context, spec, &sgemm, plan);
}
