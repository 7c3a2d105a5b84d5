/* SPDX-License-Identifier: MIT */
/* Training: each optimizer against steps worked out from its formula, clipping, divergence, stop rules, and a task
 * that every cell learns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { STEPS = 3 };

/* The updates of one parameter by the formulas of train.h, written for scalars. */
static double reference_update(const gb_optimizer_spec *spec, size_t step, double p, double g, double memory[3]) {
    if (strcmp(spec->name, "sgd") == 0) {
        memory[0] = spec->momentum * memory[0] - spec->learning_rate * g;
        return p + memory[0];
    }
    if (strcmp(spec->name, "rmsprop") == 0) {
        memory[0] = spec->decay * memory[0] + (1 - spec->decay) * g * g;
        memory[1] = spec->momentum * memory[1] + spec->learning_rate * g / (sqrt(memory[0]) + spec->epsilon);
        return p - memory[1];
    }
    if (strcmp(spec->name, "rmsprop_inside") == 0) {
        memory[0] = spec->decay * memory[0] + (1 - spec->decay) * g * g;
        memory[1] = spec->momentum * memory[1] + spec->learning_rate * g / sqrt(memory[0] + spec->epsilon);
        return p - memory[1];
    }
    if (strcmp(spec->name, "rmsprop_centred") == 0) {
        memory[0] = spec->decay * memory[0] + (1 - spec->decay) * g * g;
        memory[2] = spec->decay * memory[2] + (1 - spec->decay) * g;
        memory[1] = spec->momentum * memory[1] -
                    spec->learning_rate * g / sqrt(memory[0] - memory[2] * memory[2] + spec->epsilon);
        return p + memory[1];
    }
    memory[0] = spec->beta1 * memory[0] + (1 - spec->beta1) * g;
    memory[1] = spec->beta2 * memory[1] + (1 - spec->beta2) * g * g;
    const double m = memory[0] / (1 - pow(spec->beta1, (double)step));
    const double v = memory[1] / (1 - pow(spec->beta2, (double)step));
    return p - spec->learning_rate * m / (sqrt(v) + spec->epsilon);
}

/* Three steps of a trainer beside the formula fed with the gradients that the model reports. */
static void compare_steps(const gb_optimizer_spec *optimizer, gb_dtype dtype, double tolerance) {
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    spec.dtype = dtype;
    gb_model *model = toy_model(context, &spec);
    gb_trainer *trainer;
    toy made;
    toy_batch(&made, &spec, 5, 3, true, 1);
    assert_ok(context, gb_trainer_create(model, optimizer, &trainer));
    const size_t count = gb_model_parameter_count(model);
    double *expected = check_allocate(count, sizeof(double)), *gradient = check_allocate(count, sizeof(double));
    double *found = check_allocate(count, sizeof(double)), (*memory)[3] = check_allocate(count, sizeof *memory);
    gb_model_get_parameters(model, expected);
    for (size_t i = 0; i < count && strncmp(optimizer->name, "rmsprop", 7) == 0; i++)
        memory[i][0] = optimizer->state_start;
    for (size_t step = 1; step <= STEPS; step++) {
        gb_step_result result = {0};
        gb_model_zero_gradient(model);
        assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
        gb_model_get_gradient(model, gradient);
        const double norm = check_norm(gradient, count);
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        assert_false(result.diverged);
        check_near(result.gradient_norm, norm, 1e-5 * norm);
        const double factor = optimizer->clip_norm > 0 && norm > optimizer->clip_norm ? optimizer->clip_norm / norm : 1;
        for (size_t i = 0; i < count; i++) {
            double g = gradient[i] * factor;
            if (optimizer->clip_value > 0)
                g = fmax(-optimizer->clip_value, fmin(optimizer->clip_value, g));
            expected[i] = reference_update(optimizer, step, expected[i], g, memory[i]);
        }
        gb_model_get_parameters(model, found);
        assert_true(check_distance(found, expected, count) <= tolerance);
    }
    free(expected);
    free(gradient);
    free(found);
    free(memory);
    toy_release(&made);
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void optimizers_follow_their_formulas(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_optimizer_count(); i++) {
        for (size_t variant = 0; variant < 4; variant++) {
            gb_optimizer_spec spec = gb_optimizer_defaults();
            spec.name = gb_optimizer_name(i);
            spec.learning_rate = 0.01;
            spec.epsilon = 1e-4; /* so that nearly zero gradients do not decide by their rounding */
            spec.momentum = variant == 1 ? 0.9 : 0;
            spec.clip_norm = variant == 2 ? 0.05 : 0;
            spec.state_start = variant == 3 ? 0.01 : 0;
            spec.clip_value = variant == 2 ? 0.005 : 0;
            compare_steps(&spec, GB_F64, 1e-12);
            compare_steps(&spec, GB_F32, 1e-4);
        }
    }
}

/* The word 4 never occurs: without an epsilon its parameters stay where they are, also when an average that started
 * above 0 has become 0. */
static void unused_parameters_stay_without_epsilon(void **state) {
    (void)state;
    enum { UPDATES = 1000 };
    for (size_t i = 0; i < gb_optimizer_count(); i++) {
        gb_context *context = check_context();
        gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
        spec.dtype = GB_F32;
        gb_model *model = toy_model(context, &spec);
        gb_optimizer_spec optimizer = gb_optimizer_defaults();
        gb_trainer *trainer;
        gb_step_result result;
        toy made;
        optimizer.name = gb_optimizer_name(i);
        optimizer.epsilon = 0;
        optimizer.learning_rate = 1e-5;
        optimizer.state_start = i % 2 ? 1e-3 : 0;
        toy_batch(&made, &spec, 3, 2, false, 1);
        for (size_t token = 0; token < 6; token++)
            made.tokens[token] = (int32_t)(token % 2);
        assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
        double *values = check_allocate(gb_model_parameter_count(model), sizeof(double));
        for (size_t update = 0; update < UPDATES; update++)
            assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        gb_model_get_parameters(model, values);
        for (size_t k = 0; k < gb_model_parameter_count(model); k++)
            if (!isfinite(values[k]))
                fail_msg("%s: parameter %zu is %g", optimizer.name, k, values[k]);
        free(values);
        toy_release(&made);
        gb_trainer_destroy(trainer);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

static void wrong_settings_are_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("rnn", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model = toy_model(context, &spec);
    gb_trainer *trainer;
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    optimizer.name = "adan";
    assert_int_equal(gb_trainer_create(model, &optimizer, &trainer), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "did you mean 'adam'"));
    optimizer = gb_optimizer_defaults();
    optimizer.learning_rate = 0;
    assert_int_equal(gb_trainer_create(model, &optimizer, &trainer), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "learning_rate"));
    optimizer.learning_rate = NAN;
    assert_int_equal(gb_trainer_create(model, &optimizer, &trainer), GB_INVALID);
    assert_null(trainer);
    gb_trainer_destroy(NULL);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void divergence_is_a_result(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("rnn_relu", GB_INPUT_DENSE, 0, 1, GB_HEAD_LAST, GB_LOSS_SQUARED);
    gb_model *model = toy_model(context, &spec);
    const gb_optimizer_spec optimizer = gb_optimizer_defaults();
    const size_t count = gb_model_parameter_count(model);
    double *before = check_allocate(count, sizeof(double)), *after = check_allocate(count, sizeof(double));
    gb_trainer *trainer;
    gb_step_result result = {0};
    toy made;
    toy_batch(&made, &spec, 5, 3, false, 1);
    made.inputs[0] = NAN;
    assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
    gb_model_get_parameters(model, before);
    assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
    assert_true(result.diverged);
    gb_model_get_parameters(model, after);
    assert_memory_equal(before, after, count * sizeof(double));
    free(before);
    free(after);
    toy_release(&made);
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

/* The loss and gradient norm of a step are those at the noisy weights; the clean ones move. */
static void weight_noise_is_only_in_the_gradient(void **state) {
    (void)state;
    gb_context *context = check_context();
    for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
        gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
        spec.dtype = dtype;
        gb_model *model = toy_model(context, &spec);
        gb_optimizer_spec optimizer = gb_optimizer_defaults();
        optimizer.name = "sgd";
        gb_trainer *trainer;
        gb_step_result first = {0}, result = {0};
        gb_evaluation clean = {0};
        toy made;
        toy_batch(&made, &spec, 5, 3, true, 1);
        const size_t count = gb_model_parameter_count(model);
        double *before = check_allocate(count, sizeof(double)), *after = check_allocate(count, sizeof(double));
        double *gradient = check_allocate(count, sizeof(double));
        gb_model_get_parameters(model, before);
        assert_ok(context, gb_model_evaluate(model, &made.batch, &clean));
        assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
        assert_int_equal(gb_trainer_set_weight_noise(trainer, -1, 7), GB_INVALID);
        assert_ok(context, gb_trainer_set_weight_noise(trainer, 0.075, 7));
        gb_trainer_set_learning_rate(trainer, 0);
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &first));
        gb_model_get_parameters(model, after);
        assert_memory_equal(before, after, count * sizeof(double)); /* a rate of 0: the noise has gone again */
        assert_true(fabs(first.evaluation.loss - clean.loss) > 1e-3);
        gb_trainer_set_learning_rate(trainer, 0.01);
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        assert_true(result.evaluation.loss != first.evaluation.loss); /* each update has its own numbers */
        gb_model_get_parameters(model, after);
        gb_model_get_gradient(model, gradient);
        for (size_t i = 0; i < count; i++)
            check_near(after[i], before[i] - 0.01 * gradient[i], 1e-7);
        gb_trainer_destroy(trainer);

        /* the same numbers again from the same seed, others from another, and the deviation that was asked for */
        gb_model_set_parameters(model, before);
        assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
        assert_ok(context, gb_trainer_set_weight_noise(trainer, 0.075, 7));
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        assert_true(result.evaluation.loss == first.evaluation.loss);
        gb_model_set_parameters(model, before);
        assert_ok(context, gb_trainer_set_weight_noise(trainer, 0.075, 8));
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        assert_true(result.evaluation.loss != first.evaluation.loss);
        gb_model_set_parameters(model, before);
        assert_ok(context, gb_trainer_set_weight_noise(trainer, 0, 7));
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        check_near(result.evaluation.loss, clean.loss, 1e-5 * clean.loss);
        free(before);
        free(after);
        free(gradient);
        toy_release(&made);
        gb_trainer_destroy(trainer);
        gb_model_destroy(model);
    }
    gb_context_destroy(context);
}

static void stop_rules(void **state) {
    (void)state;
    gb_stop stop = gb_stop_start(&(gb_stop_spec){.reach = 0.9, .consecutive = 2});
    assert_false(gb_stop_update(&stop, 0.95, 3));
    assert_true(stop.improved);
    assert_false(gb_stop_update(&stop, 0.5, 4));
    assert_false(stop.improved);
    assert_false(gb_stop_update(&stop, 0.9, 4));
    assert_true(gb_stop_update(&stop, 0.91, 4));
    stop = gb_stop_start(&(gb_stop_spec){.patience = 2});
    assert_false(gb_stop_update(&stop, 1, 3));
    assert_false(gb_stop_update(&stop, 1, NAN));
    assert_false(gb_stop_update(&stop, 1, 2));
    check_near(stop.best_loss, 2, 0);
    assert_false(gb_stop_update(&stop, 1, 2));
    assert_true(gb_stop_update(&stop, 1, 2.5));
    stop = gb_stop_start(&(gb_stop_spec){0});
    for (size_t i = 0; i < 100; i++)
        assert_false(gb_stop_update(&stop, 1, 1));
}

static void sequences_in_a_row(void **state) {
    (void)state;
    gb_stop stop = gb_stop_start(&(gb_stop_spec){.sequences = 4, .error = 0.2});
    assert_false(gb_stop_tell_sequences(&stop, (const double[]){0.1, 0.1, 0.2, 0.1}, 4)); /* not below 0.2 */
    assert_false(gb_stop_tell_sequences(&stop, (const double[]){0.1, 0.19}, 2));
    assert_false(gb_stop_tell_sequences(&stop, (const double[]){NAN}, 1));
    assert_int_equal(stop.sequences, 0);
    assert_false(gb_stop_tell_sequences(&stop, (const double[]){0, 0, 0}, 3));
    assert_true(gb_stop_tell_sequences(&stop, (const double[]){0, 1}, 2)); /* reached within the batch */
    stop = gb_stop_start(&(gb_stop_spec){.error = 0.2});
    assert_false(gb_stop_tell_sequences(&stop, (const double[]){0, 0, 0}, 3)); /* the rule is off */
}

/* What a call writes holds nothing that it reads: whatever was there before, the numbers are the same. */
static void results_need_no_initialiser(void **state) {
    (void)state;
    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    toy made;
    toy_batch(&made, &spec, 5, 3, true, 1);
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_evaluation evaluation[2];
    gb_step_result step[4];
    for (int i = 0; i < 2; i++) {
        gb_model *model = toy_model(context, &spec);
        gb_trainer *trainer;
        memset(&evaluation[i], i == 0 ? 0 : 0xff, sizeof *evaluation);
        memset(&step[2 * i], i == 0 ? 0 : 0xff, 2 * sizeof *step);
        assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
        assert_ok(context, gb_model_evaluate(model, &made.batch, &evaluation[i]));
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &step[2 * i]));
        assert_ok(context, gb_trainer_step_truncated(trainer, &made.batch, 2, &step[2 * i + 1]));
        gb_trainer_destroy(trainer);
        gb_model_destroy(model);
    }
    assert_memory_equal(&evaluation[0], &evaluation[1], sizeof *evaluation);
    for (int i = 0; i < 2; i++) {
        assert_memory_equal(&step[i].evaluation, &step[2 + i].evaluation, sizeof *evaluation);
        assert_true(step[i].gradient_norm == step[2 + i].gradient_norm);
        assert_false(step[i].diverged || step[2 + i].diverged);
    }
    toy_release(&made);
    gb_context_destroy(context);
}

/* The largest |output - target| of each sequence, from the outputs that the model gives. */
static void errors_of_sequences(void **state) {
    (void)state;
    gb_context *context = check_context();
    enum { T = 5, N = 3, O = 4 };
    for (gb_head head = GB_HEAD_LAST; head <= GB_HEAD_EVERY; head++) {
        for (gb_loss loss = GB_LOSS_SOFTMAX; loss <= GB_LOSS_SQUARED; loss++) {
            const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, head, loss);
            gb_model *model = toy_model(context, &spec);
            toy made;
            double errors[N], outputs[T * N * O], expected[N] = {0};
            toy_batch(&made, &spec, T, N, true, 1);
            assert_ok(context, gb_model_predict(model, &made.batch, outputs));
            for (size_t t = 0; t < T; t++) {
                for (size_t n = 0; n < N; n++) {
                    const bool asked = head == GB_HEAD_LAST ? t + 1 == made.lengths[n] : t < made.lengths[n];
                    const size_t row = head == GB_HEAD_LAST ? n : t * N + n;
                    const double *z = outputs + row * O;
                    double sum = 0;
                    for (size_t o = 0; o < O; o++)
                        sum += exp(z[o]);
                    for (size_t o = 0; o < O && asked; o++) {
                        const double output = loss == GB_LOSS_SOFTMAX     ? exp(z[o]) / sum
                                              : loss == GB_LOSS_BERNOULLI ? 1 / (1 + exp(-z[o]))
                                                                          : z[o];
                        const double target =
                            loss == GB_LOSS_SOFTMAX ? (int32_t)o == made.classes[row] : made.targets[row * O + o];
                        expected[n] = fmax(expected[n], fabs(output - target));
                    }
                }
            }
            for (size_t gradient = 0; gradient < 2; gradient++) {
                gb_evaluation found;
                made.batch.sequence_error = errors;
                assert_ok(context, (gradient ? gb_model_gradient : gb_model_evaluate)(model, &made.batch, &found));
                assert_true(check_distance(errors, expected, N) <= 1e-12);
            }
            toy_release(&made);
            gb_model_destroy(model);
        }
    }
    gb_context_destroy(context);
}

/* Say at the end which word came first: recall over three steps. Gates that see the input alone cannot know that a word
 * is the first; in a second layer they can, as the minGRU's paper stacks them. */
static double learn(const char *cell, gb_dtype dtype) {
    enum { T = 3, N = 32, ROUNDS = 300 };
    gb_context *context = check_context();
    const gb_cell_info *info = gb_cell_find(cell);
    const size_t layers = info && info->recurrent_gates == 0 ? 2 : 1;
    gb_model_spec spec = toy_spec(cell, GB_INPUT_TOKENS, 8, layers, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    spec.dtype = dtype;
    spec.hidden = 24;
    spec.output_size = 6;
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    optimizer.learning_rate = 0.01;
    optimizer.clip_norm = 1;
    gb_model *model;
    gb_trainer *trainer;
    gb_step_result result = {0};
    assert_ok(context, gb_model_create(context, &spec, &model));
    assert_ok(context, gb_model_initialise(model, "keras", 1));
    assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
    for (size_t round = 0; round < ROUNDS; round++) {
        int32_t tokens[T * N];
        gb_random random = gb_random_stream(1, GB_RANDOM_TRAIN, round);
        for (size_t i = 0; i < T * N; i++)
            tokens[i] = (int32_t)gb_random_below(&random, 6);
        const gb_batch batch = {.steps = T, .sequences = N, .tokens = tokens, .classes = tokens};
        assert_ok(context, gb_trainer_step(trainer, &batch, &result));
    }
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    gb_context_destroy(context);
    return result.evaluation.loss / (double)result.evaluation.predictions;
}

static void every_cell_learns_a_short_recall(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count(); i++) {
        for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
            const double loss = learn(gb_cell_at(i)->name, dtype);
            if (!(loss < 0.1))
                fail_msg("%s ends at %g nats", gb_cell_at(i)->name, loss);
        }
    }
    assert_true(learn("window", GB_F32) < 0.1);
    assert_true(learn("bag", GB_F32) > 0.5); /* it cannot know which came first */
}

#ifdef __SSE__
/* Adam's mean of a word that no longer occurs would stay denormal, and fifty times as slow as others, for good. The
 * embedding of a word that does not occur here has no gradient, and starts as a denormal number. */
static void an_update_leaves_no_denormals(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    spec.dtype = GB_F32;
    gb_model *model = toy_model(context, &spec);
    const gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_trainer *trainer;
    gb_step_result result = {0};
    toy made;
    toy_batch(&made, &spec, 1, 1, true, 1);
    assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
    const size_t count = gb_model_parameter_count(model);
    double *values = check_allocate(count, sizeof *values), *gradient = check_allocate(count, sizeof *gradient);
    size_t unused = 0;
    gb_model_get_parameters(model, values);
    gb_model_zero_gradient(model);
    assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
    gb_model_get_gradient(model, gradient);
    while (unused < count && gradient[unused] != 0)
        unused++;
    assert_true(unused < count);
    values[unused] = 1e-39;
    gb_model_set_parameters(model, values);
    assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
    gb_model_get_parameters(model, values);
    assert_true(values[unused] == 0);
    free(values);
    free(gradient);
    toy_release(&made);
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    gb_context_destroy(context);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimizers_follow_their_formulas),
        cmocka_unit_test(unused_parameters_stay_without_epsilon),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(divergence_is_a_result),
        cmocka_unit_test(weight_noise_is_only_in_the_gradient),
        cmocka_unit_test(stop_rules),
        cmocka_unit_test(sequences_in_a_row),
        cmocka_unit_test(results_need_no_initialiser),
        cmocka_unit_test(errors_of_sequences),
        cmocka_unit_test(every_cell_learns_a_short_recall),
#ifdef __SSE__
        cmocka_unit_test(an_update_leaves_no_denormals),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
