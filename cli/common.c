/* SPDX-License-Identifier: MIT */
/* Exit codes, messages and parsing that every subcommand shares. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "experiments/recipe/recipe.h"
#include "support/cleanup.h"
#include "support/file.h"

int cli_exit_code(gb_status status) {
    static const int codes[] = {
        [GB_OK] = EXIT_OK,     [GB_INVALID] = EXIT_USAGE, [GB_UNSUPPORTED] = EXIT_USAGE, [GB_MEMORY] = EXIT_IO,
        [GB_DATA] = EXIT_DATA, [GB_IO] = EXIT_IO,         [GB_STOPPED] = EXIT_RESUMABLE, [GB_BACKEND] = EXIT_IO,
    };
    return (size_t)status < sizeof codes / sizeof *codes ? codes[status] : EXIT_IO;
}

void cli_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("gatebench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void cli_next(const char *format, ...) {
    fflush(stdout); /* the hint comes after the output also where both are one terminal */
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%snext:%s ", style_start(STYLE_HEAD, stderr), style_end(STYLE_HEAD, stderr));
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int cli_failed(const gb_context *context, gb_status status) {
    const char *sentence = gb_context_message(context);
    fflush(stdout);
    cli_say("%s", *sentence ? sentence : gb_status_name(status));
    return cli_exit_code(status);
}

int cli_read_recipe(gb_context *context, const char *name, const char *profile, const char *const *overrides,
                    size_t count, recipe **out) {
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    gb_status status = recipe_read(context, name, profile, overrides, count, &errors, out);
    if (errors.text)
        fputs(errors.text, stderr);
    else if (status != GB_OK)
        cli_failed(context, status);
    if (status == GB_IO && !file_exists(name))
        status = GB_INVALID; /* the name of a recipe that there is not: a misspelling, no disk's fault */
    return cli_exit_code(status);
}

static error_t parse_common(int key, char *value, struct argp_state *state) {
    (void)value;
    if (key != 'h')
        return ARGP_ERR_UNKNOWN;
    argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    return 0;
}

static const struct argp_option common_options[] = {{NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0}, {0}};
static const struct argp common_argp = {common_options, parse_common, NULL, NULL, NULL, NULL, NULL};
const struct argp_child cli_common[] = {{&common_argp, 0, NULL, 0}, {0}};

size_t cli_count(struct argp_state *state, const char *option, const char *given, size_t least, size_t most) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(given, &end, 10);
    if (*given < '0' || *given > '9' || *end || errno || value < least || value > most)
        argp_error(state, "%s is '%s'; give a whole number from %zu to %zu", option, given, least, most);
    return (size_t)value;
}

/* A positive number with one of the units, of which the first is meant when there is none. */
static bool read_with_unit(const char *given, const char *units, const double *factors, double *value) {
    char *end = NULL;
    *value = strtod(given, &end);
    if (!isdigit((unsigned char)*given) || !isfinite(*value) || *value <= 0)
        return false;
    const char *unit = *end ? strchr(units, *end) : units;
    *value *= unit ? factors[unit - units] : 1;
    return unit && (!*end || !end[1]);
}

double cli_seconds(struct argp_state *state, const char *option, const char *given) {
    static const double factors[] = {1, 60, 3600, 86400};
    double value;
    if (!read_with_unit(given, "smhd", factors, &value))
        argp_error(state, "%s is '%s'; give a time as 90s, 10m, 1.5h or 2d", option, given);
    return value;
}

double cli_bytes(struct argp_state *state, const char *option, const char *given) {
    static const double factors[] = {1, 0x1p10, 0x1p20, 0x1p30, 0x1p40};
    double value;
    if (!read_with_unit(given, "BKMGT", factors, &value))
        argp_error(state, "%s is '%s'; give a size as 500M or 2G", option, given);
    return value;
}

char **cli_split(const char *given, char **copy) {
    *copy = strdup(given);
    char **names = calloc(strlen(given) + 2, sizeof *names);
    if (!*copy || !names) {
        free(*copy);
        free(names);
        *copy = NULL;
        return NULL;
    }
    size_t count = 0;
    for (char *rest = *copy, *name; (name = strsep(&rest, ","));)
        if (*name)
            names[count++] = name;
    return names;
}

void cli_take_words(cli_words *words, struct argp_state *state) {
    words->items = state->argv + state->next;
    words->count = (size_t)(state->argc - state->next);
}

/* Whether words beyond the first are those of a run command: a profile, or an override that is not a path or run's
 * name.
 */
static bool are_typed(const cli_words *words) {
    bool typed = false;
    for (size_t i = 1; i < words->count; i++) {
        const char *word = words->items[i];
        typed = typed || !strcmp(word, "quick") || !strcmp(word, "full") ||
                (strchr(word, '=') && !strpbrk(word, "+/") && !file_exists(word));
    }
    return typed;
}

void cli_take_runs(cli_words *words, struct argp_state *state) {
    static char *name; /* stays until the program ends */
    gb_context *context = NULL;
    CLEANUP(cli_free_run_words) cli_run_words sorted = {0};
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    CLEANUP(recipe_free_at) recipe *r = NULL;
    cli_take_words(words, state);
    if (!are_typed(words) || gb_context_create(NULL, &context))
        return;
    if (cli_sort_words(words, &sorted) && sorted.recipe_count == 1 &&
        !recipe_read(context, sorted.recipes[0], sorted.profile, sorted.overrides, sorted.override_count, &errors,
                     &r) &&
        (name = strdup(recipe_run_name(r))))
        *words = (cli_words){&name, 1};
    gb_context_destroy(context);
}

void cli_at_most(const cli_words *words, size_t most, struct argp_state *state) {
    if (words->count > most)
        argp_error(state, "'%s' is one word too many", words->items[most]);
}

const struct argp_option cli_listing_options[] = {{"json", 'J', NULL, 0, "Print JSON", 0}, {0}};

error_t cli_parse_listing(int key, char *value, struct argp_state *state) {
    cli_listing *l = state->input;
    (void)value;
    switch (key) {
    case 'J':
        l->json = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&l->words, state);
        if (l->most)
            cli_at_most(&l->words, l->most, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

bool cli_sort_words(const cli_words *words, cli_run_words *sorted) {
    sorted->recipes = calloc(words->count + 1, sizeof *sorted->recipes);
    sorted->overrides = calloc(words->count + 2, /* and one of an option */ sizeof *sorted->overrides);
    if (!sorted->recipes || !sorted->overrides) {
        cli_say("out of memory for %zu words", words->count);
        return false;
    }
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        bool is_profile = !strcmp(word, "quick") || !strcmp(word, "full");
        if (strchr(word, '=') && !file_exists(word)) {
            sorted->overrides[sorted->override_count++] = word;
        } else if (is_profile && sorted->profile && strcmp(word, sorted->profile) != 0) {
            cli_say("two profiles: '%s' and '%s'; a run has one", sorted->profile, word);
            return false;
        } else if (is_profile) {
            sorted->profile = word;
        } else {
            sorted->recipes[sorted->recipe_count++] = word;
        }
    }
    return true;
}

void cli_free_run_words(cli_run_words *sorted) {
    free(sorted->recipes);
    free(sorted->overrides);
    *sorted = (cli_run_words){0};
}
