/* SPDX-License-Identifier: MIT */
/* "France ... 50 words ... I speak ___": one answer word, `gap` filler words, a query. At the query the network must
 * predict the class of the first word. Training sequences are unlimited; VALID and TEST are `examples` sequences at
 * exactly `gap`. */
#include <string.h>

#include "datasets/task_tools.h"

/* Countries and their languages; the class is the language. */
static const char *const answers[][2] = {
    {"France", "French"},       {"Spain", "Spanish"},  {"Italy", "Italian"},     {"Germany", "German"},
    {"Greece", "Greek"},        {"Poland", "Polish"},  {"Sweden", "Swedish"},    {"Japan", "Japanese"},
    {"Turkey", "Turkish"},      {"Hungary", "Magyar"}, {"Finland", "Finnish"},   {"Denmark", "Danish"},
    {"Portugal", "Portuguese"}, {"Russia", "Russian"}, {"Iceland", "Icelandic"}, {"Korea", "Korean"}};

static const char *const fillers[] = {
    "and",   "then",  "we",     "went",  "to",      "see",  "the",   "old",   "town",   "where", "it",  "was",  "warm",
    "with",  "my",    "two",    "good",  "friends", "who",  "had",   "some",  "time",   "for",   "a",   "long", "walk",
    "by",    "sea",   "after",  "work",  "so",      "many", "years", "ago",   "but",    "now",   "I",   "live", "near",
    "river", "house", "garden", "often", "think",   "of",   "that",  "small", "school", "on",    "hill"};

enum { ANSWERS = sizeof answers / sizeof *answers, FILLERS = sizeof fillers / sizeof *fillers };

/* Order of values below: answers, fillers, gap, train_gap, examples. */
static const setting options[] = {
    TASK_OPTION("answers", INTEGER, "10", "[2, 1000]", "number of different words to remember: the classes"),
    TASK_OPTION("fillers", INTEGER, "50", "[1, 10000]", "number of different filler words"),
    TASK_OPTION("gap", INTEGER, "50", "[0, 100000]", "words between the answer and the query"),
    TASK_OPTION("train_gap", CHOICE, "fixed", "fixed|up_to|curriculum",
                "train at that gap only, at gaps drawn from 0 to that gap, or at gaps drawn up to a bound that doubles "
                "whenever the network has learned"),
    TASK_OPTION("examples", INTEGER, "1000", "[1, 1e6]", "number of sequences in each of valid and test"),
    {0}};

typedef struct recall_state {
    gb_context *context;
    size_t answers, fillers, gap, examples;
    bool up_to, curriculum;
    size_t bound; /* the longest gap drawn in training */
} recall_state;

static gb_status recall_open(gb_context *context, const char *const *values, void **state) {
    recall_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (recall_state){.context = context,
                        .answers = task_integer(values[0]),
                        .fillers = task_integer(values[1]),
                        .gap = task_integer(values[2]),
                        .up_to = strcmp(values[3], "fixed") != 0,
                        .curriculum = !strcmp(values[3], "curriculum"),
                        .examples = task_integer(values[4])};
    s->bound = s->gap;
    *state = s;
    return GB_OK;
}

static void recall_close(void *state) {
    recall_state *s = state;
    gb_release(s->context, s);
}

static void recall_shape(const void *state, task_shape *shape) {
    const recall_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = s->answers + s->fillers + 1,
                          .output_size = s->answers,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = s->gap + 2,
                          .metric = "accuracy",
                          .higher_is_better = true,
                          .sequences = {[TASK_VALID] = s->examples, [TASK_TEST] = s->examples},
                          .splits = {[TASK_TRAIN] = true, [TASK_VALID] = true, [TASK_TEST] = true}};
}

/* The gap is the first random number of an example, so that lengths are known before any word is drawn. */
static size_t draw_gap(const recall_state *s, gb_random *random, bool up_to) {
    return up_to ? gb_random_below(random, (uint32_t)s->bound + 1) : s->gap;
}

/* The bound at each level: 4, 8, 16, ... and finally the gap. */
static bool recall_set_level(void *state, size_t level) {
    recall_state *s = state;
    size_t bound = 4;
    for (size_t i = 0; i < level && bound < s->gap; i++)
        bound *= 2;
    s->bound = s->curriculum && bound < s->gap ? bound : s->gap;
    return s->bound < s->gap;
}

/* Writes one example into column `i`; the gap has already been drawn from the stream. */
static void write_example(const recall_state *s, gb_random *random, size_t gap, size_t i, task_batch *batch) {
    size_t n = batch->batch.sequences;
    uint32_t answer = gb_random_below(random, (uint32_t)s->answers);
    batch->lengths[i] = gap + 2;
    batch->classes[i] = (int32_t)answer;
    batch->tokens[i] = (int32_t)answer;
    for (size_t t = 1; t <= gap; t++)
        batch->tokens[t * n + i] = (int32_t)(s->answers + gb_random_below(random, (uint32_t)s->fillers));
    batch->tokens[(gap + 1) * n + i] = (int32_t)(s->answers + s->fillers);
}

static gb_status recall_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    const recall_state *s = state;
    const task_numbers numbers = task_numbers_of(split, s->examples, index, n);
    bool up_to = split == TASK_TRAIN && s->up_to;
    size_t longest = 0;
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t gap = draw_gap(s, &random, up_to);
        longest = gap > longest ? gap : longest;
    }
    GB_TRY(task_reserve_labelled(s->context, longest + 2, numbers.rows, batch));
    for (size_t i = 0; i < numbers.rows; i++) {
        gb_random random = task_numbers_stream(split, seed, numbers.first + i);
        size_t gap = draw_gap(s, &random, up_to);
        write_example(s, &random, gap, i, batch);
    }
    return GB_OK;
}

static gb_status recall_probe(void *state, uint64_t seed, size_t steps, size_t n, task_batch *batch) {
    const recall_state *s = state;
    if (steps < 2)
        return gb_fail(s->context, GB_INVALID, "recall: a probe of %zu steps is too short for answer and query", steps);
    GB_TRY(task_reserve_labelled(s->context, steps, n, batch));
    for (size_t i = 0; i < n; i++) {
        gb_random random = gb_random_stream(seed, GB_RANDOM_PROBE, i);
        write_example(s, &random, steps - 2, i, batch);
    }
    return GB_OK;
}

static size_t recall_baselines(void *state, task_baseline *baselines, size_t most) {
    const recall_state *s = state;
    if (most == 0)
        return 0;
    baselines[0] = (task_baseline){"chance", "accuracy", 1.0 / (double)s->answers, "one of the answers at random"};
    return 1;
}

/* What an input word is called; names beyond the tables are numbered. */
static void recall_word(const void *state, size_t token, char *word, size_t size) {
    const recall_state *s = state;
    const size_t filler = token - s->answers;
    if (token < s->answers && token < ANSWERS)
        snprintf(word, size, "%s", answers[token][0]);
    else if (token < s->answers)
        snprintf(word, size, "country%zu", token + 1);
    else if (filler == s->fillers)
        snprintf(word, size, "I speak ___");
    else if (filler < FILLERS)
        snprintf(word, size, "%s", fillers[filler]);
    else
        snprintf(word, size, "word%zu", filler + 1);
}

static void recall_sample(void *state, uint64_t seed, FILE *out) {
    const recall_state *s = state;
    char word[32];
    task_batch batch = {0};
    if (recall_batch(state, TASK_TEST, seed, 0, 1, &batch) == GB_OK) {
        for (size_t t = 0; t < s->gap + 2; t++) {
            recall_word(s, (size_t)batch.tokens[t], word, sizeof word);
            fprintf(out, "%s ", word);
        }
        const size_t answer = (size_t)batch.classes[0];
        if (answer < ANSWERS)
            fprintf(out, "-> %s\n", answers[answer][1]);
        else
            fprintf(out, "-> language%zu\n", answer + 1);
    }
    task_batch_free(s->context, &batch);
}

const task_type task_recall_type = {
    .name = "recall",
    .summary = "one word to remember across a gap of words",
    .source = "made for claims C2 and C3; after Bengio et al. 1994 and Hochreiter & Schmidhuber 1997 (2c)",
    .options = options,
    .version = 1,
    .open = recall_open,
    .close = recall_close,
    .shape = recall_shape,
    .batch = recall_batch,
    .probe = recall_probe,
    .set_level = recall_set_level,
    .baselines = recall_baselines,
    .sample = recall_sample,
    .word = recall_word,
    .sha256 = task_no_sha256,
};
