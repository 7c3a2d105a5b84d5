/* SPDX-License-Identifier: MIT */
/* The end of `gatebench try`: the numbers, the baselines without a memory, the verdict in words, and the report. */
#ifndef GATEBENCH_CLI_TRY_VERDICT_H
#define GATEBENCH_CLI_TRY_VERDICT_H

#include "cli/cli.h"
#include "datasets/task.h"

/* Returns an exit code. `file`: as the user named it. */
int try_conclude(gb_context *context, task *opened, const char *file, const char *results_path);

#endif
