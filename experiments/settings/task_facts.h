/* SPDX-License-Identifier: MIT */
/* The task of a trial's settings, and its properties. */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_TASK_FACTS_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_TASK_FACTS_H

#include "datasets/task.h"
#include "experiments/settings/settings.h"

/* Opens the task of the settings with its options. */
gb_status trial_open_task(gb_context *context, const trial_settings *settings, task **out);

typedef struct task_facts {
    task_shape shape;
    char sha256[65]; /* hash of the data; "" for a generated task */
    double steps,
        tokens; /* number of steps of a training batch, and steps times sequences; 0 unless a batch was requested */
} task_facts;

/* The facts of a trial's task. With `batch` above 0 a training batch of that size is drawn from seed 1 (at most 1,024
 * sequences, scaled up). Each thread caches the last 64 combinations of task, options and batch, since opening a task
 * may read and unpack large files. Errors: GB_INVALID (options that exclude each other), GB_DATA (missing data),
 * GB_MEMORY. */
gb_status task_facts_find(gb_context *context, const trial_settings *settings, size_t batch, task_facts *facts);

#endif
