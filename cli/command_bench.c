/* SPDX-License-Identifier: MIT */
/* gatebench bench: times a layer's training, inference and streaming, compared with the best large matrix product. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bench_rules.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "experiments/settings/provenance.h"
#include "experiments/speed/alone.h"
#include "experiments/speed/speed.h"
#include "support/cleanup.h"

static const char help[] =
    "Time one recurrent layer: a training pass (forward, then backward with every gradient), inference of a batch, and "
    "one streaming step (one sequence, one step, state carried).\n\n"
    "Examples:\n"
    "  gatebench bench                                      rnn, lstm and gru\n"
    "  gatebench bench --cell lstm,gru --hidden 64,256 --steps 200 --batch 16\n"
    "  gatebench bench --cell lstm --backend reference,onednn --json\n"
    "  gatebench bench --cell gru --threads 2 --repeat 50 --csv\n"
    "  gatebench bench --make-rules                         the rules of onednn\n\n"
    "Comma-separated lists are measured in every combination. --json prints one JSON document per combination, one per "
    "line."
    "\vEach repeat times a large matrix product and then the three passes, one after the other; each of these is "
    "repeated for at least --block milliseconds. The table shows medians over the repeats. GFLOP/s come from the "
    "fastest millisecond, or the fastest iteration if one takes longer. A training pass has 6 T N H (I G + H R) "
    "operations for G gates of which R multiply the state (matrix products only). sgemm is the best product of 1024 x "
    "1024 matrices in f32 in the same run, with the same threads.\n\n"
    "Only one process times at a time. If another one is timing, bench waits for it; with --no-wait that is an error "
    "(exit code 3). The CPU use of other programs meanwhile is measured and recorded, with a warning.";

enum { DIMENSIONS = 7 };

/* The options that take a list: name, default. The last one varies fastest. */
typedef enum dimension { HIDDEN, STEPS, BATCH, INPUT, BACKEND, CELL, IMPLEMENTATION } dimension;
static const char *const dimension_names[DIMENSIONS] = {"--hidden",  "--steps", "--batch",         "--input",
                                                        "--backend", "--cell",  "--implementation"};

typedef struct request {
    const char *given[DIMENSIONS];
    char *copies[DIMENSIONS], **values[DIMENSIONS]; /* the lists, cut */
    size_t counts[DIMENSIONS];
    const char *bias;
    size_t repeats, block_ms; /* 0: not given */
    speed_spec spec;          /* the options without a list */
    bool json, csv, make_rules, no_wait, warned;
    rule_timing *timings; /* of every combination, for --make-rules */
    const char *isa;
} request;

static const cli_option options[] = {
    CLI_TEXT("cell", 'c', "LIST", given[CELL], "Cells (default rnn,lstm,gru)"),
    CLI_TEXT("backend", 'b', "LIST", given[BACKEND], "Backends (default onednn)"),
    CLI_TEXT("implementation", 0, "LIST", given[IMPLEMENTATION],
             "auto (default: the backend's choice); onednn has primitive, sgemm, packed, bf16"),
    CLI_TEXT("hidden", 'H', "LIST", given[HIDDEN], "Hidden units H (default 64)"),
    CLI_TEXT("input", 'i', "LIST", given[INPUT], "Inputs per step I (default 64)"),
    CLI_TEXT("steps", 'T', "LIST", given[STEPS], "Steps per sequence T (default 100)"),
    CLI_TEXT("batch", 'N', "LIST", given[BATCH], "Sequences per batch N (default 32)"),
    CLI_ONE_OF("bias", 'B', "NAME", bias, "none|single|double", "none, single (default) or double"),
    CLI_COUNT("threads", 't', "K", spec.threads, 1, 4096, "Threads of a layer (default 1; reference has one)"),
    CLI_COUNT("repeat", 'r', "N", repeats, 1, 1000000, "Repeats (default 30; up to 90 if other programs are running)"),
    CLI_ALIAS_OF("repeats"),
    CLI_COUNT("block", 0, "MS", block_ms, 1, 60000, "Minimum milliseconds per repeat of each pass (default 20)"),
    CLI_TRUE("make-rules", 0, make_rules,
             "Print the lines of lib/backends/onednn/rules.def for this machine (10 minutes; --cell, --hidden, --batch "
             "limit what is measured)"),
    CLI_TRUE("no-wait", 0, no_wait, "Do not wait for another process that is timing"),
    CLI_TRUE("json", 'J', json, "Print JSON, with every repeat"),
    CLI_TRUE("csv", 'C', csv, "Print CSV"),
    {0}};

/* What is measured unless it is given. */
static const char *const defaults[DIMENSIONS] = {
    [HIDDEN] = "64",      [STEPS] = "100",         [BATCH] = "32",           [INPUT] = "64",
    [BACKEND] = "onednn", [CELL] = "rnn,lstm,gru", [IMPLEMENTATION] = "auto"};
static const char *const rule_defaults[DIMENSIONS] = {[HIDDEN] = "32,46,64,128,256,512",
                                                      [BATCH] = "1,8,32,128",
                                                      [CELL] = "rnn,rnn_relu,lstm,lstm_peephole,gru,gru_reset_before",
                                                      [IMPLEMENTATION] = "primitive,packed"};

static void check(void *given, struct argp_state *state) {
    request *r = given;
    if (r->make_rules && (r->given[IMPLEMENTATION] || r->json || r->csv))
        argp_error(state, "--make-rules cannot be combined with --implementation, --json and --csv");
    for (size_t d = 0; d < DIMENSIONS; d++)
        if (!r->given[d])
            r->given[d] = r->make_rules && rule_defaults[d] ? rule_defaults[d] : defaults[d];
    if (r->repeats)
        r->spec.repeats = r->spec.most_repeats = r->repeats;
    if (r->block_ms)
        r->spec.block_seconds = 1e-3 * (double)r->block_ms;
    for (gb_bias b = GB_BIAS_NONE; r->bias && b <= GB_BIAS_DOUBLE; b++)
        if (!strcmp(r->bias, gb_bias_name(b)))
            r->spec.bias = b;
}

const cli_usage command_bench_usage = {
    .no_word = "give cells with --cell", .help = help, .options = options, .check = check};

static gb_status read_size(gb_context *context, const char *name, const char *given, size_t *size) {
    char *end = NULL;
    unsigned long long value = strtoull(given, &end, 10);
    if (*given < '0' || *given > '9' || *end || value < 1 || value > 100000000)
        return gb_fail(context, GB_INVALID, "%s is '%s'; give whole numbers from 1 to 100000000", name, given);
    *size = (size_t)value;
    return GB_OK;
}

/* The i-th combination of the lists. */
static gb_status choose(gb_context *context, const request *r, size_t i, speed_spec *spec) {
    const char *chosen[DIMENSIONS];
    *spec = r->spec;
    for (size_t d = DIMENSIONS; d-- > 0;) {
        chosen[d] = r->values[d][i % r->counts[d]];
        i /= r->counts[d];
    }
    spec->cell = chosen[CELL];
    spec->backend = chosen[BACKEND];
    spec->implementation = strcmp(chosen[IMPLEMENTATION], "auto") == 0 ? NULL : chosen[IMPLEMENTATION];
    size_t *const sizes[] = {
        [HIDDEN] = &spec->hidden, [STEPS] = &spec->steps, [BATCH] = &spec->batch, [INPUT] = &spec->input};
    for (size_t d = 0; d < sizeof sizes / sizeof *sizes; d++)
        GB_TRY(read_size(context, dimension_names[d], chosen[d], sizes[d]));
    return GB_OK;
}

/* Cuts the lists and checks every combination before anything is measured. */
static gb_status prepare(gb_context *context, request *r, size_t *count) {
    *count = 1;
    for (size_t d = 0; d < DIMENSIONS; d++) {
        r->values[d] = cli_split(r->given[d], &r->copies[d]);
        while (r->values[d][r->counts[d]])
            r->counts[d]++;
        if (r->counts[d] == 0)
            return gb_fail(context, GB_INVALID, "%s is empty", dimension_names[d]);
        if (r->counts[d] > 100000 / *count)
            return gb_fail(context, GB_INVALID, "more than 100,000 combinations; shorten the lists");
        *count *= r->counts[d];
    }
    for (size_t i = 0; i < *count; i++) {
        speed_spec spec;
        char why[1024];
        GB_TRY(choose(context, r, i, &spec));
        const gb_layer_spec layer = {spec.cell,  spec.backend, GB_F32, spec.bias,           spec.input, spec.hidden,
                                     spec.steps, spec.batch,   true,   spec.implementation, false};
        if (!gb_backend_supports(context, &layer, why, sizeof why))
            return gb_fail(context, GB_INVALID, "%s", why);
    }
    return GB_OK;
}

static bool wait_for(void *user, const char *holder) {
    request *r = user;
    if (!r->no_wait && !r->warned)
        cli_say("%s is timing; waiting for it to end (--no-wait gives up instead)", holder);
    r->warned = true;
    return r->no_wait;
}

static void warn_when_busy(double others, const char *when) {
    double load[1] = {NAN};
    if (!(others > ALONE_OTHERS))
        return;
    if (getloadavg(load, 1) != 1)
        load[0] = NAN;
    cli_say("the machine is busy: other processes %s %.2f of %ld cores (load average %.2f); such timings do not count "
            "as evidence",
            when, others, sysconf(_SC_NPROCESSORS_ONLN), load[0]);
}

static void json_times(json *j, speed_kind kind, const speed_result *found) {
    const speed_times *t = &found->times[kind];
    char name[32];
    snprintf(name, sizeof name, "%s_ms", speed_kind_name(kind));
    json_open(j, name, '{');
    json_number(j, "min", t->min);
    json_number(j, "median", t->median);
    json_number(j, "spread", (t->median - t->min) / t->min);
    json_number(j, "relative", t->relative);
    json_count(j, "iterations", t->iterations);
    json_count(j, "memory", t->bytes);
    json_open(j, "repeats", '[');
    for (size_t i = 0; i < found->repeats; i++)
        json_number(j, NULL, t->ms[i]);
    json_close(j);
    json_close(j);
}

static void json_machine(json *j) {
    store_fact facts[64];
    CLEANUP(text_free) text libraries = {0};
    size_t count = store_host_facts(facts, sizeof facts / sizeof *facts);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(facts[i].name, "cpu") || !strcmp(facts[i].name, "isa") || !strcmp(facts[i].name, "cores"))
            json_text(j, facts[i].name, facts[i].value);
    provenance_libraries(&libraries);
    json_text(j, "libraries", libraries.data);
    json_text(j, "commit", provenance_commit());
}

static void print_json(const speed_spec *spec, const speed_result *found) {
    json j = {.compact = true};
    json_open(&j, NULL, '{');
    json_text(&j, "cell", spec->cell);
    json_text(&j, "backend", spec->backend);
    json_text(&j, "bias", gb_bias_name(spec->bias));
    json_count(&j, "steps", spec->steps);
    json_count(&j, "batch", spec->batch);
    json_count(&j, "input", spec->input);
    json_count(&j, "hidden", spec->hidden);
    json_count(&j, "threads", spec->threads);
    json_text(&j, "implementation", found->implementation);
    json_count(&j, "repeats", found->repeats);
    for (int k = 0; k < SPEED_KINDS; k++)
        json_times(&j, (speed_kind)k, found);
    json_number(&j, "gflops", found->gflops);
    json_number(&j, "sgemm_gflops", found->sgemm_gflops);
    json_text(&j, "sgemm_backend", found->product_backend);
    json_number(&j, "peak_memory", found->peak_memory);
    json_number(&j, "train_joules", found->joules);
    json_number(&j, "others", found->others);
    json_truth(&j, "exclusive", found->others <= ALONE_OTHERS);
    json_machine(&j);
    json_close(&j);
    json_print(&j);
}

static const char *const table_headers[] = {"cell",    "backend",  "input",          "hidden", "steps",
                                            "batch",   "train ms", "spread",         "run ms", "step us",
                                            "GFLOP/s", "of sgemm", "implementation", NULL};
static const char *const csv_headers[] = {
    "cell",           "backend",      "bias",        "input",     "hidden",         "steps",
    "batch",          "threads",      "repeats",     "train_ms",  "train_ms_min",   "forward_ms",
    "forward_ms_min", "step_ms",      "step_ms_min", "gflops",    "sgemm_gflops",   "peak_memory",
    "train_memory",   "train_joules", "others",      "exclusive", "implementation", NULL};

static void add_table_row(grid *g, const speed_spec *spec, const speed_result *found) {
    const speed_times *train = &found->times[SPEED_TRAIN];
    GRID_TEXTS(g, spec->cell, spec->backend);
    GRID_COUNTS(g, spec->input, spec->hidden, spec->steps, spec->batch);
    grid_number(g, train->median, 4);
    grid_add(g, STYLE_PLAIN, "%.0f %%", 100 * (train->median - train->min) / train->min);
    grid_number(g, found->times[SPEED_FORWARD].median, 4);
    grid_number(g, 1e3 * found->times[SPEED_STEP].median, 4);
    grid_number(g, found->gflops, 3);
    grid_add(g, STYLE_PLAIN, "%.3f", found->gflops / found->sgemm_gflops);
    GRID_TEXTS(g, found->implementation);
}

static void add_csv_row(grid *g, const speed_spec *spec, const speed_result *found) {
    static const speed_kind kinds[] = {SPEED_TRAIN, SPEED_FORWARD, SPEED_STEP};
    GRID_TEXTS(g, spec->cell, spec->backend, gb_bias_name(spec->bias));
    GRID_COUNTS(g, spec->input, spec->hidden, spec->steps, spec->batch, spec->threads, found->repeats);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        grid_add(g, STYLE_PLAIN, "%.9g", found->times[kinds[i]].median);
        grid_add(g, STYLE_PLAIN, "%.9g", found->times[kinds[i]].min);
    }
    const double numbers[] = {found->gflops,      found->sgemm_gflops,
                              found->peak_memory, (double)found->times[SPEED_TRAIN].bytes,
                              found->joules,      found->others};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        grid_number(g, numbers[i], 9);
    grid_add(g, STYLE_PLAIN, "%d", found->others <= ALONE_OTHERS);
    grid_add(g, STYLE_PLAIN, "%s", found->implementation);
}

/* Measures with standard output redirected to standard error: under ONEDNN_VERBOSE oneDNN prints to standard output,
 * which would mix with our data. */
static gb_status measure(gb_context *context, const speed_spec *spec, speed_result *found) {
    fflush(stdout);
    int ours = dup(STDOUT_FILENO);
    if (ours >= 0)
        dup2(STDERR_FILENO, STDOUT_FILENO);
    gb_status status = speed_measure(context, spec, NULL, NULL, found);
    fflush(stdout);
    if (ours >= 0) {
        dup2(ours, STDOUT_FILENO);
        close(ours);
    }
    return status;
}

static int measure_all(gb_context *context, request *r, size_t count) {
    const bool terminal = isatty(STDERR_FILENO) && !r->json;
    int code = EXIT_OK;
    double busiest = 0;
    grid g;
    grid_start(&g, r->csv ? csv_headers : table_headers);
    for (size_t i = 0; i < count && code == EXIT_OK; i++) {
        speed_spec spec;
        CLEANUP(speed_free) speed_result found = {0};
        gb_status status = choose(context, r, i, &spec);
        if (terminal)
            fprintf(stderr, "\r%zu of %zu: %s %s\033[K", i + 1, count, spec.cell, spec.backend);
        if (!status)
            status = measure(context, &spec, &found);
        if (status) {
            code = cli_failed(context, status);
        } else if (r->make_rules) {
            r->timings[i] = (rule_timing){spec, found.times[SPEED_TRAIN].relative, found.times[SPEED_FORWARD].relative};
            r->isa = bench_rules_isa(found.implementation);
        } else if (r->json) {
            print_json(&spec, &found);
            fflush(stdout);
        } else {
            (r->csv ? add_csv_row : add_table_row)(&g, &spec, &found);
        }
        busiest = fmax(busiest, found.others);
    }
    if (terminal)
        fputs("\r\033[K", stderr);
    if (!r->warned)
        warn_when_busy(busiest, "used up to");
    if (r->make_rules && !code)
        bench_rules_print(r->timings, count, r->isa);
    if (r->json || r->make_rules || code)
        grid_free(&g);
    else if (r->csv)
        grid_print_csv(&g);
    else
        grid_print(&g, GRID_DROP_WRAP);
    if (!r->json && !r->csv && !r->make_rules && code == EXIT_OK)
        cli_next("gatebench run speed    (GRU against LSTM over many sizes, with a verdict)");
    return code;
}

/* Called with the lock held. Measures for a quarter of a second how busy other processes are. */
static int measure_alone(gb_context *context, request *r, size_t count) {
    int lock;
    gb_status status = alone_lock(context, wait_for, r, &lock);
    if (status)
        return cli_failed(context, status);
    const alone_watch watch = alone_watch_start();
    usleep(250000);
    double others = alone_watch_others(&watch);
    warn_when_busy(others, "use");
    r->warned = others > ALONE_OTHERS;
    int code = measure_all(context, r, count);
    close(lock);
    return code;
}

int command_bench(gb_context *context, int argc, char **argv) {
    request r = {
        .spec =
            {.bias = GB_BIAS_SINGLE, .threads = 1, .repeats = 30, .most_repeats = 90, .block_seconds = 0.02, .seed = 1},
    };
    cli_share_cores();
    if (!cli_parse(&command_bench_usage, argc, argv, &r))
        return EXIT_USAGE;
    size_t count;
    gb_status status = prepare(context, &r, &count);
    if (!status && r.make_rules && !(r.timings = calloc(count, sizeof *r.timings)))
        status = gb_fail(context, GB_MEMORY, "no memory for %zu timings", count);
    int code = status ? cli_failed(context, status) : measure_alone(context, &r, count);
    for (size_t d = 0; d < DIMENSIONS; d++) {
        free(r.values[d]);
        free(r.copies[d]);
    }
    free(r.timings);
    return code;
}
