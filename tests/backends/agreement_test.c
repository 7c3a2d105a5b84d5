/* SPDX-License-Identifier: MIT */
/* Every backend agrees in f32 with the reference in f64: each cell that it supports, each bias option, shapes from the
 * smallest to odd and long ones, with and without initial states. All tensors are compared. The comparison itself is
 * tested too: it must see swapped gates and an omitted initial state. */
#include "layer_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../context.h"

#define OUTPUT_TOLERANCE 1e-6
#define GRADIENT_TOLERANCE 2e-6
/* What a wrong computation must exceed to be called seen. */
#define PLAINLY_WRONG 1e-3

static const struct {
    size_t T, N, I, H;
} shapes[] = {{1, 1, 1, 1},   {1, 3, 5, 7},    {2, 3, 5, 7},     {2, 1, 9, 16},    {7, 5, 3, 17},
              {7, 8, 33, 13}, {50, 4, 13, 31}, {50, 16, 88, 36}, {128, 3, 11, 33}, {128, 2, 7, 64}};
static const size_t shape_count = sizeof shapes / sizeof shapes[0];

/* The implementations that a layer may ask for; NULL is the backend's choice. */
static const char *const implementations[] = {NULL, "primitive", "sgemm", "packed"};
enum { IMPLEMENTATIONS = sizeof implementations / sizeof *implementations };

/* Calls visit for each backend, implementation, cell and bias option that the backend supports. Returns how many. */
typedef void visitor(const gb_layer_spec *spec);
static int for_each_supported(size_t shape, visitor *visit) {
    const size_t biases = GB_BIAS_DOUBLE + 1, cells = gb_cell_count();
    int visited = 0;
    for (size_t i = 0; i < gb_backend_count() * IMPLEMENTATIONS * cells * biases; i++) {
        const gb_layer_spec spec = {.cell = gb_cell_at(i / biases % cells)->name,
                                    .backend = gb_backend_name(i / biases / cells / IMPLEMENTATIONS),
                                    .dtype = GB_F32,
                                    .bias = (gb_bias)(i % biases),
                                    .input = shapes[shape].I,
                                    .hidden = shapes[shape].H,
                                    .steps = shapes[shape].T,
                                    .batch = shapes[shape].N,
                                    .training = true,
                                    .implementation = implementations[i / biases / cells % IMPLEMENTATIONS]};
        char why[256];
        if (!gb_backend_supports(NULL, &spec, why, sizeof why))
            continue;
        visit(&spec);
        visited++;
    }
    return visited;
}

static void run(layer_case *one, int backward_passes) {
    if (layer_case_run(context, one, backward_passes) != GB_OK)
        fail_msg("%s", gb_context_message(context));
}

static layer_case filled(const gb_layer_spec *spec) {
    layer_case one = layer_case_create(spec);
    layer_case_fill(&one, (unsigned)(spec->steps * 100 + spec->hidden));
    return one;
}

static layer_difference worst;

static void check_agreement(layer_case *one) {
    layer_case reference = layer_case_like(one, "reference", GB_F64, true);
    run(&reference, 1);
    run(one, 1);
    layer_difference d = layer_case_compare(one, &reference);
    if (!(d.output <= OUTPUT_TOLERANCE && d.gradient <= GRADIENT_TOLERANCE))
        fail_msg("%s (%s) %s bias %s T=%zu N=%zu I=%zu H=%zu %s: outputs differ by %.2e (%s), gradients by %.2e (%s)",
                 one->spec.backend, one->spec.implementation ? one->spec.implementation : "its choice", one->spec.cell,
                 gb_bias_name(one->spec.bias), one->spec.steps, one->spec.batch, one->spec.input, one->spec.hidden,
                 one->values[LAYER_H0] ? "with states" : "from zero", d.output, d.output_at, d.gradient, d.gradient_at);
    if (strcmp(one->spec.backend, "reference") != 0) {
        worst.output = d.output > worst.output ? d.output : worst.output;
        worst.gradient = d.gradient > worst.gradient ? d.gradient : worst.gradient;
    }
    layer_case_destroy(&reference);
}

static void agree_with_states(const gb_layer_spec *spec) {
    layer_case one = filled(spec);
    check_agreement(&one);
    layer_case_destroy(&one);
}

static void agree_from_zero(const gb_layer_spec *spec) {
    layer_case one = filled(spec);
    const enum layer_slot omitted[] = {LAYER_H0, LAYER_C0, LAYER_DHT, LAYER_DCT, LAYER_HT,
                                       LAYER_CT, LAYER_DX, LAYER_DH0, LAYER_DC0};
    for (size_t k = 0; k < sizeof omitted / sizeof omitted[0]; k++)
        layer_case_omit(&one, omitted[k]);
    check_agreement(&one);
    layer_case_destroy(&one);
}

static void every_tensor_agrees(void **state) {
    (void)state;
    worst = (layer_difference){0};
    int visited = 0;
    for (size_t shape = 0; shape < shape_count; shape++) {
        visited += for_each_supported(shape, agree_with_states);
        visited += for_each_supported(shape, agree_from_zero);
    }
    assert_true(visited > 0);
    print_message("%d comparisons; beside the reference: outputs within %.2e, gradients within %.2e\n", visited,
                  worst.output, worst.gradient);
}

static void infer_like_training(const gb_layer_spec *spec) {
    layer_case training = filled(spec);
    layer_case inference = layer_case_like(&training, spec->backend, GB_F32, false);
    run(&training, 0);
    run(&inference, 0);
    assert_true(layer_case_compare(&inference, &training).output <= OUTPUT_TOLERANCE);
    layer_case_omit(&inference, LAYER_Y);
    run(&inference, 0);
    assert_true(layer_case_compare(&inference, &training).output <= OUTPUT_TOLERANCE);
    layer_case_destroy(&training);
    layer_case_destroy(&inference);
}

static void inference_equals_training(void **state) {
    (void)state;
    for (size_t shape = 0; shape < shape_count; shape++)
        for_each_supported(shape, infer_like_training);
}

static void accumulate(const gb_layer_spec *spec) {
    layer_case once = filled(spec);
    layer_case twice = layer_case_like(&once, spec->backend, GB_F32, true);
    run(&once, 1);
    run(&twice, 2);
    for (size_t k = 0; k < once.count[LAYER_DPARAMETERS]; k++)
        once.values[LAYER_DPARAMETERS][k] *= 2;
    layer_difference d = layer_case_compare(&twice, &once);
    if (!(d.gradient <= GRADIENT_TOLERANCE))
        fail_msg("%s %s: %s differs by %.2e from twice one pass", spec->backend, spec->cell, d.gradient_at, d.gradient);
    layer_case_destroy(&once);
    layer_case_destroy(&twice);
}

static void gradients_accumulate(void **state) {
    (void)state;
    for (size_t shape = 0; shape < shape_count; shape += 2)
        for_each_supported(shape, accumulate);
}

/* Swaps gates a and b in every tensor that has them. */
static void swap_gates(layer_case *one, size_t a, size_t b) {
    for (size_t i = 0; i < one->tensor_count; i++) {
        const gb_tensor *t = &one->tensors[i];
        double *block = one->values[LAYER_PARAMETERS] + t->offset;
        for (size_t row = 0; t->shape[1] > b && row < t->shape[0]; row++)
            for (size_t column = 0; column < t->shape[2]; column++) {
                double *first = block + (row * t->shape[1] + a) * t->shape[2] + column;
                double *second = block + (row * t->shape[1] + b) * t->shape[2] + column;
                double kept = *first;
                *first = *second;
                *second = kept;
            }
    }
}

static int gate_swaps;

static void swapped_gates_differ(const gb_layer_spec *spec) {
    layer_case one = filled(spec);
    layer_case reference = layer_case_like(&one, "reference", GB_F64, true);
    run(&reference, 1);
    for (size_t b = 1; b < one.cell->gates; b++)
        for (size_t a = 0; a < b; a++) {
            layer_case swapped = layer_case_like(&one, spec->backend, GB_F32, true);
            swap_gates(&swapped, a, b);
            run(&swapped, 1);
            layer_difference d = layer_case_compare(&swapped, &reference);
            if (!(d.output > PLAINLY_WRONG && d.gradient > PLAINLY_WRONG))
                fail_msg("%s %s: swapping gates %s and %s was not seen (%.2e, %.2e)", spec->backend, spec->cell,
                         one.cell->gate_names[a], one.cell->gate_names[b], d.output, d.gradient);
            layer_case_destroy(&swapped);
            gate_swaps++;
        }
    layer_case_destroy(&one);
    layer_case_destroy(&reference);
}

static void swapped_gates_are_seen(void **state) {
    (void)state;
    gate_swaps = 0;
    for_each_supported(4, swapped_gates_differ);
    assert_true(gate_swaps > 0);
}

/* Each state alone: the initial ones change outputs and gradients, the gradients at the end change gradients. */
static void omitted_states_differ(const gb_layer_spec *spec) {
    layer_case one = filled(spec);
    layer_case reference = layer_case_like(&one, "reference", GB_F64, true);
    run(&reference, 1);
    const enum layer_slot states[] = {LAYER_H0, LAYER_C0, LAYER_DHT, LAYER_DCT};
    for (size_t k = 0; k < 4; k++) {
        if (one.values[states[k]] == NULL)
            continue;
        layer_case without = layer_case_like(&one, spec->backend, GB_F32, true);
        layer_case_omit(&without, states[k]);
        run(&without, 1);
        layer_difference d = layer_case_compare(&without, &reference);
        bool initial = states[k] == LAYER_H0 || states[k] == LAYER_C0;
        if (!(d.gradient > PLAINLY_WRONG && (!initial || d.output > PLAINLY_WRONG)))
            fail_msg("%s %s: omitting state %zu was not seen (%.2e, %.2e)", spec->backend, spec->cell, k, d.output,
                     d.gradient);
        layer_case_destroy(&without);
    }
    layer_case_destroy(&one);
    layer_case_destroy(&reference);
}

static void omitted_states_are_seen(void **state) {
    (void)state;
    for_each_supported(1, omitted_states_differ);
    for_each_supported(4, omitted_states_differ);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tensor_agrees),     cmocka_unit_test(inference_equals_training),
        cmocka_unit_test(gradients_accumulate),    cmocka_unit_test(swapped_gates_are_seen),
        cmocka_unit_test(omitted_states_are_seen),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
