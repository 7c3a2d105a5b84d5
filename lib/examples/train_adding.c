/* SPDX-License-Identifier: MIT */
/* Trains a GRU on the adding problem (Hochreiter & Schmidhuber 1997): a sequence of numbers in [0, 1), two of which are
 * marked; the target at the end is their sum. Always answering 1 has a mean squared error of 1/6. Exits with 0 if the
 * error on new sequences is below 0.01: cc train_adding.c $(pkg-config --cflags --libs gatebench) */
#include <stdio.h>
#include <stdlib.h>

#include <gatebench/gatebench.h>

enum { STEPS = 20, BATCH = 50, INPUT = 2, TRAINING_STEPS = 600, TESTS = 20 };

static const double GOOD = 0.01;

/* The arrays of a batch; the batch itself points to them. */
typedef struct adding {
    double inputs[STEPS][BATCH][INPUT]; /* number, mark */
    double targets[BATCH];
} adding;

/* Batch number `index` of a stream: one mark in each half, as in the paper's later versions. */
static gb_batch draw(adding *a, gb_purpose purpose, uint64_t index) {
    gb_random random = gb_random_stream(1, purpose, index);
    for (size_t n = 0; n < BATCH; n++) {
        const size_t first = gb_random_below(&random, STEPS / 2),
                     second = STEPS / 2 + gb_random_below(&random, STEPS / 2);
        for (size_t t = 0; t < STEPS; t++) {
            a->inputs[t][n][0] = gb_random_uniform(&random);
            a->inputs[t][n][1] = t == first || t == second;
        }
        a->targets[n] = a->inputs[first][n][0] + a->inputs[second][n][0];
    }
    return (gb_batch){.steps = STEPS, .sequences = BATCH, .inputs = &a->inputs[0][0][0], .targets = a->targets};
}

static gb_status train(gb_model *model, gb_trainer *trainer, double *error) {
    static adding memory;
    gb_status status = gb_model_initialise(model, "keras", 1);
    for (uint64_t step = 0; status == GB_OK && step < TRAINING_STEPS; step++) {
        gb_step_result result;
        const gb_batch batch = draw(&memory, GB_RANDOM_TRAIN, step);
        status = gb_trainer_step(trainer, &batch, &result);
        if (status == GB_OK && step % 100 == 0)
            printf("step %4d: mean squared error %.4f\n", (int)step, result.evaluation.loss / BATCH);
    }
    double sum = 0;
    for (uint64_t i = 0; status == GB_OK && i < TESTS; i++) {
        gb_evaluation found;
        const gb_batch batch = draw(&memory, GB_RANDOM_TEST, i);
        status = gb_model_evaluate(model, &batch, &found);
        sum += status == GB_OK ? found.loss : 0;
    }
    *error = sum / (TESTS * BATCH);
    return status;
}

int main(void) {
    const gb_model_spec spec = {.cell = "gru",
                                .backend = "onednn",
                                .dtype = GB_F32,
                                .input = GB_INPUT_DENSE,
                                .input_size = INPUT,
                                .hidden = 32,
                                .layers = 1,
                                .output_size = 1,
                                .head = GB_HEAD_LAST,
                                .loss = GB_LOSS_SQUARED,
                                .bias = GB_BIAS_SINGLE};
    gb_optimizer_spec optimizer = gb_optimizer_defaults(); /* adam */
    gb_context *context;
    gb_model *model = NULL;
    gb_trainer *trainer = NULL;
    double error = 1;
    optimizer.learning_rate = 5e-3;
    optimizer.clip_norm = 1;
    if (gb_context_create(NULL, &context) != GB_OK)
        return EXIT_FAILURE;
    gb_status status = gb_model_create(context, &spec, &model);
    if (status == GB_OK)
        status = gb_trainer_create(model, &optimizer, &trainer);
    if (status == GB_OK)
        status = train(model, trainer, &error);
    if (status == GB_OK)
        printf("on new sequences: mean squared error %.4f (always answering 1: %.4f)\n", error, 1.0 / 6);
    else
        fprintf(stderr, "train_adding: %s\n", gb_context_message(context));
    gb_trainer_destroy(trainer);
    gb_model_destroy(model);
    gb_context_destroy(context);
    return status == GB_OK && error < GOOD ? EXIT_SUCCESS : EXIT_FAILURE;
}
