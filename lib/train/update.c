/* SPDX-License-Identifier: MIT */
/* Norm, clipping and update over the flat vectors, in one precision. */
#include "train/update.h"

#include "core/denormals.h"
#include "gatebench/random.h"
#include "optim/optimizer.h"

static const optimizer *const table[] = {
#define GB_OPTIMIZER(name) &REAL(name##_optimizer),
#include "optim/optim.def"
#undef GB_OPTIMIZER
};

const char *REAL(update_optimizer_name)(size_t i) {
    return i < sizeof table / sizeof *table ? table[i]->name : NULL;
}

size_t REAL(update_state_rows)(size_t chosen) {
    return table[chosen]->rows;
}

void REAL(update_start_state)(size_t chosen, const gb_optimizer_spec *spec, size_t count, void *state) {
    for (size_t i = 0; i < table[chosen]->started * count; i++)
        ((real *)state)[i] = (real)spec->state_start;
}

void REAL(update_add_noise)(double deviation, uint64_t seed, uint64_t update, size_t count, void *parameters) {
    gb_random random = gb_random_stream(seed, GB_RANDOM_WEIGHT_NOISE, update);
    for (size_t i = 0; i < count; i++)
        ((real *)parameters)[i] += (real)(deviation * gb_random_normal(&random));
}

void REAL(update_limit)(double bound, size_t count, void *block) {
    real *values = block;
    const real limit = (real)bound;
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] > limit ? limit : values[i] < -limit ? -limit : values[i];
}

double REAL(update_norm)(const void *block, size_t count) {
    const real *gradient = block;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)gradient[i] * (double)gradient[i];
    return sqrt(sum);
}

void REAL(update_apply)(size_t chosen, const gb_optimizer_spec *spec, uint64_t step, size_t count, void *parameters,
                        void *block, double norm, void *state) {
    real *gradient = block;
    if (spec->clip_norm > 0 && norm > spec->clip_norm) {
        const real factor = (real)(spec->clip_norm / norm);
        for (size_t i = 0; i < count; i++)
            gradient[i] *= factor;
    }
    if (spec->clip_value > 0)
        REAL(update_limit)(spec->clip_value, count, gradient);
    if (spec->weight_decay > 0) {
        const real kept = (real)(1 - spec->learning_rate * spec->weight_decay);
        for (size_t i = 0; i < count; i++)
            ((real *)parameters)[i] *= kept;
    }
    /* The mean gradient of a word that no longer occurs is denormal after 800 updates of Adam, and stays so. */
    const unsigned before = denormals_flush();
    table[chosen]->update(spec, step, count, parameters, gradient, state);
    denormals_restore(before);
}
