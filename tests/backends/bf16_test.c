/* SPDX-License-Identifier: MIT */
/* The implementation "bf16": its products are exact if every factor can be represented in bf16; it stays close to f32
 * over many steps; on a CPU without the instructions it is refused with a message. */
#include "layer_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../context.h"

/* A product of two bf16 numbers fits an f32; sums are rounded to f32. */
#define EXACT 1e-6
/* Half a unit of 8 significant bits. */
#define ROUNDING 0x1p-9
#define OVER_STEPS 0.01
#define RELU_GRADIENT 0.1 /* where rounding changes a sign, the whole derivative of relu appears or goes */

static gb_layer_spec spec_of(const char *cell, size_t steps, size_t batch, size_t input, size_t hidden) {
    return (gb_layer_spec){.cell = cell,
                           .backend = "onednn",
                           .implementation = "bf16",
                           .dtype = GB_F32,
                           .bias = GB_BIAS_DOUBLE,
                           .steps = steps,
                           .batch = batch,
                           .input = input,
                           .hidden = hidden,
                           .training = true};
}

static bool supported(void) {
    const gb_layer_spec spec = spec_of("lstm", 1, 1, 1, 1);
    char why[256] = "";
    gb_layer *layer;
    if (gb_backend_supports(context, &spec, why, sizeof why))
        return true;
    assert_non_null(strstr(why, "bf16 needs a CPU with AVX-512 BF16 or AMX"));
    assert_int_equal(gb_layer_create(context, &spec, &layer), GB_UNSUPPORTED);
    return false;
}

/* To 8 significant bits; ties do not occur among these numbers. */
static void round_values(double *values, size_t count) {
    for (size_t i = 0; values && i < count; i++) {
        const float value = (float)values[i], scaled = value * 0x1.01p16f;
        values[i] = scaled - (scaled - value);
    }
}

static void run(layer_case *one) {
    if (layer_case_run(context, one, 1) != GB_OK)
        fail_msg("%s: %s", one->spec.cell, gb_context_message(context));
}

static layer_difference compared(layer_case *one) {
    layer_case reference = layer_case_like(one, "reference", GB_F64, true);
    reference.steps = one->steps;
    reference.lengths = one->lengths;
    run(&reference);
    run(one);
    const layer_difference difference = layer_case_compare(one, &reference);
    layer_case_destroy(&reference);
    return difference;
}

/* A second stage multiplies rows that are not such numbers. */
static bool has_second_stage(const char *cell) {
    return strcmp(cell, "gru_reset_before") == 0 || strcmp(cell, "mgu") == 0;
}

static void one_step_rounds_nothing_else(void **state) {
    (void)state;
    static const size_t sizes[][3] = {{3, 5, 7}, {17, 33, 46}, {40, 64, 128}};
    for (size_t i = 0; supported() && i < gb_cell_count() * 3; i++) {
        const char *cell = gb_cell_at(i / 3)->name;
        const size_t *size = sizes[i % 3];
        const gb_layer_spec spec = spec_of(cell, 1, size[0], size[1], size[2]);
        layer_case one = layer_case_create(&spec);
        layer_case_fill(&one, (unsigned)i);
        round_values(one.values[LAYER_PARAMETERS], one.count[LAYER_PARAMETERS]);
        round_values(one.values[LAYER_X], one.count[LAYER_X]);
        round_values(one.values[LAYER_H0], one.count[LAYER_H0]);
        const layer_difference difference = compared(&one);
        if (!(difference.output <= (has_second_stage(cell) ? ROUNDING : EXACT)))
            fail_msg("%s %zu: outputs differ by %g (%s)", cell, i % 3, difference.output, difference.output_at);
        if (!(difference.gradient <= 2 * ROUNDING))
            fail_msg("%s %zu: gradients differ by %g (%s)", cell, i % 3, difference.gradient, difference.gradient_at);
        layer_case_destroy(&one);
    }
}

/* 1,100 rows are three chunks; with lengths, or with fewer steps than planned, the last chunk is shorter. */
static void many_steps_stay_close(void **state) {
    (void)state;
    static const size_t lengths[22] = {50, 1,  0,  49, 7,  50, 50, 50, 30, 2,  50,
                                       50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 3};
    for (size_t i = 0; supported() && i < gb_cell_count() * 3; i++) {
        const char *cell = gb_cell_at(i / 3)->name;
        const gb_layer_spec spec = spec_of(cell, 50, 22, 31, 37);
        layer_case one = layer_case_create(&spec);
        layer_case_fill(&one, (unsigned)i);
        one.lengths = i % 3 == 1 ? lengths : NULL;
        one.steps = i % 3 == 2 ? 29 : 0;
        const layer_difference difference = compared(&one);
        const double most = strcmp(cell, "rnn_relu") == 0 ? RELU_GRADIENT : OVER_STEPS;
        if (!(difference.output <= OVER_STEPS && difference.gradient <= most))
            fail_msg("%s: outputs differ by %g (%s), gradients by %g (%s)", cell, difference.output,
                     difference.output_at, difference.gradient, difference.gradient_at);
        if (!(difference.output > EXACT))
            fail_msg("%s: nothing was rounded", cell);
        layer_case_destroy(&one);
    }
}

static void says_what_ran(void **state) {
    (void)state;
    const gb_layer_spec spec = spec_of("gru", 3, 2, 4, 5);
    gb_layer *layer = NULL;
    if (!supported())
        return;
    assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
    assert_non_null(strstr(gb_layer_implementation(layer), "bf16"));
    gb_layer_destroy(layer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_step_rounds_nothing_else),
        cmocka_unit_test(many_steps_stay_close),
        cmocka_unit_test(says_what_ran),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
