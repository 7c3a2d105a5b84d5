/* SPDX-License-Identifier: MIT */
/* Files: reading whole files, atomic replacement, folders, and finding the data files of the program, installed or in
 * the source tree.
 */
#ifndef GATEBENCH_SUPPORT_FILE_H
#define GATEBENCH_SUPPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"
#include "support/cleanup.h"

/* Reads a whole file of at most `limit` bytes; *bytes is malloc'ed and has a NUL after the end. Errors: GB_IO. */
gb_status file_read(gb_context *context, const char *path, size_t limit, char **bytes, size_t *size);

/* Replaces a file atomically: afterwards the path holds the old file or the whole new one. Writes `<path>.<pid>.tmp`,
 * then fsync, rename, fsync of the folder. A device or a pipe is written to, not replaced. Errors: GB_IO with path and
 * reason. */
gb_status file_replace(gb_context *context, const char *path, const void *bytes, size_t size);

/* The same, but leaves a file that already has these bytes untouched, so that it keeps its modification time. */
gb_status file_update(gb_context *context, const char *path, const void *bytes, size_t size);

/* Makes a folder and its parents. */
gb_status file_make_folder(gb_context *context, const char *path);

/* False only if the file certainly does not exist. If that cannot be determined, returns true; opening the file then
 * gives the reason. */
bool file_exists(const char *path);

/* Writes into a lock file that this process holds it, and reads which process holds it: "process 123 on host since
 * 2026-01-31 12:00:00", or "another run" if the file does not say. Used for messages only; neither call fails. */
#define FILE_HOLDER 400
void file_write_holder(int lock);
void file_read_holder(int lock, char holder[FILE_HOLDER]);

/* Finds a shipped file such as "recipes/order.yaml", "claims.yaml", "plots/figures/style.gp",
 * "published/chung2014.yaml", "catalog.yaml": $GATEBENCH_SHARE, then share/gatebench beside the program, then the
 * source tree it was built from (if it still exists), then the installed share/gatebench. A figure is also looked for
 * in ./figures, which holds the user's own. Errors: GB_IO. */
gb_status file_find_shared(gb_context *context, const char *name, char *path, size_t size);

/* The sorted names in a shipped folder ("recipes") that have this ending (".yaml"); malloc'ed, ends with NULL. */
gb_status file_list_shared(gb_context *context, const char *folder, const char *ending, char ***names);
void file_free_list(char **names);
CLEANUP_POINTER(file_free_list, char *)

#endif
