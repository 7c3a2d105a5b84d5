/* SPDX-License-Identifier: MIT */
/* The onednn backend's table: the cells of oneDNN's RNN primitive and their names there, and the choice of
 * implementation for a layer. */
#include "backends/onednn/primitive.h"
#include "backends/onednn/threads.h"

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

typedef enum implementation { PRIMITIVE, SGEMM, PACKED, BF16, IMPLEMENTATIONS } implementation;
static const char *const implementations[] = {"primitive", "sgemm", "packed", "bf16"};

/* The sizes from which the primitive is faster than the packed kernels, per instruction set. */
static const struct rule {
    unsigned isa;
    const char *cell;
    bool training;
    size_t batch, hidden;
} rules[] = {
#define GB_RULE(isa, cell, training, batch, hidden) {dnnl_cpu_isa_##isa, #cell, training, batch, hidden},
#include "backends/onednn/rules.def"
#undef GB_RULE
};

static bool has_isa(unsigned isa) {
    return ((unsigned)dnnl_get_effective_cpu_isa() & isa) == isa;
}

/* Uses only the rules of the best available instruction set that has a rule; the table begins with the best. */
static bool primitive_is_faster(const gb_layer_spec *spec) {
    unsigned best = 0;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (best == 0 && has_isa(rules[i].isa))
            best = rules[i].isa;
        if (rules[i].isa == best && strcmp(rules[i].cell, spec->cell) == 0 && rules[i].training == spec->training &&
            spec->batch >= rules[i].batch && spec->hidden >= rules[i].hidden)
            return true;
    }
    return false;
}

static implementation implementation_of(const gb_layer_spec *spec, const struct primitive_of *primitive) {
    if (spec->implementation) {
        implementation named = PRIMITIVE;
        while (named < IMPLEMENTATIONS && strcmp(spec->implementation, implementations[named]) != 0)
            named++;
        return named;
    }
    const bool packed = onednn_rows_use_threads(spec->batch);
    if (primitive && (!packed || primitive_is_faster(spec)))
        return PRIMITIVE;
    return packed ? PACKED : SGEMM;
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
    const struct primitive_of *primitive = find_primitive(cell->name);
    const implementation chosen = implementation_of(spec, primitive);
    if (chosen == IMPLEMENTATIONS)
        snprintf(why, size, "there is no implementation '%s'; there are primitive, sgemm, packed and bf16",
                 spec->implementation);
    else if (chosen == PRIMITIVE && !primitive)
        snprintf(why, size, "oneDNN's RNN primitive has no such cell; leave the choice to the backend");
    else if (chosen == BF16 && !onednn_has_bf16())
        snprintf(why, size, "bf16 needs a CPU with AVX-512 BF16 or AMX; leave the choice to the backend");
    else
        return true;
    return false;
}

static gb_status create(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, layer_plan **plan) {
    const struct primitive_of *primitive = find_primitive(cell->name);
    switch (implementation_of(spec, primitive)) {
    case PRIMITIVE:
        return onednn_plan_create(context, spec, cell, primitive->kind, primitive->activation, plan);
    case SGEMM:
        return onednn_pass_create(context, spec, false, plan);
    case PACKED:
        return onednn_pass_create(context, spec, true, plan);
    case BF16:
        return onednn_bf16_create(context, spec, plan);
    case IMPLEMENTATIONS:
        break;
    }
    return gb_fail(context, GB_INVALID, "onednn has no implementation '%s'", spec->implementation);
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
    .without_denormals = onednn_without_denormals,
    .version = version,
    .supports = supports,
    .create = create,
    .product = product,
};
