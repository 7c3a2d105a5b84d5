/* SPDX-License-Identifier: MIT */
/* A task: a source of generated or real sequences. It gives the batch of (split, seed, index), its shape, its trivial
 * baselines and the paper that defined it. One file per task ends in one `const task_type`, which tasks.def lists.
 */
#ifndef GATEBENCH_DATASETS_TASK_H
#define GATEBENCH_DATASETS_TASK_H

#include <stdio.h>

#include "datasets/setting.h"
#include "gatebench/gatebench.h"

/* The splits. SHIFTED and SWAPPED exist only for some tasks (task_shape.splits). */
typedef enum task_split {
    TASK_TRAIN,
    TASK_VALID,
    TASK_TEST,
    TASK_SHIFTED, /* the test items moved to other positions */
    TASK_SWAPPED, /* rows 2i and 2i+1 hold the same words in different orders */
    TASK_SPLITS
} task_split;

/* The sizes that a model must fit. */
typedef struct task_shape {
    gb_input input;
    size_t input_size;  /* vocabulary or inputs per step */
    size_t output_size; /* classes or outputs */
    gb_head head;
    gb_loss loss;
    size_t longest;     /* number of steps of the longest sequence of any split; 0: as long as requested (chars) */
    const char *metric; /* "accuracy", "nll", "bits" or "mse": the default metric of figures and stop rules */
    bool higher_is_better;
    bool marked_accuracy; /* there are targets at every step, and the loss counts every step, but the accuracy counts
                             only the steps that the batch marks (copy: the recall) */
    bool measured;        /* the targets are measurements, for which no output is "correct", so there is no accuracy */
    size_t sequences[TASK_SPLITS]; /* number of sequences of each split; 0: unlimited, generated on demand */
    bool splits[TASK_SPLITS];      /* which splits exist */
} task_shape;

/* The numbers that a model must beat to show that it has learned something. */
typedef struct task_baseline {
    const char *name;   /* "chance", "marginal", "markov1", ... */
    const char *metric; /* "accuracy", "nll", "nll_sequence_mean", "bits", "mse" */
    double value;
    const char *note; /* how it was computed */
} task_baseline;

typedef struct task task;

/* A batch with its memory, reused from call to call; zero-initialise it before the first call. The task sets `batch` to
 * point into it. */
typedef struct task_batch {
    gb_batch batch;
    size_t *lengths;
    int32_t *tokens, *classes;
    double *inputs, *targets;
    uint8_t *marks, *carry;
    size_t capacity[7]; /* size in bytes of each array above, in order */
} task_batch;

typedef struct task_type {
    const char *name, *summary, *source; /* source: paper or origin */
    const setting *options;              /* the options under `task:` in recipes; ends with a NULL name */
    size_t version;                      /* raised whenever the same settings give different numbers */
    /* Opens the task with the text values[i] for options[i]. Data files are read here. Errors: GB_DATA (names file and
     * remedy). */
    gb_status (*open)(gb_context *context, const char *const *values, void **state);
    void (*close)(void *state);
    void (*shape)(const void *state, task_shape *shape);
    /* Fills the batch with the rows of a split from `index*n` on. In an unlimited split these are numbers of examples.
     * A finite split starts again after each epoch; TRAIN is shuffled by (seed, epoch), and the last batch of VALID,
     * TEST, ... may be shorter. The content of VALID, TEST, ... does not depend on n: one pass contains every target
     * exactly once (a stream of text is one row for any n). NULL: no splits. */
    gb_status (*batch)(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);
    /* A batch of full-length sequences of exactly `steps` steps with a loss at the last step only, for the
     * gradient-by-lag probe. NULL: the task has none. */
    gb_status (*probe)(void *state, uint64_t seed, size_t steps, size_t n, task_batch *batch);
    /* A curriculum: from now on training sequences have this level of difficulty, starting at 0. Returns false at the
     * last level, and always if the options ask for no curriculum. NULL: the task has none. */
    bool (*set_level)(void *state, size_t level);
    /* For the measure `horizon`: n test sequences of one length, independent of the lengths in training; each task
     * defines what a length is. `marks` holds for each step the set of possible classes (bit c: class c; 0: the step is
     * not tested). A sequence is correct if at every tested step each possible class has a larger output than each
     * impossible one. Without marks, the class of the last step is tested. NULL: the task has none. */
    gb_status (*of_length)(void *state, uint64_t seed, size_t length, size_t n, task_batch *batch);
    /* The length that horizon tests after `length`; after 0, the first one. */
    size_t (*next_length)(const void *state, size_t length);
    /* Writes at most `most` baselines and returns their number. */
    size_t (*baselines)(void *state, task_baseline *baselines, size_t most);
    /* Prints one example in words. */
    void (*sample)(void *state, uint64_t seed, FILE *out);
    /* Writes the name of an input token, truncated to `size` bytes. NULL: tokens have no names, or there are none. */
    void (*word)(const void *state, size_t token, char *word, size_t size);
    /* Prints facts about the data, one line "name\tvalue" per fact. NULL: there are none. */
    void (*facts)(void *state, FILE *out);
    /* Hex SHA-256 of the task's data, "" for a generated task. */
    const char *(*sha256)(const void *state);
    /* Batches of n in one pass over a finite split; NULL: sequences / n, rounded up. */
    size_t (*batches)(const void *state, task_split split, size_t n);
} task_type;

/* The i-th task in the order of tasks.def (NULL beyond the end), and the task or kind with this name (NULL when
 * unknown). */
const task_type *task_type_at(size_t i);
const task_type *task_type_find(const char *name);
/* The same for the kinds of recipes without a task, `kind:` (sizes.c). */
const task_type *task_kind_at(size_t i);
const task_type *task_kind_find(const char *name);
/* True for a generated task, which reads no files. */
bool task_is_made(const task_type *type);
/* The first option with this name of any task or kind; NULL when none has it. */
const setting *task_option_find(const char *name);
/* The option with this name of one task; NULL when it has none (or the type is NULL). */
const setting *task_type_option(const task_type *type, const char *name);

/* Opens a task or kind by name with `count` settings "key", "value"; options that are not given have their defaults.
 * Errors: GB_INVALID (unknown task or key, value out of range), GB_DATA (a data file), GB_MEMORY. */
gb_status task_open(gb_context *context, const char *name, const char *const (*settings)[2], size_t count, task **out);
void task_close(task *t); /* takes NULL */

const task_type *task_get_type(const task *t);
const char *task_value(const task *t, const char *option); /* the value in use, as text; NULL for an unknown option */
const task_shape *task_get_shape(const task *t);
const char *task_sha256(const task *t);
/* The calls of task_type below fail with GB_UNSUPPORTED if the task lacks what they ask for. */
gb_status task_get_batch(task *t, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch);
/* Training batches have this level of the curriculum from now on. Returns whether there is a more difficult level. */
bool task_set_level(task *t, size_t level);
gb_status task_get_probe(task *t, uint64_t seed, size_t steps, size_t n, task_batch *batch);
/* Test sequences of one length, and the next length (after 0: the first); see task_type. */
gb_status task_get_of_length(task *t, uint64_t seed, size_t length, size_t n, task_batch *batch);
size_t task_next_length(const task *t, size_t length);
size_t task_get_baselines(task *t, task_baseline *baselines, size_t most);
void task_print_sample(task *t, uint64_t seed, FILE *out);
bool task_get_word(const task *t, size_t token, char *word, size_t size); /* false: the task names no tokens */
void task_print_facts(task *t, FILE *out);

/* Batches of n in one pass over a finite split (0 for an endless one). */
size_t task_batches(const task *t, task_split split, size_t n);

const char *task_split_name(task_split split); /* "train", "valid", "test", "shifted", "swapped" */

/* For the tasks: makes room in a batch for sequences of equal length and points batch->batch into it. All arrays are
 * zeroed, except that each sequence's length is `steps`. `inputs` and `targets` are the numbers per step; 0: none. */
typedef struct task_batch_shape {
    size_t steps, sequences, inputs, targets;
    bool tokens, classes_each_step, classes_last, targets_each_step, marks, carry;
} task_batch_shape;
gb_status task_batch_reserve(gb_context *context, task_batch *batch, const task_batch_shape *shape);
void task_batch_free(gb_context *context, task_batch *batch);

#endif
