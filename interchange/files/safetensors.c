/* SPDX-License-Identifier: MIT */
/* safetensors: 8 bytes of length, little-endian; a JSON object from names to dtype, shape and data_offsets; the data,
 * without a hole (https://huggingface.co/docs/safetensors). */
#include "interchange/files/safetensors.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HEADER = 16 << 20, MOST_TENSORS = 10000, MOST_DEPTH = 4 };

typedef struct dtype_name {
    const char *name;
    tensor_type type;
    size_t width;
} dtype_name;

static const dtype_name dtypes[] = {{"F32", TENSOR_F32, 4},   {"F64", TENSOR_F64, 8},   {"F16", TENSOR_F16, 2},
                                    {"BF16", TENSOR_BF16, 2}, {"I64", TENSOR_OTHER, 8}, {"U64", TENSOR_OTHER, 8},
                                    {"I32", TENSOR_OTHER, 4}, {"U32", TENSOR_OTHER, 4}, {"I16", TENSOR_OTHER, 2},
                                    {"U16", TENSOR_OTHER, 2}, {"I8", TENSOR_OTHER, 1},  {"U8", TENSOR_OTHER, 1},
                                    {"BOOL", TENSOR_OTHER, 1}};

static const dtype_name *find_dtype(const char *name) {
    for (size_t i = 0; name && i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtypes[i].name, name) == 0)
            return &dtypes[i];
    return NULL;
}

/* True if a name is printable and can be part of a path in another format. */
static bool plain(const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < 32 || name[i] == 127)
            return false;
    return length && length <= 256;
}

static gb_status fail(gb_context *context, const char *path, const char *which, const char *what) {
    return gb_fail(context, GB_DATA, "%s: %s%s%s", path, which ? which : "", which ? ": " : "", what);
}

/* How deep brackets nest outside of strings: jansson recurses. */
static size_t depth_of(const char *json, size_t length) {
    size_t depth = 0, most = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++)
        if (quoted && json[i] == '\\')
            i++;
        else if (json[i] == '"')
            quoted = !quoted;
        else if (!quoted && (json[i] == '{' || json[i] == '['))
            most = ++depth > most ? depth : most;
        else if (!quoted && (json[i] == '}' || json[i] == ']'))
            depth -= depth > 0;
    return most;
}

static bool take_size(const json_t *value, size_t *size) {
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *size = (size_t)json_integer_value(value);
    return true;
}

static gb_status read_entry(gb_context *context, const char *path, const char *name, const json_t *entry,
                            const char *data, size_t size, tensor_set *set) {
    const dtype_name *dtype = find_dtype(json_string_value(json_object_get(entry, "dtype")));
    const json_t *shape = json_object_get(entry, "shape"), *offsets = json_object_get(entry, "data_offsets");
    if (!plain(name))
        return fail(context, path, NULL, "a tensor has a name that is empty, too long or holds control characters");
    if (!dtype)
        return fail(context, path, name, "its dtype is not one of F64 F32 F16 BF16, integers and BOOL");
    if (json_array_size(shape) > TENSOR_RANK || !json_is_array(shape) || json_array_size(offsets) != 2)
        return fail(context, path, name, "its shape or data_offsets are missing or too long");
    tensor *t = tensor_add(set);
    if (!t)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its tensors", path);
    snprintf(t->name, sizeof t->name, "%s", name);
    t->type = dtype->type;
    t->rank = json_array_size(shape);
    t->count = 1;
    size_t begin, end, bytes;
    bool fits = take_size(json_array_get(offsets, 0), &begin) && take_size(json_array_get(offsets, 1), &end);
    for (size_t i = 0; i < t->rank && fits; i++)
        fits = take_size(json_array_get(shape, i), &t->shape[i]) &&
               !__builtin_mul_overflow(t->count, t->shape[i], &t->count);
    fits = fits && !__builtin_mul_overflow(t->count, dtype->width, &bytes);
    if (!fits || begin > end || end > size || end - begin != bytes)
        return fail(context, path, name, "its shape, dtype and data_offsets do not fit each other or the file");
    t->data = data + begin;
    return GB_OK;
}

static int by_place(const void *a, const void *b) {
    const tensor *const *x = a, *const *y = b;
    const char *p = (*x)->data, *q = (*y)->data;
    return p != q ? (p > q) - (p < q) : ((*x)->count > 0) - ((*y)->count > 0);
}

/* The data follow each other from first byte to last. */
static gb_status check_places(gb_context *context, const char *path, const char *data, size_t size,
                              const json_t *header, const tensor_set *set, size_t first) {
    const size_t count = set->count - first;
    const tensor **order = calloc(count + 1, sizeof *order);
    if (!order)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its tensors", path);
    for (size_t i = 0; i < count; i++)
        order[i] = &set->items[first + i];
    qsort(order, count, sizeof *order, by_place);
    const char *at = data;
    gb_status status = GB_OK;
    for (size_t i = 0; i < count && !status; i++) {
        const json_t *entry = json_object_get(header, order[i]->name);
        if (order[i]->data != at)
            status = fail(context, path, order[i]->name,
                          "its data overlap those of another tensor or leave a gap before them");
        at += order[i]->count * find_dtype(json_string_value(json_object_get(entry, "dtype")))->width;
    }
    if (!status && at != data + size)
        status = fail(context, path, NULL, "bytes follow the last tensor");
    free(order);
    return status;
}

static gb_status read_entries(gb_context *context, const char *path, json_t *header, const char *data, size_t size,
                              tensor_set *set, const char *wanted, text *metadata) {
    const size_t first = set->count;
    const char *key;
    json_t *entry;
    if (json_object_size(header) > MOST_TENSORS)
        return fail(context, path, NULL, "has more than 10,000 tensors");
    json_object_foreach(header, key, entry) {
        if (strcmp(key, "__metadata__") != 0) {
            GB_TRY(read_entry(context, path, key, entry, data, size, set));
            continue;
        }
        const char *value = wanted ? json_string_value(json_object_get(entry, wanted)) : NULL;
        if (metadata && value)
            text_append(metadata, "%s", value);
    }
    return check_places(context, path, data, size, header, set, first);
}

gb_status safetensors_read(gb_context *context, const char *path, const char *bytes, size_t size, tensor_set *set,
                           const char *key, text *metadata) {
    uint64_t length = 0;
    for (int i = 7; i >= 0 && size >= 8; i--)
        length = length << 8 | (unsigned char)bytes[i];
    if (size < 10 || length < 2 || length > size - 8 || length > MOST_HEADER || bytes[8] != '{')
        return fail(context, path, NULL,
                    "is not a safetensors file: the length at its start cannot be that of a header");
    if (depth_of(bytes + 8, length) > MOST_DEPTH)
        return fail(context, path, NULL, "its header is nested too deep for a safetensors header");
    json_error_t error;
    json_t *header = json_loadb(bytes + 8, length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(header)) {
        json_decref(header);
        return gb_fail(context, GB_DATA, "%s: its header is not JSON: %s (at byte %d)", path, error.text,
                       error.position);
    }
    gb_status status = read_entries(context, path, header, bytes + 8 + length, size - 8 - length, set, key, metadata);
    json_decref(header);
    return status;
}

void safetensors_write(text *out, const tensor_set *set, const char *const *metadata) {
    text header = {0};
    size_t at = 0;
    text_append(&header, "{");
    if (metadata) {
        text_append(&header, "\"__metadata__\":{");
        for (size_t i = 0; metadata[i]; i += 2) {
            text_append(&header, "%s", i ? "," : "");
            text_append_json_string(&header, metadata[i]);
            text_append(&header, ":");
            text_append_json_string(&header, metadata[i + 1]);
        }
        text_append(&header, "}%s", set->count ? "," : "");
    }
    for (size_t i = 0; i < set->count; i++) {
        const tensor *t = &set->items[i];
        const size_t bytes = t->count * tensor_width(t->type);
        text_append(&header, "%s", i ? "," : "");
        text_append_json_string(&header, t->name);
        text_append(&header, ":{\"dtype\":\"%s\",\"shape\":[", t->type == TENSOR_F64 ? "F64" : "F32");
        for (size_t k = 0; k < t->rank; k++)
            text_append(&header, "%s%zu", k ? "," : "", t->shape[k]);
        text_append(&header, "],\"data_offsets\":[%zu,%zu]}", at, at + bytes);
        at += bytes;
    }
    text_append(&header, "}");
    while (header.length % 8 && !header.failed)
        text_append(&header, " ");
    char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (char)((uint64_t)header.length >> 8 * i & 255);
    text_append_bytes(out, length, sizeof length);
    text_append_bytes(out, header.data ? header.data : "", header.length);
    for (size_t i = 0; i < set->count; i++)
        text_append_bytes(out, set->items[i].data, set->items[i].count * tensor_width(set->items[i].type));
    out->failed = out->failed || header.failed;
    text_free(&header);
}
