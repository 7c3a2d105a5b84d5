/* SPDX-License-Identifier: MIT */
/* One setting, of trials or of a task: its type, its default and the values that it takes. Every check of a written
 * value, the JSON Schema and the listings read this. */
#ifndef GATEBENCH_DATASETS_SETTING_H
#define GATEBENCH_DATASETS_SETTING_H

#include <stdbool.h>
#include <stddef.h>

/* The longest written value, with its NUL. */
#define SETTING_VALUE 160

typedef enum setting_type { SETTING_INTEGER, SETTING_REAL, SETTING_CHOICE, SETTING_TEXT, SETTING_FILE } setting_type;

typedef struct setting {
    const char *name;
    setting_type type;
    const char *value; /* default, as text */
    /* The values that it takes. Of a number: intervals and single numbers joined by '|', "[0, 1)" or "0|[2, 1e9]". Of
     * a choice: "a|b|c", or "@cells", "@backends", "@optimizers", "@schedules": the library's own. Of a text:
     * "@initialiser", "@recurrent", "@forget_bias" (gatebench/model.h), "@columns" (of a file: any), and always the
     * default. Of a file: "PATH", for readers; a trial is named by what stands in the file, not by this path. */
    const char *values;
    const char *help;
    const char *section; /* of a recipe: "model", "train", "measure", "run" or "task" */
    bool later;          /* left out of the canonical text at its default: settings.def says why */
    bool free;           /* what a training step costs does not depend on it */
} setting;

/* Checks one written value; on failure writes a sentence ("hidden is 0; give 1 to 65536") and, for a choice, the
 * nearest valid name. On success writes the canonical text (numbers: the shortest that reads back) into value. */
bool setting_check(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size);

/* Calls visit for each name of a choice. */
void setting_each_choice(const setting *s, void (*visit)(void *user, const char *name), void *user);

/* What a text may be, for the JSON Schema: a regular expression, and whether a number will do. */
const char *setting_pattern(const setting *s, bool *numbers);

/* One part of a number's `values`. */
typedef struct setting_interval {
    double least, most;
    bool above_least, below_most; /* an end that is not included */
} setting_interval;

/* Reads the part at *rest and moves *rest to the next one; false when there is none left. */
bool setting_next_interval(const char **rest, setting_interval *part);

#endif
