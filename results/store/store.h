/* SPDX-License-Identifier: MIT */
/* The store. The primary record is one small HDF5 file per finished trial, <run>/trials/<id>.h5, built in memory and
 * written atomically (write, fsync, rename, fsync of the folder). If the file exists, the trial is finished. The
 * results file <run>.h5 is derived from these files, in columns. It is rebuilt as a new file and renamed over the old
 * one, never written in place. */
#ifndef GATEBENCH_RESULTS_STORE_STORE_H
#define GATEBENCH_RESULTS_STORE_STORE_H

#include "results/store/table.h"
#include "support/cleanup.h"

#define STORE_SCHEMA "gatebench/1"

/* Prefix of the failure reason of a trial that exceeded its time or memory limit. That counts as the trial's result;
 * any other failure may be accidental. */
#define STORE_OVER_LIMIT "over its limit: "

/* The record of a finished trial. */
typedef struct trial_record {
    char id[33];         /* 32 hex digits */
    char status[16];     /* "done" or "diverged": finished; "failed": shown, and run again */
    table fields;        /* one row: settings, then measurements: the columns of /runs */
    table curves;        /* one row per evaluation: step, epoch, train_loss, valid_loss, valid_metric, gradient_norm,
                            learning_rate, seconds, cpu_seconds */
    table metrics;       /* long: metric (text), x (number), value (number): gradient_by_lag, parameters by gate, ... */
    char *configuration; /* the canonical text whose hash is the id */
} trial_record;

void trial_record_free(trial_record *record);

/* Facts of the machine and the build, recorded with every run ("cpu", "isa", "kernel", "cores", "memory_bytes", ...).
 */
typedef struct store_fact {
    const char *name;
    char value[256];
} store_fact;
size_t store_host_facts(store_fact *facts, size_t most);

/* Writes a finished trial. Errors: GB_IO with path and reason; says which work is safe. */
gb_status store_write_trial(gb_context *context, const char *run_folder, const trial_record *record);
/* Errors: GB_IO (cannot be read), GB_DATA (damaged). */
gb_status store_read_trial(gb_context *context, const char *path, trial_record *record);

/* The ids of the finished trials (status done or diverged unless `all`) in <run_folder>/trials, sorted, malloc'ed
 * [count][33]; ignores temporary files; a file that does not open is named in the error (GB_DATA). */
gb_status store_finished(gb_context *context, const char *run_folder, bool all, char (**ids)[33], size_t *count);

/* The provenance of a results file. */
typedef struct store_provenance {
    const char *name;        /* the run's name */
    const char *title;       /* the recipe's question */
    const char *recipe_text; /* the recipe's text as it was read */
    const char *resolved;    /* the resolved recipe with overrides, YAML or JSON */
    const char *command_line;
    const char *environment; /* OMP_*, ONEDNN_*, DNNL_*, GATEBENCH_*: NAME=value lines */
    const char *commit;      /* commit of the program's source, with "+changes" when dirty; "": unknown */
    const char *libraries;   /* "oneDNN 2.6.3; HDF5 1.10.8; ..." */
    const char *declared;    /* declarations before the first trial, YAML; NULL: not recorded */
    const char *looks;       /* the interim looks, YAML; NULL: none */
    const char *const *swept, *const *tuned, *const *carried; /* names of settings, then NULL: see results.planned */
    const table *planned; /* texts, one row per planned trial in plan order: id, stage ("tune", "final"), matching,
                             matched, reason (of a failure; "": unknown), then its settings. NULL: nothing planned */
} store_provenance;

/* Rebuilds the results file from the trial files. Layout: /runs (table; first column run, then id, status, ...),
 * /curves and /metrics (tables with run), /planned (table), /grid/<metric> cubes over the swept keys with dimension
 * scales, /hosts, /provenance/<name> text datasets (swept, tuned and carried: one name per line); root attributes
 * schema, title, Conventions, created, generator. The same trials give the same bytes except for `created`. Unfinished
 * trials are only in /planned. Errors: GB_IO, GB_DATA. */
gb_status store_write_results(gb_context *context, const char *run_folder, const char *path,
                              const store_provenance *provenance);

/* A results file in memory. */
typedef struct results {
    char *path, *name, *title, *created;
    table runs, curves, metrics, hosts;
    /* The plan, one row per trial of each stage (a trial of both has two): id, stage, matching, matched, status
     * ("done", "diverged", "failed", "missing"), reason (why it failed), seed, then the swept and tuned settings. /runs
     * has those that are done or diverged. Empty: not recorded. run_provenance.h has the related names. */
    table planned;
    table provenance; /* one row per text: name, value */
} results;
/* Errors: GB_IO (cannot be read), GB_DATA (damaged, not a results file, or of a version that did not record what was
 * swept). */
gb_status results_read(gb_context *context, const char *path, results **out);
void results_free(results *r); /* takes NULL */
CLEANUP_POINTER(results_free, results)

/* True if a results file can be read, contains exactly this plan (as in store_provenance), and all its trials are
 * finished. */
bool results_hold(gb_context *context, const char *path, const table *planned);

/* Checks a results file against the schema; errors name what is missing. */
gb_status results_validate(gb_context *context, const char *path);

#endif
