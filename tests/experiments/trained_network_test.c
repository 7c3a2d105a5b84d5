/* SPDX-License-Identifier: MIT */
/* The network of a trial has the parameters that were tested, and computes the same after conversion to a network and
 * back to a model. */
#include "experiments/settings/task_facts.h"
#include "interchange/network/network.h"
#include "tests/experiments/trial_fixture.h"

static gb_model *run_keeping(const trial_settings *settings, trial_record *record) {
    gb_model *model;
    if (trial_run_keeping(context, settings, NULL, NULL, record, &model))
        fail_msg("%s", gb_context_message(context));
    return model;
}

/* Whether other parameters than those of the last step were tested. */
static bool check_tested(const char *seed) {
    trial_record record;
    task *opened = NULL;
    task_batch batch = {0};
    gb_evaluation found;
    trial_settings t = SETTINGS("recall", TINY, "cell", "rnn", "lr", "0.5", "steps", "200", "evaluate_every", "10",
                                "seed", seed, "select", "best");
    gb_model *model = run_keeping(&t, &record);
    assert_non_null(model);
    assert_int_equal(trial_open_task(context, &t, &opened), GB_OK);
    assert_int_equal(task_get_batch(opened, TASK_TEST, strtoull(seed, NULL, 10), 0, 50, &batch), GB_OK);
    assert_int_equal(gb_model_evaluate(model, &batch.batch, &found), GB_OK);
    assert_true(field(&record, "correct") == (double)found.correct);
    assert_true(fabs(field(&record, "loss") - found.loss / 50) < 1e-9 * found.loss);
    const bool earlier = field(&record, "best_step") < 200;
    task_batch_free(context, &batch);
    task_close(opened);
    gb_model_destroy(model);
    trial_record_free(&record);
    trial_settings_free(&t);
    return earlier;
}

static void test_kept_parameters_are_the_tested_ones(void **state) {
    (void)state;
    static const char *const seeds[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    size_t earlier = 0;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        earlier += check_tested(seeds[i]);
    assert_true(earlier > 0); /* else the test shows nothing */
}

static void test_a_diverged_trial_keeps_none(void **state) {
    (void)state;
    trial_record record;
    trial_settings t = SETTINGS("recall", TINY, "cell", "rnn_relu", "optimizer", "sgd", "lr", "1000", "clip_norm", "0",
                                "evaluate_every", "1", "gap", "30");
    assert_null(run_keeping(&t, &record));
    assert_string_equal(record.status, "diverged");
    trial_record_free(&record);
    trial_settings_free(&t);
}

/* Outputs for test data of the model, and of the model of its network. */
static void check_same_outputs(trial_settings t, size_t layers, size_t free_parameters) {
    trial_record record;
    task *opened = NULL;
    task_batch batch = {0};
    network net;
    gb_model *model = run_keeping(&t, &record), *again;
    const gb_model_spec *spec = gb_model_get_spec(model);
    assert_int_equal(network_of_model(context, model, &net), GB_OK);
    assert_int_equal(net.count, layers);
    assert_int_equal(network_counted(&net), (size_t)field(&record, "parameters"));
    assert_int_equal(network_model(context, &net, spec->head, spec->loss, &again), GB_OK);
    assert_int_equal(gb_model_parameter_count(again), gb_model_parameter_count(model) + free_parameters);
    assert_int_equal(trial_open_task(context, &t, &opened), GB_OK);
    assert_int_equal(task_get_batch(opened, TASK_TEST, 1, 0, 8, &batch), GB_OK);
    const size_t rows = (spec->head == GB_HEAD_LAST ? 1 : batch.batch.steps) * 8, count = rows * spec->output_size;
    double *one = calloc(2 * count, sizeof *one), *two = one + count, most = 0;
    assert_non_null(one);
    assert_int_equal(gb_model_predict(model, &batch.batch, one), GB_OK);
    assert_int_equal(gb_model_predict(again, &batch.batch, two), GB_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(one[i] - two[i]) < (spec->dtype == GB_F64 ? 1e-12 : 1e-5));
        most = fmax(most, fabs(one[i]));
    }
    assert_true(most > 1e-3);
    free(one);
    task_batch_free(context, &batch);
    task_close(opened);
    gb_model_destroy(again);
    gb_model_destroy(model);
    network_free(&net);
    trial_record_free(&record);
    trial_settings_free(&t);
}

static void test_network_computes_the_same(void **state) {
    (void)state;
    check_same_outputs(SETTINGS("recall", TINY, "cell", "lstm_peephole", "layers", "2", "dtype", "f64"), 4, 0);
    check_same_outputs(SETTINGS("recall", TINY, "cell", "gru", "bias", "double", "dtype", "f32"), 3, 0);
    /* one-hot words: the embedding of 12 unit vectors is not a parameter of the trial */
    check_same_outputs(SETTINGS("recall", TINY, "cell", "lstm", "embedding", "0", "dtype", "f64"), 3, 13 * 13);
    check_same_outputs(SETTINGS("adding", "backend", "reference", "length", "8", "examples", "20", "hidden", "5",
                                "steps", "10", "cell", "gru_reset_before", "bias", "none", "dtype", "f64"),
                       2, 0);
    check_same_outputs(SETTINGS("counting", "backend", "reference", "hidden", "5", "steps", "5", "batch", "4",
                                "embedding", "3", "cell", "janet", "dtype", "f64"),
                       3, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_parameters_are_the_tested_ones),
        cmocka_unit_test(test_a_diverged_trial_keeps_none),
        cmocka_unit_test(test_network_computes_the_same),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
