/* SPDX-License-Identifier: MIT */
/* Named arrays of numbers as stored in a file, with their memory. */
#ifndef GATEBENCH_INTERCHANGE_NETWORK_TENSOR_SET_H
#define GATEBENCH_INTERCHANGE_NETWORK_TENSOR_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/cell.h"

enum { TENSOR_RANK = 8, TENSOR_NAME = 512 };

typedef enum tensor_type { TENSOR_F32, TENSOR_F64, TENSOR_F16, TENSOR_BF16, TENSOR_OTHER } tensor_type;

typedef struct tensor {
    char name[TENSOR_NAME];
    tensor_type type; /* OTHER: integers and other types that cannot be weights */
    size_t rank, shape[TENSOR_RANK], count;
    const void *data; /* row-major, little-endian, at any address */
    bool used;        /* it belongs to a layer */
} tensor;

/* A block of memory that holds tensors. */
typedef struct tensor_memory {
    void *bytes;
    size_t size; /* size of a shared mapping; 0: the memory is malloc'ed */
} tensor_memory;

typedef struct tensor_set {
    tensor *items;
    size_t count, capacity;
    tensor_memory *memory;
    size_t memory_count;
} tensor_set;

/* Adds a tensor whose name and shape the caller fills in; NULL: out of memory. */
tensor *tensor_add(tensor_set *set);
/* Makes the set own a block of memory. False: out of memory, and the block is freed. */
bool tensor_keep(tensor_set *set, void *bytes, size_t size);
void tensor_set_free(tensor_set *set);
tensor *tensor_find(const tensor_set *set, const char *name);
/* Bytes per number of this type; 0 for OTHER. */
size_t tensor_width(tensor_type type);
/* The shape as text, "[20, 4]", in the given buffer. */
const char *tensor_shape_text(const tensor *t, char *text, size_t size);

/* The positions of a matrix's numbers in an array: (r, c) at start + r * row + c * column. */
typedef struct tensor_view {
    size_t start, row, column;
} tensor_view;

/* Copies a matrix of rows x columns out of an array of one type into one of float or double. */
void tensor_copy(tensor_type type, const void *from, tensor_view source, gb_dtype dtype, void *to, tensor_view target,
                 size_t rows, size_t columns);

#endif
