/* SPDX-License-Identifier: MIT */
/* Gradient by lag: how much of the loss at the last step reaches the state k steps earlier, before and after training.
 * The mean is taken over log10 norms (a geometric mean of the norms), so that it cannot underflow; a gradient that
 * itself underflowed to zero in f64 counts as 10^-324, just below the smallest number, and is reported as such. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/engine/measure.h"
#include "experiments/engine/trial_work.h"

extern const measure_type measure_gradient;

#define UNDERFLOWN (-324.0)

static gb_status put_lags(trial_work *work, const char *name, const double *log10_norm, size_t probes, size_t lags) {
    gb_status status = GB_OK;
    for (size_t k = 0; k <= lags && !status; k++) {
        double sum = 0;
        for (size_t n = 0; n < probes; n++) {
            double norm = log10_norm[n * (lags + 1) + k];
            sum += norm == -INFINITY ? UNDERFLOWN : norm;
        }
        status = trial_put_metric(work, name, (double)k, sum / (double)probes);
    }
    return status;
}

static gb_status probe(trial_work *work, const char *name, const char *underflows_name) {
    /* a standard network sees all steps at once: there is no lag to speak of */
    if (!gb_cell_find(gb_model_get_spec(work->model)->cell))
        return GB_OK;
    size_t lags = (size_t)trial_number(work->settings, "lags");
    size_t probes = (size_t)trial_number(work->settings, "probes"), underflows = 0;
    task_batch batch = {0};
    double *log10_norm = calloc(probes * (lags + 1), sizeof *log10_norm);
    if (!log10_norm)
        return gb_fail(work->context, GB_MEMORY, "out of memory for %zu probes over %zu lags", probes, lags);
    gb_status status = task_get_probe(work->task, work->seed, lags + 1, probes, &batch);
    if (!status)
        status = gb_probe_gradient_by_lag(work->model, &batch.batch, lags, log10_norm, &underflows);
    if (!status)
        status = put_lags(work, name, log10_norm, probes, lags);
    if (!status)
        status = trial_put_integer(work, underflows_name, (double)underflows);
    task_batch_free(work->context, &batch);
    free(log10_norm);
    return status;
}

static gb_status take_initial(trial_work *work) {
    return probe(work, "gradient_by_lag_initial", "gradient_underflows_initial");
}

static gb_status take_trained(trial_work *work) {
    return probe(work, "gradient_by_lag", "gradient_underflows");
}

const measure_type measure_gradient = {.before = take_initial, .after = take_trained};
