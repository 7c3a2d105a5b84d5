/* SPDX-License-Identifier: MIT */
/* Linear memory capacity: exact for a delay line, bounded for every cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

static const char *const linear_gates[] = {"a"};
#define FORM(name) name##_f32
#include "linear_cell.h"
#undef FORM
#define FORM(name) name##_f64
#include "linear_cell.h"
#undef FORM

enum { UNITS = 8, LAGS = 30 };

/* A chain of units: each takes `share` of what the unit before it had one step earlier, and adds the input times its
 * column of `kernel`, W [2][8]. */
static gb_model *delay_line(gb_context *context, gb_input input, const double *kernel, double share) {
    assert_ok(context, gb_context_register_cell(context, &linear_f32, &linear_f64));
    gb_model_spec spec = toy_spec("linear", input, 0, 1, GB_HEAD_LAST, GB_LOSS_SQUARED);
    spec.hidden = UNITS;
    spec.input_size = 2;
    gb_model *model = toy_model(context, &spec);
    double *values = check_allocate(gb_model_parameter_count(model), sizeof *values), *u = values + 2 * UNITS;
    memcpy(values, kernel, 2 * UNITS * sizeof *kernel);
    for (size_t j = 0; j + 1 < UNITS; j++)
        u[j * UNITS + j + 1] = share; /* U [8][8] */
    gb_model_set_parameters(model, values);
    free(values);
    return model;
}

/* The input enters the first unit and moves on by one in each step: the state is the last eight inputs. */
static void a_delay_line_holds_as_many_as_it_has_units(void **state) {
    (void)state;
    gb_context *context = check_context();
    const double kernel[2 * UNITS] = {1};
    gb_model *model = delay_line(context, GB_INPUT_DENSE, kernel, 1);
    const gb_capacity_spec capacity = {.seed = 1, .steps = 2000, .warmup = 50, .lags = LAGS, .scale = 0.5};
    double sum = 0, by_lag[LAGS];
    assert_ok(context, gb_probe_memory_capacity(model, &capacity, by_lag));
    for (size_t k = 0; k < LAGS; k++) {
        check_near(by_lag[k], k < UNITS ? 1 : 0, 1e-9);
        sum += by_lag[k];
    }
    check_near(sum, UNITS, 1e-6);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

/* Units that have smaller and smaller parts of the input on top of a constant of 1,000. */
static void a_large_constant_in_the_state_hides_nothing(void **state) {
    (void)state;
    gb_context *context = check_context();
    double kernel[2 * UNITS], by_lag[LAGS];
    for (size_t j = 0; j < 2 * UNITS; j++)
        kernel[j] = 1000;
    kernel[UNITS] += 1; /* word 1 */
    gb_model *model = delay_line(context, GB_INPUT_TOKENS, kernel, 0.2);
    const gb_capacity_spec capacity = {.seed = 1, .steps = 2000, .warmup = 50, .lags = LAGS};
    assert_ok(context, gb_probe_memory_capacity(model, &capacity, by_lag));
    for (size_t k = 0; k < LAGS; k++)
        check_near(by_lag[k], k < UNITS ? 1 : 0, 1e-3);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void no_cell_holds_more_than_its_state(void **state) {
    (void)state;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        for (int tokens = 0; tokens < 2; tokens++) {
            gb_context *context = check_context();
            const gb_model_spec spec = toy_spec(gb_cell_at(c)->name, tokens ? GB_INPUT_TOKENS : GB_INPUT_DENSE, 0, 2,
                                                GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
            gb_model *model = toy_model(context, &spec);
            double by_lag[LAGS], again[LAGS], sum = 0;
            const gb_capacity_spec capacity = {.seed = 3, .steps = 1500, .warmup = 40, .lags = LAGS, .scale = 0.1};
            assert_ok(context, gb_probe_memory_capacity(model, &capacity, by_lag));
            assert_ok(context, gb_probe_memory_capacity(model, &capacity, again));
            assert_memory_equal(by_lag, again, sizeof by_lag);
            for (size_t k = 0; k < LAGS; k++) {
                assert_true(by_lag[k] >= 0 && by_lag[k] <= 1);
                sum += by_lag[k];
            }
            assert_true(by_lag[0] > 0.9 && sum > 1);
            assert_true(sum <= (double)(2 * gb_probe_state_size(model)));
            gb_model_destroy(model);
            gb_context_destroy(context);
        }
    }
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("gru", GB_INPUT_DENSE, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    const gb_model_spec bag = toy_spec("bag", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model = toy_model(context, &spec), *standard = toy_model(context, &bag);
    const gb_capacity_spec good = {.seed = 1, .steps = 100, .warmup = 10, .lags = 10, .scale = 1};
    gb_capacity_spec wrong[4] = {good, good, good, good};
    double by_lag[20];
    wrong[0].lags = 0;
    wrong[1].lags = 12;
    wrong[2].steps = 14;
    wrong[3].scale = NAN;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(gb_probe_memory_capacity(model, &wrong[i], by_lag), GB_INVALID);
    gb_capacity_spec endless = good;
    endless.warmup = SIZE_MAX - 50;
    assert_int_equal(gb_probe_memory_capacity(model, &endless, by_lag), GB_MEMORY);
    assert_ok(context, gb_probe_memory_capacity(model, &good, by_lag));
    assert_int_equal(gb_probe_memory_capacity(standard, &good, by_lag), GB_UNSUPPORTED);
    gb_model_destroy(model);
    gb_model_destroy(standard);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delay_line_holds_as_many_as_it_has_units),
        cmocka_unit_test(a_large_constant_in_the_state_hides_nothing),
        cmocka_unit_test(no_cell_holds_more_than_its_state),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
