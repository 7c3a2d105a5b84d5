/* SPDX-License-Identifier: MIT */
/* gatebench export: a run for other programs: CSV, Markdown, LaTeX, TensorBoard. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/event_file.h"
#include "cli/show_summary.h"
#include "results/analysis/row_filter.h"
#include "results/store/matching_rows.h"
#include "support/file.h"
#include "support/markup.h"

static const char help[] =
    "Export a run to other formats: a line per arm with means and 95 % intervals as a table, or the learning curves of "
    "every trial.\n\n"
    "Examples:\n"
    "  gatebench export recall --markdown\n"
    "  gatebench export recall --latex >recall.tex        needs booktabs\n"
    "  gatebench export recall --csv --trials >recall.csv all columns of all\n"
    "  gatebench export recall --tensorboard logs         event files\n"
    "  gatebench export recall --latex --cols cell,gap,accuracy\n"
    "  gatebench export recall --latex --where 'gap>=200'"
    "\v--csv gives the arms with their intervals in columns of their own. --tensorboard makes a "
    "folder for each trial and prints how many it wrote.";

typedef enum format { FORMAT_NONE, FORMAT_CSV, FORMAT_MARKDOWN, FORMAT_LATEX, FORMAT_TENSORBOARD } format;

typedef struct request {
    cli_words words;
    format format;
    bool trials;
    const char *where, *folder, *columns;
} request;

static const struct argp_option options[] = {
    {"csv", 'C', NULL, 0, "CSV", 0},
    {"markdown", 'm', NULL, 0, "A Markdown table", 0},
    {"latex", 'l', NULL, 0, "A LaTeX table with booktabs rules", 0},
    {"tensorboard", 'T', "FOLDER", 0, "Learning curves as TensorBoard event files", 0},
    {"cols", 'c', "NAMES", 0, "Only these columns of the table, in this order: cell,accuracy,n", 0},
    {"trials", 't', NULL, 0, "With --csv: every column of every trial", 0},
    {"where", 'w', "CONDITIONS", 0, "Only trials that meet all of these: 'cell=gru,lstm gap>=200' (= != < <= > >=)", 0},
    {0}};

static void choose(request *r, format chosen, struct argp_state *state) {
    if (r->format != FORMAT_NONE && r->format != chosen)
        argp_error(state, "give one of --csv, --markdown, --latex and --tensorboard");
    r->format = chosen;
}

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case 'C':
        choose(r, FORMAT_CSV, state);
        return 0;
    case 'm':
        choose(r, FORMAT_MARKDOWN, state);
        return 0;
    case 'l':
        choose(r, FORMAT_LATEX, state);
        return 0;
    case 'T':
        choose(r, FORMAT_TENSORBOARD, state);
        r->folder = value;
        return 0;
    case 't':
        r->trials = true;
        return 0;
    case 'c':
        r->columns = value;
        return 0;
    case 'w':
        r->where = value;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&r->words, state);
        cli_at_most(&r->words, 1, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench list runs' shows them");
        return 0;
    case ARGP_KEY_END:
        if (r->format == FORMAT_NONE)
            argp_error(state, "which format? --csv, --markdown, --latex or --tensorboard FOLDER");
        if (r->columns && r->format == FORMAT_TENSORBOARD)
            argp_error(state, "--cols goes with --csv, --markdown and --latex");
        if (r->trials && r->format != FORMAT_CSV)
            argp_error(state, "--trials goes with --csv");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_export_argp = {options, parse, "RUN|FILE", help, cli_common, NULL, NULL};

static bool is_number(const char *cell) {
    return *cell && (strspn(cell, "+-.0123456789e") == strlen(cell) || strstr(cell, " ± "));
}

/* A column of numbers only. */
static bool right_aligned(const grid *g, size_t column) {
    for (size_t i = g->columns + column; i < g->count; i += g->columns)
        if (!is_number(g->cells[i]) && strcmp(g->cells[i], "-") != 0 && *g->cells[i])
            return false;
    return g->count > g->columns;
}

/* A cell in the letters of a markup language. */
static void print_marked(grid *g, const char *cell, void (*append)(text *, const char *)) {
    text t = {0};
    append(&t, cell);
    fputs(t.data ? t.data : "", stdout);
    g->failed |= t.failed;
    text_free(&t);
}

static int print_markdown(grid *g) {
    for (size_t i = 0; !g->failed && i < g->count; i++) {
        fputs(i % g->columns ? " | " : "| ", stdout);
        print_marked(g, g->cells[i], markup_append_markdown);
        if ((i + 1) % g->columns == 0)
            puts(" |");
        for (size_t c = 0; i + 1 == g->columns && c < g->columns; c++)
            fputs(right_aligned(g, c) ? "|---:" : "|---", stdout);
        if (i + 1 == g->columns)
            puts("|");
    }
    return grid_free(g);
}

/* A cell with LaTeX's special characters escaped, and an interval in mathematics. */
static void print_latex_cell(grid *g, const char *cell) {
    const char *half = strstr(cell, " ± ");
    if (half) {
        printf("$%.*s \\pm %s$", (int)(half - cell), cell, half + strlen(" ± "));
        return;
    }
    bool negative = *cell == '-' && cell[1];
    fputs(negative ? "$" : "", stdout);
    print_marked(g, cell, markup_append_latex);
    fputs(negative ? "$" : "", stdout);
}

static int print_latex(grid *g, const evidence *e) {
    const results *run = e->source;
    text lines = {0};
    matchings_words(&e->runs, &lines);
    printf("%% %s, made by gatebench from %s; mean and half of the 95 %% t interval over n seeds\n", run->name,
           run->created);
    for (char *rest = lines.data, *line; (line = strsep(&rest, "\n")) && *line;)
        printf("%% %s\n", line);
    text_free(&lines);
    fputs("\\begin{tabular}{", stdout);
    for (size_t c = 0; c < g->columns; c++)
        putchar(right_aligned(g, c) ? 'r' : 'l');
    puts("}\n\\toprule");
    for (size_t i = 0; !g->failed && i < g->count; i++) {
        print_latex_cell(g, g->cells[i]);
        fputs((i + 1) % g->columns ? " & " : " \\\\\n", stdout);
        if (i + 1 == g->columns)
            puts("\\midrule");
    }
    puts("\\bottomrule\n\\end{tabular}");
    return grid_free(g);
}

static gb_status no_such_column(gb_context *context, const grid *g, const char *name, size_t length) {
    text known = {0};
    for (size_t c = 0; c < g->columns; c++)
        text_append(&known, "%s%s", c ? ", " : "", g->cells[c]);
    gb_status status = gb_fail(context, GB_INVALID, "--cols: there is no column %.*s; there are: %s",
                               (int)(length < 64 ? length : 64), name, known.data ? known.data : "none");
    text_free(&known);
    return status;
}

/* Leaves the columns of a list of names, in its order. Errors: GB_INVALID (no such column), GB_MEMORY. */
static gb_status choose_columns(gb_context *context, const char *names, grid *g) {
    grid chosen = {0};
    size_t *places = calloc(strlen(names) + 1, sizeof *places), count = 0;
    gb_status status = places ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for the table");
    for (const char *name = names; status == GB_OK && *name; name += strspn(name, ",")) {
        size_t length = strcspn(name, ","), c = 0;
        while (c < g->columns && (strlen(g->cells[c]) != length || strncmp(g->cells[c], name, length) != 0))
            c++;
        if (c == g->columns)
            status = no_such_column(context, g, name, length);
        places[count++] = c;
        name += length;
    }
    for (size_t i = 0; status == GB_OK && i < count; i++)
        grid_head(&chosen, g->cells[places[i]]);
    for (size_t row = g->columns; status == GB_OK && row < g->count; row += g->columns)
        for (size_t i = 0; i < count; i++)
            grid_add(&chosen, STYLE_PLAIN, "%s", g->cells[row + places[i]]);
    free(places);
    chosen.failed |= g->failed;
    grid_free(g);
    *g = chosen;
    return status;
}

static int print_trials(gb_context *context, const table *runs, const char *columns) {
    grid g = {0};
    char cell[4096];
    for (size_t c = 0; c < runs->count; c++)
        grid_head(&g, runs->columns[c].name);
    for (size_t row = 0; row < runs->rows; row++)
        for (size_t c = 0; c < runs->count; c++)
            grid_add(&g, STYLE_PLAIN, "%s", table_cell(runs, row, &runs->columns[c], cell, sizeof cell));
    gb_status status = columns ? choose_columns(context, columns, &g) : GB_OK;
    return status ? cli_failed(context, status) : grid_print_csv(&g);
}

static int print_table(gb_context *context, const request *r, const evidence *e) {
    const results *run = e->source;
    summary s;
    grid g;
    if (r->trials)
        return print_trials(context, &e->runs, r->columns);
    gb_status status = summary_make(context, e, true, &s);
    if (status)
        return cli_failed(context, status);
    summary_grid(&g, &s, r->format == FORMAT_CSV);
    summary_free(&s);
    if (r->columns && (status = choose_columns(context, r->columns, &g)) != GB_OK)
        return cli_failed(context, status);
    if (r->format == FORMAT_CSV)
        return grid_print_csv(&g);
    int code = r->format == FORMAT_MARKDOWN ? print_markdown(&g) : print_latex(&g, e);
    cli_next("gatebench report %s", cli_name_of(context, run->name, run->path));
    return code;
}

enum { LONGEST_LABEL = 200 };

/* The folder of a trial: its swept settings and seed in a path's letters, and what tells equal ones apart. */
static char *trial_label(const table *runs, size_t row, const summary *s) {
    text label = {0};
    char cell[256];
    text_append(&label, "%s", table_text(runs, row, "stage"));
    for (size_t i = 0; i < s->setting_count; i++)
        text_append(&label, "%s%s=%s", label.length ? "," : "", s->settings[i]->name,
                    table_cell(runs, row, s->settings[i], cell, sizeof cell));
    if (label.length > LONGEST_LABEL) { /* a folder's name has 255 bytes; seed and id still distinguish trials */
        label.length = LONGEST_LABEL;
        while (label.length && ((unsigned char)label.data[label.length] & 0xc0) == 0x80)
            label.length--;
        label.data[label.length] = '\0';
    }
    text_append(&label, "%sseed=%.0f,%.6s", label.length ? "," : "", table_number(runs, row, "seed"),
                table_text(runs, row, "id"));
    for (char *c = label.data; !label.failed && *c; c++)
        if (*c == '/' || *c == ' ')
            *c = '-';
    if (label.failed)
        text_free(&label);
    return label.data;
}

static int write_tensorboard(gb_context *context, const request *r, const evidence *e) {
    const table *runs = &e->runs;
    summary s = {0};
    char **labels = calloc(runs->rows + 1, sizeof *labels);
    size_t written = 0;
    gb_status status = labels ? summary_make(context, e, false, &s) : GB_MEMORY;
    for (size_t row = 0; !status && row < runs->rows; row++)
        status = (labels[row] = trial_label(runs, row, &s)) ? GB_OK : GB_MEMORY;
    results shown = *e->source;
    shown.runs = *runs;
    status = status == GB_MEMORY ? gb_fail(context, GB_MEMORY, "out of memory for the event files")
             : status            ? status
                      : store_write_events(context, &shown, r->folder, (const char *const *)labels, &written);
    for (size_t row = 0; labels && row < runs->rows; row++)
        free(labels[row]);
    free(labels);
    summary_free(&s);
    if (status)
        return cli_failed(context, status);
    printf("%zu event files in %s\n", written, r->folder);
    cli_next("tensorboard --logdir %s", r->folder);
    return EXIT_OK;
}

int command_export(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (argp_parse(&command_export_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    char path[CLI_PATH];
    results *run = NULL;
    evidence e = {0};
    bool by_trial = r.format == FORMAT_TENSORBOARD || r.trials;
    gb_status status = cli_find_results(context, r.words.items[0], path, sizeof path);
    if (status == GB_OK)
        status = results_read(context, path, &run);
    if (status == GB_OK)
        status = evidence_read(context, run, by_trial ? "all" : "final", !by_trial, &e);
    if (status == GB_OK && by_trial)
        status = evidence_drop_unfinished(context, &e);
    if (status == GB_OK && r.where)
        status = where_keep(context, r.where, &e.runs);
    int code = status != GB_OK                  ? cli_failed(context, status)
               : r.format == FORMAT_TENSORBOARD ? write_tensorboard(context, &r, &e)
                                                : print_table(context, &r, &e);
    evidence_free(&e);
    results_free(run);
    return code;
}
