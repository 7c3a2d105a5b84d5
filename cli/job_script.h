/* SPDX-License-Identifier: MIT */
/* gatebench run --emit: a script that runs a recipe in shards through a job scheduler and then merges them. */
#ifndef GATEBENCH_CLI_JOB_SCRIPT_H
#define GATEBENCH_CLI_JOB_SCRIPT_H

#include "experiments/run/run.h"

/* The engines, ends with NULL: "slurm", "parallel". */
extern const char *const emit_engines[];

typedef struct emit_request {
    const char *engine;
    const char *recipe, *profile; /* as the user gave them; profile NULL: none */
    const char *const *overrides;
    size_t override_count;
    const run_options *options; /* workers and threads of each shard */
    size_t shards;              /* 0: chosen by the amount of work */
} emit_request;

/* Prints the script to standard output and the estimate behind its sizes to standard error. Returns the exit code. */
int emit_script(gb_context *context, const emit_request *request, recipe *r);

#endif
