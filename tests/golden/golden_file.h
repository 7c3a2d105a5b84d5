/* SPDX-License-Identifier: MIT */
/* Reads the golden files: header words and named tensors, and their parameters in our layout whatever the layout of
 * the framework that made them. */
#ifndef GATEBENCH_TESTS_GOLDEN_FILE_H
#define GATEBENCH_TESTS_GOLDEN_FILE_H

#include "gatebench/cell.h"

enum { GOLDEN_TENSORS = 32, GOLDEN_HEADERS = 8 };

typedef struct golden_tensor {
    char name[48];
    size_t shape[3], count;
    double *values;
} golden_tensor;

typedef struct golden_file {
    struct {
        char key[32], value[96];
    } header[GOLDEN_HEADERS];
    size_t headers;
    golden_tensor tensors[GOLDEN_TENSORS];
    size_t count;
} golden_file;

/* Reads a file of the values folder, "pytorch/gru_double.txt"; fails the test when it cannot be read to its last
 * number. */
golden_file *golden_read(const char *name);
void golden_free(golden_file *file);

/* The value of a header word, or "". */
const char *golden_header(const golden_file *file, const char *key);

/* The tensor of that name, or NULL. */
const golden_tensor *golden_find(const golden_file *file, const char *name);

/* Writes the cell's parameter block from the file's tensors, each name with the prefix ("" for values, "d" for
 * gradients), reordered from the file's layout:
 *   keras      kernel [I][G*H], recurrent_kernel [H][G*H], bias [G*H] or [2][G*H]: our bytes as they are;
 *   pytorch    weight_ih_l0 [G*H][I], weight_hh_l0 [G*H][H], bias_ih_l0 and bias_hh_l0 [G*H]: transposed, GRU r z n;
 *   gatebench  our names and shapes. */
void golden_parameters(const golden_file *file, const char *prefix, const gb_cell_info *cell, const gb_tensor *tensors,
                       size_t count, double *block);

#endif
