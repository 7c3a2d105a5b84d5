/* SPDX-License-Identifier: MIT */
/* The onednn backend's table: which cells oneDNN's RNN primitive has, and under which name. */
#include "backends/backend.h"
#include "backends/onednn/plan.h"

#include <limits.h>
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
    if (find_primitive(cell->name) == NULL) {
        snprintf(why, size, "oneDNN's RNN primitive has no %s cell; use the reference backend", cell->name);
        return false;
    }
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

static gb_status create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, void **plan_out) {
    const struct primitive_of *primitive = find_primitive(cell->name);
    onednn_plan *plan;
    GB_TRY(onednn_plan_create(context, spec, cell, primitive->kind, primitive->activation, &plan));
    *plan_out = plan;
    return GB_OK;
}

static void destroy(gb_context *context, void *plan) {
    (void)context;
    onednn_plan_destroy(plan);
}

static const char *implementation(const void *plan) {
    return ((const onednn_plan *)plan)->implementation;
}

const backend onednn_backend = {
    .name = "onednn",
    .version = version,
    .supports = supports,
    .create = create,
    .destroy = destroy,
    .implementation = implementation,
    .forward = onednn_forward,
    .backward = onednn_backward,
};
