/* SPDX-License-Identifier: MIT */
/* gatebench import: reads a network of another framework, shows its layers, and checks that it computes the same
 * here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/imported.h"
#include "cli/output.h"
#include "interchange/network/check.h"
#include "interchange/write/export.h"
#include "support/cleanup.h"

static const char help[] =
    "Read a network of Keras (.keras, .weights.h5, .h5), PyTorch, MLX or equinox (.safetensors), ONNX (.onnx), or one "
    "saved by NumPy (.npz). Shows which layers it has and how their weights were mapped, compares its outputs with "
    "those of its own framework, and saves it for another one.\n\n"
    "Examples:\n"
    "  gatebench import model.keras\n"
    "  gatebench import model.safetensors --check x.npy,y.npy\n"
    "  gatebench import params.npz --from haiku\n"
    "  gatebench import model.keras --save model.safetensors   for PyTorch\n"
    "  gatebench import --table     the conventions of other frameworks"
    "\vx.npy is [N][T][I] (--time-major: [T][N][I]) or [N][T] words; y.npy holds the outputs of every step, or of the "
    "last. LENGTHS.npy holds the steps of each sequence where the network takes them (sequence_lens of ONNX). "
    "Exit code 1: they differ by more than the tolerance.";

typedef struct request {
    cli_words words;
    import_options options;
    const char *check, *save;
    double tolerance;
    bool time_major, batch_major, json, table;
} request;

static const cli_option options[] = {
    CLI_TEXT("check", 'c', "X.npy,Y.npy[,LENGTHS.npy]", check,
             "Compare the network's outputs for the inputs X with the expected outputs Y"),
    CLI_NUMBER(CLI_FROM_0, "tolerance", 0, "R", tolerance, "Largest accepted relative L2 error (default 1e-5)"),
    CLI_TRUE("time-major", 0, time_major, "X and Y are [T][N] (the default for .onnx)"),
    CLI_TRUE("batch-major", 0, batch_major, "X and Y are [N][T] (the default for all others)"),
    CLI_TEXT("save", 's', "FILE", save, "Save as .safetensors for PyTorch or .weights.h5 for Keras"),
    CLI_JSON,
    CLI_TRUE("table", 0, table, "Print the table of conventions"),
    CLI_IMPORT(options),
    {0}};

static void check_options(void *given, struct argp_state *state) {
    const request *r = given;
    if (r->words.count != !r->table)
        argp_error(state, r->table ? "--table takes no file" : "give one file of weights");
    if (r->table && r->json)
        argp_error(state, "--table is printed as text only; omit --json");
    if (r->time_major && r->batch_major)
        argp_error(state, "--time-major and --batch-major cannot be combined");
}

const cli_usage command_import_usage = {
    .words = "FILE", .most_words = CLI_ANY, .help = help, .options = options, .check = check_options};

/* The layout of the input kernel's gates: "i f g o", or one tensor per gate. */
static void put_order(grid *g, const convention_tensor *tensors, size_t count) {
    char order[24] = "";
    size_t kernels = 0;
    for (size_t k = 0; k < count; k++)
        kernels += strchr("WX", tensors[k].role) != NULL;
    for (size_t q = 0; q < strlen(tensors[0].gates); q++)
        snprintf(order + 2 * q, sizeof order - 2 * q, "%c ", tensors[0].gates[q]);
    grid_add(g, STYLE_PLAIN, "%s%s",
             kernels > 1                ? "one tensor each"
             : *tensors[0].gates == 'y' ? "-"
                                        : order,
             tensors[0].interleaved ? "interleaved" : "");
    grid_add(g, STYLE_PLAIN, "%s",
             tensors[0].role == 'X'  ? "[I + H][G H]"
             : tensors[0].transposed ? "[G H][I]"
                                     : "[I][G H]");
}

/* What the functions inside cells are called in files that name them. */
static void print_functions(void) {
    grid g;
    const convention_function *f;
    grid_start(&g, (const char *const[]){"framework", "version", "function", "computes", "known from", NULL});
    for (size_t i = 0; (f = convention_function_at(i)); i++) {
        char formula[FUNCTION_TEXT];
        GRID_TEXTS(&g, f->framework, f->version, f->name, convention_function_text(f->kind, f->slope, formula),
                   f->golden ? "a file" : "source");
    }
    grid_print(&g, GRID_FULL);
}

static void print_table(void) {
    grid g;
    const convention *c;
    grid_start(&g, (const char *const[]){"framework", "version", "layer", "cell", "gates", "kernel", "biases", "reset",
                                         "z keeps", "forget", "known from", NULL});
    for (size_t i = 0; (c = convention_at(i)); i++) {
        convention_tensor tensors[CONVENTION_TENSORS];
        const size_t count = convention_tensors(c, tensors);
        const bool gru = strncmp(c->cell, "gru", 3) == 0;
        size_t biases = 0;
        for (size_t k = 0; k < count; k++)
            biases += strchr("bdB", tensors[k].role) ? convention_count(&tensors[k], 0, 1) : 0;
        GRID_TEXTS(&g, c->framework, c->version, c->layer, c->cell);
        put_order(&g, tensors, count);
        grid_add(&g, STYLE_PLAIN, biases ? "%zuH" : "-", biases);
        GRID_TEXTS(&g,
                   !gru                          ? "-"
                   : strcmp(c->cell, "gru") == 0 ? "after"
                                                 : "before",
                   !gru          ? "-"
                   : c->keep > 0 ? "z"
                                 : "1 - z");
        grid_add(&g, STYLE_PLAIN, c->constant != 0 ? "+%g" : "-", c->constant);
        GRID_TEXTS(&g, c->golden ? "a file" : "source");
    }
    grid_print(&g, GRID_FULL);
}

static gb_status check(gb_context *context, const request *r, const network *net, network_checked *found) {
    CLEANUP(free_at) char *copy = NULL, **files = cli_split(r->check, &copy);
    if (!files[0] || !files[1] || (files[2] && files[3]))
        return gb_fail(context, GB_INVALID, "--check is '%s'; give X.npy,Y.npy[,LENGTHS.npy]", r->check);
    return network_check(context, net, (const char *const[]){files[0], files[1], files[2]},
                         r->time_major || (net->time_major && !r->batch_major), found);
}

static void print_json(const request *r, const network *net, const network_checked *found) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "file", r->words.items[0]);
    json_text(&j, "dtype", net->dtype == GB_F64 ? "f64" : "f32");
    json_count(&j, "parameters", network_counted(net));
    json_open(&j, "layers", '[');
    for (size_t i = 0; i < net->count; i++)
        cli_json_layer(&j, &net->layers[i]);
    json_close(&j);
    json_open(&j, "notes", '[');
    json_lines(&j, net->notes.data);
    json_close(&j);
    if (found) {
        json_open(&j, "check", '{');
        json_count(&j, "sequences", found->sequences);
        json_count(&j, "steps", found->steps);
        json_truth(&j, "last_step", found->last);
        json_number(&j, "relative_error", found->relative);
        json_number(&j, "largest_error", found->largest);
        json_close(&j);
    }
    json_close(&j);
    json_print(&j);
}

static void print_check(const request *r, const network_checked *c) {
    const bool good = c->relative <= r->tolerance;
    printf("%zu sequence%s of %zu step%s, outputs of %s: %s%s%s\n", c->sequences, c->sequences == 1 ? "" : "s",
           c->steps, c->steps == 1 ? "" : "s", c->last ? "the last step" : "every step",
           style_start(good ? STYLE_GOOD : STYLE_BAD, stdout),
           good ? "the same as the framework's" : "not those of the framework", style_end(STYLE_GOOD, stdout));
    printf("  relative L2 error %.3g (allowed: %g); largest error %.3g, in sequence %zu, step %zu, output %zu\n",
           c->relative, r->tolerance, c->largest, c->sequence, c->step, c->output);
}

/* Prints the layers, then the check, then what was saved. */
static int report(gb_context *context, const request *r, const network *net) {
    network_checked found;
    CLEANUP(text_free) text loader = {0};
    if (r->check)
        CLI_TRY(context, check(context, r, net, &found));
    if (r->save)
        CLI_TRY(context, export_network(context, net, r->save, &loader));
    if (r->json) {
        print_json(r, net, r->check ? &found : NULL);
    } else {
        cli_print_network(r->words.items[0], net);
        if (r->check)
            print_check(r, &found);
        if (r->save)
            printf("saved as %s; to load it in Python:\n\n%s\n", r->save, loader.data ? loader.data : "");
        cli_next("gatebench probe %s    (measures how long its memory is)", r->words.items[0]);
    }
    return r->check && !(found.relative <= r->tolerance) ? EXIT_TRIAL_FAILED : EXIT_OK;
}

int command_import(gb_context *context, int argc, char **argv) {
    request r = {.tolerance = 1e-5};
    CLEANUP(network_free) network net = {0};
    if (!cli_parse(&command_import_usage, argc, argv, &r))
        return EXIT_USAGE;
    if (r.table) {
        print_table();
        putchar('\n');
        print_functions();
        return EXIT_OK;
    }
    CLI_TRY(context, import_network(context, r.words.items[0], &r.options, &net));
    return report(context, &r, &net);
}
