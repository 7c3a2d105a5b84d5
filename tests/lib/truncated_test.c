/* SPDX-License-Identifier: MIT */
/* Truncated backpropagation: nothing is truncated if a segment holds the whole sequence; otherwise states are carried
 * and gradients are cut between segments; and each row ends at its own length. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { STEPS = 13, SEQUENCES = 4 };

typedef struct fixture {
    gb_context *context;
    gb_model *model;
    gb_trainer *trainer;
    size_t count;
    double *parameters; /* [count] */
} fixture;

static fixture open_fixture(const gb_model_spec *spec, double rate) {
    fixture f = {.context = check_context()};
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    optimizer.name = "sgd";
    optimizer.learning_rate = 1;
    f.model = toy_model(f.context, spec);
    f.count = gb_model_parameter_count(f.model);
    f.parameters = check_allocate(f.count, sizeof(double));
    assert_ok(f.context, gb_trainer_create(f.model, &optimizer, &f.trainer));
    gb_trainer_set_learning_rate(f.trainer, rate);
    return f;
}

static void close_fixture(fixture *f) {
    free(f->parameters);
    gb_trainer_destroy(f->trainer);
    gb_model_destroy(f->model);
    gb_context_destroy(f->context);
}

static void whole_sequences_are_plain_steps(void **state) {
    (void)state;
    const gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    static const size_t steps[] = {0, STEPS, STEPS + 1};
    fixture plain = open_fixture(&spec, 0.1);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, true, 1);
    gb_step_result expected = {0};
    assert_ok(plain.context, gb_trainer_step(plain.trainer, &made.batch, &expected));
    gb_model_get_parameters(plain.model, plain.parameters);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        fixture f = open_fixture(&spec, 0.1);
        gb_step_result found = {0};
        assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &made.batch, steps[i], &found));
        gb_model_get_parameters(f.model, f.parameters);
        assert_memory_equal(f.parameters, plain.parameters, f.count * sizeof(double));
        assert_true(found.evaluation.loss == expected.evaluation.loss);
        assert_true(found.gradient_norm == expected.gradient_norm);
        close_fixture(&f);
    }
    toy_release(&made);
    close_fixture(&plain);
}

/* Without learning, a sequence in segments is the sequence: every cell, head and segment length. */
static void states_are_carried(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count() * 3; i++) {
        const gb_head head = (gb_head)(i % 3);
        const gb_model_spec spec =
            toy_spec(gb_cell_at(i / 3)->name, GB_INPUT_DENSE, 0, 2, head, i % 2 ? GB_LOSS_SQUARED : GB_LOSS_SOFTMAX);
        fixture f = open_fixture(&spec, 0);
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, true, 2);
        double loss[2][SEQUENCES], error[2][SEQUENCES];
        size_t predictions[2][SEQUENCES];
        gb_batch batches[2] = {made.batch, made.batch};
        for (size_t b = 0; b < 2; b++) {
            batches[b].sequence_loss = loss[b];
            batches[b].sequence_predictions = predictions[b];
            batches[b].sequence_error = error[b];
        }
        gb_evaluation whole;
        assert_ok(f.context, gb_model_evaluate(f.model, &batches[0], &whole));
        for (size_t steps = 1; steps < STEPS; steps += 3) {
            gb_step_result found;
            assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &batches[1], steps, &found));
            check_near(found.evaluation.loss, whole.loss, 1e-12 * whole.loss);
            assert_int_equal(found.evaluation.predictions, whole.predictions);
            assert_int_equal(found.evaluation.correct, whole.correct);
            assert_memory_equal(predictions[0], predictions[1], sizeof predictions[0]);
            assert_true(check_distance(loss[0], loss[1], SEQUENCES) <= 1e-12 * whole.loss);
            assert_true(check_distance(error[0], error[1], SEQUENCES) <= 1e-12);
        }
        toy_release(&made);
        close_fixture(&f);
    }
}

/* The same by hand: the first k steps, an update, then the rest from the state in which they ended. */
static void gradients_are_cut(void **state) {
    (void)state;
    enum { FIRST = 8 };
    const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    fixture f = open_fixture(&spec, 0.1), hand = open_fixture(&spec, 0.1), full = open_fixture(&spec, 0.1);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, false, 3);
    gb_step_result found = {0}, part = {0};
    assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &made.batch, FIRST, &found));
    gb_batch half = made.batch;
    half.steps = FIRST;
    half.lengths = NULL;
    half.carry = made.carry;
    assert_ok(hand.context, gb_trainer_step(hand.trainer, &half, &part));
    double norm = part.gradient_norm, loss = part.evaluation.loss;
    memset(made.carry, 1, SEQUENCES);
    half.steps = STEPS - FIRST;
    half.tokens += FIRST * SEQUENCES;
    half.classes += FIRST * SEQUENCES;
    assert_ok(hand.context, gb_trainer_step(hand.trainer, &half, &part));
    gb_model_get_parameters(f.model, f.parameters);
    gb_model_get_parameters(hand.model, hand.parameters);
    assert_memory_equal(f.parameters, hand.parameters, f.count * sizeof(double));
    check_near(found.gradient_norm, (norm + part.gradient_norm) / 2, 1e-15);
    check_near(found.evaluation.loss, loss + part.evaluation.loss, 1e-12);
    assert_ok(full.context, gb_trainer_step(full.trainer, &made.batch, &found));
    gb_model_get_parameters(full.model, full.parameters);
    assert_true(check_distance(f.parameters, full.parameters, f.count) > 1e-4);
    toy_release(&made);
    close_fixture(&f);
    close_fixture(&hand);
    close_fixture(&full);
}

/* With the loss at the end alone, the segments before it move nothing: one update, from the last segment's steps. */
static void silent_segments_move_nothing(void **state) {
    (void)state;
    const gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_optimizer_spec optimizer = gb_optimizer_defaults(); /* adam moves even without a gradient */
    fixture f = open_fixture(&spec, 0);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, false, 4);
    gb_step_result found = {0};
    gb_trainer_destroy(f.trainer);
    assert_ok(f.context, gb_trainer_create(f.model, &optimizer, &f.trainer));
    assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &made.batch, 5, &found));
    assert_int_equal(found.evaluation.predictions, SEQUENCES);
    double *before = check_allocate(f.count, sizeof(double));
    gb_model_get_parameters(f.model, before);
    gb_batch silent = made.batch;
    made.carry[0] = 0;
    silent.carry = made.carry;
    memset(made.marks, 1, SEQUENCES);
    silent.more = made.marks;
    assert_ok(f.context, gb_trainer_step(f.trainer, &silent, &found));
    assert_int_equal(found.evaluation.predictions, 0);
    gb_model_get_parameters(f.model, f.parameters);
    assert_memory_equal(before, f.parameters, f.count * sizeof(double));
    free(before);
    toy_release(&made);
    close_fixture(&f);
}

/* Segments without an update of their own draw their dropout as the whole sequence does: no mask occurs twice. */
static void silent_segments_share_no_dropout(void **state) {
    (void)state;
    const gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 2, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, false, 8);
    for (size_t steps = 1; steps < STEPS; steps += 3) {
        fixture whole = open_fixture(&spec, 0), f = open_fixture(&spec, 0);
        gb_step_result expected = {0}, found = {0};
        assert_ok(whole.context, gb_trainer_set_dropout(whole.trainer, 0.5, 1));
        assert_ok(f.context, gb_trainer_set_dropout(f.trainer, 0.5, 1));
        for (size_t update = 0; update < 2; update++) {
            assert_ok(whole.context, gb_trainer_step(whole.trainer, &made.batch, &expected));
            assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &made.batch, steps, &found));
            check_near(found.evaluation.loss, expected.evaluation.loss, 1e-12 * expected.evaluation.loss);
        }
        close_fixture(&whole);
        close_fixture(&f);
    }
    toy_release(&made);
}

/* Batches that continue each other do so through their segments too. */
static void carried_batches_go_on(void **state) {
    (void)state;
    const gb_model_spec spec = toy_spec("gru", GB_INPUT_TOKENS, 5, 1, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    fixture whole = open_fixture(&spec, 0), f = open_fixture(&spec, 0);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, false, 5);
    made.batch.carry = made.carry;
    for (size_t round = 0; round < 3; round++) {
        gb_step_result expected = {0}, found = {0};
        memset(made.carry, round > 0, SEQUENCES);
        made.carry[2] = round == 2; /* this row starts anew in the second round */
        assert_ok(whole.context, gb_trainer_step(whole.trainer, &made.batch, &expected));
        assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &made.batch, 5, &found));
        check_near(found.evaluation.loss, expected.evaluation.loss, 1e-12 * expected.evaluation.loss);
    }
    toy_release(&made);
    close_fixture(&whole);
    close_fixture(&f);
}

/* Every backend takes the segments' updates as the reference in f64 does. */
static void backends_agree(void **state) {
    (void)state;
    gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
    spec.initial_state = GB_INITIAL_LEARNED;
    fixture right = open_fixture(&spec, 0.1);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, true, 7);
    gb_step_result expected = {0}, found = {0};
    assert_ok(right.context, gb_trainer_step_truncated(right.trainer, &made.batch, 4, &expected));
    gb_model_get_parameters(right.model, right.parameters);
    for (size_t b = 0; b < gb_backend_count(); b++) {
        spec.backend = gb_backend_name(b);
        spec.dtype = GB_F32;
        fixture f = open_fixture(&spec, 0.1);
        assert_ok(f.context, gb_trainer_step_truncated(f.trainer, &made.batch, 4, &found));
        gb_model_get_parameters(f.model, f.parameters);
        check_near(found.evaluation.loss, expected.evaluation.loss, 1e-5 * expected.evaluation.loss);
        assert_true(check_distance(f.parameters, right.parameters, f.count) <=
                    1e-5 * check_norm(right.parameters, f.count));
        close_fixture(&f);
    }
    toy_release(&made);
    close_fixture(&right);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    const gb_model_spec spec = toy_spec("window", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    fixture f = open_fixture(&spec, 0.1);
    toy made;
    gb_step_result found = {0};
    toy_batch(&made, &spec, 9, SEQUENCES, true, 6);
    assert_int_equal(gb_trainer_step_truncated(f.trainer, &made.batch, 5, &found), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f.context), "'window' has no state"));
    made.lengths[1] = 0; /* a sequence of no step, without carry */
    assert_int_equal(gb_trainer_step_truncated(f.trainer, &made.batch, 5, &found), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f.context), "has length 0; it must be 1..9"));
    toy_release(&made);
    close_fixture(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_sequences_are_plain_steps),
        cmocka_unit_test(states_are_carried),
        cmocka_unit_test(gradients_are_cut),
        cmocka_unit_test(silent_segments_move_nothing),
        cmocka_unit_test(silent_segments_share_no_dropout),
        cmocka_unit_test(carried_batches_go_on),
        cmocka_unit_test(backends_agree),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
