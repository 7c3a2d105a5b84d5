/* SPDX-License-Identifier: MIT */
/* gatebench show: the numbers of a run, by arm or by trial. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/row_filter.h"
#include "cli/show_tuning.h"
#include "cli/summary.h"
#include "results/store/matching_rows.h"
#include "support/file.h"

static const char help[] = "Show a run: a line for each arm (a combination of the swept settings) with means and 95 % "
                           "Student-t intervals over its seeds, or a line for each trial.\n\n"
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
    bool all_columns, csv, json, stage_given;
} request;

static const struct argp_option options[] = {
    {"summary", 's', NULL, 0, "A line an arm (the default)", 0},
    {"trials", 't', NULL, 0, "A line a trial", 0},
    {"cols", 'c', "LIST", 0, "These columns of the trials, comma-separated", 0},
    {"all-columns", 'a', NULL, 0, "All columns, also when wider than the terminal; with --trials every one there is",
     0},
    {"where", 'w', "CONDITIONS", 0, "Only trials like this: 'cell=gru,lstm gap>=200' (= != < <= > >=)", 0},
    {"stage", 'S', "NAME", 0, "final (the default), tune or all", 0},
    {"tuning", 'T', NULL, 0, "What tuning tried and chose: every candidate with every seed", 0},
    {"provenance", 'P', NULL, 0, "Recipe, command line, commit and libraries instead of numbers", 0},
    {"csv", 'C', NULL, 0, "Print CSV", 0},
    {"json", 'J', NULL, 0, "Print JSON", 0},
    {0}};

/* No option is passed over in silence. */
static void check_together(const request *r, struct argp_state *state) {
    bool trials = r->view == VIEW_UNSET || r->view == VIEW_TRIALS;
    if (r->columns && !trials)
        argp_error(state, "--cols names columns of the trials: without --summary, --tuning and --provenance");
    if (r->view == VIEW_PROVENANCE && (r->csv || r->where || r->stage_given))
        argp_error(state, "--provenance is about the whole run: without --csv, --where and --stage");
    if (r->view == VIEW_TUNING && r->stage_given)
        argp_error(state, "--tuning is about the stage tune: without --stage");
}

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case 's':
        r->view = VIEW_SUMMARY;
        return 0;
    case 't':
        r->view = VIEW_TRIALS;
        return 0;
    case 'T':
        r->view = VIEW_TUNING;
        return 0;
    case 'P':
        r->view = VIEW_PROVENANCE;
        return 0;
    case 'c':
        r->columns = value;
        return 0;
    case 'a':
        r->all_columns = true;
        return 0;
    case 'S':
        if (strcmp(value, "final") != 0 && strcmp(value, "tune") != 0 && strcmp(value, "all") != 0)
            argp_error(state, "--stage is '%s'; give final, tune or all", value);
        r->stage = value;
        r->stage_given = true;
        return 0;
    case 'w':
        r->where = value;
        return 0;
    case 'C':
        r->csv = true;
        return 0;
    case 'J':
        r->json = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_words(&r->words, state);
        cli_at_most(&r->words, 1, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench list runs' shows them");
        return 0;
    case ARGP_KEY_END:
        check_together(r, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_show_argp = {options, parse, "RUN|FILE", help, cli_common, NULL, NULL};

/* Appends a column by name unless it is there already. */
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
    char *copy, **names = cli_split(given, &copy);
    const char **known = calloc(runs->count + 1, sizeof *known);
    gb_status status = names && known ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
    for (size_t c = 0; status == GB_OK && c < runs->count; c++)
        known[c] = runs->columns[c].name;
    for (size_t i = 0; status == GB_OK && names[i]; i++) {
        const char *nearest = text_nearest(names[i], known, runs->count);
        if (table_find(runs, names[i]))
            take(taken, runs, names[i]);
        else if (nearest)
            status = gb_fail(context, GB_INVALID, "no column '%s'; did you mean '%s'?", names[i], nearest);
        else
            status =
                gb_fail(context, GB_INVALID, "no column '%s'; --trials --all-columns shows which there are", names[i]);
    }
    free(known);
    free(names);
    free(copy);
    return status;
}

/* Swept settings, seed and status, then measurements. */
static bool take_telling(const request *r, const table *runs, columns *taken) {
    columns swept = {0}, measured = {0};
    bool made = summary_swept(runs, r->stage, false, &swept) && summary_measured(runs, r->stage, &measured);
    for (size_t i = 0; made && i < swept.count; i++)
        take(taken, runs, runs->columns[swept.items[i]].name);
    if (!strcmp(r->stage, "all"))
        take(taken, runs, "stage");
    take(taken, runs, "seed");
    take(taken, runs, "status");
    for (size_t i = 0; made && i < measured.count; i++)
        take(taken, runs, runs->columns[measured.items[i]].name);
    free(swept.items);
    free(measured.items);
    return made;
}

static gb_status choose_columns(gb_context *context, const request *r, const table *runs, columns *taken) {
    *taken = (columns){calloc(runs->count + 1, sizeof *taken->items), 0};
    if (!taken->items)
        return gb_fail(context, GB_MEMORY, "out of memory");
    if (r->columns)
        return take_named(context, r->columns, runs, taken);
    if (r->all_columns || r->csv || r->json) {
        for (size_t c = 0; c < runs->count; c++)
            taken->items[taken->count++] = c;
        return GB_OK;
    }
    return take_telling(r, runs, taken) ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
}

static int print_trials(const request *r, const table *runs, const columns *taken) {
    grid g = {0};
    char cell[4096], number[40];
    for (size_t i = 0; i < taken->count; i++)
        grid_head(&g, runs->columns[taken->items[i]].name);
    for (size_t row = 0; row < runs->rows; row++) {
        for (size_t i = 0; summary_takes(runs, row, r->stage) && i < taken->count; i++) {
            const table_column *column = &runs->columns[taken->items[i]];
            if (column->type == COLUMN_NUMBER && !r->csv)
                grid_add(&g, STYLE_PLAIN, "%s", output_number(column->numbers[row], 4, number, sizeof number));
            else
                grid_add(&g, STYLE_PLAIN, "%s", table_cell(runs, row, column, cell, sizeof cell));
        }
    }
    if (r->csv)
        return grid_print_csv(&g);
    return grid_print(&g, r->all_columns ? GRID_FULL : GRID_DROP);
}

static void json_trials(const request *r, json *j, const table *runs, const columns *taken) {
    json_open(j, "trials", '[');
    for (size_t row = 0; row < runs->rows; row++) {
        if (!summary_takes(runs, row, r->stage))
            continue;
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

static int print_json(const request *r, const results *run, const columns *taken) {
    json j = {0};
    int code = EXIT_OK;
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
        code = summary_json(&j, &run->runs, r->stage);
    } else {
        json_trials(r, &j, &run->runs, taken);
    }
    json_close(&j);
    int printed = json_print(&j);
    return code ? code : printed;
}

static int print_provenance(const results *run) {
    const table *facts = &run->provenance;
    for (size_t row = 0; row < facts->rows; row++) {
        const char *value = table_text(facts, row, "value");
        bool long_text = strchr(value, '\n') != NULL;
        printf("%s%s%s%s", style_start(STYLE_HEAD, stdout), table_text(facts, row, "name"),
               style_end(STYLE_HEAD, stdout), long_text ? "\n" : ": ");
        for (const char *line = value; *line;) {
            int length = (int)strcspn(line, "\n");
            printf("%s%.*s\n", long_text ? "    " : "", length, line);
            line += length + (line[length] == '\n');
        }
        if (!*value)
            putchar('\n');
    }
    return EXIT_OK;
}

/* Whether the cells of this run were made comparable by their width alone. */
static bool all_by_width(const table *runs) {
    bool cells = false;
    for (size_t row = 0; row < runs->rows; row++) {
        if (strcmp(table_text(runs, row, "matching"), "width") != 0)
            return false;
        cells = cells || strcmp(table_text(runs, row, "cell"), table_text(runs, 0, "cell")) != 0;
    }
    return cells;
}

/* What stands over a table: to stderr, so that the table alone is the data. False: there is no trial to show. */
static bool print_heading(const request *r, const results *run) {
    size_t shown = 0, all = 0;
    for (size_t row = 0; row < run->runs.rows; row++) {
        double number = table_number(&run->runs, row, "run");
        if (row && number == table_number(&run->runs, row - 1, "run"))
            continue; /* the same trial under another matching */
        shown += summary_takes(&run->runs, row, r->stage);
        all++;
    }
    fprintf(stderr, "%s%s%s%s%s\n", style_start(STYLE_HEAD, stderr), run->name, style_end(STYLE_HEAD, stderr),
            *run->title ? "  " : "", run->title);
    fprintf(stderr, "%zu trial%s", shown, shown == 1 ? "" : "s");
    if (shown < all)
        fprintf(stderr, " (and %zu of other stages: --stage all)", all - shown);
    text lines = {0};
    if (r->view == VIEW_SUMMARY)
        matchings_words(&run->runs, &lines);
    fprintf(stderr, "%s%s; %s\n%s\n", r->view == VIEW_SUMMARY ? "; mean ± half of the 95 % t interval over seeds" : "",
            all_by_width(&run->runs) ? "; matched by width" : "", run->path, lines.data ? lines.data : "");
    text_free(&lines);
    return shown > 0;
}

static int print_run(gb_context *context, const request *r, const results *run, const columns *taken) {
    if (r->json)
        return print_json(r, run, taken);
    if (r->view == VIEW_PROVENANCE) {
        int printed = print_provenance(run);
        cli_next("gatebench show %s", cli_name_of(context, run->name, run->path));
        return printed;
    }
    if (!r->csv && !print_heading(r, run)) {
        cli_say("no %s%strial has finished; gatebench status says how far the run is",
                strcmp(r->stage, "all") != 0 ? r->stage : "", strcmp(r->stage, "all") != 0 ? " " : "");
        return EXIT_OK;
    }
    int code = r->view == VIEW_SUMMARY ? summary_print(&run->runs, r->stage, r->csv, r->all_columns)
                                       : print_trials(r, &run->runs, taken);
    if (!r->csv)
        cli_next("gatebench plot %s; gatebench verdict", cli_name_of(context, run->name, run->path));
    return code;
}

int command_show(gb_context *context, int argc, char **argv) {
    request r = {.stage = "final"};
    if (argp_parse(&command_show_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    bool by_trial = r.columns || r.csv || r.json;
    if (r.view == VIEW_UNSET)
        r.view = by_trial ? VIEW_TRIALS : VIEW_SUMMARY;
    char path[CLI_PATH];
    results *run = NULL;
    columns taken = {0};
    gb_status status = cli_find_results(context, r.words.items[0], path, sizeof path);
    if (status == GB_OK)
        status = results_read(context, path, &run);
    if (status == GB_OK && (r.where || r.view == VIEW_SUMMARY))
        status = matchings_split(context, &run->runs);
    if (status == GB_OK && r.where)
        status = where_keep(context, r.where, &run->runs);
    if (status == GB_OK && r.view == VIEW_TRIALS)
        status = choose_columns(context, &r, &run->runs, &taken);
    bool tuning = status == GB_OK && r.view == VIEW_TUNING;
    int code = status != GB_OK ? cli_failed(context, status)
               : tuning        ? show_tuning(context, run, r.csv, r.json)
                               : print_run(context, &r, run, &taken);
    if (code == EXIT_OK && r.view == VIEW_SUMMARY && !r.csv && !r.json)
        show_tuning_edges(context, run);
    free(taken.items);
    results_free(run);
    return code;
}
