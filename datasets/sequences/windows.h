/* SPDX-License-Identifier: MIT */
/* Sequences of numbers cut out of rows: what tables and series are once they are read. Every sequence is a run of rows;
 * what is asked is a class or some numbers, at its last step or at every one. Shorter ones are padded. Internal to this
 * room. */
#ifndef GATEBENCH_DATASETS_SEQUENCES_WINDOWS_H
#define GATEBENCH_DATASETS_SEQUENCES_WINDOWS_H

#include "datasets/task_tools.h"

/* Step t of a sequence reads row first + t and is asked for the target of row first + t + ahead. */
typedef struct window {
    size_t first, steps;
} window;

typedef struct windows {
    gb_context *context;
    const char *task;   /* its name, for messages */
    size_t rows, width; /* inputs of a row */
    double *inputs;     /* [rows][width] */
    size_t targets;     /* numbers of a row; 0: classes */
    double *values;     /* [rows][targets] */
    size_t classes;     /* how many; 0: numbers */
    int32_t *labels;    /* [rows] */
    bool every;         /* asked at every step, not at the last one alone */
    bool forecast;      /* the targets are the inputs of a later row */
    size_t ahead;       /* 1 where the next row is asked for, else 0 */
    bool before;        /* with ahead: the first row is asked for, too, from zeros before it */
    window *items;      /* [count] train first, then valid, then test */
    size_t count, room;
    size_t first[TASK_SPLITS], size[TASK_SPLITS];
    task_order order;
} windows;

/* Adds a sequence. Errors: GB_MEMORY. */
gb_status windows_add(windows *w, size_t first, size_t steps);

/* Deals the sequences that there are out to train, valid and test by shares, at least one each: in their order, or in
 * an order drawn from a seed. With `held_out` above 0 the last so many are test, and valid is a share of the others.
 * Errors: GB_INVALID (too few). */
gb_status windows_split(windows *w, size_t held_out, double test_share, double valid_share, bool random, uint64_t seed);

/* Cuts rows into windows of `steps` steps, `stride` rows apart: the rows in three parts by shares, and no window reads
 * or is asked about a row of another part. Errors: GB_INVALID (a part has no room for one). */
gb_status windows_cut(windows *w, size_t steps, size_t stride, double test_share, double valid_share);

/* Shifts and scales every input, and the numbers that are asked for if `targets`, by mean and deviation of the rows of
 * train. A column that is constant there is only shifted. Errors: GB_MEMORY. */
gb_status windows_standardise(windows *w, bool targets);

void windows_free(windows *w);
void windows_shape(const windows *w, task_shape *shape);
gb_status windows_batch(windows *w, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);

/* windows_baselines.c: of classes "majority" and "nearest mean", of numbers "mean", "linear" (least squares on the
 * inputs of one step) and, for forecasts, "last value". */
size_t windows_baselines(const windows *w, task_baseline *baselines, size_t most);

/* The facts that all of them have: shape, lengths and parts. */
void windows_facts(const windows *w, FILE *out);

/* Where step t of a sequence is asked about. */
static inline size_t windows_target_row(const windows *w, const window *item, size_t t) {
    return item->first + t + (w->before ? 0 : w->ahead);
}

#endif
