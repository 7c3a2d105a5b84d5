/* SPDX-License-Identifier: MIT */
/* Shards: parts of a run that processes on one or many machines work on at the same time. An arm (swept values without
 * the seed) with its tuning and final trials belongs to one shard; which one follows from the plan alone. */
#ifndef GATEBENCH_ENGINE_SHARD_H
#define GATEBENCH_ENGINE_SHARD_H

#include <stddef.h>

#include "gatebench/context.h"

struct stage;

#define SHARD_MOST 4096

/* Shard `index` of `count`, counted from 1; count 0: the whole run. */
typedef struct shard {
    size_t index, count;
} shard;

/* "2/4". Errors: GB_INVALID. */
gb_status shard_parse(gb_context *context, const char *given, shard *out);

/* The shard that the environment asks for: a task of a Slurm array, a rank of MPI (Open MPI, MPICH, PMI), or both
 * together; *source names the variables, or is "" (and *out the whole run) when there is none of them. Errors:
 * GB_INVALID: an array that is no unbroken range of the shards. */
gb_status shard_from_environment(gb_context *context, shard *out, const char **source);

/* Marks in each stage what belongs to other shards. Arms are dealt out dearest first, each to the shard with the least
 * work so far; `swept` are the recipe's swept settings (ends with NULL). The costs of the stages must stand. */
gb_status shard_assign(gb_context *context, shard mine, const char *const *swept, struct stage *tune,
                       struct stage *final);

/* The largest part of the work that one of so many shards has: 1 / shards where it can be dealt out evenly. 0: out of
 * memory or no trials. */
double shard_largest_share(size_t shards, const char *const *swept, const struct stage *tune,
                           const struct stage *final);

/* How many arms there are: more shards than arms leave some without work. 0: out of memory or no trials. */
size_t shard_count_arms(const char *const *swept, const struct stage *tune, const struct stage *final);

#endif
