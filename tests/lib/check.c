/* SPDX-License-Identifier: MIT */
/* The helpers of check.h. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#define EPSILON 1e-5
#define RELATIVE 1e-8
#define ABSOLUTE 1e-7

void check_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g and %.17g differ by more than %g", a, b, tolerance);
}

gb_context *check_context(void) {
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    return context;
}

void check_draw(uint64_t seed, double scale, double *values, size_t count) {
    gb_random random = gb_random_stream(seed, GB_RANDOM_PROBE, 0);
    for (size_t i = 0; i < count; i++)
        values[i] = scale * (2 * gb_random_uniform(&random) - 1);
}

void *check_allocate(size_t count, size_t size) {
    void *block = calloc(count == 0 ? 1 : count, size);
    assert_non_null(block);
    return block;
}

double check_norm(const double *a, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * a[i];
    return sqrt(sum);
}

double check_distance(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

bool check_gradient(const char *name, double *values, size_t count, size_t stride, const double *analytic,
                    check_function function, void *user) {
    double difference = 0, norm = 0;
    for (size_t i = 0; i < count; i += stride) {
        const double kept = values[i];
        values[i] = kept + EPSILON;
        const double above = function(user);
        values[i] = kept - EPSILON;
        const double below = function(user);
        values[i] = kept;
        const double numeric = (above - below) / (2 * EPSILON);
        difference += (numeric - analytic[i]) * (numeric - analytic[i]);
        norm += numeric * numeric;
    }
    const bool agrees = sqrt(difference) <= RELATIVE * sqrt(norm) + ABSOLUTE; /* a NaN does not */
    if (!agrees && name)
        print_error("%s: distance %g, norm %g\n", name, sqrt(difference), sqrt(norm));
    return agrees;
}
