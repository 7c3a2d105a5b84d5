/* SPDX-License-Identifier: MIT */
/* A task: a source of sequences, made or real, that gives batches for (split, seed, index) and knows its shape, its
 * trivial baselines and the paper that defined it. One file per task ends in one `const task_type`, listed in
 * tasks.def.
 */
#ifndef GATEBENCH_DATASETS_TASK_H
#define GATEBENCH_DATASETS_TASK_H

#include <stdio.h>

#include "datasets/setting.h"
#include "gatebench/gatebench.h"

/* The splits. SHIFTED and SWAPPED exist only where a task says so (task_shape.splits). */
typedef enum task_split {
    TASK_TRAIN,
    TASK_VALID,
    TASK_TEST,
    TASK_SHIFTED, /* the test questions moved to other positions */
    TASK_SWAPPED, /* rows 2i and 2i+1 hold the same words in two orders */
    TASK_SPLITS
} task_split;

/* What a model must fit. */
typedef struct task_shape {
    gb_input input;
    size_t input_size;  /* vocabulary or inputs per step */
    size_t output_size; /* classes or outputs */
    gb_head head;
    gb_loss loss;
    size_t longest;     /* most steps a sequence of any split has; 0: as long as asked for (chars) */
    const char *metric; /* "accuracy", "nll", "bits" or "mse": what figures and stop rules mean by default */
    bool higher_is_better;
    bool marked_accuracy; /* the head asks at every step and the loss counts every step, the accuracy only the steps
                             that the batch marks (copy: those to recall) */
    bool measured;        /* the numbers asked for are measurements, which no output gets "right": no accuracy */
    size_t sequences[TASK_SPLITS]; /* how many sequences the split holds; 0: endless, made as asked for */
    bool splits[TASK_SPLITS];      /* which splits there are */
} task_shape;

/* The numbers that a model must beat before it has learned anything. */
typedef struct task_baseline {
    const char *name;   /* "chance", "marginal", "markov1", ... */
    const char *metric; /* "accuracy", "nll", "nll_sequence_mean", "bits", "mse" */
    double value;
    const char *note; /* how it was computed */
} task_baseline;

typedef struct task task;

/* A batch with the memory it stands in; reused from call to call, zero-initialised before the first. The task sets
 * `batch` to point into it. */
typedef struct task_batch {
    gb_batch batch;
    size_t *lengths;
    int32_t *tokens, *classes;
    double *inputs, *targets;
    uint8_t *marks, *carry;
    size_t capacity[7]; /* bytes of each array above, in order */
} task_batch;

typedef struct task_type {
    const char *name, *summary, *source; /* source: paper or origin */
    const setting *options;              /* as recipes write them under `task:`; ends with a NULL name */
    size_t version;                      /* raised when the same settings give other numbers */
    /* Opens the task with values[i] as text for options[i]. Reads data files here (GB_DATA names file and remedy). */
    gb_status (*open)(gb_context *context, const char *const *values, void **state);
    void (*close)(void *state);
    void (*shape)(const void *state, task_shape *shape);
    /* Fills rows `index*n .. ` of a split that the shape has (an endless split: example numbers; a finite one wraps
     * round by epochs, TRAIN shuffled by (seed, epoch); the last batch of VALID, TEST, ... may be shorter). NULL: no
     * splits. What VALID, TEST, ... hold depends on no n: in one pass every target comes exactly once (a stream of text
     * is one row whatever n is). */
    gb_status (*batch)(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);
    /* A batch of full-length sequences of exactly `steps` steps whose loss stands at the last step only, for the
     * gradient-by-lag probe; NULL where the task has none. */
    gb_status (*probe)(void *state, uint64_t seed, size_t steps, size_t n, task_batch *batch);
    /* A curriculum: makes training sequences of this level of difficulty, from 0 on; false: it is the last level (or
     * the options ask for no curriculum, and every level is the same). NULL: the task has none. */
    bool (*set_level)(void *state, size_t level);
    /* For the measure `horizon`: n test sequences of one length (what a length is, the task says), however long those
     * of training are. A sequence is right if at every step that is asked about each class that can come has a larger
     * output than each that cannot: `marks` are sets of those that can (bit c: class c; 0: not asked). Without marks it
     * is the class of the last step. NULL: the task has none. */
    gb_status (*of_length)(void *state, uint64_t seed, size_t length, size_t n, task_batch *batch);
    /* The first length that horizon looks at (after 0), and the one after `length`. */
    size_t (*next_length)(const void *state, size_t length);
    /* The baselines; returns how many (at most `most`). */
    size_t (*baselines)(void *state, task_baseline *baselines, size_t most);
    /* Prints one example in words. */
    void (*sample)(void *state, uint64_t seed, FILE *out);
    /* Writes what an input token is called, cut to `size`; NULL: tokens have no names, or there are none. */
    void (*word)(const void *state, size_t token, char *word, size_t size);
    /* Prints facts about the data ("symbols: 63"), one line "name\tvalue" per fact; NULL when there are none. */
    void (*facts)(void *state, FILE *out);
    /* Hex SHA-256 of the data behind it, "" for a made task. */
    const char *(*sha256)(const void *state);
    /* Batches of n in one pass over a finite split; NULL: sequences / n, rounded up. */
    size_t (*batches)(const void *state, task_split split, size_t n);
} task_type;

/* The tasks in tasks.def order (NULL beyond the end), and by name (NULL when unknown; kinds too). */
const task_type *task_type_at(size_t i);
const task_type *task_type_find(const char *name);
/* What recipes without a task name under `kind:` (sizes.c): NULL beyond the end, or when there is no such kind. */
const task_type *task_kind_at(size_t i);
const task_type *task_kind_find(const char *name);
/* Whether no data stand behind it: opening it reads no files. */
bool task_is_made(const task_type *type);
/* The first option of that name of any task or kind; NULL when none has it. */
const setting *task_option_find(const char *name);
/* The option of that name of one task; NULL when it has none (or the type is NULL). */
const setting *task_type_option(const task_type *type, const char *name);

/* A task opened by name with `count` settings "key", "value"; what is not given has its default.
 * Errors: GB_INVALID (unknown task or key, value out of range), GB_DATA. */
gb_status task_open(gb_context *context, const char *name, const char *const (*settings)[2], size_t count, task **out);
void task_close(task *t); /* takes NULL */

const task_type *task_get_type(const task *t);
const char *task_value(const task *t, const char *option); /* the value in force, as text; NULL when unknown */
const task_shape *task_get_shape(const task *t);
const char *task_sha256(const task *t);
gb_status task_get_batch(task *t, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);
/* Training batches of that level from now on; whether there is a more difficult one. */
bool task_set_level(task *t, size_t level);
gb_status task_get_probe(task *t, uint64_t seed, size_t steps, size_t n, task_batch *batch); /* GB_UNSUPPORTED */
/* Sequences of a length, and the length after it (0: the first): task_type has both. GB_UNSUPPORTED. */
gb_status task_get_of_length(task *t, uint64_t seed, size_t length, size_t n, task_batch *batch);
size_t task_next_length(const task *t, size_t length);
size_t task_get_baselines(task *t, task_baseline *baselines, size_t most);
void task_print_sample(task *t, uint64_t seed, FILE *out);
bool task_get_word(const task *t, size_t token, char *word, size_t size); /* false: the task names no tokens */
void task_print_facts(task *t, FILE *out);

/* Batches of n in one pass over a finite split (0 for an endless one). */
size_t task_batches(const task *t, task_split split, size_t n);

const char *task_split_name(task_split split); /* "train", "valid", "test", "shifted", "swapped" */

/* Makes room in a batch: T steps, n sequences, and which arrays are wanted (inputs and targets by their width, 0:
 * none), pointing batch->batch into it. For the tasks. Zeroes the arrays. */
typedef struct task_batch_shape {
    size_t steps, sequences, inputs, targets;
    bool tokens, classes_each_step, classes_last, targets_each_step, marks, carry;
} task_batch_shape;
gb_status task_batch_reserve(gb_context *context, task_batch *batch, const task_batch_shape *shape);
void task_batch_free(gb_context *context, task_batch *batch);

#endif
