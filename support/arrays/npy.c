/* SPDX-License-Identifier: MIT */
/* Headers of .npy files: a Python dictionary with three keys, in the one spelling that NumPy writes. */
#include "support/arrays/npy.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/arrays/half.h"
#include "support/cleanup.h"

static const char magic[] = "\x93NUMPY";

enum { MOST_HEADER = 65536 };

/* The value after 'key': in the header, or NULL. */
static const char *find(const char *header, const char *key) {
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s':", key);
    const char *at = strstr(header, quoted);
    return at ? at + strlen(quoted) + strspn(at + strlen(quoted), " ") : NULL;
}

static bool read_type(const char *at, npy *array) {
    char order, kind;
    unsigned width;
    if (!at || sscanf(at, "'%c%c%2u'", &order, &kind, &width) != 3)
        return false;
    array->kind = kind;
    array->width = width;
    const bool wide = width == 2 || width == 4 || width == 8;
    const bool known =
        (kind == 'f' && wide) || ((kind == 'i' || kind == 'u') && (wide || width == 1)) || (kind == 'b' && width == 1);
    return known && (order == '<' || (order == '|' && width == 1));
}

static bool read_shape(const char *at, npy *array) {
    if (!at || *at++ != '(')
        return false;
    array->count = 1;
    for (at += strspn(at, " "); *at != ')'; at += strspn(at, ", ")) {
        char *end;
        if (array->rank == NPY_RANK || *at < '0' || *at > '9')
            return false;
        array->shape[array->rank] = strtoull(at, &end, 10);
        if (end == at || __builtin_mul_overflow(array->count, array->shape[array->rank], &array->count))
            return false;
        array->rank++;
        at = end;
    }
    return true;
}

static const char *read_header(char *header, npy *array) {
    const char *order = find(header, "fortran_order");
    if (!read_type(find(header, "descr"), array))
        return "does not hold little-endian floats or integers; convert it in NumPy: a.astype('<f4'), or names of "
               "classes: numpy.unique(a, return_inverse=True)[1]";
    if (!order || (strncmp(order, "False", 5) != 0 && strncmp(order, "True", 4) != 0))
        return "does not say whether its numbers are in C or Fortran order";
    array->fortran = *order == 'T';
    if (!read_shape(find(header, "shape"), array))
        return "has a shape that cannot be read";
    return NULL;
}

gb_status npy_read(gb_context *context, const char *name, const char *bytes, size_t size, npy *array) {
    *array = (npy){0};
    const unsigned char *b = (const unsigned char *)bytes;
    if (size < 10 || memcmp(bytes, magic, 6) != 0)
        return gb_fail(context, GB_DATA, "%s: is not a .npy array: it does not begin with \\x93NUMPY", name);
    const size_t start = b[6] >= 2 ? 12 : 10;
    size_t length = (size_t)b[8] | (size_t)b[9] << 8;
    if (start == 12 && size >= 12)
        length |= (size_t)b[10] << 16 | (size_t)b[11] << 24;
    if (b[6] < 1 || b[6] > 3 || size < start || length > size - start || length > MOST_HEADER)
        return gb_fail(context, GB_DATA, "%s: the header of the .npy array is cut off or of an unknown version", name);
    CLEANUP(free_at) char *header = strndup(bytes + start, length);
    GB_NEED(context, header, "for the header of %s", name);
    const char *wrong = read_header(header, array);
    if (wrong)
        return gb_fail(context, GB_DATA, "%s: %s", name, wrong);
    size_t held;
    if (__builtin_mul_overflow(array->count, array->width, &held) || held != size - start - length)
        return gb_fail(context, GB_DATA, "%s: its header declares %zu numbers of %zu bytes, but %zu bytes follow", name,
                       array->count, array->width, size - start - length);
    array->data = bytes + start + length;
    return GB_OK;
}

/* The position of the i-th number in row-major order. */
static size_t place(const npy *array, size_t i) {
    size_t found = 0, apart = array->count;
    for (size_t axis = array->rank; axis-- > 0; i /= array->shape[axis]) {
        apart /= array->shape[axis];
        found += i % array->shape[axis] * apart;
    }
    return found;
}

gb_status npy_row_major(gb_context *context, npy *array, void **memory) {
    *memory = NULL;
    if (!array->fortran || !array->count)
        return GB_OK;
    char *rows = malloc(array->count * array->width);
    if (!rows)
        return gb_fail(context, GB_MEMORY, "out of memory for an array of %zu numbers", array->count);
    for (size_t i = 0; i < array->count; i++)
        memcpy(rows + i * array->width, (const char *)array->data + place(array, i) * array->width, array->width);
    array->data = *memory = rows;
    array->fortran = false;
    return GB_OK;
}

#define LOAD(type)                                                                                                     \
    do {                                                                                                               \
        type value;                                                                                                    \
        memcpy(&value, at, sizeof value);                                                                              \
        return (double)value;                                                                                          \
    } while (0)

double npy_number(const npy *array, size_t i) {
    const char *at = (const char *)array->data + (array->fortran ? place(array, i) : i) * array->width;
    uint16_t half;
    switch (array->kind == 'f' ? 100 + array->width : array->kind == 'i' ? 10 + array->width : array->width) {
    case 102:
        memcpy(&half, at, sizeof half);
        return half_to_float(half);
    case 104:
        LOAD(float);
    case 108:
        LOAD(double);
    case 11:
        LOAD(int8_t);
    case 12:
        LOAD(int16_t);
    case 14:
        LOAD(int32_t);
    case 18:
        LOAD(int64_t);
    case 2:
        LOAD(uint16_t);
    case 4:
        LOAD(uint32_t);
    case 8:
        LOAD(uint64_t);
    default:
        LOAD(uint8_t);
    }
}
