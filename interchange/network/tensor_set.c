/* SPDX-License-Identifier: MIT */
/* Sets of tensors, and copying between layouts. */
#include "interchange/network/tensor_set.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "support/arrays/half.h"

tensor *tensor_add(tensor_set *set) {
    if (set->count == set->capacity) {
        size_t capacity = set->capacity ? 2 * set->capacity : 16;
        tensor *items = realloc(set->items, capacity * sizeof *items);
        if (!items)
            return NULL;
        set->items = items;
        set->capacity = capacity;
    }
    tensor *t = &set->items[set->count++];
    memset(t, 0, sizeof *t);
    return t;
}

static void let_go(tensor_memory memory) {
    if (memory.size)
        munmap(memory.bytes, memory.size);
    else
        free(memory.bytes);
}

bool tensor_keep(tensor_set *set, void *bytes, size_t size) {
    tensor_memory *memory = realloc(set->memory, (set->memory_count + 1) * sizeof *memory);
    if (!memory) {
        let_go((tensor_memory){bytes, size});
        return false;
    }
    set->memory = memory;
    set->memory[set->memory_count++] = (tensor_memory){bytes, size};
    return true;
}

void tensor_set_free(tensor_set *set) {
    for (size_t i = 0; i < set->memory_count; i++)
        let_go(set->memory[i]);
    free(set->memory);
    free(set->items);
    *set = (tensor_set){0};
}

tensor *tensor_find(const tensor_set *set, const char *name) {
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i].name, name) == 0)
            return &set->items[i];
    return NULL;
}

size_t tensor_width(tensor_type type) {
    static const size_t widths[] = {[TENSOR_F32] = 4, [TENSOR_F64] = 8, [TENSOR_F16] = 2, [TENSOR_BF16] = 2};
    return type < TENSOR_OTHER ? widths[type] : 0;
}

const char *tensor_shape_text(const tensor *t, char *text, size_t size) {
    size_t length = (size_t)snprintf(text, size, "[");
    for (size_t i = 0; i < t->rank && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%zu", i ? ", " : "", t->shape[i]);
    if (length < size)
        snprintf(text + length, size - length, "]");
    return text;
}

static float half_at(const void *from, size_t i) {
    uint16_t half;
    memcpy(&half, (const char *)from + 2 * i, sizeof half);
    return half_to_float(half);
}

static float bfloat16_at(const void *from, size_t i) {
    uint16_t half;
    memcpy(&half, (const char *)from + 2 * i, sizeof half);
    return bfloat16_to_float(half);
}

static float float_at(const void *from, size_t i) {
    float value;
    memcpy(&value, (const char *)from + 4 * i, sizeof value);
    return value;
}

static double double_at(const void *from, size_t i) {
    double value;
    memcpy(&value, (const char *)from + 8 * i, sizeof value);
    return value;
}

/* In tiles, so that a transposition stays in the caches. */
enum { TILE = 32 };

#define COPY(type, at)                                                                                                 \
    for (size_t r0 = 0; r0 < rows; r0 += TILE)                                                                         \
        for (size_t c0 = 0; c0 < columns; c0 += TILE)                                                                  \
            for (size_t r = r0; r < rows && r < r0 + TILE; r++)                                                        \
                for (size_t c = c0; c < columns && c < c0 + TILE; c++)                                                 \
    ((type *)to)[target.start + r * target.row + c * target.column] =                                                  \
        (type)at(from, source.start + r * source.row + c * source.column)

void tensor_copy(tensor_type type, const void *from, tensor_view source, gb_dtype dtype, void *to, tensor_view target,
                 size_t rows, size_t columns) {
    switch (2 * (int)type + (dtype == GB_F64)) {
    case 2 * TENSOR_F32:
        COPY(float, float_at);
        break;
    case 2 * TENSOR_F32 + 1:
        COPY(double, float_at);
        break;
    case 2 * TENSOR_F64:
        COPY(float, double_at);
        break;
    case 2 * TENSOR_F64 + 1:
        COPY(double, double_at);
        break;
    case 2 * TENSOR_F16:
        COPY(float, half_at);
        break;
    case 2 * TENSOR_F16 + 1:
        COPY(double, half_at);
        break;
    case 2 * TENSOR_BF16:
        COPY(float, bfloat16_at);
        break;
    case 2 * TENSOR_BF16 + 1:
        COPY(double, bfloat16_at);
        break;
    default:
        break;
    }
}
