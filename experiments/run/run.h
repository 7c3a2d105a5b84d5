/* SPDX-License-Identifier: MIT */
/* A run: the stages of a recipe (tune, final), trials in long-lived worker processes, progress, resume, and the results
 * file at the end. The parent never computes. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_H

#include "experiments/folder/run_folder.h"
#include "experiments/recipe/recipe.h"
#include "experiments/run/run_estimate.h"

/* How far a run is. */
typedef struct run_state {
    const char *name, *folder;
    size_t workers;
    size_t tuning, final;         /* trials planned in each stage, of this shard */
    size_t before, failed_before; /* of them: finished before; failed before and not run again */
    size_t ended, failed;         /* in this run; those that failed are among those that ended */
    size_t running;
    double flops_left, flops_done, core_seconds; /* what is left, and how long the finished ones took */
} run_state;

typedef enum run_outcome { RUN_DONE, RUN_DIVERGED, RUN_FAILED } run_outcome;

struct run_summary;

/* What a run tells while it goes on, in the process and thread that runs it. Entries may be NULL. Texts and pointers
 * last as long as the call. */
typedef struct run_observer {
    void *user;
    /* What is ahead. Without it nothing is estimated. */
    void (*planned)(void *user, const run_state *s, const trial_list *finals, const run_estimate *ahead);
    /* A trial (its swept settings in words) says how far it is; trial NULL: some time has passed. */
    void (*progress)(void *user, const run_state *s, const char *trial, const char *words);
    /* A trial has its file, or failed: words are its result or the reason. */
    void (*ended)(void *user, const run_state *s, const char *trial, run_outcome outcome, double seconds,
                  const char *words);
    void (*warned)(void *user, const run_state *s, const char *sentence);
    void (*finished)(void *user, const run_state *s, const struct run_summary *summary);
} run_observer;

typedef struct run_options {
    const char *results_folder; /* NULL: results/runs below the current project or $GATEBENCH_RESULTS, else
                                   ./gatebench-results */
    const char *command_line;   /* for the record */
    const char *looks;          /* at the run, declared before its first trial: kept in looks.yaml unless there is one;
                                   NULL: none */
    size_t workers;             /* 0: all cores */
    double trial_seconds;       /* most seconds a trial may take; 0: any */
    double trial_memory;        /* most bytes of memory of a trial's process; 0: any */
    bool retry_failed;          /* run trials again that failed in an earlier run; else they are left alone */
    bool shard_of_job;          /* the shard follows from a Slurm array or MPI, whose tasks may be meant otherwise */
    size_t shard, shards;       /* part `shard` (from 1) of so many; shards 0 or 1: all of it */
    bool dry_run;               /* plan, estimate time and memory, tell the observer, and stop there */
    const run_observer *observer; /* told how the run goes; NULL: nobody is */
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

/* Runs a recipe; again: resumes. GB_OK also when trials failed (summary.failed). Nothing is printed: the
 * observer is told. A shard runs its arms only, also beside the other shards in the same folder;
 * the last one writes the results file. Errors: GB_INVALID, GB_DATA, GB_IO, GB_STOPPED. */
gb_status run_recipe(gb_context *context, const recipe *r, const run_options *options, run_summary *summary);

/* How large a run is, for a queue: what is unfinished now, dealt out to shards with the workers of the options. */
typedef struct run_size {
    char folder[4096];           /* of the run */
    size_t trials, arms, shards; /* shards: as given, or a sensible number */
    double seconds;              /* the longest shard, when no stop rule ends a trial early; 0: not known */
    double bytes;                /* a shard */
    size_t threads;              /* of each worker */
} run_size;
/* Measures a few steps of each kind of trial (calibrate.h). `shards` 0: chosen. Errors: as run_recipe. */
gb_status run_find_size(gb_context *context, const recipe *r, const run_options *options, size_t shards, run_size *out);

#endif
