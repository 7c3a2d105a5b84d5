/* SPDX-License-Identifier: MIT */
/* Predicting the next character of a real text from the catalog, as a stream (stream.h). */
#include <stdlib.h>

#include "datasets/files/catalog.h"
#include "datasets/sequences/stream.h"
#include "datasets/task_tools.h"
#include "support/file.h"

enum { SYMBOLS = 256, LARGEST_TEXT = 1 << 28 };

/* Order of values below: text, segment, test_share, valid_share, eval_chars. */
static const setting options[] = {
    TASK_OPTION("text", CHOICE, "kjv", "kjv|shakespeare", "the text to read"),
    TASK_OPTION("segment", INTEGER, "64", "[1, 100000]", "characters per segment"),
    TASK_OPTION("test_share", REAL, "0.05", "[0.001, 0.4]", "share of the text used for testing (its end)"),
    TASK_OPTION("valid_share", REAL, "0.05", "[0.001, 0.4]",
                "share of the text used for validation (before the part for testing)"),
    TASK_OPTION("eval_chars", INTEGER, "200000", "0|[2, 1e9]",
                "largest number of characters used from each of valid and test; 0: all"),
    {0}};

typedef struct chars_state {
    stream stream;
    char *characters; /* the whole text, malloc'ed */
    char sha256[65];
} chars_state;

/* Symbols are numbered by byte value. */
static gb_status number_symbols(chars_state *s) {
    stream *to = &s->stream;
    bool occurs[SYMBOLS] = {0};
    int32_t number[SYMBOLS];
    GB_TRY(gb_allocate(to->context, to->length, sizeof *to->symbols, &to->symbols));
    for (size_t i = 0; i < to->length; i++)
        occurs[(unsigned char)s->characters[i]] = true;
    for (size_t b = 0; b < SYMBOLS; b++)
        number[b] = occurs[b] ? (int32_t)to->count++ : -1;
    for (size_t i = 0; i < to->length; i++)
        to->symbols[i] = number[(unsigned char)s->characters[i]];
    return GB_OK;
}

static void chars_close(void *state) {
    chars_state *s = state;
    free(s->characters);
    stream_free(&s->stream);
    gb_release(s->stream.context, s);
}

static gb_status chars_open(gb_context *context, const char *const *values, void **state) {
    char path[4096];
    chars_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->stream = (stream){.context = context, .task = "chars", .unit = "characters", .steps = task_integer(values[1])};
    gb_status status = data_find(context, values[0], path, sizeof path);
    if (status == GB_OK)
        status = file_read(context, path, LARGEST_TEXT, &s->characters, &s->stream.length);
    if (status == GB_OK)
        data_sha256(s->characters, s->stream.length, s->sha256);
    if (status == GB_OK)
        status = number_symbols(s);
    if (status == GB_OK)
        status = stream_split(&s->stream, task_real(values[2]), task_real(values[3]), task_integer(values[4]));
    if (status != GB_OK)
        chars_close(s);
    else
        *state = s;
    return status;
}

static size_t chars_batches(const void *state, task_split split, size_t n) {
    return stream_batches(&((const chars_state *)state)->stream, split, n);
}

static void chars_shape(const void *state, task_shape *shape) {
    stream_shape(&((const chars_state *)state)->stream, shape);
}

static gb_status chars_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    return stream_batch(&((const chars_state *)state)->stream, split, seed, index, n, batch);
}

static size_t chars_baselines(void *state, task_baseline *baselines, size_t most) {
    return stream_baselines(&((const chars_state *)state)->stream, baselines, most);
}

static void chars_sample(void *state, uint64_t seed, FILE *out) {
    const chars_state *s = state;
    enum { SHOWN = 60 };
    size_t start, asked;
    stream_excerpt(&s->stream, seed, SHOWN, &start, &asked);
    for (size_t i = start; i <= asked; i++)
        task_print_symbol(i == asked ? " -> " : "", s->characters + i, 1, out);
    fputc('\n', out);
}

static void chars_facts(void *state, FILE *out) {
    const chars_state *s = state;
    fprintf(out, "bytes\t%zu\nsha256\t%s\n", s->stream.length, s->sha256);
    stream_facts(&s->stream, out);
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
