/* SPDX-License-Identifier: MIT */
/* declared.yaml in a run's folder: the declarations made before its first trial started. It shows whether a margin, a
 * threshold or a rule was declared beforehand or edited after results were known. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_DECLARED_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_DECLARED_FILE_H

#include "gatebench/context.h"

/* Writes the file if it is missing: time, number of trials finished before (0 unless the folder is older than this
 * file), the recipe with its comparisons, margins and thresholds, the looks of `--until decided` if any, and the rules
 * of claims.yaml that will judge the run. If the file exists and the recipe's comparisons differ from the latest
 * recorded ones, appends the recipe and the number of finished trials under `changes:`. The results file contains it as
 * /provenance/declared. Errors: GB_IO, GB_DATA, GB_MEMORY. */
gb_status run_declare(gb_context *context, const char *folder, const char *recipe, size_t finished_before);

#endif
