/* SPDX-License-Identifier: MIT */
/* Zip archives by libzip. */
#include "support/arrays/archive.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "support/pages.h"

struct archive {
    zip_t *zip;
    char *path;
};

/* libzip returns ZIP_ER_NOENT for a damaged archive too, so this checks separately whether the file exists. */
static gb_status refuse(gb_context *context, const char *path, int code) {
    if (access(path, R_OK) != 0)
        return gb_fail(context, GB_IO, "%s: cannot be read: %s", path, strerror(errno));
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    gb_status status = gb_fail(context, GB_DATA, "%s: does not open as a zip archive: %s", path,
                               code == ZIP_ER_NOENT ? "it is damaged" : zip_error_strerror(&error));
    zip_error_fini(&error);
    return status;
}

gb_status archive_open(gb_context *context, const char *path, archive **out) {
    int code = 0;
    archive *a = calloc(1, sizeof *a);
    *out = NULL;
    if (!a || !(a->path = strdup(path))) {
        free(a);
        return gb_fail(context, GB_MEMORY, "out of memory for %s", path);
    }
    a->zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (a->zip) {
        *out = a;
        return GB_OK;
    }
    gb_status status = refuse(context, path, code);
    archive_close(a);
    return status;
}

void archive_close(archive *a) {
    if (!a)
        return;
    if (a->zip)
        zip_discard(a->zip);
    free(a->path);
    free(a);
}

size_t archive_count(const archive *a) {
    return (size_t)zip_get_num_entries(a->zip, 0);
}

const char *archive_name(const archive *a, size_t i) {
    const char *name = zip_get_name(a->zip, i, 0);
    return name ? name : "";
}

size_t archive_find(const archive *a, const char *name) {
    size_t i = 0;
    while (i < archive_count(a) && strcmp(archive_name(a, i), name) != 0)
        i++;
    return i;
}

static gb_status fail(gb_context *context, const archive *a, size_t i, const char *what) {
    return gb_fail(context, GB_DATA, "%s: member %s: %s", a->path, archive_name(a, i), what);
}

/* How long a member says it is. */
static gb_status find_size(gb_context *context, archive *a, size_t i, size_t limit, size_t *size) {
    zip_stat_t about;
    if (zip_stat_index(a->zip, i, 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE))
        return fail(context, a, i, "is missing or does not declare its size");
    if (about.size > limit)
        return gb_fail(context, GB_DATA, "%s: member %s: %llu bytes exceed the limit of %zu", a->path,
                       archive_name(a, i), (unsigned long long)about.size, limit);
    *size = about.size;
    return GB_OK;
}

static gb_status read_into(gb_context *context, archive *a, size_t i, char *bytes, size_t size) {
    enum { PIECE = 1 << 18 }; /* still in the cache when libzip sums it up */
    zip_file_t *member = zip_fopen_index(a->zip, i, 0);
    if (!member)
        return fail(context, a, i, zip_strerror(a->zip));
    size_t got = 0;
    zip_int64_t more = 1;
    while (got < size && (more = zip_fread(member, bytes + got, size - got < PIECE ? size - got : PIECE)) > 0)
        got += (size_t)more;
    /* reads one byte more: libzip checks the checksum at the end of the data */
    char beyond;
    const bool whole = got == size && zip_fread(member, &beyond, 1) == 0;
    zip_fclose(member);
    return whole ? GB_OK : fail(context, a, i, "is damaged: its data do not match its length or its checksum");
}

gb_status archive_read(gb_context *context, archive *a, size_t i, size_t limit, char **bytes, size_t *size) {
    *bytes = NULL;
    GB_TRY(find_size(context, a, i, limit, size));
    char *read = malloc(*size + 1);
    if (!read)
        return gb_fail(context, GB_MEMORY, "%s: out of memory for member %s", a->path, archive_name(a, i));
    pages_make_large(read, *size);
    gb_status status = read_into(context, a, i, read, *size);
    if (status) {
        free(read);
        return status;
    }
    read[*size] = '\0';
    *bytes = read;
    return GB_OK;
}
