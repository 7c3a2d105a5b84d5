/* SPDX-License-Identifier: MIT */
/* gatebench doctor: what this machine has, what it lacks, and how to remedy each lack. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "datasets/files/catalog.h"
#include "experiments/folder/run_folder.h"
#include "experiments/run/run.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] = "Check this machine: CPU, backends, libraries, gnuplot, the results folder and the data "
                           "files. For whatever is missing it gives a remedy.\n\n"
                           "Examples:\n"
                           "  gatebench doctor\n"
                           "  gatebench doctor --json      for a bug report";

typedef struct request {
    bool json;
} request;

static const cli_option options[] = {CLI_JSON, {0}};

const cli_usage command_doctor_usage = {.help = help, .options = options};

/* One thing that was checked. */
typedef struct finding {
    char topic[16], name[80];
    bool good;
    char value[CLI_PATH], remedy[1200];
} finding;

typedef struct findings {
    finding items[96];
    size_t count;
} findings;

/* Adds a finding. A finding with a remedy counts as a problem. Findings beyond the array's size are dropped. */
static void found(findings *f, const char *topic, const char *name, const char *value, const char *remedy) {
    if (f->count == sizeof f->items / sizeof *f->items)
        return;
    finding *one = &f->items[f->count++];
    one->good = !remedy;
    snprintf(one->topic, sizeof one->topic, "%s", topic);
    snprintf(one->name, sizeof one->name, "%s", name);
    snprintf(one->value, sizeof one->value, "%s", value);
    snprintf(one->remedy, sizeof one->remedy, "%s", remedy ? remedy : "");
}

static void look_at_machine(findings *f) {
    store_fact facts[64];
    size_t count = store_host_facts(facts, sizeof facts / sizeof *facts);
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(facts[i].name, "memory_bytes")) {
            char gibibytes[32];
            snprintf(gibibytes, sizeof gibibytes, "%.1f GiB", strtod(facts[i].value, NULL) / 0x1p30);
            found(f, "machine", "memory", gibibytes, NULL);
        } else {
            found(f, "machine", facts[i].name, facts[i].value, NULL);
        }
    }
    found(f, "library", "hdf5", GATEBENCH_HDF5_VERSION, NULL);
    for (size_t i = 0; i < gb_backend_count(); i++) {
        gb_layer_spec spec = {"lstm", gb_backend_name(i), GB_F32, GB_BIAS_SINGLE, 4, 4, 2, 2, true, NULL, false};
        char why[512] = "";
        bool runs = gb_backend_supports(NULL, &spec, why, sizeof why);
        found(f, "backend", gb_backend_name(i), gb_backend_version(i), runs ? NULL : why);
    }
    const gb_layer_spec bf16 = {"lstm", "onednn", GB_F32, GB_BIAS_SINGLE, 4, 4, 2, 2, true, "bf16", false};
    char why[512] = "";
    const bool has_bf16 = gb_backend_supports(NULL, &bf16, why, sizeof why);
    found(f, "backend", "onednn bf16", has_bf16 ? "kernels: bf16" : "not here", has_bf16 ? NULL : why);
}

static void look_at_environment(findings *f) {
    static const char *const variables[] = {
        "OMP_NUM_THREADS",   "DNNL_MAX_CPU_ISA",      "ONEDNN_MAX_CPU_ISA",
        "GATEBENCH_RESULTS", "GATEBENCH_DATA_MIRROR", "GATEBENCH_DATA_CACHE",
        "GATEBENCH_SHARE",   "GATEBENCH_CELLS",       "HDF5_USE_FILE_LOCKING",
    };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value)
            found(f, "variable", variables[i], value, NULL);
    }
}

static void look_at_gnuplot(findings *f) {
    char version[256] = "";
    FILE *answer = popen("gnuplot --version 2>/dev/null", "re");
    if (answer && fgets(version, sizeof version, answer))
        version[strcspn(version, "\n")] = '\0';
    if (answer)
        pclose(answer);
    if (*version)
        found(f, "program", "gnuplot", version, NULL);
    else
        found(f, "program", "gnuplot", "not found", "figures need it: apt-get install gnuplot-nox");
}

/* Tries to lock a new file in the folder; returns the result in words. */
static const char *try_lock(const char *folder, bool *good) {
    static char words[256];
    char path[CLI_PATH + 32];
    snprintf(path, sizeof path, "%s/.gatebench-doctor-XXXXXX", folder);
    int file = mkstemp(path);
    *good = false;
    if (file < 0) {
        snprintf(words, sizeof words, "cannot be written: %s", strerror(errno));
        return words;
    }
    *good = flock(file, LOCK_EX | LOCK_NB) == 0;
    if (*good)
        snprintf(words, sizeof words, "writable, locks work");
    else
        snprintf(words, sizeof words, "writable, but locks fail: %s", strerror(errno));
    unlink(path);
    close(file);
    return words;
}

static void look_at_folders(gb_context *context, findings *f) {
    char folder[CLI_PATH], nearest[CLI_PATH], value[256];
    struct statvfs disk;
    if (run_default_folder(context, folder, sizeof folder) != GB_OK) {
        found(f, "folder", "results", "none", gb_context_message(context));
        return;
    }
    found(f, "folder", "results", folder, NULL);
    const char *place = nearest; /* the part of the path that exists: a run creates the rest */
    snprintf(nearest, sizeof nearest, "%s", folder);
    while (!file_exists(place))
        place = dirname(nearest);
    bool good;
    const char *state = try_lock(place, &good);
    if (good && !file_exists(folder))
        state = "does not exist yet; the first run creates it";
    found(f, "folder", "state", state, good ? NULL : "choose another folder: set GATEBENCH_RESULTS");
    if (statvfs(place, &disk) == 0) {
        double left = (double)disk.f_bavail * (double)disk.f_frsize / 0x1p30;
        snprintf(value, sizeof value, "%.1f GiB free", left);
        found(f, "folder", "disk", value, left < 0.5 ? "make room, or set GATEBENCH_RESULTS to another disk" : NULL);
    }
}

static void look_at_shipped_files(gb_context *context, findings *f) {
    char path[CLI_PATH];
    if (file_find_shared(context, "claims.yaml", path, sizeof path) == GB_OK)
        found(f, "shipped", "claims.yaml", path, NULL);
    else
        found(f, "shipped", "claims.yaml", "not found", gb_context_message(context));
}

static void look_at_data(gb_context *context, findings *f) {
    data_file *files = NULL; /* the datasets room's own */
    size_t count = 0;
    if (data_catalog(context, &files, &count) != GB_OK)
        found(f, "data", "catalog", "not read", gb_context_message(context));
    for (size_t i = 0; i < count; i++) {
        char path[CLI_PATH];
        if (data_find(context, files[i].name, path, sizeof path) == GB_OK)
            found(f, "data", files[i].name, path, NULL);
        else
            found(f, "data", files[i].name, "not here", gb_context_message(context));
    }
}

static void print_json(const findings *f) {
    json j = {0};
    json_open(&j, NULL, '[');
    for (size_t i = 0; i < f->count; i++) {
        json_open(&j, NULL, '{');
        json_text(&j, "topic", f->items[i].topic);
        json_text(&j, "name", f->items[i].name);
        json_truth(&j, "good", f->items[i].good);
        json_text(&j, "value", f->items[i].value);
        json_text(&j, "remedy", f->items[i].remedy);
        json_close(&j);
    }
    json_close(&j);
    json_print(&j);
}

static void print_findings(const findings *f) {
    size_t lacks = 0;
    grid g;
    grid_start(&g, (const char *const[]){"", "topic", "name", "found", NULL});
    for (size_t i = 0; i < f->count; i++) {
        const finding *one = &f->items[i];
        lacks += !one->good;
        grid_add(&g, one->good ? STYLE_GOOD : STYLE_DOUBT, "%s", one->good ? "ok" : "--");
        GRID_TEXTS(&g, i && !strcmp(one->topic, one[-1].topic) ? "" : one->topic, one->name, one->value);
    }
    grid_print(&g, GRID_WRAP);
    if (lacks)
        printf("\nremedies\n");
    for (size_t i = 0; i < f->count; i++) {
        const finding *one = &f->items[i];
        char line[sizeof one->remedy + sizeof one->name + 4];
        bool named = !strncmp(one->remedy, one->name, strlen(one->name)); /* the sentence itself may name the path */
        snprintf(line, sizeof line, "%s%s%s", named ? "" : one->name, named ? "" : ": ", one->remedy);
        if (!one->good)
            output_wrapped(line, 2);
    }
    cli_next(lacks ? "gatebench run quick    (recipes that lack something are skipped with a message; the rest runs)"
                   : "gatebench run quick");
}

int command_doctor(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_doctor_usage, argc, argv, &r))
        return EXIT_USAGE;
    CLEANUP(free_at) findings *f = cli_need(calloc(1, sizeof *f));
    look_at_machine(f);
    look_at_environment(f);
    look_at_gnuplot(f);
    look_at_folders(context, f);
    look_at_shipped_files(context, f);
    look_at_data(context, f);
    (r.json ? print_json : print_findings)(f);
    return EXIT_OK;
}
