/* SPDX-License-Identifier: MIT */
/* Small models and batches for the tests: random tokens, inputs, targets, marks and lengths of any shape. */
#ifndef GATEBENCH_TESTS_LIB_TOY_H
#define GATEBENCH_TESTS_LIB_TOY_H

#include "check.h"

/* A batch that owns its arrays. */
typedef struct toy {
    gb_batch batch;
    size_t *lengths;
    int32_t *tokens, *classes;
    double *inputs, *targets;
    uint8_t *marks, *carry;
} toy;

/* A f64 model on reference: 6 tokens or inputs, 4 outputs, 7 hidden units. */
gb_model_spec toy_spec(const char *cell, gb_input input, size_t embedding, size_t layers, gb_head head, gb_loss loss);

/* A batch for such a model with every array filled, lengths from 1 to steps (the first is steps) when `ragged`. */
void toy_batch(toy *made, const gb_model_spec *spec, size_t steps, size_t sequences, bool ragged, uint64_t seed);
void toy_release(toy *made);

/* Makes the model and fills its parameters with U(-0.6, 0.6). */
gb_model *toy_model(gb_context *context, const gb_model_spec *spec);

/* A loss as a function of the parameters, for the checks by differences (check.h). */
typedef struct toy_problem {
    gb_context *context;
    gb_model *model;
    const gb_batch *batch;
    double *values;
} toy_problem;

/* The mean loss of a toy_problem's batch at its values. */
double toy_mean_loss(void *problem);

#endif
