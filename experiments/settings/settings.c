/* SPDX-License-Identifier: MIT */
/* The table of settings. */
#include "experiments/settings/settings.h"

#include <string.h>

enum { COSTS = false, FREE = true };
#define INTEGER SETTING_INTEGER
#define REAL SETTING_REAL
#define CHOICE SETTING_CHOICE
#define TEXT SETTING_TEXT
#define SETTING(section, name, type, value, values, cost, help)                                                        \
    {#name, type, value, values, help, #section, false, cost},
#define SETTING_LATER(section, name, type, value, values, cost, help)                                                  \
    {#name, type, value, values, help, #section, true, cost},
static const setting settings[] = {
#include "experiments/settings/settings.def"
};
#undef INTEGER
#undef REAL
#undef CHOICE
#undef TEXT
#undef SETTING
#undef SETTING_LATER

enum { SETTINGS = sizeof settings / sizeof *settings };

const setting *setting_at(size_t i) {
    return i < SETTINGS ? &settings[i] : NULL;
}

const setting *setting_find(const char *name) {
    for (size_t i = 0; i < SETTINGS; i++)
        if (!strcmp(settings[i].name, name))
            return &settings[i];
    return NULL;
}

bool setting_costs_nothing(const char *name) {
    const setting *s = setting_find(name);
    return s && s->free;
}

const char *setting_stop_key(const setting *s) {
    static const char *const keys[][2] = {{"reach", "reach"},
                                          {"reach_for", "for"},
                                          {"sequences_in_a_row", "sequences_in_a_row"},
                                          {"sequence_error", "error"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i][0], s->name))
            return keys[i][1];
    return NULL;
}
