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

enum { OPTION_THEME = 256, OPTION_DARK, OPTION_WIDTH, OPTION_SCALE, OPTION_LIST, OPTION_WATCH };

static const struct argp_option options[] = {
    {"output", 'o', "FOLDER", 0, "Put the files here (default: plots/out of the project, or beside the results)", 0},
    {"format", 'f', "LIST", 0, "Some of svg,pdf,png,tex (default: svg,pdf,png; tex is for LaTeX, by cairolatex)", 0},
    {"theme", OPTION_THEME, "NAME", 0, "web (the default), paper (8 pt; 3.35 or 6.9 inches) or slides", 2},
    {"dark", OPTION_DARK, NULL, 0, "Light on dark", 2},
    {"width", OPTION_WIDTH, "INCHES", 0, "How wide (default: the theme's)", 2},
    {"font-scale", OPTION_SCALE, "X", 0, "Letters X times the theme's", 2},
    {"x", 'x', "SETTING", 0, "Draw a number by this setting, with --y", 1},
    {"y", 'y', "NUMBER", 0, "The number that is drawn by --x: accuracy, mse, cpu_seconds, ...", 1},
    {"by", 'b', "COLUMN", 0, "What makes the lines (default: cell)", 1},
    {"panel", 'p', "COLUMN", 0, "What makes the panels; other swept settings make panels anyway", 1},
    {"term", 't', NULL, 0, "Draw in the terminal, as text; writes no file", 0},
    {0}};

static double positive(struct argp_state *state, const char *option, const char *given) {
    double value;
    if (!text_is_number(given, &value) || value <= 0)
        argp_error(state, "%s is '%s'; give a number above 0", option, given);
    return value;
}

static error_t parse_look(int key, char *value, struct argp_state *state) {
    plots_look *look = &((request *)state->input)->look;
    switch (key) {
    case 'f':
        look->formats = value;
        return 0;
    case OPTION_THEME:
        look->theme = value;
        return 0;
    case OPTION_DARK:
        look->dark = true;
        return 0;
    case OPTION_WIDTH:
        look->width = positive(state, "--width", value);
        return 0;
    case OPTION_SCALE:
        look->font_scale = positive(state, "--font-scale", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case 'o':
        r->folder = value;
        return 0;
    case 'x':
        r->x = value;
        return 0;
    case 'y':
        r->y = value;
        return 0;
    case 'b':
        r->by = value;
        return 0;
    case 'p':
        r->panel = value;
        return 0;
    case 't':
        r->in_terminal = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&r->words, state);
        return 0;
    case ARGP_KEY_END:
        if (r->in_terminal && (r->folder || r->look.formats || r->look.theme || r->look.dark))
            argp_error(state, "--term writes no file: without --output, --format, --theme and --dark");
        if (!r->x != !r->y || (!r->x && (r->by || r->panel)))
            argp_error(state, "--x and --y go together, and --by and --panel with them");
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench list runs' shows them");
        return 0;
    default:
        return parse_look(key, value, state);
    }
}

const struct argp command_plot_argp = {options, parse, "RUN|FILE [FIGURE...]", help, cli_common, NULL, NULL};

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
    if (argp_parse(&command_plot_argp, argc, argv, 0, NULL, &r) != 0)
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
