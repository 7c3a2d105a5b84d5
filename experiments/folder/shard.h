/* SPDX-License-Identifier: MIT */
/* Shards: parts of a run that are run by different processes, on one or several machines, at the same time. An arm
 * (swept values without the seed) with its tuning and final trials belongs to one shard, which is determined by the
 * plan (run/shard_assign.h). */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_SHARD_H
#define GATEBENCH_EXPERIMENTS_FOLDER_SHARD_H

#include <stddef.h>

#include "gatebench/context.h"

#define SHARD_MOST 4096

/* Shard `index` of `count`, counted from 1; count 0: the whole run. */
typedef struct shard {
    size_t index, count;
} shard;

/* "2/4". Errors: GB_INVALID. */
gb_status shard_parse(gb_context *context, const char *given, shard *out);

/* The shard given by the environment: a task of a Slurm array, a rank of MPI (Open MPI, MPICH, PMI) or of srun, or both
 * together. *source names the variables; without any, it is "" and *out is the whole run. Errors: GB_INVALID (array
 * indices that are not a contiguous range). */
gb_status shard_from_environment(gb_context *context, shard *out, const char **source);

#endif
