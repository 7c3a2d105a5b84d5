/* SPDX-License-Identifier: MIT */
/* The folder of a run: its small text files, and what interrupted writes left. Internal to the engine. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_RUN_FOLDER_H
#define GATEBENCH_EXPERIMENTS_FOLDER_RUN_FOLDER_H

#include "experiments/settings/settings.h"

/* Removes what interrupted writes left in the folder, its trials and beside its results file. Only with the lock held:
 * it could be another's that is being written. */
void run_folder_tidy(const char *folder);

/* Writes a text file of the folder unless it says so already. */
gb_status run_folder_write(gb_context *context, const char *folder, const char *name, const char *text, size_t size);

/* Whether a file is there and not older than the other (nanoseconds). */
bool run_folder_is_newer(const char *path, const char *than);

/* The folder in which runs are kept when options do not say. */
gb_status run_default_folder(gb_context *context, char *path, size_t size);

#endif
