/* SPDX-License-Identifier: MIT */
/* Learning curves as TensorBoard event files. */
#ifndef GATEBENCH_CLI_EVENT_FILE_H
#define GATEBENCH_CLI_EVENT_FILE_H

#include "results/store/store.h"

/* Writes <folder>/<label>/events.out.tfevents.gatebench for every trial of r->runs that has curves; labels[row] is the
 * trial's folder. TensorBoard reads all files of a folder, so the next export replaces this one. Each column of /curves
 * becomes a tag, each evaluation a step. Wall times count from the creation of the results file, so the same file
 * always gives the same bytes. *written: the number of files. Errors: GB_IO, GB_MEMORY. */
gb_status store_write_events(gb_context *context, const results *r, const char *folder, const char *const *labels,
                             size_t *written);

#endif
