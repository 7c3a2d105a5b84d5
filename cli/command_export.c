/* SPDX-License-Identifier: MIT */
/* gatebench export: writes a run in the formats of other programs: CSV, Markdown, LaTeX, TensorBoard. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/event_file.h"
#include "cli/show_summary.h"
#include "results/analysis/row_filter.h"
#include "results/store/matching_rows.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/markup.h"

static const char help[] = "Export a run to other formats: a table with one line per arm, which is a combination of "
                           "values of the swept settings (means with 95 % intervals), or the learning curves of "
                           "every trial.\n\n"
                           "Examples:\n"
                           "  gatebench export recall --markdown\n"
                           "  gatebench export recall --latex >recall.tex        needs booktabs\n"
                           "  gatebench export recall --csv --trials >recall.csv all columns of all trials\n"
                           "  gatebench export recall --tensorboard logs         event files\n"
                           "  gatebench export recall --latex --cols cell,gap,accuracy\n"
                           "  gatebench export recall --latex --where 'gap>=200'"
                           "\v--csv puts the intervals of the arms into columns of their own. --tensorboard writes one "
                           "folder per trial and prints how many it wrote.";

typedef enum format { FORMAT_NONE, FORMAT_CSV, FORMAT_MARKDOWN, FORMAT_LATEX, FORMAT_TENSORBOARD } format;

typedef struct request {
    cli_words words;
    format format;
    bool trials;
    const char *where, *folder, *columns;
} request;

static const cli_option options[] = {
    CLI_CHOICE("csv", 'C', NULL, format, FORMAT_CSV, "CSV"),
    CLI_CHOICE("markdown", 'm', NULL, format, FORMAT_MARKDOWN, "A Markdown table"),
    CLI_CHOICE("latex", 'l', NULL, format, FORMAT_LATEX, "A LaTeX table with booktabs rules"),
    CLI_TEXT("tensorboard", 'T', "FOLDER", folder, "Learning curves as TensorBoard event files"),
    CLI_TEXT("cols", 'c', "NAMES", columns, "Only these columns of the table, in this order: cell,accuracy,n"),
    CLI_TRUE("trials", 't', trials, "With --csv: every column of every trial"),
    CLI_WHERE,
    {0}};

static void check(void *given, struct argp_state *state) {
    request *r = given;
    if (r->format == FORMAT_NONE && !r->folder)
        argp_error(state, "which format? --csv, --markdown, --latex or --tensorboard FOLDER");
    if (r->format != FORMAT_NONE && r->folder)
        argp_error(state, "give one of --csv, --markdown, --latex and --tensorboard");
    if (r->columns && r->folder)
        argp_error(state, "--cols needs --csv, --markdown or --latex");
    if (r->columns && !*r->columns)
        argp_error(state, "--cols names no column");
    if (r->trials && r->format != FORMAT_CSV)
        argp_error(state, "--trials needs --csv");
    if (r->folder)
        r->format = FORMAT_TENSORBOARD;
}

const cli_usage command_export_usage = {.words = "RUN|FILE",
                                        .most_words = 1,
                                        .runs = true,
                                        .no_word = CLI_WHICH_RUN,
                                        .help = help,
                                        .options = options,
                                        .check = check};

static bool is_number(const char *cell) {
    return *cell && (strspn(cell, "+-.0123456789e") == strlen(cell) || strstr(cell, " ± "));
}

/* True if the column holds numbers only. */
static bool right_aligned(const grid *g, size_t column) {
    for (size_t i = g->columns + column; i < g->count; i += g->columns)
        if (!is_number(g->cells[i]) && strcmp(g->cells[i], "-") != 0 && *g->cells[i])
            return false;
    return g->count > g->columns;
}

/* A cell escaped for a markup language. */
static void print_marked(const char *cell, void (*append)(text *, const char *)) {
    CLEANUP(text_free) text t = {0};
    append(&t, cell);
    fputs(t.data ? t.data : "", stdout);
}

static void print_markdown(grid *g) {
    for (size_t i = 0; i < g->count; i++) {
        fputs(i % g->columns ? " | " : "| ", stdout);
        print_marked(g->cells[i], markup_append_markdown);
        if ((i + 1) % g->columns == 0)
            puts(" |");
        for (size_t c = 0; i + 1 == g->columns && c < g->columns; c++)
            fputs(right_aligned(g, c) ? "|---:" : "|---", stdout);
        if (i + 1 == g->columns)
            puts("|");
    }
    grid_free(g);
}

/* A number in math mode, where a plain e would be set as a variable, and the sign after it as an operator. */
static void print_latex_number(const char *number, const char *end) {
    for (; number < end; number++)
        if (*number == 'e')
            printf("\\mathrm{e}{%c}", *++number);
        else
            putchar(*number);
}

/* A cell with LaTeX's special characters escaped and intervals in math mode. */
static void print_latex_cell(const char *cell) {
    const char *half = strstr(cell, " ± ");
    if (half) {
        fputs("$", stdout);
        print_latex_number(cell, half);
        fputs(" \\pm ", stdout);
        print_latex_number(half + strlen(" ± "), cell + strlen(cell));
        fputs("$", stdout);
        return;
    }
    bool negative = *cell == '-' && cell[1];
    fputs(negative ? "$" : "", stdout);
    print_marked(cell, markup_append_latex);
    fputs(negative ? "$" : "", stdout);
}

static void print_latex(grid *g, const evidence *e) {
    const results *run = e->source;
    CLEANUP(text_free) text lines = {0};
    matchings_words(&e->runs, &lines);
    printf("%% %s, made by gatebench from %s; mean and half of the 95 %% t interval over n seeds\n", run->name,
           run->created);
    for (char *rest = lines.data, *line; (line = strsep(&rest, "\n")) && *line;)
        printf("%% %s\n", line);
    fputs("\\begin{tabular}{", stdout);
    for (size_t c = 0; c < g->columns; c++)
        putchar(right_aligned(g, c) ? 'r' : 'l');
    puts("}\n\\toprule");
    size_t column = 0;
    for (size_t i = 0; i < g->count; i++) {
        print_latex_cell(g->cells[i]);
        column = column + 1 < g->columns ? column + 1 : 0;
        fputs(column ? " & " : " \\\\\n", stdout);
        if (i + 1 == g->columns)
            puts("\\midrule");
    }
    puts("\\bottomrule\n\\end{tabular}");
    grid_free(g);
}

static gb_status no_such_column(gb_context *context, const grid *g, const char *name, size_t length) {
    CLEANUP(text_free) text known = {0};
    for (size_t c = 0; c < g->columns; c++)
        text_append(&known, "%s%s", c ? ", " : "", g->cells[c]);
    return gb_fail(context, GB_INVALID, "--cols: there is no column %.*s; there are: %s",
                   (int)(length < 64 ? length : 64), name, known.data ? known.data : "none");
}

/* Keeps only the named columns, in the order of the list. Errors: GB_INVALID (no such column). */
static gb_status choose_columns(gb_context *context, const char *names, grid *g) {
    grid chosen = {0};
    CLEANUP(free_at) size_t *places = cli_need(calloc(strlen(names) + 1, sizeof *places));
    size_t count = 0;
    for (const char *name = names; *name; name += strspn(name, ",")) {
        size_t length = strcspn(name, ","), c = 0;
        while (c < g->columns && (strlen(g->cells[c]) != length || strncmp(g->cells[c], name, length) != 0))
            c++;
        if (c == g->columns)
            return no_such_column(context, g, name, length);
        places[count++] = c;
        name += length;
    }
    for (size_t i = 0; i < count; i++)
        grid_head(&chosen, g->cells[places[i]]);
    for (size_t row = g->columns; row < g->count; row += g->columns)
        for (size_t i = 0; i < count; i++)
            GRID_TEXTS(&chosen, g->cells[row + places[i]]);
    grid_free(g);
    *g = chosen;
    return GB_OK;
}

static gb_status print_trials(gb_context *context, const table *runs, const char *columns) {
    CLEANUP(grid_free) grid g = {0};
    char cell[4096];
    for (size_t c = 0; c < runs->count; c++)
        grid_head(&g, runs->columns[c].name);
    for (size_t row = 0; row < runs->rows; row++)
        for (size_t c = 0; c < runs->count; c++)
            GRID_TEXTS(&g, table_cell(runs, row, &runs->columns[c], cell, sizeof cell));
    if (columns)
        GB_TRY(choose_columns(context, columns, &g));
    grid_print_csv(&g);
    return GB_OK;
}

static gb_status print_table(gb_context *context, const request *r, const evidence *e) {
    const results *run = e->source;
    CLEANUP(summary_free) summary s = {0};
    CLEANUP(grid_free) grid g = {0};
    GB_TRY(summary_make(context, e, true, &s));
    summary_grid(&g, &s, r->format == FORMAT_CSV);
    if (r->columns)
        GB_TRY(choose_columns(context, r->columns, &g));
    if (r->format == FORMAT_CSV)
        grid_print_csv(&g);
    else if (r->format == FORMAT_MARKDOWN)
        print_markdown(&g);
    else
        print_latex(&g, e);
    if (r->format != FORMAT_CSV)
        cli_next("gatebench report %s", cli_name_of(context, run->name, run->path));
    return GB_OK;
}

enum { LONGEST_LABEL = 200 };

/* The folder name of a trial: its swept settings and seed with characters that are safe in a path, and a suffix where
 * two would be equal. */
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
    return cli_need(label.failed ? NULL : label.data);
}

static gb_status write_tensorboard(gb_context *context, const request *r, const evidence *e) {
    const table *runs = &e->runs;
    CLEANUP(summary_free) summary s = {0};
    CLEANUP(file_free_list_at) char **labels = cli_need(calloc(runs->rows + 1, sizeof *labels));
    size_t written = 0;
    GB_TRY(summary_make(context, e, false, &s));
    for (size_t row = 0; row < runs->rows; row++)
        labels[row] = trial_label(runs, row, &s);
    results shown = *e->source;
    shown.runs = *runs;
    GB_TRY(store_write_events(context, &shown, r->folder, (const char *const *)labels, &written));
    printf("%zu event files in %s\n", written, r->folder);
    cli_next("tensorboard --logdir %s", r->folder);
    return GB_OK;
}

int command_export(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_export_usage, argc, argv, &r))
        return EXIT_USAGE;
    CLEANUP(results_free_at) results *run = NULL;
    CLEANUP(evidence_free) evidence e = {0};
    bool by_trial = r.format == FORMAT_TENSORBOARD || r.trials;
    CLI_TRY(context, cli_open_results(context, r.words.items[0], &run));
    CLI_TRY(context, evidence_read(context, run, by_trial ? "all" : "final", !by_trial || r.where, &e));
    if (by_trial)
        CLI_TRY(context, evidence_drop_unfinished(context, &e));
    if (r.where)
        CLI_TRY(context, where_keep(context, r.where, &e.runs));
    if (r.trials)
        CLI_TRY(context, print_trials(context, &e.runs, r.columns));
    else if (r.format == FORMAT_TENSORBOARD)
        CLI_TRY(context, write_tensorboard(context, &r, &e));
    else
        CLI_TRY(context, print_table(context, &r, &e));
    return EXIT_OK;
}
