/* SPDX-License-Identifier: MIT */
/* Functions on trial files for the rest of the store, in addition to store.h. Internal to results/store. */
#ifndef GATEBENCH_RESULTS_STORE_TRIAL_FILE_H
#define GATEBENCH_RESULTS_STORE_TRIAL_FILE_H

#include "results/store/store.h"

/* <run_folder>/trials/<id>.h5 */
gb_status store_trial_path(gb_context *context, const char *run_folder, const char *id, char *path, size_t size);

/* Like store_read_trial, but also reads the facts of the machine that ran it (one row; may be NULL). */
gb_status store_read_trial_and_host(gb_context *context, const char *path, trial_record *record, table *host);

/* This machine's facts as a row. */
bool store_host_table(table *hosts);

#endif
