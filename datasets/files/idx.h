/* SPDX-License-Identifier: MIT */
/* Reads gzip'ed IDX files, as of MNIST and similar sets: unsigned bytes in one dimension (labels) or three (images). */
#ifndef GATEBENCH_DATASETS_FILES_IDX_H
#define GATEBENCH_DATASETS_FILES_IDX_H

#include <stdint.h>

#include "gatebench/gatebench.h"

enum { IDX_LABELS = 1, IDX_IMAGES = 3 }; /* dimensions */

/* `count` items of `item` bytes each: 1, or rows times columns in row-major order. */
typedef struct idx_array {
    size_t count, item, rows, columns;
    uint8_t *values;
} idx_array;

/* Reads a file that has `dimensions` dimensions; *array is empty after an error. Errors: GB_DATA (the sentence names
 * the file, what is wrong, and `remedy`), GB_IO, GB_MEMORY. */
gb_status idx_read(gb_context *context, const char *path, const char *remedy, size_t dimensions, idx_array *array);
void idx_free(gb_context *context, idx_array *array);

#endif
