/* SPDX-License-Identifier: MIT */
/* gatebench plot: the figures of a run. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "experiments/folder/merge_results.h"
#include "experiments/folder/run_lock.h"
#include "plots/plots.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/yaml.h"

static const char help[] =
    "Draw the figures of a run. Each has a .csv with its data, a .gp script that redraws it, "
    "and the pictures. Their paths go to standard output.\n\n"
    "Examples:\n"
    "  gatebench plot                               the figures of the newest run\n"
    "  gatebench plot recall                        the figures of its recipe\n"
    "  gatebench plot recall accuracy_by_gap        this figure only\n"
    "  gatebench plot recall --x gap --y bits       any metric by any setting\n"
    "  gatebench plot results/runs/recall.h5 -o . --format pdf\n"
    "  gatebench plot recall accuracy_by_gap --term   in the terminal\n"
    "  gatebench plot recall --theme paper --format pdf,tex   for a paper\n"
    "  gatebench plot recall --list                 which figures it can draw\n"
    "  gatebench plot recall --watch --term         while it runs"
    "\vIf no figure is named, draws the recipe's figures and, for each swept number, the task's metric "
    "and the core seconds by that number. 'gatebench list figures' shows the shipped figures; a figure of your "
    "own is the file figures/NAME.gp in the current folder.";

typedef struct request {
    cli_words words;
    const char *folder;
    plots_look look;
    const char *x, *y, *by, *panel;
    bool in_terminal, list, watch;
} request;

static const cli_option options[] = {
    CLI_TEXT("output", 'o', "FOLDER", folder,
             "Write the files here (default: plots/out of the project, or beside the results)"),
    CLI_TEXT("format", 'f', "LIST", look.formats,
             "One or more of svg,pdf,png,tex (default: svg,pdf,png; tex: for LaTeX, by cairolatex)"),
    CLI_TEXT("theme", 0, "NAME", look.theme, "web (the default), paper (8 pt; 3.35 or 6.9 inches) or slides"),
    CLI_TRUE("dark", 0, look.dark, "Light text on a dark background"),
    CLI_NUMBER(CLI_ABOVE_0, "width", 0, "INCHES", look.width, "Width of the figure (default: the theme's)"),
    CLI_NUMBER(CLI_ABOVE_0, "font-scale", 0, "X", look.font_scale, "Scale the theme's font size by X"),
    CLI_TEXT("x", 'x', "SETTING", x, "The setting on the x axis; needs --y"),
    CLI_TEXT("y", 'y', "NUMBER", y, "The metric on the y axis: accuracy, mse, cpu_seconds, ...; needs --x"),
    CLI_TEXT("by", 'b', "COLUMN", by, "With --x and --y: the setting that makes the lines (default: cell)"),
    CLI_TEXT("panel", 'p', "COLUMN", panel,
             "With --x and --y: the setting that makes the panels; other swept settings make panels too"),
    CLI_TRUE("term", 't', in_terminal, "Draw as text in the terminal; write no file"),
    CLI_TRUE("list", 0, list, "List the figures that can be drawn from these results, and draw none"),
    CLI_TRUE("watch", 0, watch, "Redraw whenever a trial ends, until the run has ended"),
    {0}};

static void check(void *given, struct argp_state *state) {
    const request *r = given;
    if (r->in_terminal && (r->folder || r->look.formats || r->look.theme || r->look.dark))
        argp_error(state, "--term writes no file; it cannot be combined with --output, --format, --theme and --dark");
    if (!r->x != !r->y || (!r->x && (r->by || r->panel)))
        argp_error(state, "--x and --y need each other, and --by and --panel need both");
    if (r->watch && r->words.count == 0)
        argp_error(state, "%s", CLI_WHICH_RUN);
}

const cli_usage command_plot_usage = {.words = "[RUN|FILE [FIGURE...]]",
                                      .most_words = CLI_ANY,
                                      .runs = true,
                                      .help = help,
                                      .options = options,
                                      .check = check};

static void print_pictures(const char *folder, const results *r, const char *figure, const char *formats) {
    char run[65];
    provenance_file_name(r, run);
    static const char *const endings[] = {"svg", "pdf", "png", "tex"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strstr(formats ? formats : "svg,pdf,png", endings[i]))
            printf("%s/%s-%s%s.%s\n", folder, run, figure, strcmp(endings[i], "tex") != 0 ? "" : "-latex", endings[i]);
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

/* The caption: what the numbers are, how many there are, and what the cells were matched by. */
static gb_status say_caption(gb_context *context, const results *run, const char *figure) {
    char *caption = NULL;
    gb_status status = plots_caption(context, run, figure, &caption);
    fflush(stdout);
    if (status == GB_OK)
        fprintf(stderr, "%s\n", caption);
    free(caption);
    return status;
}

/* The name of the figure with the axes given by the options (plots/figure_axes.h). */
static void name_axes(const request *r, char *name, size_t size) {
    snprintf(name, size, "%s_by_%s%s%s%s%s", r->y, r->x, r->by ? "_per_" : "", r->by ? r->by : "",
             r->panel ? "_in_" : "", r->panel ? r->panel : "");
}

/* If a figure fails, the others are drawn. The exit code is that of the first failure; a figure that
 * was not requested here and that these results have no data for is skipped with a message. */
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
            bool passed_over = status == GB_INVALID && names == wanted;
            code = code || passed_over ? code : failed;
        }
    }
    if (!names[0])
        cli_say("the recipe of %s has no `figures:`; name a figure, 'gatebench list figures' shows them", run->name);
    file_free_list(wanted);
    return code;
}

/* Lists the figures that can be drawn from these results. Those drawn by default are marked. */
static int list(gb_context *context, const results *run) {
    char **wanted = NULL, **shipped = NULL, *caption = NULL;
    grid g;
    name_list names = {0};
    gb_status status = plots_wanted(context, run, &wanted);
    if (status == GB_OK)
        status = plots_list(context, &shipped);
    bool enough = true;
    for (size_t i = 0; status == GB_OK && wanted[i]; i++)
        enough = enough && names_index(&names, wanted[i]) != SIZE_MAX;
    size_t unasked = names.count;
    for (size_t i = 0; status == GB_OK && shipped[i]; i++)
        enough = enough && names_index(&names, shipped[i]) != SIZE_MAX;
    if (status == GB_OK && !enough)
        status = gb_fail(context, GB_MEMORY, "out of memory");
    grid_start(&g, (const char *const[]){"figure", "unasked", "draws", NULL});
    for (size_t i = 0; status == GB_OK && i < names.count; i++) {
        if (!strncmp(names.items[i], "metric_by_", 10) || plots_caption(context, run, names.items[i], &caption))
            continue;
        grid_add(&g, STYLE_PLAIN, "%s", names.items[i]);
        grid_add(&g, STYLE_PLAIN, "%s", i < unasked ? "yes" : "");
        grid_add(&g, STYLE_PLAIN, "%.*s", (int)strcspn(caption, ".;:"), caption);
        free(caption);
    }
    names_free(&names);
    file_free_list(wanted);
    file_free_list(shipped);
    if (status == GB_OK)
        grid_print(&g, GRID_WRAP);
    else
        grid_free(&g);
    return status == GB_OK ? EXIT_OK : cli_failed(context, status);
}

static bool is_held(const char *folder) {
    CLEANUP(text_free) text holders = {0};
    return run_lock_holders(folder, NULL, &holders) > 0;
}

/* Draws the finished trials again whenever their number has grown, while a process works on the run. It uses a results
 * file of its own, since the run writes its own file. */
static int watch(gb_context *context, const request *r) {
    const char *parent = getenv("TMPDIR");
    char run_folder[CLI_PATH], folder[CLI_PATH], path[CLI_PATH];
    gb_status status = cli_find_folder(context, r->words.items[0], run_folder, sizeof run_folder);
    if (status == GB_OK && r->folder)
        snprintf(folder, sizeof folder, "%s", r->folder);
    else if (status == GB_OK)
        status = cli_figure_folder(context, run_folder, folder, sizeof folder);
    snprintf(path, sizeof path, "%s/gatebench-so-far-%ld.h5", parent && *parent ? parent : "/tmp", (long)getpid());
    int code = EXIT_OK;
    for (size_t seen = 0, finished = 0, planned = 0; status == GB_OK;) {
        plan p = {0};
        results *run = NULL;
        const bool held = is_held(run_folder); /* before the plan is read: else the last trials could be missed */
        status = plan_read(context, run_folder, &p);
        if (status != GB_OK)
            break;
        finished = plan_count_finished(&p);
        planned = plan_count(&p);
        plan_free(&p);
        if (finished == seen && !held) {
            if (finished < planned)
                cli_say("no process works on the run; %zu of %zu trials have finished", finished, planned);
            break;
        }
        if (finished == seen) {
            sleep(1);
            continue;
        }
        seen = finished;
        status = plan_write_so_far(context, run_folder, path, &p);
        if (status == GB_OK) {
            plan_free(&p);
            status = results_read(context, path, &run);
        }
        unlink(path);
        if (status != GB_OK)
            break;
        if (r->in_terminal && isatty(STDOUT_FILENO))
            fputs("\033[H\033[2J", stdout);
        code = draw(context, r, run, folder);
        fflush(stdout);
        cli_say("%zu of %zu trials", finished, planned);
        results_free(run);
    }
    return status == GB_OK ? code : cli_failed(context, status);
}

int command_plot(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_plot_usage, argc, argv, &r))
        return EXIT_USAGE;
    if (r.watch)
        return watch(context, &r);
    char path[CLI_PATH], folder[CLI_PATH], newest[CLI_PATH], *only[] = {newest, NULL};
    results *run = NULL;
    gb_status status = GB_OK;
    if (r.words.count == 0) {
        status = cli_newest_run(context, newest, sizeof newest);
        r.words = (cli_words){.items = only, .count = 1};
        if (status == GB_OK)
            cli_say("%s, the newest run", newest);
    }
    if (status == GB_OK)
        status = cli_find_results(context, r.words.items[0], path, sizeof path);
    if (status == GB_OK)
        status = results_read(context, path, &run);
    if (status == GB_OK && r.folder)
        snprintf(folder, sizeof folder, "%s", r.folder);
    else if (status == GB_OK)
        status = cli_figure_folder(context, path, folder, sizeof folder);
    int code = status != GB_OK ? cli_failed(context, status)
               : r.list        ? list(context, run)
                               : draw(context, &r, run, folder);
    results_free(run);
    if (code == EXIT_OK && !r.list)
        cli_next("gatebench report");
    return code;
}
