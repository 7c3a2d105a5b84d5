/* SPDX-License-Identifier: MIT */
/* gatebench report: writes runs, figures and verdicts as one document. */
#include <libgen.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/run/run.h"
#include "plots/plots.h"
#include "support/file.h"

static const char help[] = "Write a report. Its first screen says which claims hold; each experiment "
                           "follows with its figure, finding, table and the command that repeats it. HTML is one "
                           "self-contained file. The path goes to standard output.\n\n"
                           "Examples:\n"
                           "  gatebench report                     the best run of every recipe\n"
                           "  gatebench report recall music        these runs\n"
                           "  gatebench report mine                a run of your own recipe\n"
                           "  gatebench report -o gates.html\n"
                           "  gatebench report --format latex      tables with booktabs, for a paper\n"
                           "  gatebench report --format pdf        the same through pdflatex";

/* A format and the ending of its file. */
static const struct {
    const char *name, *ending;
} formats[] = {{"html", "html"}, {"md", "md"}, {"latex", "tex"}, {"pdf", "pdf"}};
enum { FORMATS = sizeof formats / sizeof *formats };

typedef struct request {
    cli_words words;
    const char *path, *given_format;
    size_t format;
} request;

static const cli_option options[] = {
    CLI_TEXT("output", 'o', "FILE", path, "The file to write (default: report.html beside the figures)"),
    CLI_ONE_OF("format", 'f', "FORMAT", given_format, "html|md|latex|pdf",
               "html (the default), md, latex or pdf; figures of md and latex are written beside the file"),
    {0}};

static void check(void *given, struct argp_state *state) {
    (void)state;
    request *r = given;
    while (r->given_format && strcmp(formats[r->format].name, r->given_format) != 0)
        r->format++;
}

const cli_usage command_report_usage = {
    .words = "[RUN|FILE...]", .most_words = CLI_ANY, .runs = true, .help = help, .options = options, .check = check};

static gb_status judge_and_write(gb_context *context, const cli_results *all, const report_request *wanted) {
    char claims[CLI_PATH], copy[CLI_PATH + 16];
    verdict_list verdicts = {0};
    published_list published = {0};
    verdict_matrix matrix = {0};
    snprintf(copy, sizeof copy, "%s", wanted->path);
    gb_status status = file_find_shared(context, "claims.yaml", claims, sizeof claims);
    if (status == GB_OK)
        status = file_make_folder(context, wanted->folder);
    if (status == GB_OK)
        status = file_make_folder(context, dirname(copy));
    if (status == GB_OK)
        status = verdicts_judge(context, claims, all->items, all->count, &verdicts);
    if (status == GB_OK)
        status = published_judge(context, all->items, all->count, &published);
    if (status == GB_OK)
        status = matrix_judge(context, all->items, all->count, "gru", "lstm", &matrix);
    report_request full = *wanted;
    full.all = all->items;
    full.count = all->count;
    full.verdicts = &verdicts;
    full.published = &published;
    full.matrix = &matrix;
    if (status == GB_OK)
        status = plots_report(context, &full);
    verdicts_free(&verdicts);
    published_free(&published);
    matrix_free(&matrix);
    return status;
}

gb_status cli_report_run(gb_context *context, const char *results_path, const char *path) {
    char folder[CLI_PATH], copy[CLI_PATH], *word = copy;
    cli_results all;
    snprintf(copy, sizeof copy, "%s", results_path);
    GB_TRY(cli_read_results(context, &(cli_words){&word, 1}, &all));
    gb_status status = cli_figure_folder(context, results_path, folder, sizeof folder);
    const report_request wanted = {
        .all = all.items, .count = all.count, .chosen = true, .folder = folder, .path = path, .format = "html"};
    if (status == GB_OK)
        status = plots_report(context, &wanted);
    cli_free_results(&all);
    return status;
}

/* Figures go to the project's folder; those that a Markdown or LaTeX file includes go beside that file. */
static gb_status choose_places(gb_context *context, const request *r, const char *results_path, char *folder,
                               char *path, size_t size) {
    bool names_figures = strcmp(formats[r->format].name, "md") == 0 || strcmp(formats[r->format].name, "latex") == 0;
    gb_status status = cli_figure_folder(context, results_path, folder, CLI_PATH);
    int length = r->path ? snprintf(path, size, "%s", r->path)
                         : snprintf(path, size, "%s/report.%s", folder, formats[r->format].ending);
    if (status == GB_OK && (size_t)length >= size)
        status = gb_fail(context, GB_IO, "%.200s...: the path is too long", path);
    if (status == GB_OK && r->path && names_figures) {
        char copy[CLI_PATH + 16];
        snprintf(copy, sizeof copy, "%s", path);
        snprintf(folder, CLI_PATH, "%s", dirname(copy));
    }
    return status;
}

int command_report(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_report_usage, argc, argv, &r))
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
    const report_request wanted = {
        .chosen = r.words.count > 0, .folder = folder, .path = path, .format = formats[r.format].name};
    status = choose_places(context, &r, all.items[0]->path, folder, path, sizeof path);
    if (status == GB_OK)
        status = judge_and_write(context, &all, &wanted);
    cli_free_results(&all);
    if (status != GB_OK)
        return cli_failed(context, status);
    puts(path);
    if (r.format == 0)
        cli_next("open it in a browser: xdg-open %s", path);
    return EXIT_OK;
}
