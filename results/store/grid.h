/* SPDX-License-Identifier: MIT */
/* /grid: one cube a measurement over the swept settings, with dimension scales. Internal to results/store. */
#ifndef GATEBENCH_RESULTS_STORE_GRID_H
#define GATEBENCH_RESULTS_STORE_GRID_H

#include "results/store/hdf5_file.h"

/* Writes the group from the rows of stage "final". A setting of `swept` (ends with NULL) that some of them lack is no
 * dimension; a grid so sparse that it is of no use stays empty. */
bool store_grid_write(hid_t file, const table *runs, const char *const *swept);

#endif
