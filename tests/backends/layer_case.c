/* SPDX-License-Identifier: MIT */
/* Runs a layer on arrays of doubles and compares two runs; see layer_case.h. */
#include "layer_case.h"

#include "gatebench/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const slot_names[LAYER_SLOTS] = {"parameters", "x",  "h0", "c0", "dy",  "dhT", "dcT",
                                                    "y",          "hT", "cT", "dx", "dh0", "dc0", "dparameters"};

layer_case layer_case_create(const gb_layer_spec *spec) {
    layer_case one = {.spec = *spec, .cell = gb_cell_find(spec->cell)};
    assert_non_null(one.cell);
    size_t parameters;
    one.tensor_count = gb_cell_tensors(one.cell, spec->input, spec->hidden, spec->bias, one.tensors, &parameters);
    size_t state = spec->batch * spec->hidden, memory = one.cell->has_memory ? state : 0;
    const size_t count[LAYER_SLOTS] = {
        [LAYER_PARAMETERS] = parameters,
        [LAYER_X] = spec->steps * spec->batch * spec->input,
        [LAYER_H0] = state,
        [LAYER_C0] = memory,
        [LAYER_DY] = spec->steps * state,
        [LAYER_DHT] = state,
        [LAYER_DCT] = memory,
        [LAYER_Y] = spec->steps * state,
        [LAYER_HT] = state,
        [LAYER_CT] = memory,
        [LAYER_DX] = spec->steps * spec->batch * spec->input,
        [LAYER_DH0] = state,
        [LAYER_DC0] = memory,
        [LAYER_DPARAMETERS] = parameters,
    };
    for (int slot = 0; slot < LAYER_SLOTS; slot++) {
        one.count[slot] = count[slot];
        if (count[slot] == 0 || (!spec->training && slot >= LAYER_DX))
            continue;
        one.values[slot] = calloc(count[slot], sizeof(double));
        assert_non_null(one.values[slot]);
    }
    return one;
}

void layer_case_destroy(layer_case *one) {
    for (int slot = 0; slot < LAYER_SLOTS; slot++)
        free(one->values[slot]);
}

void layer_case_omit(layer_case *one, enum layer_slot slot) {
    free(one->values[slot]);
    one->values[slot] = NULL;
}

void layer_case_fill(layer_case *one, unsigned seed) {
    for (int slot = 0; slot < LAYER_Y; slot++) {
        double bound = slot == LAYER_PARAMETERS ? 1 / sqrt((double)one->spec.hidden) : 1;
        gb_random random = gb_random_stream(seed, GB_RANDOM_PROBE, (uint64_t)slot);
        for (size_t k = 0; one->values[slot] && k < one->count[slot]; k++)
            one->values[slot][k] = (float)(bound * (2 * gb_random_uniform(&random) - 1));
    }
}

layer_case layer_case_like(const layer_case *one, const char *backend, gb_dtype dtype, bool training) {
    gb_layer_spec spec = one->spec;
    if (strcmp(backend, spec.backend) != 0)
        spec.implementation = NULL;
    spec.backend = backend;
    spec.dtype = dtype;
    spec.training = training;
    layer_case like = layer_case_create(&spec);
    like.steps = one->steps;
    like.lengths = one->lengths;
    like.mask = one->mask;
    for (int slot = 0; slot < LAYER_SLOTS; slot++)
        if (!one->values[slot])
            layer_case_omit(&like, (enum layer_slot)slot);
        else if (slot < LAYER_Y)
            memcpy(like.values[slot], one->values[slot], one->count[slot] * sizeof(double));
    return like;
}

/* The slots in the layer's dtype. */
typedef struct arrays {
    void *block[LAYER_SLOTS];
} arrays;

static arrays arrays_from(const layer_case *one) {
    arrays a = {{NULL}};
    for (int slot = 0; slot < LAYER_SLOTS; slot++) {
        if (!one->values[slot])
            continue;
        a.block[slot] = calloc(one->count[slot], sizeof(double));
        assert_non_null(a.block[slot]);
        for (size_t k = 0; k < one->count[slot]; k++)
            if (one->spec.dtype == GB_F64)
                ((double *)a.block[slot])[k] = one->values[slot][k];
            else
                ((float *)a.block[slot])[k] = (float)one->values[slot][k];
    }
    return a;
}

static void arrays_to(arrays *a, layer_case *one) {
    for (int slot = 0; slot < LAYER_SLOTS; slot++) {
        for (size_t k = 0; slot >= LAYER_Y && one->values[slot] && k < one->count[slot]; k++)
            one->values[slot][k] =
                one->spec.dtype == GB_F64 ? ((double *)a->block[slot])[k] : (double)((float *)a->block[slot])[k];
        free(a->block[slot]);
    }
}

static gb_status run_passes(gb_layer *layer, const gb_layer_pass *pass, int backward_passes) {
    gb_status status = gb_layer_forward(layer, pass);
    for (int k = 0; status == GB_OK && k < backward_passes; k++)
        status = gb_layer_backward(layer, pass);
    return status;
}

gb_status layer_case_run(gb_context *context, layer_case *one, int backward_passes) {
    gb_layer *layer;
    gb_status status = gb_layer_create(context, &one->spec, &layer);
    if (status != GB_OK)
        return status;
    arrays a = arrays_from(one);
    const gb_layer_pass pass = {
        .parameters = a.block[LAYER_PARAMETERS],
        .x = a.block[LAYER_X],
        .h0 = a.block[LAYER_H0],
        .c0 = a.block[LAYER_C0],
        .y = a.block[LAYER_Y],
        .hT = a.block[LAYER_HT],
        .cT = a.block[LAYER_CT],
        .dy = a.block[LAYER_DY],
        .dhT = a.block[LAYER_DHT],
        .dcT = a.block[LAYER_DCT],
        .dx = a.block[LAYER_DX],
        .dh0 = a.block[LAYER_DH0],
        .dc0 = a.block[LAYER_DC0],
        .dparameters = a.block[LAYER_DPARAMETERS],
        .steps = one->steps,
        .lengths = one->lengths,
        .mask = one->mask,
    };
    status = run_passes(layer, &pass, backward_passes);
    arrays_to(&a, one);
    gb_layer_destroy(layer);
    return status;
}

/* Keeps the larger value and where it was seen; a NaN is larger than everything. */
static void keep_worst(double *worst, char at[48], double value, const char *name) {
    if (value <= *worst)
        return;
    *worst = isnan(value) ? INFINITY : value;
    snprintf(at, 48, "%.47s", name);
}

static double largest_element(const double *a, const double *b, size_t count) {
    double worst = 0;
    for (size_t k = 0; k < count; k++) {
        double error = fabs(a[k] - b[k]) / fmax(1, fabs(b[k]));
        worst = error <= worst ? worst : error;
    }
    return worst;
}

static double relative_norm(const double *a, const double *b, size_t count) {
    double difference = 0, norm = 0;
    for (size_t k = 0; k < count; k++) {
        difference += (a[k] - b[k]) * (a[k] - b[k]);
        norm += b[k] * b[k];
    }
    return norm > 0 ? sqrt(difference / norm) : sqrt(difference);
}

static void compare_gradient(layer_difference *d, const char *name, const double *a, const double *b, size_t count) {
    keep_worst(&d->gradient, d->gradient_at, relative_norm(a, b, count), name);
    keep_worst(&d->element, d->element_at, largest_element(a, b, count), name);
}

layer_difference layer_case_compare(const layer_case *one, const layer_case *reference) {
    layer_difference d = {0};
    for (int slot = LAYER_Y; slot < LAYER_SLOTS; slot++) {
        const double *a = one->values[slot], *b = reference->values[slot];
        if (!a || !b)
            continue;
        if (slot < LAYER_DX) {
            double error = largest_element(a, b, one->count[slot]);
            keep_worst(&d.output, d.output_at, error, slot_names[slot]);
            keep_worst(&d.element, d.element_at, error, slot_names[slot]);
        } else if (slot != LAYER_DPARAMETERS) {
            compare_gradient(&d, slot_names[slot], a, b, one->count[slot]);
        }
        for (size_t i = 0; slot == LAYER_DPARAMETERS && i < one->tensor_count; i++) {
            const gb_tensor *tensor = &one->tensors[i];
            compare_gradient(&d, tensor->name, a + tensor->offset, b + tensor->offset, tensor->count);
        }
    }
    return d;
}
