/* SPDX-License-Identifier: MIT */
/* Building files in memory and writing them atomically, texts, and HDF5's error stack as a sentence. In every failure
 * test, files written directly by HDF5 lost finished work; files built in memory and written by us lost nothing. */
#include "results/store/hdf5_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "results/store/hdf5_parts.h"
#include "support/cleanup.h"
#include "support/file.h"

#define MOST_FILE ((size_t)64 << 30)
#define MOST_TEXT ((size_t)64 << 20) /* a longer text means a damaged file */

void store_hdf5_begin(void) {
    H5dont_atexit(); /* fails harmlessly if HDF5 is already initialised */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static herr_t keep_description(unsigned depth, const H5E_error2_t *error, void *description) {
    (void)depth;
    const char **kept = description;
    if (error->desc && *error->desc)
        *kept = error->desc;
    return 1; /* upward: the first is the innermost */
}

const char *store_hdf5_reason(void) {
    const char *reason = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_description, &reason);
    return reason;
}

gb_status store_hdf5_fail(gb_context *context, gb_status status, const char *path, const char *what,
                          const char *advice) {
    const char *reason = store_hdf5_reason();
    gb_status result = gb_fail(context, status, "%s: %s%s%s%s%s", path, what, *reason ? ": " : "", reason,
                               *advice ? "; " : "", advice);
    H5Eclear2(H5E_DEFAULT);
    return result;
}

bool store_close(hid_t *handle) {
    bool closed = *handle < 0 || H5Idec_ref(*handle) >= 0;
    *handle = -1;
    return closed;
}

/* Makes an object keep the order in which its parts were created. */
#define ORDERED (H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED)

hid_t store_image_create(void) {
    CLEANUP(store_close) hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    bool ok = access >= 0 && creation >= 0 && H5Pset_fapl_core(access, 65536, 0) >= 0 &&
              H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0 &&
              H5Pset_link_creation_order(creation, ORDERED) >= 0 &&
              H5Pset_attr_creation_order(creation, ORDERED) >= 0 && H5Pset_obj_track_times(creation, 0) >= 0;
    return ok ? H5Fcreate("gatebench-image-in-memory", H5F_ACC_TRUNC, creation, access) : -1;
}

/* The end of a file: a line with the XXH3-128 of everything before it. */
static const char checksum_words[] = "\ngatebench checksum ";
enum { CHECKSUM = sizeof checksum_words - 1 + 32 + 1 };

static void write_checksum(const char *bytes, size_t size, char line[CHECKSUM + 1]) {
    const XXH128_hash_t sum = XXH3_128bits(bytes, size);
    snprintf(line, CHECKSUM + 1, "%s%016llx%016llx\n", checksum_words, (unsigned long long)sum.high64,
             (unsigned long long)sum.low64);
}

/* The file's bytes and their checksum, malloc'ed; NULL on failure. */
static char *image_bytes(hid_t file, size_t *size) {
    if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0)
        return NULL;
    ssize_t needed = H5Fget_file_image(file, NULL, 0);
    char *bytes = needed > 0 ? malloc((size_t)needed + CHECKSUM + 1) : NULL;
    if (bytes && H5Fget_file_image(file, bytes, (size_t)needed) != needed) {
        free(bytes);
        return NULL;
    }
    if (bytes)
        write_checksum(bytes, (size_t)needed, bytes + needed);
    *size = bytes ? (size_t)needed + CHECKSUM : 0;
    return bytes;
}

gb_status store_image_publish(gb_context *context, hid_t *file, const char *path, const char *advice) {
    size_t size = 0;
    CLEANUP(free_at) char *bytes = image_bytes(*file, &size);
    if (!store_close(file) || !bytes)
        return store_hdf5_fail(context, GB_IO, path, "could not be built in memory", advice);
    gb_status status = file_replace(context, path, bytes, size);
    return status ? gb_fail(context, status, "%s; %s", gb_context_message(context), advice) : GB_OK;
}

/* H5LTopen_file_image would copy less, but leaks. */
hid_t store_image_of_bytes(const char *path, char *bytes, size_t size) {
    char name[PATH_MAX +
              16]; /* the name by which HDF5 distinguishes open files; it refuses the name of an existing file */
    snprintf(name, sizeof name, "%s, in memory", path);
    CLEANUP(store_close) hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    bool ok = access >= 0 && size > 0 && H5Pset_fapl_core(access, 65536, 0) >= 0 &&
              H5Pset_file_image(access, bytes, size) >= 0;
    return ok ? H5Fopen(name, H5F_ACC_RDONLY, access) : -1;
}

gb_status store_image_open(gb_context *context, const char *path, const char *what, const char *advice, hid_t *file) {
    size_t size = 0;
    CLEANUP(free_at) char *bytes = NULL;
    *file = -1;
    store_hdf5_begin();
    GB_TRY(file_read(context, path, MOST_FILE, &bytes, &size));
    const char *end = size >= CHECKSUM ? bytes + size - CHECKSUM : "";
    char line[CHECKSUM + 1];
    if (strncmp(end, checksum_words, sizeof checksum_words - 1) != 0)
        return store_parts_open(context, path, bytes, size, advice, file);
    write_checksum(bytes, size - CHECKSUM, line);
    if (memcmp(end, line, CHECKSUM) != 0)
        return gb_fail(context, GB_DATA, "%s: is damaged: its bytes do not match its checksum; %s", path, advice);
    *file = store_image_of_bytes(path, bytes, size - CHECKSUM);
    return *file < 0 ? store_hdf5_fail(context, GB_DATA, path, what, advice) : GB_OK;
}

hid_t store_group_create(hid_t parent, const char *name) {
    CLEANUP(store_close) hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    bool ok = creation >= 0 && H5Pset_link_creation_order(creation, ORDERED) >= 0 &&
              H5Pset_attr_creation_order(creation, ORDERED) >= 0 && H5Pset_obj_track_times(creation, 0) >= 0;
    return ok ? H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT) : -1;
}

hid_t store_text_type(size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, size) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0))
        store_close(&type);
    return type;
}

bool store_attribute_text(hid_t object, const char *name, const char *value) {
    CLEANUP(store_close) hid_t type = store_text_type(H5T_VARIABLE), space = H5Screate(H5S_SCALAR), attribute = -1;
    if (type >= 0 && space >= 0)
        attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    return attribute >= 0 && H5Awrite(attribute, type, &value) >= 0 && store_close(&attribute);
}

bool store_text_write(hid_t parent, const char *name, const char *value) {
    CLEANUP(store_close) hid_t type = store_text_type(strlen(value) + 1), space = H5Screate(H5S_SCALAR);
    CLEANUP(store_close) hid_t creation = H5Pcreate(H5P_DATASET_CREATE), dataset = -1;
    if (type >= 0 && space >= 0 && creation >= 0 && H5Pset_obj_track_times(creation, 0) >= 0)
        dataset = H5Dcreate2(parent, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    return dataset >= 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0 && store_close(&dataset);
}

char *store_text_read(hid_t parent, const char *name) {
    if (H5Lexists(parent, name, H5P_DEFAULT) <= 0)
        return NULL;
    CLEANUP(store_close) hid_t dataset = H5Dopen2(parent, name, H5P_DEFAULT);
    if (dataset < 0)
        return NULL;
    CLEANUP(store_close) hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    if (type < 0 || space < 0 || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 ||
        H5Sget_simple_extent_npoints(space) != 1 || H5Tget_size(type) >= MOST_TEXT)
        return NULL;
    CLEANUP(free_at) char *text = calloc(H5Tget_size(type) + 1, 1);
    bool read = text && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
    return read ? TAKE(text) : NULL;
}

char *store_attribute_read(hid_t object, const char *name) {
    if (H5Aexists(object, name) <= 0)
        return NULL;
    CLEANUP(store_close) hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0)
        return NULL;
    char *text = NULL, *stored = NULL;
    CLEANUP(store_close) hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0 &&
        H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attribute, type, &stored) >= 0 && stored) {
        text = strdup(stored);
        H5free_memory(stored);
    }
    return text;
}
