/* SPDX-License-Identifier: MIT */
/* Weights that a model keeps in files beside it (ONNX's external data), as PyTorch's exporter does for models of any
 * size.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/files/onnx_file.h"
#include "support/file.h"

#define MOST_BYTES ((size_t)1 << 36)

/* One StringStringEntryProto. */
typedef struct entry {
    onnx_text key, value;
} entry;

static entry read_entry(onnx_text message) {
    entry e = {0};
    wire w = wire_begin(message);
    wire_field f;
    while (wire_next(&w, &f))
        if (f.number == 1)
            e.key = f.bytes;
        else if (f.number == 2)
            e.value = f.bytes;
    return e;
}

static bool read_number(onnx_text digits, size_t *number) {
    *number = 0;
    for (size_t i = 0; i < digits.length; i++)
        if (digits.at[i] < '0' || digits.at[i] > '9' || __builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (size_t)(digits.at[i] - '0'), number))
            return false;
    return digits.length > 0;
}

/* The real path of a file in the model's folder or below: a model must not name other files of its reader. */
static gb_status find_file(gb_context *context, const char *path, onnx_text name, char found[PATH_MAX]) {
    const char *slash = strrchr(path, '/');
    const int length = slash ? (int)(slash - path) + 1 : 0;
    char folder[PATH_MAX], wanted[PATH_MAX], real[PATH_MAX];
    if (!name.length || memchr(name.at, 0, name.length) ||
        snprintf(wanted, sizeof wanted, "%.*s%.*s", length, path, (int)name.length, name.at) >= PATH_MAX)
        return gb_fail(context, GB_DATA, "%s: the name of its file of weights is damaged", path);
    snprintf(folder, sizeof folder, "%.*s", length, path);
    if (!realpath(wanted, found))
        return gb_fail(context, GB_IO, "%s: its weights are in %s, which cannot be read; keep both files in one folder",
                       path, wanted);
    const size_t root = realpath(*folder ? folder : ".", real) ? strlen(real) : 0;
    if (!root || strncmp(found, real, root) != 0 || (root > 1 && found[root] != '/'))
        return gb_fail(context, GB_UNSUPPORTED, "%s: its weights are in %s, which is not below the model's folder",
                       path, wanted);
    return GB_OK;
}

static gb_status open_file(gb_context *context, const char *path, onnx_text name, onnx_graph *graph,
                           const onnx_external **opened) {
    char found[PATH_MAX], *bytes;
    for (size_t i = 0; i < graph->file_count; i++)
        if (onnx_same(graph->files[i].name, name)) {
            *opened = &graph->files[i];
            return GB_OK;
        }
    GB_TRY(find_file(context, path, name, found));
    onnx_external *grown = realloc(graph->files, (graph->file_count + 1) * sizeof *grown);
    if (!grown)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its files", path);
    graph->files = grown;
    onnx_external *file = &grown[graph->file_count];
    *file = (onnx_external){.name = name};
    GB_TRY(file_read(context, found, MOST_BYTES, &bytes, &file->size));
    file->bytes = bytes;
    if (!tensor_keep(&graph->constants, bytes, 0))
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its files", path);
    graph->file_count++;
    *opened = file;
    return GB_OK;
}

gb_status onnx_external_data(gb_context *context, const char *path, const char *name,
                             const onnx_text entries[ONNX_ENTRIES], size_t count, onnx_graph *graph, onnx_text *data) {
    onnx_text location = {0};
    size_t offset = 0, length = SIZE_MAX;
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        const entry e = read_entry(entries[i]);
        if (onnx_is(e.key, "location"))
            location = e.value;
        else if (onnx_is(e.key, "offset"))
            good = good && read_number(e.value, &offset);
        else if (onnx_is(e.key, "length"))
            good = good && read_number(e.value, &length);
    }
    const onnx_external *file;
    if (!good)
        return gb_fail(context, GB_DATA, "%s: tensor %s: its place in the file of weights is damaged", path, name);
    GB_TRY(open_file(context, path, location, graph, &file));
    if (offset > file->size || (length != SIZE_MAX && length > file->size - offset))
        return gb_fail(context, GB_DATA, "%s: tensor %s lies beyond the end of its file of weights %.*s", path, name,
                       (int)location.length, location.at);
    *data = (onnx_text){file->bytes + offset, length == SIZE_MAX ? file->size - offset : length};
    return GB_OK;
}
