/* SPDX-License-Identifier: MIT */
/* A stream of symbols (characters or words of a text), each to be predicted from all symbols before it. Train, valid
 * and test are contiguous parts in this order. In training, the N rows are N contiguous streams; each batch is the next
 * segment of each, and the state is carried on. Valid and test are read as one stream, independent of the rows and
 * segments of training: every symbol but the first is predicted once, from all symbols before it. Internal to this
 * room. */
#ifndef GATEBENCH_DATASETS_SEQUENCES_STREAM_H
#define GATEBENCH_DATASETS_SEQUENCES_STREAM_H

#include "datasets/task.h"

typedef struct stream {
    gb_context *context;
    const char *task; /* its name, for messages */
    const char *unit; /* "characters" */
    int32_t *symbols; /* [length], 0 .. count-1 */
    size_t length, count;
    size_t steps; /* length of a training segment */
    size_t first[TASK_SPLITS], size[TASK_SPLITS];
} stream;

/* Cuts the stream by shares, each at most 0.4. Valid and test hold at most `most` symbols; 0: no limit. Errors:
 * GB_INVALID (a part has fewer than two). */
gb_status stream_split(stream *s, double test_share, double valid_share, size_t most);
void stream_free(stream *s);

size_t stream_batches(const stream *s, task_split split, size_t n);
void stream_shape(const stream *s, task_shape *shape);
gb_status stream_batch(const stream *s, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);

/* Baselines "order0" and "order1": bits per symbol of test (without the first symbol) with add-one counts of train. */
size_t stream_baselines(const stream *s, task_baseline *baselines, size_t most);

/* Prints the facts of a stream: number of symbols, entropies of the whole stream in bits, and the parts. */
void stream_facts(const stream *s, FILE *out);

/* An example from test: the positions of its first symbol and of the symbol to be predicted. */
void stream_excerpt(const stream *s, uint64_t seed, size_t most, size_t *start, size_t *asked);

#endif
