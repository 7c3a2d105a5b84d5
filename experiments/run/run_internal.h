/* SPDX-License-Identifier: MIT */
/* Shared by the source files of a run: its state, and its output files. Internal to experiments. */
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
    run_observer observer; /* the observer in the options, or one that does nothing */
    run_summary *summary;
    char folder[PATH_MAX - 64], results[RUN_PATH]; /* <results>/<name>/ and <results>/<name>.h5 */
    shard mine;                                    /* count 0: this process runs the whole run */
    int lock;
    bool alone; /* the lock is held; false if the file system has no locks */
    stage tune, final;
    stage *running;
    pool *pool;
    run_state state;        /* the progress for observers */
    gb_status disk_status;  /* GB_IO when a trial's file could not be written */
    gb_status score_status; /* the first failure to read a tuning trial's file */
} run;

/* plan.yaml: the trials of both stages with all their settings, in the order of the results. */
gb_status run_write_plan(run *r);

/* Warns of finished trials that are in the folder's plan but not in the plan of the recipe, because the recipe was
 * edited. */
void run_say_replaced(run *r);

/* True if there is nothing to do: every planned trial has its file, and the results file is newer than all of them and
 * than an equal plan. It also checks that the results file contains all trials, since file times are not reliable. */
bool run_is_complete(run *r);

/* Passes a warning to the observer. */
void run_warn(const run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads the failures of an earlier run from failed.txt, unless failed trials are to run again. */
gb_status run_read_failures(run *r);

/* Runs the unfinished trials of a stage, the most expensive first, until all are done, a signal arrives, or a write
 * fails. Messages of workers go to the listener. */
gb_status run_trials(run *r, stage *s);
void run_on_worker_message(void *user, size_t trial, const worker_message *message);

/* The largest number of threads of a planned trial. */
size_t run_most_threads(const run *r);

/* True if every planned trial has its file. */
bool run_has_all(const run *r);

/* failed.txt: the failures of this process, and its existing lines about missing trials of other shards. */
gb_status run_write_failures(run *r);

/* The results file from the finished trials. */
gb_status run_write_results(run *r);

/* Sets the paths, plans both stages, finds the finished trials and estimates the cost of the rest; writes nothing. */
gb_status run_plan_dry(run *r);

/* Plans the final stage as far as tuning is known, and finds the trials with files. */
gb_status run_plan_final(run *r);
gb_status run_look_at_folder(run *r);

/* For a shard: writes plan.yaml at the start; at the end writes the plan again, failed.txt and, if no trial is missing,
 * the results file. */
gb_status run_shard_start(run *r);
gb_status run_shard_finish(run *r, bool *merged);

#endif
