/* SPDX-License-Identifier: MIT */
/* Temporal order, two symbols (Hochreiter & Schmidhuber 1997, experiment 6a): a sequence of L to 1.1 L symbols begins
 * with E, ends with the trigger B, and holds two that matter, each X or Y, at steps from [L/10, L/5] and [L/2, 3 L/5];
 * the rest is drawn from a, b, c, d. The class is which came first and which second: XX, XY, YX, YY. */
#include "datasets/task_tools.h"

enum { START, TRIGGER, NOISE, NOISES = 4, X = NOISE + NOISES, Y, TOKENS, CLASSES = 4 };
static const char symbols[] = "EBabcdXY";

/* Order of values below: length, examples. */
static const setting options[] = {
    TASK_OPTION("length", INTEGER, "100", "[10, 100000]", "L: the shortest sequence; the longest has 1.1 L steps"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "sequences for validation, and for testing"),
    {0}};

typedef struct temporal_order_state {
    gb_context *context;
    size_t length, examples;
} temporal_order_state;

static gb_status temporal_order_open(gb_context *context, const char *const *values, void **state) {
    temporal_order_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (temporal_order_state){
        .context = context, .length = task_integer(values[0]), .examples = task_integer(values[1])};
    *state = s;
    return GB_OK;
}

static void temporal_order_close(void *state) {
    temporal_order_state *s = state;
    gb_release(s->context, s);
}

static void temporal_order_shape(const void *state, task_shape *shape) {
    const temporal_order_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = TOKENS,
                          .output_size = CLASSES,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = s->length + s->length / 10,
                          .metric = "accuracy",
                          .higher_is_better = true,
                          .sequences = {[TASK_VALID] = s->examples, [TASK_TEST] = s->examples},
                          .splits = {[TASK_TRAIN] = true, [TASK_VALID] = true, [TASK_TEST] = true}};
}

/* A number from [from, to], both included. */
static size_t draw_between(gb_random *random, size_t from, size_t to) {
    return from + gb_random_below(random, (uint32_t)(to - from) + 1);
}

/* The length is an example's first number. */
static size_t draw_length(const temporal_order_state *s, gb_random *random) {
    return draw_between(random, s->length, s->length + s->length / 10);
}

/* One example into column `i`; the stream stands after its length. */
static void write_example(const temporal_order_state *s, gb_random *random, size_t length, size_t i,
                          task_batch *batch) {
    size_t n = batch->batch.sequences, tenth = s->length / 10;
    size_t first = draw_between(random, tenth, 2 * tenth), second = draw_between(random, 5 * tenth, 6 * tenth);
    int32_t class = (int32_t)gb_random_below(random, CLASSES);
    batch->lengths[i] = length;
    batch->classes[i] = class;
    for (size_t t = 0; t < length; t++)
        batch->tokens[t * n + i] = NOISE + (int32_t)gb_random_below(random, NOISES);
    batch->tokens[i] = START;
    batch->tokens[first * n + i] = X + class / 2;
    batch->tokens[second * n + i] = X + class % 2;
    batch->tokens[(length - 1) * n + i] = TRIGGER;
}

static gb_status temporal_order_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n,
                                      task_batch *batch) {
    const temporal_order_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    size_t longest = 0;
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t length = draw_length(s, &random);
        longest = length > longest ? length : longest;
    }
    gb_status status = task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){.steps = longest, .sequences = numbers.rows, .tokens = true, .classes_last = true});
    for (size_t i = 0; status == GB_OK && i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t length = draw_length(s, &random);
        write_example(s, &random, length, i, batch);
    }
    return status;
}

static size_t temporal_order_baselines(void *state, task_baseline *baselines, size_t most) {
    static const task_baseline all[] = {
        {"chance", "accuracy", 1.0 / CLASSES, "one of the four orders at random"},
        {"one symbol", "accuracy", 1.0 / 2, "knows one of the two symbols, not the other"},
    };
    (void)state;
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

static void temporal_order_sample(void *state, uint64_t seed, FILE *out) {
    const temporal_order_state *s = state;
    task_batch batch = {0};
    if (temporal_order_batch(state, TASK_TEST, seed, 0, 1, &batch) == GB_OK) {
        for (size_t t = 0; t < batch.lengths[0]; t++)
            fprintf(out, "%c ", symbols[batch.tokens[t]]);
        fprintf(out, "-> %c then %c\n", symbols[X + batch.classes[0] / 2], symbols[X + batch.classes[0] % 2]);
    }
    task_batch_free(s->context, &batch);
}

const task_type task_temporal_order_type = {
    .name = "temporal_order",
    .summary = "which of two far symbols came first",
    .source = "Hochreiter & Schmidhuber 1997 (6a)",
    .options = options,
    .version = 1,
    .open = temporal_order_open,
    .close = temporal_order_close,
    .shape = temporal_order_shape,
    .batch = temporal_order_batch,
    .baselines = temporal_order_baselines,
    .sample = temporal_order_sample,
    .sha256 = task_no_sha256,
};
