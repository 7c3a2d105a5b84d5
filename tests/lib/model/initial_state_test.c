/* SPDX-License-Identifier: MIT */
/* Learned initial states: they have names and are counted, pass the gradient check for every cell, agree on every
 * backend, do not affect rows that continue, and are clipped if requested. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { STEPS = 9, SEQUENCES = 3 };

static gb_model_spec learned(const char *cell, size_t layers) {
    gb_model_spec spec = toy_spec(cell, GB_INPUT_TOKENS, 5, layers, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    spec.initial_state = GB_INITIAL_LEARNED;
    return spec;
}

static size_t first_initial(const gb_model *model) {
    size_t i = 0;
    while (gb_model_tensor(model, i)->role != GB_ROLE_INITIAL_STATE)
        i++;
    return i;
}

static void they_are_named_counted_and_zero(void **state) {
    (void)state;
    gb_context *context = check_context();
    for (size_t i = 0; i < gb_cell_count(); i++) {
        const size_t parts = gb_cell_at(i)->has_memory ? 2 : 1;
        gb_model_spec spec = learned(gb_cell_at(i)->name, 2), plain_spec = spec;
        plain_spec.initial_state = GB_INITIAL_ZERO;
        gb_model *model, *plain;
        assert_ok(context, gb_model_create(context, &spec, &model));
        assert_ok(context, gb_model_create(context, &plain_spec, &plain));
        const size_t count = gb_model_parameter_count(model), without = gb_model_parameter_count(plain);
        assert_int_equal(count, without + 2 * parts * spec.hidden);
        assert_int_equal(gb_model_recurrent_parameter_count(model), gb_model_recurrent_parameter_count(plain));
        const size_t first = first_initial(model);
        assert_int_equal(gb_model_tensor_count(model), first + 2 * parts);
        assert_string_equal(gb_model_tensor(model, first)->name, "layer0/initial_h");
        assert_string_equal(gb_model_tensor(model, first + parts)->name, "layer1/initial_h");
        if (parts == 2)
            assert_string_equal(gb_model_tensor(model, first + 3)->name, "layer1/initial_c");
        /* the same numbers as without them, and zero */
        static const char *const initialisers[] = {"keras", "pytorch", "uniform:0.1", "normal:0.1", "identity"};
        double *values = check_allocate(count, sizeof(double)), *others = check_allocate(count, sizeof(double));
        for (size_t k = 0; k < sizeof initialisers / sizeof *initialisers; k++) {
            assert_ok(context, gb_model_initialise(model, initialisers[k], 3));
            assert_ok(context, gb_model_initialise(plain, initialisers[k], 3));
            gb_model_get_parameters(model, values);
            gb_model_get_parameters(plain, others);
            assert_memory_equal(values, others, without * sizeof(double));
            for (size_t j = without; j < count; j++)
                assert_true(values[j] == 0);
        }
        free(values);
        free(others);
        gb_model_destroy(model);
        gb_model_destroy(plain);
    }
    gb_context_destroy(context);
}

static void every_cell_passes_the_gradient_check(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count(); i++) {
        toy_problem p = {.context = check_context()};
        const gb_model_spec spec = learned(gb_cell_at(i)->name, 2);
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, true, 5);
        p.model = toy_model(p.context, &spec);
        p.batch = &made.batch;
        const size_t count = gb_model_parameter_count(p.model);
        p.values = check_allocate(count, sizeof(double));
        double *gradient = check_allocate(count, sizeof(double));
        gb_model_get_parameters(p.model, p.values);
        assert_ok(p.context, gb_model_gradient(p.model, p.batch, NULL));
        gb_model_get_gradient(p.model, gradient);
        for (size_t k = first_initial(p.model); k < gb_model_tensor_count(p.model); k++) {
            const gb_tensor *tensor = gb_model_tensor(p.model, k);
            assert_true(check_norm(gradient + tensor->offset, tensor->count) > 1e-5);
            if (!check_gradient(tensor->name, p.values + tensor->offset, tensor->count, 1, gradient + tensor->offset,
                                toy_mean_loss, &p))
                fail_msg("%s: %s", spec.cell, tensor->name);
        }
        free(gradient);
        free(p.values);
        toy_release(&made);
        gb_model_destroy(p.model);
        gb_context_destroy(p.context);
    }
}

/* Loss and gradient of a backend's model with the same parameters. */
static double run_backend(gb_context *context, gb_model_spec spec, const char *backend, gb_dtype dtype,
                          const gb_batch *batch, double *gradient) {
    gb_evaluation found = {0};
    spec.backend = backend;
    spec.dtype = dtype;
    gb_model *model = toy_model(context, &spec);
    assert_ok(context, gb_model_gradient(model, batch, &found));
    gb_model_get_gradient(model, gradient);
    gb_model_destroy(model);
    return found.loss;
}

static void backends_agree(void **state) {
    (void)state;
    gb_context *context = check_context();
    for (size_t i = 0; i < gb_cell_count(); i++) {
        const gb_model_spec spec = learned(gb_cell_at(i)->name, 2);
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, true, 5);
        gb_model *model = toy_model(context, &spec);
        const size_t count = gb_model_parameter_count(model);
        double *right = check_allocate(count, sizeof(double)), *found = check_allocate(count, sizeof(double));
        const double loss = run_backend(context, spec, "reference", GB_F64, &made.batch, right);
        for (size_t b = 0; b < gb_backend_count(); b++) {
            check_near(run_backend(context, spec, gb_backend_name(b), GB_F32, &made.batch, found), loss, 1e-5 * loss);
            for (size_t k = first_initial(model); k < gb_model_tensor_count(model); k++) {
                const gb_tensor *tensor = gb_model_tensor(model, k);
                const double *wanted = right + tensor->offset;
                assert_true(check_distance(found + tensor->offset, wanted, tensor->count) <=
                            1e-5 * check_norm(wanted, tensor->count));
            }
        }
        free(right);
        free(found);
        toy_release(&made);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

/* A row that continues does not start: where all continue, the initial states have no gradient. */
static void rows_that_continue_do_not_count(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = learned("lstm", 1);
    gb_model *model = toy_model(context, &spec);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, false, 5);
    made.batch.carry = made.carry;
    const size_t count = gb_model_parameter_count(model), at = gb_model_tensor(model, first_initial(model))->offset;
    double *gradient = check_allocate(count, sizeof(double));
    assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
    memset(made.carry, 1, SEQUENCES);
    gb_model_zero_gradient(model);
    assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
    gb_model_get_gradient(model, gradient);
    assert_true(check_norm(gradient, at) > 1e-3 && check_norm(gradient + at, count - at) == 0);
    made.carry[1] = 0;
    gb_model_zero_gradient(model);
    assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
    gb_model_get_gradient(model, gradient);
    assert_true(check_norm(gradient + at, count - at) > 1e-5);
    free(gradient);
    toy_release(&made);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

/* A step so large that every number lands beyond 1. */
static void clipping_keeps_h_where_it_can_be(void **state) {
    (void)state;
    gb_context *context = check_context();
    for (gb_initial_state kind = GB_INITIAL_LEARNED; kind <= GB_INITIAL_CLIPPED; kind++) {
        gb_model_spec spec = learned("lstm", 2);
        spec.initial_state = kind;
        gb_model *model = toy_model(context, &spec);
        gb_optimizer_spec optimizer = gb_optimizer_defaults();
        optimizer.learning_rate = 10; /* adam's first step is as long as the rate */
        gb_trainer *trainer;
        gb_step_result result = {0};
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, true, 5);
        assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        double *values = check_allocate(gb_model_parameter_count(model), sizeof(double));
        gb_model_get_parameters(model, values);
        for (size_t k = first_initial(model), i = 0; k < gb_model_tensor_count(model); k++, i++) {
            const gb_tensor *tensor = gb_model_tensor(model, k);
            const bool clipped = kind == GB_INITIAL_CLIPPED && i % 2 == 0;
            for (size_t j = 0; j < tensor->count; j++) {
                const double size = fabs(values[tensor->offset + j]);
                assert_true(clipped ? size == 1 : size > 1);
            }
        }
        free(values);
        toy_release(&made);
        gb_trainer_destroy(trainer);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

/* From h_0 = 0 the gradient by lag is what it was; from another state it is another. */
static void the_probe_starts_there_too(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model_spec specs[2] = {learned("gru", 1), learned("gru", 1)};
    double lags[3][SEQUENCES * (STEPS + 1)];
    specs[1].initial_state = GB_INITIAL_ZERO;
    for (size_t i = 0; i < 3; i++) {
        gb_model_spec spec = specs[i % 2];
        spec.head = GB_HEAD_LAST;
        gb_model *model = toy_model(context, &spec);
        const size_t count = gb_model_parameter_count(model);
        double *values = check_allocate(count, sizeof(double));
        gb_model_get_parameters(model, values);
        for (size_t j = i == 0 ? gb_model_tensor(model, first_initial(model))->offset : count; j < count; j++)
            values[j] = 0;
        gb_model_set_parameters(model, values);
        toy made;
        size_t underflows;
        toy_batch(&made, &spec, STEPS, SEQUENCES, false, 5);
        assert_ok(context, gb_probe_gradient_by_lag(model, &made.batch, STEPS, lags[i], &underflows));
        free(values);
        toy_release(&made);
        gb_model_destroy(model);
    }
    assert_memory_equal(lags[0], lags[1], sizeof lags[0]);
    assert_memory_not_equal(lags[0], lags[2], sizeof lags[0]);
    gb_context_destroy(context);
}

static void standard_networks_have_none(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model_spec spec = learned("window", 1);
    gb_model *model;
    spec.head = GB_HEAD_LAST;
    assert_int_equal(gb_model_create(context, &spec, &model), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "'window' has no state"));
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_named_counted_and_zero),
        cmocka_unit_test(every_cell_passes_the_gradient_check),
        cmocka_unit_test(backends_agree),
        cmocka_unit_test(rows_that_continue_do_not_count),
        cmocka_unit_test(clipping_keeps_h_where_it_can_be),
        cmocka_unit_test(the_probe_starts_there_too),
        cmocka_unit_test(standard_networks_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
