/* SPDX-License-Identifier: MIT */
/* A trainer's state: saved in one trainer and set in another, it gives bit for bit the same further steps, on every
 * backend, in both precisions, with every optimizer, and with states carried from batch to batch. */
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { STEPS = 11, SEQUENCES = 3, BEFORE = 3, AFTER = 4 };

typedef struct pair {
    gb_model *model;
    gb_trainer *trainer;
} pair;

static pair make_pair(gb_context *context, const gb_model_spec *spec, const gb_optimizer_spec *optimizer) {
    pair made;
    made.model = toy_model(context, spec);
    assert_ok(context, gb_trainer_create(made.model, optimizer, &made.trainer));
    return made;
}

static void free_pair(pair *p) {
    gb_trainer_destroy(p->trainer);
    gb_model_destroy(p->model);
}

/* Steps first..last, each continuing from the one before; an evaluation between them has its own carried states. */
static void take_steps(gb_context *context, pair *p, const gb_model_spec *spec, size_t first, size_t last) {
    for (size_t step = first; step < last; step++) {
        toy made;
        gb_step_result result = {0};
        gb_evaluation evaluation = {0};
        toy_batch(&made, spec, STEPS, SEQUENCES, false, step);
        memset(made.carry, step > 0, SEQUENCES);
        made.batch.carry = made.carry;
        assert_ok(context, gb_trainer_step(p->trainer, &made.batch, &result));
        assert_ok(context, gb_model_evaluate(p->model, &made.batch, &evaluation));
        toy_release(&made);
    }
}

static void *save(const pair *p, size_t *size) {
    *size = gb_trainer_state_size(p->trainer);
    void *bytes = check_allocate(*size, 1);
    gb_trainer_get_state(p->trainer, bytes);
    return bytes;
}

static void check_continues(const gb_model_spec *spec, const gb_optimizer_spec *optimizer) {
    gb_context *context = check_context();
    pair whole = make_pair(context, spec, optimizer), continued = make_pair(context, spec, optimizer);
    size_t size, whole_size, continued_size;
    take_steps(context, &whole, spec, 0, BEFORE);
    void *saved = save(&whole, &size);
    take_steps(context, &whole, spec, BEFORE, BEFORE + AFTER);
    take_steps(context, &continued, spec, 0, 1); /* what it was before must not matter */
    assert_ok(context, gb_trainer_set_state(continued.trainer, saved, size));
    take_steps(context, &continued, spec, BEFORE, BEFORE + AFTER);
    void *expected = save(&whole, &whole_size), *found = save(&continued, &continued_size);
    assert_int_equal(whole_size, continued_size);
    assert_memory_equal(expected, found, whole_size);
    assert_memory_not_equal(saved, found, size);
    free(saved);
    free(expected);
    free(found);
    free_pair(&whole);
    free_pair(&continued);
    gb_context_destroy(context);
}

static void steps_go_on_bit_for_bit(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_optimizer_count() * gb_backend_count(); i++) {
        const char *backend = gb_backend_name(i % gb_backend_count());
        gb_optimizer_spec optimizer = gb_optimizer_defaults();
        optimizer.name = gb_optimizer_name(i / gb_backend_count());
        optimizer.momentum = 0.9;
        optimizer.clip_norm = 1;
        for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
            gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
            spec.dtype = dtype;
            spec.backend = backend;
            if (dtype == GB_F32 || strcmp(backend, "reference") == 0) /* the others have no f64 */
                check_continues(&spec, &optimizer);
        }
    }
}

static void other_states_are_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    gb_optimizer_spec adam = gb_optimizer_defaults(), sgd = adam;
    sgd.name = "sgd";
    pair from = make_pair(context, &spec, &adam), same = make_pair(context, &spec, &adam);
    pair other = make_pair(context, &spec, &sgd);
    size_t size;
    take_steps(context, &from, &spec, 0, 2);
    unsigned char *saved = save(&from, &size);
    assert_int_equal(gb_trainer_set_state(other.trainer, saved, size), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "sgd"));
    for (size_t shorter = 0; shorter < size; shorter += shorter < 64 ? 1 : 97)
        assert_int_equal(gb_trainer_set_state(same.trainer, saved, shorter), GB_INVALID);
    unsigned char *longer = check_allocate(size + 1, 1);
    memcpy(longer, saved, size);
    assert_int_equal(gb_trainer_set_state(same.trainer, longer, size + 1), GB_INVALID);
    assert_ok(context, gb_trainer_set_state(same.trainer, saved, size));
    free(saved);
    free(longer);
    free_pair(&from);
    free_pair(&same);
    free_pair(&other);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_go_on_bit_for_bit),
        cmocka_unit_test(other_states_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
