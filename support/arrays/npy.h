/* SPDX-License-Identifier: MIT */
/* NumPy's .npy format (NEP 1): one array in a file, or one member of an .npz. */
#ifndef GATEBENCH_SUPPORT_ARRAYS_NPY_H
#define GATEBENCH_SUPPORT_ARRAYS_NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"
#include "support/text.h"

enum { NPY_RANK = 8 };

/* An array; its values stay in the bytes that it was read from. */
typedef struct npy {
    char kind;    /* 'f' float, 'i' signed, 'u' unsigned integer, 'b' boolean */
    size_t width; /* bytes per number: f 2 4 8; i and u 1 2 4 8; b 1 */
    size_t rank, shape[NPY_RANK], count;
    const void *data; /* little-endian, at any address, in row-major order unless `fortran` */
    bool fortran;     /* the first index runs fastest, as in NumPy's transposed arrays */
} npy;

/* Reads the header and checks it against the bytes. Every error sentence begins with `name`. Errors: GB_DATA (not .npy,
 * truncated, not of a numeric type, big-endian). */
gb_status npy_read(gb_context *context, const char *name, const char *bytes, size_t size, npy *array);

/* The i-th number in row-major order, whatever the array's type and order. */
double npy_number(const npy *array, size_t i);

/* The array in row-major order. If it is stored otherwise, copies it into *memory (malloc'ed), else sets *memory to
 * NULL. Errors: GB_MEMORY. */
gb_status npy_row_major(gb_context *context, npy *array, void **memory);

#endif
