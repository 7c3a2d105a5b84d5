/* SPDX-License-Identifier: MIT */
/* The settings of one trial: every setting of settings.def and every option of its task, resolved, as canonical text.
 */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_SETTINGS_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_SETTINGS_H

#include "datasets/task.h"

typedef enum setting_type { SETTING_INTEGER, SETTING_REAL, SETTING_CHOICE, SETTING_TEXT } setting_type;

typedef struct setting {
    const char *section, *name;
    setting_type type;
    const char *value; /* default */
    double least, most;
    const char *choices; /* "a|b|c", or "@cells", "@backends", "@optimizers", "@schedules", "@initialiser": asked of the
                            library */
    const char *help;
    bool later; /* left out of the canonical text at its default: settings.def says why */
} setting;

/* The settings of settings.def in order (NULL beyond the end), and by name. */
const setting *setting_at(size_t i);
const setting *setting_find(const char *name);

/* Calls visit for each name that a choice list ("a|b|c", "@cells", ...) stands for. */
void setting_each_choice(const char *choices, void (*visit)(void *user, const char *name), void *user);

/* The key under `train: {stop: }` as which recipes write this setting; NULL: by its own name in its section. */
const char *setting_stop_key(const setting *s);

/* Checks one value; on failure writes a sentence ("hidden is 0; give 1 to 65536") and, for a choice, the nearest valid
 * name. On success writes the canonical text (numbers shortest round-trip) into value. */
bool setting_check(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size);
bool task_option_check(const task_option *o, const char *given, char *value, size_t size, char *why, size_t why_size);

#define TRIAL_VALUE 64

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
 * backend_version lines, without later settings at their default; and the id made of it (stored in t). malloc'ed. */
gb_status trial_canonical(gb_context *context, trial_settings *t, char **text);
/* The inverse, for workers: settings from canonical text. */
gb_status trial_parse(gb_context *context, const char *text, trial_settings *t);

#endif
