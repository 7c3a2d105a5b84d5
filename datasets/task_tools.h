/* SPDX-License-Identifier: MIT */
/* Shared by the tasks: reading their checked settings, and the sequences of a batch. Internal. */
#ifndef GATEBENCH_DATASETS_TASK_TOOLS_H
#define GATEBENCH_DATASETS_TASK_TOOLS_H

#include "datasets/task.h"

/* An entry of task_type.options, in the recipe section "task". */
#define TASK_OPTION(name, type, value, values, help)                                                                   \
    { name, SETTING_##type, value, values, help, "task", false, false }

/* Convert values that task_open has checked. */
size_t task_integer(const char *value);
double task_real(const char *value);

/* The sequences that a generated task writes into a batch: numbers first .. first + rows - 1 of the split. TRAIN is
 * unlimited. The others hold `examples` sequences; index is taken modulo the batches of a pass, of which the last may
 * be shorter. */
typedef struct task_numbers {
    size_t first, rows;
} task_numbers;
task_numbers task_numbers_of(task_split split, size_t examples, size_t index, size_t n);

/* The random stream of sequence `number` of TRAIN, VALID or TEST; independent of the batch size. */
gb_random task_numbers_stream(task_split split, uint64_t seed, size_t number);

/* The random stream of sequence `number` among the sequences of one length for `horizon`. */
gb_random task_length_stream(uint64_t seed, size_t length, size_t number);

/* The length after `length` for horizon: `shortest` first, then each longer by a quarter. */
size_t task_quarter_longer(size_t shortest, size_t length);

/* Makes room for sequences of symbols with one class each as the target of the last step. */
gb_status task_reserve_labelled(gb_context *context, size_t steps, size_t sequences, task_batch *batch);

/* The kinds of recipes without a task; ends with a NULL name. */
extern const task_type task_kinds[];

/* task_type.sha256 of a generated task, which has no data. */
const char *task_no_sha256(const void *state);

/* Prints `before` and then a symbol of a text: a line end as \\n, other control characters as blanks. */
void task_print_symbol(const char *before, const char *symbol, size_t bytes, FILE *out);

/* Copies at most `most` baselines; returns their number. */
size_t task_copy_baselines(const task_baseline *all, size_t count, task_baseline *baselines, size_t most);

/* The rows of a batch, and the training order of one epoch, kept from batch to batch; zero-initialise before the first.
 */
typedef struct task_order {
    size_t *rows, capacity;
    uint64_t seed, epoch;
    size_t *order, count;
    bool known;
} task_order;

/* Writes the rows of batch `index` into order->rows[0..*got-1], *got <= n. TRAIN: rows from index*n on in an unlimited
 * sequence of epochs, each a permutation drawn from (seed, epoch), so every batch is full. Other splits: in order, with
 * index taken modulo the batches of a pass, of which the last may be shorter. Errors: GB_INVALID (count or n is 0),
 * GB_MEMORY. */
gb_status task_rows(gb_context *context, task_order *order, task_split split, uint64_t seed, size_t count, size_t index,
                    size_t n, size_t *got);
void task_order_free(gb_context *context, task_order *order);

#endif
