/* SPDX-License-Identifier: MIT */
/* The sequences of a batch, for generated tasks and for finite splits by epoch, and settings from text. */
#include "datasets/task_tools.h"

#include <stdlib.h>
#include <string.h>

size_t task_integer(const char *value) {
    return (size_t)strtoull(value, NULL, 10);
}

double task_real(const char *value) {
    return strtod(value, NULL);
}

task_numbers task_numbers_of(task_split split, size_t examples, size_t index, size_t n) {
    if (split == TASK_TRAIN)
        return (task_numbers){index * n, n};
    size_t first = index % ((examples - 1) / n + 1) * n;
    return (task_numbers){first, n < examples - first ? n : examples - first};
}

gb_random task_numbers_stream(task_split split, uint64_t seed, size_t number) {
    static const gb_purpose purposes[] = {GB_RANDOM_TRAIN, GB_RANDOM_VALID, GB_RANDOM_TEST};
    return gb_random_stream(seed, purposes[split], number);
}

gb_random task_length_stream(uint64_t seed, size_t length, size_t number) {
    return gb_random_stream(seed, GB_RANDOM_PROBE, (uint64_t)length << 32 | number);
}

size_t task_quarter_longer(size_t shortest, size_t length) {
    return length == 0 ? shortest : length + (length < 4 ? 1 : length / 4);
}

const char *task_no_sha256(const void *state) {
    (void)state;
    return "";
}

void task_print_symbol(const char *before, const char *symbol, size_t bytes, FILE *out) {
    fputs(before, out);
    for (size_t i = 0; i < bytes; i++)
        if (symbol[i] == '\n')
            fputs("\\n", out);
        else
            fputc((unsigned char)symbol[i] < ' ' ? ' ' : symbol[i], out);
}

size_t task_copy_baselines(const task_baseline *all, size_t count, task_baseline *baselines, size_t most) {
    size_t copied = count < most ? count : most;
    memcpy(baselines, all, copied * sizeof *all);
    return copied;
}

static gb_status find_order(gb_context *context, task_order *order, uint64_t seed, uint64_t epoch, size_t count) {
    if (order->count != count) {
        gb_release(context, order->order);
        order->order = NULL;
        order->count = 0;
        order->known = false;
        gb_status status = gb_allocate(context, count, sizeof *order->order, &order->order);
        if (status != GB_OK)
            return status;
        order->count = count;
    }
    if (!order->known || order->seed != seed || order->epoch != epoch) {
        gb_random random = gb_random_stream(seed, GB_RANDOM_SHUFFLE, epoch);
        gb_random_permutation(&random, order->order, count);
        order->seed = seed;
        order->epoch = epoch;
        order->known = true;
    }
    return GB_OK;
}

gb_status task_rows(gb_context *context, task_order *order, task_split split, uint64_t seed, size_t count, size_t index,
                    size_t n, size_t *got) {
    *got = 0;
    if (count == 0 || n == 0)
        return gb_fail(context, GB_INVALID, "a batch of %zu from a split of %zu sequences is impossible", n, count);
    if (n > order->capacity) {
        gb_release(context, order->rows);
        order->rows = NULL;
        order->capacity = 0;
        gb_status status = gb_allocate(context, n, sizeof *order->rows, &order->rows);
        if (status != GB_OK)
            return status;
        order->capacity = n;
    }
    if (split != TASK_TRAIN) {
        size_t batches = (count - 1) / n + 1, first = index % batches * n;
        *got = n < count - first ? n : count - first;
        for (size_t i = 0; i < *got; i++)
            order->rows[i] = first + i;
        return GB_OK;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t row = (uint64_t)index * n + i;
        gb_status status = find_order(context, order, seed, row / count, count);
        if (status != GB_OK)
            return status;
        order->rows[i] = order->order[row % count];
    }
    *got = n;
    return GB_OK;
}

gb_status task_reserve_labelled(gb_context *context, size_t steps, size_t sequences, task_batch *batch) {
    return task_batch_reserve(
        context, batch,
        &(task_batch_shape){.steps = steps, .sequences = sequences, .tokens = true, .classes_last = true});
}

void task_order_free(gb_context *context, task_order *order) {
    gb_release(context, order->rows);
    gb_release(context, order->order);
    *order = (task_order){0};
}
