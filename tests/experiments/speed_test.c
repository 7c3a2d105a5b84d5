/* SPDX-License-Identifier: MIT */
/* The parts of a timing whose result is known: the count of operations, energy from counters that wrap, the lock, the
 * detection of other processes, and the products of the backends. No time is asserted. */
#include "experiments/speed/alone.h"
#include "experiments/speed/cost.h"
#include "experiments/speed/speed.h"
#include "tests/experiments/run_fixture.h"

static char folder[] = "/tmp/gatebench-speed-XXXXXX";

static int open_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && setenv("XDG_RUNTIME_DIR", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const speed_spec tiny = {.cell = "gru",
                                .backend = "reference",
                                .bias = GB_BIAS_SINGLE,
                                .steps = 5,
                                .batch = 2,
                                .input = 3,
                                .hidden = 4,
                                .threads = 1,
                                .repeats = 3,
                                .block_seconds = 1e-3,
                                .seed = 1};

static void test_flops(void **state) {
    (void)state;
    speed_spec spec = tiny;
    assert_true(speed_training_flops(&spec) == 6.0 * 5 * 2 * 4 * (3 * 3 + 4 * 3));
    spec.cell = "mingru"; /* its gates do not see the state */
    assert_true(speed_training_flops(&spec) ==
                6.0 * 5 * 2 * 4 *
                    (3 * (double)gb_cell_find("mingru")->gates + 4 * (double)gb_cell_find("mingru")->recurrent_gates));
}

static void test_product(void **state) {
    (void)state;
    enum { M = 3, N = 5, K = 4 };
    gb_context *context;
    float a[M * K], b[K * N], c[M * N];
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    for (int i = 0; i < M * K; i++)
        a[i] = (float)(i % 7) - 3;
    for (int i = 0; i < K * N; i++)
        b[i] = (float)(i % 5) - 2;
    for (size_t backend = 0; backend < gb_backend_count(); backend++) {
        memset(c, 0x7f, sizeof c); /* the old contents must not count */
        assert_int_equal(gb_backend_product(context, gb_backend_name(backend), M, N, K, a, b, c), GB_OK);
        for (int m = 0; m < M; m++) {
            for (int n = 0; n < N; n++) {
                float sum = 0;
                for (int k = 0; k < K; k++)
                    sum += a[m * K + k] * b[k * N + n];
                assert_true(c[m * N + n] == sum);
            }
        }
    }
    assert_int_equal(gb_backend_product(context, "abacus", M, N, K, a, b, c), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "abacus"));
    for (size_t i = 0; i < 3 * gb_backend_count(); i++) { /* a size of 0 is refused by every backend alike */
        const char *const name = gb_backend_name(i / 3);
        assert_int_equal(
            gb_backend_product(context, name, i % 3 == 0 ? 0 : M, i % 3 == 1 ? 0 : N, i % 3 == 2 ? 0 : K, a, b, c),
            GB_INVALID);
    }
    gb_context_destroy(context);
}

static bool never(void *user, double done) {
    (void)user, (void)done;
    return false;
}

static bool after_one(void *user, double done) {
    (void)user;
    return done > 0;
}

static void test_measure(void **state) {
    (void)state;
    gb_context *context;
    speed_result found;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    assert_int_equal(speed_measure(context, &tiny, never, NULL, &found), GB_OK);
    assert_int_equal(found.repeats, 3);
    for (int k = 0; k < SPEED_KINDS; k++) {
        const speed_times *t = &found.times[k];
        assert_true(t->min > 0 && t->min <= t->median && t->iterations > 0);
    }
    assert_true(found.times[SPEED_PRODUCT].relative == 1);
    /* x, y, parameters and their gradients at the least */
    assert_true(found.times[SPEED_TRAIN].bytes > sizeof(float) * 2 * (5 * 2 * (3 + 4) + 4 * (3 * 3 + 4 * 3)));
    speed_free(&found);
    assert_int_equal(speed_measure(context, &tiny, after_one, NULL, &found), GB_STOPPED);
    speed_free(&found);
    speed_spec wrong = tiny;
    wrong.cell = "grv";
    assert_int_equal(speed_measure(context, &wrong, never, NULL, &found), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "grv"));
    speed_free(&found);
    gb_context_destroy(context);
}

static void write_file(const char *name, const char *words) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(words, file);
    assert_int_equal(fclose(file), 0);
}

static void make_package(int package, const char *joules, const char *range) {
    char path[256], name[64];
    snprintf(path, sizeof path, "%s/intel-rapl:%d", folder, package);
    mkdir(path, 0777);
    snprintf(name, sizeof name, "intel-rapl:%d/energy_uj", package);
    write_file(name, joules);
    snprintf(name, sizeof name, "intel-rapl:%d/max_energy_range_uj", package);
    write_file(name, range);
}

static void test_energy(void **state) {
    (void)state;
    cost_energy none = cost_read_energy("/nonexistent");
    assert_true(isnan(cost_joules_since(&none, &none)));
    make_package(0, "1000000\n", "5000000\n");
    make_package(1, "4000000\n", "5000000\n");
    cost_energy before = cost_read_energy(folder);
    assert_int_equal(before.packages, 2);
    make_package(0, "3500000\n", "5000000\n"); /* 2.5 J */
    make_package(1, "500000\n", "5000000\n");  /* 1.5 J, by way of the end */
    cost_energy now = cost_read_energy(folder);
    assert_true(fabs(cost_joules_since(&before, &now) - 4) < 1e-9);
}

static bool give_up(void *user, const char *holder) {
    snprintf(user, 64, "%s", holder);
    return true;
}

static void test_lock(void **state) {
    (void)state;
    gb_context *context;
    int first, second;
    char holder[64] = "", own[64];
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    snprintf(own, sizeof own, "process %ld", (long)getpid());
    assert_int_equal(alone_lock(context, give_up, holder, &first), GB_OK);
    assert_int_equal(alone_lock(context, give_up, holder, &second), GB_STOPPED);
    assert_memory_equal(holder, own, strlen(own));
    assert_non_null(strstr(gb_context_message(context), own));
    close(first);
    assert_int_equal(alone_lock(context, give_up, holder, &second), GB_OK);
    close(second);
    gb_context_destroy(context);
}

static void test_watch(void **state) {
    (void)state;
    alone_watch watch = alone_watch_start();
    usleep(20000);
    double others = alone_watch_others(&watch);
    assert_true(isnan(others) || (others >= 0 && others <= 1.5 * (double)sysconf(_SC_NPROCESSORS_ONLN) + 1));
}

static const char timed[] = "name: tiny\n"
                            "kind: time\n"
                            "sizes: {input: 3, length: 5}\n"
                            "model: {backend: reference, hidden: 4}\n"
                            "train: {steps: 0, batch: 2}\n"
                            "sweep: {cell: [gru, lstm]}\n"
                            "measure: [train_ms, step_ms]\n"
                            "measure_options: {repeats: 3}\n";

/* A recipe that times: every repeat is kept, and one worker does it all however many were asked for. */
static void test_recipe(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char path[400];
    results *r;
    fixture_open(&f, timed);
    if (fixture_run(&f, f.results, 4, &summary) != GB_OK)
        fail_msg("%s", gb_context_message(f.context));
    assert_int_equal(summary.done, 2);
    snprintf(path, sizeof path, "%s/tiny.h5", f.results);
    assert_int_equal(results_read(f.context, path, &r), GB_OK);
    for (size_t row = 0; row < 2; row++) {
        static const char *const positive[] = {"train_ms", "forward_ms",   "step_ms",     "train_relative",
                                               "gflops",   "sgemm_gflops", "train_bytes", "timing_threads"};
        for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
            assert_true(table_number(&r->runs, row, positive[i]) > 0);
        assert_true(table_number(&r->runs, row, "train_ms_min") <= table_number(&r->runs, row, "train_ms"));
        double others = table_number(&r->runs, row, "timing_others");
        assert_true(table_number(&r->runs, row, "timing_exclusive") == (others <= ALONE_OTHERS));
    }
    size_t repeats = 0;
    for (size_t row = 0; row < r->metrics.rows; row++)
        repeats += strcmp(table_text(&r->metrics, row, "metric"), "train_ms") == 0;
    assert_int_equal(repeats, 2 * 3);
    results_free(r);
    fixture_close(&f);
}

static const char kernels[] = "name: tiny\n"
                              "kind: time\n"
                              "sizes: {input: 3, length: 5}\n"
                              "model: {cell: mgu, hidden: 4, backend: onednn}\n"
                              "train: {steps: 0, batch: 32, threads: 2}\n"
                              "sweep: {kernels: [auto, sgemm, packed]}\n"
                              "measure: [train_ms]\n"
                              "measure_options: {repeats: 3}\n";

/* The kernels that a trial asks for are those that are timed and recorded: each has a memory of its own. */
static void test_kernels(void **state) {
    (void)state;
    run_fixture f;
    run_summary summary;
    char path[400];
    results *r;
    fixture_open(&f, kernels);
    if (fixture_run(&f, f.results, 1, &summary) != GB_OK)
        fail_msg("%s", gb_context_message(f.context));
    snprintf(path, sizeof path, "%s/tiny.h5", f.results);
    assert_int_equal(results_read(f.context, path, &r), GB_OK);
    assert_int_equal(r->runs.rows, 3);
    for (size_t row = 0; row < 3; row++) {
        const char *asked = table_text(&r->runs, row, "kernels"), *ran = table_text(&r->runs, row, "implementation");
        if (strcmp(asked, "auto") != 0 && !strstr(ran, asked))
            fail_msg("kernels %s: ran %s", asked, ran);
        for (size_t other = 0; other < row; other++)
            assert_true((strcmp(ran, table_text(&r->runs, other, "implementation")) == 0) ==
                        (table_number(&r->runs, row, "train_bytes") == table_number(&r->runs, other, "train_bytes")));
    }
    results_free(r);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flops),  cmocka_unit_test(test_product), cmocka_unit_test(test_measure),
        cmocka_unit_test(test_energy), cmocka_unit_test(test_lock),    cmocka_unit_test(test_watch),
        cmocka_unit_test(test_recipe), cmocka_unit_test(test_kernels),
    };
    return cmocka_run_group_tests_name("speed", tests, open_folder, remove_folder);
}
