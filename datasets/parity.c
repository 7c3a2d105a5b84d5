/* SPDX-License-Identifier: MIT */
/* Parity: is the number of ones in a sequence of bits odd? It needs one bit of state, which every one flips. No bit may
 * be missed: any proper subset of the bits carries no information about the answer. For `horizon` a length is a number
 * of bits. */
#include <string.h>

#include "datasets/task_tools.h"

/* Order of values below: length, train_length, examples. */
static const setting options[] = {
    TASK_OPTION("length", INTEGER, "20", "[1, 100000]", "bits per sequence"),
    TASK_OPTION("train_length", CHOICE, "up_to", "fixed|up_to",
                "train at that length only, or at lengths drawn from 1 to that length"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "number of sequences in each of valid and test"),
    {0}};

typedef struct parity_state {
    gb_context *context;
    size_t length, examples;
    bool up_to;
} parity_state;

static gb_status parity_open(gb_context *context, const char *const *values, void **state) {
    parity_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (parity_state){.context = context,
                        .length = task_integer(values[0]),
                        .up_to = !strcmp(values[1], "up_to"),
                        .examples = task_integer(values[2])};
    *state = s;
    return GB_OK;
}

static void parity_close(void *state) {
    parity_state *s = state;
    gb_release(s->context, s);
}

static void parity_shape(const void *state, task_shape *shape) {
    const parity_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = 2,
                          .output_size = 2,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = s->length,
                          .metric = "accuracy",
                          .higher_is_better = true,
                          .sequences = {[TASK_VALID] = s->examples, [TASK_TEST] = s->examples},
                          .splits = {[TASK_TRAIN] = true, [TASK_VALID] = true, [TASK_TEST] = true}};
}

/* The length is an example's first number. */
static size_t draw_length(const parity_state *s, gb_random *random, task_split split) {
    return split == TASK_TRAIN && s->up_to ? 1 + gb_random_below(random, (uint32_t)s->length) : s->length;
}

static void write_bits(gb_random *random, size_t length, size_t i, task_batch *batch) {
    batch->lengths[i] = length;
    for (size_t t = 0; t < length; t++) {
        int32_t bit = (int32_t)gb_random_below(random, 2);
        batch->tokens[t * batch->batch.sequences + i] = bit;
        batch->classes[i] ^= bit;
    }
}

static gb_status parity_of_length(void *state, uint64_t seed, size_t length, size_t n, task_batch *batch) {
    GB_TRY(task_reserve_labelled(((const parity_state *)state)->context, length, n, batch));
    for (size_t i = 0; i < n; i++) {
        gb_random random = task_length_stream(seed, length, i);
        write_bits(&random, length, i, batch);
    }
    return GB_OK;
}

static size_t parity_next_length(const void *state, size_t length) {
    return task_quarter_longer(((const parity_state *)state)->length, length);
}

static gb_status parity_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    const parity_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    size_t longest = 0;
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t length = draw_length(s, &random, split);
        longest = length > longest ? length : longest;
    }
    GB_TRY(task_reserve_labelled(s->context, longest, numbers.rows, batch));
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t length = draw_length(s, &random, split);
        write_bits(&random, length, i, batch);
    }
    return GB_OK;
}

static size_t parity_baselines(void *state, task_baseline *baselines, size_t most) {
    static const task_baseline all[] = {
        {"chance", "accuracy", 1.0 / 2, "even or odd at random; a model that misses a single bit is no better"}};
    (void)state;
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

static void parity_sample(void *state, uint64_t seed, FILE *out) {
    const parity_state *s = state;
    task_batch batch = {0};
    if (parity_batch(state, TASK_TEST, seed, 0, 1, &batch) == GB_OK) {
        for (size_t t = 0; t < s->length; t++)
            fprintf(out, "%d ", (int)batch.tokens[t]);
        fprintf(out, "-> %s\n", batch.classes[0] ? "odd" : "even");
    }
    task_batch_free(s->context, &batch);
}

const task_type task_parity_type = {
    .name = "parity",
    .summary = "is the number of ones odd?",
    .source = "Minsky & Papert 1969; for recurrent networks Schmidhuber & Hochreiter 1996",
    .options = options,
    .version = 1,
    .open = parity_open,
    .close = parity_close,
    .shape = parity_shape,
    .batch = parity_batch,
    .of_length = parity_of_length,
    .next_length = parity_next_length,
    .baselines = parity_baselines,
    .sample = parity_sample,
    .sha256 = task_no_sha256,
};
