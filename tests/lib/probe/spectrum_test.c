/* SPDX-License-Identifier: MIT */
/* Jacobians, Lyapunov spectra and time constants of gates against differences and closed forms. */
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

enum { HIDDEN = 7, STEPS = 12, INPUT = 6 };

static gb_model_spec spec_of(const char *cell, size_t layers, size_t hidden) {
    gb_model_spec spec = toy_spec(cell, GB_INPUT_DENSE, 0, layers, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    spec.hidden = hidden;
    return spec;
}

/* A model with zeros wherever `keep` does not say that a drawn value stays. */
static gb_model *thin_model(gb_context *context, const gb_model_spec *spec, bool (*keep)(gb_role role)) {
    gb_model *model = toy_model(context, spec);
    double *values = check_allocate(gb_model_parameter_count(model), sizeof *values);
    gb_model_get_parameters(model, values);
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *tensor = gb_model_tensor(model, i);
        if (!keep(tensor->role))
            memset(values + tensor->offset, 0, tensor->count * sizeof *values);
    }
    gb_model_set_parameters(model, values);
    free(values);
    return model;
}

static bool nothing(gb_role role) {
    (void)role;
    return false;
}

static bool inputs_alone(gb_role role) {
    return role == GB_ROLE_KERNEL || role == GB_ROLE_BIAS || role == GB_ROLE_RECURRENT_BIAS;
}

static double log_sigmoid(double x) {
    return -log1p(exp(-x));
}

/* The state after `steps` steps of a layer. */
static void run_layer(gb_context *context, const gb_layer_spec *spec, const double *parameters, const double *x,
                      const double *state, double *end, size_t hidden) {
    gb_layer *layer;
    double *y = check_allocate(spec->steps * hidden, sizeof *y);
    const gb_layer_pass pass = {
        .parameters = parameters, .x = x, .h0 = state, .c0 = state + hidden, .y = y, .hT = end, .cT = end + hidden};
    assert_ok(context, gb_layer_create(context, spec, &layer));
    assert_ok(context, gb_layer_forward(layer, &pass));
    gb_layer_destroy(layer);
    free(y);
}

static void jacobians_agree_with_differences(void **state) {
    (void)state;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        gb_context *context = check_context();
        const gb_model_spec spec = spec_of(gb_cell_at(c)->name, 1, HIDDEN);
        gb_model *model = toy_model(context, &spec);
        double *parameters = check_allocate(gb_model_parameter_count(model), sizeof *parameters);
        double jacobian[4 * HIDDEN * HIDDEN], now[2 * HIDDEN] = {0}, zero[2 * HIDDEN] = {0};
        const size_t size = gb_probe_state_size(model);
        toy made;
        toy_batch(&made, &spec, STEPS, 1, false, 1);
        gb_model_get_parameters(model, parameters);
        assert_ok(context, gb_probe_jacobian(model, &made.batch, 0, STEPS, jacobian));
        gb_layer_spec layer = {.cell = spec.cell,
                               .backend = "reference",
                               .dtype = GB_F64,
                               .bias = spec.bias,
                               .input = INPUT,
                               .hidden = HIDDEN,
                               .steps = STEPS - 1,
                               .batch = 1};
        run_layer(context, &layer, parameters, made.inputs, zero, now, HIDDEN);
        layer.steps = 1;
        for (size_t j = 0; j < size; j++) {
            double ends[2][2 * HIDDEN], moved[2 * HIDDEN];
            for (int side = 0; side < 2; side++) {
                memcpy(moved, now, sizeof moved);
                moved[j] += side == 0 ? 1e-5 : -1e-5;
                run_layer(context, &layer, parameters, made.inputs + (STEPS - 1) * INPUT, moved, ends[side], HIDDEN);
            }
            for (size_t i = 0; i < size; i++)
                check_near(jacobian[i * size + j], (ends[0][i] - ends[1][i]) / 2e-5, 1e-8);
        }
        free(parameters);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* Without weights every unit keeps sigmoid(b) of its state, and a cell with c has no other memory. */
static void zero_weights(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } biases[] = {{"0", 0}, {"1", 1}, {"5", 5}};
    for (size_t c = 0; c < gb_cell_count(); c++) {
        const gb_cell_info *cell = gb_cell_at(c);
        for (size_t i = 0; cell->memory_gate && i < sizeof biases / sizeof *biases; i++) {
            gb_context *context = check_context();
            const gb_model_spec spec = spec_of(cell->name, 2, HIDDEN);
            gb_model *model = thin_model(context, &spec, nothing);
            double exponents[2 * 2 * HIDDEN], constants[2 * HIDDEN];
            const size_t size = gb_probe_state_size(model);
            toy made;
            toy_batch(&made, &spec, STEPS, 2, false, 1);
            assert_ok(context, gb_model_set_forget_bias(model, biases[i].text, 1));
            assert_ok(context, gb_probe_spectrum(model, &made.batch, 1, 2, exponents));
            assert_ok(context, gb_probe_time_constants(model, &made.batch, 1, 2, constants));
            for (size_t layer = 0; layer < 2; layer++) {
                for (size_t j = 0; j < size; j++) {
                    const double exponent = exponents[layer * size + j];
                    if (j < HIDDEN)
                        check_near(exponent, log_sigmoid(biases[i].value), 1e-12);
                    else
                        assert_true(exponent == -INFINITY);
                }
            }
            for (size_t j = 0; j < 2 * HIDDEN; j++)
                check_near(constants[j] * log_sigmoid(biases[i].value), -1, 1e-12);
            toy_release(&made);
            gb_model_destroy(model);
            gb_context_destroy(context);
        }
    }
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The slowest direction of chrono:Tmax has an exponent of about -1 / Tmax; all are ln sigmoid of the drawn biases. */
static void chrono(void **state) {
    (void)state;
    enum { MANY = 32, TMAX = 100 };
    gb_context *context = check_context();
    const gb_model_spec spec = spec_of("lstm", 1, MANY);
    gb_model *model = thin_model(context, &spec, nothing);
    double *values = check_allocate(gb_model_parameter_count(model), sizeof *values), exponents[2 * MANY];
    double expected[MANY];
    toy made;
    toy_batch(&made, &spec, STEPS, 1, false, 1);
    assert_ok(context, gb_model_set_forget_bias(model, "chrono:100", 1));
    gb_model_get_parameters(model, values);
    assert_ok(context, gb_probe_spectrum(model, &made.batch, 0, 0, exponents));
    for (size_t j = 0; j < MANY; j++) /* behind W and U, the second gate of b */
        expected[j] = log_sigmoid(values[4 * MANY * (INPUT + MANY) + MANY + j]);
    qsort(expected, MANY, sizeof *expected, by_size);
    for (size_t j = 0; j < MANY; j++)
        check_near(exponents[j], expected[j], 1e-12);
    check_near(exponents[0], -1.0 / TMAX, 0.1 / TMAX);
    free(values);
    toy_release(&made);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void linear_networks(void **state) {
    (void)state;
    static const struct {
        const char *start;
        double exponent;
    } starts[] = {
        {"orthogonal", 0}, {"identity", 0}, {"scaled:0.9", -0.10536051565782628}, {"scaled:1.25", 0.22314355131420976}};
    gb_context *context = check_context();
    assert_ok(context, gb_context_register_cell(context, &linear_f32, &linear_f64));
    const gb_model_spec spec = spec_of("linear", 2, HIDDEN);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        gb_model *model = toy_model(context, &spec);
        double exponents[2 * HIDDEN];
        toy made;
        toy_batch(&made, &spec, STEPS, 1, false, 1);
        assert_ok(context, gb_model_initialise_recurrent(model, starts[i].start, 1));
        assert_ok(context, gb_probe_spectrum(model, &made.batch, 0, 0, exponents));
        for (size_t j = 0; j < 2 * HIDDEN; j++)
            check_near(exponents[j], starts[i].exponent, 1e-12);
        toy_release(&made);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

/* ln |det| by elimination with pivots. */
static double log_determinant(double *a, size_t size) {
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        size_t pivot = i;
        for (size_t k = i; k < size; k++)
            pivot = fabs(a[k * size + i]) > fabs(a[pivot * size + i]) ? k : pivot;
        for (size_t j = 0; j < size; j++) {
            const double kept = a[i * size + j];
            a[i * size + j] = a[pivot * size + j];
            a[pivot * size + j] = kept;
        }
        sum += log(fabs(a[i * size + i]));
        for (size_t k = i + 1; k < size; k++) {
            const double factor = a[k * size + i] / a[i * size + i];
            for (size_t j = i; j < size; j++)
                a[k * size + j] -= factor * a[i * size + j];
        }
    }
    return sum;
}

static void exponents_add_up_to_the_determinant(void **state) {
    (void)state;
    static const char *const cells[] = {"rnn", "lstm", "lstm_peephole", "gru", "mgu"};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        gb_context *context = check_context();
        const gb_model_spec spec = spec_of(cells[c], 1, HIDDEN);
        gb_model *model = toy_model(context, &spec);
        double exponents[2 * HIDDEN], jacobian[4 * HIDDEN * HIDDEN], sum = 0, expected = 0;
        const size_t size = gb_probe_state_size(model);
        toy made;
        toy_batch(&made, &spec, STEPS, 1, false, 1);
        assert_ok(context, gb_probe_spectrum(model, &made.batch, 0, 2, exponents));
        for (size_t j = 0; j < size; j++) {
            sum += exponents[j];
            assert_true(j == 0 || exponents[j] <= exponents[j - 1]);
        }
        for (size_t t = 3; t <= STEPS; t++) {
            assert_ok(context, gb_probe_jacobian(model, &made.batch, 0, t, jacobian));
            expected += log_determinant(jacobian, size) / (STEPS - 2);
        }
        check_near(sum, expected, 1e-9);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* A random network driven by noise: far back, the gradient falls by the largest exponent in each step. */
static void gradients_fall_by_the_largest_exponent(void **state) {
    (void)state;
    enum { LONG = 400, LAGS = 380 };
    static const char *const cells[] = {"rnn", "lstm", "gru"};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        gb_context *context = check_context();
        const gb_model_spec spec = spec_of(cells[c], 1, HIDDEN);
        gb_model *model = toy_model(context, &spec);
        double exponents[2 * HIDDEN], norms[LAGS + 1];
        size_t underflows;
        toy made;
        toy_batch(&made, &spec, LONG, 1, false, 1);
        assert_ok(context, gb_probe_spectrum(model, &made.batch, 0, 10, exponents));
        assert_ok(context, gb_probe_gradient_by_lag(model, &made.batch, LAGS, norms, &underflows));
        const gb_gradient_profile profile = gb_probe_gradient_profile(norms, 1, LAGS, 10);
        check_near(profile.slope / exponents[0], 1, 0.1);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* Where no gate sees the state, exponents are those of the gates; where they do, dc'/dc of the lstm is its gate. */
static void time_constants_are_the_gates(void **state) {
    (void)state;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        gb_context *context = check_context();
        const gb_cell_info *cell = gb_cell_at(c);
        gb_model_spec spec = spec_of(cell->name, 1, HIDDEN);
        double exponents[2 * HIDDEN], constants[HIDDEN], jacobian[4 * HIDDEN * HIDDEN];
        toy made;
        spec.bias = GB_BIAS_DOUBLE;
        toy_batch(&made, &spec, STEPS, 1, false, 1);
        gb_model *model = thin_model(context, &spec, inputs_alone), *whole = toy_model(context, &spec);
        const gb_status status = gb_probe_time_constants(model, &made.batch, 0, 3, constants);
        assert_int_equal(status, cell->memory_gate ? GB_OK : GB_UNSUPPORTED);
        if (cell->memory_gate) {
            assert_ok(context, gb_probe_spectrum(model, &made.batch, 0, 3, exponents));
            qsort(constants, HIDDEN, sizeof *constants, by_size);
            for (size_t j = 0; j < HIDDEN; j++)
                check_near(constants[j] * exponents[j], -1, 1e-10);
            for (size_t j = HIDDEN; j < gb_probe_state_size(model); j++)
                assert_true(exponents[j] == -INFINITY); /* h holds nothing that c does not */
        }
        if (strcmp(cell->name, "lstm") == 0 || strcmp(cell->name, "cifg") == 0) {
            assert_ok(context, gb_probe_time_constants(whole, &made.batch, 0, STEPS - 1, constants));
            assert_ok(context, gb_probe_jacobian(whole, &made.batch, 0, STEPS, jacobian));
            for (size_t j = HIDDEN; j < (size_t)2 * HIDDEN; j++)
                check_near(constants[j - HIDDEN] * log(jacobian[j * 2 * HIDDEN + j]), -1, 1e-10);
        }
        toy_release(&made);
        gb_model_destroy(model);
        gb_model_destroy(whole);
        gb_context_destroy(context);
    }
}

/* What is kept, step by step, is what the time constants are the mean of, and without weights sigmoid(b). */
static void kept_shares(void **state) {
    (void)state;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        gb_context *context = check_context();
        const gb_cell_info *cell = gb_cell_at(c);
        const gb_model_spec spec = spec_of(cell->name, 2, HIDDEN);
        double kept[STEPS * 2 * HIDDEN], constants[2 * HIDDEN];
        toy made;
        toy_batch(&made, &spec, STEPS, 2, false, 1);
        gb_model *model = toy_model(context, &spec), *weightless = thin_model(context, &spec, nothing);
        assert_int_equal(gb_probe_kept(model, &made.batch, 1, kept), cell->memory_gate ? GB_OK : GB_UNSUPPORTED);
        if (cell->memory_gate) {
            assert_ok(context, gb_probe_time_constants(model, &made.batch, 1, 0, constants));
            for (size_t j = 0; j < 2 * HIDDEN; j++) {
                double sum = 0;
                for (size_t t = 0; t < STEPS; t++) {
                    assert_true(kept[t * 2 * HIDDEN + j] > 0 && kept[t * 2 * HIDDEN + j] < 1);
                    sum += log(kept[t * 2 * HIDDEN + j]);
                }
                check_near(constants[j] * sum / STEPS, -1, 1e-10);
            }
            assert_ok(context, gb_model_set_forget_bias(weightless, "1", 1));
            assert_ok(context, gb_probe_kept(weightless, &made.batch, 0, kept));
            for (size_t i = 0; i < (size_t)STEPS * 2 * HIDDEN; i++)
                check_near(log(kept[i]), log_sigmoid(1), 1e-12);
        }
        toy_release(&made);
        gb_model_destroy(model);
        gb_model_destroy(weightless);
        gb_context_destroy(context);
    }
}

static void profiles(void **state) {
    (void)state;
    enum { LAGS = 50 };
    double norms[2][LAGS + 1];
    for (size_t k = 0; k <= LAGS; k++) {
        norms[0][k] = 1 - 0.02 * (double)k; /* geometric means fall by 10^0.03 a step */
        norms[1][k] = 3 - 0.04 * (double)k;
    }
    gb_gradient_profile profile = gb_probe_gradient_profile(norms[0], 2, LAGS, 5);
    check_near(profile.slope, -0.03 * log(10), 1e-13);
    check_near(profile.half_life, log10(2) / 0.03, 1e-10);
    norms[1][7] = -INFINITY; /* vanished there, and so it is left out */
    profile = gb_probe_gradient_profile(norms[0], 2, LAGS, 5);
    check_near(profile.slope, -0.03 * log(10), 1e-13);
    check_near(profile.half_life, 7, 0);
    profile = gb_probe_gradient_profile(norms[0], 1, 5, 5);
    assert_true(isnan(profile.slope) && isinf(profile.half_life));
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec bag = toy_spec("bag", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    const gb_model_spec rnn = toy_spec("rnn", GB_INPUT_TOKENS, 0, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    gb_model *standard = toy_model(context, &bag), *model = toy_model(context, &rnn);
    double exponents[HIDDEN], jacobian[HIDDEN * HIDDEN];
    toy made;
    toy_batch(&made, &rnn, STEPS, 2, true, 1); /* sequence 0 is whole, the other one shorter */
    assert_int_equal(gb_probe_state_size(standard), 0);
    assert_int_equal(gb_probe_spectrum(standard, &made.batch, 0, 0, exponents), GB_UNSUPPORTED);
    assert_int_equal(gb_probe_spectrum(model, &made.batch, 2, 0, exponents), GB_INVALID);
    assert_int_equal(gb_probe_spectrum(model, &made.batch, 0, STEPS, exponents), GB_INVALID);
    assert_ok(context, gb_probe_spectrum(model, &made.batch, 0, STEPS - 1, exponents));
    assert_int_equal(gb_probe_jacobian(model, &made.batch, 0, STEPS + 1, jacobian), GB_INVALID);
    assert_int_equal(gb_probe_jacobian(model, &made.batch, 0, 0, jacobian), GB_INVALID);
    assert_int_equal(gb_probe_jacobian(model, &made.batch, 1, made.lengths[1] + 1, jacobian), GB_INVALID);
    made.batch.carry = made.carry;
    assert_int_equal(gb_probe_spectrum(model, &made.batch, 0, 0, exponents), GB_INVALID);
    toy_release(&made);
    gb_model_destroy(standard);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jacobians_agree_with_differences),
        cmocka_unit_test(zero_weights),
        cmocka_unit_test(chrono),
        cmocka_unit_test(linear_networks),
        cmocka_unit_test(exponents_add_up_to_the_determinant),
        cmocka_unit_test(gradients_fall_by_the_largest_exponent),
        cmocka_unit_test(time_constants_are_the_gates),
        cmocka_unit_test(kept_shares),
        cmocka_unit_test(profiles),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
