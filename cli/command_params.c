/* SPDX-License-Identifier: MIT */
/* gatebench params: the number of parameters of a layer under each convention, split by gate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "datasets/files/cell_files.h"
#include "interchange/network/conventions.h"
#include "support/cleanup.h"

static const char help[] =
    "Count the parameters of one recurrent layer as Keras, PyTorch, oneDNN, the cell's own "
    "paper and other frameworks count them.\n\n"
    "Examples:\n"
    "  gatebench params                                   every cell\n"
    "  gatebench params --cell gru --input 4 --hidden 5\n"
    "  gatebench params --cell rnn,lstm,gru --convention paper\n"
    "  gatebench params --cell gru --convention flax_linen,flax_nnx,keras   or: all\n"
    "  gatebench params --cell gru --input 4 --hidden 5 --json"
    "\vThe ratio is relative to an lstm of the same input and hidden size under the same convention.";

enum { MOST_GATES = 16 };

typedef struct request {
    const char *cells, *conventions;
    size_t input, hidden;
    bool json;
} request;

static const cli_option options[] = {
    CLI_TEXT("cell", 'c', "LIST", cells, "Cells, comma-separated (default: all)"),
    CLI_COUNT("input", 'i', "I", input, 1, 1000000000, "Inputs of the layer (default 64)"),
    CLI_COUNT("hidden", 'H', "H", hidden, 1, 1000000000, "Hidden units (default 64)"),
    CLI_TEXT("convention", 'C', "LIST", conventions,
             "keras, pytorch, onednn, paper (default); flax_linen, haiku, mlx, ...; all"),
    CLI_JSON,
    {0}};

const cli_usage command_params_usage = {.no_word = "cells go behind --cell", .help = help, .options = options};

/* A way of counting: a convention of the library's cells, or a framework of the table of conventions. A framework may
 * lack a cell. */
typedef struct counting {
    const char *name;
    gb_convention own; /* GB_CONVENTIONS: a framework */
} counting;

enum { MOST_COUNTINGS = 32 };

/* The request: cells and conventions. */
typedef struct selection {
    const gb_cell_info **cells;
    size_t count, countings;
    counting all[MOST_COUNTINGS];
    bool chosen[MOST_COUNTINGS];
} selection;

/* The cells' own conventions, then the other frameworks. */
static void list_countings(selection *s) {
    const convention *c;
    for (size_t i = 0; i < GB_CONVENTIONS; i++)
        s->all[s->countings++] = (counting){gb_convention_name((gb_convention)i), (gb_convention)i};
    for (size_t i = 0; (c = convention_at(i)); i++) {
        size_t k = 0;
        while (k < s->countings && strcmp(s->all[k].name, c->framework) != 0)
            k++;
        if (k == s->countings && k < MOST_COUNTINGS)
            s->all[s->countings++] = (counting){c->framework, GB_CONVENTIONS};
    }
}

static gb_status unknown(gb_context *context, const char *what, const char *name, const char *const *names,
                         size_t count) {
    const char *nearest = text_nearest(name, names, count);
    CLEANUP(text_free) text list = {0};
    for (size_t i = 0; i < count; i++)
        text_append(&list, "%s%s", i ? ", " : "", names[i]);
    return nearest ? gb_fail(context, GB_INVALID, "unknown %s '%s'; did you mean '%s'?", what, name, nearest)
                   : gb_fail(context, GB_INVALID, "unknown %s '%s'; there are %s", what, name,
                             list.data ? list.data : "none");
}

static gb_status unknown_cell(gb_context *context, const char *name) {
    size_t count = 0;
    while (cells_at(count))
        count++;
    CLEANUP(free_at) const char **names = cli_need(calloc(count + 1, sizeof *names));
    for (size_t i = 0; i < count; i++)
        names[i] = cells_at(i)->name;
    return unknown(context, "cell", name, names, count);
}

static gb_status select_conventions(gb_context *context, const char *given, selection *s) {
    const char *names[MOST_COUNTINGS];
    list_countings(s);
    for (size_t i = 0; i < s->countings; i++) {
        names[i] = s->all[i].name;
        s->chosen[i] = given ? strcmp(given, "all") == 0 : s->all[i].own < GB_CONVENTIONS;
    }
    if (!given || strcmp(given, "all") == 0)
        return GB_OK;
    CLEANUP(free_at) char *copy = NULL, **wanted = cli_split(given, &copy);
    for (size_t w = 0; wanted[w]; w++) {
        size_t i = 0;
        while (i < s->countings && strcmp(names[i], wanted[w]) != 0)
            i++;
        if (i == s->countings)
            return unknown(context, "convention", wanted[w], names, s->countings);
        s->chosen[i] = true;
    }
    return GB_OK;
}

static gb_status select_cells(gb_context *context, const char *given, selection *s) {
    CLEANUP(free_at) char *copy = NULL, **wanted = cli_split(given ? given : "", &copy);
    size_t known = 0;
    while (cells_at(known))
        known++;
    s->cells = cli_need(calloc(known + strlen(given ? given : "") + 1, sizeof *s->cells));
    for (size_t i = 0; !given && i < known; i++)
        if (cells_at(i)->gates <= MOST_GATES)
            s->cells[s->count++] = cells_at(i);
    for (size_t i = 0; wanted[i]; i++) {
        const gb_cell_info *cell = cells_find(wanted[i]);
        if (!cell || cell->gates > MOST_GATES)
            return unknown_cell(context, wanted[i]);
        s->cells[s->count++] = cell;
    }
    return GB_OK;
}

/* A cell's count under a convention, and the lstm's for comparison. */
typedef struct tally {
    size_t split[MOST_GATES][3], sums[3], total;
    double ratio;
    gb_bias bias;
} tally;

/* 0 where the framework lacks the cell. */
static size_t parameters(const request *r, const gb_cell_info *cell, const counting *c, size_t (*split)[3],
                         gb_bias *bias) {
    if (c->own < GB_CONVENTIONS) {
        *bias = cell->bias[c->own];
        return gb_cell_parameters(cell, r->input, r->hidden, *bias, split);
    }
    const convention *line = convention_find(c->name, cell->name);
    *bias = line ? convention_bias(line) : GB_BIAS_NONE;
    return line ? convention_parameters(line, r->input, r->hidden, split) : 0;
}

/* False where the framework lacks the cell. */
static bool count(const request *r, const gb_cell_info *cell, const counting *c, tally *t) {
    *t = (tally){0};
    gb_bias ignored;
    const gb_cell_info *lstm = cells_find("lstm");
    t->total = parameters(r, cell, c, t->split, &t->bias);
    for (size_t gate = 0; gate < cell->gates; gate++)
        for (size_t part = 0; part < 3; part++)
            t->sums[part] += t->split[gate][part];
    size_t base = lstm ? parameters(r, lstm, c, NULL, &ignored) : 0;
    t->ratio = base ? (double)t->total / (double)base : NAN;
    return t->total > 0;
}

static void print_counts(const request *r, const selection *s) {
    grid g;
    tally t;
    grid_start(&g, (const char *const[]){"cell", "convention", "bias", "parameters", "kernel", "recurrent", "biases",
                                         "of an lstm", NULL});
    for (size_t c = 0; c < s->count; c++) {
        for (size_t i = 0; i < s->countings; i++) {
            if (!s->chosen[i] || !count(r, s->cells[c], &s->all[i], &t))
                continue;
            GRID_TEXTS(&g, s->cells[c]->name, s->all[i].name, gb_bias_name(t.bias));
            GRID_COUNTS(&g, t.total, t.sums[0], t.sums[1], t.sums[2]);
            grid_add(&g, STYLE_PLAIN, "%.3f", t.ratio);
        }
    }
    grid_print(&g, GRID_FULL);
}

static void print_gates(const request *r, const gb_cell_info *cell, const selection *s) {
    grid g;
    tally t;
    printf("\n%s by gate: kernel + recurrent + bias\n", cell->name);
    const char *headers[MOST_GATES + 2] = {"convention"};
    for (size_t gate = 0; gate < cell->gates; gate++)
        headers[gate + 1] = cell->gate_names[gate];
    grid_start(&g, headers);
    for (size_t i = 0; i < s->countings; i++) {
        if (!s->chosen[i] || !count(r, cell, &s->all[i], &t))
            continue;
        grid_add(&g, STYLE_PLAIN, "%s", s->all[i].name);
        for (size_t gate = 0; gate < cell->gates; gate++)
            grid_add(&g, STYLE_PLAIN, "%zu + %zu + %zu", t.split[gate][0], t.split[gate][1], t.split[gate][2]);
    }
    grid_print(&g, GRID_FULL);
}

static void json_tally(json *j, const gb_cell_info *cell, const char *name, const tally *t) {
    static const char *const parts[] = {"kernel", "recurrent", "bias"};
    json_open(j, name, '{');
    json_text(j, "bias_option", gb_bias_name(t->bias));
    json_count(j, "parameters", t->total);
    for (size_t part = 0; part < 3; part++)
        json_count(j, parts[part], t->sums[part]);
    json_number(j, "ratio_to_lstm", t->ratio);
    json_open(j, "gates", '{');
    for (size_t gate = 0; gate < cell->gates; gate++) {
        json_open(j, cell->gate_names[gate], '{');
        for (size_t part = 0; part < 3; part++)
            json_count(j, parts[part], t->split[gate][part]);
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

static void print_json(const request *r, const selection *s) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_count(&j, "input", r->input);
    json_count(&j, "hidden", r->hidden);
    json_open(&j, "cells", '[');
    for (size_t c = 0; c < s->count; c++) {
        json_open(&j, NULL, '{');
        json_text(&j, "cell", s->cells[c]->name);
        json_text(&j, "title", s->cells[c]->title);
        json_text(&j, "source", s->cells[c]->source);
        json_open(&j, "conventions", '{');
        for (size_t i = 0; i < s->countings; i++) {
            tally t;
            if (s->chosen[i] && count(r, s->cells[c], &s->all[i], &t))
                json_tally(&j, s->cells[c], s->all[i].name, &t);
        }
        json_close(&j);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    json_print(&j);
}

static void print_all(const request *r, const selection *s) {
    printf("one layer: input %zu, hidden %zu\n", r->input, r->hidden);
    print_counts(r, s);
    for (size_t c = 0; r->cells && c < s->count; c++)
        print_gates(r, s->cells[c], s);
    if (r->cells)
        cli_next("gatebench run ledger    (the same counts, from allocated models)");
    else
        cli_next("gatebench params --cell gru --input %zu --hidden %zu    (split by gate)", r->input, r->hidden);
}

static void free_selection(selection *s) {
    free(s->cells);
}

int command_params(gb_context *context, int argc, char **argv) {
    request r = {.input = 64, .hidden = 64};
    if (!cli_parse(&command_params_usage, argc, argv, &r))
        return EXIT_USAGE;
    CLEANUP(free_selection) selection s = {0};
    CLI_TRY(context, select_conventions(context, r.conventions, &s));
    CLI_TRY(context, select_cells(context, r.cells, &s));
    (r.json ? print_json : print_all)(&r, &s);
    return EXIT_OK;
}
