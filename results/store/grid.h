/* SPDX-License-Identifier: MIT */
/* /grid: one cube per measurement over the swept settings, with dimension scales. Internal to results/store. */
#ifndef GATEBENCH_RESULTS_STORE_GRID_H
#define GATEBENCH_RESULTS_STORE_GRID_H

#include "results/store/hdf5_file.h"

/* Writes the group from the rows of stage "final". A setting in `swept` (ends with NULL) that some rows lack is not a
 * dimension. If the grid would be too sparse to be useful, the group stays empty. */
bool store_grid_write(hid_t file, const table *runs, const char *const *swept);

#endif
