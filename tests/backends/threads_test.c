/* SPDX-License-Identifier: MIT */
/* The packed kernels divide the rows of a batch among threads: each row has the same bits as on one thread, and the
 * gradients of the parameters, whose sums are computed in another order, agree. */
#include "layer_case.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../context.h"
#include "gatebench/cell.h"

/* More than two chunks of 512 rows; three shares of 8, 9 and 9 rows. */
enum { STEPS = 61, ROWS = 26, INPUT = 5, HIDDEN = 19, THREADS = 3 };

static const enum layer_slot of_rows[] = {LAYER_Y, LAYER_HT, LAYER_CT, LAYER_DH0, LAYER_DC0};

static void run(layer_case *one, int threads) {
    omp_set_num_threads(threads);
    if (layer_case_run(context, one, 1) != GB_OK)
        fail_msg("%s", gb_context_message(context));
}

static void check(const char *cell, bool reverse, const size_t *lengths) {
    const gb_layer_spec spec = {.cell = cell,
                                .backend = "onednn",
                                .implementation = "packed",
                                .dtype = GB_F32,
                                .bias = GB_BIAS_DOUBLE,
                                .steps = STEPS,
                                .batch = ROWS,
                                .input = INPUT,
                                .hidden = HIDDEN,
                                .training = true,
                                .reverse = reverse};
    layer_case alone = layer_case_create(&spec);
    layer_case_fill(&alone, 7);
    alone.lengths = lengths;
    layer_case shared = layer_case_like(&alone, "onednn", GB_F32, true);
    run(&alone, 1);
    run(&shared, THREADS);
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++) {
        const enum layer_slot slot = of_rows[i];
        if (alone.values[slot] &&
            memcmp(alone.values[slot], shared.values[slot], alone.count[slot] * sizeof(double)) != 0)
            fail_msg("%s: result %d differs between one thread and %d", cell, (int)slot, THREADS);
    }
    const layer_difference difference = layer_case_compare(&shared, &alone);
    if (!(difference.gradient <= 1e-5))
        fail_msg("%s: gradients of %s differ by %g", cell, difference.gradient_at, difference.gradient);
    layer_case_destroy(&alone);
    layer_case_destroy(&shared);
}

static void rows_do_not_depend_on_threads(void **state) {
    (void)state;
    size_t lengths[ROWS];
    for (size_t n = 0; n < ROWS; n++)
        lengths[n] = n * STEPS / (ROWS - 1);
    for (size_t i = 0; i < gb_cell_count(); i++) {
        const char *cell = gb_cell_at(i)->name;
        check(cell, false, NULL);
        check(cell, true, lengths);
    }
}

#ifdef __SSE__
/* True if denormals are not zero in any of the threads. */
static bool threads_keep_denormals(void) {
    bool kept = true;
#pragma omp parallel reduction(&& : kept)
    {
        volatile float tiny = 3e-39f, sum = tiny + tiny;
        kept = sum > 0;
    }
    return kept;
}

/* The gradient of the last state vanishes. Returns how many denormals are in what the passes give. */
static size_t count_denormals(const char *implementation) {
    const gb_layer_spec spec = {.cell = "rnn",
                                .backend = "onednn",
                                .implementation = implementation,
                                .dtype = GB_F32,
                                .bias = GB_BIAS_SINGLE,
                                .steps = 100,
                                .batch = 64,
                                .input = 8,
                                .hidden = 64,
                                .training = true};
    layer_case one = layer_case_create(&spec);
    size_t found = 0;
    layer_case_fill(&one, 3);
    memset(one.values[LAYER_DY], 0, one.count[LAYER_DY] * sizeof(double));
    for (size_t i = 0; i < one.count[LAYER_PARAMETERS]; i++)
        one.values[LAYER_PARAMETERS][i] /= 4;
    if (layer_case_run(context, &one, 1) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    for (int slot = LAYER_Y; slot < LAYER_SLOTS; slot++)
        for (size_t i = 0; one.values[slot] && i < one.count[slot]; i++)
            found += one.values[slot][i] != 0 && fabs(one.values[slot][i]) < (double)FLT_MIN;
    layer_case_destroy(&one);
    return found;
}

/* New threads begin with the setting of the thread that makes them, so it matters who does: a pass, or the caller
 * before it. */
static void denormals_do_not_depend_on_who_makes_the_threads(void **state) {
    (void)state;
    static const char *const implementations[] = {"primitive", "sgemm", "packed"};
    for (size_t i = 0; i < 2 * sizeof implementations / sizeof *implementations; i++) {
        const char *implementation = implementations[i / 2];
        omp_set_num_threads(2 + (int)i); /* one more than there were */
        if (i % 2 == 1)
            assert_true(threads_keep_denormals());
        const size_t found = count_denormals(implementation);
        if (found > 0)
            fail_msg("%s: %zu denormals", implementation, found);
        if (!threads_keep_denormals())
            fail_msg("%s: the caller's threads lost their denormals", implementation);
    }
}
#endif

/* With too few rows for all threads oneDNN's own products, which divide columns too, are the backend's choice. */
static void the_choice_follows_the_threads(void **state) {
    (void)state;
    static const struct {
        int threads;
        size_t batch;
        const char *begins;
    } cases[] = {{1, 2, "matmul + gates (packed"},
                 {THREADS, ROWS, "matmul + gates (packed"},
                 {THREADS, ROWS - 8, "matmul + gates (sgemm"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gb_layer *layer;
        omp_set_num_threads(cases[i].threads);
        const gb_layer_spec spec = {.cell = "mgu",
                                    .backend = "onednn",
                                    .dtype = GB_F32,
                                    .bias = GB_BIAS_SINGLE,
                                    .steps = 2,
                                    .batch = cases[i].batch,
                                    .input = INPUT,
                                    .hidden = HIDDEN,
                                    .training = true};
        assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
        const char *implementation = gb_layer_implementation(layer);
        if (strncmp(implementation, cases[i].begins, strlen(cases[i].begins)) != 0)
            fail_msg("%d threads, %zu rows: %s", cases[i].threads, cases[i].batch, implementation);
        gb_layer_destroy(layer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#ifdef __SSE__
        cmocka_unit_test(denormals_do_not_depend_on_who_makes_the_threads), /* first: there are no threads yet */
#endif
        cmocka_unit_test(rows_do_not_depend_on_threads),
        cmocka_unit_test(the_choice_follows_the_threads),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
