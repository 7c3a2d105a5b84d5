/* SPDX-License-Identifier: MIT */
/* What the store needs of HDF5: files built in memory, tables as compound datasets, texts, and error sentences.
 * Internal to results/store, the one room that knows hdf5.h. */
#ifndef GATEBENCH_RESULTS_STORE_HDF5_FILE_H
#define GATEBENCH_RESULTS_STORE_HDF5_FILE_H

#include <hdf5.h>

#include "results/store/table.h"
#include "support/cleanup.h"

/* Readies HDF5 for this process: no clean-up at exit (it crashes there once a write failed), no printing. */
void store_hdf5_begin(void);

/* Fails with `path`: `what`, the innermost reason that HDF5 gives, and `advice` (may be ""). */
gb_status store_hdf5_fail(gb_context *context, gb_status status, const char *path, const char *what,
                          const char *advice);

/* The innermost reason that HDF5 gives for its last failure; "" when it gives none. */
const char *store_hdf5_reason(void);

/* Closes a handle of any kind, unless it is negative, and makes it so: for CLEANUP, and to learn of a dataset whether
 * all was written, which HDF5 says here at the earliest. */
bool store_close(hid_t *handle);

/* An empty file in memory; negative on failure. */
hid_t store_image_create(void);
/* Puts the file in memory in place at `path` (write, fsync, rename, fsync of the folder), followed by a checksum of its
 * bytes, which no reader of HDF5 minds; closes it in any case. */
gb_status store_image_publish(gb_context *context, hid_t *file, const char *path, const char *advice);

/* Opens a file's bytes as they are, for reading; negative when they are not HDF5. */
hid_t store_image_of_bytes(const char *path, char *bytes, size_t size);
/* Reads a whole file and opens what was read, for reading; H5Fclose it. So that a disk that cannot be read (GB_IO, with
 * its reason) is told from a damaged file (GB_DATA with `what` and `advice`), and no file system needs to know locks.
 * Bytes whose checksum is right are opened here; those with a wrong one are refused, and those without one are read in
 * a process of their own (hdf5_parts.h). */
gb_status store_image_open(gb_context *context, const char *path, const char *what, const char *advice, hid_t *file);

/* All of these return false with HDF5's own error stack set. Nothing carries a time, so equal contents give equal
 * bytes. */
hid_t store_group_create(hid_t parent, const char *name); /* negative on failure */
/* A UTF-8 string type of `size` bytes, or H5T_VARIABLE: what readers in other languages take for text rather than
 * bytes. Negative on failure. */
hid_t store_text_type(size_t size);
bool store_attribute_text(hid_t object, const char *name, const char *value);
bool store_text_write(hid_t parent, const char *name, const char *value);
/* A table as a dataset of records that H5TB, PyTables and pandas read, and a dimension scale `name`_row for its rows;
 * `title` may be NULL: a bare dataset. */
bool store_table_write(hid_t parent, const char *name, const char *title, const table *t);

/* Reads what the functions above wrote; a missing dataset gives an empty table. */
bool store_table_read(hid_t parent, const char *name, table *t);
/* malloc'ed; NULL on failure or when it is missing. */
char *store_text_read(hid_t parent, const char *name);
char *store_attribute_read(hid_t object, const char *name);

#endif
