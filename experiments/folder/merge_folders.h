/* SPDX-License-Identifier: MIT */
/* Merges several folders of one run, made on machines without a common disk. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_MERGE_FOLDERS_H
#define GATEBENCH_EXPERIMENTS_FOLDER_MERGE_FOLDERS_H

#include <stddef.h>

#include "gatebench/context.h"
#include "support/text.h"

/* Differences between two folders for the same trial. */
typedef struct plan_differences {
    text lines;   /* "<id> <column>: 0.5 in A, 0.25 in B", one line each */
    size_t count; /* trials */
} plan_differences;

/* Copies the trial files of all folders into one, which is created if missing and may be one of them, and writes its
 * plan. For each final trial it takes the plan whose tuning chose it. If a trial occurs twice, keeps the first finished
 * one; numbers other than timings must be equal, and differing ones are named in *differences (free its lines). The
 * next step is to rebuild the results file. Errors: GB_INVALID (plans of other recipes), GB_IO (also when a process
 * works in `into`), GB_DATA. */
gb_status plan_unite(gb_context *context, const char *const *folders, size_t count, const char *into,
                     plan_differences *differences);

#endif
