/* SPDX-License-Identifier: MIT */
/* HDF5 files of weights. A separate process reads them. For numbers stored contiguously in the file it reports their
 * position; others it copies into memory shared by both processes. Names and shapes come through a pipe. Every position
 * and length is checked again here. */
#include "interchange/files/hdf5_weights.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "support/guard.h"
#include "support/text.h"

enum { MOST_DEPTH = 16, MOST_OBJECTS = 10000, MOST_ATTRIBUTE = 16 << 20, ALIGNMENT = 64 };
/* A tensor whose numbers are in the file, or in the shared memory. */
enum { PART_IN_FILE = 'F', PART_SHARED = 'S', PART_ATTRIBUTE = 'A' };

/* The reading process */

typedef struct reading {
    const char *bytes;
    char *shared;
    size_t size, room, used; /* of the file; of the shared memory */
    size_t objects, depth;
    char path[TENSOR_NAME];
    const char *wrong; /* what stopped it; NULL: HDF5 knows */
    text *out;
} reading;

static void put_number(text *out, uint64_t number) {
    text_append_bytes(out, (const char *)&number, sizeof number);
}

static void put_string(text *out, const char *string) {
    put_number(out, strlen(string));
    text_append_bytes(out, string, strlen(string));
}

/* One line an element. */
static bool read_texts(hid_t attribute, hid_t type, hid_t space, text *value) {
    const bool loose = H5Tis_variable_str(type) > 0;
    const size_t width = loose ? sizeof(char *) : H5Tget_size(type), held = (size_t)H5Aget_storage_size(attribute);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    if (count < 0 || !width || held > MOST_ATTRIBUTE || (size_t)count > MOST_ATTRIBUTE / width)
        return false;
    char *values = calloc((size_t)count + 1, width);
    const bool got = values && H5Aread(attribute, type, values) >= 0;
    for (hssize_t i = 0; got && i < count; i++) {
        const char *one = loose ? ((char **)values)[i] : values + (size_t)i * width;
        text_append(value, "%s%.*s", i ? "\n" : "", (int)(loose ? strlen(one ? one : "") : strnlen(one, width)),
                    one ? one : "");
    }
    if (got && loose)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
    free(values);
    return got;
}

static herr_t put_attribute(hid_t object, const char *name, const H5A_info_t *info, void *user) {
    reading *r = user;
    text value = {0};
    (void)info;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1, space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING && read_texts(attribute, type, space, &value)) {
        put_number(r->out, PART_ATTRIBUTE);
        put_string(r->out, r->path);
        put_string(r->out, name);
        put_string(r->out, value.data ? value.data : "");
    }
    text_free(&value);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    if (attribute >= 0)
        H5Aclose(attribute);
    return 0;
}

/* The layout of a data set whose numbers are in this file, compressed or not; H5D_LAYOUT_ERROR: elsewhere. */
static H5D_layout_t layout_here(hid_t set) {
    hid_t creation = H5Dget_create_plist(set);
    if (creation < 0)
        return H5D_LAYOUT_ERROR;
    const H5D_layout_t layout = H5Pget_layout(creation);
    const bool here = (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED) &&
                      H5Pget_external_count(creation) == 0;
    H5Pclose(creation);
    return here ? layout : H5D_LAYOUT_ERROR;
}

static void put_tensor(const reading *r, uint64_t part, size_t width, uint64_t place, int rank, const hsize_t *shape) {
    put_number(r->out, part);
    put_string(r->out, r->path + 1);
    put_number(r->out, width);
    put_number(r->out, place);
    put_number(r->out, (uint64_t)rank);
    for (int i = 0; i < rank; i++)
        put_number(r->out, shape[i]);
}

/* Whether the numbers are contiguous in the file, in the order and type of a network's tensors. */
static bool find_in_file(const reading *r, hid_t set, hid_t type, H5D_layout_t layout, size_t bytes, haddr_t *place) {
    if (layout != H5D_CONTIGUOUS || !bytes || H5Dget_storage_size(set) != bytes ||
        !(H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F64LE) > 0))
        return false;
    *place = H5Dget_offset(set);
    return *place != HADDR_UNDEF && *place <= r->size && bytes <= r->size - *place;
}

static bool put_numbers(reading *r, hid_t set, hid_t type, hid_t space) {
    hsize_t shape[TENSOR_RANK];
    haddr_t place;
    const int rank = H5Sget_simple_extent_ndims(space);
    const size_t width = H5Tget_size(type) > 4 ? sizeof(double) : sizeof(float);
    const H5D_layout_t layout = layout_here(set);
    size_t bytes = width;
    if (rank < 0 || rank > TENSOR_RANK || H5Sget_simple_extent_dims(space, shape, NULL) < 0)
        return false;
    for (int i = 0; i < rank; i++)
        if (__builtin_mul_overflow(bytes, (size_t)shape[i], &bytes))
            bytes = SIZE_MAX;
    if (find_in_file(r, set, type, layout, bytes, &place)) {
        put_tensor(r, PART_IN_FILE, width, place, rank, shape);
        return true;
    }
    if (bytes > r->room - r->used || layout == H5D_LAYOUT_ERROR) {
        r->wrong = bytes > r->room - r->used ? "declares more numbers than a file of its size can hold"
                                             : "refers to numbers in another file";
        return false;
    }
    if (bytes && H5Dread(set, width == 8 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                         r->shared + r->used) < 0)
        return false;
    put_tensor(r, PART_SHARED, width, r->used, rank, shape);
    const size_t end = (r->used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    r->used = end < r->room ? end : r->room;
    return true;
}

static bool put_data_set(reading *r, hid_t set) {
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    const bool numbers = type >= 0 && space >= 0 && H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) <= 8;
    const bool put = numbers ? put_numbers(r, set, type, space) : type >= 0 && space >= 0;
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    return put;
}

static herr_t put_member(hid_t group, const char *name, const H5L_info_t *info, void *user);

static bool put_object(reading *r, hid_t object) {
    if (H5Iget_type(object) == H5I_DATASET)
        return put_data_set(r, object);
    if (H5Iget_type(object) != H5I_GROUP)
        return true;
    if (r->depth == MOST_DEPTH)
        r->wrong = "has groups nested too deep for a file of weights";
    r->depth++;
    const bool put = !r->wrong && H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, put_attribute, r) >= 0 &&
                     H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, NULL, put_member, r) >= 0;
    r->depth--;
    return put;
}

static herr_t put_member(hid_t group, const char *name, const H5L_info_t *info, void *user) {
    reading *r = user;
    const size_t length = strlen(r->path);
    if (info->type != H5L_TYPE_HARD || strncmp(name, "optimizer", 9) == 0)
        return 0;
    if (++r->objects > MOST_OBJECTS || length + strlen(name) + 2 > sizeof r->path) {
        r->wrong = "has more or longer names than a file of weights";
        return -1;
    }
    snprintf(r->path + length, sizeof r->path - length, "/%s", name);
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    const bool put = object >= 0 && put_object(r, object);
    if (object >= 0)
        H5Oclose(object);
    r->path[length] = '\0';
    return put ? 0 : -1;
}

static herr_t keep_description(unsigned depth, const H5E_error2_t *error, void *description) {
    (void)depth;
    if (error->desc && *error->desc)
        *(const char **)description = error->desc;
    return 1;
}

static bool read_all(void *user, text *out) {
    reading *r = user;
    r->out = out;
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    hid_t file =
        H5LTopen_file_image((void *)r->bytes, r->size, H5LT_FILE_IMAGE_DONT_COPY | H5LT_FILE_IMAGE_DONT_RELEASE);
    hid_t root = file >= 0 ? H5Gopen2(file, "/", H5P_DEFAULT) : -1;
    if (root >= 0 && put_object(r, root))
        return true;
    const char *reason = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_description, &reason);
    text_free(out);
    text_append(out, "%s%s%s",
                r->wrong   ? r->wrong
                : file < 0 ? "does not open as HDF5"
                           : "is damaged",
                !r->wrong && *reason ? ": " : "", r->wrong ? "" : reason);
    return false;
}

/* The process that asked */

typedef struct handed {
    const char *at, *end;
} handed;

static bool take_number(handed *h, uint64_t *number) {
    if ((size_t)(h->end - h->at) < sizeof *number)
        return false;
    memcpy(number, h->at, sizeof *number);
    h->at += sizeof *number;
    return true;
}

/* malloc'ed; NULL: cut off or out of memory. */
static char *take_string(handed *h) {
    uint64_t length;
    if (!take_number(h, &length) || length > (size_t)(h->end - h->at))
        return NULL;
    char *string = strndup(h->at, length);
    h->at += length;
    return string;
}

static bool take_attribute(handed *h, hdf5_texts *texts) {
    hdf5_text *items = realloc(texts->items, (texts->count + 1) * sizeof *items);
    if (!items)
        return false;
    texts->items = items;
    hdf5_text *t = &items[texts->count++];
    *t = (hdf5_text){0};
    t->group = take_string(h);
    t->name = t->group ? take_string(h) : NULL;
    t->value = t->name ? take_string(h) : NULL;
    return t->value != NULL;
}

static bool take_tensor(handed *h, const char *from, size_t room, tensor_set *set) {
    uint64_t width, place, rank, length;
    tensor *t = tensor_add(set);
    char *name = t ? take_string(h) : NULL;
    bool taken = name && text_copy(t->name, sizeof t->name, name) && take_number(h, &width) &&
                 (width == 4 || width == 8) && take_number(h, &place) && place <= room && take_number(h, &rank) &&
                 rank <= TENSOR_RANK;
    free(name);
    if (!taken)
        return false;
    t->type = width == 8 ? TENSOR_F64 : TENSOR_F32;
    t->rank = rank;
    t->count = 1;
    t->data = from + place;
    for (size_t i = 0; i < t->rank; i++) {
        if (!take_number(h, &length) || __builtin_mul_overflow(t->count, length, &t->count))
            return false;
        t->shape[i] = length;
    }
    return t->count <= (room - place) / width;
}

static bool take_part(handed *h, const reading *r, tensor_set *set, hdf5_texts *texts) {
    uint64_t part;
    if (!take_number(h, &part))
        return false;
    return part == PART_IN_FILE  ? take_tensor(h, r->bytes, r->size, set)
           : part == PART_SHARED ? take_tensor(h, r->shared, r->room, set)
                                 : part == PART_ATTRIBUTE && take_attribute(h, texts);
}

void hdf5_texts_free(hdf5_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->items[i].group);
        free(texts->items[i].name);
        free(texts->items[i].value);
    }
    free(texts->items);
    *texts = (hdf5_texts){0};
}

const char *hdf5_text_find(const hdf5_texts *texts, const char *group, const char *name) {
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].group, group) == 0 && strcmp(texts->items[i].name, name) == 0)
            return texts->items[i].value;
    return NULL;
}

gb_status hdf5_weights_read(gb_context *context, const char *path, const char *bytes, size_t size, tensor_set *set,
                            hdf5_texts *texts) {
    const size_t room = ((size_t)64 << 20) + 16 * size; /* taken as it is written to */
    const guard_limits limits = {
        .seconds = 60, .memory = ((size_t)256 << 20) + 2 * size, .output = (64 << 20) + size / 8};
    reading r = {.bytes = bytes, .size = size, .room = room};
    text out = {0};
    r.shared = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (r.shared == MAP_FAILED)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its numbers", path);
    gb_status status = guard_run(context, path, read_all, &r, &limits, &out);
    if (!tensor_keep(set, r.shared, room)) {
        text_free(&out);
        return gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    }
    handed h = {out.data, out.data + out.length};
    bool taken = true;
    while (!status && taken && h.at < h.end)
        taken = take_part(&h, &r, set, texts);
    text_free(&out);
    return status || taken ? status : gb_fail(context, GB_DATA, "%s: its parts are inconsistent", path);
}
