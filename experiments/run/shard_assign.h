/* SPDX-License-Identifier: MIT */
/* Assigns the trials of a run's stages to shards. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_SHARD_ASSIGN_H
#define GATEBENCH_EXPERIMENTS_RUN_SHARD_ASSIGN_H

#include "experiments/folder/shard.h"
#include "experiments/run/run_stage.h"

/* Marks in each stage the trials that belong to other shards. Arms are assigned in order of cost, the most expensive
 * first, each to the shard with the least work so far. `swept`: the recipe's swept settings, ends with NULL. The costs
 * of the stages must be known. */
gb_status shard_assign(gb_context *context, shard mine, const char *const *swept, stage *tune, stage *final);

/* The largest share of the work that one shard has; 1 / shards if it can be divided evenly. 0: out of memory or no
 * trials. */
double shard_largest_share(size_t shards, const char *const *swept, const stage *tune, const stage *final);

/* The number of arms; if there are more shards than arms, some have no work. 0: out of memory or no trials. */
size_t shard_count_arms(const char *const *swept, const stage *tune, const stage *final);

#endif
