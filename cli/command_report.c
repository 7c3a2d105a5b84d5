/* SPDX-License-Identifier: MIT */
/* gatebench report: runs, figures and verdicts as one HTML file. */
#include <libgen.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/run/run.h"
#include "plots/plots.h"
#include "support/file.h"

static const char help[] = "Write one self-contained HTML file: the verdict table, then each experiment with figures, "
                           "tables and the command that repeats it. Its path goes to standard output.\n\n"
                           "Examples:\n"
                           "  gatebench report                     the best run of every recipe\n"
                           "  gatebench report recall music        these runs\n"
                           "  gatebench report -o gates.html";

typedef struct request {
    cli_words words;
    const char *path;
} request;

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "The file to write (default: report.html beside the figures)", 0}, {0}};

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case 'o':
        r->path = value;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&r->words, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_report_argp = {options, parse, "[RUN|FILE...]", help, cli_common, NULL, NULL};

static gb_status judge_and_write(gb_context *context, const cli_results *all, const char *folder, const char *path) {
    char claims[CLI_PATH], copy[CLI_PATH + 16];
    verdict_list verdicts = {0};
    published_list published = {0};
    snprintf(copy, sizeof copy, "%s", path);
    gb_status status = file_find_shared(context, "claims.yaml", claims, sizeof claims);
    if (status == GB_OK)
        status = file_make_folder(context, folder);
    if (status == GB_OK)
        status = file_make_folder(context, dirname(copy));
    if (status == GB_OK)
        status = verdicts_judge(context, claims, all->items, all->count, &verdicts);
    if (status == GB_OK)
        status = published_judge(context, all->items, all->count, &published);
    if (status == GB_OK)
        status = plots_report(context, all->items, all->count, &verdicts, &published, folder, path);
    verdicts_free(&verdicts);
    published_free(&published);
    return status;
}

gb_status cli_report_run(gb_context *context, const char *results_path, const char *path) {
    char folder[CLI_PATH], copy[CLI_PATH], *word = copy;
    cli_results all;
    snprintf(copy, sizeof copy, "%s", results_path);
    GB_TRY(cli_read_results(context, &(cli_words){&word, 1}, &all));
    gb_status status = cli_figure_folder(context, results_path, folder, sizeof folder);
    if (status == GB_OK)
        status = file_make_folder(context, folder);
    if (status == GB_OK)
        status = plots_report(context, all.items, all.count, NULL, NULL, folder, path);
    cli_free_results(&all);
    return status;
}

int command_report(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (argp_parse(&command_report_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    cli_results all;
    gb_status status = cli_read_results(context, &r.words, &all);
    if (status != GB_OK)
        return cli_failed(context, status);
    if (all.count == 0) {
        cli_say("there are no results to report yet");
        cli_next("gatebench run quick");
        return EXIT_IO;
    }
    char folder[CLI_PATH], path[CLI_PATH + 16];
    status = cli_figure_folder(context, all.items[0]->path, folder, sizeof folder);
    if (r.path)
        snprintf(path, sizeof path, "%s", r.path);
    else
        snprintf(path, sizeof path, "%s/report.html", folder);
    if (status == GB_OK)
        status = judge_and_write(context, &all, folder, path);
    cli_free_results(&all);
    if (status != GB_OK)
        return cli_failed(context, status);
    puts(path);
    cli_next("open it in a browser: xdg-open %s", path);
    return EXIT_OK;
}
