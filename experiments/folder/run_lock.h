/* SPDX-License-Identifier: MIT */
/* Who works in a run's folder. A whole run has it for itself; the shards of one count share it, each shard only once.
 * Every holder locks a file of its own (run.lock, shard-2-of-4.lock) and then looks whether a file that rules it out is
 * locked, so that of two that start at once at most one goes on. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_RUN_LOCK_H
#define GATEBENCH_EXPERIMENTS_FOLDER_RUN_LOCK_H

#include "experiments/folder/shard.h"
#include "support/text.h"

/* Makes the folder and takes the lock; *lock is the descriptor that holds it until it is closed (or the process ends,
 * however it ends). On a file system without locks there is none to take: *held is then false. Errors: GB_IO, which
 * names who is in the way: process, host, since when. */
gb_status run_lock_take(gb_context *context, const char *folder, shard mine, int *lock, bool *held);

/* Waits until no other shard plans or merges in the folder; *lock as above, to be closed soon. */
gb_status run_lock_take_turn(gb_context *context, const char *folder, int *lock);

/* Whether the other tasks of this job (a Slurm array, an MPI program) run the shards of other runs, as an array does
 * whose index is meant as a seed: then none of the runs would ever be whole. Held locks say so, and those of tasks that
 * have ended. Errors: GB_INVALID. */
gb_status run_lock_check_job(gb_context *context, const char *folder, shard mine);

/* How many other shards of this job and count work or worked in a folder, and whether this one did. */
size_t run_lock_job_shards(const char *folder, shard mine, bool *own);

/* Who works there now: "shard 2/4: process 123 on host since ...", a line each, without the shard `own` (NULL: all).
 * Returns how many. */
size_t run_lock_holders(const char *folder, const shard *own, text *lines);

#endif
