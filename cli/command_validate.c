/* SPDX-License-Identifier: MIT */
/* gatebench validate: checks results files against the schema. */
#include <stdio.h>

#include "cli/cli.h"

static const char help[] = "Check results files against the schema gatebench/1: attributes, tables, columns, texts.\n\n"
                           "Examples:\n"
                           "  gatebench validate recall\n"
                           "  gatebench validate results/runs/*.h5"
                           "\vPrints one line per valid file. Exit code 4 if a file is not valid.";

const cli_usage command_validate_usage = {
    .words = "RUN|FILE...", .most_words = CLI_ANY, .runs = true, .no_word = CLI_WHICH_RUN, .help = help};

/* Checks every file. The exit code is that of the first file that is not valid. */
int command_validate(gb_context *context, int argc, char **argv) {
    cli_words words = {0};
    if (!cli_parse(&command_validate_usage, argc, argv, &words))
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
