/* SPDX-License-Identifier: MIT */
/* The folder of a run: the paths of its files, and removing leftovers of interrupted writes. Internal to
 * experiments. */
#ifndef GATEBENCH_EXPERIMENTS_FOLDER_RUN_FOLDER_H
#define GATEBENCH_EXPERIMENTS_FOLDER_RUN_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"

/* The files of a run's folder, and the source file that reads and writes each. */
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
/* True if the trial's file exists, which means that the trial is finished. */
bool run_has_trial(const char *folder, const char *id);

/* The content of a text file of the folder, malloc'ed; "" when it does not exist. */
gb_status run_folder_read(gb_context *context, const char *folder, run_file file, char **text);
/* Writes the file unless its content is already this text. */
gb_status run_folder_write(gb_context *context, const char *folder, run_file file, const char *text, size_t size);

/* Removes leftovers of interrupted writes in the folder, among its trials and beside its results file. Call it only
 * with the lock held, since another process could be writing such a file. */
void run_folder_tidy(const char *folder);

/* True if the file exists and is not older than the other (compares nanoseconds). */
bool run_folder_is_newer(const char *path, const char *than);

/* The default folder of runs. */
gb_status run_default_folder(gb_context *context, char *path, size_t size);

#endif
