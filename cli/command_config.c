/* SPDX-License-Identifier: MIT */
/* gatebench config: prints a recipe as it would run, with includes, profile and overrides applied, or the schema of
 * recipes. */
#include <stdio.h>

#include "cli/cli.h"
#include "experiments/recipe/recipe.h"
#include "experiments/recipe/recipe_schema.h"
#include "support/cleanup.h"

static const char help[] =
    "Print a recipe as it would run, with includes, profile and overrides applied. The output is itself a recipe.\n\n"
    "Examples:\n"
    "  gatebench config recall quick gap=10..50:10\n"
    "  gatebench config recall > mine.yaml            a start for your own\n"
    "  gatebench config --schema > recipe.schema.json for editors that check YAML"
    "\vPut '# yaml-language-server: $schema=recipe.schema.json' into the first lines of a recipe, and an editor "
    "completes and checks it as you write.";

typedef struct request {
    cli_words words;
    cli_run_words sorted;
    const char *profile;
    bool schema;
} request;

static const cli_option options[] = {
    CLI_PROFILE,
    CLI_TRUE("schema", 's', schema, "Print the JSON Schema of recipes instead: every key, setting, task option"),
    {0}};

static void check(void *given, struct argp_state *state) {
    request *r = given;
    if (r->schema && (r->words.count || r->profile))
        argp_error(state, "--schema takes no recipe, profile or override");
    r->sorted.profile = r->profile;
}

const cli_usage command_config_usage = {.words = "RECIPE [quick|full] [KEY=VALUE...]",
                                        .most_words = CLI_ANY,
                                        .help = help,
                                        .options = options,
                                        .check = check};

static int print_recipe(gb_context *context, const cli_run_words *words) {
    CLEANUP(recipe_free_at) recipe *r = NULL;
    if (words->recipe_count != 1) {
        cli_say("%s", words->recipe_count
                          ? "config prints one recipe; give a profile other than quick and full as -p NAME"
                          : "which recipe? 'gatebench list' shows them");
        return EXIT_USAGE;
    }
    int code = cli_read_recipe(context, words->recipes[0], words->profile, words->overrides, words->override_count, &r);
    if (code == EXIT_OK) {
        fputs(recipe_resolved(r), stdout);
        cli_next("gatebench run with the same words");
    }
    return code;
}

int command_config(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_config_usage, argc, argv, &r))
        return EXIT_USAGE;
    if (r.schema) {
        CLEANUP(text_free) text json = {0};
        recipe_schema(&json);
        fputs(cli_need(json.failed ? NULL : json.data), stdout);
        return EXIT_OK;
    }
    int code = cli_sort_words(&r.words, &r.sorted) ? print_recipe(context, &r.sorted) : EXIT_USAGE;
    cli_free_run_words(&r.sorted);
    return code;
}
