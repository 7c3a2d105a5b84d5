/* SPDX-License-Identifier: MIT */
/* The settings of one trial: every setting of settings.def and every option of its task, resolved, as canonical text.
 */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_SETTINGS_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_SETTINGS_H

#include "datasets/task.h"

/* The settings of settings.def in order (NULL beyond the end), and by name. */
const setting *setting_at(size_t i);
const setting *setting_find(const char *name);

/* The key under `train: {stop: }` as which recipes write this setting; NULL: by its own name in its section. */
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
    char matching[96]; /* how the recipe makes cells comparable: "width", "width+parameters" (not in the id) */
    char matched[192]; /* for each matching what the trial has of what its anchor has: "32/32+4477/4480" (not in the
                          id) */
    bool provisional;  /* a final trial whose tuning is not complete: other values may be chosen yet (not in the id) */
} trial_settings;

const char *trial_text(const trial_settings *t, const char *name);      /* "" when it has none */
double trial_number(const trial_settings *t, const char *name);         /* NaN when it has none */
bool trial_set(trial_settings *t, const char *name, const char *value); /* replaces or adds; false: out of memory */
bool trial_copy(trial_settings *to, const trial_settings *from);
void trial_settings_free(trial_settings *t);

/* The canonical text: "name=value\n" sorted by name, with task_version, data_sha256, cell_version, schema and
 * backend_version lines, without later settings at their default, and without files, whose content data_sha256 names
 * wherever they lie; and the id made of it (stored in t). malloc'ed. */
gb_status trial_canonical(gb_context *context, trial_settings *t, char **text);
/* The inverse, for workers: settings from canonical text; files are "". */
gb_status trial_parse(gb_context *context, const char *text, trial_settings *t);
/* What the canonical text leaves out, for the worker that gets it: "name=path\n" of each file; and the way back. */
struct text;
bool trial_append_files(const trial_settings *t, struct text *lines);
gb_status trial_parse_files(gb_context *context, char *lines, trial_settings *t);

#endif
