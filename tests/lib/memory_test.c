/* SPDX-License-Identifier: MIT */
/* Memory: each allocation, from creation to the end of training, fails once; each time the call returns an error and
 * nothing leaks. Training steps allocate nothing. */
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { SEQUENCES = 130 }; /* in six steps enough for several segments */

typedef struct meter {
    size_t calls, held, fail_at; /* fail_at counts from 1; 0: never */
} meter;

static void *allocate(void *user, size_t bytes) {
    meter *m = user;
    m->calls++;
    if (m->calls == m->fail_at)
        return NULL;
    void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
    m->held += block != NULL;
    return block;
}

static void release(void *user, void *block) {
    meter *m = user;
    m->held -= block != NULL;
    free(block);
}

/* A whole life: model, initialiser, trainer, steps, evaluation, probe. */
static gb_status live(gb_context *context, const gb_model_spec *spec, const gb_batch *batch) {
    const gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_model *model = NULL;
    gb_trainer *trainer = NULL;
    const gb_capacity_spec capacity = {.seed = 1, .steps = 60, .warmup = 4, .lags = 4};
    gb_step_result result = {0};
    double norms[SEQUENCES * 7];
    size_t underflows;
    gb_status status = gb_model_create(context, spec, &model);
    if (status == GB_OK)
        status = gb_model_initialise(model, "keras", 1);
    const bool stack = strcmp(spec->cell, "bag") != 0 && strcmp(spec->cell, "window") != 0;
    if (status == GB_OK && stack)
        status = gb_model_initialise_recurrent(model, "scaled:0.9", 1);
    if (status == GB_OK && stack)
        status = gb_model_set_forget_bias(model, "chrono:9", 1);
    if (status == GB_OK)
        status = gb_trainer_create(model, &optimizer, &trainer);
    if (status == GB_OK && stack)
        status = gb_trainer_set_dropout(trainer, 0.1, 1);
    if (status == GB_OK) {
        gb_model_set_memory(model, 1); /* as many segments as there can be */
        status = gb_trainer_step(trainer, batch, &result);
    }
    if (status == GB_OK)
        status = gb_model_evaluate(model, batch, NULL);
    if (status == GB_OK && stack)
        status = gb_probe_gradient_by_lag(model, batch, 6, norms, &underflows);
    if (status == GB_OK && stack)
        status = gb_probe_spectrum(model, batch, 1, 0, norms);
    if (status == GB_OK && stack)
        status = gb_probe_jacobian(model, batch, 1, 1, norms);
    if (status == GB_OK && stack)
        status = gb_probe_time_constants(model, batch, 1, 0, norms);
    if (status == GB_OK && stack)
        status = gb_probe_kept(model, batch, 1, norms);
    if (status == GB_OK && stack)
        status = gb_probe_memory_capacity(model, &capacity, norms);
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    return status;
}

static void each_refused_allocation_is_reported(void **state) {
    (void)state;
    static const char *const cells[] = {"gru", "lstm_peephole", "bag", "window"};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        const gb_model_spec spec = toy_spec(cells[c], GB_INPUT_TOKENS, 5, 2, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
        toy made;
        toy_batch(&made, &spec, 6, SEQUENCES, false, 1);
        meter m = {0};
        const gb_allocator allocator = {allocate, release, &m};
        gb_context *context;
        assert_int_equal(gb_context_create(&allocator, &context), GB_OK);
        assert_ok(context, live(context, &spec, &made.batch));
        gb_context_destroy(context);
        assert_int_equal(m.held, 0);
        const size_t calls = m.calls;
        for (size_t fail_at = 1; fail_at <= calls; fail_at++) {
            m = (meter){.fail_at = fail_at};
            if (gb_context_create(&allocator, &context) == GB_OK) {
                assert_int_equal(live(context, &spec, &made.batch), GB_MEMORY);
                assert_non_null(strstr(gb_context_message(context), "out of memory"));
                gb_context_destroy(context);
            } else {
                assert_int_equal(fail_at, 1);
            }
            assert_int_equal(m.held, 0);
        }
        toy_release(&made);
    }
}

static void training_allocates_nothing_after_the_first_step(void **state) {
    (void)state;
    meter m = {0};
    const gb_allocator allocator = {allocate, release, &m};
    const gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    const gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_context *context;
    gb_trainer *trainer;
    gb_step_result result = {0};
    toy made;
    assert_int_equal(gb_context_create(&allocator, &context), GB_OK);
    gb_model *model = toy_model(context, &spec);
    toy_batch(&made, &spec, 20, 3, true, 1);
    assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
    size_t calls = 0;
    for (size_t step = 0; step < 10; step++) {
        made.batch.steps = 20 - step % 3; /* 18 to 20: all in the bucket of 24 */
        for (size_t n = 0; n < 3; n++)
            made.lengths[n] = made.lengths[n] > 18 ? 18 : made.lengths[n];
        assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
        assert_ok(context, gb_model_evaluate(model, &made.batch, NULL));
        assert_true(step == 0 || m.calls == calls);
        calls = m.calls;
    }
    /* many shapes: plans are kept for some and given back for the others */
    for (size_t steps = 1; steps <= 20; steps++) {
        for (size_t sequences = 1; sequences <= 3; sequences++) {
            gb_batch small = made.batch;
            small.steps = steps;
            small.sequences = sequences;
            small.lengths = NULL;
            assert_ok(context, gb_model_evaluate(model, &small, NULL));
        }
    }
    toy_release(&made);
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    gb_context_destroy(context);
    assert_int_equal(m.held, 0);
}

static void contexts(void **state) {
    (void)state;
    gb_context *context = check_context();
    double *block;
    assert_string_equal(gb_context_message(context), "");
    assert_int_equal(gb_allocate(context, SIZE_MAX / 4, 8, &block), GB_MEMORY);
    assert_null(block);
    assert_int_equal(gb_allocate(context, 0, 8, &block), GB_OK);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % 64, 0);
    gb_release(context, block);
    gb_release(context, NULL);
    assert_int_equal(gb_fail(context, GB_DATA, "%s %d", "file", 7), GB_DATA);
    assert_string_equal(gb_context_message(context), "file 7");
    gb_fail(context, GB_DATA, "while reading: %s", gb_context_message(context));
    assert_string_equal(gb_context_message(context), "while reading: file 7");
    gb_context_destroy(context);
    assert_int_equal(gb_context_create(&(gb_allocator){0}, &context), GB_INVALID);
    assert_null(context);
    gb_context_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_refused_allocation_is_reported),
        cmocka_unit_test(training_allocates_nothing_after_the_first_step),
        cmocka_unit_test(contexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
