/* SPDX-License-Identifier: MIT */
/* Linear memory capacity (gatebench/probe.h) before and after training: by lag up to `lags`, and in total. */
#include <stdlib.h>

#include "datasets/files/cell_files.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_capacity;

enum { STEPS_PER_NUMBER = 20, LEAST_STEPS = 1000, WARMUP = 1000 }; /* slow units settle first */

#define SCALE 0.1 /* of dense inputs: small, so that cells are nearly linear */

static gb_status take(trial_work *work, const char *rows, const char *column) {
    const gb_model_spec *spec = gb_model_get_spec(work->model);
    size_t lags = (size_t)trial_number(work->settings, "lags");
    if (!cells_find(spec->cell))
        return GB_OK;
    const gb_capacity_spec capacity = {
        .seed = work->seed,
        .steps = LEAST_STEPS + STEPS_PER_NUMBER * spec->layers * gb_probe_state_size(work->model),
        .warmup = WARMUP + lags,
        .lags = lags,
        .scale = SCALE,
    };
    CLEANUP(free_at) double *by_lag = calloc(lags, sizeof *by_lag);
    double sum = 0;
    GB_NEED(work->context, by_lag, "for %zu lags", lags);
    gb_status status = gb_probe_memory_capacity(work->model, &capacity, by_lag);
    for (size_t k = 0; k < lags && !status; k++) {
        sum += by_lag[k];
        status = trial_put_metric(work, rows, (double)k, by_lag[k]);
    }
    return status ? status : trial_put(work, column, sum);
}

static gb_status take_initial(trial_work *work) {
    return take(work, "memory_capacity_by_lag_initial", "memory_capacity_initial");
}

static gb_status take_trained(trial_work *work) {
    return take(work, "memory_capacity_by_lag", "memory_capacity");
}

static gb_status rehearse(trial_work *work, double seconds, measure_cost *cost) {
    (void)seconds;
    double started = clock_cpu_now();
    GB_TRY(take_initial(work));
    cost->seconds = 2 * (clock_cpu_now() - started);
    return GB_OK;
}

const measure_type measure_capacity = {.before = take_initial, .after = take_trained, .rehearse = rehearse};
