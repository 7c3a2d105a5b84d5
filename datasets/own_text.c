/* SPDX-License-Identifier: MIT */
/* Predicting the next character, byte or word of a user's own text, as a stream (stream.h).
 *
 * A word is a run of letters, digits and apostrophes; every character beyond ASCII counts as a letter. Any other
 * printable character is a word by itself; white space only separates. Case is kept. The symbols are the most frequent
 * ones of train, numbered in the order of their bytes; all others share one last symbol. Characters and words are
 * UTF-8, a byte order mark is skipped, and lines end in LF or CR LF. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/own.h"
#include "datasets/sequences/stream.h"
#include "datasets/task_tools.h"

/* Order of values below: file, unit, vocabulary, segment, test_share, valid_share, eval_symbols. */
static const setting options[] = {
    TASK_OPTION("file", FILE, "", "PATH", "the file of the text"),
    TASK_OPTION("unit", CHOICE, "character", "character|word|byte", "unit of prediction"),
    TASK_OPTION("vocabulary", INTEGER, "10000", "[2, 100000]",
                "largest number of symbols: the most frequent ones of train; all others count as one further symbol"),
    TASK_OPTION("segment", INTEGER, "64", "[1, 100000]", "symbols per segment"),
    TASK_OPTION("test_share", REAL, "0.1", "[0.001, 0.4]", "share of the text used for testing (its end)"),
    TASK_OPTION("valid_share", REAL, "0.1", "[0.001, 0.4]",
                "share of the text used for validation (before the part for testing)"),
    TASK_OPTION("eval_symbols", INTEGER, "0", "0|[2, 1e9]",
                "largest number of symbols used from each of valid and test; 0: all"),
    {0}};

typedef enum unit { UNIT_CHARACTER, UNIT_WORD, UNIT_BYTE } unit;

/* A distinct string of the text. */
typedef struct word {
    const char *bytes;    /* points into the file; NULL: an empty slot of the table */
    size_t length, train; /* train: its number of occurrences in train */
    int32_t symbol;       /* -1: the last symbol, shared by all others */
} word;

typedef struct text_state {
    stream stream;
    own_file file;
    unit unit;
    word *words; /* hash table of a power of two */
    size_t room, different;
    const word **shown; /* [count] the word of each symbol; NULL: all others */
    size_t others;      /* number of symbols in the text that are the last one */
} text_state;

static const char *const units[] = {"characters", "words", "bytes"};

/* Cutting */

static bool is_letter(char c) {
    return isalnum((unsigned char)c) || c == '\'' || (unsigned char)c >= 0x80;
}

/* The length of the symbol at `at`; 0: the byte there is skipped. */
static size_t symbol_length(const text_state *s, size_t at) {
    const char *bytes = s->file.bytes + at;
    size_t left = s->file.size - at, length = 1;
    if (s->unit == UNIT_BYTE)
        return 1;
    if (s->unit == UNIT_CHARACTER)
        return bytes[0] == '\r' && left > 1 && bytes[1] == '\n' ? 0 : own_character(bytes, left);
    if (isspace((unsigned char)bytes[0]))
        return 0;
    while (is_letter(bytes[0]) && length < left && is_letter(bytes[length]))
        length++;
    return length;
}

/* The slot of a string in the table, or the empty slot where it belongs. */
static word *find_word(const text_state *s, const char *bytes, size_t length) {
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211ULL;
    for (size_t at = (hash ^ hash >> 32) & (s->room - 1);; at = (at + 1) & (s->room - 1)) {
        word *w = &s->words[at];
        if (!w->bytes || (w->length == length && !memcmp(w->bytes, bytes, length)))
            return w;
    }
}

static gb_status grow_table(text_state *s) {
    word *old = s->words;
    size_t room = s->room;
    s->room = room ? 2 * room : 1024;
    gb_status status = gb_allocate(s->stream.context, s->room, sizeof *s->words, &s->words);
    for (size_t i = 0; status == GB_OK && i < room; i++)
        if (old[i].bytes)
            *find_word(s, old[i].bytes, old[i].length) = old[i];
    gb_release(s->stream.context, old);
    return status;
}

/* Calls the function for each symbol of the text, in order; `position` counts them. */
static gb_status each_symbol(text_state *s,
                             gb_status (*visit)(text_state *s, size_t position, const char *bytes, size_t length)) {
    size_t at = s->unit != UNIT_BYTE ? own_text_start(s->file.bytes, s->file.size) : 0, position = 0;
    while (at < s->file.size) {
        size_t length = symbol_length(s, at);
        if (length)
            GB_TRY(visit(s, position++, s->file.bytes + at, length));
        at += length ? length : 1;
    }
    s->stream.length = position;
    return GB_OK;
}

/* Numbering */

static gb_status add_symbol(text_state *s, size_t position, const char *bytes, size_t length) {
    (void)position;
    if (2 * (s->different + 1) > s->room)
        GB_TRY(grow_table(s));
    word *w = find_word(s, bytes, length);
    s->different += !w->bytes;
    w->bytes = bytes;
    w->length = length;
    return GB_OK;
}

static gb_status count_symbol(text_state *s, size_t position, const char *bytes, size_t length) {
    if (position < s->stream.size[TASK_TRAIN])
        find_word(s, bytes, length)->train++;
    return GB_OK;
}

static gb_status write_symbol(text_state *s, size_t position, const char *bytes, size_t length) {
    int32_t symbol = find_word(s, bytes, length)->symbol;
    s->others += symbol < 0;
    s->stream.symbols[position] = symbol < 0 ? (int32_t)s->stream.count - 1 : symbol;
    return GB_OK;
}

static int compare_bytes(const void *a, const void *b) {
    const word *x = *(const word *const *)a, *y = *(const word *const *)b;
    int order = memcmp(x->bytes, y->bytes, x->length < y->length ? x->length : y->length);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static int compare_counts(const void *a, const void *b) {
    const word *x = *(const word *const *)a, *y = *(const word *const *)b;
    return x->train != y->train ? (x->train < y->train ? 1 : -1) : compare_bytes(a, b);
}

/* The most frequent words of train become symbols. */
static gb_status choose_symbols(text_state *s, size_t vocabulary) {
    size_t known = 0;
    GB_TRY(gb_allocate(s->stream.context, s->different + 1, sizeof *s->shown, &s->shown));
    for (size_t i = 0; i < s->room; i++) {
        s->words[i].symbol = -1;
        if (s->words[i].train)
            s->shown[known++] = &s->words[i];
    }
    qsort(s->shown, known, sizeof *s->shown, compare_counts);
    size_t kept = known < vocabulary ? known : vocabulary;
    qsort(s->shown, kept, sizeof *s->shown, compare_bytes);
    for (size_t i = 0; i < kept; i++)
        s->words[s->shown[i] - s->words].symbol = (int32_t)i;
    if (kept < s->different)
        s->shown[kept] = NULL;
    s->stream.count = kept + (kept < s->different);
    return GB_OK;
}

static gb_status read_symbols(text_state *s, const char *const *values) {
    if (s->unit != UNIT_BYTE)
        GB_TRY(own_check_text(s->stream.context, &s->file));
    GB_TRY(each_symbol(s, add_symbol));
    GB_TRY(stream_split(&s->stream, task_real(values[4]), task_real(values[5]), task_integer(values[6])));
    GB_TRY(each_symbol(s, count_symbol));
    GB_TRY(choose_symbols(s, task_integer(values[2])));
    GB_TRY(gb_allocate(s->stream.context, s->stream.length, sizeof *s->stream.symbols, &s->stream.symbols));
    return each_symbol(s, write_symbol);
}

/* The task */

static void text_close(void *state) {
    text_state *s = state;
    gb_release(s->stream.context, s->words);
    gb_release(s->stream.context, s->shown);
    own_free(&s->file);
    stream_free(&s->stream);
    gb_release(s->stream.context, s);
}

static gb_status text_open(gb_context *context, const char *const *values, void **state) {
    text_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->unit = !strcmp(values[1], "word") ? UNIT_WORD : !strcmp(values[1], "byte") ? UNIT_BYTE : UNIT_CHARACTER;
    s->stream = (stream){.context = context, .task = "text", .unit = units[s->unit], .steps = task_integer(values[3])};
    gb_status status = own_read(context, "text", values[0], &s->file);
    if (status == GB_OK)
        status = read_symbols(s, values);
    if (status != GB_OK)
        text_close(s);
    else
        *state = s;
    return status;
}

static size_t text_batches(const void *state, task_split split, size_t n) {
    return stream_batches(&((const text_state *)state)->stream, split, n);
}

static void text_shape(const void *state, task_shape *shape) {
    stream_shape(&((const text_state *)state)->stream, shape);
}

static gb_status text_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    return stream_batch(&((const text_state *)state)->stream, split, seed, index, n, batch);
}

static size_t text_baselines(void *state, task_baseline *baselines, size_t most) {
    return stream_baselines(&((const text_state *)state)->stream, baselines, most);
}

static void text_sample(void *state, uint64_t seed, FILE *out) {
    const text_state *s = state;
    size_t start, asked;
    stream_excerpt(&s->stream, seed, s->unit == UNIT_WORD ? 12 : 60, &start, &asked);
    for (size_t i = start; i <= asked; i++) {
        const word *w = s->shown[s->stream.symbols[i]];
        const char *before = i == asked ? " -> " : s->unit == UNIT_WORD && i > start ? " " : "";
        task_print_symbol(before, w ? w->bytes : "<other>", w ? w->length : strlen("<other>"), out);
    }
    fputc('\n', out);
}

static void text_facts(void *state, FILE *out) {
    const text_state *s = state;
    fprintf(out, "file\t%s\nbytes\t%zu\nsha256\t%s\n%s\t%zu\n", s->file.path, s->file.size, s->file.sha256,
            s->stream.unit, s->stream.length);
    fprintf(out, "different\t%zu\n", s->different);
    if (s->others)
        fprintf(out, "outside the vocabulary\t%zu (%.2f %%)\n", s->others,
                100 * (double)s->others / (double)s->stream.length);
    stream_facts(&s->stream, out);
}

static const char *text_sha256(const void *state) {
    return ((const text_state *)state)->file.sha256;
}

const task_type task_own_text_type = {
    .name = "text",
    .summary = "the next character or word of your text",
    .source = "your file; the task after Sutskever et al. 2011 (characters) and Mikolov et al. 2010 (words)",
    .options = options,
    .version = 1,
    .open = text_open,
    .close = text_close,
    .shape = text_shape,
    .batch = text_batch,
    .baselines = text_baselines,
    .sample = text_sample,
    .facts = text_facts,
    .sha256 = text_sha256,
    .batches = text_batches,
};
