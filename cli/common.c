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

void *cli_need(void *memory) {
    if (memory)
        return memory;
    cli_say("out of memory");
    exit(EXIT_IO);
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
        status = GB_INVALID; /* a recipe name that does not exist: a spelling error, not an I/O error */
    return cli_exit_code(status);
}

char **cli_split(const char *given, char **copy) {
    *copy = cli_need(strdup(given));
    char **names = cli_need(calloc(strlen(given) + 2, sizeof *names));
    size_t count = 0;
    for (char *rest = *copy, *name; (name = strsep(&rest, ","));)
        if (*name)
            names[count++] = name;
    return names;
}

/* True for a profile or an override. A word with '+' or '/' before its first '=' is the name of a run or a path. */
static bool is_typed(const char *word) {
    return !strcmp(word, "quick") || !strcmp(word, "full") ||
           (strcspn(word, "=") < strcspn(word, "+/") && !file_exists(word));
}

/* The number of words of a run command that begins at `first`: a recipe with the profile and the overrides around it.
 */
static size_t run_length(const cli_words *words, size_t first) {
    size_t end = first;
    while (end < words->count && is_typed(words->items[end]))
        end++;
    end += end < words->count;
    while (end < words->count && is_typed(words->items[end]))
        end++;
    return end - first;
}

/* The name of the run of such a command, never freed, or NULL if the command has no recipe. Prints errors in its
 * overrides and exits. */
static char *name_of_run(const cli_words *words) {
    gb_context *context = NULL;
    CLEANUP(cli_free_run_words) cli_run_words sorted = {0};
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    CLEANUP(recipe_free_at) recipe *r = NULL;
    char *name = NULL;
    if (gb_context_create(NULL, &context))
        return NULL;
    if (!cli_sort_words(words, &sorted))
        exit(EXIT_USAGE);
    if (sorted.recipe_count == 1 &&
        !recipe_read(context, sorted.recipes[0], sorted.profile, sorted.overrides, sorted.override_count, &errors, &r))
        name = cli_need(strdup(recipe_run_name(r)));
    if (errors.text) {
        fputs(errors.text, stderr);
        exit(EXIT_USAGE);
    }
    gb_context_destroy(context);
    return name;
}

void cli_name_runs(cli_words *words) {
    size_t count = 0; /* the words are replaced in their place, and end in NULL as before */
    for (size_t i = 0, length; i < words->count; i += length) {
        length = run_length(words, i);
        const char *ending = strrchr(words->items[i], '.');
        bool of_run = length > 1 || (ending && !strcmp(ending, ".yaml"));
        char *name = of_run ? name_of_run(&(cli_words){words->items + i, length}) : NULL;
        if (name)
            words->items[count++] = name;
        for (size_t k = 0; !name && k < length; k++)
            words->items[count++] = words->items[i + k];
    }
    words->items[count] = NULL;
    words->count = count;
}

typedef cli_listing request;
const cli_option cli_listing_options[] = {CLI_JSON, {0}};

bool cli_sort_words(const cli_words *words, cli_run_words *sorted) {
    sorted->recipes = cli_need(calloc(words->count + 1, sizeof *sorted->recipes));
    sorted->overrides = cli_need(calloc(words->count + 2, /* and one of an option */ sizeof *sorted->overrides));
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        bool is_profile = !strcmp(word, "quick") || !strcmp(word, "full");
        if (strchr(word, '=') && !file_exists(word)) {
            sorted->overrides[sorted->override_count++] = word;
        } else if (is_profile && sorted->profile && strcmp(word, sorted->profile) != 0) {
            cli_say("two profiles: '%s' and '%s'; give only one", sorted->profile, word);
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
