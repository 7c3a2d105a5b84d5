/* SPDX-License-Identifier: MIT */
/* Sequences of numbers cut from rows, the common form of tables and series. Every sequence is a run of rows. Its target
 * is a class or some numbers, at its last step or at every step. Shorter sequences are padded. Internal to this
 * room. */
#ifndef GATEBENCH_DATASETS_SEQUENCES_WINDOWS_H
#define GATEBENCH_DATASETS_SEQUENCES_WINDOWS_H

#include "datasets/task_tools.h"

/* Step t of a sequence reads row first + t; its target is that of row first + t + ahead. */
typedef struct window {
    size_t first, steps;
} window;

typedef struct windows {
    gb_context *context;
    const char *task;   /* its name, for messages */
    size_t rows, width; /* inputs per row */
    double *inputs;     /* [rows][width] */
    size_t targets;     /* numbers per row; 0: classes */
    double *values;     /* [rows][targets] */
    size_t classes;     /* number of classes; 0: numbers */
    int32_t *labels;    /* [rows] */
    bool every;         /* a target at every step, not only at the last */
    bool forecast;      /* the targets are the inputs of a later row (forecasting) */
    size_t ahead;       /* 1 if the next row is predicted, else 0 */
    bool before;        /* with ahead: the first row is predicted, too, from an input of zeros */
    window *items;      /* [count] train first, then valid, then test */
    size_t count, room;
    size_t first[TASK_SPLITS], size[TASK_SPLITS];
    task_order order;
} windows;

/* Adds a sequence. Errors: GB_MEMORY. */
gb_status windows_add(windows *w, size_t first, size_t steps);

/* With a target at every step, adds what is left of rows up to `end` as a last, shorter sequence. Errors: GB_MEMORY. */
gb_status windows_add_rest(windows *w, size_t first, size_t end);

/* Assigns the sequences to train, valid and test by shares, at least one each, in their order or in an order drawn from
 * a seed. If `held_out` is above 0, that many sequences at the end are test, and valid is a share of the others.
 * Errors: GB_INVALID (too few). */
gb_status windows_split(windows *w, size_t held_out, double test_share, double valid_share, bool random, uint64_t seed);

/* Splits the rows into three parts by shares and cuts each part into windows of `steps` steps, `stride` rows apart;
 * with a target at every step the last window of a part is shorter where they do not fill it. No window uses a row of
 * another part, neither as input nor as target. Errors: GB_INVALID (a part is too short for one window). */
gb_status windows_cut(windows *w, size_t steps, size_t stride, double test_share, double valid_share);

/* Standardises every input, and if `targets` every numeric target, by mean and standard deviation over the rows of
 * train, or over the targets that train predicts. Forecasts keep the scale of the inputs. A column that is constant
 * there is only shifted. Errors: GB_MEMORY. */
gb_status windows_standardise(windows *w, bool targets);

void windows_free(windows *w);
void windows_shape(const windows *w, task_shape *shape);
gb_status windows_batch(windows *w, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);

/* windows_baselines.c: of classes "majority" and "nearest mean", of numbers "mean", "linear" (least squares on the
 * inputs of one step) and, for forecasts, "last value". */
size_t windows_baselines(const windows *w, task_baseline *baselines, size_t most);

/* Prints the common facts: shape, lengths and parts. */
void windows_facts(const windows *w, FILE *out);

/* The row that holds the target of step t of a sequence. */
static inline size_t windows_target_row(const windows *w, const window *item, size_t t) {
    return item->first + t + (w->before ? 0 : w->ahead);
}

#endif
