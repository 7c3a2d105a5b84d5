/* SPDX-License-Identifier: MIT */
/* Properties of the onednn backend alone, on both of its paths: it runs every cell and reports the implementation,
 * gives a reason for what it refuses, allocates no memory during a pass, and frees the memory of a failed plan. */
#include "gatebench/random.h"
#include "layer_case.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const gb_layer_spec lstm = {.cell = "lstm",
                                   .backend = "onednn",
                                   .dtype = GB_F32,
                                   .bias = GB_BIAS_SINGLE,
                                   .input = 5,
                                   .hidden = 7,
                                   .steps = 3,
                                   .batch = 2,
                                   .training = true};

/* An allocator that counts, and that fails from the `allowed`-th call on. */
typedef struct counter {
    long taken, held, allowed;
} counter;

static void *take(void *user, size_t bytes) {
    counter *c = user;
    if (c->taken >= c->allowed)
        return NULL;
    c->taken++;
    c->held++;
    return aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
}

static void give_back(void *user, void *block) {
    if (block)
        ((counter *)user)->held--;
    free(block);
}

static gb_context *counting_context(counter *c) {
    const gb_allocator allocator = {.allocate = take, .release = give_back, .user = c};
    gb_context *context;
    assert_int_equal(gb_context_create(&allocator, &context), GB_OK);
    return context;
}

/* A cell on each path: the primitive, then products and gates with one sum, with a second stage, without U. */
static const struct {
    const char *cell, *implementation;
} paths[] = {{"lstm", "primitive"}, {"cifg", "sgemm"}, {"mgu", "sgemm"},  {"mingru", "sgemm"},
             {"lstm", "packed"},    {"gru", "packed"}, {"mgu", "packed"}, {"mingru", "packed"}};
enum { PATHS = sizeof paths / sizeof paths[0] };

static gb_layer_spec on_path(int path) {
    gb_layer_spec spec = lstm;
    spec.cell = paths[path].cell;
    spec.implementation = paths[path].implementation;
    return spec;
}

static const char *implementation_of(gb_context *context, const char *cell, const char *asked, char *text,
                                     size_t size) {
    gb_layer_spec spec = lstm;
    spec.cell = cell;
    spec.implementation = asked;
    gb_layer *layer;
    if (gb_layer_create(context, &spec, &layer) != GB_OK)
        fail_msg("%s: %s", cell, gb_context_message(context));
    strncpy(text, gb_layer_implementation(layer), size - 1);
    gb_layer_destroy(layer);
    return text;
}

static void every_cell_says_what_runs(void **state) {
    (void)state;
    static const char *const primitives[] = {"rnn", "rnn_relu", "lstm", "lstm_peephole", "gru", "gru_reset_before"};
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    for (size_t c = 0; c < gb_cell_count(); c++) {
        const char *cell = gb_cell_at(c)->name;
        char name[256] = "";
        bool primitive = false;
        for (size_t k = 0; k < sizeof primitives / sizeof primitives[0]; k++)
            primitive = primitive || strcmp(cell, primitives[k]) == 0;
        gb_layer_spec spec = lstm;
        spec.cell = cell;
        spec.implementation = "primitive";
        char why[512];
        assert_int_equal(gb_backend_supports(NULL, &spec, why, sizeof why), primitive);
        if (primitive) {
            implementation_of(context, cell, "primitive", name, sizeof name);
            assert_int_equal(strncmp(name, "rnn primitive, ", 15), 0);
            assert_true(strlen(name) > 15);
        }
        assert_string_equal(implementation_of(context, cell, "sgemm", name, sizeof name), "matmul + gates (sgemm)");
        implementation_of(context, cell, "packed", name, sizeof name);
        assert_int_equal(strncmp(name, "matmul + gates (packed ", 23), 0);
        assert_true(strlen(implementation_of(context, cell, NULL, name, sizeof name)) > 0);
    }
    gb_context_destroy(context);
}

static void the_library_is_named(void **state) {
    (void)state;
    bool found = false;
    for (size_t i = 0; i < gb_backend_count(); i++)
        if (strcmp(gb_backend_name(i), "onednn") == 0)
            found = strncmp(gb_backend_version(i), "oneDNN ", 7) == 0;
    assert_true(found);
}

static void doubles_are_refused(void **state) {
    (void)state;
    gb_layer_spec spec = lstm;
    spec.dtype = GB_F64;
    char why[256] = "";
    assert_false(gb_backend_supports(NULL, &spec, why, sizeof why));
    assert_non_null(strstr(why, "f32"));
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    gb_layer *layer;
    assert_int_equal(gb_layer_create(context, &spec, &layer), GB_UNSUPPORTED);
    gb_context_destroy(context);
}

enum { STATE = 2 * 7, SEQUENCE = 3 * STATE, INPUTS = 3 * 2 * 5, PARAMETERS = 400 }; /* of the layer above */

typedef struct computed {
    float y[SEQUENCE], h[STATE], c[STATE], dh[STATE], dc[STATE], dparameters[PARAMETERS];
} computed;

static void draw(gb_random *random, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(gb_random_uniform(random) - 0.5);
}

/* One pass, forward and with training backward. In place: each state that a pass writes is where it reads the given
 * one. */
static computed run_once(gb_context *context, const gb_layer_spec *spec, bool in_place) {
    computed made;
    float parameters[PARAMETERS], x[INPUTS], dy[SEQUENCE], given[4][STATE];
    float *const states[] = {made.h, made.c, made.dh, made.dc};
    const float *from[4];
    gb_random random = gb_random_stream(1, GB_RANDOM_PROBE, 0);
    memset(&made, 0, sizeof made);
    draw(&random, parameters, PARAMETERS);
    draw(&random, x, INPUTS);
    draw(&random, dy, SEQUENCE);
    for (size_t i = 0; i < 4; i++) {
        draw(&random, given[i], STATE);
        memcpy(states[i], given[i], sizeof given[i]);
        from[i] = in_place ? states[i] : given[i];
    }
    const gb_layer_pass pass = {.parameters = parameters,
                                .x = x,
                                .h0 = from[0],
                                .c0 = from[1],
                                .y = made.y,
                                .hT = made.h,
                                .cT = made.c,
                                .dy = dy,
                                .dhT = from[2],
                                .dcT = from[3],
                                .dh0 = made.dh,
                                .dc0 = made.dc,
                                .dparameters = made.dparameters};
    gb_layer *layer;
    assert_int_equal(gb_layer_create(context, spec, &layer), GB_OK);
    assert_int_equal(gb_layer_forward(layer, &pass), GB_OK);
    if (spec->training)
        assert_int_equal(gb_layer_backward(layer, &pass), GB_OK);
    gb_layer_destroy(layer);
    return made;
}

/* A program that streams has one array for a state. */
static void states_may_be_written_in_place(void **state) {
    (void)state;
    static const char *const implementations[] = {"primitive", "sgemm", "packed", NULL}; /* NULL: reference */
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    for (size_t i = 0; i < gb_cell_count() * 8; i++) {
        gb_layer_spec spec = lstm;
        spec.cell = gb_cell_at(i / 8)->name;
        spec.training = i / 4 % 2 == 1;
        spec.implementation = implementations[i % 4];
        spec.backend = spec.implementation ? "onednn" : "reference";
        if (!gb_backend_supports(context, &spec, NULL, 0))
            continue;
        const computed apart = run_once(context, &spec, false), in_place = run_once(context, &spec, true);
        if (memcmp(&apart, &in_place, sizeof apart) != 0)
            fail_msg("%s on %s, training %d", spec.cell, spec.implementation ? spec.implementation : spec.backend,
                     spec.training);
    }
    gb_context_destroy(context);
}

static void unknown_implementations_are_refused(void **state) {
    (void)state;
    gb_layer_spec spec = lstm;
    spec.implementation = "fastest";
    char why[512];
    assert_false(gb_backend_supports(NULL, &spec, why, sizeof why));
    assert_non_null(strstr(why, "primitive, sgemm, packed and bf16"));
    spec.backend = "reference";
    assert_false(gb_backend_supports(NULL, &spec, why, sizeof why));
    assert_non_null(strstr(why, "'fastest'"));
}

static void fill_pass(gb_layer_pass *pass, float *block) {
    *pass =
        (gb_layer_pass){.parameters = block, .x = block, .y = block + 2048, .dy = block, .dparameters = block + 4096};
}

enum { DSTATE = 6144, BLOCK = 8192 };

/* A forward and a backward pass that asks for state gradients, in a block of its own. */
static gb_status run_with_dstate(gb_context *context, const gb_layer_spec *spec, float *block) {
    for (size_t i = 0; i < DSTATE; i++)
        block[i] = (float)((i * 37) % 101) / 101 - 0.5f;
    gb_layer *layer;
    assert_int_equal(gb_layer_create(context, spec, &layer), GB_OK);
    gb_layer_pass pass;
    fill_pass(&pass, block);
    pass.dstate = block + DSTATE;
    assert_int_equal(gb_layer_forward(layer, &pass), GB_OK);
    const gb_status status = gb_layer_backward(layer, &pass);
    gb_layer_destroy(layer);
    return status;
}

/* The primitive does not have them and says so; the recurrent pass gives those of the reference backend. */
static void state_gradients_are_given_or_refused(void **state) {
    (void)state;
    float *const block = calloc(BLOCK, sizeof(float)), *const expected = calloc(BLOCK, sizeof(float));
    assert_non_null(block);
    assert_non_null(expected);
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    for (int path = 0; path < PATHS; path++) {
        gb_layer_spec spec = on_path(path);
        const gb_status status = run_with_dstate(context, &spec, block);
        if (path == 0) {
            assert_int_equal(status, GB_UNSUPPORTED);
            assert_non_null(strstr(gb_context_message(context), "reference"));
            continue;
        }
        assert_int_equal(status, GB_OK);
        spec.backend = "reference";
        spec.implementation = NULL;
        assert_int_equal(run_with_dstate(context, &spec, expected), GB_OK);
        for (size_t i = DSTATE; i < DSTATE + (spec.steps + 1) * spec.batch * 2 * spec.hidden; i++)
            assert_float_equal(block[i], expected[i], 1e-5);
    }
    gb_context_destroy(context);
    free(expected);
    free(block);
}

static void passes_take_no_memory(void **state) {
    (void)state;
    for (int path = 0; path < PATHS; path++) {
        const gb_layer_spec spec = on_path(path);
        counter c = {.allowed = 1000000};
        gb_context *context = counting_context(&c);
        gb_layer *layer;
        assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
        float *block = calloc(8192, sizeof(float));
        assert_non_null(block);
        gb_layer_pass pass;
        fill_pass(&pass, block);
        long before = c.taken;
        for (int k = 0; k < 3; k++) {
            assert_int_equal(gb_layer_forward(layer, &pass), GB_OK);
            assert_int_equal(gb_layer_backward(layer, &pass), GB_OK);
        }
        assert_int_equal(c.taken, before);
        free(block);
        gb_layer_destroy(layer);
        gb_context_destroy(context);
        assert_int_equal(c.held, 0);
    }
}

/* Whichever allocation fails, the call says so and nothing is lost. */
static void failed_plans_leave_nothing(void **state) {
    (void)state;
    for (int path = 0; path < PATHS; path++) {
        const gb_layer_spec spec = on_path(path);
        counter all = {.allowed = 1000000};
        gb_context *context = counting_context(&all);
        long start = all.taken;
        gb_layer *layer;
        assert_int_equal(gb_layer_create(context, &spec, &layer), GB_OK);
        long needed = all.taken - start;
        gb_layer_destroy(layer);
        gb_context_destroy(context);
        for (long allowed = 0; allowed < needed; allowed++) {
            counter c = {.allowed = start + allowed};
            context = counting_context(&c);
            long held = c.held;
            assert_int_equal(gb_layer_create(context, &spec, &layer), GB_MEMORY);
            assert_int_equal(c.held, held);
            gb_context_destroy(context);
            assert_int_equal(c.held, 0);
        }
    }
}

/* A streaming step and a batch use other kernels, but a sequence has one result. */
static void a_row_alone_has_the_bits_that_it_has_in_a_batch(void **state) {
    (void)state;
    enum { ROWS = 5, INPUT = 9, STEPS = 4 };
    static const size_t widths[] = {3, 16, 33, 64, 70, 150}; /* of panels: none, whole ones, a rest */
    static const char *const cells[] = {"rnn", "lstm", "gru"};
    gb_context *context = counting_context(&(counter){.allowed = LONG_MAX});
    for (size_t k = 0; k < 3 * sizeof widths / sizeof *widths; k++) {
        const size_t hidden = widths[k / 3];
        gb_layer_spec spec = lstm;
        spec.cell = cells[k % 3];
        spec.implementation = "packed";
        spec.input = INPUT;
        spec.hidden = hidden;
        spec.steps = STEPS;
        spec.batch = ROWS;
        layer_case all = layer_case_create(&spec);
        layer_case_fill(&all, 3);
        assert_int_equal(layer_case_run(context, &all, 0), GB_OK);
        spec.batch = 1;
        for (size_t n = 0; n < ROWS; n++) {
            layer_case one = layer_case_create(&spec);
            memcpy(one.values[LAYER_PARAMETERS], all.values[LAYER_PARAMETERS],
                   one.count[LAYER_PARAMETERS] * sizeof(double));
            for (size_t t = 0; t < STEPS; t++)
                memcpy(one.values[LAYER_X] + t * INPUT, all.values[LAYER_X] + (t * ROWS + n) * INPUT,
                       INPUT * sizeof(double));
            for (int slot = LAYER_H0; slot <= LAYER_C0; slot++)
                if (one.values[slot])
                    memcpy(one.values[slot], all.values[slot] + n * hidden, hidden * sizeof(double));
            assert_int_equal(layer_case_run(context, &one, 0), GB_OK);
            for (size_t t = 0; t < STEPS; t++)
                if (memcmp(one.values[LAYER_Y] + t * hidden, all.values[LAYER_Y] + (t * ROWS + n) * hidden,
                           hidden * sizeof(double)) != 0)
                    fail_msg("%s of %zu units: row %zu has another y of step %zu", spec.cell, hidden, n, t);
            layer_case_destroy(&one);
        }
        layer_case_destroy(&all);
    }
    gb_context_destroy(context);
}

#ifdef __SSE__
static bool keeps_denormals(void) {
    volatile float tiny = 3e-39f;
    volatile float sum = tiny + tiny;
    return sum > 0;
}

/* The gradient of the last state halves in each of 140 steps: to 2^-140, which is denormal in f32. */
static double gradient_after_140_halves(const char *backend, const char *implementation) {
    enum { HIDDEN = 8 };
    const gb_layer_spec spec = {.cell = "rnn",
                                .backend = backend,
                                .implementation = implementation,
                                .dtype = GB_F32,
                                .bias = GB_BIAS_NONE,
                                .steps = 140,
                                .batch = 16,
                                .input = HIDDEN,
                                .hidden = HIDDEN,
                                .training = true};
    layer_case one = layer_case_create(&spec);
    for (size_t j = 0; j < HIDDEN; j++)
        one.values[LAYER_PARAMETERS][(HIDDEN + j) * HIDDEN + j] = 0.5; /* after W [8][8], which is 0 */
    for (size_t i = 0; i < one.count[LAYER_DHT]; i++)
        one.values[LAYER_DHT][i] = 1;
    gb_context *context;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    assert_int_equal(layer_case_run(context, &one, 1), GB_OK);
    gb_context_destroy(context);
    const double *gradient = one.values[LAYER_DH0], first = gradient[0];
    for (size_t i = 1; i < one.count[LAYER_DH0]; i++)
        assert_true(gradient[i] == first);
    layer_case_destroy(&one);
    assert_true(keeps_denormals());
    return first;
}

/* Denormals are a hundred times as slow as other numbers, so a vanishing gradient would be measured as a slow cell. */
static void denormals_become_zero_and_the_caller_keeps_its_own(void **state) {
    (void)state;
    assert_true(gradient_after_140_halves("reference", NULL) == 0x1p-140);
    assert_true(gradient_after_140_halves("onednn", "sgemm") == 0);
    assert_true(gradient_after_140_halves("onednn", "packed") == 0);
    assert_true(gradient_after_140_halves("onednn", "primitive") == 0);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_says_what_runs),
        cmocka_unit_test(the_library_is_named),
        cmocka_unit_test(doubles_are_refused),
        cmocka_unit_test(unknown_implementations_are_refused),
        cmocka_unit_test(states_may_be_written_in_place),
        cmocka_unit_test(state_gradients_are_given_or_refused),
        cmocka_unit_test(passes_take_no_memory),
        cmocka_unit_test(failed_plans_leave_nothing),
        cmocka_unit_test(a_row_alone_has_the_bits_that_it_has_in_a_batch),
#ifdef __SSE__
        cmocka_unit_test(denormals_become_zero_and_the_caller_keeps_its_own),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
