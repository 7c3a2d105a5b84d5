/* SPDX-License-Identifier: MIT */
/* The IDX reader (uses zlib; the only file that includes zlib.h). zlib reads a truncated .gz like a shorter complete
 * one, and passes through a file that is not gzip. So every indicator is checked: gzdirect, gzerror, gzclose, and the
 * exact length that the header declares. */
#include "datasets/files/idx.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { UNSIGNED_BYTES = 8, MOST_DIMENSIONS = 3, MOST_SIDE = 1 << 20, MOST_BYTES = 1 << 28 };
/* The highest compression ratio of deflate. */
enum { MOST_PACKED = 1032 };

/* Reads exactly `size` bytes. */
static bool read_exactly(gzFile file, void *bytes, size_t size) {
    return size <= MOST_BYTES && gzread(file, bytes, (unsigned)size) == (int)size;
}

/* Why zlib returned fewer bytes than requested; `lacking` is the message if the data simply ended. zlib checks the
 * checksum of a small file before it returns the first byte, so any read may find it wrong. */
static const char *why_less(gzFile file, const char *lacking) {
    int error;
    gzerror(file, &error);
    return error == Z_BUF_ERROR    ? "its compressed data are truncated"
           : error == Z_DATA_ERROR ? "its compressed data are damaged (gzip's checksum or codes)"
           : error == Z_OK         ? lacking
                                   : "it cannot be read";
}

/* The magic number (0, 0, type, dimensions) and the sizes, big-endian, of at most `most` bytes; returns what is wrong,
 * or NULL. */
static const char *read_header(gzFile file, size_t most, size_t dimensions, size_t sizes[MOST_DIMENSIONS],
                               size_t *bytes) {
    uint8_t header[4 + 4 * MOST_DIMENSIONS];
    *bytes = 1;
    if (!read_exactly(file, header, 4 + 4 * dimensions))
        return gzdirect(file) ? "it is not a gzip file" : why_less(file, "its header is truncated");
    if (gzdirect(file))
        return "it is not a gzip file";
    if (header[0] || header[1] || header[2] != UNSIGNED_BYTES || header[3] != dimensions)
        return dimensions == IDX_LABELS ? "its magic number is not 0x00000801 (labels)"
                                        : "its magic number is not 0x00000803 (images)";
    for (size_t d = 0; d < dimensions; d++) {
        const uint8_t *size = header + 4 + 4 * d;
        sizes[d] = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
        if (sizes[d] < 1 || sizes[d] > MOST_SIDE || __builtin_mul_overflow(*bytes, sizes[d], bytes) ||
            *bytes > MOST_BYTES)
            return "its header declares an impossible size";
    }
    return *bytes > most ? "it holds fewer values than its header promises" : NULL;
}

/* The values, and nothing after them. */
static const char *read_values(gzFile file, uint8_t *values, size_t bytes) {
    uint8_t more;
    if (!read_exactly(file, values, bytes))
        return why_less(file, "it holds fewer values than its header declares");
    return gzread(file, &more, 1) > 0 ? "it holds more values than its header declares" : why_less(file, NULL);
}

static gb_status read_open(gb_context *context, gzFile file, size_t most, size_t dimensions, idx_array *array,
                           const char **wrong) {
    size_t sizes[MOST_DIMENSIONS] = {1, 1, 1}, bytes;
    *wrong = read_header(file, most, dimensions, sizes, &bytes);
    if (*wrong)
        return GB_OK;
    GB_TRY(gb_allocate(context, bytes, 1, &array->values));
    array->count = sizes[0];
    array->rows = sizes[1];
    array->columns = sizes[2];
    array->item = sizes[1] * sizes[2];
    *wrong = read_values(file, array->values, bytes);
    return GB_OK;
}

gb_status idx_read(gb_context *context, const char *path, const char *remedy, size_t dimensions, idx_array *array) {
    *array = (idx_array){0};
    struct stat about;
    gzFile file = stat(path, &about) == 0 ? gzopen(path, "rbe") : NULL;
    if (!file)
        return gb_fail(context, GB_IO, "%s: cannot be opened: %s", path, strerror(errno));
    const char *wrong = NULL;
    gb_status status = read_open(context, file, (size_t)about.st_size * MOST_PACKED, dimensions, array, &wrong);
    if (gzclose(file) != Z_OK && !wrong)
        wrong = "it cannot be read completely";
    if (status == GB_OK && wrong)
        status = gb_fail(context, GB_DATA, "%s: is not a complete IDX file: %s; %s", path, wrong, remedy);
    if (status != GB_OK)
        idx_free(context, array);
    return status;
}

void idx_free(gb_context *context, idx_array *array) {
    gb_release(context, array->values);
    *array = (idx_array){0};
}
