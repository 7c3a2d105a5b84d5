/* SPDX-License-Identifier: MIT */
/* The settings of one trial: every setting of settings.def and every option of its task, with its value as canonical
 * text.
 */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_SETTINGS_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_SETTINGS_H

#include "datasets/task.h"

/* The i-th setting of settings.def (NULL beyond the end), and the setting with this name. */
const setting *setting_at(size_t i);
const setting *setting_find(const char *name);

/* True if trials that differ only in this setting cost the same. */
bool setting_costs_nothing(const char *name);

/* The key of this setting under `train: {stop: }`; NULL: recipes write it by its own name in its section. */
const char *setting_stop_key(const setting *s);

#define TRIAL_VALUE SETTING_VALUE

/* One trial's settings: "task", then the task's options, then every setting, then "measure" (names joined by '+'). */
typedef struct trial_settings {
    size_t count;
    struct trial_pair {
        char name[32];
        char value[TRIAL_VALUE];
    } * pairs;
    char id[33];       /* XXH3-128 of the canonical text, hex */
    char stage[8];     /* "tune" or "final" (not in the id) */
    char matching[96]; /* the matchings of the trial: "width", "width+parameters" (not in the id) */
    char matched[192]; /* for each matching the trial's amount and its anchor's: "32/32+4477/4480" (not in the id) */
    bool
        provisional; /* a final trial whose tuning is incomplete, so other values may still be chosen (not in the id) */
} trial_settings;

const char *trial_text(const trial_settings *t, const char *name);      /* "" when it is missing */
double trial_number(const trial_settings *t, const char *name);         /* NaN when it is missing */
bool trial_set(trial_settings *t, const char *name, const char *value); /* replaces or appends; false: out of memory */
bool trial_copy(trial_settings *to, const trial_settings *from);
void trial_settings_free(trial_settings *t);

/* The canonical text: "name=value\n" sorted by name, with task_version, data_sha256, cell_version, schema and
 * backend_version lines, without SETTING_LATER settings at their default, and without paths of files, since data_sha256
 * identifies their content; malloc'ed. Also computes the id and stores it in t. */
gb_status trial_canonical(gb_context *context, trial_settings *t, char **text);
/* The inverse, for workers: reads settings from canonical text; paths of files are "". */
gb_status trial_parse(gb_context *context, const char *text, trial_settings *t);
/* The canonical text omits the paths of files, but a worker needs them: the first writes them as lines "name=path", the
 * second reads them back. */
struct text;
bool trial_append_files(const trial_settings *t, struct text *lines);
gb_status trial_parse_files(gb_context *context, char *lines, trial_settings *t);

#endif
