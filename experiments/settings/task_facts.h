/* SPDX-License-Identifier: MIT */
/* The task that a trial's settings name. */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_TASK_FACTS_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_TASK_FACTS_H

#include "datasets/task.h"
#include "experiments/settings/settings.h"

/* Opens the task of the settings with its options. */
gb_status trial_open_task(gb_context *context, const trial_settings *settings, task **out);

#endif
