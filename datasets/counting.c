/* SPDX-License-Identifier: MIT */
/* Languages that require counting: a^n b^n, a^n b^n c^n, and balanced brackets (Dyck-1). The network sees only words of
 * the language and predicts each next symbol including the end of the word, as in Weiss et al. 2018 and Gers &
 * Schmidhuber 2001. n is uniform on 1..longest; a Dyck word is uniform on the words of n pairs.
 *
 * The metric is the mean over predictions in nats. Some next symbols are random (when do the b begin?), so even perfect
 * counting has a loss: -log p(word) = ln longest (+ ln Catalan(n) for Dyck) per word. The baseline "perfect" is that
 * floor; "order1" knows only the last symbol. Both are expectations over words, in closed form.
 *
 * For `horizon` a length is n, without a limit: the word a^n b^n (c^n), and for brackets the deepest word, n opening
 * and then n closing brackets. From the first b on, the symbol that counting gives must be the most likely one. With a
 * bracket open the end must be the least likely symbol, and with none open the closing bracket. */
#include <math.h>
#include <string.h>

#include "datasets/task_tools.h"

enum { BOUNDARY, A, B };

/* Order of values below: language, longest, examples. */
static const setting options[] = {
    TASK_OPTION("language", CHOICE, "anbn", "anbn|anbncn|dyck1",
                "the language: a^n b^n, a^n b^n c^n, or balanced brackets"),
    TASK_OPTION("longest", INTEGER, "50", "[1, 10000]", "the largest n (pairs of brackets, for dyck1)"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "number of words in each of valid and test"),
    {0}};

typedef struct counting_state {
    gb_context *context;
    size_t letters; /* a word of n has letters * n of them */
    size_t longest, examples;
    bool brackets;
} counting_state;

static gb_status counting_open(gb_context *context, const char *const *values, void **state) {
    counting_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (counting_state){.context = context,
                          .letters = !strcmp(values[0], "anbncn") ? 3 : 2,
                          .longest = task_integer(values[1]),
                          .examples = task_integer(values[2]),
                          .brackets = !strcmp(values[0], "dyck1")};
    *state = s;
    return GB_OK;
}

static void counting_close(void *state) {
    counting_state *s = state;
    gb_release(s->context, s);
}

static void counting_shape(const void *state, task_shape *shape) {
    const counting_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = 1 + s->letters,
                          .output_size = 1 + s->letters,
                          .head = GB_HEAD_EVERY,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = s->letters * s->longest + 1,
                          .metric = "nll",
                          .higher_is_better = false,
                          .sequences = {[TASK_VALID] = s->examples, [TASK_TEST] = s->examples},
                          .splits = {[TASK_TRAIN] = true, [TASK_VALID] = true, [TASK_TEST] = true}};
}

/* n is a word's first number. */
static size_t draw_n(const counting_state *s, gb_random *random) {
    return 1 + gb_random_below(random, (uint32_t)s->longest);
}

/* The letter at position `at` of a word of n, after a prefix that leaves `depth` brackets open. Among the balanced
 * continuations of k letters from depth h, the share h (k + h + 2) / (2 k (h + 1)) begins with a closing bracket
 * (Arnold & Sleep 1980). */
static int32_t letter_at(const counting_state *s, gb_random *random, size_t n, size_t at, size_t depth) {
    if (!s->brackets)
        return A + (int32_t)(at / n);
    size_t left = 2 * n - at;
    double closing = (double)(depth * (left + depth + 2)) / (double)(2 * left * (depth + 1));
    return gb_random_uniform(random) < closing ? B : A;
}

/* Writes one word into column `i`. Inputs are the boundary and then the letters; targets are the letters and then the
 * boundary. */
static void write_word(const counting_state *s, gb_random *random, size_t n, size_t i, task_batch *batch) {
    size_t rows = batch->batch.sequences, letters = s->letters * n, depth = 0;
    batch->lengths[i] = letters + 1;
    batch->tokens[i] = BOUNDARY;
    for (size_t t = 0; t < letters; t++) {
        int32_t letter = letter_at(s, random, n, t, depth);
        if (s->brackets)
            depth = letter == A ? depth + 1 : depth - 1;
        batch->classes[t * rows + i] = letter;
        batch->tokens[(t + 1) * rows + i] = letter;
    }
    batch->classes[letters * rows + i] = BOUNDARY;
}

/* The set of symbols that can follow the first `at` letters of the word of n that horizon tests. Empty where a run of a
 * may either continue or end. */
static uint8_t symbols_after(const counting_state *s, size_t n, size_t at) {
    bool ended = at == s->letters * n;
    if (s->brackets && at == 0)
        return 1 << A;
    if (s->brackets)
        return ended ? 1 << BOUNDARY | 1 << A : 1 << A | 1 << B;
    if (at <= n)
        return 0;
    return (uint8_t)(1 << (ended ? BOUNDARY : A + at / n));
}

static gb_status counting_of_length(void *state, uint64_t seed, size_t length, size_t n, task_batch *batch) {
    const counting_state *s = state;
    size_t letters = s->letters * length;
    (void)seed; /* there is one such word */
    GB_TRY(task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){
            .steps = letters + 1, .sequences = n, .tokens = true, .classes_each_step = true, .marks = true}));
    for (size_t t = 0; t <= letters; t++)
        for (size_t i = 0; i < n; i++) {
            batch->tokens[t * n + i] = t ? A + (int32_t)((t - 1) / length) : BOUNDARY;
            batch->classes[t * n + i] = t < letters ? A + (int32_t)(t / length) : BOUNDARY;
            batch->marks[t * n + i] = symbols_after(s, length, t);
            batch->lengths[i] = letters + 1;
        }
    return GB_OK;
}

static size_t counting_next_length(const void *state, size_t length) {
    (void)state;
    return length + 1;
}

static gb_status counting_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n,
                                task_batch *batch) {
    const counting_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    size_t largest = 0;
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t word = draw_n(s, &random);
        largest = word > largest ? word : largest;
    }
    GB_TRY(task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){
            .steps = s->letters * largest + 1, .sequences = numbers.rows, .tokens = true, .classes_each_step = true}));
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t word = draw_n(s, &random);
        write_word(s, &random, word, i, batch);
    }
    return GB_OK;
}

/* The cost in nats of `some` events among `count`: some ln(count / some), 0 for none. */
static double cost(double some, double count) {
    return some > 0 ? some * log(count / some) : 0;
}

/* Nats per word if only the last symbol is known. mean: the mean n. Each letter occurs n times per word, and its run
 * continues n - 1 times. Brackets: on average (n + 1) / 2 opening brackets are followed by a closing one (peaks of a
 * Dyck path), and (n - 1) / 2 closing brackets by an opening one (valleys). */
static double order1_cost(const counting_state *s, double mean) {
    double goes_on = mean - 1, peaks = (mean + 1) / 2, valleys = (mean - 1) / 2;
    if (!s->brackets)
        return (double)s->letters * (cost(goes_on, mean) + cost(1, mean));
    double after_opening = cost(peaks, mean) + cost(mean - peaks, mean);
    return after_opening + 2 * cost(valleys, mean) + cost(1, mean);
}

/* Nats per word with perfect counting: n is one of `longest` values, and a Dyck word is one of Catalan(n) words. */
static double perfect_cost(const counting_state *s) {
    double log_catalan = 0, sum = 0;
    for (size_t n = 1; s->brackets && n <= s->longest; n++) {
        log_catalan += log((double)(4 * n - 2) / (double)(n + 1));
        sum += log_catalan;
    }
    return log((double)s->longest) + sum / (double)s->longest;
}

static size_t counting_baselines(void *state, task_baseline *baselines, size_t most) {
    const counting_state *s = state;
    double mean = ((double)s->longest + 1) / 2, predictions = (double)s->letters * mean + 1;
    const task_baseline all[] = {
        {"uniform", "nll", log((double)s->letters + 1), "every symbol, including the end, is equally likely"},
        {"order1", "nll", order1_cost(s, mean) / predictions, "knows the last symbol and how often each follows it"},
        {"perfect", "nll", perfect_cost(s) / predictions, "counts without error; no predictor can be better"},
    };
    /* If all words have n = 1, the next symbol is certain and the loss is 0. */
    return task_copy_baselines(all, s->longest == 1 ? 1 : sizeof all / sizeof *all, baselines, most);
}

static void counting_sample(void *state, uint64_t seed, FILE *out) {
    const counting_state *s = state;
    const char *letters = s->brackets ? "()" : "abc";
    task_batch batch = {0};
    if (counting_batch(state, TASK_TEST, seed, 0, 1, &batch) == GB_OK) {
        for (size_t t = 1; t < batch.lengths[0]; t++)
            fprintf(out, "%c ", letters[batch.tokens[t] - 1]);
        fputs("-> end\n", out);
    }
    task_batch_free(s->context, &batch);
}

const task_type task_counting_type = {
    .name = "counting",
    .summary = "the next symbol, which requires counting",
    .source = "Gers & Schmidhuber 2001; Weiss et al. 2018",
    .options = options,
    .version = 1,
    .open = counting_open,
    .close = counting_close,
    .shape = counting_shape,
    .batch = counting_batch,
    .of_length = counting_of_length,
    .next_length = counting_next_length,
    .baselines = counting_baselines,
    .sample = counting_sample,
    .sha256 = task_no_sha256,
};
