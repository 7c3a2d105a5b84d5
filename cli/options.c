/* SPDX-License-Identifier: MIT */
/* The parser of all commands: argp driven by tables of options. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

enum { MOST_OPTIONS = 32, FIRST_KEY = 256 /* keys of options without a letter */ };

typedef struct reading {
    const cli_usage *usage;
    void *request;
} reading;

static int key_of(const cli_usage *usage, const cli_option *o) {
    return o->letter ? o->letter : FIRST_KEY + (int)(o - usage->options);
}

/* "final, tune or all" of "final|tune|all". */
static void list_values(const char *values, text *words) {
    for (const char *end; *values; values = *end ? end + 1 : end) {
        end = strchrnul(values, '|');
        text_append(words, "%s%.*s", !words->length ? "" : *end ? ", " : " or ", (int)(end - values), values);
    }
}

/* A positive number with one of the units; without a unit, the first. */
static bool read_with_unit(const char *given, const char *units, const double *factors, double *value) {
    char *end = NULL;
    *value = strtod(given, &end);
    if (!isdigit((unsigned char)*given) || !isfinite(*value) || *value <= 0)
        return false;
    const char *unit = *end ? strchr(units, *end) : units;
    *value *= unit ? factors[unit - units] : 1;
    return unit && (!*end || !end[1]);
}

static bool read_count(const char *given, size_t least, size_t most, size_t *count) {
    char *end = NULL;
    errno = 0;
    *count = strtoull(given, &end, 10);
    return isdigit((unsigned char)*given) && !*end && !errno && *count >= least && *count <= most;
}

/* An earlier option that set the same field. */
static const cli_option *chosen_before(const cli_option *options, const cli_option *o, int chosen) {
    for (; options->name; options++)
        if (options != o && options->kind == CLI_CHOICE && options->field == o->field && options->choice == chosen)
            return options;
    return NULL;
}

/* Stores the value in the option's field. On failure returns the end of the error sentence. */
static void take_value(const reading *r, const cli_option *o, const char *given, struct argp_state *state) {
    static const double seconds[] = {1, 60, 3600, 86400}, bytes[] = {1, 0x1p10, 0x1p20, 0x1p30, 0x1p40};
    void *field = (char *)r->request + o->field;
    const cli_option *other;
    CLEANUP(text_free) text words = {0};
    bool ok = true;
    switch (o->kind) {
    case CLI_ALIAS: /* argp gives the key of the option that it is an alias of */
        break;
    case CLI_TRUE:
        *(bool *)field = true;
        break;
    case CLI_CHOICE:
        if ((other = chosen_before(r->usage->options, o, *(int *)field)))
            argp_error(state, "give only one of --%s and --%s", other->name, o->name);
        *(int *)field = o->choice;
        break;
    case CLI_TEXT:
        *(const char **)field = given ? given : o->otherwise;
        ok = !o->values || !given || text_lists(o->values, '|', given);
        if (!ok)
            list_values(o->values, &words);
        break;
    case CLI_COUNT:
        ok = read_count(given, o->least, o->most, field);
        text_append(&words, "a whole number from %zu to %zu", o->least, o->most);
        break;
    case CLI_ABOVE_0:
    case CLI_FROM_0:
        ok = text_is_number(given, field) && *(double *)field >= 0 && (o->kind == CLI_FROM_0 || *(double *)field > 0);
        text_append(&words, o->kind == CLI_FROM_0 ? "a number from 0" : "a number above 0");
        break;
    case CLI_SECONDS:
        ok = read_with_unit(given, "smhd", seconds, field);
        text_append(&words, "a time as 90s, 10m, 1.5h or 2d");
        break;
    case CLI_BYTES:
        ok = read_with_unit(given, "BKMGT", bytes, field);
        text_append(&words, "a size as 500M or 2G");
        break;
    }
    if (!ok)
        argp_error(state, "--%s is '%s'; give %s", o->name, given, words.data ? words.data : "another");
}

static void take_words(const reading *r, struct argp_state *state) {
    cli_words *words = r->request;
    *words = (cli_words){state->argv + state->next, (size_t)(state->argc - state->next)};
    if (r->usage->runs)
        cli_name_runs(words);
    if (words->count > r->usage->most_words)
        argp_error(state, "'%s' is one argument too many", words->items[r->usage->most_words]);
}

static error_t parse(int key, char *value, struct argp_state *state) {
    const reading *r = state->input;
    const cli_usage *usage = r->usage;
    switch (key) {
    case 'h':
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case ARGP_KEY_ARG:
        if (usage->words)
            return ARGP_ERR_UNKNOWN; /* all arguments arrive as ARGP_KEY_ARGS */
        argp_error(state, "'%s' is one argument too many%s%s", value, usage->no_word ? "; " : "",
                   usage->no_word ? usage->no_word : "");
        return 0;
    case ARGP_KEY_ARGS:
        take_words(r, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        if (usage->words && usage->no_word)
            argp_error(state, "%s", usage->no_word);
        return 0;
    case ARGP_KEY_END:
        if (usage->check)
            usage->check(r->request, state);
        return 0;
    default:
        for (const cli_option *o = usage->options; o && o->name; o++)
            if (o->kind != CLI_ALIAS && key == key_of(usage, o)) {
                take_value(r, o, value, state);
                return 0;
            }
        return ARGP_ERR_UNKNOWN;
    }
}

bool cli_parse(const cli_usage *usage, int argc, char **argv, void *request) {
    struct argp_option options[MOST_OPTIONS + 2] = {{NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0}};
    size_t count = 1;
    for (const cli_option *o = usage->options; o && o->name && count <= MOST_OPTIONS; o++)
        options[count++] = o->kind == CLI_ALIAS ? (struct argp_option){o->name, 0, NULL, OPTION_ALIAS, NULL, 0}
                                                : (struct argp_option){o->name,  key_of(usage, o),
                                                                       o->value, o->otherwise ? OPTION_ARG_OPTIONAL : 0,
                                                                       o->help,  0};
    const struct argp argp = {options, parse, usage->words, usage->help, NULL, NULL, NULL};
    return argp_parse(&argp, argc, argv, 0, NULL, &(reading){usage, request}) == 0;
}
