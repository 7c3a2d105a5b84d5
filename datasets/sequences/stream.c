/* SPDX-License-Identifier: MIT */
/* Streams of symbols: parts, batches with carried states, and baselines without a network. */
#include "datasets/sequences/stream.h"

#include <math.h>

#include "datasets/task_tools.h"

enum { TEST_SEGMENT = 256 };

gb_status stream_split(stream *s, double test_share, double valid_share, size_t most) {
    size_t test = (size_t)(test_share * (double)s->length), valid = (size_t)(valid_share * (double)s->length);
    size_t train = s->length - test - valid; /* the shares are at most 0.4 each */
    s->first[TASK_VALID] = train;
    s->first[TASK_TEST] = train + valid;
    s->size[TASK_TRAIN] = train;
    s->size[TASK_VALID] = most && most < valid ? most : valid;
    s->size[TASK_TEST] = most && most < test ? most : test;
    for (size_t i = 0; i <= TASK_TEST; i++) {
        if (s->size[i] < 2)
            return gb_fail(s->context, GB_INVALID,
                           "%s: the %s part has %zu %s, but at least 2 are needed; give a longer text or larger shares",
                           s->task, task_split_name((task_split)i), s->size[i], s->unit);
    }
    return GB_OK;
}

void stream_free(stream *s) {
    gb_release(s->context, s->symbols);
    s->symbols = NULL;
}

/* How a split is cut: into rows that read contiguous streams of it, segment by segment. */
typedef struct cut {
    size_t rows, stream, steps, segments;
} cut;

/* Training segments have the requested length unless a whole row is shorter; the remainder at the end of a row is not
 * used. The single row of valid or test ends with a shorter segment. */
static cut cut_split(const stream *s, task_split split, size_t n) {
    cut c = {.rows = split == TASK_TRAIN ? n : 1};
    c.stream = (s->size[split] - 1) / c.rows;
    c.steps = split == TASK_TRAIN ? s->steps : TEST_SEGMENT;
    c.steps = c.stream < c.steps ? c.stream : c.steps;
    if (c.steps)
        c.segments = split == TASK_TRAIN ? c.stream / c.steps : (c.stream - 1) / c.steps + 1;
    return c;
}

size_t stream_batches(const stream *s, task_split split, size_t n) {
    return cut_split(s, split, n).segments;
}

void stream_shape(const stream *s, task_shape *shape) {
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = s->count,
                          .output_size = s->count,
                          .head = GB_HEAD_EVERY,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = 0,
                          .metric = "bits",
                          .higher_is_better = false};
    for (size_t i = 0; i <= TASK_TEST; i++) {
        shape->splits[i] = true;
        shape->sequences[i] = stream_batches(s, (task_split)i, 1);
    }
}

gb_status stream_batch(const stream *s, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    cut c = cut_split(s, split, n);
    size_t offset = 0, size = s->size[split];
    if (c.segments == 0)
        return gb_fail(s->context, GB_INVALID, "%s: %zu rows do not fit into the %zu %s of the %s part", s->task, n,
                       size, s->unit, task_split_name(split));
    size_t start = index % c.segments * c.steps;
    size_t steps = c.stream - start < c.steps ? c.stream - start : c.steps;
    if (split ==
        TASK_TRAIN) { /* the text is treated as a circle; each epoch and seed starts the rows at another point */
        gb_random random = gb_random_stream(seed, GB_RANDOM_SHUFFLE, index / c.segments);
        offset = gb_random_below(&random, (uint32_t)size);
    }
    GB_TRY(task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){
            .steps = steps, .sequences = c.rows, .tokens = true, .classes_each_step = true, .carry = true}));
    const int32_t *symbols = s->symbols + s->first[split];
    for (size_t i = 0; i < c.rows; i++) {
        size_t first = offset + i * c.stream + start;
        batch->carry[i] = start > 0;
        for (size_t t = 0; t < steps; t++) {
            batch->tokens[t * c.rows + i] = symbols[(first + t) % size];
            batch->classes[t * c.rows + i] = symbols[(first + t + 1) % size];
        }
    }
    return GB_OK;
}

/* A part of the stream with an index: positions[start[a] .. start[a + 1] - 1] are the positions of symbol a, in
 * order. */
typedef struct part {
    const int32_t *symbols;
    size_t size, *start;
    uint32_t *positions;
} part;

static void free_part(gb_context *context, part *p) {
    gb_release(context, p->start);
    gb_release(context, p->positions);
}

static gb_status index_part(const stream *s, size_t first, size_t size, part *p) {
    *p = (part){.symbols = s->symbols + first, .size = size};
    GB_TRY(gb_allocate(s->context, s->count + 2, sizeof *p->start, &p->start));
    GB_TRY(gb_allocate(s->context, size, sizeof *p->positions, &p->positions));
    for (size_t i = 0; i < size; i++)
        p->start[p->symbols[i] + 2]++;
    for (size_t a = 2; a <= s->count + 1; a++)
        p->start[a] += p->start[a - 1];
    for (size_t i = 0; i < size; i++)
        p->positions[p->start[p->symbols[i] + 1]++] = (uint32_t)i;
    return GB_OK;
}

static size_t count_of(const part *p, size_t symbol) {
    return p->start[symbol + 1] - p->start[symbol];
}

/* Adds `change` to the count of every symbol that follows symbol a; returns the number of such symbols. */
static size_t count_after(const part *p, size_t a, int change, uint32_t *counts) {
    size_t after = 0;
    for (size_t k = p->start[a]; k < p->start[a + 1]; k++) {
        if (p->positions[k] + 1 < p->size) {
            counts[p->symbols[p->positions[k] + 1]] += (uint32_t)change;
            after++;
        }
    }
    return after;
}

/* Bits of the symbols that follow symbol a in `judged`, predicted from the counts in `known` plus `add` for each
 * symbol. */
static double bits_after(const stream *s, const part *known, const part *judged, size_t a, double add,
                         uint32_t *counts) {
    double bits = 0, all = (double)count_after(known, a, 1, counts) + add * (double)s->count;
    for (size_t k = judged->start[a]; k < judged->start[a + 1]; k++)
        if (judged->positions[k] + 1 < judged->size)
            bits -= log2((counts[judged->symbols[judged->positions[k] + 1]] + add) / all);
    count_after(known, a, -1, counts);
    return bits;
}

/* Mean bits per symbol: independently, and given the symbol before it. */
typedef struct bits {
    double order0, order1;
} bits;

/* Measures `judged`, predicted from the counts in `known` plus `add` for each symbol. `skip`: leaves out the first
 * symbol of `judged` in the order-0 value, too. */
static gb_status measure(const stream *s, const part *known, const part *judged, double add, bool skip, bits *mean) {
    uint32_t *counts;
    *mean = (bits){0};
    GB_TRY(gb_allocate(s->context, s->count, sizeof *counts, &counts));
    for (size_t a = 0; a < s->count; a++) {
        double times = (double)(count_of(judged, a) - (skip && judged->symbols[0] == (int32_t)a));
        double all = (double)known->size + add * (double)s->count;
        mean->order0 -= times > 0 ? times * log2(((double)count_of(known, a) + add) / all) : 0;
        mean->order1 += bits_after(s, known, judged, a, add, counts);
    }
    mean->order0 /= (double)(judged->size - skip);
    mean->order1 /= (double)(judged->size - 1);
    gb_release(s->context, counts);
    return GB_OK;
}

size_t stream_baselines(const stream *s, task_baseline *baselines, size_t most) {
    part train = {0}, test = {0};
    bits mean;
    gb_status status = index_part(s, 0, s->size[TASK_TRAIN], &train);
    if (status == GB_OK)
        status = index_part(s, s->first[TASK_TEST], s->size[TASK_TEST], &test);
    if (status == GB_OK)
        status = measure(s, &train, &test, 1, true, &mean);
    free_part(s->context, &train);
    free_part(s->context, &test);
    if (status != GB_OK)
        return 0;
    const task_baseline all[] = {
        {"order0", "bits", mean.order0, "frequency of each symbol in train, add-one smoothing"},
        {"order1", "bits", mean.order1,
         "frequency of each symbol in train after the symbol before it (order-1 Markov chain), add-one smoothing"},
    };
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

void stream_facts(const stream *s, FILE *out) {
    part whole = {0};
    bits entropy;
    fprintf(out, "symbols\t%zu\n", s->count);
    if (index_part(s, 0, s->length, &whole) == GB_OK && measure(s, &whole, &whole, 0, false, &entropy) == GB_OK)
        fprintf(out, "order-0 entropy (bits)\t%.4f\norder-1 entropy (bits)\t%.4f\n", entropy.order0, entropy.order1);
    free_part(s->context, &whole);
    for (size_t i = 0; i <= TASK_TEST; i++)
        fprintf(out, "%s %s\t%zu\n", task_split_name((task_split)i), s->unit, s->size[i]);
}

void stream_excerpt(const stream *s, uint64_t seed, size_t most, size_t *start, size_t *asked) {
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    size_t size = s->size[TASK_TEST], shown = size - 1 < most ? size - 1 : most;
    *start = s->first[TASK_TEST] + gb_random_below(&random, (uint32_t)(size - shown));
    *asked = *start + shown;
}
