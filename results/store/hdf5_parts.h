/* SPDX-License-Identifier: MIT */
/* Reads untrusted files: those without the checksum that this program appends. Internal to results/store. */
#ifndef GATEBENCH_RESULTS_STORE_HDF5_PARTS_H
#define GATEBENCH_RESULTS_STORE_HDF5_PARTS_H

#include "results/store/hdf5_file.h"

/* Reads the attributes, texts and tables of a file's bytes in a separate process (support/guard.h), since HDF5 is not
 * safe for damaged files. Returns them as a new file in memory, without /grid and dimension scales. Errors: GB_DATA
 * with `path`, what happened and `advice`; GB_MEMORY, GB_IO. */
gb_status store_parts_open(gb_context *context, const char *path, char *bytes, size_t size, const char *advice,
                           hid_t *file);

#endif
