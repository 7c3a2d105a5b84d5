/* SPDX-License-Identifier: MIT */
/* Initialisers: ranges, orthogonality, the forget bias, the same numbers in both precisions, wrong names. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

/* A model's parameters after an initialiser. */
typedef struct initialised {
    gb_context *context;
    gb_model *model;
    double *values;
} initialised;

static initialised make(const char *cell, const char *initialiser, gb_dtype dtype, uint64_t seed) {
    initialised made = {.context = check_context()};
    gb_model_spec spec = toy_spec(cell, GB_INPUT_TOKENS, 5, 2, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    spec.dtype = dtype;
    spec.bias = GB_BIAS_DOUBLE;
    spec.hidden = 20;
    assert_ok(made.context, gb_model_create(made.context, &spec, &made.model));
    assert_ok(made.context, gb_model_initialise(made.model, initialiser, seed));
    made.values = check_allocate(gb_model_parameter_count(made.model), sizeof(double));
    gb_model_get_parameters(made.model, made.values);
    return made;
}

static void drop(initialised *made) {
    free(made->values);
    gb_model_destroy(made->model);
    gb_context_destroy(made->context);
}

static const gb_tensor *tensor_of(const initialised *made, const char *name) {
    for (size_t i = 0; i < gb_model_tensor_count(made->model); i++)
        if (strcmp(gb_model_tensor(made->model, i)->name, name) == 0)
            return gb_model_tensor(made->model, i);
    fail_msg("no tensor %s", name);
    return NULL;
}

/* The largest magnitude of a tensor is at most the limit, and near it. */
static void check_range(const initialised *made, const char *name, double limit) {
    const gb_tensor *tensor = tensor_of(made, name);
    double largest = 0;
    for (size_t i = 0; i < tensor->count; i++)
        largest = fmax(largest, fabs(made->values[tensor->offset + i]));
    if (!(largest <= limit && largest > 0.75 * limit))
        fail_msg("%s: largest is %g, limit %g", name, largest, limit);
}

/* Rows i and j of gates [from, to) of a recurrent kernel multiply to 1 when equal, else 0. */
static void check_orthogonal(const initialised *made, size_t from, size_t to) {
    const gb_tensor *tensor = tensor_of(made, "layer1/recurrent");
    const size_t hidden = tensor->shape[0], width = tensor->shape[1] * hidden;
    for (size_t i = 0; i < hidden; i++) {
        for (size_t j = 0; j <= i; j++) {
            double dot = 0;
            for (size_t k = from * hidden; k < to * hidden; k++)
                dot += made->values[tensor->offset + i * width + k] * made->values[tensor->offset + j * width + k];
            check_near(dot, i == j, 1e-12);
        }
    }
}

static void keras(void **state) {
    (void)state;
    initialised made = make("lstm", "keras", GB_F64, 1);
    check_range(&made, "embedding", 0.05);
    check_range(&made, "layer0/kernel", sqrt(6. / (5 + 4 * 20)));
    check_range(&made, "layer1/kernel", sqrt(6. / (20 + 4 * 20)));
    check_range(&made, "output/kernel", sqrt(6. / (20 + 4)));
    check_orthogonal(&made, 0, 4);
    const gb_tensor *bias = tensor_of(&made, "layer0/bias"), *second = tensor_of(&made, "layer0/recurrent_bias");
    for (size_t i = 0; i < bias->count; i++) {
        check_near(made.values[bias->offset + i], i / 20 == 1, 0); /* gates i f c o */
        check_near(made.values[second->offset + i], 0, 0);
    }
    drop(&made);
    made = make("lstm_peephole", "keras", GB_F64, 1);
    check_range(&made, "layer0/peephole", sqrt(6. / (20 + 20)));
    drop(&made);
}

static void pytorch(void **state) {
    (void)state;
    initialised made = make("gru", "pytorch", GB_F64, 2);
    check_range(&made, "layer0/kernel", 1 / sqrt(20.));
    check_range(&made, "layer0/recurrent", 1 / sqrt(20.));
    check_range(&made, "layer0/bias", 1 / sqrt(20.));
    check_range(&made, "layer1/recurrent_bias", 1 / sqrt(20.));
    check_range(&made, "output/kernel", 1 / sqrt(20.));
    const gb_tensor *embedding = tensor_of(&made, "embedding");
    check_near(check_norm(made.values + embedding->offset, embedding->count), sqrt((double)embedding->count), 1.5);
    drop(&made);
}

static void named_distributions(void **state) {
    (void)state;
    initialised made = make("lstm", "uniform:0.08", GB_F64, 3);
    check_range(&made, "embedding", 0.08);
    check_range(&made, "layer0/recurrent", 0.08);
    check_near(check_norm(made.values + tensor_of(&made, "layer0/bias")->offset, 80), 0, 0);
    drop(&made);
    made = make("lstm", "normal:0.1", GB_F64, 3);
    const gb_tensor *kernel = tensor_of(&made, "layer1/recurrent");
    check_near(check_norm(made.values + kernel->offset, kernel->count) / sqrt((double)kernel->count), 0.1, 0.005);
    drop(&made);
}

static void orthogonal_by_gate(void **state) {
    (void)state;
    initialised made = make("lstm", "orthogonal", GB_F64, 4);
    for (size_t gate = 0; gate < 4; gate++)
        check_orthogonal(&made, gate, gate + 1);
    check_near(check_norm(made.values + tensor_of(&made, "layer0/bias")->offset, 80), 0, 0);
    drop(&made);
}

static void identity(void **state) {
    (void)state;
    initialised made = make("rnn_relu", "identity", GB_F64, 5);
    const gb_tensor *recurrent = tensor_of(&made, "layer0/recurrent"), *kernel = tensor_of(&made, "layer1/kernel");
    for (size_t i = 0; i < 20 * 20; i++)
        check_near(made.values[recurrent->offset + i], i / 20 == i % 20, 0);
    check_near(check_norm(made.values + kernel->offset, kernel->count), 0.02, 0.003);
    drop(&made);
    made = make("gru", "identity", GB_F64, 5);
    check_orthogonal(&made, 0, 1);
    check_orthogonal(&made, 2, 3);
    drop(&made);
}

static void seeds_and_precisions(void **state) {
    (void)state;
    initialised one = make("gru", "keras", GB_F64, 6), same = make("gru", "keras", GB_F32, 6),
                other = make("gru", "keras", GB_F64, 7);
    const size_t count = gb_model_parameter_count(one.model);
    for (size_t i = 0; i < count; i++)
        assert_true((float)one.values[i] == (float)same.values[i]);
    assert_true(check_distance(one.values, other.values, count) > 1);
    drop(&one);
    drop(&same);
    drop(&other);
}

static void wrong_names_are_told(void **state) {
    (void)state;
    static const char *const good[] = {"keras", "pytorch", "uniform:0.1", "normal:1e-3", "orthogonal", "identity"};
    static const char *const bad[] = {"kerass",     "",           "uniform",   "uniform:",   "uniform:x",
                                      "uniform:-1", "normal:inf", "keras:0.1", "normal:0.1x"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(gb_initialiser_error(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(gb_initialiser_error(bad[i]));
    initialised made = make("gru", "keras", GB_F64, 6);
    assert_int_equal(gb_model_initialise(made.model, "xavier", 1), GB_INVALID);
    assert_non_null(strstr(gb_context_message(made.context), "known: keras"));
    drop(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keras),
        cmocka_unit_test(pytorch),
        cmocka_unit_test(named_distributions),
        cmocka_unit_test(orthogonal_by_gate),
        cmocka_unit_test(identity),
        cmocka_unit_test(seeds_and_precisions),
        cmocka_unit_test(wrong_names_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
