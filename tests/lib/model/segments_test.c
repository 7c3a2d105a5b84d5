/* SPDX-License-Identifier: MIT */
/* Bounded memory: a pass in segments, each computed again on the way back, gives the bits of the plain one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

/* What a model makes of a batch. */
typedef struct found {
    gb_evaluation evaluation, trained;
    double *gradient, *outputs;
} found;

static found run(gb_context *context, gb_model *model, const gb_batch *batch, size_t outputs) {
    const size_t count = gb_model_parameter_count(model);
    found f = {.gradient = check_allocate(count, sizeof(double)), .outputs = check_allocate(outputs, sizeof(double))};
    gb_model_zero_gradient(model);
    assert_ok(context, gb_model_gradient(model, batch, &f.trained));
    gb_model_get_gradient(model, f.gradient);
    assert_ok(context, gb_model_evaluate(model, batch, &f.evaluation));
    assert_ok(context, gb_model_predict(model, batch, f.outputs));
    return f;
}

static void drop(found *f) {
    free(f->gradient);
    free(f->outputs);
}

/* One shape with and without segments, several batches, so that segments meet what earlier ones left. */
static void compare(const gb_model_spec *spec, size_t steps, size_t sequences) {
    gb_context *context = check_context();
    gb_model *models[2] = {toy_model(context, spec), toy_model(context, spec)};
    const size_t outputs = steps * sequences * spec->output_size, count = gb_model_parameter_count(models[0]);
    gb_model_set_memory(models[1], 1);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        toy made;
        toy_batch(&made, spec, steps, sequences, true, seed);
        found plain = run(context, models[0], &made.batch, outputs);
        found cut = run(context, models[1], &made.batch, outputs);
        assert_true(check_norm(plain.gradient, count) > 0);
        assert_memory_equal(plain.gradient, cut.gradient, count * sizeof(double));
        assert_memory_equal(plain.outputs, cut.outputs, outputs * sizeof(double));
        assert_memory_equal(&plain.evaluation, &cut.evaluation, sizeof plain.evaluation);
        assert_memory_equal(&plain.trained, &cut.trained, sizeof plain.trained);
        drop(&plain);
        drop(&cut);
        toy_release(&made);
    }
    gb_model_destroy(models[0]);
    gb_model_destroy(models[1]);
    gb_context_destroy(context);
}

/* Segments have 256 / N steps here: 150 steps of 4 sequences make three of them, the last with a padded end. */
static void the_same_bits_on_reference(void **state) {
    (void)state;
    for (size_t c = 0; c < gb_cell_count(); c++) {
        for (size_t i = 0; i < 3; i++) {
            gb_model_spec spec =
                toy_spec(gb_cell_at(c)->name, i == 1 ? GB_INPUT_DENSE : GB_INPUT_TOKENS, i == 0 ? 5 : 0, 1 + i,
                         (gb_head)i, i == 1 ? GB_LOSS_SQUARED : GB_LOSS_SOFTMAX);
            spec.dtype = c % 2 ? GB_F32 : GB_F64;
            spec.initial_state = i == 2 ? GB_INITIAL_LEARNED : GB_INITIAL_ZERO;
            compare(&spec, 150, 4);
            compare(&spec, 3, 300);
        }
    }
}

/* Training with everything that goes from step to step: carried states, truncation, dropout, learned starts. */
static void the_same_training(void **state) {
    (void)state;
    enum { T = 140, N = 4 };
    gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    spec.initial_state = GB_INITIAL_LEARNED;
    for (size_t truncated = 0; truncated <= 130; truncated += 130) {
        double *parameters[2];
        size_t count = 0;
        for (int cut = 0; cut < 2; cut++) {
            gb_context *context = check_context();
            gb_model *model = toy_model(context, &spec);
            gb_optimizer_spec optimizer = gb_optimizer_defaults();
            gb_trainer *trainer;
            count = gb_model_parameter_count(model);
            parameters[cut] = check_allocate(count, sizeof(double));
            gb_model_set_memory(model, cut);
            assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
            assert_ok(context, gb_trainer_set_dropout(trainer, 0.3, 1));
            for (uint64_t i = 0; i < 3; i++) {
                gb_step_result result;
                toy made;
                toy_batch(&made, &spec, T, N, false, i + 1);
                memset(made.carry, i > 0, N);
                made.batch.carry = made.carry;
                assert_ok(context, gb_trainer_step_truncated(trainer, &made.batch, truncated, &result));
                toy_release(&made);
            }
            gb_model_get_parameters(model, parameters[cut]);
            gb_trainer_destroy(trainer);
            gb_model_destroy(model);
            gb_context_destroy(context);
        }
        assert_memory_equal(parameters[0], parameters[1], count * sizeof(double));
        free(parameters[0]);
        free(parameters[1]);
    }
}

static void close_on_onednn(void **state) {
    (void)state;
    static const char *const cells[] = {"lstm", "gru", "gru_reset_before", "mingru"};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        gb_context *context = check_context();
        gb_model_spec spec = toy_spec(cells[c], GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
        spec.backend = "onednn";
        spec.dtype = GB_F32;
        gb_model *model = toy_model(context, &spec);
        const size_t count = gb_model_parameter_count(model);
        toy made;
        toy_batch(&made, &spec, 150, 4, true, 1);
        found plain = run(context, model, &made.batch, (size_t)150 * 4 * spec.output_size);
        gb_model_set_memory(model, 1);
        found cut = run(context, model, &made.batch, (size_t)150 * 4 * spec.output_size);
        const double norm = check_norm(plain.gradient, count);
        check_near(check_distance(plain.gradient, cut.gradient, count), 0, 1e-5 * norm);
        check_near(plain.trained.loss, cut.trained.loss, 1e-6 * plain.trained.loss);
        drop(&plain);
        drop(&cut);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* Bytes that a context holds, and the most that it held. */
typedef struct held {
    size_t now, most;
} held;

static void *hold(void *user, size_t bytes) {
    held *h = user;
    char *block = aligned_alloc(64, (bytes + 127) / 64 * 64);
    assert_non_null(block);
    memcpy(block, &bytes, sizeof bytes);
    h->now += bytes;
    h->most = h->now > h->most ? h->now : h->most;
    return block + 64;
}

static void let_go(void *user, void *block) {
    size_t bytes;
    if (!block)
        return;
    memcpy(&bytes, (char *)block - 64, sizeof bytes);
    ((held *)user)->now -= bytes;
    free((char *)block - 64);
}

/* The limit is a limit: what grows with the steps is held in segments, within it. */
static void memory_is_bounded(void **state) {
    (void)state;
    enum { N = 8, LIMIT = 4 << 20 };
    static const char *const backends[] = {"reference", "onednn"};
    for (size_t b = 0; b < 2; b++) {
        size_t most[2];
        for (int cut = 0; cut < 2; cut++) {
            held memory = {0};
            const gb_allocator allocator = {hold, let_go, &memory};
            gb_context *context;
            gb_evaluation evaluation;
            assert_int_equal(gb_context_create(&allocator, &context), GB_OK);
            gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
            spec.dtype = GB_F32;
            spec.backend = backends[b];
            spec.hidden = 32;
            gb_model *model = toy_model(context, &spec);
            toy made;
            toy_batch(&made, &spec, 4000, N, false, 1);
            gb_model_set_memory(model, cut ? LIMIT : 0);
            assert_ok(context, gb_model_gradient(model, &made.batch, &evaluation));
            assert_ok(context, gb_model_evaluate(model, &made.batch, &evaluation));
            most[cut] = memory.most;
            toy_release(&made);
            gb_model_destroy(model);
            gb_context_destroy(context);
        }
        assert_true(most[1] < LIMIT);
        assert_true(most[0] > 8 * most[1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bits_on_reference),
        cmocka_unit_test(the_same_training),
        cmocka_unit_test(close_on_onednn),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
