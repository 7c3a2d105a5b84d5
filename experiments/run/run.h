/* SPDX-License-Identifier: MIT */
/* A run: the stages of a recipe (tune, final), trials in long-lived worker processes, progress, resume, and the results
 * file at the end. The parent never computes. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_H

#include "experiments/folder/run_folder.h"
#include "experiments/recipe/recipe.h"

typedef struct run_options {
    const char *results_folder; /* NULL: results/runs below the current project or $GATEBENCH_RESULTS, else
                                   ./gatebench-results */
    const char *command_line;   /* for the record */
    const char *looks;          /* at the run, declared before its first trial: kept in looks.yaml unless there is one;
                                   NULL: none */
    size_t workers;             /* 0: all cores */
    size_t threads;             /* threads a worker; 0: 1 */
    double trial_seconds;       /* most seconds a trial may take; 0: any */
    double trial_memory;        /* most bytes of memory of a trial's process; 0: any */
    bool retry_failed;          /* run trials again that failed in an earlier run; else they are left alone */
    size_t shard, shards;       /* part `shard` (from 1) of so many; shards 0 or 1: all of it */
    bool dry_run;               /* print trials, estimated time and memory, and stop there */
    bool verbose, quiet;
} run_options;

typedef struct run_summary {
    size_t planned, finished_before, done, diverged;
    size_t failed; /* those that failed in an earlier run and were left alone included */
    double seconds, cpu_seconds;
    char folder[4096];
    char results_path[RUN_PATH]; /* "" on a dry run, and for a shard while trials of others are missing */
    bool interrupted;            /* SIGINT, or SIGTERM/SIGUSR1/SIGHUP */
    int signal;
} run_summary;

/* Runs a recipe; again: resumes. GB_OK also when trials failed (summary.failed). Progress goes to stderr: live on a
 * terminal, one line a trial otherwise. A shard runs its arms only, also beside the other shards in the same folder;
 * the last one writes the results file. Errors: GB_INVALID, GB_DATA, GB_IO, GB_STOPPED. */
gb_status run_recipe(gb_context *context, const recipe *r, const run_options *options, run_summary *summary);

/* How large a run is, for a queue: what is unfinished now, dealt out to shards with the workers of the options. */
typedef struct run_size {
    char folder[4096];           /* of the run */
    size_t trials, arms, shards; /* shards: as given, or a sensible number */
    double seconds;              /* the longest shard, when no stop rule ends a trial early; 0: not known */
    double bytes;                /* a shard */
} run_size;
/* Measures a few steps of each kind of trial (calibrate.h). `shards` 0: chosen. Errors: as run_recipe. */
gb_status run_find_size(gb_context *context, const recipe *r, const run_options *options, size_t shards, run_size *out);

#endif
