/* SPDX-License-Identifier: MIT */
/* The golden files' reader; the format is described in golden_format.py, which writes it. */
#include "golden_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void read_tensor(FILE *stream, const char *line, golden_tensor *tensor) {
    size_t *shape = tensor->shape;
    int sizes = sscanf(line, "tensor %47s %zu %zu %zu", tensor->name, &shape[0], &shape[1], &shape[2]) - 1;
    assert_true(sizes >= 1);
    tensor->count = 1;
    for (int k = 0; k < sizes; k++)
        tensor->count *= shape[k];
    tensor->values = calloc(tensor->count, sizeof(double));
    assert_non_null(tensor->values);
    for (size_t k = 0; k < tensor->count; k++)
        if (fscanf(stream, "%lf", &tensor->values[k]) != 1)
            fail_msg("tensor %s ends after %zu of %zu numbers", tensor->name, k, tensor->count);
}

golden_file *golden_read(const char *name) {
    char path[1024], line[256];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_VALUES, name);
    FILE *stream = fopen(path, "r");
    if (!stream)
        fail_msg("cannot open %s", path);
    golden_file *file = calloc(1, sizeof *file);
    assert_non_null(file);
    while (fgets(line, sizeof line, stream)) {
        if (strncmp(line, "tensor ", 7) == 0) {
            assert_true(file->count < GOLDEN_TENSORS);
            read_tensor(stream, line, &file->tensors[file->count++]);
        } else if (line[0] != '\n') {
            assert_true(file->headers < GOLDEN_HEADERS);
            assert_int_equal(
                sscanf(line, "%31s %95[^\n]", file->header[file->headers].key, file->header[file->headers].value), 2);
            file->headers++;
        }
    }
    fclose(stream);
    return file;
}

void golden_free(golden_file *file) {
    for (size_t k = 0; k < file->count; k++)
        free(file->tensors[k].values);
    free(file);
}

const char *golden_header(const golden_file *file, const char *key) {
    for (size_t k = 0; k < file->headers; k++)
        if (strcmp(file->header[k].key, key) == 0)
            return file->header[k].value;
    return "";
}

const golden_tensor *golden_find(const golden_file *file, const char *name) {
    for (size_t k = 0; k < file->count; k++)
        if (strcmp(file->tensors[k].name, name) == 0)
            return &file->tensors[k];
    return NULL;
}

/* What each layout calls a parameter. */
static const struct {
    const char *layout;
    gb_role role;
    const char *name;
} names[] = {
    {"keras", GB_ROLE_KERNEL, "kernel"},
    {"keras", GB_ROLE_RECURRENT, "recurrent_kernel"},
    {"keras", GB_ROLE_BIAS, "bias"},
    {"keras", GB_ROLE_RECURRENT_BIAS, "bias"}, /* its second row */
    {"pytorch", GB_ROLE_KERNEL, "weight_ih_l0"},
    {"pytorch", GB_ROLE_RECURRENT, "weight_hh_l0"},
    {"pytorch", GB_ROLE_BIAS, "bias_ih_l0"},
    {"pytorch", GB_ROLE_RECURRENT_BIAS, "bias_hh_l0"},
    {"gatebench", GB_ROLE_KERNEL, "kernel"},
    {"gatebench", GB_ROLE_RECURRENT, "recurrent"},
    {"gatebench", GB_ROLE_BIAS, "bias"},
    {"gatebench", GB_ROLE_RECURRENT_BIAS, "recurrent_bias"},
    {"gatebench", GB_ROLE_PEEPHOLE, "peephole"},
};

static const golden_tensor *find_parameter(const golden_file *file, const char *prefix, gb_role role) {
    const char *layout = golden_header(file, "layout");
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (strcmp(names[k].layout, layout) != 0 || names[k].role != role)
            continue;
        char name[64];
        snprintf(name, sizeof name, "%s%s", prefix, names[k].name);
        const golden_tensor *tensor = golden_find(file, name);
        if (!tensor)
            fail_msg("the file lacks tensor %s", name);
        return tensor;
    }
    fail_msg("layout %s has no name for role %d", layout, (int)role);
    return NULL;
}

/* [G*H][rows] with PyTorch's gates to [rows][G][H] with ours; biases have one row. */
static void from_pytorch(const gb_cell_info *cell, const gb_tensor *tensor, const double *theirs, double *ours) {
    static const size_t gru[] = {1, 0, 2}, same[] = {0, 1, 2, 3}; /* u r o from r z n; i f c o from i f g o */
    const size_t *gate = cell->reset_after ? gru : same;
    size_t rows = tensor->shape[0], G = tensor->shape[1], H = tensor->shape[2];
    for (size_t row = 0; row < rows; row++)
        for (size_t g = 0; g < G; g++)
            for (size_t h = 0; h < H; h++)
                ours[(row * G + g) * H + h] = theirs[(gate[g] * H + h) * rows + row];
}

void golden_parameters(const golden_file *file, const char *prefix, const gb_cell_info *cell, const gb_tensor *tensors,
                       size_t count, double *block) {
    const char *layout = golden_header(file, "layout");
    for (size_t k = 0; k < count; k++) {
        const gb_tensor *tensor = &tensors[k];
        const golden_tensor *theirs = find_parameter(file, prefix, tensor->role);
        if (strcmp(layout, "pytorch") == 0) {
            assert_int_equal(theirs->count, tensor->count);
            from_pytorch(cell, tensor, theirs->values, block + tensor->offset);
            continue;
        }
        bool second_row = strcmp(layout, "keras") == 0 && tensor->role == GB_ROLE_RECURRENT_BIAS;
        size_t start = second_row ? tensor->count : 0;
        assert_true(start + tensor->count <= theirs->count);
        memcpy(block + tensor->offset, theirs->values + start, tensor->count * sizeof(double));
    }
}
