/* SPDX-License-Identifier: MIT */
/* The folder of a run: the paths of its files, and what interrupted writes left. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_RUN_FOLDER_H
#define GATEBENCH_EXPERIMENTS_FOLDER_RUN_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"

/* What a run's folder holds, each with the one file that reads and writes it. */
typedef enum run_file {
    RUN_PLAN,     /* plan.yaml: plan_file.c */
    RUN_FAILURES, /* failed.txt: failures_file.c */
    RUN_DECLARED, /* declared.yaml: declared_file.c */
    RUN_LOOKS,    /* looks.yaml: written by --until decided */
    RUN_TRIALS,   /* trials/: the store's trial files */
    RUN_RESULTS   /* <folder>.h5 beside it: the results file */
} run_file;

#define RUN_PATH (PATH_MAX + 64)

/* The path of a file of the folder. */
void run_path(const char *folder, run_file file, char path[RUN_PATH]);
/* Whether a trial has its file, which means that it is finished. */
bool run_has_trial(const char *folder, const char *id);

/* The whole of a text file of the folder, malloc'ed; "" when there is none. */
gb_status run_folder_read(gb_context *context, const char *folder, run_file file, char **text);
/* Writes it unless it says so already. */
gb_status run_folder_write(gb_context *context, const char *folder, run_file file, const char *text, size_t size);

/* Removes what interrupted writes left in the folder, its trials and beside its results file. Only with the lock held:
 * it could be another's that is being written. */
void run_folder_tidy(const char *folder);

/* Whether a file is there and not older than the other (nanoseconds). */
bool run_folder_is_newer(const char *path, const char *than);

/* The folder in which runs are kept when options do not say. */
gb_status run_default_folder(gb_context *context, char *path, size_t size);

#endif
