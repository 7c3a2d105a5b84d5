/* SPDX-License-Identifier: MIT */
/* Models: losses against hand-made numbers, padding, carried state, bag and order, precisions, refusals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

static void losses_are_exact_and_do_not_overflow(void **state) {
    (void)state;
    gb_context *context = check_context();
    const double biases[4] = {800, 0, -800, 1};
    const double expected[] = {
        [GB_LOSS_SOFTMAX] = 799,                                      /* log(e^800 + ...) - 1 */
        [GB_LOSS_BERNOULLI] = 800 + log(2) + 800 + log1p(exp(1)) - 1, /* targets 0 1 1 1 */
        [GB_LOSS_SQUARED] = 800. * 800 + 1 + 801. * 801 + 0,
    };
    for (gb_loss loss = GB_LOSS_SOFTMAX; loss <= GB_LOSS_SQUARED; loss++) {
        const gb_model_spec spec = toy_spec("rnn", GB_INPUT_DENSE, 0, 1, GB_HEAD_LAST, loss);
        gb_model *model;
        assert_ok(context, gb_model_create(context, &spec, &model));
        const size_t count = gb_model_parameter_count(model);
        double *values = check_allocate(count, sizeof(double)), *gradient = check_allocate(count, sizeof(double));
        memcpy(values + count - 4, biases, sizeof biases);
        gb_model_set_parameters(model, values); /* all else is zero: the biases are the logits */
        const double inputs[6] = {0}, targets[4] = {0, 1, 1, 1};
        const int32_t class = 3;
        const gb_batch batch = {.steps = 1, .sequences = 1, .inputs = inputs, .classes = &class, .targets = targets};
        gb_evaluation evaluation = {0};
        assert_ok(context, gb_model_gradient(model, &batch, &evaluation));
        check_near(evaluation.loss, expected[loss], 1e-9 * expected[loss]);
        assert_int_equal(evaluation.predictions, 1);
        assert_int_equal(evaluation.correct, 0);
        gb_model_get_gradient(model, gradient);
        for (size_t i = 0; i < count; i++)
            assert_true(isfinite(gradient[i]));
        free(values);
        free(gradient);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

/* One target or every logit that is no number: the sequence's largest error is none either, at whatever prediction. */
static void no_number_is_no_small_error(void **state) {
    (void)state;
    enum { STEPS = 3 };
    gb_context *context = check_context();
    for (size_t i = 0; i < 3 * (STEPS + 1); i++) {
        const gb_loss loss = (gb_loss)(i % 3);
        const size_t wrong = i / 3; /* the step with such a target; the last: parameters */
        const gb_model_spec spec = toy_spec("rnn", GB_INPUT_DENSE, 0, 1, GB_HEAD_EVERY, loss);
        if (loss == GB_LOSS_SOFTMAX && wrong < STEPS)
            continue; /* its targets are classes */
        gb_model *model = toy_model(context, &spec);
        toy made;
        double error = 0;
        toy_batch(&made, &spec, STEPS, 1, false, 1);
        made.batch.sequence_error = &error;
        assert_ok(context, gb_model_evaluate(model, &made.batch, NULL));
        assert_true(error > 0);
        double *const values = check_allocate(gb_model_parameter_count(model), sizeof *values);
        gb_model_get_parameters(model, values);
        *(wrong < STEPS ? &made.targets[wrong * spec.output_size] : &values[gb_model_parameter_count(model) - 1]) = NAN;
        gb_model_set_parameters(model, values);
        assert_ok(context, gb_model_evaluate(model, &made.batch, NULL));
        assert_true(isnan(error));
        free(values);
        toy_release(&made);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

enum { PADDED_STEPS = 21, PADDED_SEQUENCES = 5 };

/* Puts into the padding what would show wherever it was read. */
static void spoil_padding(toy *made, const gb_model_spec *spec) {
    for (size_t row = 0; row < PADDED_STEPS * PADDED_SEQUENCES; row++) {
        if (row / PADDED_SEQUENCES < made->lengths[row % PADDED_SEQUENCES])
            continue;
        for (size_t i = 0; i < spec->input_size; i++)
            made->inputs[row * spec->input_size + i] = NAN;
        if (spec->head == GB_HEAD_LAST) /* one class or target a sequence */
            continue;
        made->classes[row] = -9;
        for (size_t i = 0; i < spec->output_size; i++)
            made->targets[row * spec->output_size + i] = NAN;
    }
}

/* The loss of a sequence of the batch by itself. */
static double loss_alone(gb_context *context, gb_model *model, const toy *made, size_t n) {
    const gb_model_spec *spec = gb_model_get_spec(model);
    const size_t length = made->lengths[n], width = spec->input_size, outputs = spec->output_size;
    double *inputs = check_allocate(length * width, sizeof(double));
    double *targets = check_allocate(length * outputs, sizeof(double));
    int32_t *classes = check_allocate(length, sizeof(int32_t));
    for (size_t t = 0; t < length; t++) {
        const size_t row = t * PADDED_SEQUENCES + n, asked = spec->head == GB_HEAD_LAST ? n : row;
        memcpy(inputs + t * width, made->inputs + row * width, width * sizeof(double));
        memcpy(targets + t * outputs, made->targets + asked * outputs, outputs * sizeof(double));
        classes[t] = made->classes[asked];
    }
    const gb_batch alone = {.steps = length, .sequences = 1, .inputs = inputs, .classes = classes, .targets = targets};
    gb_evaluation single = {0};
    assert_ok(context, gb_model_evaluate(model, &alone, &single));
    assert_int_equal(single.predictions, spec->head == GB_HEAD_LAST ? 1 : length);
    free(inputs);
    free(targets);
    free(classes);
    return single.loss;
}

/* What a ragged batch gives is what its sequences give one by one; what stands in the padding is never seen. */
static void check_padding(gb_context *context, const gb_model_spec *spec, double tolerance) {
    gb_model *model = toy_model(context, spec);
    toy made;
    toy_batch(&made, spec, PADDED_STEPS, PADDED_SEQUENCES, true, 3);
    double losses[PADDED_SEQUENCES], again[PADDED_SEQUENCES];
    const size_t count = gb_model_parameter_count(model);
    double *gradient = check_allocate(count, sizeof(double)), *second = check_allocate(count, sizeof(double));
    gb_evaluation evaluation;
    made.batch.sequence_loss = losses;
    assert_ok(context, gb_model_gradient(model, &made.batch, &evaluation));
    gb_model_get_gradient(model, gradient);
    spoil_padding(&made, spec);
    made.batch.sequence_loss = again;
    gb_model_zero_gradient(model);
    assert_ok(context, gb_model_gradient(model, &made.batch, &evaluation));
    gb_model_get_gradient(model, second);
    assert_memory_equal(losses, again, sizeof losses);
    assert_memory_equal(gradient, second, count * sizeof(double));
    for (size_t n = 0; n < PADDED_SEQUENCES; n++)
        check_near(loss_alone(context, model, &made, n), losses[n], tolerance * (1 + losses[n]));
    free(gradient);
    free(second);
    toy_release(&made);
    gb_model_destroy(model);
}

/* Every cell on both backends, asked at every step and at the last, for classes and for numbers. */
static void padding_never_matters(void **state) {
    (void)state;
    static const gb_head heads[] = {GB_HEAD_EVERY, GB_HEAD_LAST};
    static const gb_loss losses[] = {GB_LOSS_SOFTMAX, GB_LOSS_SQUARED};
    for (size_t c = 0; c < 8 * gb_cell_count(); c++) {
        gb_context *context = check_context();
        gb_model_spec spec =
            toy_spec(gb_cell_at(c / 8)->name, GB_INPUT_DENSE, 0, 2, heads[c / 2 % 2], losses[c / 4 % 2]);
        if (c % 2) {
            spec.backend = "onednn";
            spec.dtype = GB_F32;
        }
        check_padding(context, &spec, c % 2 ? 1e-4 : 1e-12);
        gb_context_destroy(context);
    }
}

/* Segments that carry their state give what one long pass gives. */
static void carried_segments_equal_one_long_pass(void **state) {
    (void)state;
    enum { STEPS = 22, SEQUENCES = 3, CUT = 11 };
    for (size_t c = 0; c < gb_cell_count(); c++) {
        gb_context *context = check_context();
        const gb_model_spec spec = toy_spec(gb_cell_at(c)->name, GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
        gb_model *model = toy_model(context, &spec);
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, false, 3);
        double whole[STEPS * SEQUENCES * 4], parts[STEPS * SEQUENCES * 4];
        assert_ok(context, gb_model_predict(model, &made.batch, whole));
        for (size_t from = 0; from < STEPS; from += CUT) {
            gb_batch segment = made.batch;
            segment.steps = CUT;
            segment.lengths = NULL;
            segment.tokens = made.tokens + from * SEQUENCES;
            memset(made.carry, from > 0, SEQUENCES);
            segment.carry = made.carry;
            assert_ok(context, gb_model_predict(model, &segment, parts + from * SEQUENCES * 4));
            /* a training pass in between has its own carried states */
            gb_evaluation evaluation = {0};
            memset(made.carry, 0, SEQUENCES);
            assert_ok(context, gb_model_gradient(model, &segment, &evaluation));
        }
        assert_memory_equal(whole, parts, sizeof whole);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

static void carrying_what_is_not_there_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model = toy_model(context, &spec);
    gb_evaluation evaluation = {0};
    toy made;
    toy_batch(&made, &spec, 6, 3, true, 4);
    made.lengths[2] = 2;
    made.batch.carry = made.carry;
    made.carry[1] = 1;
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    made.carry[1] = 0;
    assert_ok(context, gb_model_evaluate(model, &made.batch, &evaluation));
    made.carry[0] = 1; /* full length */
    assert_ok(context, gb_model_evaluate(model, &made.batch, &evaluation));
    made.carry[2] = 1; /* was padded */
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "shorter"));
    toy_release(&made);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void bag_cannot_see_order(void **state) {
    (void)state;
    for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
        gb_context *context = check_context();
        gb_model_spec spec = toy_spec("bag", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
        spec.dtype = dtype;
        spec.hidden = 37;
        gb_model *model = toy_model(context, &spec);
        /* one sentence in columns 0 to 5, each time in another order; column 6 has other words */
        enum { N = 7, T = 4 };
        const int32_t tokens[T * N] = {0, 3, 2, 1, 0, 3, 0, 1, 2, 1, 0, 3, 1, 0,
                                       2, 1, 0, 3, 2, 0, 5, 3, 0, 3, 2, 1, 2, 4};
        const gb_batch batch = {.steps = T, .sequences = N, .tokens = tokens};
        double outputs[N * 4];
        assert_ok(context, gb_model_predict(model, &batch, outputs));
        for (size_t n = 1; n < 6; n++)
            assert_memory_equal(outputs, outputs + n * 4, 4 * sizeof(double));
        assert_memory_not_equal(outputs, outputs + 6 * 4, 4 * sizeof(double));
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

static void precisions_agree(void **state) {
    (void)state;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        double *gradients[2], losses[2];
        size_t count = 0;
        for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
            gb_context *context = check_context();
            gb_model_spec spec = toy_spec(gb_cell_at(c)->name, GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_BERNOULLI);
            spec.dtype = dtype;
            gb_model *model = toy_model(context, &spec);
            toy made;
            toy_batch(&made, &spec, 12, 3, true, 4);
            gb_evaluation evaluation = {0};
            assert_ok(context, gb_model_gradient(model, &made.batch, &evaluation));
            count = gb_model_parameter_count(model);
            gradients[dtype] = check_allocate(count, sizeof(double));
            gb_model_get_gradient(model, gradients[dtype]);
            losses[dtype] = evaluation.loss;
            toy_release(&made);
            gb_model_destroy(model);
            gb_context_destroy(context);
        }
        check_near(losses[0], losses[1], 1e-5 * losses[1]);
        assert_true(check_distance(gradients[0], gradients[1], count) < 1e-5 * check_norm(gradients[1], count));
        free(gradients[0]);
        free(gradients[1]);
    }
}

static void expect_refusal(const gb_model_spec *spec, const char *words) {
    gb_context *context = check_context();
    gb_model *model;
    assert_int_not_equal(gb_model_create(context, spec, &model), GB_OK);
    assert_null(model);
    if (!strstr(gb_context_message(context), words))
        fail_msg("'%s' does not say '%s'", gb_context_message(context), words);
    gb_context_destroy(context);
}

static void impossible_models_are_refused(void **state) {
    (void)state;
    const gb_model_spec good = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model_spec spec = good;
    spec.cell = "grru";
    expect_refusal(&spec, "did you mean 'gru'");
    spec = good;
    spec.backend = "gpu";
    expect_refusal(&spec, "unknown backend 'gpu'");
    spec = good;
    spec.layers = 0;
    expect_refusal(&spec, "layers 0");
    spec = good;
    spec.hidden = SIZE_MAX / 4;
    expect_refusal(&spec, "too large");
    spec = good;
    spec.cell = "bag";
    spec.input = GB_INPUT_DENSE;
    expect_refusal(&spec, "counts words");
    spec = good;
    spec.cell = "window";
    spec.window = 0;
    expect_refusal(&spec, "window is 0");
    spec.window = 3;
    spec.head = GB_HEAD_EVERY;
    expect_refusal(&spec, "head must be last");
}

static void wrong_batches_are_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model = toy_model(context, &spec);
    gb_evaluation evaluation = {0};
    toy made;
    toy_batch(&made, &spec, 6, 3, true, 4);
    made.tokens[1] = 6;
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "token 6 at step 0 of sequence 1"));
    made.tokens[1] = 0;
    made.classes[2] = 4;
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    made.classes[2] = 0;
    made.lengths[0] = 7;
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    made.lengths[0] = 6;
    made.batch.tokens = NULL;
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    made.batch.tokens = made.tokens;
    made.batch.lengths = NULL;
    made.batch.steps = SIZE_MAX;
    made.batch.sequences = 1;
    assert_int_equal(gb_model_evaluate(model, &made.batch, &evaluation), GB_INVALID);
    toy_release(&made);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_exact_and_do_not_overflow),
        cmocka_unit_test(no_number_is_no_small_error),
        cmocka_unit_test(padding_never_matters),
        cmocka_unit_test(carried_segments_equal_one_long_pass),
        cmocka_unit_test(carrying_what_is_not_there_is_refused),
        cmocka_unit_test(bag_cannot_see_order),
        cmocka_unit_test(precisions_agree),
        cmocka_unit_test(impossible_models_are_refused),
        cmocka_unit_test(wrong_batches_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
