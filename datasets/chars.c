/* SPDX-License-Identifier: MIT */
/* The next character of a real text. Train, valid and test are contiguous parts in this order. For training, N rows are
 * N contiguous streams, and each batch is the next segment of all of them, with the state carried on. Valid and test
 * are read as one stream whatever the rows and segments of training are: every character but the first is predicted,
 * once, from all that stand before it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/catalog.h"
#include "datasets/task_tools.h"
#include "support/file.h"

enum { SYMBOLS = 256, LARGEST_TEXT = 1 << 28, TEST_SEGMENT = 256 };

/* Order of values below: text, segment, test_share, valid_share, eval_chars. */
static const setting options[] = {
    TASK_OPTION("text", CHOICE, "kjv", "kjv|shakespeare", "which text"),
    TASK_OPTION("segment", INTEGER, "64", "[1, 100000]", "characters of a segment"),
    TASK_OPTION("test_share", REAL, "0.05", "[0.001, 0.4]", "share of the text, at its end, for testing"),
    TASK_OPTION("valid_share", REAL, "0.05", "[0.001, 0.4]", "share before that for validation"),
    TASK_OPTION("eval_chars", INTEGER, "200000", "0|[2, 1e9]",
                "at most so many characters of valid and of test; 0: all"),
    {0}};

typedef struct chars_state {
    gb_context *context;
    char *characters; /* the whole text, malloc'ed */
    size_t length, steps, symbols;
    int32_t number[SYMBOLS]; /* of a byte, -1 when it does not occur */
    size_t first[TASK_SPLITS], size[TASK_SPLITS];
    char sha256[65];
} chars_state;

/* Symbols are numbered by byte value. */
static void number_symbols(chars_state *s) {
    bool occurs[SYMBOLS] = {0};
    for (size_t i = 0; i < s->length; i++)
        occurs[(unsigned char)s->characters[i]] = true;
    for (size_t b = 0; b < SYMBOLS; b++)
        s->number[b] = occurs[b] ? (int32_t)s->symbols++ : -1;
}

static int32_t symbol_at(const chars_state *s, size_t position) {
    return s->number[(unsigned char)s->characters[position]];
}

static gb_status split_text(chars_state *s, double test_share, double valid_share, size_t most) {
    size_t test = (size_t)(test_share * (double)s->length), valid = (size_t)(valid_share * (double)s->length);
    size_t train = s->length - test - valid; /* the shares are at most 0.4 each */
    s->first[TASK_VALID] = train;
    s->first[TASK_TEST] = train + valid;
    s->size[TASK_TRAIN] = train;
    s->size[TASK_VALID] = most && most < valid ? most : valid;
    s->size[TASK_TEST] = most && most < test ? most : test;
    for (size_t i = 0; i <= TASK_TEST; i++) {
        if (s->size[i] < 2)
            return gb_fail(s->context, GB_INVALID, "chars: the %s part has %zu characters; 2 at least are needed",
                           task_split_name((task_split)i), s->size[i]);
    }
    return GB_OK;
}

static void chars_close(void *state) {
    chars_state *s = state;
    free(s->characters);
    gb_release(s->context, s);
}

static gb_status chars_open(gb_context *context, const char *const *values, void **state) {
    char path[4096];
    chars_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->context = context;
    s->steps = task_integer(values[1]);
    gb_status status = data_find(context, values[0], path, sizeof path);
    if (status == GB_OK)
        status = file_read(context, path, LARGEST_TEXT, &s->characters, &s->length);
    if (status == GB_OK) {
        data_sha256(s->characters, s->length, s->sha256);
        number_symbols(s);
        status = split_text(s, task_real(values[2]), task_real(values[3]), task_integer(values[4]));
    }
    if (status != GB_OK)
        chars_close(s);
    else
        *state = s;
    return status;
}

/* How a split is cut: rows that read contiguous streams of it, in segments. */
typedef struct cut {
    size_t rows, stream, steps, segments;
} cut;

/* Training segments are shorter than asked for only where a row has less than a whole one, and what is left at the end
 * of a row is not used. The one row of valid and test ends with what is left. */
static cut cut_split(const chars_state *s, task_split split, size_t n) {
    cut c = {.rows = split == TASK_TRAIN ? n : 1};
    c.stream = (s->size[split] - 1) / c.rows;
    c.steps = split == TASK_TRAIN ? s->steps : TEST_SEGMENT;
    c.steps = c.stream < c.steps ? c.stream : c.steps;
    if (c.steps)
        c.segments = split == TASK_TRAIN ? c.stream / c.steps : (c.stream - 1) / c.steps + 1;
    return c;
}

static size_t chars_batches(const void *state, task_split split, size_t n) {
    return cut_split(state, split, n).segments;
}

static void chars_shape(const void *state, task_shape *shape) {
    const chars_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = s->symbols,
                          .output_size = s->symbols,
                          .head = GB_HEAD_EVERY,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = 0,
                          .metric = "bits",
                          .higher_is_better = false};
    for (size_t i = 0; i <= TASK_TEST; i++) {
        shape->splits[i] = true;
        shape->sequences[i] = chars_batches(s, (task_split)i, 1);
    }
}

static gb_status chars_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    const chars_state *s = state;
    cut c = cut_split(s, split, n);
    size_t offset = 0, size = s->size[split];
    if (c.segments == 0)
        return gb_fail(s->context, GB_INVALID, "chars: %zu rows do not fit into the %zu characters of the %s part", n,
                       size, task_split_name(split));
    size_t start = index % c.segments * c.steps;
    size_t steps = c.stream - start < c.steps ? c.stream - start : c.steps;
    if (split == TASK_TRAIN) { /* epochs differ, and so do seeds, in where on the circle of the text the rows begin */
        gb_random random = gb_random_stream(seed, GB_RANDOM_SHUFFLE, index / c.segments);
        offset = gb_random_below(&random, (uint32_t)size);
    }
    GB_TRY(task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){
            .steps = steps, .sequences = c.rows, .tokens = true, .classes_each_step = true, .carry = true}));
    for (size_t i = 0; i < c.rows; i++) {
        size_t first = offset + i * c.stream + start;
        batch->carry[i] = start > 0;
        for (size_t t = 0; t < steps; t++) {
            batch->tokens[t * c.rows + i] = symbol_at(s, s->first[split] + (first + t) % size);
            batch->classes[t * c.rows + i] = symbol_at(s, s->first[split] + (first + t + 1) % size);
        }
    }
    return GB_OK;
}

/* counts[a][b]: how often b follows a in a part; returned as count of a in counts[a][SYMBOLS]. */
typedef size_t pair_counts[SYMBOLS][SYMBOLS + 1];

static void count_pairs(const chars_state *s, size_t first, size_t size, pair_counts counts) {
    memset(counts, 0, sizeof(pair_counts));
    for (size_t i = 0; i + 1 < size; i++) {
        int32_t a = symbol_at(s, first + i), b = symbol_at(s, first + i + 1);
        counts[a][b]++;
        counts[a][SYMBOLS]++;
    }
}

/* Counts of single symbols in a part. */
static void count_symbols(const chars_state *s, size_t first, size_t size, size_t counts[SYMBOLS]) {
    memset(counts, 0, SYMBOLS * sizeof *counts);
    for (size_t i = 0; i < size; i++)
        counts[symbol_at(s, first + i)]++;
}

/* Bits per character of test (its first excepted), with add-one counts of train. */
static void measure_baselines(const chars_state *s, pair_counts counts, double *order0, double *order1) {
    size_t singles[SYMBOLS], first = s->first[TASK_TEST], size = s->size[TASK_TEST];
    count_symbols(s, 0, s->size[TASK_TRAIN], singles);
    count_pairs(s, 0, s->size[TASK_TRAIN], counts);
    double all = (double)(s->size[TASK_TRAIN] + s->symbols);
    *order0 = *order1 = 0;
    for (size_t i = 1; i < size; i++) {
        int32_t a = symbol_at(s, first + i - 1), b = symbol_at(s, first + i);
        *order0 -= log2((double)(singles[b] + 1) / all);
        *order1 -= log2((double)(counts[a][b] + 1) / (double)(counts[a][SYMBOLS] + s->symbols));
    }
    *order0 /= (double)(size - 1);
    *order1 /= (double)(size - 1);
}

static size_t chars_baselines(void *state, task_baseline *baselines, size_t most) {
    const chars_state *s = state;
    size_t(*counts)[SYMBOLS + 1];
    if (most < 2 || gb_allocate(s->context, SYMBOLS, sizeof *counts, &counts) != GB_OK)
        return 0;
    double order0, order1;
    measure_baselines(s, counts, &order0, &order1);
    gb_release(s->context, counts);
    baselines[0] = (task_baseline){"order0", "bits", order0, "how often each character is in train, add-one smoothing"};
    baselines[1] = (task_baseline){"order1", "bits", order1, "the same after each character: an order-1 Markov chain"};
    return 2;
}

static void chars_sample(void *state, uint64_t seed, FILE *out) {
    const chars_state *s = state;
    enum { SHOWN = 60 };
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    size_t size = s->size[TASK_TEST], shown = size - 1 < SHOWN ? size - 1 : SHOWN;
    size_t start = s->first[TASK_TEST] + gb_random_below(&random, (uint32_t)(size - shown));
    for (size_t i = 0; i <= shown; i++) {
        char c = s->characters[start + i];
        if (i == shown)
            fputs(" -> ", out);
        if (c == '\n')
            fputs("\\n", out);
        else
            fputc(c, out);
    }
    fputc('\n', out);
}

/* Entropies of the whole text in bits: of a character, and of one given the character before. */
static void measure_entropies(const chars_state *s, pair_counts counts, double *order0, double *order1) {
    size_t singles[SYMBOLS];
    count_symbols(s, 0, s->length, singles);
    count_pairs(s, 0, s->length, counts);
    *order0 = *order1 = 0;
    for (size_t a = 0; a < s->symbols; a++) {
        double p = (double)singles[a] / (double)s->length;
        *order0 -= p * log2(p);
        for (size_t b = 0; b < s->symbols; b++) {
            if (counts[a][b])
                *order1 -= (double)counts[a][b] / (double)(s->length - 1) *
                           log2((double)counts[a][b] / (double)counts[a][SYMBOLS]);
        }
    }
}

static void chars_facts(void *state, FILE *out) {
    const chars_state *s = state;
    size_t(*counts)[SYMBOLS + 1];
    fprintf(out, "bytes\t%zu\nsha256\t%s\nsymbols\t%zu\n", s->length, s->sha256, s->symbols);
    if (gb_allocate(s->context, SYMBOLS, sizeof *counts, &counts) == GB_OK) {
        double order0, order1;
        measure_entropies(s, counts, &order0, &order1);
        gb_release(s->context, counts);
        fprintf(out, "order-0 entropy (bits)\t%.4f\norder-1 entropy (bits)\t%.4f\n", order0, order1);
    }
    for (size_t i = 0; i <= TASK_TEST; i++)
        fprintf(out, "%s characters\t%zu\n", task_split_name((task_split)i), s->size[i]);
}

static const char *chars_sha256(const void *state) {
    return ((const chars_state *)state)->sha256;
}

const task_type task_chars_type = {
    .name = "chars",
    .summary = "the next character of a real text",
    .source = "King James Bible as Debian's bible-kjv prints it, or tiny Shakespeare (Karpathy 2015); the task after "
              "Sutskever et al. 2011",
    .options = options,
    .version = 2,
    .open = chars_open,
    .close = chars_close,
    .shape = chars_shape,
    .batch = chars_batch,
    .baselines = chars_baselines,
    .sample = chars_sample,
    .facts = chars_facts,
    .sha256 = chars_sha256,
    .batches = chars_batches,
};
