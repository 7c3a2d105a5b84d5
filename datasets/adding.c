/* SPDX-License-Identifier: MIT */
/* The adding problem: each step gives a number from [0, 1) and a mark. Two steps are marked, and at the end the network
 * must predict their sum, which is in [0, 2). Always answering 1 gives a squared error of 1/6 (the variance of the
 * sum).
 *
 * Hochreiter & Schmidhuber 1997 (experiment 4) drew from [-1, 1] and rescaled. The forms here are those of Le et al.
 * 2015 and Arjovsky et al. 2016 (one mark in each half), and of the code of Bai et al. 2018 (two marks anywhere). */
#include "datasets/task_tools.h"

#include <string.h>

enum { CHANNELS = 2 };

/* Order of values below: length, positions, examples. */
static const setting options[] = {
    TASK_OPTION("length", INTEGER, "100", "[2, 100000]", "steps per sequence"),
    TASK_OPTION("positions", CHOICE, "halves", "halves|anywhere",
                "the two marks: one in each half, or at any two different steps"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "number of sequences in each of valid and test"),
    {0}};

typedef struct adding_state {
    gb_context *context;
    size_t length, examples;
    bool anywhere;
} adding_state;

static gb_status adding_open(gb_context *context, const char *const *values, void **state) {
    adding_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (adding_state){.context = context,
                        .length = task_integer(values[0]),
                        .anywhere = !strcmp(values[1], "anywhere"),
                        .examples = task_integer(values[2])};
    *state = s;
    return GB_OK;
}

static void adding_close(void *state) {
    adding_state *s = state;
    gb_release(s->context, s);
}

static void adding_shape(const void *state, task_shape *shape) {
    const adding_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = CHANNELS,
                          .output_size = 1,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SQUARED,
                          .longest = s->length,
                          .metric = "mse",
                          .higher_is_better = false,
                          .sequences = {[TASK_VALID] = s->examples, [TASK_TEST] = s->examples},
                          .splits = {[TASK_TRAIN] = true, [TASK_VALID] = true, [TASK_TEST] = true}};
}

/* The two steps to add. */
static void draw_positions(const adding_state *s, gb_random *random, size_t marked[2]) {
    size_t half = s->length / 2;
    if (s->anywhere) {
        marked[0] = gb_random_below(random, (uint32_t)s->length);
        marked[1] = gb_random_below(random, (uint32_t)s->length - 1);
        marked[1] += marked[1] >= marked[0];
    } else {
        marked[0] = gb_random_below(random, (uint32_t)half);
        marked[1] = half + gb_random_below(random, (uint32_t)(s->length - half));
    }
}

static void write_example(const adding_state *s, gb_random *random, size_t i, task_batch *batch) {
    size_t n = batch->batch.sequences, marked[2];
    draw_positions(s, random, marked);
    for (size_t t = 0; t < s->length; t++)
        batch->inputs[(t * n + i) * CHANNELS] = gb_random_uniform(random);
    for (size_t k = 0; k < 2; k++) {
        double *input = batch->inputs + (marked[k] * n + i) * CHANNELS;
        input[1] = 1;
        batch->targets[i] += input[0];
    }
}

static gb_status adding_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    const adding_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    GB_TRY(task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){.steps = s->length, .sequences = numbers.rows, .inputs = CHANNELS, .targets = 1}));
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        write_example(s, &random, i, batch);
    }
    return GB_OK;
}

static size_t adding_baselines(void *state, task_baseline *baselines, size_t most) {
    static const double close = 0.04; /* when an answer counts as correct: gatebench/model.h */
    const task_baseline all[] = {
        {"constant", "mse", 1.0 / 6, "always answers 1: the variance of the sum of two numbers from [0, 1)"},
        {"constant", "accuracy", 1 - (1 - close) * (1 - close),
         "always answers 1: how often the sum is within 0.04 of it"},
    };
    (void)state;
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

static void adding_sample(void *state, uint64_t seed, FILE *out) {
    const adding_state *s = state;
    task_batch batch = {0};
    if (adding_batch(state, TASK_TEST, seed, 0, 1, &batch) == GB_OK) {
        for (size_t t = 0; t < s->length; t++) {
            const double *input = batch.inputs + t * CHANNELS;
            fprintf(out, "%s%.2f%s ", input[1] != 0 ? "[" : "", input[0], input[1] != 0 ? "]" : "");
        }
        fprintf(out, "-> %.4f\n", batch.targets[0]);
    }
    task_batch_free(s->context, &batch);
}

const task_type task_adding_type = {
    .name = "adding",
    .summary = "the sum of the two marked numbers",
    .source = "Hochreiter & Schmidhuber 1997 (4); in the forms of Arjovsky et al. 2016 and Bai et al. 2018",
    .options = options,
    .version = 1,
    .open = adding_open,
    .close = adding_close,
    .shape = adding_shape,
    .batch = adding_batch,
    .baselines = adding_baselines,
    .sample = adding_sample,
    .sha256 = task_no_sha256,
};
