/* SPDX-License-Identifier: MIT */
/* Whole models against central differences, in f64: every cell, stacks, embedded, one-hot and dense input, every head
 * and loss, padded batches, and the two standard networks. */
#include <stdlib.h>

#include "toy.h"

static void check_model(const gb_model_spec *spec, size_t steps, bool ragged) {
    toy_problem p = {.context = check_context()};
    toy made;
    gb_evaluation evaluation = {0};
    toy_batch(&made, spec, steps, 3, ragged, 5);
    p.model = toy_model(p.context, spec);
    p.batch = &made.batch;
    const size_t count = gb_model_parameter_count(p.model);
    p.values = check_allocate(count, sizeof(double));
    double *gradient = check_allocate(count, sizeof(double));
    gb_model_get_parameters(p.model, p.values);
    assert_ok(p.context, gb_model_gradient(p.model, p.batch, &evaluation));
    gb_model_get_gradient(p.model, gradient);
    assert_true(check_norm(gradient, count) > 1e-3);
    for (size_t i = 0; i < gb_model_tensor_count(p.model); i++) {
        const gb_tensor *tensor = gb_model_tensor(p.model, i);
        if (!check_gradient(tensor->name, p.values + tensor->offset, tensor->count, 1, gradient + tensor->offset,
                            toy_mean_loss, &p)) {
            fail_msg("%s: %s of input %d embedding %zu layers %zu head %d loss %d", spec->cell, tensor->name,
                     (int)spec->input, spec->embedding, spec->layers, (int)spec->head, (int)spec->loss);
        }
    }
    free(gradient);
    free(p.values);
    toy_release(&made);
    gb_model_destroy(p.model);
    gb_context_destroy(p.context);
}

static void every_cell_in_stacks_of_two(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count(); i++) {
        for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++) {
            gb_model_spec spec = toy_spec(gb_cell_at(i)->name, GB_INPUT_TOKENS, 5, 2, GB_HEAD_EVERY, GB_LOSS_SOFTMAX);
            spec.bias = bias;
            check_model(&spec, 9, true);
        }
    }
}

static void every_head_and_loss(void **state) {
    (void)state;
    for (gb_head head = GB_HEAD_LAST; head <= GB_HEAD_MARKED; head++) {
        for (gb_loss loss = GB_LOSS_SOFTMAX; loss <= GB_LOSS_SQUARED; loss++) {
            const gb_model_spec dense = toy_spec("lstm", GB_INPUT_DENSE, 0, 1, head, loss);
            const gb_model_spec one_hot = toy_spec("gru", GB_INPUT_TOKENS, 0, 1, head, loss);
            check_model(&dense, 5, true);
            check_model(&one_hot, 13, true); /* more steps than 8: the plan is longer than the batch */
            check_model(&one_hot, 1, false);
        }
    }
}

static void standard_networks(void **state) {
    (void)state;
    for (gb_loss loss = GB_LOSS_SOFTMAX; loss <= GB_LOSS_SQUARED; loss++) {
        const gb_model_spec specs[] = {
            toy_spec("bag", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, loss),
            toy_spec("window", GB_INPUT_TOKENS, 5, 1, GB_HEAD_LAST, loss),
            toy_spec("window", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, loss),
            toy_spec("window", GB_INPUT_DENSE, 0, 1, GB_HEAD_LAST, loss),
        };
        for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
            check_model(&specs[i], 7, true);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_in_stacks_of_two),
        cmocka_unit_test(every_head_and_loss),
        cmocka_unit_test(standard_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
