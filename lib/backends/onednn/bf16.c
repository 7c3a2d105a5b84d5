/* SPDX-License-Identifier: MIT */
/* The recurrent pass with products in bf16: x, h, the gate gradients and the weights are rounded to 8 significant bits
 * for x W, h U and their gradients by x and h; oneDNN's matrix product sums in f32. Gates, states and the gradients of
 * the weights are computed in f32, and the parameters stay f32, as in mixed-precision training (Micikevicius et al.
 * 2018, with bf16 in place of f16, which needs no loss scaling).
 *
 * oneDNN needs a primitive for every combination of sizes. Each is made when it first occurs, in a layer's first
 * passes.
 */
#include <string.h>

#include "backends/onednn/dnnl_compatibility.h"
#include "backends/onednn/products.h"
#include "core/target_clones.h"

typedef enum operation { PACK, PACK_TRANSPOSED, MULTIPLY, MULTIPLY_ADD } operation;

/* C[m][n] = or += A[m][k] B[k][n]; or packing B. */
typedef struct operation_key {
    size_t operation, m, k, n;
    size_t stride; /* between rows of the B that is packed */
} operation_key;

typedef struct made_operation {
    operation_key key;
    dnnl_primitive_t primitive;
    dnnl_memory_t a, b, c; /* packing reads b and writes c */
} made_operation;

enum { MOST_OPERATIONS = 64 };

/* Memory that grows. */
typedef struct buffer {
    void *data;
    size_t bytes;
} buffer;

/* The products of one layer. */
typedef struct bf16_products {
    pass_products base; /* must be first */
    gb_context *context;
    size_t batch;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_desc_t layouts[PASS_FACTORS]; /* products with the rows of one step; they know the layout of B */
    size_t layout_sizes[PASS_FACTORS][2];        /* k and n of these products */
    made_operation made[MOST_OPERATIONS];
    size_t count, next; /* how many of `made` are in use; which one is made or replaced next */
    buffer rows;        /* A in bf16 */
    buffer sums; /* C without gaps between its rows: with gaps, oneDNN 2.6.3 runs reference code, 400 times slower */
} bf16_products;

/* Rounds to nearest, ties to even; a NaN stays one. */
VECTOR_CLONES static void round_row(size_t count, const float *from, uint16_t *to) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, from + i, sizeof bits);
        const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
        to[i] = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded);
    }
}

/* Describes a product. `b`: the layout of the packed B; NULL: oneDNN chooses one. */
static gb_status describe(const bf16_products *p, const operation_key *key, onednn_description b,
                          dnnl_primitive_desc_t *made) {
    dnnl_memory_desc_t a, any, c;
    memset(&a, 0, sizeof a), memset(&any, 0, sizeof any), memset(&c, 0, sizeof c);
    dnnl_status_t status = onednn_matrix_create(&a, key->m, key->k, key->k, 1, dnnl_bf16);
    if (status == dnnl_success)
        status = onednn_matrix_create(&any, key->k, key->n, 0, 0, dnnl_bf16);
    if (status == dnnl_success)
        status = onednn_matrix_create(&c, key->m, key->n, key->n, 1, dnnl_f32);
    if (status == dnnl_success)
        status =
            onednn_describe_product(made, p->engine, onednn_description_of(&a), b ? b : onednn_description_of(&any),
                                    onednn_description_of(&c), key->operation == MULTIPLY_ADD);
    onednn_description_destroy(&a);
    onednn_description_destroy(&any);
    onednn_description_destroy(&c);
    return status == dnnl_success ? GB_OK : onednn_fail(p->context, status, "describing a product in bf16");
}

/* The layout of a packed [k][n]. */
static gb_status layout_of(bf16_products *p, size_t k, size_t n, onednn_description *layout) {
    size_t i = 0;
    while (i < PASS_FACTORS - 1 && p->layouts[i] && (p->layout_sizes[i][0] != k || p->layout_sizes[i][1] != n))
        i++;
    if (!p->layouts[i]) {
        const operation_key key = {MULTIPLY, p->batch, k, n, 0};
        GB_TRY(describe(p, &key, NULL, &p->layouts[i]));
        p->layout_sizes[i][0] = k, p->layout_sizes[i][1] = n;
    }
    *layout = dnnl_primitive_desc_query_md(p->layouts[i], dnnl_query_weights_md, 0);
    return GB_OK;
}

static void forget(made_operation *made) {
    dnnl_memory_t memories[] = {made->a, made->b, made->c};
    for (size_t i = 0; i < 3; i++)
        if (memories[i])
            dnnl_memory_destroy(memories[i]);
    if (made->primitive)
        dnnl_primitive_destroy(made->primitive);
    *made = (made_operation){0};
}

static gb_status make_packing(const bf16_products *p, const operation_key *key, onednn_description packed,
                              made_operation *made) {
    const bool transposed = key->operation == PACK_TRANSPOSED;
    dnnl_memory_desc_t plain;
    dnnl_primitive_desc_t description = NULL;
    ONEDNN_TRY(p->context, onednn_matrix_create(&plain, key->k, key->n, transposed ? 1 : key->stride,
                                                transposed ? key->stride : 1, dnnl_f32));
    dnnl_status_t status = dnnl_memory_create(&made->b, onednn_description_of(&plain), p->engine, DNNL_MEMORY_NONE);
    if (status == dnnl_success)
        status = dnnl_reorder_primitive_desc_create(&description, onednn_description_of(&plain), p->engine, packed,
                                                    p->engine, NULL);
    if (status == dnnl_success)
        status = dnnl_primitive_create(&made->primitive, description);
    if (status == dnnl_success)
        status = dnnl_memory_create(&made->c, packed, p->engine, DNNL_MEMORY_NONE);
    onednn_description_destroy(&plain);
    if (description)
        dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? GB_OK : onednn_fail(p->context, status, "packing weights in bf16");
}

static gb_status make_product(const bf16_products *p, const operation_key *key, onednn_description packed,
                              made_operation *made) {
    dnnl_primitive_desc_t description = NULL;
    dnnl_memory_t *const memories[] = {&made->a, &made->b, &made->c};
    static const dnnl_query_t queries[] = {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md};
    GB_TRY(describe(p, key, packed, &description));
    dnnl_status_t status = dnnl_primitive_create(&made->primitive, description);
    for (size_t i = 0; i < 3 && status == dnnl_success; i++)
        status = dnnl_memory_create(memories[i], dnnl_primitive_desc_query_md(description, queries[i], 0), p->engine,
                                    DNNL_MEMORY_NONE);
    dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? GB_OK : onednn_fail(p->context, status, "making a product in bf16");
}

/* Finds or makes an operation. */
static gb_status find(bf16_products *p, operation_key key, made_operation **found) {
    for (size_t i = 0; i < p->count; i++) {
        if (memcmp(&p->made[i].key, &key, sizeof key) == 0) {
            *found = &p->made[i];
            return GB_OK;
        }
    }
    onednn_description packed;
    GB_TRY(layout_of(p, key.k, key.n, &packed));
    made_operation *made = &p->made[p->next];
    forget(made);
    GB_TRY((key.operation >= MULTIPLY ? make_product : make_packing)(p, &key, packed, made));
    made->key = key;
    p->next = (p->next + 1) % MOST_OPERATIONS;
    p->count += p->count < MOST_OPERATIONS;
    *found = made;
    return GB_OK;
}

/* Runs an operation on these arrays. */
static gb_status run(const bf16_products *p, const made_operation *made, void *a, void *b, void *c) {
    const bool packs = made->key.operation < MULTIPLY;
    const dnnl_exec_arg_t product[] = {{DNNL_ARG_SRC, made->a}, {DNNL_ARG_WEIGHTS, made->b}, {DNNL_ARG_DST, made->c}};
    const dnnl_exec_arg_t packing[] = {{DNNL_ARG_FROM, made->b}, {DNNL_ARG_TO, made->c}};
    if (!packs)
        ONEDNN_TRY(p->context, dnnl_memory_set_data_handle(made->a, a));
    ONEDNN_TRY(p->context, dnnl_memory_set_data_handle(made->b, b));
    ONEDNN_TRY(p->context, dnnl_memory_set_data_handle(made->c, c));
    ONEDNN_TRY(p->context,
               dnnl_primitive_execute(made->primitive, p->stream, packs ? 2 : 3, packs ? packing : product));
    return GB_OK;
}

static gb_status prepared_count(const pass_products *products, const pass_weights *weights, size_t *count) {
    bf16_products *p = (bf16_products *)products;
    onednn_description packed;
    *count = 0;
    if (weights->rows == 0 || weights->columns == 0)
        return GB_OK;
    GB_TRY(layout_of(p, weights->rows, weights->columns, &packed));
    *count = (dnnl_memory_desc_get_size(packed) + sizeof(float) - 1) / sizeof(float);
    return GB_OK;
}

static gb_status prepare(const pass_products *products, pass_weights *weights) {
    bf16_products *p = (bf16_products *)products;
    made_operation *packing;
    GB_TRY(find(p,
                (operation_key){weights->transposed ? PACK_TRANSPOSED : PACK, 0, weights->rows, weights->columns,
                                weights->values.stride},
                &packing));
    return run(p, packing, NULL, (void *)weights->values.data, weights->prepared);
}

static gb_status reserve(gb_context *context, size_t count, size_t size, buffer *b) {
    if (count * size <= b->bytes)
        return GB_OK;
    gb_release(context, b->data);
    *b = (buffer){0};
    GB_TRY(gb_allocate(context, count, size, &b->data));
    b->bytes = count * size;
    return GB_OK;
}

static void copy_rows(size_t m, size_t n, matrix from, float *to, size_t stride) {
    for (size_t row = 0; row < m; row++)
        memcpy(to + row * stride, from.data + row * from.stride, n * sizeof *to);
}

static gb_status multiply(const pass_products *products, gb_context *context, size_t m, const pass_term *terms,
                          size_t count, matrix start, float *c, size_t c_stride) {
    bf16_products *p = (bf16_products *)products;
    const size_t n = terms->weights->columns;
    float *sums = c;
    if (c_stride != n) {
        GB_TRY(reserve(context, m * n, sizeof *sums, &p->sums));
        sums = p->sums.data;
    }
    if (start.data && start.data != sums)
        copy_rows(m, n, start, sums, n);
    for (size_t i = 0; i < count; i++) {
        const pass_weights *weights = terms[i].weights;
        const size_t k = weights->rows;
        made_operation *product;
        if (k == 0 || n == 0)
            continue;
        GB_TRY(reserve(context, m * k, sizeof(uint16_t), &p->rows));
        for (size_t row = 0; row < m; row++)
            round_row(k, terms[i].a.data + row * terms[i].a.stride, (uint16_t *)p->rows.data + row * k);
        GB_TRY(find(p, (operation_key){start.data || i > 0 ? MULTIPLY_ADD : MULTIPLY, m, k, n, 0}, &product));
        GB_TRY(run(p, product, p->rows.data, weights->prepared, sums));
    }
    if (sums != c)
        copy_rows(m, n, (matrix){sums, n}, c, c_stride);
    return GB_OK;
}

static void release(gb_context *context, const pass_products *products) {
    bf16_products *p = (bf16_products *)products;
    for (size_t i = 0; i < MOST_OPERATIONS; i++)
        forget(&p->made[i]);
    for (size_t i = 0; i < PASS_FACTORS; i++)
        if (p->layouts[i])
            dnnl_primitive_desc_destroy(p->layouts[i]);
    if (p->stream)
        dnnl_stream_destroy(p->stream);
    if (p->engine)
        dnnl_engine_destroy(p->engine);
    gb_release(context, p->rows.data);
    gb_release(context, p->sums.data);
    gb_release(context, p);
}

bool onednn_has_bf16(void) {
    const unsigned needed = dnnl_cpu_isa_avx512_core_bf16;
    return ((unsigned)dnnl_get_effective_cpu_isa() & needed) == needed;
}

gb_status onednn_bf16_create(gb_context *context, const gb_layer_spec *spec, layer_plan **plan) {
    bf16_products *p;
    GB_TRY(gb_allocate(context, 1, sizeof *p, &p));
    *p = (bf16_products){
        .base = {.implementation = "matmul + gates (bf16, sgemm)",
                 .dense_sums = true,
                 .chunk_rows = ONEDNN_CHUNK_ROWS,
                 .prepared_count = prepared_count,
                 .prepare = prepare,
                 .multiply = multiply,
                 .collect = onednn_collect,
                 .release = release},
        .context = context,
        .batch = spec->batch,
    };
    const dnnl_status_t engine = dnnl_engine_create(&p->engine, dnnl_cpu, 0);
    const dnnl_status_t stream =
        engine == dnnl_success ? dnnl_stream_create(&p->stream, p->engine, dnnl_stream_default_flags) : engine;
    gb_status status = stream == dnnl_success ? GB_OK : onednn_fail(context, stream, "creating a stream");
    if (status == GB_OK)
        status = pass_create_f32(context, spec, &p->base, plan);
    else
        release(context, &p->base);
    return status;
}
