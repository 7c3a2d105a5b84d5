/* SPDX-License-Identifier: MIT */
/* Files of this program that this program cannot vouch for: without the checksum that ends what it writes. Internal to
 * results/store. */
#ifndef GATEBENCH_RESULTS_STORE_HDF5_PARTS_H
#define GATEBENCH_RESULTS_STORE_HDF5_PARTS_H

#include "results/store/hdf5_file.h"

/* Reads the attributes, texts and tables of a file's bytes in a process of its own (support/guard.h) and gives them as
 * a new file in memory; /grid and dimension scales are left out. HDF5 promises nothing for damaged bytes. Errors:
 * GB_DATA with `path`, what happened and `advice`; GB_MEMORY, GB_IO. */
gb_status store_parts_open(gb_context *context, const char *path, char *bytes, size_t size, const char *advice,
                           hid_t *file);

#endif
