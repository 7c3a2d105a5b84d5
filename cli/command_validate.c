/* SPDX-License-Identifier: MIT */
/* gatebench validate: results files against the schema. */
#include <stdio.h>

#include "cli/cli.h"

static const char help[] = "Check results files against the schema gatebench/1: attributes, tables, columns, texts.\n\n"
                           "Examples:\n"
                           "  gatebench validate recall\n"
                           "  gatebench validate results/runs/*.h5"
                           "\vPrints a line for each sound file; exit code 4 when one is not.";

static error_t parse(int key, char *value, struct argp_state *state) {
    cli_words *words = state->input;
    (void)value;
    switch (key) {
    case ARGP_KEY_ARGS:
        cli_take_runs(words, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench list runs' shows them");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_validate_argp = {NULL, parse, "RUN|FILE...", help, cli_common, NULL, NULL};

/* Every file is looked at; the code is that of the first that is not sound. */
int command_validate(gb_context *context, int argc, char **argv) {
    cli_words words = {0};
    if (argp_parse(&command_validate_argp, argc, argv, 0, NULL, &words) != 0)
        return EXIT_USAGE;
    int code = EXIT_OK;
    for (size_t i = 0; i < words.count; i++) {
        char path[CLI_PATH];
        gb_status status = cli_find_results(context, words.items[i], path, sizeof path);
        if (status == GB_OK)
            status = results_validate(context, path);
        if (status == GB_OK) {
            printf("%s: sound, schema %s\n", path, STORE_SCHEMA);
            continue;
        }
        int failed = cli_failed(context, status);
        code = code ? code : failed;
    }
    if (code == EXIT_OK)
        cli_next("gatebench show %s", words.items[0]);
    return code;
}
