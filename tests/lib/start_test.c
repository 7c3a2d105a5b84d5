/* SPDX-License-Identifier: MIT */
/* Initial values that have settings of their own: forget biases, tested by what a step keeps, and recurrent kernels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { HIDDEN = 7 };

static const gb_tensor *tensor_of(const gb_model *model, const char *name) {
    for (size_t i = 0; i < gb_model_tensor_count(model); i++)
        if (strcmp(gb_model_tensor(model, i)->name, name) == 0)
            return gb_model_tensor(model, i);
    return NULL;
}

static gb_model *make(gb_context *context, const char *cell, gb_bias bias, size_t hidden) {
    gb_model *model;
    gb_model_spec spec = toy_spec(cell, GB_INPUT_DENSE, 0, 2, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    spec.bias = bias;
    spec.hidden = hidden;
    assert_ok(context, gb_model_create(context, &spec, &model));
    return model;
}

static double *parameters_of(const gb_model *model) {
    double *values = check_allocate(gb_model_parameter_count(model), sizeof *values);
    gb_model_get_parameters(model, values);
    return values;
}

/* What share of a state of 0.5 in every unit is left after a step without input, in the second layer. */
static void shares_kept(gb_context *context, const gb_model *model, double *shares) {
    const gb_model_spec *of = gb_model_get_spec(model);
    const gb_layer_spec spec = {.cell = of->cell,
                                .backend = "reference",
                                .dtype = GB_F64,
                                .bias = of->bias,
                                .input = of->hidden,
                                .hidden = of->hidden,
                                .steps = 1,
                                .batch = 1};
    double *parameters = parameters_of(model), *y = check_allocate(of->hidden, sizeof *y);
    double *x = check_allocate(of->hidden, sizeof *x), *state = check_allocate(of->hidden, sizeof *state);
    for (size_t j = 0; j < of->hidden; j++)
        state[j] = 0.5;
    gb_layer *layer;
    assert_ok(context, gb_layer_create(context, &spec, &layer));
    const bool memory = gb_context_find_cell(context, of->cell)->has_memory;
    const gb_layer_pass pass = {.parameters = parameters + tensor_of(model, "layer1/kernel")->offset,
                                .x = x,
                                .h0 = state,
                                .c0 = state,
                                .y = y,
                                .hT = memory ? NULL : shares,
                                .cT = shares};
    assert_ok(context, gb_layer_forward(layer, &pass));
    for (size_t j = 0; j < of->hidden; j++)
        shares[j] /= 0.5;
    gb_layer_destroy(layer);
    free(parameters);
    free(y);
    free(x);
    free(state);
}

static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

/* Whatever a cell calls its gate and whichever way it turns, the share kept is sigmoid(b). */
static void a_number_is_what_is_kept(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } biases[] = {{"-1", -1}, {"0", 0}, {"1", 1}, {"2.5", 2.5}, {"5", 5}};
    gb_context *context = check_context();
    size_t cells = 0;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        const gb_cell_info *cell = gb_cell_at(c);
        cells += cell->memory_gate ? 1 : 0;
        for (gb_bias bias = GB_BIAS_SINGLE; cell->memory_gate && bias <= GB_BIAS_DOUBLE; bias++) {
            gb_model *model = make(context, cell->name, bias, HIDDEN);
            for (size_t i = 0; i < sizeof biases / sizeof *biases; i++) {
                double shares[HIDDEN];
                assert_null(gb_forget_bias_error(biases[i].text));
                assert_ok(context, gb_model_set_forget_bias(model, biases[i].text, 1));
                shares_kept(context, model, shares);
                for (size_t j = 0; j < HIDDEN; j++)
                    check_near(shares[j], sigmoid(biases[i].value), 1e-14);
            }
            gb_model_destroy(model);
        }
    }
    assert_int_equal(cells, 9); /* all but rnn and rnn_relu */
    gb_context_destroy(context);
}

/* 1 / (1 - kept) - 1 = exp(b) is uniform on [1, Tmax - 1]; the lstm's input gate has the opposite bias. */
static void chrono_spreads_time_constants(void **state) {
    (void)state;
    enum { MANY = 2000, TMAX = 151 };
    static const char *const cells[] = {"lstm", "gru", "mingru", "mgu"};
    gb_context *context = check_context();
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        gb_model *model = make(context, cells[c], GB_BIAS_SINGLE, c == 0 ? MANY / 10 : MANY / 20);
        const size_t hidden = gb_model_get_spec(model)->hidden;
        double shares[MANY], least = INFINITY, most = 0, sum = 0;
        assert_ok(context, gb_model_set_forget_bias(model, "chrono:151", 3));
        shares_kept(context, model, shares);
        for (size_t j = 0; j < hidden; j++) {
            const double constant = 1 / (1 - shares[j]) - 1;
            least = fmin(least, constant);
            most = fmax(most, constant);
            sum += constant;
        }
        assert_true(least >= 1 - 1e-9 && least < 10 && most <= TMAX - 1 && most > TMAX - 10);
        check_near(sum / (double)hidden, TMAX / 2.0, 4 * TMAX / sqrt(12.0 * (double)hidden));
        double *values = parameters_of(model);
        const gb_tensor *bias = tensor_of(model, "layer0/bias"), *upper = tensor_of(model, "layer1/bias");
        assert_true(values[bias->offset] != values[upper->offset]);
        for (size_t j = 0; c == 0 && j < hidden; j++) /* i f c o */
            assert_true(values[bias->offset + j] == -values[bias->offset + hidden + j]);
        gb_model_destroy(model);
        free(values);
    }
    gb_context_destroy(context);
}

/* Nothing but the named gates moves, and with two sets of biases the second one holds nothing of them. */
static void other_parameters_stay(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model *model = make(context, "lstm", GB_BIAS_DOUBLE, HIDDEN);
    assert_ok(context, gb_model_initialise(model, "pytorch", 1));
    double *before = parameters_of(model);
    assert_ok(context, gb_model_set_forget_bias(model, "chrono:20", 1));
    double *after = parameters_of(model);
    size_t moved = 0;
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *tensor = gb_model_tensor(model, i);
        for (size_t k = 0; k < tensor->count; k++) {
            const bool bias = tensor->role == GB_ROLE_BIAS || tensor->role == GB_ROLE_RECURRENT_BIAS;
            const bool named = bias && k < 2 * HIDDEN; /* i and f */
            const size_t at = tensor->offset + k;
            assert_true(named == (before[at] != after[at]));
            assert_true(!named || tensor->role == GB_ROLE_BIAS || after[at] == 0);
            moved += named;
        }
    }
    assert_int_equal(moved, 2 * 2 * 2 * HIDDEN);
    gb_model_destroy(model);
    free(before);
    free(after);
    gb_context_destroy(context);
}

/* Each gate's block B of `name`: the largest entry of B B^T - rho^2 I. */
static double distance_from_scaled(const gb_model *model, const char *name, double rho) {
    const gb_tensor *tensor = tensor_of(model, name);
    double *values = parameters_of(model), worst = 0;
    const size_t hidden = tensor->shape[0], gates = tensor->shape[1];
    for (size_t gate = 0; gate < gates; gate++) {
        for (size_t i = 0; i < hidden; i++) {
            for (size_t j = 0; j < hidden; j++) {
                double sum = i == j ? -rho * rho : 0;
                for (size_t k = 0; k < hidden; k++) {
                    sum += values[tensor->offset + (i * gates + gate) * hidden + k] *
                           values[tensor->offset + (j * gates + gate) * hidden + k];
                }
                worst = fmax(worst, fabs(sum));
            }
        }
    }
    free(values);
    return worst;
}

static void recurrent_kernels_apart(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model *model = make(context, "lstm", GB_BIAS_SINGLE, HIDDEN);
    const size_t bytes = gb_model_parameter_count(model) * sizeof(double);
    assert_ok(context, gb_model_initialise(model, "keras", 5));
    double *before = parameters_of(model);
    assert_ok(context, gb_model_initialise_recurrent(model, "orthogonal_whole", 5));
    double *after = parameters_of(model);
    assert_memory_equal(before, after, bytes);
    free(after);
    assert_true(distance_from_scaled(model, "layer1/recurrent", 1) > 0.1);
    assert_ok(context, gb_model_initialise_recurrent(model, "orthogonal", 5));
    assert_true(distance_from_scaled(model, "layer1/recurrent", 1) < 1e-13);
    assert_ok(context, gb_model_initialise_recurrent(model, "scaled:0.95", 5));
    assert_true(distance_from_scaled(model, "layer1/recurrent", 0.95) < 1e-13);
    assert_ok(context, gb_model_initialise_recurrent(model, "identity", 5));
    after = parameters_of(model);
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *tensor = gb_model_tensor(model, i);
        for (size_t k = 0; k < tensor->count; k++) {
            const size_t row = k / (4 * HIDDEN), column = k % HIDDEN;
            const double expected =
                tensor->role == GB_ROLE_RECURRENT ? (row == column ? 1 : 0) : before[tensor->offset + k];
            assert_true(after[tensor->offset + k] == expected);
        }
    }
    gb_model_destroy(model);
    free(before);
    free(after);
    gb_context_destroy(context);
}

static void refuse(gb_context *context, const char *cell, gb_bias bias, const char *forget, const char *recurrent,
                   const char *reason) {
    gb_model *model = make(context, cell, bias, HIDDEN);
    const gb_status status =
        forget ? gb_model_set_forget_bias(model, forget, 1) : gb_model_initialise_recurrent(model, recurrent, 1);
    assert_int_equal(status, GB_INVALID);
    if (!strstr(gb_context_message(context), reason))
        fail_msg("'%s' does not say '%s'", gb_context_message(context), reason);
    gb_model_destroy(model);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    refuse(context, "rnn", GB_BIAS_SINGLE, "1", NULL, "'rnn' has no gate that keeps the memory");
    refuse(context, "lstm", GB_BIAS_NONE, "1", NULL, "without biases");
    refuse(context, "lstm", GB_BIAS_SINGLE, "one", NULL, "a number, or chrono:Tmax");
    refuse(context, "lstm", GB_BIAS_SINGLE, "inf", NULL, "a number, or chrono:Tmax");
    refuse(context, "lstm", GB_BIAS_SINGLE, "chrono", NULL, "a number, or chrono:Tmax");
    refuse(context, "lstm", GB_BIAS_SINGLE, "chrono:2", NULL, "Tmax above 2");
    refuse(context, "mingru", GB_BIAS_SINGLE, NULL, "orthogonal", "'mingru' has no recurrent kernel");
    refuse(context, "lstm", GB_BIAS_SINGLE, NULL, "keras", "known: orthogonal, orthogonal_whole");
    refuse(context, "lstm", GB_BIAS_SINGLE, NULL, "scaled", "scaled needs a number above 0");
    assert_non_null(gb_forget_bias_error(NULL));
    assert_non_null(gb_forget_bias_error("chrono:1.5"));
    assert_null(gb_forget_bias_error("chrono:2.5"));
    assert_non_null(gb_recurrent_initialiser_error("scaled:-1"));
    assert_null(gb_recurrent_initialiser_error("scaled:1.05"));
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_what_is_kept),  cmocka_unit_test(chrono_spreads_time_constants),
        cmocka_unit_test(other_parameters_stay),     cmocka_unit_test(recurrent_kernels_apart),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
