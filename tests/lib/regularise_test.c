/* SPDX-License-Identifier: MIT */
/* Dropout between layers, and decoupled weight decay. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { STEPS = 6, SEQUENCES = 3 };

/* Where one step of SGD takes a model, with its own trainer: so every call has the same masks. */
typedef struct one_step {
    gb_context *context;
    gb_model *model;
    const gb_batch *batch;
    double dropout, decay;
    const char *optimizer;
    double *start; /* parameters before the step */
    size_t count;
} one_step;

static double step_loss(const one_step *s, uint64_t seed, double *moved) {
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_trainer *trainer;
    gb_step_result result;
    optimizer.name = s->optimizer;
    optimizer.learning_rate = 0.5;
    optimizer.weight_decay = s->decay;
    gb_model_set_parameters(s->model, s->start);
    assert_ok(s->context, gb_trainer_create(s->model, &optimizer, &trainer));
    assert_ok(s->context, gb_trainer_set_dropout(trainer, s->dropout, seed));
    assert_ok(s->context, gb_trainer_step(trainer, s->batch, &result));
    if (moved)
        gb_model_get_parameters(s->model, moved);
    gb_trainer_destroy(trainer);
    return result.evaluation.loss / (double)result.evaluation.predictions;
}

static double loss_of(void *user) {
    return step_loss(user, 9, NULL);
}

static one_step open_step(const gb_model_spec *spec, toy *made) {
    one_step s = {.context = check_context(), .batch = &made->batch, .optimizer = "sgd"};
    s.model = toy_model(s.context, spec);
    s.count = gb_model_parameter_count(s.model);
    s.start = check_allocate(s.count, sizeof(double));
    gb_model_get_parameters(s.model, s.start);
    toy_batch(made, spec, STEPS, SEQUENCES, true, 1);
    return s;
}

static void close_step(one_step *s, toy *made) {
    toy_release(made);
    gb_model_destroy(s->model);
    free(s->start);
    gb_context_destroy(s->context);
}

/* The gradient is that of the network with the same units gone, and evaluation has all of them. */
static void gradient_under_dropout(void **state) {
    (void)state;
    static const char *const cells[] = {"rnn", "lstm", "gru_reset_before"};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        const gb_model_spec spec = toy_spec(cells[c], GB_INPUT_TOKENS, 5, 3, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
        toy made;
        one_step s = open_step(&spec, &made);
        gb_evaluation plain, again;
        assert_ok(s.context, gb_model_evaluate(s.model, s.batch, &plain));
        const double mean = plain.loss / (double)plain.predictions;
        assert_true(step_loss(&s, 9, NULL) == mean); /* rate 0 */
        s.dropout = 0.4;
        double *gradient = check_allocate(s.count, sizeof(double));
        const double dropped = step_loss(&s, 9, gradient);
        assert_true(fabs(dropped - mean) > 1e-6);
        assert_true(step_loss(&s, 10, NULL) != dropped);
        for (size_t i = 0; i < s.count; i++)
            gradient[i] = (s.start[i] - gradient[i]) / 0.5;
        assert_true(check_gradient(cells[c], s.start, s.count, 3, gradient, loss_of, &s));
        gb_model_set_parameters(s.model, s.start);
        assert_ok(s.context, gb_model_evaluate(s.model, s.batch, &again));
        assert_true(again.loss == plain.loss);
        free(gradient);
        close_step(&s, &made);
    }
}

/* With the identity as second layer's kernel and nothing else, its sums are what came through: the share that did, the
 * scale, and fresh masks in every step, sequence and update. */
static void masks_are_fresh_and_fair(void **state) {
    (void)state;
    enum { T = 40, N = 20 };
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("rnn_relu", GB_INPUT_DENSE, 0, 2, GB_HEAD_EVERY, GB_LOSS_SQUARED);
    spec.input_size = spec.hidden = spec.output_size = 7;
    gb_model *model = toy_model(context, &spec);
    const size_t count = gb_model_parameter_count(model), cells = (size_t)T * N * 7;
    double *values = check_allocate(count, sizeof(double)), *errors = check_allocate(N, sizeof(double));
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *tensor = gb_model_tensor(model, i);
        for (size_t k = 0; k < tensor->count; k++)
            values[tensor->offset + k] =
                (tensor->role == GB_ROLE_KERNEL || tensor->role == GB_ROLE_OUTPUT) && k % 8 == 0;
    }
    double *inputs = check_allocate(cells, sizeof(double)), *targets = check_allocate(cells, sizeof(double));
    for (size_t i = 0; i < cells; i++)
        inputs[i] = 1;
    const gb_batch batch = {.steps = T, .sequences = N, .inputs = inputs, .targets = targets, .sequence_loss = errors};
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_trainer *trainer;
    optimizer.name = "sgd";
    optimizer.learning_rate = 1e-300; /* nothing moves, updates are counted */
    gb_model_set_parameters(model, values);
    assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
    assert_ok(context, gb_trainer_set_dropout(trainer, 0.25, 4));
    double before[N] = {0};
    for (int update = 0; update < 2; update++) {
        gb_step_result result;
        assert_ok(context, gb_trainer_step(trainer, &batch, &result));
        /* each output is 0, or 1 / 0.75, and its loss the square of that */
        const double share = result.evaluation.loss * 0.75 * 0.75 / (double)cells;
        check_near(share, 0.75, 4 * sqrt(0.75 * 0.25 / (double)cells));
        assert_memory_not_equal(before, errors, sizeof before);
        memcpy(before, errors, sizeof before);
        assert_true(before[0] != before[1] || before[1] != before[2]);
    }
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    free(values);
    free(errors);
    free(inputs);
    free(targets);
    gb_context_destroy(context);
}

/* p - lr decay p before the update: beside the plain step, for every optimizer, biases too. */
static void weight_decay_is_decoupled(void **state) {
    (void)state;
    for (size_t o = 0; o < gb_optimizer_count(); o++) {
        const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
        toy made;
        one_step s = open_step(&spec, &made);
        double *plain = check_allocate(s.count, sizeof(double)), *decayed = check_allocate(s.count, sizeof(double));
        s.optimizer = gb_optimizer_name(o);
        step_loss(&s, 1, plain);
        s.decay = 0.1;
        step_loss(&s, 1, decayed);
        for (size_t i = 0; i < s.count; i++)
            check_near(decayed[i], plain[i] - 0.5 * 0.1 * s.start[i], 1e-14 * (1 + fabs(plain[i])));
        free(plain);
        free(decayed);
        close_step(&s, &made);
    }
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_trainer *trainer;
    for (size_t layers = 1; layers <= 2; layers++) {
        const gb_model_spec spec = toy_spec("rnn", GB_INPUT_TOKENS, 5, layers, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
        gb_model *model = toy_model(context, &spec);
        optimizer.weight_decay = 0;
        assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
        assert_int_equal(gb_trainer_set_dropout(trainer, 0.5, 1), layers == 1 ? GB_INVALID : GB_OK);
        assert_int_equal(gb_trainer_set_dropout(trainer, 1, 1), GB_INVALID);
        assert_int_equal(gb_trainer_set_dropout(trainer, NAN, 1), GB_INVALID);
        gb_trainer_destroy(trainer);
        optimizer.weight_decay = -0.1;
        assert_int_equal(gb_trainer_create(model, &optimizer, &trainer), GB_INVALID);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_under_dropout),
        cmocka_unit_test(masks_are_fresh_and_fair),
        cmocka_unit_test(weight_decay_is_decoupled),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
