/* SPDX-License-Identifier: MIT */
/* The recurrent pass with oneDNN's products in f32 or with packed ones. */
#include "backends/onednn/products.h"
#include "backends/onednn/packed_kernel.h"
#include "backends/onednn/threads.h"

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

static gb_status prepared_count(const pass_products *products, const pass_weights *weights, size_t *count) {
    const packed_kernel *kernel = products->kernel;
    *count = kernel ? kernel->packed_count(weights->rows, weights->columns) : 0;
    return GB_OK;
}

static gb_status prepare(const pass_products *products, pass_weights *weights) {
    const packed_kernel *kernel = products->kernel;
    kernel->pack(weights->rows, weights->columns, weights->values.data, weights->values.stride, weights->transposed,
                 weights->prepared);
    return GB_OK;
}

static gb_status multiply(const pass_products *products, gb_context *context, size_t m, const pass_term *terms,
                          size_t count, matrix start, float *c, size_t c_stride) {
    const packed_kernel *kernel = products->kernel;
    const size_t columns = terms->weights->columns;
    if (terms->weights->prepared) {
        packed_term packed[2];
        for (size_t i = 0; i < count; i++)
            packed[i] =
                (packed_term){terms[i].weights->rows, terms[i].a.data, terms[i].a.stride, terms[i].weights->prepared};
        kernel->multiply(m, columns, packed, count, start.data, start.stride, c, c_stride);
        return GB_OK;
    }
    if (start.data)
        pass_put_start(m, columns, start, c, c_stride);
    for (size_t i = 0; i < count; i++) {
        const pass_weights *weights = terms[i].weights;
        GB_TRY(product(context, 'N', weights->transposed ? 'T' : 'N', m, columns, weights->rows, terms[i].a,
                       weights->values, start.data || i > 0, c, c_stride));
    }
    return GB_OK;
}

gb_status onednn_collect(gb_context *context, size_t m, size_t n, size_t k, matrix a, matrix b, float *c,
                         size_t c_stride) {
    return product(context, 'T', 'N', m, n, k, a, b, true, c, c_stride);
}

#define PRODUCTS                                                                                                       \
    .chunk_rows = ONEDNN_CHUNK_ROWS, .prepared_count = prepared_count, .prepare = prepare, .multiply = multiply,       \
    .collect = onednn_collect
#define PACKED(name, with_kernel)                                                                                      \
    {                                                                                                                  \
        .implementation = "matmul + gates (packed " name ", sgemm)", .kernel = with_kernel, .by_step = true,           \
        .row_shares = onednn_row_shares, .on_threads = onednn_on_threads, PRODUCTS                                     \
    }

static const pass_products sgemm = {.implementation = "matmul + gates (sgemm)", PRODUCTS};
static const pass_products generic = PACKED("generic", &packed_generic);
#ifdef __x86_64__
static const pass_products avx2 = PACKED("AVX2", &packed_avx2);
static const pass_products avx512 = PACKED("AVX-512", &packed_avx512);
#endif

/* The kernels of the instruction set that oneDNN uses: ONEDNN_MAX_CPU_ISA limits both. */
static const pass_products *packed_here(void) {
#ifdef __x86_64__
    const unsigned isa = (unsigned)dnnl_get_effective_cpu_isa();
    if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core)
        return &avx512;
    if ((isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2 && __builtin_cpu_supports("fma"))
        return &avx2;
#endif
    return &generic;
}

gb_status onednn_pass_create(gb_context *context, const gb_layer_spec *spec, bool packed, layer_plan **plan) {
    return pass_create_f32(context, spec, packed ? packed_here() : &sgemm, plan);
}
