/* SPDX-License-Identifier: MIT */
/* Locks of a run's folder. A whole run needs the folder exclusively; shards of the same count share it, each shard
 * once. Every process locks its own file (run.lock, shard-2-of-4.lock) and then checks whether a conflicting file is
 * locked. So of two conflicting processes that start at the same time, at most one continues. Internal to
 * experiments. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_RUN_LOCK_H
#define GATEBENCH_EXPERIMENTS_FOLDER_RUN_LOCK_H

#include "experiments/folder/shard.h"
#include "support/text.h"

/* Creates the folder and takes the lock. *lock is the descriptor that holds it until it is closed or the process ends.
 * On a file system without locks *held is false. Errors: GB_IO, which names the holder: process, host, start time. */
gb_status run_lock_take(gb_context *context, const char *folder, shard mine, int *lock, bool *held);

/* Waits until no other shard plans or merges in the folder; *lock as above, close it soon. */
gb_status run_lock_take_turn(gb_context *context, const char *folder, int *lock);

/* Checks whether other tasks of this job (a Slurm array, an MPI program) run shards of other runs, for example because
 * the array index is used as a seed. Then none of the runs would ever be complete. The check uses held locks and those
 * of ended tasks. Errors: GB_INVALID. */
gb_status run_lock_check_job(gb_context *context, const char *folder, shard mine);

/* The number of other shards of this job, out of the same number of shards, that work or worked in a folder. *own: this
 * shard works or worked there. */
size_t run_lock_job_shards(const char *folder, shard mine, bool *own);

/* Lists the processes that work there now: "shard 2/4: process 123 on host since ...", one line each, without the shard
 * `own` (NULL: all). Returns their number. */
size_t run_lock_holders(const char *folder, const shard *own, text *lines);

#endif
