/* SPDX-License-Identifier: MIT */
/* Shards: parts of a run that processes on one or many machines work on at the same time. An arm (swept values without
 * the seed) with its tuning and final trials belongs to one shard; which one follows from the plan alone
 * (run/shard_assign.h). */
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

/* The shard that the environment asks for: a task of a Slurm array, a rank of MPI (Open MPI, MPICH, PMI) or of srun, or
 * both together; *source names the variables, or is "" (and *out the whole run) when there is none of them. Errors:
 * GB_INVALID: an array that is not an unbroken range. */
gb_status shard_from_environment(gb_context *context, shard *out, const char **source);

#endif
