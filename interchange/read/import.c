/* SPDX-License-Identifier: MIT */
/* Chooses the reader for a file, and opens each kind of file. */
#include "interchange/read/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/files/safetensors.h"
#include "interchange/read/readers.h"
#include "support/arrays/archive.h"
#include "support/arrays/npy.h"
#include "support/file.h"
#include "support/text.h"

/* Far beyond any recurrent network; what a machine cannot hold, it says itself. */
#define MOST_BYTES ((size_t)1 << 36)

/* A copy, not a mapping: if another process shortens a mapped file, reading it ends the program; if it writes to the
 * file, numbers that were already checked change. */
gb_status load_file(gb_context *context, const char *path, tensor_set *set, const char **bytes, size_t *size) {
    char *read;
    GB_TRY(file_read(context, path, MOST_BYTES, &read, size));
    *bytes = read;
    if (!tensor_keep(set, read, 0))
        return gb_fail(context, GB_MEMORY, "out of memory for %s", path);
    return *size ? GB_OK : gb_fail(context, GB_DATA, "%s: is empty", path);
}

static gb_status read_safetensors(gb_context *context, const char *path, const import_options *options, network *net) {
    tensor_set set = {0};
    const char *bytes;
    size_t size;
    gb_status status = load_file(context, path, &set, &bytes, &size);
    if (!status)
        status = safetensors_read(context, path, bytes, size, &set, NULL, NULL);
    if (!status)
        status = named_network(context, path, options, &set, net);
    tensor_set_free(&set);
    return status;
}

static gb_status add_array(gb_context *context, const char *path, const char *name, const npy *array, tensor_set *set) {
    tensor *t = tensor_add(set);
    if (!t)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its arrays", path);
    t->type = array->kind != 'f'  ? TENSOR_OTHER
              : array->width == 2 ? TENSOR_F16
              : array->width == 4 ? TENSOR_F32
                                  : TENSOR_F64;
    t->rank = array->rank;
    t->count = array->count;
    t->data = array->data;
    memcpy(t->shape, array->shape, sizeof array->shape);
    snprintf(t->name, sizeof t->name, "%s", name);
    if (text_ends_in(t->name, ".npy"))
        t->name[strlen(t->name) - 4] = '\0';
    return GB_OK;
}

static gb_status read_members(gb_context *context, const char *path, archive *a, tensor_set *set) {
    for (size_t i = 0; i < archive_count(a); i++) {
        const char *name = archive_name(a, i);
        char *bytes, whole[TENSOR_NAME + 1024];
        size_t size;
        npy array;
        if (strlen(name) >= TENSOR_NAME)
            return gb_fail(context, GB_DATA, "%s: a member has a name of more than %d bytes", path, TENSOR_NAME - 1);
        snprintf(whole, sizeof whole, "%.900s: member %s", path, name);
        GB_TRY(archive_read(context, a, i, MOST_BYTES, &bytes, &size));
        if (!tensor_keep(set, bytes, 0))
            return gb_fail(context, GB_MEMORY, "%s: out of memory for its arrays", path);
        GB_TRY(npy_read(context, whole, bytes, size, &array));
        void *rows;
        GB_TRY(npy_row_major(context, &array, &rows));
        if (rows && !tensor_keep(set, rows, 0))
            return gb_fail(context, GB_MEMORY, "%s: out of memory for its arrays", path);
        GB_TRY(add_array(context, path, name, &array, set));
    }
    return GB_OK;
}

static gb_status read_npz(gb_context *context, const char *path, const import_options *options, network *net) {
    tensor_set set = {0};
    archive *a;
    if (!options->from)
        return gb_fail(context, GB_INVALID,
                       "%s: a .npz does not say which framework it is from; give --from haiku, flax_linen, flax_nnx, "
                       "equinox, mlx, pytorch, paddle, chainer or dynet",
                       path);
    GB_TRY(archive_open(context, path, &a));
    gb_status status = read_members(context, path, a, &set);
    archive_close(a);
    if (!status)
        status = named_network(context, path, options, &set, net);
    tensor_set_free(&set);
    return status;
}

static gb_status read_onnx(gb_context *context, const char *path, const import_options *options, network *net) {
    tensor_set set = {0};
    (void)options;
    const char *bytes;
    size_t size;
    gb_status status = load_file(context, path, &set, &bytes, &size);
    if (!status)
        status = onnx_network(context, path, bytes, size, net);
    tensor_set_free(&set);
    return status;
}

static const struct {
    const char *ending;
    gb_status (*read)(gb_context *, const char *path, const import_options *, network *);
} readers[] = {{".safetensors", read_safetensors}, {".npz", read_npz},  {".onnx", read_onnx},
               {".keras", keras_archive},          {".h5", keras_hdf5}, {".hdf5", keras_hdf5}};
enum { READERS = sizeof readers / sizeof *readers };

static size_t find_reader(const char *path) {
    size_t i = 0;
    while (i < READERS && !text_ends_in(path, readers[i].ending))
        i++;
    return i;
}

bool import_reads(const char *path) {
    return find_reader(path) < READERS;
}

gb_status import_network(gb_context *context, const char *path, const import_options *options, network *net) {
    static const import_options none = {0};
    const import_options *o = options ? options : &none;
    *net = (network){0};
    if (o->from && !convention_framework(o->from))
        return gb_fail(context, GB_INVALID,
                       "--from '%s' is not a known framework; `gatebench import --table` lists them", o->from);
    if (!import_reads(path))
        return gb_fail(context, GB_INVALID,
                       "%s: files of weights end in .safetensors, .npz, .keras, .weights.h5, .h5 or .onnx; PyTorch "
                       "saves them by safetensors.torch.save_file(model.state_dict(), \"x.safetensors\")",
                       path);
    gb_status status = readers[find_reader(path)].read(context, path, o, net);
    if (!status && !network_recurrent(net))
        status = gb_fail(context, GB_UNSUPPORTED, "%s: has no recurrent layer", path);
    if (status)
        network_free(net);
    return status;
}
