/* SPDX-License-Identifier: MIT */
/* What the tasks share: reading their checked settings, and which rows of a finite split a batch holds. Internal. */
#ifndef GATEBENCH_DATASETS_TASK_TOOLS_H
#define GATEBENCH_DATASETS_TASK_TOOLS_H

#include "datasets/task.h"

/* Values that task_open has checked. */
size_t task_integer(const char *value);
double task_real(const char *value);

/* The rows of a batch, and the training order of one epoch kept from batch to batch; zero-initialised before the first.
 */
typedef struct task_order {
    size_t *rows, capacity;
    uint64_t seed, epoch;
    size_t *order, count;
    bool known;
} task_order;

/* Writes the rows of batch `index` into order->rows[0..*got-1], *got <= n. TRAIN: rows index*n .. of an endless
 * sequence of epochs, each a permutation drawn from (seed, epoch), so every batch is full. Other splits: in order,
 * index modulo the batches of a pass, the last one shorter. Errors: GB_INVALID (count or n is 0), GB_MEMORY. */
gb_status task_rows(gb_context *context, task_order *order, task_split split, uint64_t seed, size_t count, size_t index,
                    size_t n, size_t *got);
void task_order_free(gb_context *context, task_order *order);

#endif
