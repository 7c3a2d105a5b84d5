/* SPDX-License-Identifier: MIT */
/* gatebench params: how many parameters a layer of a cell has under each convention, split by gate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"

static const char help[] = "Count the parameters of one recurrent layer as Keras, PyTorch, oneDNN and the cell's own "
                           "paper count them.\n\n"
                           "Examples:\n"
                           "  gatebench params                                   every cell\n"
                           "  gatebench params --cell gru --input 4 --hidden 5\n"
                           "  gatebench params --cell rnn,lstm,gru --convention paper\n"
                           "  gatebench params --cell gru --input 4 --hidden 5 --json"
                           "\vThe ratio compares with an lstm of the same input and hidden size under the same "
                           "convention.";

enum { MOST_GATES = 16 };

typedef struct request {
    const char *cells, *conventions;
    size_t input, hidden;
    bool json;
} request;

static const struct argp_option options[] = {{"cell", 'c', "LIST", 0, "Cells, comma-separated (default: all)", 0},
                                             {"input", 'i', "I", 0, "Inputs of the layer (default 64)", 0},
                                             {"hidden", 'H', "H", 0, "Hidden units (default 64)", 0},
                                             {"convention", 'C', "LIST", 0, "keras, pytorch, onednn, paper", 0},
                                             {"json", 'J', NULL, 0, "Print JSON", 0},
                                             {0}};

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case 'c':
        r->cells = value;
        return 0;
    case 'i':
        r->input = cli_count(state, "--input", value, 1, 1000000000);
        return 0;
    case 'H':
        r->hidden = cli_count(state, "--hidden", value, 1, 1000000000);
        return 0;
    case 'C':
        r->conventions = value;
        return 0;
    case 'J':
        r->json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not an option; cells go behind --cell", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_params_argp = {options, parse, NULL, help, cli_common, NULL, NULL};

/* What is asked for: cells, and which conventions. */
typedef struct selection {
    const gb_cell_info **cells;
    size_t count;
    bool conventions[GB_CONVENTIONS];
} selection;

static gb_status unknown(gb_context *context, const char *what, const char *name, const char *const *names,
                         size_t count) {
    const char *nearest = text_nearest(name, names, count);
    text list = {0};
    for (size_t i = 0; i < count; i++)
        text_append(&list, "%s%s", i ? ", " : "", names[i]);
    gb_status status =
        nearest
            ? gb_fail(context, GB_INVALID, "unknown %s '%s'; did you mean '%s'?", what, name, nearest)
            : gb_fail(context, GB_INVALID, "unknown %s '%s'; there are %s", what, name, list.data ? list.data : "none");
    text_free(&list);
    return status;
}

static gb_status unknown_cell(gb_context *context, const char *name) {
    size_t count = gb_cell_count();
    const char **names = calloc(count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++)
        names[i] = gb_cell_at(i)->name;
    gb_status status = unknown(context, "cell", name, names, names ? count : 0);
    free(names);
    return status;
}

static gb_status select_conventions(gb_context *context, const char *given, selection *s) {
    const char *names[GB_CONVENTIONS];
    for (size_t i = 0; i < GB_CONVENTIONS; i++) {
        names[i] = gb_convention_name((gb_convention)i);
        s->conventions[i] = !given;
    }
    if (!given)
        return GB_OK;
    char *copy, **wanted = cli_split(given, &copy);
    gb_status status = wanted ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
    for (size_t w = 0; status == GB_OK && wanted[w]; w++) {
        size_t i = 0;
        while (i < GB_CONVENTIONS && strcmp(names[i], wanted[w]) != 0)
            i++;
        if (i < GB_CONVENTIONS)
            s->conventions[i] = true;
        else
            status = unknown(context, "convention", wanted[w], names, GB_CONVENTIONS);
    }
    free(wanted);
    free(copy);
    return status;
}

static gb_status select_cells(gb_context *context, const char *given, selection *s) {
    char *copy, **wanted = cli_split(given ? given : "", &copy);
    s->cells = calloc(gb_cell_count() + strlen(given ? given : "") + 1, sizeof *s->cells);
    gb_status status = wanted && s->cells ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
    for (size_t i = 0; status == GB_OK && !given && i < gb_cell_count(); i++)
        s->cells[s->count++] = gb_cell_at(i);
    for (size_t i = 0; status == GB_OK && wanted[i]; i++) {
        const gb_cell_info *cell = gb_cell_find(wanted[i]);
        if (cell && cell->gates <= MOST_GATES)
            s->cells[s->count++] = cell;
        else
            status = unknown_cell(context, wanted[i]);
    }
    free(wanted);
    free(copy);
    return status;
}

/* A cell's count under a convention, and the lstm's beside it. */
typedef struct tally {
    size_t split[MOST_GATES][3], sums[3], total;
    double ratio;
} tally;

static tally count(const request *r, const gb_cell_info *cell, gb_convention convention) {
    tally t = {0};
    const gb_cell_info *lstm = gb_cell_find("lstm");
    t.total = gb_cell_parameters(cell, r->input, r->hidden, cell->bias[convention], t.split);
    for (size_t gate = 0; gate < cell->gates; gate++)
        for (size_t part = 0; part < 3; part++)
            t.sums[part] += t.split[gate][part];
    size_t base = lstm ? gb_cell_parameters(lstm, r->input, r->hidden, lstm->bias[convention], NULL) : 0;
    t.ratio = base ? (double)t.total / (double)base : NAN;
    return t;
}

static int print_counts(const request *r, const selection *s) {
    grid g;
    grid_start(&g, (const char *const[]){"cell", "convention", "bias", "parameters", "kernel", "recurrent", "biases",
                                         "of an lstm", NULL});
    for (size_t c = 0; c < s->count; c++) {
        for (size_t i = 0; i < GB_CONVENTIONS; i++) {
            if (!s->conventions[i])
                continue;
            tally t = count(r, s->cells[c], (gb_convention)i);
            grid_add(&g, STYLE_PLAIN, "%s", s->cells[c]->name);
            grid_add(&g, STYLE_PLAIN, "%s", gb_convention_name((gb_convention)i));
            grid_add(&g, STYLE_PLAIN, "%s", gb_bias_name(s->cells[c]->bias[i]));
            grid_add(&g, STYLE_PLAIN, "%zu", t.total);
            for (size_t part = 0; part < 3; part++)
                grid_add(&g, STYLE_PLAIN, "%zu", t.sums[part]);
            grid_add(&g, STYLE_PLAIN, "%.3f", t.ratio);
        }
    }
    return grid_print(&g, GRID_FULL);
}

static int print_gates(const request *r, const gb_cell_info *cell, const bool *conventions) {
    grid g;
    printf("\n%s by gate: kernel + recurrent + bias\n", cell->name);
    const char *headers[MOST_GATES + 2] = {"convention"};
    for (size_t gate = 0; gate < cell->gates; gate++)
        headers[gate + 1] = cell->gate_names[gate];
    grid_start(&g, headers);
    for (size_t i = 0; i < GB_CONVENTIONS; i++) {
        if (!conventions[i])
            continue;
        tally t = count(r, cell, (gb_convention)i);
        grid_add(&g, STYLE_PLAIN, "%s", gb_convention_name((gb_convention)i));
        for (size_t gate = 0; gate < cell->gates; gate++)
            grid_add(&g, STYLE_PLAIN, "%zu + %zu + %zu", t.split[gate][0], t.split[gate][1], t.split[gate][2]);
    }
    return grid_print(&g, GRID_FULL);
}

static void json_tally(json *j, const gb_cell_info *cell, gb_convention convention, const tally *t) {
    static const char *const parts[] = {"kernel", "recurrent", "bias"};
    json_open(j, gb_convention_name(convention), '{');
    json_text(j, "bias_option", gb_bias_name(cell->bias[convention]));
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

static int print_json(const request *r, const selection *s) {
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
        for (size_t i = 0; i < GB_CONVENTIONS; i++) {
            tally t = count(r, s->cells[c], (gb_convention)i);
            if (s->conventions[i])
                json_tally(&j, s->cells[c], (gb_convention)i, &t);
        }
        json_close(&j);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    return json_print(&j);
}

static int print_all(const request *r, const selection *s) {
    if (r->json)
        return print_json(r, s);
    printf("one layer: input %zu, hidden %zu\n", r->input, r->hidden);
    int code = print_counts(r, s);
    for (size_t c = 0; code == EXIT_OK && r->cells && c < s->count; c++)
        code = print_gates(r, s->cells[c], s->conventions);
    if (r->cells)
        cli_next("gatebench run ledger    (the same counts, from allocated models)");
    else
        cli_next("gatebench params --cell gru --input %zu --hidden %zu    (split by gate)", r->input, r->hidden);
    return code;
}

int command_params(gb_context *context, int argc, char **argv) {
    request r = {.input = 64, .hidden = 64};
    if (argp_parse(&command_params_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    selection s = {0};
    gb_status status = select_conventions(context, r.conventions, &s);
    if (status == GB_OK)
        status = select_cells(context, r.cells, &s);
    int code = status == GB_OK ? print_all(&r, &s) : cli_failed(context, status);
    free(s.cells);
    return code;
}
