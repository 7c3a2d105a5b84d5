/* SPDX-License-Identifier: MIT */
/* Passes with rows of several lengths, masks, fewer steps than planned, and reverse layers, on every implementation:
 * each row must have the results that it has alone, in f64, forward, over its own steps. The inputs at skipped steps
 * are NaN, and must not influence any result. */
#include "layer_case.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../context.h"

enum { PLANNED = 13, STEPS = 11, ROWS = 6, INPUT = 5, HIDDEN = 17 };

#define OUTPUT_TOLERANCE 1e-6
#define GRADIENT_TOLERANCE 2e-6

static void run(layer_case *one, int backward_passes) {
    if (layer_case_run(context, one, backward_passes) != GB_OK)
        fail_msg("%s", gb_context_message(context));
}

/* What the rows of a pass take: a size of 0 leaves the steps as planned, NULL the lengths or the mask away. */
typedef struct shape {
    const char *name;
    size_t steps;
    const size_t *lengths;
    const uint8_t *mask;
} shape;

static const size_t lengths[ROWS] = {4, STEPS, 1, 0, 7, STEPS};
static uint8_t mask[PLANNED * ROWS]; /* holes, and a row without any step */
static const shape shapes[] = {{"as planned", 0, NULL, NULL},     {"fewer steps", STEPS, NULL, NULL},
                               {"lengths", STEPS, lengths, NULL}, {"lengths of all planned steps", 0, lengths, NULL},
                               {"mask", 0, NULL, mask},           {"all of it", STEPS, lengths, mask}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void fill_mask(void) {
    for (size_t t = 0; t < PLANNED; t++)
        for (size_t n = 0; n < ROWS; n++)
            mask[t * ROWS + n] = n != 5 && (t * 7 + n * 3) % 5 != 0;
}

/* The steps that row n takes, in the order in which the layer walks. */
static size_t list_steps(const layer_case *one, size_t n, size_t taken[PLANNED]) {
    const size_t steps = one->steps > 0 ? one->steps : one->spec.steps, end = one->lengths ? one->lengths[n] : steps;
    size_t count = 0;
    for (size_t k = 0; k < end; k++) {
        const size_t t = one->spec.reverse ? end - 1 - k : k;
        if (!one->mask || one->mask[t * ROWS + n])
            taken[count++] = t;
    }
    return count;
}

static void copy(double *to, const double *from, size_t count) {
    memcpy(to, from, count * sizeof *to);
}

/* Runs row n alone, and writes its results to their places in the whole batch. */
static void run_alone(const layer_case *one, layer_case *expected, size_t n) {
    static const struct {
        enum layer_slot slot;
        size_t width;
    } by_step[] = {{LAYER_X, INPUT}, {LAYER_DY, HIDDEN}, {LAYER_Y, HIDDEN}, {LAYER_DX, INPUT}};
    static const enum layer_slot states[] = {LAYER_H0, LAYER_C0, LAYER_DHT, LAYER_DCT,
                                             LAYER_HT, LAYER_CT, LAYER_DH0, LAYER_DC0};
    size_t taken[PLANNED];
    const size_t count = list_steps(one, n, taken);
    gb_layer_spec spec = expected->spec;
    spec.steps = count > 0 ? count : 1;
    spec.batch = 1;
    spec.reverse = false;
    layer_case row = layer_case_create(&spec);
    copy(row.values[LAYER_PARAMETERS], one->values[LAYER_PARAMETERS], one->count[LAYER_PARAMETERS]);
    for (size_t s = 0; s < 8; s++)
        if (states[s] < LAYER_Y && row.values[states[s]])
            copy(row.values[states[s]], one->values[states[s]] + n * HIDDEN, HIDDEN);
    for (size_t s = 0; s < 2; s++)
        for (size_t k = 0; k < count; k++)
            copy(row.values[by_step[s].slot] + k * by_step[s].width,
                 one->values[by_step[s].slot] + (taken[k] * ROWS + n) * by_step[s].width, by_step[s].width);
    if (count > 0) {
        run(&row, 1);
    } else { /* the state passes through */
        for (size_t s = 0; s < 4; s++)
            if (row.values[states[s]])
                copy(row.values[states[s + 4]], row.values[states[s]], HIDDEN);
    }
    for (size_t s = 4; s < 8; s++)
        if (row.values[states[s]])
            copy(expected->values[states[s]] + n * HIDDEN, row.values[states[s]], HIDDEN);
    for (size_t s = 2; s < 4; s++)
        for (size_t k = 0; k < count; k++)
            copy(expected->values[by_step[s].slot] + (taken[k] * ROWS + n) * by_step[s].width,
                 row.values[by_step[s].slot] + k * by_step[s].width, by_step[s].width);
    for (size_t k = 0; count > 0 && k < row.count[LAYER_DPARAMETERS]; k++)
        expected->values[LAYER_DPARAMETERS][k] += row.values[LAYER_DPARAMETERS][k];
    layer_case_destroy(&row);
}

/* Not a number wherever no row may look. */
static void spoil_skipped(layer_case *one) {
    for (size_t n = 0; n < ROWS; n++) {
        size_t taken[PLANNED];
        const size_t count = list_steps(one, n, taken);
        for (size_t t = 0; t < PLANNED; t++) {
            bool looked_at = false;
            for (size_t k = 0; k < count; k++)
                looked_at = looked_at || taken[k] == t;
            for (size_t i = 0; !looked_at && i < INPUT; i++)
                one->values[LAYER_X][(t * ROWS + n) * INPUT + i] = NAN;
            for (size_t i = 0; !looked_at && i < HIDDEN; i++)
                one->values[LAYER_DY][(t * ROWS + n) * HIDDEN + i] = NAN;
        }
    }
}

static double worst_output, worst_gradient;

static void check(const gb_layer_spec *spec, const shape *as) {
    layer_case one = layer_case_create(spec);
    layer_case_fill(&one, 7);
    one.steps = as->steps;
    one.lengths = as->lengths;
    one.mask = as->mask;
    spoil_skipped(&one);
    layer_case expected = layer_case_like(&one, "reference", GB_F64, true);
    for (size_t n = 0; n < ROWS; n++)
        run_alone(&one, &expected, n);
    layer_case inference = layer_case_like(&one, spec->backend, spec->dtype, false);
    run(&one, 1);
    run(&inference, 0);
    layer_difference d = layer_case_compare(&one, &expected);
    const double inferred = layer_case_compare(&inference, &expected).output;
    const double factor = spec->dtype == GB_F64 ? 1e-8 : 1;
    if (!(d.output <= OUTPUT_TOLERANCE * factor && inferred <= OUTPUT_TOLERANCE * factor &&
          d.gradient <= GRADIENT_TOLERANCE * factor))
        fail_msg("%s (%s) %s bias %s%s, %s: outputs differ by %.2e (%s), in inference %.2e, gradients by %.2e (%s)",
                 spec->backend, spec->implementation ? spec->implementation : "its choice", spec->cell,
                 gb_bias_name(spec->bias), spec->reverse ? " reverse" : "", as->name, d.output, d.output_at, inferred,
                 d.gradient, d.gradient_at);
    if (spec->dtype == GB_F32) {
        worst_output = fmax(worst_output, fmax(d.output, inferred));
        worst_gradient = fmax(worst_gradient, d.gradient);
    }
    layer_case_destroy(&inference);
    layer_case_destroy(&expected);
    layer_case_destroy(&one);
}

static void every_row_runs_as_if_alone(void **state) {
    (void)state;
    static const char *const implementations[] = {NULL, "primitive", "sgemm", "packed"};
    const size_t biases = GB_BIAS_DOUBLE + 1, cells = gb_cell_count();
    int checked = 0;
    for (size_t i = 0; i < gb_backend_count() * 2 * 4 * cells * biases * 2; i++) {
        const size_t kind = i / biases / cells;
        const gb_layer_spec spec = {.cell = gb_cell_at(i / biases % cells)->name,
                                    .backend = gb_backend_name(kind / 16),
                                    .dtype = kind / 8 % 2 ? GB_F64 : GB_F32,
                                    .bias = (gb_bias)(i % biases),
                                    .input = INPUT,
                                    .hidden = HIDDEN,
                                    .steps = PLANNED,
                                    .batch = ROWS,
                                    .training = true,
                                    .implementation = implementations[kind / 2 % 4],
                                    .reverse = kind % 2};
        char why[256];
        for (size_t s = 0; gb_backend_supports(NULL, &spec, why, sizeof why) && s < SHAPES; s++, checked++)
            check(&spec, &shapes[s]);
    }
    assert_true(checked > 0);
    print_message("%d comparisons in f32 and f64; in f32 outputs within %.2e, gradients within %.2e\n", checked,
                  worst_output, worst_gradient);
}

/* The products of a long batch come in several chunks, which a reverse layer takes from the end. */
static void chunks_keep_their_order(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_backend_count() * gb_cell_count(); i++) {
        gb_layer_spec spec = {.cell = gb_cell_at(i % gb_cell_count())->name,
                              .backend = gb_backend_name(i / gb_cell_count()),
                              .dtype = GB_F32,
                              .bias = GB_BIAS_SINGLE,
                              .input = 3,
                              .hidden = 5,
                              .steps = 300,
                              .batch = 4,
                              .training = true,
                              .reverse = true};
        layer_case reverse = layer_case_create(&spec);
        layer_case_fill(&reverse, 3);
        layer_case mirrored = layer_case_like(&reverse, spec.backend, GB_F32, true);
        mirrored.spec.reverse = false;
        for (size_t t = 0; t < spec.steps; t++) {
            const size_t other = spec.steps - 1 - t, x = spec.batch * spec.input, y = spec.batch * spec.hidden;
            copy(mirrored.values[LAYER_X] + other * x, reverse.values[LAYER_X] + t * x, x);
            copy(mirrored.values[LAYER_DY] + other * y, reverse.values[LAYER_DY] + t * y, y);
        }
        run(&reverse, 1);
        run(&mirrored, 1);
        layer_case_omit(&reverse, LAYER_Y); /* mirrored like x; the states say enough */
        layer_case_omit(&reverse, LAYER_DX);
        const layer_difference d = layer_case_compare(&reverse, &mirrored);
        if (!(d.output <= OUTPUT_TOLERANCE && d.gradient <= GRADIENT_TOLERANCE))
            fail_msg("%s on %s: %.2e (%s), %.2e (%s)", spec.cell, spec.backend, d.output, d.output_at, d.gradient,
                     d.gradient_at);
        layer_case_destroy(&reverse);
        layer_case_destroy(&mirrored);
    }
}

/* A layer whose passes take turns between all of their steps and few reads new parameters in either. */
static void parameters_may_stay_in_turns(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_backend_count(); i++) {
        const gb_layer_spec spec = {.cell = "lstm",
                                    .backend = gb_backend_name(i),
                                    .bias = GB_BIAS_SINGLE,
                                    .input = INPUT,
                                    .hidden = HIDDEN,
                                    .steps = 2,
                                    .batch = 1,
                                    .implementation = strcmp(gb_backend_name(i), "onednn") == 0 ? "primitive" : NULL};
        enum { COUNT = 4 * HIDDEN * (INPUT + HIDDEN + 1) };
        float parameters[2][COUNT], x[2 * INPUT] = {1, -1, 0.5F}, y[2 * HIDDEN], wanted[2 * HIDDEN];
        gb_layer *layer, *fresh;
        for (size_t k = 0; k < COUNT; k++) {
            parameters[0][k] = 0.01F * (float)(k % 31);
            parameters[1][k] = -0.02F * (float)(k % 17);
        }
        assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
        for (size_t turn = 0; turn < 9; turn++) {
            gb_layer_pass pass = {.parameters = parameters[turn / 3 % 2], .x = x, .y = wanted, .steps = 2 - turn % 2};
            assert_int_equal(gb_layer_create(context, &spec, &fresh), GB_OK);
            assert_int_equal(gb_layer_forward(fresh, &pass), GB_OK);
            pass.y = y;
            pass.same_parameters = turn % 3 > 0;
            assert_int_equal(gb_layer_forward(layer, &pass), GB_OK);
            assert_memory_equal(y, wanted, pass.steps * HIDDEN * sizeof *y);
            gb_layer_destroy(fresh);
        }
        gb_layer_destroy(layer);
    }
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    const gb_layer_spec spec = {
        .cell = "gru", .backend = "reference", .input = 1, .hidden = 1, .steps = 3, .batch = 2, .training = true};
    const size_t beyond[] = {1, 3};
    float numbers[16] = {0};
    gb_layer *layer;
    gb_layer_pass pass = {.parameters = numbers, .x = numbers, .dy = numbers, .dparameters = numbers, .steps = 4};
    assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
    assert_int_equal(gb_layer_forward(layer, &pass), GB_INVALID);
    assert_string_equal(gb_context_message(context),
                        "a pass has 4 steps but its layer was planned for 3; plan the layer for more steps");
    pass.steps = 2;
    pass.lengths = beyond;
    assert_int_equal(gb_layer_backward(layer, &pass), GB_INVALID);
    assert_string_equal(gb_context_message(context), "row 1 has length 3; the pass has 2 steps");
    gb_layer_destroy(layer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_runs_as_if_alone),
        cmocka_unit_test(chunks_keep_their_order),
        cmocka_unit_test(parameters_may_stay_in_turns),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    fill_mask();
    return cmocka_run_group_tests(tests, open_context, close_context);
}
