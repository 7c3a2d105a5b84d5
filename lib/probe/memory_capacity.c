/* SPDX-License-Identifier: MIT */
/* Linear memory capacity (Jaeger 2001): how much of the past input a linear read-out can recover from the state. */
#include <math.h>
#include <string.h>

#include "core/sizes.h"
#include "gatebench/random.h"
#include "probe/stepper.h"

#define RIDGE 1e-12

typedef struct capacity {
    gb_context *context;
    const gb_capacity_spec *spec;
    size_t total, width; /* steps including the warm-up, and the total size of all states */
    int32_t *tokens;     /* [total], or */
    double *inputs;      /* [total][I] */
    double *signal;      /* [total] u */
    double *x;           /* [F] the states of a step, less those of the first measured one */
    double *first;       /* [F] those */
    double *mean;        /* [F] sums, then means */
    double *covariance;  /* [F][F] */
    double *with_signal; /* [lags][F] sums of state times u_{t-k} */
    double *factor;      /* [F][F] of Cholesky */
    double *weights;     /* [F] */
} capacity;

static gb_status allocate_all(capacity *c, const gb_model *model) {
    const bool tokens = model->spec.input == GB_INPUT_TOKENS;
    const struct {
        void *block;
        size_t count, size;
    } blocks[] = {
        {&c->tokens, tokens ? c->total : 0, sizeof *c->tokens},
        {&c->inputs, tokens ? 0 : c->total, model->spec.input_size * sizeof *c->inputs},
        {&c->signal, c->total, sizeof *c->signal},
        {&c->x, c->width, sizeof *c->x},
        {&c->first, c->width, sizeof *c->first},
        {&c->mean, c->width, sizeof *c->mean},
        {&c->covariance, c->width, c->width * sizeof *c->covariance},
        {&c->with_signal, c->spec->lags, c->width * sizeof *c->with_signal},
        {&c->factor, c->width, c->width * sizeof *c->factor},
        {&c->weights, c->width, sizeof *c->weights},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        GB_TRY(gb_allocate(c->context, blocks[i].count, blocks[i].size, blocks[i].block));
    return GB_OK;
}

static void release_all(capacity *c) {
    void *const blocks[] = {c->tokens, c->inputs,     c->signal,      c->x,      c->first,
                            c->mean,   c->covariance, c->with_signal, c->factor, c->weights};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        gb_release(c->context, blocks[i]);
}

static gb_batch draw(capacity *c, const gb_model *model) {
    const bool tokens = model->spec.input == GB_INPUT_TOKENS;
    gb_random random = gb_random_stream(c->spec->seed, GB_RANDOM_PROBE, 0);
    for (size_t t = 0; t < c->total; t++) {
        if (tokens) {
            c->tokens[t] = (int32_t)gb_random_below(&random, 2);
            c->signal[t] = 2 * c->tokens[t] - 1;
        } else {
            c->signal[t] = 2 * gb_random_uniform(&random) - 1;
            c->inputs[t * model->spec.input_size] = c->spec->scale * c->signal[t];
        }
    }
    return (gb_batch){
        .steps = c->total, .sequences = 1, .tokens = tokens ? c->tokens : NULL, .inputs = tokens ? NULL : c->inputs};
}

/* Adds a step's states to all sums. Without its constant part first: where a state varies little, the products of that
 * part would leave no digits for the covariance. */
static void add_step(capacity *c, const stepper *s, size_t t) {
    const double *state = s->state; /* one row: the states of all layers, side by side */
    if (t == c->spec->warmup)
        memcpy(c->first, state, c->width * sizeof *c->first);
    for (size_t i = 0; i < c->width; i++)
        c->x[i] = state[i] - c->first[i];
    for (size_t i = 0; i < c->width; i++) {
        c->mean[i] += c->x[i];
        for (size_t j = 0; j <= i; j++)
            c->covariance[i * c->width + j] += c->x[i] * c->x[j];
    }
    for (size_t k = 0; k < c->spec->lags; k++)
        for (size_t i = 0; i < c->width; i++)
            c->with_signal[k * c->width + i] += c->x[i] * c->signal[t - k];
}

/* The mean and mean square of the signal at lag k over the measured steps. */
static void signal_moments(const capacity *c, size_t k, double *mean, double *variance) {
    double sum = 0, square = 0;
    for (size_t t = c->spec->warmup; t < c->total; t++) {
        sum += c->signal[t - k];
        square += c->signal[t - k] * c->signal[t - k];
    }
    *mean = sum / (double)c->spec->steps;
    *variance = square / (double)c->spec->steps - *mean * *mean;
}

/* From sums to the covariance, and its Cholesky factor with the ridge. */
static void factorise(capacity *c) {
    const size_t n = c->width;
    const double steps = (double)c->spec->steps;
    double trace = 0;
    for (size_t i = 0; i < n; i++)
        c->mean[i] /= steps;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            const double value = c->covariance[i * n + j] / steps - c->mean[i] * c->mean[j];
            c->covariance[i * n + j] = c->covariance[j * n + i] = value;
        }
        trace += c->covariance[i * n + i];
    }
    const double ridge = fmax(RIDGE * trace / (double)n, GB_PROBE_LEAST);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = c->covariance[i * n + j] + (i == j ? ridge : 0);
            for (size_t k = 0; k < j; k++)
                sum -= c->factor[i * n + k] * c->factor[j * n + k];
            /* rounding may make an empty direction negative */
            c->factor[i * n + j] = i == j ? sqrt(fmax(sum, ridge)) : sum / c->factor[j * n + j];
        }
    }
}

/* weights = (L L^T)^-1 b */
static void solve(const capacity *c, const double *b) {
    const size_t n = c->width;
    for (size_t i = 0; i < n; i++) {
        double sum = b[i];
        for (size_t k = 0; k < i; k++)
            sum -= c->factor[i * n + k] * c->weights[k];
        c->weights[i] = sum / c->factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = c->weights[i];
        for (size_t k = i + 1; k < n; k++)
            sum -= c->factor[k * n + i] * c->weights[k];
        c->weights[i] = sum / c->factor[i * n + i];
    }
}

/* The capacity that n uninformative numbers exceed by chance once in 10,000 times over this many steps: the quantile of
 * chi square with n degrees of freedom (Wilson & Hilferty 1931), divided by the steps. */
static double chance(size_t n, size_t steps) {
    const double ninth = 2 / (9 * (double)n), root = 1 - ninth + 3.719 * sqrt(ninth);
    return (double)n * root * root * root / (double)steps;
}

static double capacity_at(const capacity *c, size_t k) {
    const size_t n = c->width;
    double *b = c->with_signal + k * n, mean, variance, covariance = 0, explained = 0;
    signal_moments(c, k, &mean, &variance);
    for (size_t i = 0; i < n; i++)
        b[i] = b[i] / (double)c->spec->steps - mean * c->mean[i];
    solve(c, b);
    for (size_t i = 0; i < n; i++) {
        covariance += c->weights[i] * b[i];
        for (size_t j = 0; j < n; j++)
            explained += c->weights[i] * c->covariance[i * n + j] * c->weights[j];
    }
    if (!(explained > GB_PROBE_LEAST))
        return 0;
    const double found = covariance * covariance / (variance * explained);
    return found > chance(n, c->spec->steps) ? fmin(found, 1) : 0;
}

static gb_status check(gb_model *model, const gb_capacity_spec *spec) {
    if (model->kind != MODEL_STACK)
        return gb_fail(model->context, GB_UNSUPPORTED, "'%s' has no state to probe", model->spec.cell);
    size_t total = spec->warmup;
    if (spec->lags == 0 || spec->warmup < spec->lags - 1) {
        return gb_fail(model->context, GB_INVALID,
                       "%zu lags with a warm-up of %zu steps; give at least 1 lag, and a warm-up of lags - 1 or more",
                       spec->lags, spec->warmup);
    }
    if (!size_add(&total, spec->steps)) {
        return gb_fail(model->context, GB_MEMORY, "%zu steps after a warm-up of %zu exceed the address space",
                       spec->steps, spec->warmup);
    }
    if (spec->steps <= 2 * model->spec.layers * gb_probe_state_size(model)) {
        return gb_fail(model->context, GB_INVALID,
                       "%zu steps are too few for a read-out of %zu numbers; give many times as many", spec->steps,
                       model->spec.layers * gb_probe_state_size(model));
    }
    if (model->spec.input == GB_INPUT_DENSE && !(spec->scale > 0 && isfinite(spec->scale)))
        return gb_fail(model->context, GB_INVALID, "the scale of the input is %g; it must be above 0", spec->scale);
    if (model->spec.input == GB_INPUT_TOKENS && model->spec.input_size < 2)
        return gb_fail(model->context, GB_INVALID,
                       "memory capacity needs an input of two words, but the model's vocabulary has one");
    return GB_OK;
}

gb_status gb_probe_memory_capacity(gb_model *model, const gb_capacity_spec *spec, double *by_lag) {
    GB_TRY(check(model, spec));
    capacity c = {.context = model->context, .spec = spec, .total = spec->warmup + spec->steps};
    stepper s = {.context = model->context};
    c.width = model->spec.layers * gb_probe_state_size(model);
    gb_status status = allocate_all(&c, model);
    if (status == GB_OK) {
        const gb_batch batch = draw(&c, model);
        status = stepper_open(&s, model, &batch, 0, false);
        for (size_t t = 0; t < c.total && status == GB_OK; t++) {
            status = stepper_compute(&s, t);
            stepper_commit(&s);
            if (t >= spec->warmup)
                add_step(&c, &s, t);
        }
        stepper_close(&s);
    }
    if (status == GB_OK)
        factorise(&c);
    for (size_t k = 0; k < spec->lags && status == GB_OK; k++)
        by_lag[k] = capacity_at(&c, k);
    release_all(&c);
    return status;
}
