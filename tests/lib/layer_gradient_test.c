/* SPDX-License-Identifier: MIT */
/* Backward of every cell against central differences, in f64: parameters, inputs, initial states, with gradients
 * arriving at every output and at the final state. Odd sizes, every bias option, T from 1 to 50. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { I = 5, H = 7, N = 3 };

/* The layer under test and a scalar of it: the dot product of all its outputs with fixed weights. */
typedef struct problem {
    gb_context *context;
    gb_layer *layer;
    gb_layer_pass pass;
    size_t steps, parameter_count;
    bool memory;
    double *parameters, *x, *y, *dy, *dx, *dparameters, *dstate;
    double h0[N * H], c0[N * H], hT[N * H], cT[N * H], dhT[N * H], dcT[N * H], dh0[N * H], dc0[N * H];
} problem;

static double scalar(void *user) {
    problem *p = user;
    assert_ok(p->context, gb_layer_forward(p->layer, &p->pass));
    double sum = 0;
    for (size_t i = 0; i < p->steps * N * H; i++)
        sum += p->y[i] * p->dy[i];
    for (size_t i = 0; i < N * H; i++)
        sum += p->hT[i] * p->dhT[i] + (p->memory ? p->cT[i] * p->dcT[i] : 0);
    return sum;
}

/* Rows that end early, rows with holes, from the last step to the first. */
enum { UNEVEN = 9 };
static const size_t lengths[N] = {4, UNEVEN, 0};
static const uint8_t mask[UNEVEN * N] = {1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1,
                                         1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1};

static void build(problem *p, const char *cell, gb_bias bias, size_t steps, bool uneven) {
    const gb_layer_spec spec = {cell, "reference", GB_F64, bias, I, H, steps, N, true, NULL, uneven};
    *p = (problem){.context = check_context(), .steps = steps, .memory = gb_cell_find(cell)->has_memory};
    assert_ok(p->context, gb_layer_create(p->context, &spec, &p->layer));
    assert_ok(p->context, gb_layer_parameter_count(p->context, &spec, &p->parameter_count));
    p->parameters = check_allocate(p->parameter_count, sizeof(double));
    p->dparameters = check_allocate(p->parameter_count, sizeof(double));
    p->x = check_allocate(steps * N * I, sizeof(double));
    p->dx = check_allocate(steps * N * I, sizeof(double));
    p->y = check_allocate(steps * N * H, sizeof(double));
    p->dy = check_allocate(steps * N * H, sizeof(double));
    p->dstate = check_allocate((steps + 1) * N * 2 * H, sizeof(double));
    check_draw(1, 0.6, p->parameters, p->parameter_count);
    check_draw(2, 1, p->x, steps * N * I);
    check_draw(3, 1, p->dy, steps * N * H);
    check_draw(4, 1, p->h0, N * H);
    check_draw(5, 1, p->c0, N * H);
    check_draw(6, 1, p->dhT, N * H);
    check_draw(7, 1, p->dcT, N * H);
    p->pass = (gb_layer_pass){.parameters = p->parameters,
                              .x = p->x,
                              .h0 = p->h0,
                              .c0 = p->c0,
                              .y = p->y,
                              .hT = p->hT,
                              .cT = p->cT,
                              .dy = p->dy,
                              .dhT = p->dhT,
                              .dcT = p->dcT,
                              .dx = p->dx,
                              .dh0 = p->dh0,
                              .dc0 = p->dc0,
                              .dparameters = p->dparameters,
                              .dstate = p->dstate,
                              .lengths = uneven ? lengths : NULL,
                              .mask = uneven ? mask : NULL};
}

static void tear_down(problem *p) {
    void *const blocks[] = {p->parameters, p->dparameters, p->x, p->dx, p->y, p->dy, p->dstate};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
    gb_layer_destroy(p->layer);
    gb_context_destroy(p->context);
}

static void check_all(problem *p, const char *cell, gb_bias bias) {
    const size_t stride = p->steps > 10 ? 3 : 1;
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t count;
    char name[1024];
    scalar(p);
    assert_ok(p->context, gb_layer_backward(p->layer, &p->pass));
    const size_t n = gb_cell_tensors(gb_cell_find(cell), I, H, bias, tensors, &count);
    for (size_t t = 0; t < n; t++) {
        snprintf(name, sizeof name, "%s bias %s T %zu %s", cell, gb_bias_name(bias), p->steps, tensors[t].name);
        assert_true(check_gradient(name, p->parameters + tensors[t].offset, tensors[t].count, stride,
                                   p->dparameters + tensors[t].offset, scalar, p));
    }
    assert_true(check_gradient("x", p->x, p->steps * N * I, stride, p->dx, scalar, p));
    assert_true(check_gradient("h0", p->h0, N * H, 1, p->dh0, scalar, p));
    assert_true(!p->memory || check_gradient("c0", p->c0, N * H, 1, p->dc0, scalar, p));
}

static void every_cell_agrees_with_central_differences(void **state) {
    (void)state;
    static const size_t steps[] = {1, 2, 7, UNEVEN, 50};
    for (size_t i = 0; i < gb_cell_count(); i++) {
        for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++) {
            for (size_t l = 0; l < sizeof steps / sizeof *steps; l++) {
                problem p;
                build(&p, gb_cell_at(i)->name, bias, steps[l], steps[l] == UNEVEN);
                check_all(&p, gb_cell_at(i)->name, bias);
                tear_down(&p);
            }
        }
    }
}

/* more rows than one chunk of the reference backend holds: 3 sequences of 200 steps */
static void long_sequences_agree_too(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count(); i++) {
        problem p;
        build(&p, gb_cell_at(i)->name, GB_BIAS_DOUBLE, 200, false);
        for (size_t j = 0; j < p.parameter_count; j++)
            p.parameters[j] *= 0.5; /* dynamics that contract, or differences over 200 steps say nothing */
        scalar(&p);
        assert_ok(p.context, gb_layer_backward(p.layer, &p.pass));
        assert_true(check_gradient("all", p.parameters, p.parameter_count, 17, p.dparameters, scalar, &p));
        assert_true(check_gradient("x", p.x, p.steps * N * I, 61, p.dx, scalar, &p));
        tear_down(&p);
    }
}

static void the_checker_catches_a_flipped_sign(void **state) {
    (void)state;
    problem p;
    build(&p, "lstm", GB_BIAS_SINGLE, 7, false);
    scalar(&p);
    assert_ok(p.context, gb_layer_backward(p.layer, &p.pass));
    assert_true(check_gradient(NULL, p.parameters, p.parameter_count, 1, p.dparameters, scalar, &p));
    p.dparameters[11] = -p.dparameters[11];
    assert_false(check_gradient(NULL, p.parameters, p.parameter_count, 1, p.dparameters, scalar, &p));
    tear_down(&p);
}

static void gradients_are_added(void **state) {
    (void)state;
    problem p;
    build(&p, "gru", GB_BIAS_SINGLE, 7, false);
    double *once = check_allocate(p.parameter_count, sizeof(double));
    scalar(&p);
    assert_ok(p.context, gb_layer_backward(p.layer, &p.pass));
    memcpy(once, p.dparameters, p.parameter_count * sizeof(double));
    assert_ok(p.context, gb_layer_backward(p.layer, &p.pass));
    for (size_t i = 0; i < p.parameter_count; i++)
        check_near(p.dparameters[i], 2 * once[i], 1e-12);
    free(once);
    tear_down(&p);
}

/* dstate[t] is the gradient that a layer over the steps t.. alone finds at its initial state */
static void state_gradients_are_those_of_the_remaining_steps(void **state) {
    (void)state;
    enum { T = 7, CUT = 4 };
    for (size_t i = 0; i < gb_cell_count(); i++) {
        const gb_cell_info *cell = gb_cell_at(i);
        const size_t width = cell->has_memory ? 2 * H : H;
        problem whole, head, rest;
        build(&whole, cell->name, GB_BIAS_SINGLE, T, false);
        build(&head, cell->name, GB_BIAS_SINGLE, CUT, false);
        build(&rest, cell->name, GB_BIAS_SINGLE, T - CUT, false);
        scalar(&whole);
        assert_ok(whole.context, gb_layer_backward(whole.layer, &whole.pass));
        scalar(&head);
        memcpy(rest.h0, head.hT, sizeof rest.h0);
        memcpy(rest.c0, head.cT, sizeof rest.c0);
        memcpy(rest.x, whole.x + CUT * N * I, (T - CUT) * N * I * sizeof(double));
        memcpy(rest.dy, whole.dy + CUT * N * H, (T - CUT) * N * H * sizeof(double));
        scalar(&rest);
        assert_ok(rest.context, gb_layer_backward(rest.layer, &rest.pass));
        for (size_t n = 0; n < N; n++) {
            const double *row = whole.dstate + (CUT * N + n) * width, *last = whole.dstate + (T * N + n) * width;
            for (size_t j = 0; j < H; j++) {
                check_near(row[j], rest.dh0[n * H + j], 1e-12);
                check_near(last[j], whole.dhT[n * H + j], 0);
                if (cell->has_memory) {
                    check_near(row[H + j], rest.dc0[n * H + j], 1e-12);
                    check_near(last[H + j], whole.dcT[n * H + j], 0);
                }
            }
        }
        tear_down(&whole);
        tear_down(&head);
        tear_down(&rest);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_agrees_with_central_differences),
        cmocka_unit_test(long_sequences_agree_too),
        cmocka_unit_test(the_checker_catches_a_flipped_sign),
        cmocka_unit_test(gradients_are_added),
        cmocka_unit_test(state_gradients_are_those_of_the_remaining_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
