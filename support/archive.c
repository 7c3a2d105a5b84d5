/* SPDX-License-Identifier: MIT */
/* Zip archives by libzip. */
#include "support/archive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct archive {
    zip_t *zip;
    char *path;
};

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
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    gb_status status =
        gb_fail(context, code == ZIP_ER_OPEN || code == ZIP_ER_READ || code == ZIP_ER_NOENT ? GB_IO : GB_DATA,
                "%s: does not open as a zip archive: %s", path, zip_error_strerror(&error));
    zip_error_fini(&error);
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

gb_status archive_read(gb_context *context, archive *a, size_t i, size_t limit, char **bytes, size_t *size) {
    zip_stat_t about;
    *bytes = NULL;
    if (zip_stat_index(a->zip, i, 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE))
        return fail(context, a, i, "is not there or does not say how large it is");
    if (about.size > limit)
        return gb_fail(context, GB_DATA, "%s: member %s: %llu bytes are more than the %zu that are allowed", a->path,
                       archive_name(a, i), (unsigned long long)about.size, limit);
    zip_file_t *member = zip_fopen_index(a->zip, i, 0);
    if (!member)
        return fail(context, a, i, zip_strerror(a->zip));
    char *read = malloc(about.size + 1);
    size_t got = 0;
    zip_int64_t more = 1;
    while (read && got < about.size && (more = zip_fread(member, read + got, about.size - got)) > 0)
        got += (size_t)more;
    /* one byte more: the checksum is looked at where the data end */
    char beyond;
    const bool whole = read && got == about.size && zip_fread(member, &beyond, 1) == 0;
    zip_fclose(member);
    if (!whole) {
        free(read);
        return read
                   ? fail(context, a, i, "is damaged: its data do not have the length or the checksum that it promises")
                   : gb_fail(context, GB_MEMORY, "%s: out of memory for member %s", a->path, archive_name(a, i));
    }
    read[got] = '\0';
    *bytes = read;
    *size = got;
    return GB_OK;
}
