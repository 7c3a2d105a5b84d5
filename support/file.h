/* SPDX-License-Identifier: MIT */
/* Files: reading whole, replacing atomically, folders, and where the installed or source-tree data of the program lie.
 */
#ifndef GATEBENCH_SUPPORT_FILE_H
#define GATEBENCH_SUPPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"
#include "support/cleanup.h"

/* Reads a whole file of at most `limit` bytes; *bytes is malloc'ed and has a NUL after the end. Errors: GB_IO. */
gb_status file_read(gb_context *context, const char *path, size_t limit, char **bytes, size_t *size);

/* Puts a file in place or leaves the old one: write to `<path>.<pid>.tmp`, fsync, rename, fsync of the folder.
 * A device or a pipe is written to, not replaced. Errors: GB_IO with path and reason. */
gb_status file_replace(gb_context *context, const char *path, const void *bytes, size_t size);

/* The same, unless the file has these bytes already: then it keeps its time. */
gb_status file_update(gb_context *context, const char *path, const void *bytes, size_t size);

/* Makes a folder and its parents. */
gb_status file_make_folder(gb_context *context, const char *path);

/* False only when it is certain: where looking fails, opening it will say why. */
bool file_exists(const char *path);

/* Says in a lock file that this process holds it, and reads who does: "process 123 on host since 2026-01-31 12:00:00",
 * or "another run" when it does not say. For the reader of a message only: neither fails. */
#define FILE_HOLDER 400
void file_write_holder(int lock);
void file_read_holder(int lock, char holder[FILE_HOLDER]);

/* Finds a shipped file such as "recipes/order.yaml", "claims.yaml", "plots/figures/style.gp",
 * "published/chung2014.yaml", "catalog.yaml": $GATEBENCH_SHARE, then share/gatebench beside the program, then the
 * source tree it was built from (when it still exists), then the installed share/gatebench; a figure then in ./figures
 * too, where one's own are. Errors: GB_IO. */
gb_status file_find_shared(gb_context *context, const char *name, char *path, size_t size);

/* Sorted names in a shipped folder ("recipes") with that ending (".yaml"); malloc'ed, ends with NULL. */
gb_status file_list_shared(gb_context *context, const char *folder, const char *ending, char ***names);
void file_free_list(char **names);
CLEANUP_POINTER(file_free_list, char *)

#endif
