/* SPDX-License-Identifier: MIT */
/* One rule of evaluation for every task: the test score depends on no setting of training, to the last digit on the
 * reference backend, and every target of the split is predicted once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/settings/task_facts.h"
#include "experiments/trial/trial.h"
#include "fixture.h"

/* Every task small; the real ones read the fixture's files. */
static const struct {
    const char *task, *options[8];
} cases[] = {
    {"order", {"nouns", "4", "verbs", "3", "adverbs", "2"}},
    {"recall", {"gap", "3", "examples", "130"}},
    {"chars", {"eval_chars", "0"}},
    {"music", {NULL}},
    {"copy", {"blanks", "3", "examples", "130"}},
    {"adding", {"length", "4", "examples", "130"}},
    {"pixels", {NULL}},
    {"temporal_order", {"length", "10", "examples", "130"}},
    {"counting", {"longest", "4", "examples", "130"}},
    {"parity", {"length", "5", "examples", "130"}},
    {"text", {"eval_symbols", "0"}},
    {"series", {NULL}},
    {"table", {"window", "4"}},
    {"table", {"sequence", "id", "target", "y"}},
    {"table", {"sequence", "id", "predict", "next", "first", "yes"}},
};
enum { CASES = sizeof cases / sizeof *cases };

static trial_settings make_settings(size_t i, const char *batch, const char *segment) {
    trial_settings t = {0};
    const task_type *type = task_type_find(cases[i].task);
    assert_true(trial_set(&t, "task", cases[i].task));
    for (const setting *o = type->options; o->name; o++)
        assert_true(trial_set(&t, o->name,
                              !strcmp(o->name, "segment") ? segment
                              : !strcmp(o->name, "file")  ? fixture_own(cases[i].task)
                                                          : o->value));
    for (size_t k = 0; k < 8 && cases[i].options[k]; k += 2)
        assert_true(trial_set(&t, cases[i].options[k], cases[i].options[k + 1]));
    for (size_t k = 0; setting_at(k); k++)
        assert_true(trial_set(&t, setting_at(k)->name, setting_at(k)->value));
    static const char *const given[][2] = {
        {"backend", "reference"}, {"hidden", "4"}, {"embedding", "3"}, {"steps", "0"}};
    for (size_t k = 0; k < sizeof given / sizeof *given; k++)
        assert_true(trial_set(&t, given[k][0], given[k][1]));
    assert_true(trial_set(&t, "batch", batch) && trial_set(&t, "measure", ""));
    return t;
}

/* The targets of the test split, counted one sequence at a time. */
static size_t count_targets(const trial_settings *settings) {
    task *t;
    task_batch b = {0};
    size_t count = 0;
    assert_int_equal(trial_open_task(context, settings, &t), GB_OK);
    const task_shape *shape = task_get_shape(t);
    for (size_t i = 0; i < task_batches(t, TASK_TEST, 1); i++) {
        assert_int_equal(task_get_batch(t, TASK_TEST, 1, i, 1, &b), GB_OK);
        assert_int_equal(b.batch.sequences, 1);
        if (shape->head == GB_HEAD_LAST)
            count++;
        else if (shape->head == GB_HEAD_MARKED || shape->marked_accuracy)
            for (size_t s = 0; s < b.lengths[0]; s++)
                count += b.marks[s];
        else
            count += b.lengths[0];
    }
    task_batch_free(context, &b);
    task_close(t);
    return count;
}

static void test_scores(void **state) {
    (void)state;
    static const char *const batches[] = {"1", "3", "32", "100", "4096"}, *const segments[] = {"16", "64", "100"};
    static const char *const columns[] = {"loss", "accuracy", "nll", "nll_sequence_mean", "bits", "mse", "correct"};
    for (size_t i = 0; task_type_at(i); i++) { /* no task is left out */
        bool covered = !task_type_at(i)->batch;
        for (size_t k = 0; k < CASES; k++)
            covered |= !strcmp(cases[k].task, task_type_at(i)->name);
        if (!covered)
            fail_msg("give task %s a line in this test", task_type_at(i)->name);
    }
    for (size_t i = 0; i < CASES; i++) {
        trial_record first = {0};
        size_t targets = 0;
        bool segmented = task_type_option(task_type_find(cases[i].task), "segment");
        for (size_t k = 0; k < 5 * (segmented ? 3 : 1); k++) {
            trial_settings t = make_settings(i, batches[k % 5], segments[k / 5]);
            trial_record record;
            if (trial_run(context, &t, NULL, NULL, &record) != GB_OK)
                fail_msg("%s, batch %s: %s", cases[i].task, batches[k % 5], gb_context_message(context));
            if (k == 0) {
                targets = count_targets(&t);
                first = record;
            }
            assert_true(targets > 0 && table_number(&record.fields, 0, "predictions") == (double)targets);
            for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
                double a = table_number(&first.fields, 0, columns[c]), b = table_number(&record.fields, 0, columns[c]);
                if (!(a == b || (isnan(a) && isnan(b))))
                    fail_msg("%s, batch %s, segment %s: %s is %.17g, not %.17g", cases[i].task, batches[k % 5],
                             segments[k / 5], columns[c], b, a);
            }
            trial_settings_free(&t);
            if (k)
                trial_record_free(&record);
        }
        trial_record_free(&first);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scores)};
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
