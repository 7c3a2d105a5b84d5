/* SPDX-License-Identifier: MIT */
/* Which trials of the stages of a run belong to which shard. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_SHARD_ASSIGN_H
#define GATEBENCH_EXPERIMENTS_RUN_SHARD_ASSIGN_H

#include "experiments/folder/shard.h"
#include "experiments/run/run_stage.h"

/* Marks in each stage what belongs to other shards. Arms are dealt out most expensive first, each to the shard with the
 * least work so far; `swept` are the recipe's swept settings (ends with NULL). The costs of the stages must stand. */
gb_status shard_assign(gb_context *context, shard mine, const char *const *swept, stage *tune, stage *final);

/* The largest part of the work that one of so many shards has: 1 / shards where it can be dealt out evenly. 0: out of
 * memory or no trials. */
double shard_largest_share(size_t shards, const char *const *swept, const stage *tune, const stage *final);

/* How many arms there are: more shards than arms leave some without work. 0: out of memory or no trials. */
size_t shard_count_arms(const char *const *swept, const stage *tune, const stage *final);

#endif
