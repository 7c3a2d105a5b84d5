/* SPDX-License-Identifier: MIT */
/* The 1997 network: the weight counts of its paper, and the truncated gradient against a slow independent computation,
 * the complex step through a forward pass whose recurrent inputs are held at what the real pass had (as detach()
 * would). */
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "experiments/museum/original.h"
#include "tests/context.h"

enum { STEPS = 7, MOST_UNITS = 16, MOST_INPUTS = 4, MOST_OUTPUTS = 3 };

/* The twelve counts that the paper prints. 10,504 (2a) is a network without output gate or recurrence: 101 (101 + 1)
 * weights of outputs from inputs and one cell, and 101 each of the cell and its gate. */
static void test_weight_counts(void **state) {
    (void)state;
    static const struct {
        original_spec spec;
        size_t printed;
    } rows[] = {
        {{2, 2, 2, 1, ORIGINAL_BIAS, true, false}, 93},              /* 4 adding, 5 multiplication */
        {{1, 3, 1, 1, ORIGINAL_BIAS, false, false}, 102},            /* 3 two sequences */
        {{8, 2, 2, 4, ORIGINAL_BIAS, true, false}, 156},             /* 6a temporal order, two symbols */
        {{7, 4, 1, 7, ORIGINAL_GATE_BIAS, false, false}, 264},       /* 1 embedded Reber grammar */
        {{7, 3, 2, 7, ORIGINAL_GATE_BIAS, false, false}, 276},       /* the same, blocks of two */
        {{8, 3, 2, 8, ORIGINAL_BIAS, true, false}, 308},             /* 6b three symbols */
        {{50 + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false, false}, 364},    /* 2c long lags, p = 50 */
        {{100 + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false, false}, 664},   /* p = 100 */
        {{200 + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false, false}, 1264},  /* p = 200 */
        {{500 + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false, false}, 3064},  /* p = 500 */
        {{1000 + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false, false}, 6064}, /* p = 1,000 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(original_weights(&rows[i].spec), rows[i].printed);
    assert_int_equal(101 * (101 + 1) + 2 * 101, 10504);
}

static double complex complex_sigmoid(double complex x) {
    return 1 / (1 + cexp(-x));
}

/* Half the squared error of the outputs that read y. */
static double complex error_of_outputs(const original_spec *spec, const double complex *v, const double complex *y,
                                       const double *targets) {
    size_t cells = spec->blocks * spec->size;
    double complex total = 0;
    for (size_t k = 0; k < spec->outputs; k++) {
        const double complex *row = v + k * (cells + 1);
        double complex sum = row[cells];
        for (size_t c = 0; c < cells; c++)
            sum += row[c] * y[c];
        double complex error = complex_sigmoid(sum) - targets[k];
        total += error * error / 2;
    }
    return total;
}

/* Half the squared error of the sequence with weights w, at its end or at every step from `asked` on. recurrent[t]
 * holds the activations before step t, which count as constants. */
static double complex loss(const original_spec *spec, const double complex *w, double inputs[STEPS][MOST_INPUTS],
                           double recurrent[STEPS][MOST_UNITS], const double *targets, size_t asked) {
    size_t cells = spec->blocks * spec->size, units = original_units(spec), sources = spec->inputs + units + 1;
    double complex s[MOST_UNITS] = {0}, y[MOST_UNITS] = {0}, total = 0;
    for (size_t t = 0; t < STEPS; t++) {
        for (size_t c = 0; c < cells; c++) {
            const size_t three[] = {c, cells + c / spec->size, cells + spec->blocks + c / spec->size};
            double complex net[3];
            for (size_t n = 0; n < 3; n++) {
                net[n] = w[three[n] * sources + sources - 1];
                for (size_t i = 0; i < spec->inputs; i++)
                    net[n] += w[three[n] * sources + i] * inputs[t][i];
                for (size_t k = 0; k < units; k++)
                    net[n] += w[three[n] * sources + spec->inputs + k] * recurrent[t][k];
            }
            s[c] += complex_sigmoid(net[1]) * (4 * complex_sigmoid(net[0]) - 2);
            y[c] = complex_sigmoid(net[2]) * (2 * complex_sigmoid(s[c]) - 1);
        }
        if (t >= asked)
            total += error_of_outputs(spec, w + units * sources, y, targets);
    }
    return total;
}

/* The activations before each step, from a plain pass of the test's own. */
static void record(const original_spec *spec, const double *w, double inputs[STEPS][MOST_INPUTS],
                   double recurrent[STEPS][MOST_UNITS]) {
    size_t cells = spec->blocks * spec->size, units = original_units(spec), sources = spec->inputs + units + 1;
    double s[MOST_UNITS] = {0}, y[MOST_UNITS] = {0};
    for (size_t t = 0; t < STEPS; t++) {
        double net[MOST_UNITS];
        memcpy(recurrent[t], y, sizeof y);
        for (size_t u = 0; u < units; u++) {
            net[u] = w[u * sources + sources - 1];
            for (size_t i = 0; i < spec->inputs; i++)
                net[u] += w[u * sources + i] * inputs[t][i];
            for (size_t k = 0; k < units; k++)
                net[u] += w[u * sources + spec->inputs + k] * y[k];
        }
        for (size_t u = cells; u < units; u++)
            y[u] = 1 / (1 + exp(-net[u]));
        for (size_t c = 0; c < cells; c++) {
            s[c] += y[cells + c / spec->size] * (4 / (1 + exp(-net[c])) - 2);
            y[c] = y[cells + spec->blocks + c / spec->size] * (2 / (1 + exp(-s[c])) - 1);
        }
    }
}

/* asked: the first step at which the outputs have an error. */
static void compare_gradient(const original_spec *spec, original *net, double inputs[STEPS][MOST_INPUTS],
                             size_t asked) {
    double recurrent[STEPS][MOST_UNITS], targets[MOST_OUTPUTS];
    static const size_t all[] = {0, 1, 2, 3};
    for (size_t k = 0; k < spec->outputs; k++)
        targets[k] = 0.1 + 0.3 * (double)k;
    original_reset(net, true);
    for (size_t t = 0; t < STEPS; t++) {
        original_step(net, all, inputs[t], spec->inputs);
        if (t >= asked)
            original_add_error(net, targets);
    }
    record(spec, original_values(net), inputs, recurrent);
    double complex *w = calloc(original_places(net), sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < original_places(net); i++)
        w[i] = original_values(net)[i];
    size_t used = 0;
    for (size_t i = 0; i < original_places(net); i++) {
        double gradient = original_gradient(net)[i];
        if (creal(w[i]) == 0) { /* a weight that is not there */
            assert_true(gradient == 0);
            continue;
        }
        w[i] += 1e-30 * I;
        assert_true(fabs(cimag(loss(spec, w, inputs, recurrent, targets, asked)) / 1e-30 - gradient) < 1e-12);
        w[i] = creal(w[i]);
        used++;
    }
    assert_int_equal(used, original_weights(spec));
    free(w);
}

static void test_truncated_gradient(void **state) {
    (void)state;
    static const original_spec specs[] = {{2, 2, 2, 1, ORIGINAL_BIAS, true, false},
                                          {3, 3, 1, 2, ORIGINAL_NO_BIAS, false, false},
                                          {4, 1, 3, 3, ORIGINAL_GATE_BIAS, false, false},
                                          {1, 3, 2, 1, ORIGINAL_BIAS, true, false},
                                          {3, 2, 2, 2, ORIGINAL_GATE_BIAS, false, .inputs_only = true}};
    static const double biases[] = {-3, -6, -1};
    for (size_t n = 0; n < sizeof specs / sizeof *specs; n++) {
        const original_spec *spec = &specs[n];
        const double *given = spec->bias == ORIGINAL_BIAS ? biases : NULL;
        original *net;
        gb_random random = gb_random_stream(n, GB_RANDOM_PROBE, 0);
        double inputs[STEPS][MOST_INPUTS];
        assert_int_equal(original_create(context, spec, &net), GB_OK);
        original_initialise(net, &random, 1, given, n == 3 ? given : NULL);
        for (size_t t = 0; t < STEPS; t++)
            for (size_t i = 0; i < spec->inputs; i++)
                inputs[t][i] = gb_random_normal(&random);
        compare_gradient(spec, net, inputs, STEPS - 1);
        compare_gradient(spec, net, inputs, 2);
        original_destroy(net);
    }
}

/* What the answer of a sequence costs does not depend on whether it is learned from. */
static void test_held_weights(void **state) {
    (void)state;
    const original_spec spec = {2, 2, 2, 1, ORIGINAL_BIAS, true, false};
    original *net;
    gb_random random = gb_random_stream(5, GB_RANDOM_PROBE, 0);
    static const size_t both[] = {0, 1};
    double answers[2];
    assert_int_equal(original_create(context, &spec, &net), GB_OK);
    original_initialise(net, &random, 1, NULL, NULL);
    for (int learning = 0; learning < 2; learning++) {
        original_reset(net, learning);
        for (size_t t = 0; t < STEPS; t++)
            original_step(net, both, (const double[]){0.1 * (double)t, -0.3}, 2);
        answers[learning] = original_outputs(net)[0];
    }
    assert_true(answers[0] == answers[1]);
    original_destroy(net);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weight_counts),
        cmocka_unit_test(test_truncated_gradient),
        cmocka_unit_test(test_held_weights),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
