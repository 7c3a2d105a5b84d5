/* SPDX-License-Identifier: MIT */
/* The four real sets: sequences, frames, and the baselines that any loader or metric must reproduce. Skipped unless
 * GATEBENCH_DATA_MIRROR has the files. */
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

/* The marginal and Markov values of JSB and Nottingham are published; those of the other sets are from the same code.
 */
static const struct {
    const char *name;
    size_t sequences[3], longest;
    double marginal, markov;
} sets[] = {{"jsb", {229, 76, 77}, 160, 11.060, 10.491},
            {"nottingham", {694, 173, 170}, 1793, 10.252, 5.153},
            {"muse", {524, 135, 124}, 4273, 11.510, 8.559},
            {"piano", {87, 12, 25}, 3857, 11.046, 8.264}};

static void test_sets(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const char *const settings[1][2] = {{"set", sets[i].name}};
        task *t;
        task_baseline b[8];
        if (task_open(context, "music", settings, 1, &t) != GB_OK)
            fail_msg("%s", gb_context_message(context));
        const task_shape *shape = task_get_shape(t);
        for (size_t split = 0; split < 3; split++)
            assert_int_equal(shape->sequences[split], sets[i].sequences[split]);
        assert_int_equal(shape->longest, sets[i].longest - 1);
        assert_int_equal(task_get_baselines(t, b, 8), 5);
        assert_true(fabs(b[1].value - sets[i].marginal) < 0.005);
        assert_true(fabs(b[3].value - sets[i].markov) < 0.005);
        assert_true(isfinite(b[2].value) && isfinite(b[4].value));
        task_close(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sets)};
    const char *mirror = getenv("GATEBENCH_DATA_MIRROR");
    char file[4096];
    snprintf(file, sizeof file, "%s/JSB_Chorales.mat", mirror ? mirror : "");
    FILE *there = mirror ? fopen(file, "rb") : NULL;
    if (!there) {
        puts("skipped: GATEBENCH_DATA_MIRROR has no JSB_Chorales.mat");
        return 77;
    }
    fclose(there);
    unsetenv("GATEBENCH_SHARE");
    if (gb_context_create(NULL, &context) != GB_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gb_context_destroy(context);
    return failed;
}
