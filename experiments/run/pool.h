/* SPDX-License-Identifier: MIT */
/* The parent's side of the pool of workers. A worker is forked when there is a trial for it and lives until the pool is
 * destroyed or a trial fails in it; the next trial then gets a new process. A worker that exceeds the time limit is
 * ended. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_POOL_H
#define GATEBENCH_EXPERIMENTS_RUN_POOL_H

#include "experiments/run/worker.h"
#include "experiments/settings/settings.h"

typedef struct pool pool;

/* Receives a worker's message about the trial with this number. */
typedef void (*pool_listener)(void *user, size_t trial, const worker_message *message);

/* `private_descriptor` (the run's lock) is closed in the workers. The texts in `options` must outlive the pool; its
 * checkpoint_seconds are set from $GATEBENCH_CHECKPOINT_SECONDS, else to 60. Errors: GB_INVALID (invalid value of that
 * variable).
 */
gb_status pool_create(gb_context *context, const worker_options *options, size_t workers, int private_descriptor,
                      pool **out);
/* Ends all workers at once. Accepts NULL. */
void pool_destroy(pool *p);

bool pool_has_room(const pool *p);
size_t pool_running(const pool *p);

/* Sends a trial with this number to an idle worker. Errors: GB_IO (no process could be started). */
gb_status pool_send(pool *p, size_t trial, const trial_settings *settings, const char *canonical);

/* Asks every worker with a trial to stop, and waits for all answers, at most a few seconds. */
void pool_stop(pool *p, pool_listener listener, void *user);

/* Waits for messages, at most this long or until a signal, and passes each to the listener. A worker's death and an
 * exceeded time limit are reported as WORKER_FAILED. */
void pool_wait(pool *p, int milliseconds, pool_listener listener, void *user);

#endif
