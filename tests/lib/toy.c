/* SPDX-License-Identifier: MIT */
/* The models and batches of toy.h. */
#include "toy.h"

#include <stdlib.h>

gb_model_spec toy_spec(const char *cell, gb_input input, size_t embedding, size_t layers, gb_head head, gb_loss loss) {
    return (gb_model_spec){
        .cell = cell,
        .backend = "reference",
        .dtype = GB_F64,
        .input = input,
        .input_size = 6,
        .embedding = embedding,
        .hidden = 7,
        .layers = layers,
        .output_size = 4,
        .window = 9,
        .head = head,
        .loss = loss,
        .bias = GB_BIAS_SINGLE,
    };
}

void toy_batch(toy *made, const gb_model_spec *spec, size_t steps, size_t sequences, bool ragged, uint64_t seed) {
    const size_t rows = steps * sequences;
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    *made = (toy){
        .lengths = check_allocate(sequences, sizeof(size_t)),
        .tokens = check_allocate(rows, sizeof(int32_t)),
        .classes = check_allocate(rows, sizeof(int32_t)),
        .inputs = check_allocate(rows * spec->input_size, sizeof(double)),
        .targets = check_allocate(rows * spec->output_size, sizeof(double)),
        .marks = check_allocate(rows, 1),
        .carry = check_allocate(sequences, 1),
    };
    for (size_t i = 0; i < rows; i++) {
        made->tokens[i] = (int32_t)gb_random_below(&random, (uint32_t)spec->input_size);
        made->classes[i] = (int32_t)gb_random_below(&random, (uint32_t)spec->output_size);
        made->marks[i] = gb_random_below(&random, 3) == 0;
    }
    made->marks[0] = 1;
    for (size_t i = 0; i < rows * spec->input_size; i++)
        made->inputs[i] = gb_random_normal(&random);
    for (size_t i = 0; i < rows * spec->output_size; i++)
        made->targets[i] = gb_random_below(&random, 2);
    for (size_t n = 0; n < sequences; n++)
        made->lengths[n] = n == 0 || !ragged ? steps : 1 + gb_random_below(&random, (uint32_t)steps);
    made->batch = (gb_batch){
        .steps = steps,
        .sequences = sequences,
        .lengths = made->lengths,
        .tokens = made->tokens,
        .inputs = made->inputs,
        .classes = made->classes,
        .targets = made->targets,
        .marks = made->marks,
    };
}

void toy_release(toy *made) {
    void *const blocks[] = {made->lengths, made->tokens, made->classes, made->inputs,
                            made->targets, made->marks,  made->carry};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

gb_model *toy_model(gb_context *context, const gb_model_spec *spec) {
    gb_model *model;
    assert_ok(context, gb_model_create(context, spec, &model));
    const size_t count = gb_model_parameter_count(model);
    double *values = check_allocate(count, sizeof(double));
    check_draw(11, 0.6, values, count);
    gb_model_set_parameters(model, values);
    free(values);
    return model;
}

double toy_mean_loss(void *problem) {
    toy_problem *p = problem;
    gb_evaluation evaluation = {0};
    gb_model_set_parameters(p->model, p->values);
    assert_ok(p->context, gb_model_evaluate(p->model, p->batch, &evaluation));
    return evaluation.loss / (double)evaluation.predictions;
}
