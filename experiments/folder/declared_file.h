/* SPDX-License-Identifier: MIT */
/* declared.yaml of a run's folder: what was declared before its first trial started, so that a margin, a threshold or a
 * rule that is edited after results are known can be told from one that was declared beforehand. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_DECLARED_FILE_H
#define GATEBENCH_EXPERIMENTS_FOLDER_DECLARED_FILE_H

#include "gatebench/context.h"

/* Writes it if it is not there: time, trials finished before (0 unless the folder is older than this record), the
 * recipe with its comparisons, margins and thresholds, the looks of `--until decided` if any, and the rules of
 * claims.yaml that will judge. If it is there and the recipe's comparisons differ from the last it records, the recipe
 * and the number of trials that finished before are added under `changes:`. The results file carries it as
 * /provenance/declared. Errors: GB_IO, GB_DATA, GB_MEMORY. */
gb_status run_declare(gb_context *context, const char *folder, const char *recipe, size_t finished_before);

#endif
