/* SPDX-License-Identifier: MIT */
/* The onednn backend's table: which cells oneDNN's RNN primitive has, and under which name; all others run as the
 * recurrent pass on oneDNN's products. */
#include "backends/onednn/primitive.h"

#include <limits.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <stdio.h>

/* oneDNN's "gru" applies the reset gate before the recurrent product; "linear before reset" is ours after it. */
static const struct primitive_of {
    const char *cell;
    onednn_kind kind;
    dnnl_alg_kind_t activation;
} primitives[] = {
    {"rnn", ONEDNN_VANILLA_RNN, dnnl_eltwise_tanh}, {"rnn_relu", ONEDNN_VANILLA_RNN, dnnl_eltwise_relu},
    {"lstm", ONEDNN_LSTM, dnnl_alg_kind_undef},     {"lstm_peephole", ONEDNN_LSTM, dnnl_alg_kind_undef},
    {"gru", ONEDNN_LBR_GRU, dnnl_alg_kind_undef},   {"gru_reset_before", ONEDNN_GRU, dnnl_alg_kind_undef},
};

static const struct primitive_of *find_primitive(const char *cell) {
    for (size_t i = 0; i < sizeof primitives / sizeof primitives[0]; i++)
        if (strcmp(primitives[i].cell, cell) == 0)
            return &primitives[i];
    return NULL;
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define LIBRARY "oneDNN " TEXT(DNNL_VERSION_MAJOR) "." TEXT(DNNL_VERSION_MINOR) "." TEXT(DNNL_VERSION_PATCH)

static const char *version(void) {
    switch ((int)dnnl_get_effective_cpu_isa()) {
#define ONEDNN_ISA(enumerator, name)                                                                                   \
    case dnnl_cpu_isa_##enumerator:                                                                                    \
        return LIBRARY ", " name;
        ONEDNN_ISAS
#undef ONEDNN_ISA
    default:
        return LIBRARY ", generic";
    }
}

static bool supports(const gb_layer_spec *spec, const gb_cell_info *cell, char *why, size_t size) {
    if (spec->dtype != GB_F32) {
        snprintf(why, size, "onednn computes in f32 only; use the reference backend for f64");
        return false;
    }
    size_t bound = INT_MAX / (cell->gates + 1);
    if (spec->steps > bound || spec->batch > bound || spec->input > bound || spec->hidden > bound) {
        snprintf(why, size, "onednn takes sizes up to %zu; got steps %zu, batch %zu, input %zu, hidden %zu", bound,
                 spec->steps, spec->batch, spec->input, spec->hidden);
        return false;
    }
    return true;
}

static gb_status create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, layer_plan **plan) {
    const struct primitive_of *primitive = find_primitive(cell->name);
    return !primitive ? onednn_sgemm_create(context, spec, plan)
                      : onednn_plan_create(context, spec, cell, primitive->kind, primitive->activation, plan);
}

gb_status onednn_fail(gb_context *context, dnnl_status_t status, const char *call) {
    return gb_fail(context, GB_BACKEND, "oneDNN: %.*s failed: %s", (int)strcspn(call, "("), call,
                   dnnl_status2str(status));
}

static gb_status product(gb_context *context, size_t m, size_t n, size_t k, const float *a, const float *b, float *c) {
    ONEDNN_TRY(context, dnnl_sgemm('N', 'N', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a, (dnnl_dim_t)k, b,
                                   (dnnl_dim_t)n, 0, c, (dnnl_dim_t)n));
    return GB_OK;
}

const backend onednn_backend = {
    .name = "onednn",
    .version = version,
    .supports = supports,
    .create = create,
    .product = product,
};
