/* SPDX-License-Identifier: MIT */
/* gatebench plot: the figures of a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "plots/plots.h"
#include "results/store/run_provenance.h"
#include "support/file.h"
#include "support/yaml.h"

static const char help[] =
    "Draw the figures of a run: a .csv with the data, a .gp that redraws it by hand, and the "
    "pictures. Their paths go to standard output.\n\n"
    "Examples:\n"
    "  gatebench plot recall                        the figures of its recipe\n"
    "  gatebench plot recall accuracy_by_gap        this one\n"
    "  gatebench plot recall --x gap --y bits       any number by any setting\n"
    "  gatebench plot results/runs/recall.h5 -o . --format pdf\n"
    "  gatebench plot recall accuracy_by_gap --term   here in the terminal"
    "\vWithout a figure, those of the recipe are drawn, and the task's metric and the core seconds by each "
    "swept number. 'gatebench list figures' shows the figures that ship.";

typedef struct request {
    cli_words words;
    const char *folder;
    plots_look look;
    const char *x, *y, *by, *panel;
    bool in_terminal;
} request;

static const cli_option options[] = {
    CLI_TEXT("output", 'o', "FOLDER", folder,
             "Put the files here (default: plots/out of the project, or beside the results)"),
    CLI_TEXT("format", 'f', "LIST", look.formats,
             "Some of svg,pdf,png,tex (default: svg,pdf,png; tex is for LaTeX, by cairolatex)"),
    CLI_TEXT("theme", 0, "NAME", look.theme, "web (the default), paper (8 pt; 3.35 or 6.9 inches) or slides"),
    CLI_TRUE("dark", 0, look.dark, "Light on dark"),
    CLI_NUMBER(CLI_ABOVE_0, "width", 0, "INCHES", look.width, "How wide (default: the theme's)"),
    CLI_NUMBER(CLI_ABOVE_0, "font-scale", 0, "X", look.font_scale, "Letters X times the theme's"),
    CLI_TEXT("x", 'x', "SETTING", x, "Draw a number by this setting, with --y"),
    CLI_TEXT("y", 'y', "NUMBER", y, "The number that is drawn by --x: accuracy, mse, cpu_seconds, ..."),
    CLI_TEXT("by", 'b', "COLUMN", by, "With --x and --y: what makes the lines (default: cell)"),
    CLI_TEXT("panel", 'p', "COLUMN", panel,
             "With --x and --y: what makes the panels; other swept settings make panels anyway"),
    CLI_TRUE("term", 't', in_terminal, "Draw in the terminal, as text; writes no file"),
    {0}};

static void check(void *given, struct argp_state *state) {
    const request *r = given;
    if (r->in_terminal && (r->folder || r->look.formats || r->look.theme || r->look.dark))
        argp_error(state, "--term writes no file: without --output, --format, --theme and --dark");
    if (!r->x != !r->y || (!r->x && (r->by || r->panel)))
        argp_error(state, "--x and --y go together, and --by and --panel with them");
}

const cli_usage command_plot_usage = {.words = "RUN|FILE [FIGURE...]",
                                      .most_words = CLI_ANY,
                                      .runs = true,
                                      .no_word = CLI_WHICH_RUN,
                                      .help = help,
                                      .options = options,
                                      .check = check};

static void print_pictures(const char *folder, const results *r, const char *figure, const char *formats) {
    char run[65];
    provenance_file_name(r, run);
    static const char *const endings[] = {"svg", "pdf", "png", "tex"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strstr(formats ? formats : "svg,pdf,png", endings[i]))
            printf("%s/%s-%s%s.%s\n", folder, run, figure, strcmp(endings[i], "tex") ? "" : "-latex", endings[i]);
}

/* Draws one figure as text, as wide as the terminal. */
static gb_status print(gb_context *context, const results *run, const char *figure) {
    char *drawing = NULL;
    const plots_window window = {output_width() ? output_width() : 100, output_height(),
                                 *style_start(STYLE_HEAD, stdout) != '\0'};
    gb_status status = plots_print(context, run, figure, &window, &drawing);
    if (status == GB_OK)
        fputs(drawing + strspn(drawing, "\f"), stdout); /* gnuplot begins with a form feed */
    free(drawing);
    return status;
}

/* What the numbers are, how many, and what the cells were matched by: it goes with the picture. */
static gb_status say_caption(gb_context *context, const results *run, const char *figure) {
    char *caption = NULL;
    gb_status status = plots_caption(context, run, figure, &caption);
    fflush(stdout);
    if (status == GB_OK)
        fprintf(stderr, "%s\n", caption);
    free(caption);
    return status;
}

/* The name of the figure with the axes that the options say (plots/figure_axes.h). */
static void name_axes(const request *r, char *name, size_t size) {
    snprintf(name, size, "%s_by_%s%s%s%s%s", r->y, r->x, r->by ? "_per_" : "", r->by ? r->by : "",
             r->panel ? "_in_" : "", r->panel ? r->panel : "");
}

/* A figure that fails costs itself: the others are drawn. The exit code is that of the first failure. */
static int draw(gb_context *context, const request *r, const results *run, const char *folder) {
    char axes[256] = "", *of_axes[] = {axes, NULL};
    char **wanted = NULL, **names = r->x ? of_axes : r->words.items + 1;
    int code = EXIT_OK;
    if (r->x)
        name_axes(r, axes, sizeof axes);
    if (!r->x && r->words.count == 1) {
        gb_status status = plots_wanted(context, run, &wanted);
        if (status != GB_OK)
            return cli_failed(context, status);
        names = wanted;
    }
    for (size_t i = 0; names[i]; i++) {
        gb_status status =
            r->in_terminal ? print(context, run, names[i]) : plots_draw(context, run, names[i], folder, &r->look);
        if (status == GB_OK && !r->in_terminal)
            print_pictures(folder, run, names[i], r->look.formats);
        if (status == GB_OK)
            status = say_caption(context, run, names[i]);
        if (status != GB_OK) {
            int failed = cli_failed(context, status);
            code = code ? code : failed;
        }
    }
    if (!names[0])
        cli_say("the recipe of %s asks for no figure; name one: 'gatebench list figures' shows them", run->name);
    file_free_list(wanted);
    return code;
}

int command_plot(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_plot_usage, argc, argv, &r))
        return EXIT_USAGE;
    char path[CLI_PATH], folder[CLI_PATH];
    results *run = NULL;
    gb_status status = cli_find_results(context, r.words.items[0], path, sizeof path);
    if (status == GB_OK)
        status = results_read(context, path, &run);
    if (status == GB_OK && r.folder)
        snprintf(folder, sizeof folder, "%s", r.folder);
    else if (status == GB_OK)
        status = cli_figure_folder(context, path, folder, sizeof folder);
    if (status == GB_OK && !r.in_terminal)
        status = file_make_folder(context, folder);
    int code = status == GB_OK ? draw(context, &r, run, folder) : cli_failed(context, status);
    results_free(run);
    if (code == EXIT_OK)
        cli_next("gatebench report");
    return code;
}
