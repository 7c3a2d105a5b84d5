/* SPDX-License-Identifier: MIT */
/* Checks one written value (type, range, choice) and converts it to the canonical text, so that "2e-3" and "0.002" give
 * the same trial. */
#include "datasets/setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/cell_files.h"
#include "gatebench/gatebench.h"
#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

enum { MOST_CHOICES = 64, MOST_LENGTH = 63 };

/* Choices */

typedef struct choice_list {
    char text[1024]; /* memory that the `names` of a written list point into */
    const char *names[MOST_CHOICES];
    size_t count;
} choice_list;

static void add_choice(choice_list *list, const char *name) {
    if (list->count < MOST_CHOICES)
        list->names[list->count++] = name;
}

static const char *cell_name(size_t i) {
    const gb_cell_info *info = cells_at(i);
    return info ? info->name : NULL;
}

static const char *network_name(size_t i) {
    const gb_network_info *info = gb_network_at(i);
    return info ? info->name : NULL;
}

/* Asks the library for the names of "@..." choices. */
static const struct {
    const char *choices;
    const char *(*name)(size_t i); /* NULL beyond the end */
} asked[] = {{"@cells", cell_name},
             {"@cells", network_name},
             {"@backends", gb_backend_name},
             {"@optimizers", gb_optimizer_name},
             {"@schedules", gb_schedule_name}};

static void list_choices(const char *choices, choice_list *list) {
    list->count = 0;
    for (size_t a = 0; a < sizeof asked / sizeof *asked; a++)
        for (size_t i = 0; strcmp(asked[a].choices, choices) == 0 && asked[a].name(i); i++)
            add_choice(list, asked[a].name(i));
    if (list->count)
        return;
    snprintf(list->text, sizeof list->text, "%s", choices);
    char *rest = NULL;
    for (char *name = strtok_r(list->text, "|", &rest); name; name = strtok_r(NULL, "|", &rest))
        add_choice(list, name);
}

void setting_each_choice(const setting *s, void (*visit)(void *user, const char *name), void *user) {
    choice_list list;
    list_choices(s->values, &list);
    for (size_t i = 0; i < list.count; i++)
        visit(user, list.names[i]);
}

/* Other spellings that YAML writers use for "no" and "yes". */
static const char *spell_out(const char *given) {
    return !strcmp(given, "false") ? "no" : !strcmp(given, "true") ? "yes" : given;
}

static bool check_choice(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    choice_list list;
    list_choices(s->values, &list);
    for (size_t i = 0; i < list.count; i++)
        if (!strcmp(list.names[i], given) || !strcmp(list.names[i], spell_out(given)))
            return (size_t)snprintf(value, size, "%s", list.names[i]) < size;
    const char *nearest = text_nearest(given, list.names, list.count);
    CLEANUP(text_free) text names = {0};
    for (size_t i = 0; i < list.count; i++)
        text_append(&names, "%s%s", i ? ", " : "", list.names[i]);
    if (nearest)
        snprintf(why, why_size, "unknown %s '%s'; did you mean '%s'?", s->name, given, nearest);
    else
        snprintf(why, why_size, "unknown %s '%s'; give one of: %s", s->name, given, names.data ? names.data : "");
    return false;
}

/* Numbers */

/* The shortest decimal that reads back as the same number; integers without an exponent, exponents without padding. */
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

bool setting_next_interval(const char **rest, setting_interval *part) {
    const char *at = *rest;
    if (!*at)
        return false;
    char *end;
    *part = (setting_interval){.above_least = *at == '('};
    bool single = *at != '(' && *at != '[';
    part->least = part->most = strtod(at + !single, &end);
    if (!single) {
        part->most = strtod(end + 1, &end);
        part->below_most = *end++ == ')';
    }
    *rest = end + (*end == '|');
    return true;
}

/* "1 to 65536", "0 to below 1", "0 or 2 to 1000000000" */
static void describe_range(const setting *s, text *range) {
    setting_interval part;
    for (const char *rest = s->values; setting_next_interval(&rest, &part);) {
        char least[40], most[40];
        write_real(part.least, least, sizeof least);
        write_real(part.most, most, sizeof most);
        text_append(range, "%s%s%s", range->length ? " or " : "", part.above_least ? "above " : "", least);
        if (part.most > part.least)
            text_append(range, " to %s%s", part.below_most ? "below " : "", most);
    }
}

static bool check_range(const setting *s, double number, const char *given, char *why, size_t why_size) {
    setting_interval part;
    for (const char *rest = s->values; setting_next_interval(&rest, &part);)
        if ((part.above_least ? number > part.least : number >= part.least) &&
            (part.below_most ? number < part.most : number <= part.most))
            return true;
    CLEANUP(text_free) text range = {0};
    describe_range(s, &range);
    snprintf(why, why_size, "%s is %s; give %s", s->name, given, range.data ? range.data : s->values);
    return false;
}

/* Reports that the text is not a number in this program's notation. If only leading zeros are wrong, says what to
 * write; if it begins with a number, says what the setting is, with its unit. */
static bool refuse_number(const setting *s, const char *what, const char *given, char *why, size_t why_size) {
    const char *digits = given + strspn(given, "+-");
    if (digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9')
        snprintf(why, why_size, "%s is '%s'; some programs read a leading 0 as octal: leave it out", s->name, given);
    else if (digits[0] >= '0' && digits[0] <= '9')
        snprintf(why, why_size, "%s: expected %s, found '%s' (%.*s)", s->name, what, given, (int)strcspn(s->help, ";"),
                 s->help);
    else
        snprintf(why, why_size, "%s: expected %s, found '%s'", s->name, what, given);
    return false;
}

static bool check_integer(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    const long long exact = 1LL << 53; /* larger integers are rounded in a double, the type of a table's column */
    long long number;
    if (!text_is_integer(given, &number))
        return refuse_number(s, "an integer", given, why, why_size);
    snprintf(value, size, "%lld", number);
    double rounded = number > exact ? INFINITY : number < -exact ? -INFINITY : (double)number;
    return check_range(s, rounded, given, why, why_size);
}

static bool check_real(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    double number;
    if (!text_is_number(given, &number))
        return refuse_number(s, "a number", given, why, why_size);
    write_real(number, value, size);
    return check_range(s, number, given, why, why_size);
}

/* Texts that the library parses: "name", "name:number" or a number. */
typedef struct text_kind {
    const char *name;
    const char *(*error)(const char *text);
    const char *pattern;
    bool numbers;
} text_kind;

#define NUMBER "[0-9.eE+-]+"

/* Names of columns and paths are written into single lines of text. */
static const char *control_character_error(const char *given) {
    for (; *given; given++)
        if ((unsigned char)*given < ' ' || *given == 0x7f)
            return "it holds a control character, such as a tab or a line end";
    return NULL;
}

static const text_kind *find_text_kind(const setting *s) {
    static const text_kind kinds[] = {
        {"@initialiser", gb_initialiser_error, "^(keras|pytorch|orthogonal|identity|(uniform|normal):" NUMBER ")$",
         false},
        {"@recurrent", gb_recurrent_initialiser_error,
         "^(init|orthogonal|orthogonal_whole|identity|scaled:" NUMBER ")$", false},
        {"@forget_bias", gb_forget_bias_error, "^(init|" NUMBER "|chrono:" NUMBER ")$", true},
        {"@columns", control_character_error, "", false},
    };
    const text_kind *kind = kinds;
    while (strcmp(kind->name, s->values) != 0)
        kind++;
    return kind;
}

const char *setting_pattern(const setting *s, bool *numbers) {
    *numbers = find_text_kind(s)->numbers;
    return find_text_kind(s)->pattern;
}

static bool check_text(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    const text_kind *kind = find_text_kind(s);
    const char *wrong = strcmp(given, s->value) != 0 ? kind->error(given) : NULL;
    if (wrong) {
        snprintf(why, why_size, "%s is '%s': %s", s->name, given, wrong);
        return false;
    }
    const char *colon =
        *kind->pattern ? strchr(given, ':') : NULL; /* in the name of a column this is an ordinary character */
    double number;
    if (kind->numbers && text_is_number(given, &number)) {
        write_real(number, value, size);
        return true;
    }
    int length = snprintf(value, size, "%s", given);
    if (colon && text_is_number(colon + 1, &number)) {
        char digits[40];
        write_real(number, digits, sizeof digits);
        length = snprintf(value, size, "%.*s:%s", (int)(colon - given), given, digits);
    }
    return length >= 0 && (size_t)length < size;
}

static bool check_file(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    const char *wrong = control_character_error(given);
    if (wrong)
        snprintf(why, why_size, "%s is '%s': %s", s->name, given, wrong);
    return !wrong && text_copy(value, size, given);
}

bool setting_check(const setting *s, const char *given, char *value, size_t size, char *why, size_t why_size) {
    static bool (*const checks[])(const setting *, const char *, char *, size_t, char *, size_t) = {
        [SETTING_INTEGER] = check_integer, [SETTING_REAL] = check_real, [SETTING_CHOICE] = check_choice,
        [SETTING_TEXT] = check_text,       [SETTING_FILE] = check_file,
    };
    bool long_text = s->type == SETTING_FILE || !strcmp(s->values, "@columns");
    size_t most = long_text ? SETTING_VALUE - 1 : MOST_LENGTH;
    if (strlen(given) > most) {
        snprintf(why, why_size, "%s: '%.40s...' is longer than %zu characters, the limit for %s", s->name, given, most,
                 s->type == SETTING_FILE ? "a path" : "a value");
        return false;
    }
    return checks[s->type](s, given, value, size, why, why_size);
}
