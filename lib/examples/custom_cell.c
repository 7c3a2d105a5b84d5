/* SPDX-License-Identifier: MIT */
/* A cell of your own: leaky_cell.h has its maths. This program registers it, checks its gradient against finite
 * differences, measures its memory, and trains it on both backends to name the first word of a sequence at the end.
 * Exits with 0 when all of that works: cc custom_cell.c $(pkg-config --cflags --libs gatebench) -lm */
#include <stdio.h>
#include <stdlib.h>

#include <gatebench/gatebench.h>

#include "leaky_cells.h"

enum { STEPS = 12, BATCH = 32, WORDS = 4, HIDDEN = 16, TRAINING_STEPS = 400 };

static gb_model_spec spec_of(const char *backend, gb_dtype dtype) {
    return (gb_model_spec){.cell = "leaky",
                           .backend = backend,
                           .dtype = dtype,
                           .input = GB_INPUT_TOKENS,
                           .input_size = WORDS,
                           .hidden = HIDDEN,
                           .layers = 1,
                           .output_size = WORDS,
                           .head = GB_HEAD_LAST,
                           .loss = GB_LOSS_SOFTMAX,
                           .bias = GB_BIAS_SINGLE};
}

/* Random words; the class is the first of them. */
static gb_batch draw(int32_t tokens[STEPS][BATCH], gb_purpose purpose, uint64_t index) {
    gb_random random = gb_random_stream(1, purpose, index);
    for (size_t i = 0; i < (size_t)STEPS * BATCH; i++)
        tokens[i / BATCH][i % BATCH] = (int32_t)gb_random_below(&random, WORDS);
    return (gb_batch){.steps = STEPS, .sequences = BATCH, .tokens = &tokens[0][0], .classes = tokens[0]};
}

static gb_status mean_loss(gb_model *model, const gb_batch *batch, const double *parameters, double *loss) {
    gb_evaluation found = {0};
    gb_model_set_parameters(model, parameters);
    gb_status status = gb_model_evaluate(model, batch, &found);
    *loss = found.loss / BATCH;
    return status;
}

/* The largest difference between the gradient and central differences of the loss, in f64. */
static gb_status check_gradient(gb_context *context, double *worst) {
    static const double eps = 1e-5;
    static int32_t tokens[STEPS][BATCH];
    const gb_model_spec spec = spec_of("reference", GB_F64);
    const gb_batch batch = draw(tokens, GB_RANDOM_PROBE, 0);
    gb_model *model = NULL;
    double *values = NULL, *gradient = NULL;
    gb_evaluation found = {0};
    gb_status status = gb_model_create(context, &spec, &model);
    const size_t count = status == GB_OK ? gb_model_parameter_count(model) : 0;
    if (status == GB_OK)
        status = gb_allocate(context, count, sizeof *values, &values);
    if (status == GB_OK)
        status = gb_allocate(context, count, sizeof *gradient, &gradient);
    if (status == GB_OK)
        status = gb_model_initialise(model, "keras", 1);
    if (status == GB_OK)
        status = gb_model_gradient(model, &batch, &found);
    if (status == GB_OK) {
        gb_model_get_gradient(model, gradient);
        gb_model_get_parameters(model, values);
    }
    for (size_t i = 0; status == GB_OK && i < count; i++) {
        double above = 0, below = 0;
        const double value = values[i];
        values[i] = value + eps;
        status = mean_loss(model, &batch, values, &above);
        values[i] = value - eps;
        status = status == GB_OK ? mean_loss(model, &batch, values, &below) : status;
        values[i] = value;
        *worst = fmax(*worst, fabs((above - below) / (2 * eps) - gradient[i]));
    }
    gb_release(context, gradient);
    gb_release(context, values);
    gb_model_destroy(model);
    return status;
}

/* The memory of the untrained cell: its slowest gate and its slowest direction. */
static gb_status measure_memory(gb_model *model) {
    static int32_t tokens[STEPS][BATCH];
    const gb_batch batch = draw(tokens, GB_RANDOM_PROBE, 0);
    double constants[HIDDEN], exponents[HIDDEN], longest = 0;
    gb_status status = gb_probe_time_constants(model, &batch, 0, 0, constants);
    if (status == GB_OK)
        status = gb_probe_spectrum(model, &batch, 0, 0, exponents);
    for (size_t j = 0; status == GB_OK && j < HIDDEN; j++)
        longest = fmax(longest, constants[j]);
    if (status == GB_OK)
        printf("slowest gate: %.1f steps; largest Lyapunov exponent: %.3f\n", longest, exponents[0]);
    return status;
}

/* Trains, and returns the share of new sequences that it classifies correctly. */
static gb_status train(gb_context *context, const char *backend, double *accuracy) {
    static int32_t tokens[STEPS][BATCH];
    const gb_model_spec spec = spec_of(backend, GB_F32);
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    gb_model *model = NULL;
    gb_trainer *trainer = NULL;
    gb_evaluation found = {0};
    optimizer.learning_rate = 1e-2;
    gb_status status = gb_model_create(context, &spec, &model);
    if (status == GB_OK)
        status = gb_model_initialise(model, "keras", 1);
    if (status == GB_OK)
        status = gb_model_set_forget_bias(model, "chrono:24", 1); /* time constants up to twice the sequence */
    if (status == GB_OK)
        status = measure_memory(model);
    if (status == GB_OK)
        status = gb_trainer_create(model, &optimizer, &trainer);
    for (uint64_t step = 0; status == GB_OK && step < TRAINING_STEPS; step++) {
        gb_step_result result;
        const gb_batch batch = draw(tokens, GB_RANDOM_TRAIN, step);
        status = gb_trainer_step(trainer, &batch, &result);
    }
    if (status == GB_OK) {
        const gb_batch batch = draw(tokens, GB_RANDOM_TEST, 0);
        status = gb_model_evaluate(model, &batch, &found);
        *accuracy = (double)found.correct / BATCH;
        printf("%s (%s): %zu of %d right\n", backend, gb_model_implementation(model), found.correct, BATCH);
    }
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    return status;
}

int main(void) {
    gb_context *context;
    double worst = 0, plain = 0, fast = 0;
    if (gb_context_create(NULL, &context) != GB_OK)
        return EXIT_FAILURE;
    gb_status status = gb_context_register_cell(context, &leaky_f32, &leaky_f64);
    if (status == GB_OK)
        status = check_gradient(context, &worst);
    if (status == GB_OK)
        printf("gradient: largest difference %.1e\n", worst);
    if (status == GB_OK)
        status = train(context, "reference", &plain);
    if (status == GB_OK)
        status = train(context, "onednn", &fast);
    if (status != GB_OK)
        fprintf(stderr, "custom_cell: %s\n", gb_context_message(context));
    gb_context_destroy(context);
    return status == GB_OK && worst < 1e-8 && plain > 0.9 && fast > 0.9 ? EXIT_SUCCESS : EXIT_FAILURE;
}
