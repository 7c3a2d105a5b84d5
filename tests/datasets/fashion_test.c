/* SPDX-License-Identifier: MIT */
/* The real Fashion-MNIST and tiny Shakespeare: sizes, classes, and baselines that any reader must reproduce. Skipped
 * (77) without Debian's dataset-fashion-mnist; the text is tested if GATEBENCH_DATA_MIRROR has it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "datasets/files/catalog.h"
#include "datasets/task.h"

static gb_context *context;

/* 6,000 images of each class in train and 1,000 in test; the last 5,000 of train are held out. */
static void test_fashion(void **state) {
    (void)state;
    task *t;
    task_baseline b[4];
    task_batch batch = {0};
    size_t seen[10] = {0};
    if (task_open(context, "pixels", NULL, 0, &t) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    const task_shape *shape = task_get_shape(t);
    assert_int_equal(shape->sequences[TASK_TRAIN], 55000);
    assert_int_equal(shape->sequences[TASK_VALID], 5000);
    assert_int_equal(shape->sequences[TASK_TEST], 10000);
    assert_int_equal(shape->longest, 28);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(task_get_batch(t, TASK_TEST, 1, i, 1000, &batch), GB_OK);
        for (size_t row = 0; row < 1000; row++)
            seen[batch.classes[row]]++;
    }
    for (size_t c = 0; c < 10; c++)
        assert_int_equal(seen[c], 1000);
    assert_int_equal(task_get_baselines(t, b, 4), 2);
    assert_true(fabs(b[1].value - 0.677) <
                0.002); /* a nearest centroid classifier, by other code 0.6768 on all of train */
    task_batch_free(context, &batch);
    task_close(t);
}

static void test_shakespeare(void **state) {
    (void)state;
    const char *const settings[1][2] = {{"text", "shakespeare"}};
    char path[4096];
    if (data_find(context, "shakespeare", path, sizeof path) != GB_OK)
        skip();
    task *t;
    assert_int_equal(task_open(context, "chars", settings, 1, &t), GB_OK);
    assert_int_equal(task_get_shape(t)->output_size, 65);
    assert_string_equal(task_sha256(t), "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed");
    task_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fashion), cmocka_unit_test(test_shakespeare)};
    char path[4096];
    unsetenv("GATEBENCH_SHARE");
    if (gb_context_create(NULL, &context) != GB_OK)
        return 1;
    int failed = 77;
    if (data_find(context, "fashion-train-images", path, sizeof path) == GB_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else
        printf("skipped: %s\n", gb_context_message(context));
    gb_context_destroy(context);
    return failed;
}
