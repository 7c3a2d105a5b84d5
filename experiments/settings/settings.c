/* SPDX-License-Identifier: MIT */
/* The table of settings and the check of one value: type, range, choice, and the canonical text that makes "2e-3" and
 * "0.002" the same trial. */
#include "experiments/settings/settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"
#include "support/yaml.h"

#define INTEGER SETTING_INTEGER
#define REAL SETTING_REAL
#define CHOICE SETTING_CHOICE
#define TEXT SETTING_TEXT
#define SETTING(section, name, type, value, least, most, choices, help)                                                \
    {#section, #name, type, value, least, most, choices, help, false},
#define SETTING_LATER(section, name, type, value, least, most, choices, help)                                          \
    {#section, #name, type, value, least, most, choices, help, true},
static const setting settings[] = {
#include "experiments/settings/settings.def"
};
#undef INTEGER
#undef REAL
#undef CHOICE
#undef TEXT
#undef SETTING
#undef SETTING_LATER

enum { SETTINGS = sizeof settings / sizeof *settings, MOST_CHOICES = 64 };

const setting *setting_at(size_t i) {
    return i < SETTINGS ? &settings[i] : NULL;
}

const setting *setting_find(const char *name) {
    for (size_t i = 0; i < SETTINGS; i++)
        if (!strcmp(settings[i].name, name))
            return &settings[i];
    return NULL;
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

/* What a value must satisfy; settings and task options alike. */
typedef struct demand {
    const char *name;
    setting_type type;
    double least, most;
    const char *choices;
} demand;

/* Choices */

typedef struct choice_list {
    char text[512]; /* what `names` of a written list point into */
    const char *names[MOST_CHOICES];
    size_t count;
} choice_list;

static void add_choice(choice_list *list, const char *name) {
    if (list->count < MOST_CHOICES)
        list->names[list->count++] = name;
}

static const char *cell_name(size_t i) {
    const gb_cell_info *info = gb_cell_at(i);
    return info ? info->name : NULL;
}

/* Where "@..." choices are asked of the library, and what stands beside them. */
static const struct {
    const char *choices;
    size_t (*count)(void);
    const char *(*name)(size_t i);
    const char *more[3];
} asked[] = {
    {"@cells", gb_cell_count, cell_name, {"bag", "window", NULL}},
    {"@backends", gb_backend_count, gb_backend_name, {NULL}},
    {"@optimizers", gb_optimizer_count, gb_optimizer_name, {NULL}},
    {"@schedules", gb_schedule_count, gb_schedule_name, {NULL}},
};

static void list_choices(const char *choices, choice_list *list) {
    list->count = 0;
    for (size_t a = 0; a < sizeof asked / sizeof *asked; a++) {
        if (strcmp(asked[a].choices, choices) != 0)
            continue;
        for (size_t i = 0; i < asked[a].count(); i++)
            add_choice(list, asked[a].name(i));
        for (size_t i = 0; asked[a].more[i]; i++)
            add_choice(list, asked[a].more[i]);
        return;
    }
    snprintf(list->text, sizeof list->text, "%s", choices);
    char *rest = NULL;
    for (char *name = strtok_r(list->text, "|", &rest); name; name = strtok_r(NULL, "|", &rest))
        add_choice(list, name);
}

void setting_each_choice(const char *choices, void (*visit)(void *user, const char *name), void *user) {
    choice_list list;
    list_choices(choices, &list);
    for (size_t i = 0; i < list.count; i++)
        visit(user, list.names[i]);
}

static bool check_choice(const demand *d, const char *given, char *value, size_t size, char *why, size_t why_size) {
    choice_list list;
    list_choices(d->choices, &list);
    for (size_t i = 0; i < list.count; i++)
        if (!strcmp(list.names[i], given))
            return (size_t)snprintf(value, size, "%s", given) < size;
    const char *nearest = text_nearest(given, list.names, list.count);
    text names = {0};
    for (size_t i = 0; i < list.count; i++)
        text_append(&names, "%s%s", i ? ", " : "", list.names[i]);
    if (nearest)
        snprintf(why, why_size, "unknown %s '%s'; did you mean '%s'?", d->name, given, nearest);
    else
        snprintf(why, why_size, "unknown %s '%s'; give one of: %s", d->name, given, names.data ? names.data : "");
    text_free(&names);
    return false;
}

/* Numbers */

/* The shortest decimal that reads back as the same number; whole numbers plain, exponents without padding. */
static void write_real(double number, char *value, size_t size) {
    if (number == floor(number) && fabs(number) < 1e15) {
        snprintf(value, size, "%.0f", number == 0 ? 0.0 : number);
        return;
    }
    char digits[40];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    char *exponent = strchr(digits, 'e');
    int power = exponent ? atoi(exponent + 1) : 0;
    if (exponent)
        *exponent = '\0';
    if (power)
        snprintf(value, size, "%se%d", digits, power);
    else
        snprintf(value, size, "%s", digits);
}

static bool check_range(const demand *d, double number, const char *given, char *why, size_t why_size) {
    if (number >= d->least && number <= d->most)
        return true;
    char least[40], most[40];
    write_real(d->least, least, sizeof least);
    write_real(d->most, most, sizeof most);
    snprintf(why, why_size, "%s is %s; give %s to %s", d->name, given, least, most);
    return false;
}

static bool check_integer(const demand *d, const char *given, char *value, size_t size, char *why, size_t why_size) {
    long long number;
    if (!text_is_integer(given, &number)) {
        snprintf(why, why_size, "%s: expected an integer, found '%s'", d->name, given);
        return false;
    }
    snprintf(value, size, "%lld", number);
    return check_range(d, (double)number, given, why, why_size);
}

static bool check_real(const demand *d, const char *given, char *value, size_t size, char *why, size_t why_size) {
    double number;
    if (!text_is_number(given, &number)) {
        snprintf(why, why_size, "%s: expected a number, found '%s'", d->name, given);
        return false;
    }
    write_real(number, value, size);
    return check_range(d, number, given, why, why_size);
}

/* An initialiser, "name" or "name:number". */
static bool check_text(const demand *d, const char *given, char *value, size_t size, char *why, size_t why_size) {
    const char *wrong = gb_initialiser_error(given);
    if (wrong) {
        snprintf(why, why_size, "%s is '%s': %s", d->name, given, wrong);
        return false;
    }
    const char *colon = strchr(given, ':');
    double number;
    int length = snprintf(value, size, "%s", given);
    if (colon && text_is_number(colon + 1, &number)) {
        char digits[40];
        write_real(number, digits, sizeof digits);
        length = snprintf(value, size, "%.*s:%s", (int)(colon - given), given, digits);
    }
    return length >= 0 && (size_t)length < size;
}

static bool check(const demand *d, const char *given, char *value, size_t size, char *why, size_t why_size) {
    static bool (*const checks[])(const demand *, const char *, char *, size_t, char *, size_t) = {
        [SETTING_INTEGER] = check_integer,
        [SETTING_REAL] = check_real,
        [SETTING_CHOICE] = check_choice,
        [SETTING_TEXT] = check_text,
    };
    if (strlen(given) >= TRIAL_VALUE) {
        snprintf(why, why_size, "%s: '%.40s...' is longer than the %d characters a value may have", d->name, given,
                 TRIAL_VALUE - 1);
        return false;
    }
    return checks[d->type](d, given, value, size, why, why_size);
}

bool setting_check(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    const demand d = {s->name, s->type, s->least, s->most, s->choices};
    return check(&d, given, value, size, why, why_size);
}

bool task_option_check(const task_option *o, const char *given, char *value, size_t size, char *why, size_t why_size) {
    static const setting_type types[] = {
        [TASK_INTEGER] = SETTING_INTEGER, [TASK_REAL] = SETTING_REAL, [TASK_CHOICE] = SETTING_CHOICE};
    const demand d = {o->name, types[o->type], o->least, o->most, o->choices};
    return check(&d, given, value, size, why, why_size);
}
