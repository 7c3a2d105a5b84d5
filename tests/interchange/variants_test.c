/* SPDX-License-Identifier: MIT */
/* The backward pass of each variant of a cell against finite differences in f64: probes depend on it. The golden files
 * test that the forward pass equals that of other frameworks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "interchange/network/variants.h"
#include "tests/context.h"

enum { STEPS = 4, ROWS = 2, INPUTS = 3, UNITS = 3, OUTPUTS = STEPS * ROWS * UNITS, MOST = 200 };

static void fill(gb_random *random, double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = gb_random_uniform(random) - 0.5;
}

/* The sum of all outputs, each times its weight. */
static double value_of(gb_layer *layer, const double *parameters, const double *x, const double *weights) {
    double y[OUTPUTS], sum = 0;
    const gb_layer_pass pass = {.parameters = parameters, .x = x, .y = y};
    assert_int_equal(gb_layer_forward(layer, &pass), GB_OK);
    for (size_t i = 0; i < OUTPUTS; i++)
        sum += y[i] * weights[i];
    return sum;
}

static void check(const char *cell) {
    const gb_layer_spec spec = {.cell = cell,
                                .backend = "reference",
                                .dtype = GB_F64,
                                .bias = GB_BIAS_DOUBLE,
                                .input = INPUTS,
                                .hidden = UNITS,
                                .steps = STEPS,
                                .batch = ROWS,
                                .training = true};
    double parameters[MOST], x[STEPS * ROWS * INPUTS], weights[OUTPUTS], y[OUTPUTS], gradient[MOST] = {0};
    gb_random random = gb_random_stream(7, GB_RANDOM_PROBE, 0);
    gb_layer *layer;
    size_t count;
    assert_int_equal(variant_register(context, cell), GB_OK);
    assert_int_equal(variant_register(context, cell), GB_OK);
    assert_int_equal(gb_layer_parameter_count(context, &spec, &count), GB_OK);
    assert_true(count <= MOST);
    assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
    fill(&random, parameters, count);
    fill(&random, x, STEPS * ROWS * INPUTS);
    fill(&random, weights, OUTPUTS);
    const gb_layer_pass pass = {.parameters = parameters, .x = x, .y = y, .dy = weights, .dparameters = gradient};
    assert_int_equal(gb_layer_forward(layer, &pass), GB_OK);
    assert_int_equal(gb_layer_backward(layer, &pass), GB_OK);
    for (size_t i = 0; i < count; i++) {
        const double kept = parameters[i], step = 1e-6;
        parameters[i] = kept + step;
        double difference = value_of(layer, parameters, x, weights);
        parameters[i] = kept - step;
        difference = (difference - value_of(layer, parameters, x, weights)) / (2 * step);
        parameters[i] = kept;
        if (!(fabs(difference - gradient[i]) < 1e-8))
            fail_msg("%s: parameter %zu has the gradient %g, by differences %g", cell, i, gradient[i], difference);
    }
    gb_layer_destroy(layer);
}

static void test_gradients(void **state) {
    (void)state;
    static const char *const cells[] = {"lstm", "gru", "gru_reset_before"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        for (int k = 1; k < 4; k++)
            check(variant_name(cells[i], k & 1, k & 2));
    assert_null(variant_name("lstm", false, false));
    assert_null(variant_name("lstm_peephole", true, false));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradients)};
    return cmocka_run_group_tests(tests, open_context, close_context);
}
