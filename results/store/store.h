/* SPDX-License-Identifier: MIT */
/* The store. The record of truth is one small HDF5 file a finished trial, <run>/trials/<id>.h5, built in memory and put
 * in place by write, fsync, rename, fsync of the folder: its presence means the trial is finished. The results file
 * <run>.h5 is derived from these, columnar, rebuilt beside the old one and renamed over it; never written in place. */
#ifndef GATEBENCH_RESULTS_STORE_STORE_H
#define GATEBENCH_RESULTS_STORE_STORE_H

#include "results/store/table.h"

#define STORE_SCHEMA "gatebench/1"

/* What a finished trial leaves behind. */
typedef struct trial_record {
    char id[33];         /* 32 hex digits */
    char status[16];     /* "done" or "diverged": final; "failed": shown, and run again */
    table fields;        /* one row: settings, then measurements: the columns of /runs */
    table curves;        /* a row an evaluation: step, epoch, train_loss, valid_loss, valid_metric, gradient_norm,
                            learning_rate, seconds */
    table metrics;       /* long: metric (text), x (number), value (number): gradient_by_lag, parameters by gate, ... */
    char *configuration; /* the canonical text that the id is the hash of */
} trial_record;

void trial_record_free(trial_record *record);

/* Facts of the machine and the build, recorded with every run ("cpu", "isa", "kernel", "cores", "memory_bytes", ...).
 */
typedef struct store_fact {
    const char *name;
    char value[256];
} store_fact;
size_t store_host_facts(store_fact *facts, size_t most);

/* Writes a finished trial. Errors: GB_IO with path, reason and what is safe. */
gb_status store_write_trial(gb_context *context, const char *run_folder, const trial_record *record);
/* Errors: GB_IO (cannot be read), GB_DATA (damaged). */
gb_status store_read_trial(gb_context *context, const char *path, trial_record *record);

/* The ids of the finished trials (status done or diverged unless `all`) in <run_folder>/trials, sorted, malloc'ed
 * [count][33]; stray temporary files are left alone, a file that does not open is named in the error (GB_DATA). */
gb_status store_finished(gb_context *context, const char *run_folder, bool all, char (**ids)[33], size_t *count);

/* What a plan says of a trial: its file may have been made when the plan said otherwise. */
typedef struct store_label {
    const char *stage, *matching, *matched; /* as the columns of /runs are called; "": as the trial's file has it */
    double match_ratio;                     /* goes with `matched` */
} store_label;

/* What a results file says of itself beside its trials. */
typedef struct store_provenance {
    const char *name;        /* the run's name */
    const char *title;       /* the recipe's question */
    const char *recipe_text; /* as read */
    const char *resolved;    /* the resolved recipe with overrides, YAML or JSON */
    const char *command_line;
    const char *environment;   /* OMP_*, ONEDNN_*, DNNL_*, GATEBENCH_*: NAME=value lines */
    const char *commit;        /* of the source the program was built from, with "+changes" when dirty; "" unknown */
    const char *libraries;     /* "oneDNN 2.6.3; HDF5 1.10.8; ..." */
    const char *const *swept;  /* swept keys as columns of /runs are named, ends with NULL: the dimensions of /grid */
    const char *const *order;  /* ids of the trials to include, in plan order, ends with NULL */
    const store_label *labels; /* of each of them; NULL: all as their files have it */
    const table *absent;       /* one row: columns of /runs and what trials did whose files are from before there were
                                  such columns; NULL: none */
} store_provenance;

/* Rebuilds the results file from the trial files. Layout: /runs (table; first column run, then id, status, ...),
 * /curves and /metrics (tables with run), /grid/<metric> cubes over the swept keys with dimension scales, /hosts,
 * /provenance/<name> text datasets; root attributes schema, title, Conventions, created, generator. The same trials
 * give the same bytes except `created`. Trials not finished yet are left out. Errors: GB_IO, GB_DATA. */
gb_status store_write_results(gb_context *context, const char *run_folder, const char *path,
                              const store_provenance *provenance);

/* A results file in memory. */
typedef struct results {
    char *path, *name, *title, *created;
    table runs, curves, metrics, hosts;
    table provenance; /* one row a text: name, value */
} results;
/* Errors: GB_IO (cannot be read), GB_DATA (damaged, or no results file). */
gb_status results_read(gb_context *context, const char *path, results **out);
void results_free(results *r); /* takes NULL */

/* Whether a results file can be read and its trials are exactly these ids (ends with NULL), in this order. */
bool results_hold(gb_context *context, const char *path, const char *const *ids);

/* Checks a results file against the schema; errors name what is missing. */
gb_status results_validate(gb_context *context, const char *path);

#endif
