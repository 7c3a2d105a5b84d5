/* SPDX-License-Identifier: MIT */
/* One setting of a trial or a task: its type, its default and its allowed values. Checks of written values, the JSON
 * Schema and the listings all read this. */
#ifndef GATEBENCH_DATASETS_SETTING_H
#define GATEBENCH_DATASETS_SETTING_H

#include <stdbool.h>
#include <stddef.h>

/* The size of the longest written value, including its NUL. */
#define SETTING_VALUE 160

typedef enum setting_type { SETTING_INTEGER, SETTING_REAL, SETTING_CHOICE, SETTING_TEXT, SETTING_FILE } setting_type;

typedef struct setting {
    const char *name;
    setting_type type;
    const char *value; /* default, as text */
    /* The allowed values. Number: intervals and single numbers joined by '|', as in "[0, 1)" or "0|[2, 1e9]". Choice:
     * "a|b|c", or "@cells", "@backends", "@optimizers", "@schedules" for the library's names. Text: "@initialiser",
     * "@recurrent", "@forget_bias" (gatebench/model.h), "@columns" (columns of a file; any text), and always the
     * default. File: "PATH", for human readers; a trial is identified by the file's content, not by its path. */
    const char *values;
    const char *help;
    const char *section; /* section of a recipe: "model", "train", "measure", "run" or "task" */
    bool later;          /* omitted from the canonical text at its default; settings.def explains why */
    bool free;           /* the cost of a training step does not depend on it */
} setting;

/* Checks one written value; on failure writes a sentence ("hidden is 0; give 1 to 65536") and, for a choice, the
 * nearest valid name. On success writes the canonical text (numbers: the shortest text that reads back as the same
 * number) into value. */
bool setting_check(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size);

/* Calls visit for each name of a choice. */
void setting_each_choice(const setting *s, void (*visit)(void *user, const char *name), void *user);

/* The allowed form of a text, for the JSON Schema: a regular expression, and whether a number is allowed. */
const char *setting_pattern(const setting *s, bool *numbers);

/* One part of the allowed values of a number. */
typedef struct setting_interval {
    double least, most;
    bool above_least, below_most; /* true: this end is excluded */
} setting_interval;

/* Reads the part at *rest and moves *rest to the next one; false when no part is left. */
bool setting_next_interval(const char **rest, setting_interval *part);

#endif
