/* SPDX-License-Identifier: MIT */
/* The store's use of HDF5: files built in memory, tables as compound datasets, texts, and error sentences. Internal to
 * results/store, the only code that includes hdf5.h. */
#ifndef GATEBENCH_RESULTS_STORE_HDF5_FILE_H
#define GATEBENCH_RESULTS_STORE_HDF5_FILE_H

#include <hdf5.h>

#include "results/store/table.h"
#include "support/cleanup.h"

/* Initialises HDF5 for this process: no clean-up at exit (which crashes after a failed write), no printing. */
void store_hdf5_begin(void);

/* Fails with a sentence of `path`, `what`, HDF5's innermost reason, and `advice` (may be ""). */
gb_status store_hdf5_fail(gb_context *context, gb_status status, const char *path, const char *what,
                          const char *advice);

/* HDF5's innermost reason for its last failure; "" if there is none. */
const char *store_hdf5_reason(void);

/* Closes a handle of any kind unless it is negative, and sets it to a negative value. For CLEANUP; also reports whether
 * a dataset was written completely, which HDF5 reports only here. */
bool store_close(hid_t *handle);

/* An empty file in memory; negative on failure. */
hid_t store_image_create(void);
/* Writes the file in memory atomically to `path` (write, fsync, rename, fsync of the folder), followed by a checksum of
 * its bytes, which HDF5 readers ignore. Always closes the file. */
gb_status store_image_publish(gb_context *context, hid_t *file, const char *path, const char *advice);

/* Opens a file's bytes for reading; negative if they are not HDF5. */
hid_t store_image_of_bytes(const char *path, char *bytes, size_t size);
/* Reads a whole file into memory and opens it for reading; close it with H5Fclose. This distinguishes an unreadable
 * disk (GB_IO, with its reason) from a damaged file (GB_DATA with `what` and `advice`), and needs no file locks. Files
 * with a correct checksum are opened here; files with a wrong one are refused; files without one are read in a separate
 * process (hdf5_parts.h). */
gb_status store_image_open(gb_context *context, const char *path, const char *what, const char *advice, hid_t *file);

/* All of these return false on failure, with HDF5's error stack set. Nothing contains a time stamp, so equal content
 * gives equal bytes. */
hid_t store_group_create(hid_t parent, const char *name); /* negative on failure */
/* A UTF-8 string type of `size` bytes, or H5T_VARIABLE, which readers in other languages read as text rather than
 * bytes. Negative on failure. */
hid_t store_text_type(size_t size);
bool store_attribute_text(hid_t object, const char *name, const char *value);
bool store_text_write(hid_t parent, const char *name, const char *value);
/* A table as a dataset of records that H5TB, PyTables and pandas read, and a dimension scale `name`_row for its rows;
 * `title` may be NULL: a bare dataset. */
bool store_table_write(hid_t parent, const char *name, const char *title, const table *t);

/* Read what the functions above wrote; a missing dataset gives an empty table. */
bool store_table_read(hid_t parent, const char *name, table *t);
/* malloc'ed; NULL on failure or when it is missing. */
char *store_text_read(hid_t parent, const char *name);
char *store_attribute_read(hid_t object, const char *name);

#endif
