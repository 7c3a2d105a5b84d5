/* SPDX-License-Identifier: MIT */
/* Cells from outside: a cell made here with the public headers alone must give the numbers of the built-in cell with
 * the same equations, on every backend; a descriptor that cannot be run must be refused, with its reason. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

static const char *const gate_names[] = {"u", "r", "o"};

#define NUMBER float
#define FORM(name) name##_f32
#include "own_gru.h"
#undef NUMBER
#undef FORM
#define NUMBER double
#define FORM(name) name##_f64
#include "own_gru.h"

static gb_context *context_with_cell(void) {
    gb_context *context = check_context();
    assert_ok(context, gb_context_register_cell(context, &own_gru_f32, &own_gru_f64));
    return context;
}

static void known_to_its_context_alone(void **state) {
    (void)state;
    gb_context *with = context_with_cell(), *without = check_context();
    gb_layer_spec spec = {.cell = "own_gru", .backend = "reference", .input = 4, .hidden = 5, .steps = 7, .batch = 3};
    gb_layer *layer;
    size_t count;

    assert_ptr_equal(gb_context_find_cell(with, "own_gru"), &own_gru_f64.info);
    assert_ptr_equal(gb_context_find_cell(with, "lstm"), gb_cell_find("lstm"));
    assert_null(gb_context_find_cell(with, NULL));
    assert_null(gb_context_find_cell(without, "own_gru"));
    assert_null(gb_cell_find("own_gru"));
    assert_true(gb_backend_supports(with, &spec, NULL, 0));
    assert_false(gb_backend_supports(NULL, &spec, NULL, 0));
    assert_ok(with, gb_layer_parameter_count(with, &spec, &count));
    assert_int_equal(count, 3 * (4 * 5 + 5 * 5));
    assert_int_equal(gb_layer_create(without, &spec, &layer), GB_INVALID);
    assert_null(strstr(gb_context_message(without), "mingru, own_gru"));

    spec.cell = "own_gry";
    assert_int_equal(gb_layer_create(with, &spec, &layer), GB_INVALID);
    assert_non_null(strstr(gb_context_message(with), "did you mean 'own_gru'?"));
    gb_context_destroy(with);
    gb_context_destroy(without);
}

/* The loss and gradient of a two-layer model of this cell; the caller frees. */
static double *gradient_of(gb_context *context, const char *cell, const char *backend, gb_dtype dtype, gb_bias bias,
                           size_t *count, double *loss) {
    gb_model_spec spec = toy_spec(cell, GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    gb_evaluation evaluation = {0};
    toy made;
    spec.backend = backend;
    spec.dtype = dtype;
    spec.bias = bias;
    toy_batch(&made, &spec, 9, 3, true, 5);
    gb_model *model = toy_model(context, &spec);
    *count = gb_model_parameter_count(model);
    double *gradient = check_allocate(*count, sizeof(double));
    assert_ok(context, gb_model_gradient(model, &made.batch, &evaluation));
    gb_model_get_gradient(model, gradient);
    *loss = evaluation.loss;
    gb_model_destroy(model);
    toy_release(&made);
    return gradient;
}

static void same_numbers_as_the_built_in_cell(void **state) {
    (void)state;
    gb_context *context = context_with_cell();
    const struct {
        const char *backend;
        gb_dtype dtype;
        double tolerance;
    } runs[] = {{"reference", GB_F64, 1e-13}, {"reference", GB_F32, 2e-6}, {"onednn", GB_F32, 2e-6}};
    for (size_t r = 0; r < sizeof runs / sizeof *runs; r++) {
        for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++) {
            size_t count, own_count;
            double loss, own_loss;
            double *expected = gradient_of(context, "gru_reset_before", "reference", GB_F64, bias, &count, &loss);
            double *own = gradient_of(context, "own_gru", runs[r].backend, runs[r].dtype, bias, &own_count, &own_loss);
            assert_int_equal(own_count, count);
            check_near(own_loss, loss, runs[r].tolerance * loss);
            check_near(check_distance(own, expected, count), 0, runs[r].tolerance * check_norm(expected, count));
            free(expected);
            free(own);
        }
    }
    gb_context_destroy(context);
}

static void says_what_runs(void **state) {
    (void)state;
    gb_context *context = context_with_cell();
    gb_model_spec spec = toy_spec("own_gru", GB_INPUT_DENSE, 0, 1, GB_HEAD_LAST, GB_LOSS_SQUARED);
    spec.backend = "onednn";
    spec.dtype = GB_F32;
    gb_model *model = toy_model(context, &spec);
    assert_string_equal(gb_model_implementation(model), "matmul + gates (sgemm)");
    assert_string_equal(gb_model_get_spec(model)->cell, "own_gru");
    gb_model_destroy(model);
    gb_context_destroy(context);
}

/* The descriptor names the gate that keeps the memory, so the cell has a forget bias. */
static void starts_like_the_built_in_cell(void **state) {
    (void)state;
    gb_context *context = context_with_cell();
    gb_model_spec spec = toy_spec("own_gru", GB_INPUT_TOKENS, 5, 2, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *own = toy_model(context, &spec);
    spec.cell = "gru_reset_before";
    gb_model *built_in = toy_model(context, &spec);
    const size_t count = gb_model_parameter_count(own);
    double *values = check_allocate(count, sizeof(double)), *expected = check_allocate(count, sizeof(double));
    assert_ok(context, gb_model_set_forget_bias(own, "chrono:30", 2));
    assert_ok(context, gb_model_set_forget_bias(built_in, "chrono:30", 2));
    gb_model_get_parameters(own, values);
    gb_model_get_parameters(built_in, expected);
    assert_memory_equal(values, expected, count * sizeof(double));
    gb_model_destroy(own);
    gb_model_destroy(built_in);
    free(values);
    free(expected);
    gb_context_destroy(context);
}

/* Peepholes belong to the gates i, f and o alone, not to all whose names begin like those. */
static void tensors_add_up_to_the_formula(void **state) {
    (void)state;
    static const char *const gates[] = {"i", "f", "o", "input2"};
    gb_cell_info cell = {.name = "own", .gates = 4, .recurrent_gates = 4, .gate_names = gates, .peepholes = true};
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t count;
    assert_int_equal(gb_cell_tensors(&cell, 5, 7, GB_BIAS_SINGLE, tensors, &count), 4);
    assert_int_equal(gb_cell_parameters(&cell, 5, 7, GB_BIAS_SINGLE, NULL), count);
}

/* Both forms with one thing changed. */
#define REFUSED(context, change, reason)                                                                               \
    do {                                                                                                               \
        gb_cell_f32 a = own_gru_f32;                                                                                   \
        gb_cell_f64 b = own_gru_f64;                                                                                   \
        a.change;                                                                                                      \
        b.change;                                                                                                      \
        refused(context, &a, &b, reason);                                                                              \
    } while (0)

static void refused(gb_context *context, const gb_cell_f32 *a, const gb_cell_f64 *b, const char *reason) {
    assert_int_equal(gb_context_register_cell(context, a, b), GB_INVALID);
    if (!strstr(gb_context_message(context), reason))
        fail_msg("'%s' does not say '%s'", gb_context_message(context), reason);
    assert_null(gb_context_find_cell(context, "own_gru"));
}

static void refused_descriptors(void **state) {
    (void)state;
    static const char *const nameless[] = {"u", NULL, "o"}, *const twice[] = {"u", "u", "o"};
    static const char *const swapped[] = {"r", "u", "o"};
    gb_context *context = check_context();
    refused(context, NULL, &own_gru_f64, "one of them is NULL");
    refused(context, &own_gru_f32, NULL, "one of them is NULL");
    REFUSED(context, info.name = NULL, "a name has 1 to 31");
    REFUSED(context, info.name = "", "a name has 1 to 31");
    REFUSED(context, info.name = "Own GRU", "'Own GRU': a name has 1 to 31");
    REFUSED(context, info.name = "a_name_that_goes_on_and_on_and_on", "a name has 1 to 31");
    REFUSED(context, info.name = "lstm", "'lstm': the name is taken");
    REFUSED(context, info.name = "bag", "'bag': the name is taken");
    REFUSED(context, info.title = NULL, "title or its source");
    REFUSED(context, info.gates = 0, "number of gates");
    REFUSED(context, info.gates = SIZE_MAX, "number of gates");
    REFUSED(context, info.gate_names = NULL, "no names for its gates");
    REFUSED(context, info.gate_names = nameless, "one of its gates has no name");
    REFUSED(context, info.gate_names = twice, "two of its gates");
    REFUSED(context, saved = SIZE_MAX / 8, "number of saved rows");
    REFUSED(context, info.recurrent_gates = 4, "more recurrent gates than gates");
    REFUSED(context, info.recurrent_gates = 2, "needs separate_uh");
    REFUSED(context, info.forget_gate = "f", "forget gate is not one of its gates");
    REFUSED(context, info.memory_gate = "z", "memory gate is not one of its gates");
    REFUSED(context, info.memory_sign = 0, "memory_sign must be +1 or -1");
    REFUSED(context, info.memory_gate = NULL, "memory_sign must be +1 or -1");
    REFUSED(context, info.input_gate = "i", "input gate is not one of its gates");
    REFUSED(context, info.peepholes = true, "peepholes belong to gates named i, f and o");
    REFUSED(context, info.bias[GB_CONVENTION_PAPER] = (gb_bias)7, "bias for one of the conventions");
    REFUSED(context, forward = NULL, "forward or backward function");
    REFUSED(context, backward = NULL, "forward or backward function");
    REFUSED(context, gate = NULL, "second stage");
    REFUSED(context, gate_backward = NULL, "second stage");
    REFUSED(context, gated = 4, "second stage");
    REFUSED(context, first_stage = 4, "first stage has more gates");

    gb_cell_f32 others[] = {own_gru_f32, own_gru_f32, own_gru_f32, own_gru_f32};
    others[0].saved = 5;
    others[1].info.gate_names = swapped;
    others[2].info.memory_sign = -1;
    others[3].info.forget_gate = "u";
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        refused(context, &others[i], &own_gru_f64, "f32 and f64 forms differ");

    assert_ok(context, gb_context_register_cell(context, &own_gru_f32, &own_gru_f64));
    assert_int_equal(gb_context_register_cell(context, &own_gru_f32, &own_gru_f64), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "'own_gru': the name is taken"));
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_to_its_context_alone),
        cmocka_unit_test(same_numbers_as_the_built_in_cell),
        cmocka_unit_test(says_what_runs),
        cmocka_unit_test(starts_like_the_built_in_cell),
        cmocka_unit_test(tensors_add_up_to_the_formula),
        cmocka_unit_test(refused_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
