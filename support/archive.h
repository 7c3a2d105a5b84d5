/* SPDX-License-Identifier: MIT */
/* Reads whole members of a zip archive (.npz, .keras) into memory. Nothing is unpacked to disk. */
#ifndef GATEBENCH_SUPPORT_ARCHIVE_H
#define GATEBENCH_SUPPORT_ARCHIVE_H

#include "gatebench/context.h"

typedef struct archive archive;

/* Errors: GB_IO (cannot be read), GB_DATA (not a zip archive). */
gb_status archive_open(gb_context *context, const char *path, archive **out);
void archive_close(archive *a); /* takes NULL */

/* How long the whole archive is. */
size_t archive_bytes(const archive *a);
/* How many members there are; the name of one ("" when it has none). */
size_t archive_count(const archive *a);
const char *archive_name(const archive *a, size_t i);
/* The index of the member with that name, or archive_count(). */
size_t archive_find(const archive *a, const char *name);

/* How long a member says it is. Errors: GB_DATA (not there, or longer than `limit`). */
gb_status archive_size(gb_context *context, archive *a, size_t i, size_t limit, size_t *size);
/* Reads a member of that size. Errors: GB_DATA (damaged, encrypted, larger than it says). */
gb_status archive_read_into(gb_context *context, archive *a, size_t i, char *bytes, size_t size);
/* Both: *bytes is malloc'ed and has a NUL after the end. Errors: theirs, GB_MEMORY. */
gb_status archive_read(gb_context *context, archive *a, size_t i, size_t limit, char **bytes, size_t *size);

#endif
