/* SPDX-License-Identifier: MIT */
/* Gradient by lag: how much of the loss at the last step reaches the state k steps earlier, before and after training.
 * The mean is taken over log10 norms (a geometric mean of the norms), so that it cannot underflow; a gradient that
 * underflowed to zero in f64 counts as 10^-324, just below the smallest number, and is counted separately. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/cell_files.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_gradient;

#define UNDERFLOWN (-324.0)

static gb_status put_lags(trial_work *work, const char *name, const double *log10_norm, size_t probes, size_t lags) {
    for (size_t k = 0; k <= lags; k++) {
        double sum = 0;
        for (size_t n = 0; n < probes; n++) {
            double norm = log10_norm[n * (lags + 1) + k];
            sum += norm == -INFINITY ? UNDERFLOWN : norm;
        }
        GB_TRY(trial_put_metric(work, name, (double)k, sum / (double)probes));
    }
    return GB_OK;
}

/* The columns of one probe. */
typedef struct names {
    const char *norms, *underflows;
} names;

static const names initial = {"gradient_by_lag_initial", "gradient_underflows_initial"};
static const names trained = {"gradient_by_lag", "gradient_underflows"};

static size_t count_probes(const trial_work *work) {
    return (size_t)trial_number(work->settings, "probes");
}

static gb_status probe(trial_work *work, size_t probes, const names *columns) {
    /* a standard network reads all steps at once, so it has no lags */
    if (!cells_find(gb_model_get_spec(work->model)->cell))
        return GB_OK;
    size_t lags = (size_t)trial_number(work->settings, "lags");
    size_t underflows = 0;
    task_batch batch = {0};
    CLEANUP(free_at) double *log10_norm = calloc(probes * (lags + 1), sizeof *log10_norm);
    GB_NEED(work->context, log10_norm, "for %zu probes over %zu lags", probes, lags);
    gb_status status = task_get_probe(work->task, work->seed, lags + 1, probes, &batch);
    if (!status)
        status = gb_probe_gradient_by_lag(work->model, &batch.batch, lags, log10_norm, &underflows);
    if (!status)
        status = put_lags(work, columns->norms, log10_norm, probes, lags);
    if (!status)
        status = trial_put_integer(work, columns->underflows, (double)underflows);
    task_batch_free(work->context, &batch);
    return status;
}

static gb_status probe_initial(trial_work *work) {
    return probe(work, count_probes(work), &initial);
}

static gb_status probe_trained(trial_work *work) {
    return probe(work, count_probes(work), &trained);
}

/* Doubles the number of probes each time, until all are done or they would take too long. Time is extrapolated in
 * proportion to the last run, memory from what the last probes added. */
static gb_status rehearse(trial_work *work, double seconds, measure_cost *cost) {
    size_t all = count_probes(work), before = 0, most_before = 0;
    double started = clock_cpu_now();
    for (size_t probes = 1;; probes = 2 * probes < all ? 2 * probes : all) {
        double began = clock_cpu_now();
        work->memory->most = work->memory->held;
        gb_status status = probe(work, probes, &initial);
        if (status)
            return status;
        double now = clock_cpu_now(), took = now - began;
        /* before training and after it */
        cost->seconds = 2 * took * (double)all / (double)probes;
        cost->bytes =
            ((double)work->memory->most - (double)most_before) / (double)(probes - before) * (double)(all - probes);
        if (probes == all || (before && now - started + 2 * took > seconds))
            return GB_OK;
        before = probes;
        most_before = work->memory->most;
    }
}

const measure_type measure_gradient = {.before = probe_initial, .after = probe_trained, .rehearse = rehearse};
