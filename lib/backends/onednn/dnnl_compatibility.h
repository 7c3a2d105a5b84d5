/* SPDX-License-Identifier: MIT */
/* All differences between the C APIs of oneDNN 2.x and 3.x, so that the rest of the folder is one source for both:
 * memory descriptors (a struct in 2.x, an opaque pointer in 3.x) and the creation of RNN primitive descriptors (through
 * an operation descriptor in 2.x, in one call in 3.x). */
#ifndef GATEBENCH_ONEDNN_DNNL_COMPATIBILITY_H
#define GATEBENCH_ONEDNN_DNNL_COMPATIBILITY_H

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum onednn_kind { ONEDNN_VANILLA_RNN, ONEDNN_LSTM, ONEDNN_GRU, ONEDNN_LBR_GRU } onednn_kind;

/* A memory descriptor in the form that oneDNN's functions take. */
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t onednn_description;
#else
typedef const dnnl_memory_desc_t *onednn_description;
#endif

/* The descriptors of one RNN layer. A gradient has the shape and type of its tensor, so the same set describes the
 * backward pass. */
typedef struct onednn_tensors {
    dnnl_rnn_direction_t direction;
    onednn_description src_layer, src_iter, src_iter_c;
    onednn_description weights_layer, weights_iter, weights_peephole, bias;
    onednn_description dst_layer, dst_iter, dst_iter_c;
} onednn_tensors;

/* Describes a dense f32 tensor in the given layout. */
static inline dnnl_status_t onednn_description_create(dnnl_memory_desc_t *description, int dimensions,
                                                      const dnnl_dims_t sizes, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_tag(description, dimensions, sizes, dnnl_f32, tag);
#else
    return dnnl_memory_desc_init_by_tag(description, dimensions, sizes, dnnl_f32, tag);
#endif
}

/* Describes a matrix by the distances between its rows and columns; 0, 0: in the layout that a primitive prefers. */
static inline dnnl_status_t onednn_matrix_create(dnnl_memory_desc_t *description, size_t rows, size_t columns,
                                                 size_t row, size_t column, dnnl_data_type_t type) {
    const dnnl_dims_t sizes = {(dnnl_dim_t)rows, (dnnl_dim_t)columns}, strides = {(dnnl_dim_t)row, (dnnl_dim_t)column};
#if DNNL_VERSION_MAJOR >= 3
    return row == 0 ? dnnl_memory_desc_create_with_tag(description, 2, sizes, type, dnnl_format_tag_any)
                    : dnnl_memory_desc_create_with_strides(description, 2, sizes, type, strides);
#else
    return row == 0 ? dnnl_memory_desc_init_by_tag(description, 2, sizes, type, dnnl_format_tag_any)
                    : dnnl_memory_desc_init_by_strides(description, 2, sizes, type, strides);
#endif
}

static inline void onednn_description_destroy(dnnl_memory_desc_t *description) {
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_destroy(*description);
    *description = NULL;
#else
    (void)description;
#endif
}

static inline onednn_description onednn_description_of(const dnnl_memory_desc_t *description) {
#if DNNL_VERSION_MAJOR >= 3
    return *description;
#else
    return description;
#endif
}

/* Describes C = A B, or C += A B. */
static inline dnnl_status_t onednn_describe_product(dnnl_primitive_desc_t *primitive, dnnl_engine_t engine,
                                                    onednn_description a, onednn_description b, onednn_description c,
                                                    bool add) {
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_post_ops_t after = NULL;
    dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
    if (status == dnnl_success)
        status = dnnl_post_ops_create(&after);
#if DNNL_VERSION_MAJOR >= 3
    if (status == dnnl_success && add)
        status = dnnl_post_ops_append_sum(after, 1, 0, dnnl_data_type_undef);
#else
    if (status == dnnl_success && add)
        status = dnnl_post_ops_append_sum(after, 1);
#endif
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_post_ops(attributes, after);
#if DNNL_VERSION_MAJOR >= 3
    if (status == dnnl_success)
        status = dnnl_matmul_primitive_desc_create(primitive, engine, a, b, NULL, c, attributes);
#else
    dnnl_matmul_desc_t operation;
    if (status == dnnl_success)
        status = dnnl_matmul_desc_init(&operation, a, b, NULL, c);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(primitive, &operation, attributes, engine, NULL);
#endif
    if (after)
        dnnl_post_ops_destroy(after);
    if (attributes)
        dnnl_primitive_attr_destroy(attributes);
    return status;
}

/* Both APIs list the tensors of a pass in this order; a backward pass lists them twice, values then gradients. */
#define ONEDNN_LIST(t)                                                                                                 \
    (t)->src_layer, (t)->src_iter, (t)->weights_layer, (t)->weights_iter, (t)->bias, (t)->dst_layer, (t)->dst_iter
#if DNNL_VERSION_MAJOR >= 3
#define ONEDNN_PEEPHOLE(t) (t)->weights_peephole, NULL /* no projection */
#else
#define ONEDNN_PEEPHOLE(t) (t)->weights_peephole
#endif
#define ONEDNN_LSTM_LIST(t)                                                                                            \
    (t)->src_layer, (t)->src_iter, (t)->src_iter_c, (t)->weights_layer, (t)->weights_iter, ONEDNN_PEEPHOLE(t),         \
        (t)->bias, (t)->dst_layer, (t)->dst_iter, (t)->dst_iter_c

#if DNNL_VERSION_MAJOR >= 3

static inline dnnl_status_t onednn_describe_forward(dnnl_primitive_desc_t *primitive, dnnl_engine_t engine,
                                                    const_dnnl_primitive_attr_t attributes, onednn_kind kind,
                                                    dnnl_alg_kind_t activation, bool training,
                                                    const onednn_tensors *t) {
    dnnl_prop_kind_t propagation = training ? dnnl_forward_training : dnnl_forward_inference;
    dnnl_rnn_direction_t direction = t->direction;
    switch (kind) {
    case ONEDNN_VANILLA_RNN:
        return dnnl_vanilla_rnn_forward_primitive_desc_create(primitive, engine, propagation, activation, direction,
                                                              ONEDNN_LIST(t), 0, 0, 0, attributes);
    case ONEDNN_LSTM:
        return dnnl_lstm_forward_primitive_desc_create(primitive, engine, propagation, direction, ONEDNN_LSTM_LIST(t),
                                                       0, attributes);
    case ONEDNN_GRU:
        return dnnl_gru_forward_primitive_desc_create(primitive, engine, propagation, direction, ONEDNN_LIST(t), 0,
                                                      attributes);
    case ONEDNN_LBR_GRU:
        return dnnl_lbr_gru_forward_primitive_desc_create(primitive, engine, propagation, direction, ONEDNN_LIST(t), 0,
                                                          attributes);
    }
    return dnnl_invalid_arguments;
}

static inline dnnl_status_t onednn_describe_backward(dnnl_primitive_desc_t *primitive, dnnl_engine_t engine,
                                                     const_dnnl_primitive_attr_t attributes, onednn_kind kind,
                                                     dnnl_alg_kind_t activation, const onednn_tensors *t,
                                                     const_dnnl_primitive_desc_t forward) {
    dnnl_rnn_direction_t direction = t->direction;
    switch (kind) {
    case ONEDNN_VANILLA_RNN:
        return dnnl_vanilla_rnn_backward_primitive_desc_create(primitive, engine, dnnl_backward, activation, direction,
                                                               ONEDNN_LIST(t), ONEDNN_LIST(t), 0, 0, 0, forward,
                                                               attributes);
    case ONEDNN_LSTM:
        return dnnl_lstm_backward_primitive_desc_create(primitive, engine, dnnl_backward, direction,
                                                        ONEDNN_LSTM_LIST(t), ONEDNN_LSTM_LIST(t), 0, forward,
                                                        attributes);
    case ONEDNN_GRU:
        return dnnl_gru_backward_primitive_desc_create(primitive, engine, dnnl_backward, direction, ONEDNN_LIST(t),
                                                       ONEDNN_LIST(t), 0, forward, attributes);
    case ONEDNN_LBR_GRU:
        return dnnl_lbr_gru_backward_primitive_desc_create(primitive, engine, dnnl_backward, direction, ONEDNN_LIST(t),
                                                           ONEDNN_LIST(t), 0, forward, attributes);
    }
    return dnnl_invalid_arguments;
}

#else

static inline dnnl_status_t onednn_describe_forward(dnnl_primitive_desc_t *primitive, dnnl_engine_t engine,
                                                    const_dnnl_primitive_attr_t attributes, onednn_kind kind,
                                                    dnnl_alg_kind_t activation, bool training,
                                                    const onednn_tensors *t) {
    dnnl_prop_kind_t propagation = training ? dnnl_forward_training : dnnl_forward_inference;
    dnnl_rnn_direction_t direction = t->direction;
    dnnl_status_t status = dnnl_invalid_arguments;
    dnnl_rnn_desc_t operation;
    switch (kind) {
    case ONEDNN_VANILLA_RNN:
        status =
            dnnl_vanilla_rnn_forward_desc_init(&operation, propagation, activation, direction, ONEDNN_LIST(t), 0, 0, 0);
        break;
    case ONEDNN_LSTM:
        status = dnnl_lstm_forward_desc_init_v2(&operation, propagation, direction, ONEDNN_LSTM_LIST(t), 0);
        break;
    case ONEDNN_GRU:
        status = dnnl_gru_forward_desc_init(&operation, propagation, direction, ONEDNN_LIST(t), 0);
        break;
    case ONEDNN_LBR_GRU:
        status = dnnl_lbr_gru_forward_desc_init(&operation, propagation, direction, ONEDNN_LIST(t), 0);
        break;
    }
    return status != dnnl_success ? status
                                  : dnnl_primitive_desc_create(primitive, &operation, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_describe_backward(dnnl_primitive_desc_t *primitive, dnnl_engine_t engine,
                                                     const_dnnl_primitive_attr_t attributes, onednn_kind kind,
                                                     dnnl_alg_kind_t activation, const onednn_tensors *t,
                                                     const_dnnl_primitive_desc_t forward) {
    dnnl_rnn_direction_t direction = t->direction;
    dnnl_status_t status = dnnl_invalid_arguments;
    dnnl_rnn_desc_t operation;
    switch (kind) {
    case ONEDNN_VANILLA_RNN:
        status = dnnl_vanilla_rnn_backward_desc_init(&operation, dnnl_backward, activation, direction, ONEDNN_LIST(t),
                                                     ONEDNN_LIST(t), 0, 0, 0);
        break;
    case ONEDNN_LSTM:
        status = dnnl_lstm_backward_desc_init_v2(&operation, dnnl_backward, direction, ONEDNN_LSTM_LIST(t),
                                                 ONEDNN_LSTM_LIST(t), 0);
        break;
    case ONEDNN_GRU:
        status = dnnl_gru_backward_desc_init(&operation, dnnl_backward, direction, ONEDNN_LIST(t), ONEDNN_LIST(t), 0);
        break;
    case ONEDNN_LBR_GRU:
        status =
            dnnl_lbr_gru_backward_desc_init(&operation, dnnl_backward, direction, ONEDNN_LIST(t), ONEDNN_LIST(t), 0);
        break;
    }
    return status != dnnl_success ? status
                                  : dnnl_primitive_desc_create(primitive, &operation, attributes, engine, forward);
}

#endif

/* The names of the instruction sets that this API knows: ONEDNN_ISA(enumerator's end, name). */
#define ONEDNN_ISA_COMMON                                                                                              \
    ONEDNN_ISA(sse41, "SSE4.1")                                                                                        \
    ONEDNN_ISA(avx, "AVX")                                                                                             \
    ONEDNN_ISA(avx2, "AVX2")                                                                                           \
    ONEDNN_ISA(avx2_vnni, "AVX2 VNNI")                                                                                 \
    ONEDNN_ISA(avx512_core, "AVX-512")                                                                                 \
    ONEDNN_ISA(avx512_core_vnni, "AVX-512 VNNI")                                                                       \
    ONEDNN_ISA(avx512_core_bf16, "AVX-512 BF16")                                                                       \
    ONEDNN_ISA(avx512_core_amx, "AVX-512 AMX")
#if DNNL_VERSION_MAJOR >= 3
#define ONEDNN_ISAS                                                                                                    \
    ONEDNN_ISA_COMMON                                                                                                  \
    ONEDNN_ISA(avx2_vnni_2, "AVX2 VNNI 2")                                                                             \
    ONEDNN_ISA(avx512_core_fp16, "AVX-512 FP16")                                                                       \
    ONEDNN_ISA(avx512_core_amx_fp16, "AVX-512 AMX FP16")
#else
#define ONEDNN_ISAS                                                                                                    \
    ONEDNN_ISA_COMMON                                                                                                  \
    ONEDNN_ISA(avx512_mic, "AVX-512 MIC")                                                                              \
    ONEDNN_ISA(avx512_mic_4ops, "AVX-512 MIC 4OPS")
#endif

#endif
