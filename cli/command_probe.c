/* SPDX-License-Identifier: MIT */
/* gatebench probe: measures how long the memory of a network is: one from a file, or that of a trial. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/imported.h"
#include "cli/output.h"
#include "cli/retrain.h"
#include "experiments/folder/run_folder.h"
#include "experiments/probe/probe.h"
#include "interchange/write/export.h"
#include "support/cleanup.h"
#include "support/file.h"

enum { PROBE_FOLDER = CLI_PATH + 160 };

static const char help[] =
    "Measure the memory of a network: gradient by lag, Jacobian and Lyapunov spectrum, time "
    "constants of its memory gates, linear memory capacity. The network comes from a file that "
    "'gatebench import' reads, or from a trial of a run. Trials do not store their weights: "
    "the trial is trained again, and its scores are compared with those of the run; with the same "
    "build and kind of processor they are identical. The measurements are also saved as a run for show, plot "
    "and report.\n\n"
    "Examples:\n"
    "  gatebench probe model.keras                          on random sequences\n"
    "  gatebench probe model.keras --data x.npy,y.npy       on your own\n"
    "  gatebench probe weights.safetensors --lags 500 --json\n"
    "  gatebench probe recall-quick                         its best trial\n"
    "  gatebench probe recall-quick --where 'cell=lstm seed=2'\n"
    "  gatebench probe recall-quick --save best.safetensors"
    "\vFrom a run with several trials it takes the one with the best metric on validation data. A trial, too, "
    "is probed on random sequences. To measure on sequences of its task, name gradient_by_lag, spectrum, "
    "time_constants or memory_capacity under `measure:` in the recipe. "
    "x.npy is [N][T][I] or [N][T] words. y.npy is optional and holds the targets at the last "
    "step: [N] classes or [N][O] numbers. Without y.npy the targets are drawn at random.";

typedef struct request {
    cli_words words;
    import_options options;
    const char *data, *name, *where, *save;
    size_t lags, sequences, seed;
    bool time_major, json;
} request;

static const cli_option options[] = {
    CLI_TEXT("data", 'd', "X.npy[,Y.npy]", data,
             "Use these sequences instead of random ones, and their targets at the last step"),
    CLI_COUNT("lags", 0, "K", lags, 1, 100000, "Number of lags (default 100)"),
    CLI_COUNT("sequences", 0, "N", sequences, 1, 100000, "Number of random sequences (default 16)"),
    CLI_COUNT("seed", 'S', "N", seed, 0, 1000000000000, "Seed of the random sequences (default 1)"),
    CLI_TRUE("time-major", 0, time_major, "X is [T][N]"),
    CLI_TEXT("where", 'w', "CONDITIONS", where, "For a run: only trials that meet all of these: 'cell=lstm seed=2'"),
    CLI_TEXT("save", 's', "FILE", save, "Save the network as .safetensors for PyTorch or .weights.h5 for Keras"),
    CLI_TEXT("name", 'n', "NAME", name, "Name of the new run (default: probe- and the name of the file or run)"),
    CLI_JSON,
    CLI_IMPORT(options),
    {0}};

static void check_options(void *given, struct argp_state *state) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const request *r = given;
    if (r->name && (!*r->name || *r->name == '.' || r->name[strspn(r->name, letters)]))
        argp_error(state, "--name is '%s'; give letters, digits, '-', '_' and '.'", r->name);
    if (r->save && !text_ends_in(r->save, ".safetensors") && !text_ends_in(r->save, ".weights.h5"))
        argp_error(state, "--save is '%s'; networks are saved as .safetensors or .weights.h5", r->save);
}

const cli_usage command_probe_usage = {.words = "FILE|RUN",
                                       .most_words = 1,
                                       .runs = true,
                                       .no_word = "which network? Give one file of weights, or a run",
                                       .help = help,
                                       .options = options,
                                       .check = check_options};

static void print_item(const char *name, double value, int digits, const char *unit, const char *note) {
    char number[40];
    printf("  %-34s %s%s%s%s%s\n", name, output_number(value, digits, number, sizeof number), *unit ? " " : "", unit,
           *note ? "   " : "", note);
}

static void print_gradient(const probe_report *r) {
    static const size_t lags[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};
    char name[64], note[96] = "";
    printf("norm of the gradient of the %s loss at the last step, by lag, relative to lag 0\n", r->loss);
    for (size_t i = 0; i < sizeof lags / sizeof *lags && lags[i] <= r->lags; i++) {
        snprintf(name, sizeof name, "lag %zu", lags[i]);
        printf("  %-34s %.3g\n", name, pow(10, r->gradient[lags[i]] - r->gradient[0]));
    }
    if (isinf(r->profile.half_life))
        printf("  %-34s beyond %zu steps\n", "falls to half", r->lags);
    else
        print_item("falls to half after", r->profile.half_life, 3, "steps",
                   isnan(r->profile.half_life) ? "the loss of a sequence has no gradient" : "");
    if (r->profile.slope < 0)
        snprintf(note, sizeof note, "falls by a factor of e every %.3g steps", -1 / r->profile.slope);
    print_item("slope", r->profile.slope, 3, "nats per step", note);
}

static void print_report(const probe_report *r) {
    char note[96] = "";
    const double most = r->exponents ? r->spectrum[0] : NAN;
    print_gradient(r);
    printf("states along the sequences\n");
    print_item("largest singular value (Jacobian)", r->jacobian, 3, "", "");
    if (most < 0)
        snprintf(note, sizeof note, "the slowest direction forgets in %.3g steps", -1 / most);
    else if (most > 0)
        snprintf(note, sizeof note, "above 0: small changes grow");
    print_item("largest Lyapunov exponent", most, 3, "nats per step", note);
    snprintf(note, sizeof note, "of %zu", r->exponents + r->lost);
    print_item("directions lost within a step", (double)r->lost, 5, "", note);
    if (r->constants) {
        const size_t all = r->layers * r->units;
        printf("time constants that the memory gates imply, steps\n");
        print_item("longest unit", r->constants[0], 3, "", "");
        print_item("exceeded by a tenth of the units", r->constants[all / 10], 3, "", "");
        print_item("median unit", r->constants[all / 2], 3, "", "");
        print_item("shortest unit", r->constants[all - 1], 3, "", "");
        print_item("share kept per step by the median unit", 100 * r->kept, 3, "%", "");
    }
    printf("linear memory capacity\n");
    snprintf(note, sizeof note, "numbers, of %zu in the state", r->layers * r->state);
    print_item("over all lags", r->capacity_sum, 3, note, "");
    size_t half = 0;
    while (half < r->lags && r->capacity[half] >= 0.5)
        half++;
    if (half == r->lags)
        printf("  %-34s all %zu\n", "lags from 0 with capacity >= 1/2", r->lags);
    else
        print_item("lags from 0 with capacity >= 1/2", (double)half, 5, "", "");
}

static void json_list(json *j, const char *key, const double *values, size_t count) {
    json_open(j, key, '[');
    for (size_t i = 0; i < count; i++)
        json_number(j, NULL, values[i]);
    json_close(j);
}

static void print_json(const char *source, const char *run, const network *net, const retrained *trial,
                       const probe_report *r) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "file", source);
    json_text(&j, "run", run);
    if (trial) {
        json_text(&j, "trial", trial->id);
        json_truth(&j, "scores_as_in_run", trial->equal);
    }
    json_text(&j, "cell", network_recurrent(net)->cell);
    json_text(&j, "loss", r->loss);
    json_count(&j, "layers", r->layers);
    json_count(&j, "units", r->units);
    json_count(&j, "sequences", r->sequences);
    json_count(&j, "steps", r->steps);
    json_list(&j, "log10_gradient_by_lag", r->gradient, r->lags + 1);
    json_number(&j, "gradient_half_life", r->profile.half_life);
    json_number(&j, "gradient_slope", r->profile.slope);
    json_number(&j, "jacobian", r->jacobian);
    json_list(&j, "spectrum", r->spectrum, r->exponents);
    json_count(&j, "lost_directions", r->lost);
    json_list(&j, "time_constants", r->constants, r->constants ? r->layers * r->units : 0);
    json_list(&j, "memory_capacity_by_lag", r->capacity, r->lags);
    json_number(&j, "memory_capacity", r->capacity_sum);
    json_close(&j);
    json_print(&j);
}

/* The default name of the run: "probe-model" for dir/model.keras, "probe-recall-quick-1a2b3c" for a trial, with
 * characters that a run's name may have. */
static void name_run(const request *r, const retrained *trial, char name[128]) {
    if (r->name) {
        snprintf(name, 128, "%s", r->name);
        return;
    }
    const char *slash = strrchr(r->words.items[0], '/'), *base = slash ? slash + 1 : r->words.items[0];
    if (trial)
        snprintf(name, 128, "probe-%.100s-%.6s", trial->run, trial->id);
    else
        snprintf(name, 128, "probe-%.*s", (int)strcspn(base, "."), base);
    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *at))
            *at = '_';
}

/* The folder of the new run. It holds one result, and replaces an earlier one, but never a run of another kind. */
static int find_folder(gb_context *context, const char *name, char folder[PROBE_FOLDER]) {
    CLEANUP(results_free_at) results *before = NULL;
    char path[RUN_PATH];
    CLI_TRY(context, run_default_folder(context, folder, CLI_PATH));
    snprintf(folder + strlen(folder), PROBE_FOLDER - CLI_PATH, "/%s", name);
    run_path(folder, RUN_PLAN, path);
    bool taken = file_exists(path);
    run_path(folder, RUN_RESULTS, path);
    if (!taken && file_exists(path)) {
        CLI_TRY(context, results_read(context, path, &before));
        taken = !before->runs.rows || strcmp(table_text(&before->runs, 0, "task"), "probe") != 0;
    }
    if (!taken)
        return EXIT_OK;
    cli_say("there is a run %s already, and the measurements would replace it; give them another name with --name",
            name);
    return EXIT_USAGE;
}

/* `trial` is NULL for a network from a file. */
static int run(gb_context *context, const request *r, const network *net, const retrained *trial, const char *name,
               const char *folder) {
    char *copy = NULL, **files = cli_split(r->data ? r->data : "", &copy), source[CLI_PATH];
    probe_report report = {0};
    probe_spec spec = {.lags = r->lags, .sequences = r->sequences, .seed = r->seed};
    gb_status status = files ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
    spec.x = status ? NULL : files[0];
    spec.y = spec.x ? files[1] : NULL;
    spec.time_major = r->time_major;
    if (trial)
        snprintf(source, sizeof source, "%s, trial %s", trial->run, trial->id);
    else
        snprintf(source, sizeof source, "%s", r->words.items[0]);
    if (!status)
        status = probe_network(context, net, &spec, &report);
    if (!status)
        status = probe_write(context, net, source, &spec, &report, folder);
    const int code = status ? cli_failed(context, status) : EXIT_OK;
    if (!status && r->json) {
        print_json(source, name, net, trial, &report);
    } else if (!status) {
        cli_print_network(source, net);
        printf("%zu %s sequences of %zu steps\n", report.sequences, spec.x ? "given" : "drawn", report.steps);
        print_report(&report);
        cli_next("gatebench plot %s", name);
    }
    probe_report_free(&report);
    free(files);
    free(copy);
    return code;
}

/* A word that names a run: a results file with the run's folder beside it, that folder, or a run's name. Any other
 * existing file is one of weights. */
static bool names_run(gb_context *context, const char *word) {
    char path[CLI_PATH], plan[RUN_PATH];
    struct stat there;
    if (stat(word, &there) == 0 && S_ISREG(there.st_mode)) {
        snprintf(path, sizeof path, "%.*s", (int)strlen(word) - 3, word);
        run_path(path, RUN_PLAN, plan);
        return text_ends_in(word, ".h5") && file_exists(plan);
    }
    return !import_reads(word) || cli_find_results(context, word, path, sizeof path) == GB_OK;
}

/* Refuses options that would have no effect. */
static int check_kind(const request *r, bool of_run) {
    const import_options *o = &r->options;
    const bool for_files = o->from || o->activation || o->activations || o->layers || o->ignore;
    if (of_run ? !for_files : !r->where)
        return EXIT_OK;
    cli_say(of_run ? "%s is a run; --from, --activation, --activations, --layers and --ignore are for files of weights"
                   : "%s is a file of weights; --where chooses a trial of a run",
            r->words.items[0]);
    return EXIT_USAGE;
}

static int save(gb_context *context, const request *r, const network *net) {
    CLEANUP(text_free) text loader = {0};
    CLI_TRY(context, export_network(context, net, r->save, &loader));
    if (!r->json)
        printf("saved as %s; to load it in Python:\n\n%s\n", r->save, loader.data ? loader.data : "");
    return EXIT_OK;
}

int command_probe(gb_context *context, int argc, char **argv) {
    request r = {.lags = 100, .sequences = 16, .seed = 1};
    CLEANUP(network_free) network file = {0};
    CLEANUP(retrained_free) retrained trial = {0};
    if (!cli_parse(&command_probe_usage, argc, argv, &r))
        return EXIT_USAGE;
    const bool of_run = names_run(context, r.words.items[0]);
    const network *net = of_run ? &trial.net : &file;
    char name[128], folder[PROBE_FOLDER];
    int code = check_kind(&r, of_run);
    if (!code && r.name) /* before anything is trained */
        code = find_folder(context, r.name, folder);
    if (!code && of_run)
        code = retrain_trial(context, r.words.items[0], r.where, &trial);
    else if (!code)
        CLI_TRY(context, import_network(context, r.words.items[0], &r.options, &file));
    if (!code) {
        name_run(&r, of_run ? &trial : NULL, name);
        code = find_folder(context, name, folder);
    }
    if (!code)
        code = run(context, &r, net, of_run ? &trial : NULL, name, folder);
    return code || !r.save ? code : save(context, &r, net);
}
