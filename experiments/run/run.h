/* SPDX-License-Identifier: MIT */
/* A run: the stages of a recipe (tune, final), trials in long-lived worker processes, progress, resume, and the results
 * file at the end. The parent never computes. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_RUN_H
#define GATEBENCH_EXPERIMENTS_RUN_RUN_H

#include "experiments/folder/run_folder.h"
#include "experiments/recipe/recipe.h"
#include "experiments/run/run_estimate.h"

/* The progress of a run. */
typedef struct run_state {
    const char *name, *folder;
    size_t workers;
    size_t tuning, final; /* trials planned in each stage, of this shard */
    size_t before,
        failed_before;    /* number of these that finished earlier, and that failed earlier and are not run again */
    size_t ended, failed; /* number of trials that ended in this run, and how many of them failed */
    size_t running;
    double flops_left, flops_done, core_seconds; /* work left, and time of the finished trials */
} run_state;

typedef enum run_outcome { RUN_DONE, RUN_DIVERGED, RUN_FAILED } run_outcome;

struct run_summary;

/* Callbacks during a run, called in the process and thread that runs it. Entries may be NULL. Texts and pointers are
 * valid only during the call. */
typedef struct run_observer {
    void *user;
    /* The plan and its estimate. If NULL, nothing is estimated. */
    void (*planned)(void *user, const run_state *s, const trial_list *finals, const run_estimate *ahead);
    /* The progress of a trial (named by its swept settings); trial NULL: only some time has passed. */
    void (*progress)(void *user, const run_state *s, const char *trial, const char *words);
    /* A trial has finished or failed: words are its result or the reason. */
    void (*ended)(void *user, const run_state *s, const char *trial, run_outcome outcome, double seconds,
                  const char *words);
    void (*warned)(void *user, const run_state *s, const char *sentence);
    void (*finished)(void *user, const run_state *s, const struct run_summary *summary);
} run_observer;

typedef struct run_options {
    const char *results_folder; /* NULL: results/runs below the current project or $GATEBENCH_RESULTS, else
                                   ./gatebench-results */
    const char *command_line;   /* stored as provenance */
    const char
        *looks; /* interim looks, declared before the first trial; written to looks.yaml unless it exists; NULL: none */
    size_t workers;       /* 0: all cores */
    double trial_seconds; /* time limit of a trial in seconds; 0: none */
    double trial_memory;  /* memory limit of a trial's process in bytes; 0: none */
    bool retry_failed;    /* run trials again that failed in an earlier run; else skip them */
    bool shard_of_job;    /* the shard was taken from a Slurm array or MPI, whose tasks may have another purpose */
    size_t shard, shards; /* run part `shard` (from 1) of `shards`; shards 0 or 1: the whole run */
    bool dry_run;         /* only plan, estimate time and memory, and tell the observer */
    const run_observer *observer; /* receives the progress; may be NULL */
} run_options;

typedef struct run_summary {
    size_t planned, finished_before, done, diverged;
    size_t failed; /* number of failed trials, with those that failed in an earlier run and were skipped */
    double seconds, cpu_seconds;
    char folder[4096];
    char results_path[RUN_PATH]; /* "" on a dry run, and for a shard while trials of other shards are missing */
    bool interrupted;            /* SIGINT, or SIGTERM/SIGUSR1/SIGHUP */
    int signal;
} run_summary;

/* Runs a recipe; called again, it resumes. Returns GB_OK also when trials failed (summary.failed). Prints nothing, but
 * tells the observer. A shard runs only its arms, if needed at the same time as other shards in the same folder; the
 * last one writes the results file. Errors: GB_INVALID, GB_DATA, GB_IO, GB_STOPPED. */
gb_status run_recipe(gb_context *context, const recipe *r, const run_options *options, run_summary *summary);

/* The size of a run, for a job queue: the unfinished trials, distributed over shards with the workers of the
 * options. */
typedef struct run_size {
    char folder[4096];           /* folder of the run */
    size_t trials, arms, shards; /* shards: as given, or chosen */
    double seconds;              /* time of the longest shard, if no stop rule ends a trial early; 0: unknown */
    double bytes;                /* memory of a shard */
    size_t threads;              /* threads of each worker */
} run_size;
/* Measures a few steps of each kind of trial (calibrate.h). `shards` 0: chosen. Errors: as run_recipe. */
gb_status run_find_size(gb_context *context, const recipe *r, const run_options *options, size_t shards, run_size *out);

#endif
