/* SPDX-License-Identifier: MIT */
/* Features of other frameworks' models: initial and final states of each sequence, bidirectional layers, and a
 * prediction before the first input; on every backend, with gradients. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

enum { STEPS = 11, SEQUENCES = 5, MOST = 2 * 2 * 2 * SEQUENCES * 7 };

static void check_gradients(const gb_model_spec *spec, const gb_batch *batch) {
    toy_problem p = {.context = check_context(), .batch = batch};
    p.model = toy_model(p.context, spec);
    const size_t count = gb_model_parameter_count(p.model);
    double *gradient = check_allocate(count, sizeof(double));
    p.values = check_allocate(count, sizeof(double));
    gb_model_get_parameters(p.model, p.values);
    assert_ok(p.context, gb_model_gradient(p.model, batch, NULL));
    gb_model_get_gradient(p.model, gradient);
    for (size_t k = 0; k < gb_model_tensor_count(p.model); k++) {
        const gb_tensor *tensor = gb_model_tensor(p.model, k);
        const bool unread = tensor->role == GB_ROLE_INITIAL_STATE && batch->initial_states;
        assert_true(unread || check_norm(gradient + tensor->offset, tensor->count) > 1e-6);
        if (!check_gradient(tensor->name, p.values + tensor->offset, tensor->count, 1, gradient + tensor->offset,
                            toy_mean_loss, &p))
            fail_msg("%s, %zu layers: %s", spec->cell, spec->layers, tensor->name);
    }
    free(gradient);
    free(p.values);
    gb_model_destroy(p.model);
    gb_context_destroy(p.context);
}

/* Every cell, both ways, from learned or given states, with predictions ahead, of ragged sequences. */
static void gradients_agree_with_differences(void **state) {
    (void)state;
    static const gb_head heads[] = {GB_HEAD_LAST, GB_HEAD_EVERY, GB_HEAD_MARKED};
    double initial[MOST];
    check_draw(3, 1, initial, MOST);
    for (size_t i = 0; i < gb_cell_count() * 3 * 2 * 2; i++) {
        const bool both = i % 2 == 1, given = i / 2 % 2 == 1, tokens = i / 4 % 3 != 1;
        gb_model_spec spec = toy_spec(gb_cell_at(i / 12)->name, tokens ? GB_INPUT_TOKENS : GB_INPUT_DENSE, 5, 2,
                                      heads[i / 4 % 3], GB_LOSS_SOFTMAX);
        spec.bidirectional = both;
        spec.predict_first = !both && spec.head != GB_HEAD_LAST;
        spec.initial_state = GB_INITIAL_LEARNED;
        toy made;
        toy_batch(&made, &spec, STEPS + 1, SEQUENCES, true, 5); /* a step of targets more than steps */
        made.batch.steps = STEPS;
        for (size_t n = 0; n < SEQUENCES; n++)
            made.lengths[n] = made.lengths[n] < STEPS ? made.lengths[n] : STEPS;
        made.batch.initial_states = given ? initial : NULL;
        check_gradients(&spec, &made.batch);
        toy_release(&made);
    }
}

static gb_model_spec both_ways(const char *cell, gb_head head) {
    gb_model_spec spec = toy_spec(cell, GB_INPUT_DENSE, 0, 1, head, GB_LOSS_SQUARED);
    spec.bidirectional = true;
    return spec;
}

/* One bidirectional layer is two layers side by side; the output layer is made to show one number of them. */
static void directions_are_two_layers(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count() * 2; i++) {
        const gb_head head = i % 2 ? GB_HEAD_LAST : GB_HEAD_EVERY;
        const gb_model_spec spec = both_ways(gb_cell_at(i / 2)->name, head);
        gb_context *context = check_context();
        gb_model *model = toy_model(context, &spec);
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, true, 9);
        const size_t H = spec.hidden, count = gb_model_parameter_count(model);
        const size_t outputs = (head == GB_HEAD_LAST ? 1 : STEPS) * SEQUENCES * spec.output_size;
        double *values = check_allocate(count, sizeof(double)), *predicted = check_allocate(outputs, sizeof(double));
        double *y = check_allocate(2 * STEPS * SEQUENCES * H, sizeof(double)), hT[2][SEQUENCES * 7];
        gb_model_get_parameters(model, values);
        for (size_t k = 0; k < gb_model_tensor_count(model); k++) {
            const gb_tensor *tensor = gb_model_tensor(model, k);
            if (tensor->role == GB_ROLE_KERNEL) {
                const size_t direction = strncmp(tensor->name, "layer0/reverse/", 15) == 0;
                const gb_layer_spec of = {.cell = spec.cell,
                                          .backend = "reference",
                                          .dtype = GB_F64,
                                          .bias = spec.bias,
                                          .input = spec.input_size,
                                          .hidden = H,
                                          .steps = STEPS,
                                          .batch = SEQUENCES,
                                          .reverse = direction == 1};
                gb_layer *layer;
                const gb_layer_pass pass = {.parameters = values + tensor->offset,
                                            .x = made.inputs,
                                            .y = y + direction * STEPS * SEQUENCES * H,
                                            .hT = hT[direction],
                                            .lengths = made.lengths};
                assert_ok(context, gb_layer_create(context, &of, &layer));
                assert_ok(context, gb_layer_forward(layer, &pass));
                gb_layer_destroy(layer);
            }
        }
        assert_ok(context, gb_model_predict(model, &made.batch, predicted));
        const gb_tensor *kernel = gb_model_tensor(model, gb_model_tensor_count(model) - 2);
        const double *V = values + kernel->offset, *b = V + kernel->count;
        assert_int_equal(kernel->shape[0], 2 * H);
        for (size_t row = 0; row < outputs / spec.output_size; row++) {
            const bool asked = head == GB_HEAD_LAST || row / SEQUENCES < made.lengths[row % SEQUENCES];
            for (size_t o = 0; o < spec.output_size; o++) {
                double wanted = asked ? b[o] : 0;
                for (size_t j = 0; asked && j < 2 * H; j++) {
                    const double *steps = y + (j / H * STEPS * SEQUENCES + row) * H;
                    wanted += (head == GB_HEAD_LAST ? hT[j / H][row * H + j % H] : steps[j % H]) *
                              V[j * spec.output_size + o];
                }
                check_near(predicted[row * spec.output_size + o], wanted, 1e-12);
            }
        }
        free(values);
        free(predicted);
        free(y);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* A sequence in two batches, the states handed over by the caller, predicts as in one; each sequence has its own end.
 */
static void states_hand_over(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count() * gb_backend_count(); i++) {
        gb_model_spec spec =
            toy_spec(gb_cell_at(i / gb_backend_count())->name, GB_INPUT_DENSE, 0, 2, GB_HEAD_EVERY, GB_LOSS_SQUARED);
        spec.backend = gb_backend_name(i % gb_backend_count());
        spec.dtype = GB_F32;
        gb_context *context = check_context();
        gb_model *model = toy_model(context, &spec);
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, false, 4);
        const size_t step = SEQUENCES * spec.output_size;
        double whole[STEPS * SEQUENCES * 4], part[STEPS * SEQUENCES * 4], states[MOST], ends[MOST];
        made.batch.final_states = ends;
        assert_ok(context, gb_model_predict(model, &made.batch, whole));

        size_t lengths[SEQUENCES] = {1, 2, 3, 4, 4};
        gb_batch head = made.batch;
        head.steps = 4;
        head.lengths = lengths;
        head.final_states = states;
        assert_ok(context, gb_model_predict(model, &head, part));
        for (size_t n = 0; n < SEQUENCES; n++) { /* each continues from its own end */
            const size_t done = lengths[n], parts = gb_cell_find(spec.cell)->has_memory ? 2 : 1;
            double one[MOST / SEQUENCES], last[MOST / SEQUENCES], inputs[STEPS * 6];
            for (size_t k = 0; k < 2 * parts; k++)
                memcpy(one + k * 7, states + (k * SEQUENCES + n) * 7, 7 * sizeof *one);
            for (size_t t = done; t < STEPS; t++)
                memcpy(inputs + (t - done) * 6, made.inputs + (t * SEQUENCES + n) * 6, 6 * sizeof *inputs);
            const gb_batch rest = {
                .steps = STEPS - done, .sequences = 1, .inputs = inputs, .initial_states = one, .final_states = last};
            assert_ok(context, gb_model_predict(model, &rest, part));
            for (size_t t = done; t < STEPS; t++)
                for (size_t o = 0; o < spec.output_size; o++)
                    check_near(part[(t - done) * spec.output_size + o], whole[t * step + n * spec.output_size + o],
                               2e-6);
            for (size_t k = 0; k < 2 * parts; k++)
                for (size_t j = 0; j < 7; j++)
                    check_near(last[k * 7 + j], ends[(k * SEQUENCES + n) * 7 + j], 2e-6);
        }
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* A long batch cut into segments, with states at both ends and predictions ahead, gives the same bits. */
static void segments_change_nothing(void **state) {
    (void)state;
    enum { LONG = 170 };
    for (size_t i = 0; i < gb_cell_count(); i++) {
        gb_model_spec spec = toy_spec(gb_cell_at(i)->name, GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
        spec.predict_first = true;
        spec.initial_state = GB_INITIAL_LEARNED;
        gb_context *context = check_context();
        gb_model *model = toy_model(context, &spec);
        toy made;
        toy_batch(&made, &spec, LONG + 1, SEQUENCES, true, 5);
        made.batch.steps = LONG;
        for (size_t n = 0; n < SEQUENCES; n++)
            made.lengths[n] = made.lengths[n] < LONG ? made.lengths[n] : LONG;
        const size_t count = gb_model_parameter_count(model);
        double *gradients[2], ends[2][MOST];
        memset(ends, 0, sizeof ends);
        for (size_t cut = 0; cut < 2; cut++) {
            gradients[cut] = check_allocate(count, sizeof(double));
            made.batch.final_states = ends[cut];
            gb_model_set_memory(model, cut ? 1 : 0);
            gb_model_zero_gradient(model);
            assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
            gb_model_get_gradient(model, gradients[cut]);
        }
        assert_memory_equal(ends[0], ends[1], sizeof ends[0]);
        assert_memory_equal(gradients[0], gradients[1], count * sizeof(double));
        free(gradients[0]);
        free(gradients[1]);
        toy_release(&made);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* The onednn backend's bidirectional gradient is that of the reference. */
static void backends_agree_both_ways(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count() * gb_backend_count(); i++) {
        gb_model_spec spec =
            toy_spec(gb_cell_at(i / gb_backend_count())->name, GB_INPUT_TOKENS, 5, 2, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
        spec.bidirectional = true;
        gb_context *context = check_context();
        toy made;
        toy_batch(&made, &spec, STEPS, SEQUENCES, i % 3 > 0, 6);
        gb_model *exact = toy_model(context, &spec);
        spec.backend = gb_backend_name(i % gb_backend_count());
        spec.dtype = GB_F32;
        gb_model *model = toy_model(context, &spec);
        const size_t count = gb_model_parameter_count(model);
        double *a = check_allocate(count, sizeof(double)), *b = check_allocate(count, sizeof(double));
        assert_ok(context, gb_model_gradient(exact, &made.batch, NULL));
        assert_ok(context, gb_model_gradient(model, &made.batch, NULL));
        gb_model_get_gradient(exact, a);
        gb_model_get_gradient(model, b);
        assert_true(check_distance(a, b, count) < 2e-6 * check_norm(a, count));
        free(a);
        free(b);
        toy_release(&made);
        gb_model_destroy(exact);
        gb_model_destroy(model);
        gb_context_destroy(context);
    }
}

/* Entry 0 is the output layer on the h of the start, entry t what a model without it predicts after t inputs. */
static void a_prediction_comes_before_the_first_input(void **state) {
    (void)state;
    gb_model_spec spec = toy_spec("gru", GB_INPUT_DENSE, 0, 1, GB_HEAD_EVERY, GB_LOSS_SQUARED);
    gb_context *context = check_context();
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, true, 2);
    double initial[SEQUENCES * 7], plain[STEPS * SEQUENCES * 4], ahead[(STEPS + 1) * SEQUENCES * 4];
    check_draw(8, 1, initial, SEQUENCES * 7);
    made.batch.initial_states = initial;
    gb_model *model = toy_model(context, &spec);
    assert_ok(context, gb_model_predict(model, &made.batch, plain));
    gb_model_destroy(model);
    spec.predict_first = true;
    model = toy_model(context, &spec);
    assert_ok(context, gb_model_predict(model, &made.batch, ahead));
    assert_memory_equal(ahead + SEQUENCES * 4, plain, sizeof plain);
    const size_t count = gb_model_parameter_count(model), hidden = spec.hidden;
    double *values = check_allocate(count, sizeof(double));
    gb_model_get_parameters(model, values);
    const double *V = values + gb_model_tensor(model, gb_model_tensor_count(model) - 2)->offset, *b = V + hidden * 4;
    for (size_t n = 0; n < SEQUENCES; n++) {
        for (size_t o = 0; o < 4; o++) {
            double wanted = b[o];
            for (size_t j = 0; j < hidden; j++)
                wanted += initial[n * hidden + j] * V[j * 4 + o];
            check_near(ahead[n * 4 + o], wanted, 1e-12);
        }
    }
    memset(made.carry, 0, SEQUENCES); /* a row that carries on was asked in its last batch */
    for (size_t n = 0; n < SEQUENCES; n++)
        made.lengths[n] = STEPS;
    made.batch.carry = made.carry;
    gb_evaluation evaluation;
    double *targets = check_allocate((STEPS + 1) * SEQUENCES * 4, sizeof(double));
    made.batch.targets = targets;
    made.batch.classes = NULL; /* of T steps */
    assert_ok(context, gb_model_evaluate(model, &made.batch, &evaluation));
    assert_int_equal(evaluation.predictions, (STEPS + 1) * SEQUENCES);
    made.carry[1] = 1;
    assert_ok(context, gb_model_evaluate(model, &made.batch, &evaluation));
    assert_int_equal(evaluation.predictions, (STEPS + 1) * SEQUENCES - 1);
    free(targets);
    free(values);
    toy_release(&made);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

/* oneDNN's primitive has no lengths, so a pass that needs the end of each sequence is another implementation's. */
static void the_record_names_what_ran(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    spec.dtype = GB_F32;
    spec.backend = "onednn";
    spec.implementation = "primitive";
    gb_model *model = toy_model(context, &spec);
    double *const ends = check_allocate(2 * SEQUENCES * spec.hidden, sizeof *ends);
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, true, 2);
    made.lengths[1] = 1;
    assert_ok(context, gb_model_evaluate(model, &made.batch, NULL));
    assert_non_null(strstr(gb_model_implementation(model), "rnn primitive"));
    made.batch.final_states = ends;
    assert_ok(context, gb_model_evaluate(model, &made.batch, NULL));
    assert_non_null(strstr(gb_model_implementation(model), "matmul + gates"));
    made.batch.lengths = NULL;
    assert_ok(context, gb_model_evaluate(model, &made.batch, NULL));
    assert_non_null(strstr(gb_model_implementation(model), "rnn primitive"));
    toy_release(&made);
    free(ends);
    gb_model_destroy(model);
    gb_context_destroy(context);
}

static void expect_refusal(gb_context *context, gb_status status, gb_status wanted, const char *words) {
    assert_int_equal(status, wanted);
    if (!strstr(gb_context_message(context), words))
        fail_msg("'%s' does not say '%s'", gb_context_message(context), words);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    gb_context *context = check_context();
    gb_model_spec spec = toy_spec("lstm", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model;
    toy made;
    toy_batch(&made, &spec, STEPS, SEQUENCES, false, 2);
    spec.predict_first = true;
    expect_refusal(context, gb_model_create(context, &spec, &model), GB_INVALID, "predict_first needs a model of one");
    spec.predict_first = false;
    spec.bidirectional = true;
    model = toy_model(context, &spec);
    gb_batch batch = made.batch;
    batch.carry = made.carry;
    expect_refusal(context, gb_model_evaluate(model, &batch, NULL), GB_INVALID, "carries no state");
    double norms[SEQUENCES];
    size_t underflows;
    expect_refusal(context, gb_probe_gradient_by_lag(model, &made.batch, 0, norms, &underflows), GB_UNSUPPORTED,
                   "read the future");
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_trainer *trainer;
    gb_step_result result;
    assert_ok(context, gb_trainer_create(model, &optimizer, &trainer));
    expect_refusal(context, gb_trainer_step_truncated(trainer, &made.batch, 3, &result), GB_INVALID,
                   "truncated backpropagation");
    assert_ok(context, gb_trainer_step(trainer, &made.batch, &result));
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    spec = toy_spec("bag", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    model = toy_model(context, &spec);
    made.batch.final_states = norms;
    expect_refusal(context, gb_model_evaluate(model, &made.batch, NULL), GB_INVALID, "has no state");
    made.batch.final_states = NULL;
    made.batch.more = made.carry; /* else the rows that continue would have no prediction, but a row of features */
    expect_refusal(context, gb_model_gradient(model, &made.batch, NULL), GB_INVALID, "carry and more NULL");
    gb_model_destroy(model);
    spec.bidirectional = true;
    expect_refusal(context, gb_model_create(context, &spec, &model), GB_INVALID, "has no direction");
    toy_release(&made);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_agree_with_differences),
        cmocka_unit_test(directions_are_two_layers),
        cmocka_unit_test(states_hand_over),
        cmocka_unit_test(segments_change_nothing),
        cmocka_unit_test(backends_agree_both_ways),
        cmocka_unit_test(a_prediction_comes_before_the_first_input),
        cmocka_unit_test(the_record_names_what_ran),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
