/* SPDX-License-Identifier: MIT */
/* Jacobians of single steps, and from them the Lyapunov spectrum: Q' R = J Q with Q' orthogonal, so that ln |R_ii| is
 * one step's growth in the i-th direction (Benettin et al. 1980). Householder keeps Q orthogonal for any condition of
 * J. Only |R_ii| is used, since the signs are a convention. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/target_clones.h"
#include "probe/stepper.h"

size_t gb_probe_state_size(const gb_model *model) {
    return !model->cell ? 0 : (model->cell->has_memory ? 2 : 1) * model->spec.hidden;
}

gb_status gb_probe_jacobian(gb_model *model, const gb_batch *batch, size_t sequence, size_t step, double *jacobian) {
    stepper s;
    gb_status status = stepper_open(&s, model, batch, sequence, true);
    if (status == GB_OK && (step == 0 || step > s.steps)) {
        status = gb_fail(model->context, GB_INVALID, "step %zu was requested, but the sequence has steps 1..%zu", step,
                         s.steps);
    }
    for (size_t t = 0; t < step && status == GB_OK; t++) {
        status = stepper_compute(&s, t);
        stepper_commit(&s);
    }
    if (status == GB_OK) {
        const size_t size = gb_probe_state_size(model);
        memcpy(jacobian, s.jacobians, model->spec.layers * size * size * sizeof *jacobian);
    }
    stepper_close(&s);
    return status;
}

/* One layer's directions, and the sums over its steps. */
typedef struct directions {
    size_t size;
    double *q;         /* [S][S]: orthonormal columns */
    double *a;         /* [S][S]: J Q */
    double *reflector; /* [S][S]: row i is the i-th Householder vector */
    double *factor;    /* [S] */
    double *row;       /* [S] */
} directions;

/* a -= factor v (v^T a) for rows from `from` on and columns from `from` on. */
VECTOR_CLONES static void reflect(size_t size, size_t from, const double *restrict v, double factor, double *restrict a,
                                  double *restrict row) {
    memset(row, 0, size * sizeof *row);
    for (size_t k = from; k < size; k++)
        for (size_t j = from; j < size; j++)
            row[j] += v[k] * a[k * size + j];
    for (size_t k = from; k < size; k++) {
        const double scaled = factor * v[k];
        for (size_t j = from; j < size; j++)
            a[k * size + j] -= scaled * row[j];
    }
}

/* Computes the next Q from J Q in a; adds ln |R_ii| to sums if it is not NULL. */
static void factorise(directions *d, double *sums) {
    const size_t size = d->size;
    double square = 0;
    for (size_t i = 0; i < size * size; i++)
        square += d->a[i] * d->a[i];
    const double least = fmax(GB_PROBE_LEAST, (double)size * DBL_EPSILON * sqrt(square));
    for (size_t i = 0; i < size; i++) {
        double *v = d->reflector + i * size, norm = 0, length = 0;
        for (size_t k = i; k < size; k++) {
            v[k] = d->a[k * size + i];
            norm += v[k] * v[k];
        }
        norm = sqrt(norm);
        v[i] += v[i] > 0 ? norm : -norm;
        for (size_t k = i; k < size; k++)
            length += v[k] * v[k];
        d->factor[i] = length > 0 ? 2 / length : 0;
        reflect(size, i, v, d->factor[i], d->a, d->row);
        if (sums)
            sums[i] += norm > least ? log(norm) : -INFINITY;
    }
    memset(d->q, 0, size * size * sizeof *d->q);
    for (size_t i = 0; i < size; i++)
        d->q[i * size + i] = 1;
    for (size_t i = size; i-- > 0;)
        reflect(size, i, d->reflector + i * size, d->factor[i], d->q, d->row);
}

/* a = J q, J the first `size` rows and columns of a matrix with rows of `stride`. */
VECTOR_CLONES static void multiply(size_t size, size_t stride, const double *restrict jacobian,
                                   const double *restrict q, double *restrict a) {
    memset(a, 0, size * size * sizeof *a);
    for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k < size; k++)
            for (size_t j = 0; j < size; j++)
                a[i * size + j] += jacobian[i * stride + k] * q[k * size + j];
}

static gb_status make_directions(gb_context *context, size_t size, size_t layers, double **block, directions **all) {
    const size_t each = 3 * size * size + 2 * size;
    *block = NULL;
    GB_TRY(gb_allocate(context, layers, sizeof **all, all));
    GB_TRY(gb_allocate(context, layers, each * sizeof **block, block));
    for (size_t layer = 0; layer < layers; layer++) {
        double *q = *block + layer * each;
        (*all)[layer] = (directions){
            size, q, q + size * size, q + 2 * size * size, q + 3 * size * size, q + 3 * size * size + size};
        for (size_t i = 0; i < size; i++)
            q[i * size + i] = 1;
    }
    return GB_OK;
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static gb_status add_up(stepper *s, size_t warmup, directions *all, double *sums) {
    const size_t size = all->size, whole = s->rows;
    if (warmup >= s->steps) {
        return gb_fail(s->context, GB_INVALID, "a warm-up of %zu steps leaves no step of a sequence of %zu", warmup,
                       s->steps);
    }
    for (size_t t = 0; t < s->steps; t++) {
        GB_TRY(stepper_compute(s, t));
        stepper_commit(s);
        for (size_t layer = 0; layer < s->copy->spec.layers; layer++) {
            directions *d = &all[layer];
            multiply(size, whole, s->jacobians + layer * whole * whole, d->q, d->a);
            factorise(d, t < warmup ? NULL : sums + layer * size);
        }
    }
    return GB_OK;
}

/* The exponents of the first `size` components of each layer's state. */
static gb_status find_spectrum(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup, size_t size,
                               double *exponents) {
    const size_t layers = model->spec.layers;
    stepper s;
    double *block = NULL;
    directions *all = NULL;
    gb_status status = stepper_open(&s, model, batch, sequence, true);
    if (status == GB_OK)
        status = make_directions(model->context, size, layers, &block, &all);
    for (size_t i = 0; i < layers * size; i++)
        exponents[i] = 0;
    if (status == GB_OK)
        status = add_up(&s, warmup, all, exponents);
    for (size_t i = 0; status == GB_OK && i < layers * size; i++)
        exponents[i] /= (double)(s.steps - warmup);
    for (size_t layer = 0; status == GB_OK && layer < layers; layer++)
        qsort(exponents + layer * size, size, sizeof *exponents, by_size);
    gb_release(model->context, block);
    gb_release(model->context, all);
    stepper_close(&s);
    return status;
}

gb_status gb_probe_spectrum(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup, double *exponents) {
    return find_spectrum(model, batch, sequence, warmup, gb_probe_state_size(model), exponents);
}

gb_status gb_probe_spectrum_of_h(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                 double *exponents) {
    return find_spectrum(model, batch, sequence, warmup, model->spec.hidden, exponents);
}
