/* SPDX-License-Identifier: MIT */
/* Every cell, on every backend that has it, gives the outputs and gradients of PyTorch, Keras or independent numpy
 * code: within 1e-10 in f64 and 1e-5 in f32, relative to max(1, |golden|), each element of each tensor. */
#include "golden_file.h"
#include "layer_case.h"

#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../context.h"

#define TOLERANCE_F64 1e-10
#define TOLERANCE_F32 1e-5
/* What a wrong equation must exceed to be called seen. */
#define PLAINLY_WRONG 1e-2

static const char *const slot_names[LAYER_SLOTS] = {NULL, "x",  "h0", "c0", "dy",  "dhT", "dcT",
                                                    "y",  "hT", "cT", "dx", "dh0", "dc0", NULL};

static gb_bias bias_of(const golden_file *file) {
    for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++)
        if (strcmp(gb_bias_name(bias), golden_header(file, "bias")) == 0)
            return bias;
    fail_msg("unknown bias %s", golden_header(file, "bias"));
    return GB_BIAS_NONE;
}

/* The file's tensors as a case of the given cell: slots `from`..`to` from the file, parameters under the prefix. */
static void fill_from(layer_case *one, const golden_file *file, enum layer_slot from, enum layer_slot to) {
    for (int slot = (int)from; slot <= (int)to; slot++) {
        if (!slot_names[slot] || !one->values[slot])
            continue;
        const golden_tensor *tensor = golden_find(file, slot_names[slot]);
        if (!tensor)
            fail_msg("the file lacks tensor %s", slot_names[slot]);
        assert_int_equal(tensor->count, one->count[slot]);
        memcpy(one->values[slot], tensor->values, tensor->count * sizeof(double));
    }
}

static layer_case inputs_of(const golden_file *file, const char *cell, const char *backend, gb_dtype dtype) {
    const golden_tensor *x = golden_find(file, "x"), *h0 = golden_find(file, "h0");
    assert_true(x && h0);
    const gb_layer_spec spec = {.cell = cell,
                                .backend = backend,
                                .dtype = dtype,
                                .bias = bias_of(file),
                                .input = x->shape[2],
                                .hidden = h0->shape[1],
                                .steps = x->shape[0],
                                .batch = x->shape[1],
                                .training = true};
    layer_case one = layer_case_create(&spec);
    fill_from(&one, file, LAYER_X, LAYER_DCT);
    golden_parameters(file, "", one.cell, one.tensors, one.tensor_count, one.values[LAYER_PARAMETERS]);
    return one;
}

static layer_case golden_results(const golden_file *file) {
    layer_case golden = inputs_of(file, golden_header(file, "cell"), "reference", GB_F64);
    fill_from(&golden, file, LAYER_Y, LAYER_DC0);
    golden_parameters(file, "d", golden.cell, golden.tensors, golden.tensor_count, golden.values[LAYER_DPARAMETERS]);
    return golden;
}

/* The largest difference from the golden values when `cell` runs on the file's inputs. */
static layer_difference difference(const golden_file *file, const char *cell, const char *backend, gb_dtype dtype) {
    layer_case golden = golden_results(file);
    layer_case one = inputs_of(file, cell, backend, dtype);
    if (layer_case_run(context, &one, 1) != GB_OK)
        fail_msg("%s on %s: %s", cell, backend, gb_context_message(context));
    layer_difference d = layer_case_compare(&one, &golden);
    layer_case_destroy(&one);
    layer_case_destroy(&golden);
    return d;
}

static double worst[2]; /* by dtype */

static void check_file(const char *name) {
    golden_file *file = golden_read(name);
    const char *cell = golden_header(file, "cell");
    for (size_t b = 0; b < gb_backend_count(); b++)
        for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
            const gb_layer_spec spec = {.cell = cell,
                                        .backend = gb_backend_name(b),
                                        .dtype = dtype,
                                        .bias = bias_of(file),
                                        .input = 5,
                                        .hidden = 6,
                                        .steps = 7,
                                        .batch = 3,
                                        .training = true};
            char why[256];
            if (!gb_backend_supports(NULL, &spec, why, sizeof why))
                continue;
            layer_difference d = difference(file, cell, spec.backend, dtype);
            if (!(d.element <= (dtype == GB_F64 ? TOLERANCE_F64 : TOLERANCE_F32)))
                fail_msg("%s on %s in %s: %s differs by %.2e", name, spec.backend, dtype == GB_F64 ? "f64" : "f32",
                         d.element_at, d.element);
            worst[dtype] = fmax(worst[dtype], d.element);
        }
    golden_free(file);
}

/* The files, "pytorch/gru_double.txt", of cells alone; glob_t holds their paths. */
static const char *cell_file(const glob_t *files, size_t i) {
    const char *name = files->gl_pathv[i] + strlen(GOLDEN_VALUES "/");
    return strstr(name, "/training_") ? NULL : name;
}

static int find_files(void **state) {
    static glob_t files;
    *state = &files;
    return glob(GOLDEN_VALUES "/*/*.txt", 0, NULL, &files);
}

static int forget_files(void **state) {
    globfree(*state);
    return 0;
}

static void every_file_is_matched(void **state) {
    const glob_t *files = *state;
    int count = 0;
    for (size_t i = 0; i < files->gl_pathc; i++)
        if (cell_file(files, i)) {
            check_file(cell_file(files, i));
            count++;
        }
    print_message("%d files: f64 within %.2e, f32 within %.2e\n", count, worst[GB_F64], worst[GB_F32]);
}

/* A cell or bias option without golden values would pass unseen. */
static void every_cell_and_bias_has_values(void **state) {
    const glob_t *files = *state;
    for (size_t c = 0; gb_cell_at(c); c++)
        for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++) {
            bool found = false;
            for (size_t i = 0; i < files->gl_pathc && !found; i++) {
                if (!cell_file(files, i))
                    continue;
                golden_file *file = golden_read(cell_file(files, i));
                found = strcmp(golden_header(file, "cell"), gb_cell_at(c)->name) == 0 && bias_of(file) == bias;
                golden_free(file);
            }
            if (!found)
                fail_msg(
                    "no golden values for %s with bias %s: add its equations to tests/golden/make_independent.py, then "
                    "python3 make_independent.py %s (tests/golden/README.md)",
                    gb_cell_at(c)->name, gb_bias_name(bias), gb_cell_at(c)->name);
        }
}

/* The two forms of the GRU share every shape: only the equations distinguish them. The same for tanh and relu, and for
 * the cells of two gates. */
static void wrong_equations_are_seen(void **state) {
    (void)state;
    static const struct {
        const char *file, *cell;
    } wrong[] = {
        {"pytorch/gru_double.txt", "gru_reset_before"},
        {"keras/gru_double.txt", "gru_reset_before"},
        {"independent/gru_reset_before_double.txt", "gru"},
        {"pytorch/rnn_double.txt", "rnn_relu"},
        {"keras/rnn_relu_single.txt", "rnn"},
        {"independent/mgu_single.txt", "gru_no_reset"},
        {"independent/gru_no_reset_single.txt", "janet"},
        {"independent/janet_single.txt", "mgu"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        golden_file *file = golden_read(wrong[k].file);
        for (size_t b = 0; b < gb_backend_count(); b++) {
            layer_difference d = difference(file, wrong[k].cell, gb_backend_name(b), GB_F32);
            if (!(d.output > PLAINLY_WRONG && d.element > PLAINLY_WRONG))
                fail_msg("%s passed as %s (%.2e)", wrong[k].file, wrong[k].cell, d.output);
        }
        golden_free(file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_file_is_matched, find_files, forget_files),
        cmocka_unit_test_setup_teardown(every_cell_and_bias_has_values, find_files, forget_files),
        cmocka_unit_test(wrong_equations_are_seen),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
