/* SPDX-License-Identifier: MIT */
/* Every probe of the library on one network. */
#include "experiments/probe/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/probe/probe_batch.h"

/* As in the measures of a trial: number of sequences for spectra, and the random input for the memory capacity. */
enum {
    SPECTRUM_SEQUENCES = 4,
    LARGE_STATE = 128,
    STEPS_PER_NUMBER = 20,
    LEAST_STEPS = 1000,
    WARMUP = 1000,
    SWEEPS = 30
};

#define SCALE 0.1
#define UNDERFLOWN (-324.0)

typedef struct probing {
    gb_context *context;
    gb_model *model;
    const probe_batch *data;
    const probe_spec *spec;
    probe_report *report;
} probing;

void probe_report_free(probe_report *report) {
    free(report->gradient);
    free(report->spectrum);
    free(report->constants);
    free(report->capacity);
    *report = (probe_report){0};
}

static gb_status take_gradient(const probing *p) {
    probe_report *r = p->report;
    const size_t sequences = p->data->batch.sequences;
    double *norms = calloc(sequences * (r->lags + 1), sizeof *norms);
    gb_status status = norms ? gb_probe_gradient_by_lag(p->model, &p->data->batch, r->lags, norms, &r->underflows)
                             : gb_fail(p->context, GB_MEMORY, "out of memory for %zu lags", r->lags);
    for (size_t k = 0; !status && k <= r->lags; k++) {
        for (size_t n = 0; n < sequences; n++) {
            const double norm = norms[n * (r->lags + 1) + k];
            r->gradient[k] += (norm == -INFINITY ? UNDERFLOWN : norm) / (double)sequences;
        }
    }
    if (!status)
        r->profile = gb_probe_gradient_profile(norms, sequences, r->lags, r->lags / 10);
    free(norms);
    return status;
}

static double product(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Rotates two rows so that they become orthogonal; false: they already are. */
static bool make_orthogonal(double *a, double *b, size_t n) {
    const double aa = product(a, a, n), bb = product(b, b, n), ab = product(a, b, n);
    if (fabs(ab) <= 1e-12 * sqrt(aa * bb))
        return false;
    const double zeta = (bb - aa) / (2 * ab), tangent = copysign(1, zeta) / (fabs(zeta) + hypot(1, zeta));
    const double cosine = 1 / hypot(1, tangent), sine = cosine * tangent;
    for (size_t i = 0; i < n; i++) {
        const double kept = a[i];
        a[i] = cosine * kept - sine * b[i];
        b[i] = sine * kept + cosine * b[i];
    }
    return true;
}

/* The largest singular value, by one-sided Jacobi rotations (Hestenes 1958) of the matrix, which is overwritten. The
 * power method would need thousands of rounds, since the largest ones of a Jacobian are often a thousandth apart. */
static double largest_singular_value(double *j, size_t n) {
    double largest = 0;
    bool rotated = true;
    for (size_t sweep = 0; rotated && sweep < SWEEPS; sweep++) {
        rotated = false;
        for (size_t i = 0; i < n; i++)
            for (size_t k = i + 1; k < n; k++)
                rotated |= make_orthogonal(j + i * n, j + k * n, n);
    }
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, sqrt(product(j + i * n, j + i * n, n)));
    return largest;
}

static gb_status take_jacobian(const probing *p) {
    probe_report *r = p->report;
    const size_t n = r->state;
    double *j = calloc(r->layers * n * n, sizeof *j);
    if (!j)
        return gb_fail(p->context, GB_MEMORY, "out of memory for a Jacobian of %zu numbers", n);
    gb_status status = gb_probe_jacobian(p->model, &p->data->batch, 0, (p->data->batch.steps + 1) / 2, j);
    for (size_t layer = 0; !status && layer < r->layers; layer++)
        r->jacobian = fmax(r->jacobian, largest_singular_value(j + layer * n * n, n));
    free(j);
    return status;
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

typedef gb_status (*along)(gb_model *, const gb_batch *, size_t sequence, size_t warmup, double *values);

/* Means by rank over a few sequences; a value that is infinite in one sequence is infinite. */
static gb_status take_along(const probing *p, along probe, size_t count, double *means) {
    const size_t sequences = p->data->batch.sequences, most = count > LARGE_STATE ? 1 : SPECTRUM_SEQUENCES;
    const size_t taken = sequences < most ? sequences : most;
    double *values = calloc(count + 1, sizeof *values);
    gb_status status = values ? GB_OK : gb_fail(p->context, GB_MEMORY, "out of memory for %zu numbers", count);
    for (size_t n = 0; !status && n < taken; n++) {
        status = probe(p->model, &p->data->batch, n, p->data->batch.steps / 10, values);
        qsort(values, count, sizeof *values, by_size);
        for (size_t i = 0; i < count; i++)
            means[i] += values[i] / (double)taken;
    }
    free(values);
    return status;
}

static gb_status take_spectrum(const probing *p) {
    probe_report *r = p->report;
    const size_t all = r->layers * r->state;
    GB_TRY(take_along(p, gb_probe_spectrum, all, r->spectrum));
    while (r->exponents < all && isfinite(r->spectrum[r->exponents]))
        r->exponents++;
    r->lost = all - r->exponents;
    return GB_OK;
}

static gb_status take_constants(const probing *p) {
    probe_report *r = p->report;
    const size_t all = r->layers * r->units;
    if (!gb_context_find_cell(p->context, gb_model_get_spec(p->model)->cell)->memory_gate)
        return GB_OK;
    r->constants = calloc(all + 1, sizeof *r->constants);
    if (!r->constants)
        return gb_fail(p->context, GB_MEMORY, "out of memory for %zu time constants", all);
    GB_TRY(take_along(p, gb_probe_time_constants, all, r->constants));
    r->kept = exp(-1 / r->constants[all / 2]);
    return GB_OK;
}

static gb_status take_capacity(const probing *p) {
    probe_report *r = p->report;
    const gb_capacity_spec capacity = {.seed = p->spec->seed,
                                       .steps = LEAST_STEPS + STEPS_PER_NUMBER * r->layers * r->state,
                                       .warmup = WARMUP + r->lags,
                                       .lags = r->lags,
                                       .scale = SCALE};
    GB_TRY(gb_probe_memory_capacity(p->model, &capacity, r->capacity));
    for (size_t k = 0; k < r->lags; k++)
        r->capacity_sum += r->capacity[k];
    return GB_OK;
}

static gb_status measure(const probing *p) {
    static const char *const losses[] = {
        [GB_LOSS_SOFTMAX] = "softmax", [GB_LOSS_BERNOULLI] = "bernoulli", [GB_LOSS_SQUARED] = "squared"};
    probe_report *r = p->report;
    const gb_model_spec *model = gb_model_get_spec(p->model);
    r->sequences = p->data->batch.sequences;
    r->steps = p->data->batch.steps;
    r->lags = p->spec->lags < r->steps ? p->spec->lags : r->steps;
    r->layers = model->layers;
    r->units = model->hidden;
    r->state = gb_probe_state_size(p->model);
    r->loss = losses[p->data->loss];
    r->gradient = calloc(r->lags + 1, sizeof *r->gradient);
    r->spectrum = calloc(r->layers * r->state, sizeof *r->spectrum);
    r->capacity = calloc(r->lags + 1, sizeof *r->capacity);
    if (!r->gradient || !r->spectrum || !r->capacity)
        return gb_fail(p->context, GB_MEMORY, "out of memory for a report of %zu lags", r->lags);
    GB_TRY(take_gradient(p));
    GB_TRY(take_jacobian(p));
    GB_TRY(take_spectrum(p));
    GB_TRY(take_constants(p));
    return take_capacity(p);
}

gb_status probe_network(gb_context *context, const network *net, const probe_spec *spec, probe_report *report) {
    probe_batch data = {0};
    gb_model *model = NULL;
    *report = (probe_report){0};
    gb_status status = probe_batch_make(context, net, spec, &data);
    if (!status)
        status = network_model(context, net, GB_HEAD_LAST, data.loss, &model);
    if (!status)
        status = measure(&(probing){context, model, &data, spec, report});
    gb_model_destroy(model);
    probe_batch_free(&data);
    if (status)
        probe_report_free(report);
    return status;
}
