/* SPDX-License-Identifier: MIT */
/* Copy memory in the form of Arjovsky et al. 2016 and Bai et al. 2018: ten symbols drawn from eight, T blanks of which
 * the last is the delimiter, and ten steps in which the symbols are to be repeated: T + 20 steps. There is a target at
 * every step; before the recall it is "blank".
 *
 * Loss: the mean over all T + 20 steps, as the papers print it. A network that knows when to answer but remembers
 * nothing has 10 ln 8 / (T + 20). Accuracy: over the last ten steps only (marked), since over all steps always
 * answering "blank" would give almost 1. */
#include "datasets/task_tools.h"

#include <math.h>

enum { SYMBOLS = 8, REMEMBERED = 10, BLANK = 0, DELIMITER = SYMBOLS + 1, TOKENS, CLASSES = SYMBOLS + 1 };

/* Order of values below: blanks, examples. */
static const setting options[] = {
    TASK_OPTION("blanks", INTEGER, "30", "[1, 100000]", "T: steps between the symbols and the recall"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "number of sequences in each of valid and test"),
    {0}};

typedef struct copy_state {
    gb_context *context;
    size_t blanks, examples;
} copy_state;

static gb_status copy_open(gb_context *context, const char *const *values, void **state) {
    copy_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (copy_state){.context = context, .blanks = task_integer(values[0]), .examples = task_integer(values[1])};
    *state = s;
    return GB_OK;
}

static void copy_close(void *state) {
    copy_state *s = state;
    gb_release(s->context, s);
}

static size_t steps_of(const copy_state *s) {
    return s->blanks + 2 * REMEMBERED;
}

static void copy_shape(const void *state, task_shape *shape) {
    const copy_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = TOKENS,
                          .output_size = CLASSES,
                          .head = GB_HEAD_EVERY,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = steps_of(s),
                          .metric = "accuracy",
                          .higher_is_better = true,
                          .marked_accuracy = true,
                          .sequences = {[TASK_VALID] = s->examples, [TASK_TEST] = s->examples},
                          .splits = {[TASK_TRAIN] = true, [TASK_VALID] = true, [TASK_TEST] = true}};
}

/* Writes the symbols into column `i`, and the targets of the recall. Everything else is blank, which is 0. */
static void write_example(const copy_state *s, gb_random *random, size_t i, task_batch *batch) {
    size_t n = batch->batch.sequences, recall = REMEMBERED + s->blanks;
    for (size_t t = 0; t < REMEMBERED; t++) {
        int32_t symbol = 1 + (int32_t)gb_random_below(random, SYMBOLS);
        batch->tokens[t * n + i] = symbol;
        batch->classes[(recall + t) * n + i] = symbol;
        batch->marks[(recall + t) * n + i] = 1;
    }
    batch->tokens[(recall - 1) * n + i] = DELIMITER;
}

static gb_status copy_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    const copy_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    GB_TRY(task_batch_reserve(s->context, batch,
                              &(task_batch_shape){.steps = steps_of(s),
                                                  .sequences = numbers.rows,
                                                  .tokens = true,
                                                  .classes_each_step = true,
                                                  .marks = true}));
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        write_example(s, &random, i, batch);
    }
    return GB_OK;
}

static size_t copy_baselines(void *state, task_baseline *baselines, size_t most) {
    const copy_state *s = state;
    const task_baseline all[] = {
        {"memoryless", "nll", REMEMBERED * log(SYMBOLS) / (double)steps_of(s),
         "10 ln 8 / (T + 20): blank until the recall, then one of 8; mean over all steps"},
        {"memoryless", "accuracy", 1.0 / SYMBOLS, "one of the 8 symbols at random, in the last 10 steps"},
    };
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

static void print_symbols(const int32_t *tokens, FILE *out) {
    for (size_t t = 0; t < REMEMBERED; t++)
        fprintf(out, "%c ", (int)('a' + tokens[t] - 1));
}

static void copy_sample(void *state, uint64_t seed, FILE *out) {
    const copy_state *s = state;
    task_batch batch = {0};
    if (copy_batch(state, TASK_TEST, seed, 0, 1, &batch) == GB_OK) {
        print_symbols(batch.tokens, out);
        for (size_t t = 1; t < s->blanks; t++)
            fputs("_ ", out);
        fputs("recall! -> ", out);
        print_symbols(batch.classes + REMEMBERED + s->blanks, out);
        fputc('\n', out);
    }
    task_batch_free(s->context, &batch);
}

const task_type task_copy_type = {
    .name = "copy",
    .summary = "repeat ten symbols after a run of blanks",
    .source = "Hochreiter & Schmidhuber 1997; in the form of Arjovsky et al. 2016 and Bai et al. 2018",
    .options = options,
    .version = 1,
    .open = copy_open,
    .close = copy_close,
    .shape = copy_shape,
    .batch = copy_batch,
    .baselines = copy_baselines,
    .sample = copy_sample,
    .sha256 = task_no_sha256,
};
