/* SPDX-License-Identifier: MIT */
/* Layers: refused arguments and their messages, both precisions, inference against training, NULL states. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void expect_refusal(const gb_layer_spec *spec, gb_status status, const char *words) {
    gb_context *context = check_context();
    gb_layer *layer;
    assert_int_equal(gb_layer_create(context, spec, &layer), status);
    assert_null(layer);
    if (!strstr(gb_context_message(context), words))
        fail_msg("'%s' does not say '%s'", gb_context_message(context), words);
    gb_context_destroy(context);
}

static void impossible_layers_are_refused(void **state) {
    (void)state;
    const gb_layer_spec good = {"lstm", "reference", GB_F32, GB_BIAS_SINGLE, 3, 4, 5, 2, true, NULL, false};
    gb_layer_spec spec = good;
    spec.cell = "lstn";
    expect_refusal(&spec, GB_INVALID, "did you mean 'lstm'");
    spec = good;
    spec.cell = NULL;
    expect_refusal(&spec, GB_INVALID, "unknown cell");
    spec = good;
    spec.backend = "cuda";
    expect_refusal(&spec, GB_INVALID, "unknown backend 'cuda'");
    spec = good;
    spec.hidden = 0;
    expect_refusal(&spec, GB_INVALID, "hidden 0");
    spec = good;
    spec.steps = SIZE_MAX / 8;
    expect_refusal(&spec, GB_MEMORY, "address space");
    spec = good;
    spec.bias = (gb_bias)7;
    expect_refusal(&spec, GB_INVALID, "bias");
    assert_true(gb_backend_supports(NULL, &good, NULL, 0));
}

/* A layer that cannot be made has no parameters to count. */
static void impossible_layers_are_not_counted(void **state) {
    (void)state;
    const gb_layer_spec good = {.cell = "lstm", .bias = GB_BIAS_SINGLE, .input = 3, .hidden = 4};
    gb_layer_spec wrong[] = {good, good, good, good, good};
    gb_context *context = check_context();
    size_t count;
    wrong[0].cell = "lstn";
    wrong[1].input = 0;
    wrong[2].hidden = 0;
    wrong[3].hidden = SIZE_MAX / 2;
    wrong[4].bias = (gb_bias)7;
    assert_ok(context, gb_layer_parameter_count(context, &good, &count));
    assert_int_equal(count, 4 * (3 * 4 + 4 * 4 + 4));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(gb_layer_parameter_count(context, &wrong[i], &count), GB_INVALID);
        assert_int_equal(count, 0);
    }
    gb_context_destroy(context);
}

enum { T = 9, N = 4, I = 6, H = 10 };

static void backward_needs_a_training_layer(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_layer_spec spec = {"rnn", "reference", GB_F64, GB_BIAS_NONE, I, H, T, N, false, NULL, false};
    gb_layer *layer;
    assert_ok(context, gb_layer_create(context, &spec, &layer));
    assert_int_equal(gb_layer_backward(layer, &(gb_layer_pass){0}), GB_INVALID);
    assert_int_equal(gb_layer_forward(layer, &(gb_layer_pass){0}), GB_INVALID);
    assert_string_equal(gb_layer_implementation(layer), "reference loops");
    gb_layer_destroy(layer);
    gb_layer_destroy(NULL);
    gb_context_destroy(context);
}

/* y of a layer, as doubles; parameters and x are the same numbers in both precisions */
static void run(const char *cell, gb_dtype dtype, bool training, bool zero_state, double *y) {
    gb_context *context = check_context();
    const gb_layer_spec spec = {cell, "reference", dtype, GB_BIAS_DOUBLE, I, H, T, N, training, NULL, false};
    const size_t size = dtype == GB_F64 ? sizeof(double) : sizeof(float);
    gb_layer *layer;
    size_t count;
    assert_ok(context, gb_layer_create(context, &spec, &layer));
    assert_ok(context, gb_layer_parameter_count(context, &spec, &count));
    double *numbers = check_allocate(count + T * N * I, sizeof(double));
    char *converted = check_allocate(count + T * N * I, size), *out = check_allocate(T * N * H, size);
    void *zeros = check_allocate(N * H, size);
    check_draw(1, 0.5, numbers, count + T * N * I);
    for (size_t i = 0; i < count + T * N * I; i++) {
        const float single = (float)numbers[i];
        const double rounded = single;
        memcpy(converted + i * size, dtype == GB_F64 ? (const void *)&rounded : (const void *)&single, size);
    }
    const gb_layer_pass pass = {.parameters = converted,
                                .x = converted + count * size,
                                .h0 = zero_state ? zeros : NULL,
                                .c0 = zero_state ? zeros : NULL,
                                .y = out};
    assert_ok(context, gb_layer_forward(layer, &pass));
    for (size_t i = 0; i < T * N * H; i++)
        y[i] = dtype == GB_F64 ? ((double *)(void *)out)[i] : (double)((float *)(void *)out)[i];
    free(numbers);
    free(converted);
    free(out);
    free(zeros);
    gb_layer_destroy(layer);
    gb_context_destroy(context);
}

static void precisions_and_modes_agree(void **state) {
    (void)state;
    double single[T * N * H], twice[T * N * H], inferred[T * N * H], explicit_zero[T * N * H];
    for (size_t i = 0; i < gb_cell_count(); i++) {
        const char *cell = gb_cell_at(i)->name;
        run(cell, GB_F32, true, false, single);
        run(cell, GB_F64, true, false, twice);
        run(cell, GB_F64, false, false, inferred);
        run(cell, GB_F64, true, true, explicit_zero);
        assert_true(check_norm(twice, T * N * H) > 1);
        assert_true(check_distance(single, twice, T * N * H) < 1e-6 * check_norm(twice, T * N * H));
        assert_memory_equal(inferred, twice, sizeof twice);
        assert_memory_equal(explicit_zero, twice, sizeof twice);
    }
}

/* One step of a layer from zero states: y from parameters and x. */
static void step_once(gb_context *context, gb_layer *layer, const float *parameters, const float *x, bool same,
                      float y[H]) {
    const gb_layer_pass pass = {.parameters = parameters, .x = x, .y = y, .same_parameters = same};
    assert_ok(context, gb_layer_forward(layer, &pass));
}

/* What a backend keeps of parameters that stay gives the same bits, and new parameters are read when they come. */
static void parameters_may_stay(void **state) {
    (void)state;
    gb_context *context = check_context();
    for (size_t c = 0; c < gb_cell_count() * gb_backend_count(); c++) {
        const gb_layer_spec spec = {.cell = gb_cell_at(c / gb_backend_count())->name,
                                    .backend = gb_backend_name(c % gb_backend_count()),
                                    .dtype = GB_F32,
                                    .bias = GB_BIAS_DOUBLE,
                                    .input = I,
                                    .hidden = H,
                                    .steps = 1,
                                    .batch = 1};
        size_t count;
        gb_layer *layer, *fresh;
        assert_ok(context, gb_layer_parameter_count(context, &spec, &count));
        double *drawn = check_allocate(2 * count + 2 * I, sizeof(double));
        float *numbers = check_allocate(2 * count + 2 * I, sizeof(float)), y[H], wanted[H];
        check_draw(1, 0.5, drawn, 2 * count + 2 * I);
        for (size_t i = 0; i < 2 * count + 2 * I; i++)
            numbers[i] = (float)drawn[i];
        float *first = numbers, *second = numbers + count, *x = numbers + 2 * count;
        assert_ok(context, gb_layer_create(context, &spec, &layer));
        for (int other = 0; other < 3; other++) { /* first parameters, the same again, second parameters */
            const float *parameters = other == 2 ? second : first, *input = other == 0 ? x : x + I;
            assert_ok(context, gb_layer_create(context, &spec, &fresh));
            step_once(context, fresh, parameters, input, false, wanted);
            step_once(context, layer, parameters, input, other < 2, y);
            if (memcmp(y, wanted, sizeof y) != 0)
                fail_msg("%s on %s: another y at pass %d", spec.cell, spec.backend, other);
            gb_layer_destroy(fresh);
        }
        gb_layer_destroy(layer);
        free(numbers);
        free(drawn);
    }
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_layers_are_refused),
        cmocka_unit_test(impossible_layers_are_not_counted),
        cmocka_unit_test(backward_needs_a_training_layer),
        cmocka_unit_test(precisions_and_modes_agree),
        cmocka_unit_test(parameters_may_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
