/* SPDX-License-Identifier: MIT */
/* Temporal order, two symbols (Hochreiter & Schmidhuber 1997, experiment 6a): a sequence of L to 1.1 L symbols begins
 * with E and ends with the trigger B. Two symbols matter, each X or Y, at steps from [L/10, L/5] and [L/2, 3 L/5]: from
 * [t, 2 t] and [5 t, 6 t], where t is L/10 rounded down (L is 100 in the paper). The rest is drawn from a, b, c, d. The
 * class is the pair of the two in order: XX, XY, YX, YY. With `shortest` each sequence draws its own L between
 * `shortest` and `length`, as Pascanu et al. 2013 do (50 to 200). For `horizon` a length is L. */
#include "datasets/task_tools.h"

enum { START, TRIGGER, NOISE, NOISES = 4, X = NOISE + NOISES, Y, TOKENS, CLASSES = 4 };
static const char symbols[] = "EBabcdXY";

/* Order of values below: length, shortest, examples. */
static const setting options[] = {
    TASK_OPTION("length", INTEGER, "100", "[10, 100000]", "L: the shortest sequence; the longest has 1.1 L steps"),
    TASK_OPTION("shortest", INTEGER, "0", "0|[10, 100000]",
                "each sequence draws its own L from `shortest` to `length`; 0: L is `length` for all"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "number of sequences in each of valid and test"),
    {0}};

typedef struct temporal_order_state {
    gb_context *context;
    size_t length, shortest, examples;
} temporal_order_state;

static gb_status temporal_order_open(gb_context *context, const char *const *values, void **state) {
    temporal_order_state *s;
    size_t length = task_integer(values[0]), shortest = task_integer(values[1]);
    if (shortest > length)
        return gb_fail(context, GB_INVALID, "shortest is %zu, but must not exceed length, which is %zu", shortest,
                       length);
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (temporal_order_state){.context = context,
                                .length = length,
                                .shortest = shortest ? shortest : length,
                                .examples = task_integer(values[2])};
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

/* A random number from [from, to], both included. */
static size_t draw_between(gb_random *random, size_t from, size_t to) {
    return from + gb_random_below(random, (uint32_t)(to - from) + 1);
}

/* The length of a sequence: its L and its steps, drawn first from the example's stream. */
typedef struct extent {
    size_t unit, steps;
} extent;

static extent draw_extent(const temporal_order_state *s, gb_random *random) {
    size_t unit = s->shortest < s->length ? draw_between(random, s->shortest, s->length) : s->length;
    return (extent){unit, draw_between(random, unit, unit + unit / 10)};
}

/* Writes one example into column `i`; the length has already been drawn from the stream. */
static void write_example(gb_random *random, extent e, size_t i, task_batch *batch) {
    size_t n = batch->batch.sequences, tenth = e.unit / 10;
    size_t first = draw_between(random, tenth, 2 * tenth), second = draw_between(random, 5 * tenth, 6 * tenth);
    int32_t class = (int32_t)gb_random_below(random, CLASSES);
    batch->lengths[i] = e.steps;
    batch->classes[i] = class;
    for (size_t t = 0; t < e.steps; t++)
        batch->tokens[t * n + i] = NOISE + (int32_t)gb_random_below(random, NOISES);
    batch->tokens[i] = START;
    batch->tokens[first * n + i] = X + class / 2;
    batch->tokens[second * n + i] = X + class % 2;
    batch->tokens[(e.steps - 1) * n + i] = TRIGGER;
}

static gb_status temporal_order_of_length(void *state, uint64_t seed, size_t length, size_t n, task_batch *batch) {
    GB_TRY(task_reserve_labelled(((const temporal_order_state *)state)->context, length, n, batch));
    for (size_t i = 0; i < n; i++) {
        gb_random random = task_length_stream(seed, length, i);
        write_example(&random, (extent){length, length}, i, batch);
    }
    return GB_OK;
}

static size_t temporal_order_next_length(const void *state, size_t length) {
    return task_quarter_longer(((const temporal_order_state *)state)->length, length);
}

static gb_status temporal_order_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n,
                                      task_batch *batch) {
    const temporal_order_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    size_t longest = 0;
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t steps = draw_extent(s, &random).steps;
        longest = steps > longest ? steps : longest;
    }
    GB_TRY(task_reserve_labelled(s->context, longest, numbers.rows, batch));
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        extent e = draw_extent(s, &random);
        write_example(&random, e, i, batch);
    }
    return GB_OK;
}

static size_t temporal_order_baselines(void *state, task_baseline *baselines, size_t most) {
    static const task_baseline all[] = {
        {"chance", "accuracy", 1.0 / CLASSES, "one of the four orders at random"},
        {"one symbol", "accuracy", 1.0 / 2, "knows only one of the two symbols"},
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

static void temporal_order_word(const void *state, size_t token, char *word, size_t size) {
    (void)state;
    snprintf(word, size, "%c", symbols[token]);
}

const task_type task_temporal_order_type = {
    .name = "temporal_order",
    .summary = "which of two distant symbols came first",
    .source = "Hochreiter & Schmidhuber 1997 (6a); Pascanu et al. 2013",
    .options = options,
    .version = 1,
    .open = temporal_order_open,
    .close = temporal_order_close,
    .shape = temporal_order_shape,
    .batch = temporal_order_batch,
    .of_length = temporal_order_of_length,
    .next_length = temporal_order_next_length,
    .baselines = temporal_order_baselines,
    .sample = temporal_order_sample,
    .word = temporal_order_word,
    .sha256 = task_no_sha256,
};
