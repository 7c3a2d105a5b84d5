/* SPDX-License-Identifier: MIT */
/* Reads whole members of a zip archive (.npz, .keras) into memory. Nothing is unpacked to disk. */
#ifndef GATEBENCH_SUPPORT_ARRAYS_ARCHIVE_H
#define GATEBENCH_SUPPORT_ARRAYS_ARCHIVE_H

#include "gatebench/context.h"

typedef struct archive archive;

/* Opens an archive. Errors: GB_IO (cannot be read), GB_DATA (not a zip archive). */
gb_status archive_open(gb_context *context, const char *path, archive **out);
void archive_close(archive *a); /* takes NULL */

/* The number of members, and the name of member i ("" if it has none). */
size_t archive_count(const archive *a);
const char *archive_name(const archive *a, size_t i);
/* The index of the member with that name, or archive_count(). */
size_t archive_find(const archive *a, const char *name);

/* Reads a member; *bytes is malloc'ed and has a NUL after the end. Errors: GB_DATA (no such member, larger than
 * `limit`, damaged, encrypted, larger than recorded), GB_MEMORY. */
gb_status archive_read(gb_context *context, archive *a, size_t i, size_t limit, char **bytes, size_t *size);

#endif
