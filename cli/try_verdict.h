/* SPDX-License-Identifier: MIT */
/* How `gatebench try` ends: the numbers, what needs no memory beside them, the verdict in words, and the report. */
#ifndef GATEBENCH_CLI_TRY_VERDICT_H
#define GATEBENCH_CLI_TRY_VERDICT_H

#include "cli/cli.h"
#include "datasets/task.h"

/* Returns an exit code. `file`: as the user calls it. */
int try_conclude(gb_context *context, task *opened, const char *file, const char *results_path);

#endif
