/* SPDX-License-Identifier: MIT */
/* What the files of a run share: its state, and its output files. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_INTERNAL_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_INTERNAL_H

#include <limits.h>

#include "experiments/folder/run_folder.h"
#include "experiments/folder/shard.h"
#include "experiments/run/pool.h"
#include "experiments/run/run.h"
#include "experiments/run/run_stage.h"

typedef struct run {
    gb_context *context;
    const recipe *recipe;
    const run_options *options;
    run_observer observer; /* of the options, or one that hears nothing */
    run_summary *summary;
    char folder[PATH_MAX - 64], results[RUN_PATH]; /* <results>/<name>/ and <results>/<name>.h5 */
    shard mine;                                    /* count 0: the whole run is */
    int lock;
    bool alone; /* the lock is held; false where the file system has none */
    stage tune, final;
    stage *running;
    pool *pool;
    run_state state;        /* as observers see it */
    gb_status disk_status;  /* GB_IO when a trial's file could not be put in place */
    gb_status score_status; /* when a tuning trial's file could not be read */
} run;

/* plan.yaml: the trials of both stages with all their settings, in the order of the results. */
gb_status run_write_plan(run *r);

/* Warns of finished trials that the plan in the folder has and that of this recipe, which was edited, lacks. */
void run_say_replaced(run *r);

/* Whether every planned trial has its file and the results file is newer than all of them and than an equal plan: then
 * there is nothing to do. The results file must hold them all: times alone are not to be trusted. */
bool run_is_complete(run *r);

/* Tells the observer a warning. */
void run_warn(const run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes over from failed.txt what an earlier run wrote of trials that failed, unless they are to run again. */
gb_status run_read_failures(run *r);

/* Runs the unfinished trials of a stage, the most expensive first, until all are done, a signal comes, or the disk
 * refuses. What a worker sends is for the listener. */
gb_status run_trials(run *r, stage *s);
void run_on_worker_message(void *user, size_t trial, const worker_message *message);

/* Most threads that a planned trial computes with. */
size_t run_most_threads(const run *r);

/* Whether every planned trial has its file. */
bool run_has_all(const run *r);

/* failed.txt: what failed here, and what it says of the trials of other shards that are still missing. */
gb_status run_write_failures(run *r);

/* The results file from the finished trials. */
gb_status run_write_results(run *r);

/* Names the paths, plans both stages, looks what is finished and counts what the rest will cost; nothing is written. */
gb_status run_plan_dry(run *r);

/* The final stage, as far as tuning has come; which trials have files. */
gb_status run_plan_final(run *r);
gb_status run_look_at_folder(run *r);

/* Of a shard: plan.yaml at the start, and at the end the plan anew, failed.txt and, when nothing is missing any more,
 * the results file. */
gb_status run_shard_start(run *r);
gb_status run_shard_finish(run *r, bool *merged);

#endif
