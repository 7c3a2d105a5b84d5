/* SPDX-License-Identifier: MIT */
/* The pool of workers, as the parent sees it. Each is forked when there is a trial for it and lives until the pool is
 * destroyed, or until a trial fails in it: whatever failed, the next trial has a new process. One that takes too long
 * is ended. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_POOL_H
#define GATEBENCH_EXPERIMENTS_RUN_POOL_H

#include "experiments/run/worker.h"
#include "experiments/settings/settings.h"

typedef struct pool pool;

/* What a worker said of the trial with that number. */
typedef void (*pool_listener)(void *user, size_t trial, const worker_message *message);

/* `private_descriptor` (the run's lock) is closed in the workers. `options`: its texts must outlive the pool;
 * checkpoint_seconds are taken from $GATEBENCH_CHECKPOINT_SECONDS, or else are 60. Errors: GB_INVALID (that variable).
 */
gb_status pool_create(gb_context *context, const worker_options *options, size_t workers, int private_descriptor,
                      pool **out);
/* Ends the workers at once, whatever they do. Takes NULL. */
void pool_destroy(pool *p);

bool pool_has_room(const pool *p);
size_t pool_running(const pool *p);

/* Sends a trial, which goes by that number, to an idle worker. Errors: GB_IO (no process could be had). */
gb_status pool_send(pool *p, size_t trial, const trial_settings *settings, const char *canonical);

/* Asks every worker with a trial to stop, and listens until all have answered, for a few seconds at most. */
void pool_stop(pool *p, pool_listener listener, void *user);

/* Waits for news, at most so long or until a signal; tells each message. A worker's death, and a trial's that
 * took too long, is told as WORKER_FAILED. */
void pool_wait(pool *p, int milliseconds, pool_listener listener, void *user);

#endif
