/* SPDX-License-Identifier: MIT */
/* gatebench show: prints the numbers of a run, by arm or by trial. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/show_summary.h"
#include "cli/show_tuning.h"
#include "results/analysis/declarations.h"
#include "results/analysis/row_filter.h"
#include "results/store/matching_rows.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] =
    "Show the numbers of a run: one line per arm with means and 95 % Student-t intervals over its seeds, or one line "
    "per trial. An arm is a combination of values of the swept settings.\n\n"
    "Examples:\n"
    "  gatebench show recall                          by arm\n"
    "  gatebench show recall --trials                 trial by trial\n"
    "  gatebench show recall --cols cell,gap,seed,accuracy --csv\n"
    "  gatebench show recall --where 'cell=gru gap>=200'\n"
    "  gatebench show results/runs/recall.h5 --json   every column of every trial\n"
    "  gatebench show music --tuning                  how each candidate did\n"
    "  gatebench show recall --provenance             how it was made"
    "\v--csv and --json print the trials with all columns unless --summary or --cols says "
    "otherwise.";

typedef enum view { VIEW_UNSET, VIEW_SUMMARY, VIEW_TRIALS, VIEW_TUNING, VIEW_PROVENANCE } view;

typedef struct request {
    cli_words words;
    view view;
    const char *columns, *stage, *where;
    bool all_columns, csv, json;
} request;

static const cli_option options[] = {
    CLI_CHOICE("summary", 's', NULL, view, VIEW_SUMMARY, "One line per arm (the default)"),
    CLI_CHOICE("trials", 't', NULL, view, VIEW_TRIALS, "One line per trial"),
    CLI_TEXT("cols", 'c', "LIST", columns, "These columns of the trials, comma-separated"),
    CLI_TRUE("all-columns", 'a', all_columns,
             "All columns, even if wider than the terminal; with --trials every column"),
    CLI_WHERE,
    CLI_ONE_OF("stage", 'S', "NAME", stage, "final|tune|all", "final (the default), tune or all"),
    CLI_CHOICE("tuning", 'T', NULL, view, VIEW_TUNING, "What tuning tried and chose: each candidate with each seed"),
    CLI_CHOICE("provenance", 'P', NULL, view, VIEW_PROVENANCE,
               "Show recipe, command line, commit and libraries instead of numbers"),
    CLI_TRUE("csv", 'C', csv, "Print CSV"),
    CLI_JSON,
    {0}};

/* Refuses options that would have no effect. */
static void check(void *request_given, struct argp_state *state) {
    const request *r = request_given;
    bool trials = r->view == VIEW_UNSET || r->view == VIEW_TRIALS;
    if (r->columns && !*r->columns)
        argp_error(state, "--cols names no column");
    if (r->columns && !trials)
        argp_error(
            state,
            "--cols names columns of the trials; it cannot be combined with --summary, --tuning and --provenance");
    if (r->view == VIEW_PROVENANCE && (r->csv || r->where || r->stage))
        argp_error(state,
                   "--provenance describes the whole run; it cannot be combined with --csv, --where and --stage");
    if (r->view == VIEW_TUNING && r->stage)
        argp_error(state, "--tuning always shows the stage tune; it cannot be combined with --stage");
}

const cli_usage command_show_usage = {.words = "RUN|FILE",
                                      .most_words = 1,
                                      .runs = true,
                                      .no_word = CLI_WHICH_RUN,
                                      .help = help,
                                      .options = options,
                                      .check = check};

/* Columns of the trials, by index. */
typedef struct columns {
    size_t *items;
    size_t count;
} columns;

static void free_columns(columns *c) {
    free(c->items);
}

/* Appends a column by name unless it is already in the list. */
static void take(columns *taken, const table *runs, const char *name) {
    const table_column *column = table_find(runs, name);
    size_t index = column ? (size_t)(column - runs->columns) : 0;
    for (size_t i = 0; i < taken->count; i++)
        if (taken->items[i] == index)
            return;
    if (column)
        taken->items[taken->count++] = index;
}

/* The columns that --cols names. */
static gb_status take_named(gb_context *context, const char *given, const table *runs, columns *taken) {
    CLEANUP(free_at) char *copy = NULL, **names = cli_split(given, &copy);
    for (size_t i = 0; names[i]; i++) {
        if (!table_find(runs, names[i]))
            return metric_no_column(context, runs, names[i]);
        take(taken, runs, names[i]);
    }
    return GB_OK;
}

/* Settings that vary, seed and status, then metrics. */
static gb_status take_telling(gb_context *context, const request *r, const evidence *e, columns *taken) {
    CLEANUP(summary_free) summary s = {0};
    GB_TRY(summary_make(context, e, false, &s));
    for (size_t i = 0; i < s.setting_count; i++)
        take(taken, &e->runs, s.settings[i]->name);
    if (!strcmp(r->stage, "all"))
        take(taken, &e->runs, "stage");
    take(taken, &e->runs, "seed");
    take(taken, &e->runs, "status");
    for (size_t i = 0; i < s.metric_count; i++)
        take(taken, &e->runs, s.metrics[i]->name);
    return GB_OK;
}

static gb_status choose_columns(gb_context *context, const request *r, const evidence *e, columns *taken) {
    *taken = (columns){cli_need(calloc(e->runs.count + 1, sizeof *taken->items)), 0};
    if (r->columns)
        return take_named(context, r->columns, &e->runs, taken);
    if (!r->all_columns && !r->csv && !r->json)
        return take_telling(context, r, e, taken);
    while (taken->count < e->runs.count) {
        taken->items[taken->count] = taken->count;
        taken->count++;
    }
    return GB_OK;
}

static void print_trials(const request *r, const table *runs, const columns *taken) {
    grid g = {0};
    char cell[4096];
    for (size_t i = 0; i < taken->count; i++)
        grid_head(&g, runs->columns[taken->items[i]].name);
    for (size_t row = 0; row < runs->rows; row++) {
        for (size_t i = 0; i < taken->count; i++) {
            const table_column *column = &runs->columns[taken->items[i]];
            if (column->type == COLUMN_NUMBER && !r->csv)
                grid_number(&g, column->numbers[row], 4);
            else
                GRID_TEXTS(&g, table_cell(runs, row, column, cell, sizeof cell));
        }
    }
    if (r->csv)
        grid_print_csv(&g);
    else
        grid_print(&g, r->all_columns ? GRID_FULL : GRID_DROP);
}

static void json_trials(json *j, const table *runs, const columns *taken) {
    json_open(j, "trials", '[');
    for (size_t row = 0; row < runs->rows; row++) {
        json_open(j, NULL, '{');
        for (size_t i = 0; i < taken->count; i++) {
            const table_column *column = &runs->columns[taken->items[i]];
            if (column->type == COLUMN_TEXT)
                json_text(j, column->name, column->texts[row]);
            else
                json_number(j, column->name, column->numbers[row]);
        }
        json_close(j);
    }
    json_close(j);
}

static gb_status print_json(gb_context *context, const request *r, const evidence *e, const columns *taken) {
    const results *run = e->source;
    CLEANUP(summary_free) summary s = {0};
    if (r->view == VIEW_SUMMARY)
        GB_TRY(summary_make(context, e, true, &s));
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "run", run->name);
    json_text(&j, "question", run->title);
    json_text(&j, "created", run->created);
    json_text(&j, "path", run->path);
    if (r->view == VIEW_PROVENANCE) {
        json_open(&j, "provenance", '{');
        for (size_t row = 0; row < run->provenance.rows; row++)
            json_text(&j, table_text(&run->provenance, row, "name"), table_text(&run->provenance, row, "value"));
        json_close(&j);
    } else if (r->view == VIEW_SUMMARY) {
        summary_json(&j, &s);
    } else {
        json_trials(&j, &e->runs, taken);
    }
    json_close(&j);
    json_print(&j);
    return GB_OK;
}

static void print_provenance(const results *run) {
    const table *facts = &run->provenance;
    for (size_t row = 0; row < facts->rows; row++) {
        const char *value = table_text(facts, row, "value");
        bool long_text = strchr(value, '\n') != NULL;
        printf("%s%s%s%s", style_start(STYLE_HEAD, stdout), table_text(facts, row, "name"),
               style_end(STYLE_HEAD, stdout), long_text ? "\n" : ": ");
        int length;
        for (const char *at = value, *line; (line = text_line(&at, &length));)
            printf("%s%.*s\n", long_text ? "    " : "", length, line);
        if (!*value)
            putchar('\n');
    }
}

/* True if several cells were matched by width only. */
static bool all_by_width(const table *runs) {
    bool cells = false;
    for (size_t row = 0; row < runs->rows; row++) {
        if (strcmp(table_text(runs, row, "matching"), "width") != 0)
            return false;
        cells = cells || strcmp(table_text(runs, row, "cell"), table_text(runs, 0, "cell")) != 0;
    }
    return cells;
}

static size_t count_trials(const evidence *e) {
    size_t counts[TRIAL_FATES], count = 0;
    evidence_count(e, counts);
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        count += counts[fate];
    return count;
}

/* The heading of a table. It goes to stderr, so that stdout holds only data. */
static void print_heading(const request *r, const evidence *e) {
    const results *run = e->source;
    size_t shown = count_trials(e), others = 0;
    for (size_t row = 0; strcmp(r->stage, "all") != 0 && row < run->runs.rows; row++)
        others += table_find(&run->runs, "stage") && strcmp(table_text(&run->runs, row, "stage"), r->stage) != 0;
    fprintf(stderr, "%s%s%s%s%s\n", style_start(STYLE_HEAD, stderr), run->name, style_end(STYLE_HEAD, stderr),
            *run->title ? "  " : "", run->title);
    fprintf(stderr, "%zu trial%s", shown, shown == 1 ? "" : "s");
    if (others)
        fprintf(stderr, " (and %zu of other stages: --stage all)", others);
    text lines = {0};
    bool by_arm = r->view == VIEW_SUMMARY;
    matchings_words(&e->runs, &lines); /* of width: nothing, unless the recipe sets other widths */
    fprintf(stderr, "%s%s; %s\n%s\n",
            by_arm ? "; mean ± half of the 95 % t interval, over the n seeds that have a value" : "",
            all_by_width(&e->runs) && !lines.length ? "; matched by width" : "", run->path,
            by_arm && lines.data ? lines.data : "");
    text_free(&lines);
    int length;
    if (declared_changes_of_all(NULL, run, &lines) == GB_OK)
        for (const char *at = lines.data, *line; (line = text_line(&at, &length));)
            cli_say("%.*s", length, line);
    text_free(&lines);
}

static gb_status print_summary(gb_context *context, const request *r, const evidence *e) {
    CLEANUP(summary_free) summary s = {0};
    GB_TRY(summary_make(context, e, r->csv, &s));
    summary_print(&s, r->csv, r->all_columns);
    return GB_OK;
}

static gb_status print_run(gb_context *context, const request *r, const evidence *e, const columns *taken) {
    const results *run = e->source;
    const char *name = cli_name_of(context, run->name, run->path);
    if (r->json)
        return print_json(context, r, e, taken);
    if (r->view == VIEW_PROVENANCE) {
        print_provenance(run);
        cli_next("gatebench show %s", name);
        return GB_OK;
    }
    if (!r->csv)
        print_heading(r, e);
    if (!r->csv && !e->runs.rows) {
        bool all = strcmp(r->stage, "all") == 0;
        cli_say("no %s%strial has finished; gatebench status shows the progress of the run", all ? "" : r->stage,
                all ? "" : " ");
        return GB_OK;
    }
    if (r->view == VIEW_SUMMARY)
        GB_TRY(print_summary(context, r, e));
    else
        print_trials(r, &e->runs, taken);
    if (!r->csv)
        cli_next("gatebench plot %s; gatebench verdict", name);
    return GB_OK;
}

/* Shows trials one by one in the file's order. Arms also count trials without a result. */
static gb_status read_evidence(gb_context *context, const request *r, const results *run, evidence *e, columns *taken) {
    GB_TRY(evidence_read(context, run, r->stage, r->view != VIEW_TUNING && (r->where || r->view == VIEW_SUMMARY), e));
    if (r->view == VIEW_TRIALS)
        GB_TRY(evidence_drop_unfinished(context, e));
    if (r->where)
        GB_TRY(where_keep(context, r->where, &e->runs));
    return r->view == VIEW_TRIALS ? choose_columns(context, r, e, taken) : GB_OK;
}

int command_show(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_show_usage, argc, argv, &r))
        return EXIT_USAGE;
    bool by_trial = r.columns || r.csv || r.json;
    if (r.view == VIEW_UNSET)
        r.view = by_trial ? VIEW_TRIALS : VIEW_SUMMARY;
    if (!r.stage)
        r.stage = r.view == VIEW_TUNING ? "tune" : "final";
    CLEANUP(results_free_at) results *run = NULL;
    CLEANUP(evidence_free) evidence e = {0};
    CLEANUP(free_columns) columns taken = {0};
    CLI_TRY(context, cli_open_results(context, r.words.items[0], &run));
    CLI_TRY(context, read_evidence(context, &r, run, &e, &taken));
    if (r.view == VIEW_TUNING)
        CLI_TRY(context, show_tuning(context, &e, r.csv, r.json));
    else
        CLI_TRY(context, print_run(context, &r, &e, &taken));
    if (r.view == VIEW_SUMMARY && !r.csv && !r.json)
        show_tuning_edges(context, run);
    return EXIT_OK;
}
