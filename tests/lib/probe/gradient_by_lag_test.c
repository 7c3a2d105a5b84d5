/* SPDX-License-Identifier: MIT */
/* Gradient by lag against central differences of the states: the layers run step by step, so that the test can change a
 * state between two steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { T = 6, H = 7, E = 5, O = 4, LAYERS = 2, STATES = LAYERS * 2 * H };

/* One sequence through a model by single steps of its layers. */
typedef struct stepper {
    gb_context *context;
    const gb_model_spec *spec;
    const int32_t *tokens;
    int32_t class;
    double *values; /* the model's parameters */
    size_t layer_offset[LAYERS], output_offset;
    gb_layer *layers[LAYERS];
    size_t from;          /* steps done when `state` begins */
    double state[STATES]; /* [layer][h, c][H] */
} stepper;

static void advance(stepper *s, double state[STATES], size_t from, size_t to) {
    for (size_t t = from; t < to; t++) {
        const double *x = s->values + (size_t)s->tokens[t] * E;
        for (size_t l = 0; l < LAYERS; l++) {
            double *h = state + l * 2 * H, *c = h + H, next_h[H], next_c[H];
            const gb_layer_pass pass = {
                .parameters = s->values + s->layer_offset[l], .x = x, .h0 = h, .c0 = c, .hT = next_h, .cT = next_c};
            memcpy(next_c, c, sizeof next_c);
            assert_ok(s->context, gb_layer_forward(s->layers[l], &pass));
            memcpy(h, next_h, sizeof next_h);
            memcpy(c, next_c, sizeof next_c);
            x = h;
        }
    }
}

/* The loss of the sequence from the state after `from` steps. */
static double loss(void *user) {
    stepper *s = user;
    double state[STATES], logits[O], sum = 0;
    memcpy(state, s->state, sizeof state);
    advance(s, state, s->from, T);
    const double *kernel = s->values + s->output_offset, *bias = kernel + H * O, *h = state + (LAYERS - 1) * 2 * H;
    for (size_t o = 0; o < O; o++) {
        logits[o] = bias[o];
        for (size_t j = 0; j < H; j++)
            logits[o] += h[j] * kernel[j * O + o];
        sum += exp(logits[o]);
    }
    return log(sum) - logits[s->class];
}

static double numeric_norm(stepper *s) {
    double squares = 0;
    for (size_t i = 0; i < STATES; i++) {
        const double kept = s->state[i];
        s->state[i] = kept + 1e-5;
        const double above = loss(s);
        s->state[i] = kept - 1e-5;
        const double slope = (above - loss(s)) / 2e-5;
        s->state[i] = kept;
        squares += slope * slope;
    }
    return sqrt(squares);
}

static void check_cell(const char *cell) {
    enum { N = 2 };
    stepper s = {.context = check_context()};
    gb_model_spec spec = toy_spec(cell, GB_INPUT_TOKENS, E, LAYERS, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model = toy_model(s.context, &spec);
    toy made;
    double norms[N * (T + 1)];
    size_t underflows = 9, layer = 0;
    toy_batch(&made, &spec, T, N, false, 2);
    assert_ok(s.context, gb_probe_gradient_by_lag(model, &made.batch, T, norms, &underflows));
    assert_int_equal(underflows, 0);
    s.values = check_allocate(gb_model_parameter_count(model), sizeof(double));
    gb_model_get_parameters(model, s.values);
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *tensor = gb_model_tensor(model, i);
        if (tensor->role == GB_ROLE_KERNEL) {
            const gb_layer_spec one = {cell, "reference", GB_F64, spec.bias, layer == 0 ? E : H, H, 1,
                                       1,    false,       NULL,   false};
            assert_ok(s.context, gb_layer_create(s.context, &one, &s.layers[layer]));
            s.layer_offset[layer++] = tensor->offset;
        } else if (tensor->role == GB_ROLE_OUTPUT) {
            s.output_offset = tensor->offset;
        }
    }
    for (size_t n = 0; n < N; n++) {
        int32_t tokens[T];
        for (size_t t = 0; t < T; t++)
            tokens[t] = made.tokens[t * N + n];
        s.tokens = tokens;
        s.class = made.classes[n];
        for (size_t lag = 0; lag <= T; lag++) {
            s.from = T - lag;
            memset(s.state, 0, sizeof s.state);
            advance(&s, s.state, 0, s.from);
            const double expected = numeric_norm(&s);
            check_near(pow(10, norms[n * (T + 1) + lag]), expected, 1e-7 * expected + 1e-9);
        }
    }
    for (size_t l = 0; l < LAYERS; l++)
        gb_layer_destroy(s.layers[l]);
    free(s.values);
    toy_release(&made);
    gb_model_destroy(model);
    gb_context_destroy(s.context);
}

static void norms_agree_with_differences_on_the_states(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count(); i++)
        check_cell(gb_cell_at(i)->name);
}

/* h_t = u h_{t-1} with |u| = 1e-3 and no input: the gradient at lag k is 1e-3^k of that at lag 0, down to zero */
static void vanished_gradients_are_counted(void **state) {
    (void)state;
    enum { STEPS = 150 };
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("rnn", GB_INPUT_DENSE, 0, 1, GB_HEAD_LAST, GB_LOSS_SQUARED);
    spec.input_size = spec.hidden = spec.output_size = 1;
    spec.bias = GB_BIAS_NONE;
    spec.dtype = GB_F32;
    gb_model *model;
    assert_ok(context, gb_model_create(context, &spec, &model));
    const double values[] = {0, 1e-3, 1, 0}, inputs[STEPS] = {0}, target = 1;
    gb_model_set_parameters(model, values); /* W, U, V, b */
    const gb_batch batch = {.steps = STEPS, .sequences = 1, .inputs = inputs, .targets = &target};
    double norms[STEPS + 1];
    size_t underflows;
    assert_ok(context, gb_probe_gradient_by_lag(model, &batch, STEPS, norms, &underflows));
    for (size_t lag = 0; lag <= 100; lag++)
        check_near(norms[lag], log10(2) - 3 * (double)lag, 1e-5); /* 1e-300 has no squares to sum */
    assert_true(isinf(norms[STEPS]) && norms[STEPS] < 0);
    assert_in_range(underflows, STEPS - 100, STEPS - 99); /* below GB_PROBE_LEAST: from lag 100 or 101 on */
    assert_true(isfinite(gb_probe_gradient_profile(norms, 1, STEPS, 0).half_life));

    /* a loss of 0 has no gradient, so none that falls to half */
    const double met = 0;
    gb_batch solved = batch;
    solved.targets = &met;
    assert_ok(context, gb_probe_gradient_by_lag(model, &solved, STEPS, norms, &underflows));
    assert_int_equal(underflows, STEPS + 1);
    assert_true(isnan(gb_probe_gradient_profile(norms, 1, STEPS, 0).half_life));
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void what_has_no_lags_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec bag = toy_spec("bag", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    const gb_model_spec every = toy_spec("rnn", GB_INPUT_TOKENS, 0, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    const gb_model_spec last = toy_spec("rnn", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    const gb_model_spec *const specs[] = {&bag, &every, &last};
    const gb_status expected[] = {GB_UNSUPPORTED, GB_INVALID, GB_INVALID};
    double norms[100];
    size_t underflows;
    for (size_t i = 0; i < 3; i++) {
        gb_model *model = toy_model(context, specs[i]);
        toy made;
        toy_batch(&made, specs[i], 4, 2, false, 1);
        assert_int_equal(gb_probe_gradient_by_lag(model, &made.batch, 5, norms, &underflows), expected[i]);
        if (specs[i] == &last) { /* a sequence that continues has no loss, so there is none to go back from */
            made.batch.more = (const uint8_t[]){1, 0};
            assert_int_equal(gb_probe_gradient_by_lag(model, &made.batch, 3, norms, &underflows), GB_INVALID);
            assert_non_null(strstr(gb_context_message(context), "more"));
        }
        toy_release(&made);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms_agree_with_differences_on_the_states),
        cmocka_unit_test(vanished_gradients_are_counted),
        cmocka_unit_test(what_has_no_lags_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
