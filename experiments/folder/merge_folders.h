/* SPDX-License-Identifier: MIT */
/* Several folders of one run, made on machines that share no disk, united into one. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_MERGE_FOLDERS_H
#define GATEBENCH_EXPERIMENTS_FOLDER_MERGE_FOLDERS_H

#include <stddef.h>

#include "gatebench/context.h"
#include "support/text.h"

/* What two folders say differently of the same trial. */
typedef struct plan_differences {
    text lines;   /* "<id> <column>: 0.5 in A, 0.25 in B", a line each */
    size_t count; /* trials */
} plan_differences;

/* Puts the trial files of all folders into one (made when it is not there; it may be one of them) and writes its plan:
 * of each final trial that whose tuning chose it. Of a trial that is there twice the first finished one stays; numbers
 * that are no timings must be equal, or they are named in *differences (free its lines). Merging the folder is the next
 * step. Errors: GB_INVALID (plans of other recipes), GB_IO (also when someone works in `into`), GB_DATA. */
gb_status plan_unite(gb_context *context, const char *const *folders, size_t count, const char *into,
                     plan_differences *differences);

#endif
