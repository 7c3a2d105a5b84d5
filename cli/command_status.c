/* SPDX-License-Identifier: MIT */
/* gatebench status: shows the progress of runs, from their plans and trial files. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "experiments/folder/failures_file.h"
#include "experiments/folder/plan_file.h"
#include "experiments/folder/run_folder.h"
#include "experiments/folder/run_lock.h"
#include "experiments/run/run.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] = "Show the progress of runs: trials planned, finished and failed, and which processes work "
                           "on them. Reads only plans and folders, so it is safe to call while they run.\n\n"
                           "Examples:\n"
                           "  gatebench status              every run of the default folder\n"
                           "  gatebench status recall-full  one run, with the reasons of failed trials\n"
                           "  gatebench status elsewhere/   every run of that folder\n"
                           "  gatebench status --json";

const cli_usage command_status_usage = {
    .words = "[RUN|FOLDER]", .most_words = 1, .runs = true, .help = help, .options = cli_listing_options};

/* The processes that work in the folder, separated by "; ". */
static void list_holders(const char *folder, text *holders) {
    CLEANUP(text_free) text lines = {0};
    run_lock_holders(folder, NULL, &lines);
    int length;
    for (const char *at = lines.data, *line; (line = text_line(&at, &length));)
        text_append(holders, "%s%.*s", holders->length ? "; " : "", length, line);
}

/* The state of a run in words: finished, failed, or what is missing. */
static const char *state_of(size_t missing, size_t failed, bool held) {
    return !missing ? "finished" : held ? "running" : failed == missing ? "failed" : "open";
}

/* The line of one run, and if asked for the reasons of its failed trials. */
static gb_status add_line(gb_context *context, const char *folder, const plan *p, bool reasons, grid *g) {
    CLEANUP(failures_free) failures failed_trials = {0};
    CLEANUP(text_free) text holders = {0};
    GB_TRY(failures_read(context, folder, &failed_trials));
    list_holders(folder, &holders);
    size_t failed = 0, final = 0, missing = plan_count(p) - plan_count_finished(p);
    for (size_t i = 0; i < p->trials.rows; i++) {
        const failure *why = p->finished[i] || p->repeated[i] ? NULL : failures_find(&failed_trials, plan_id(p, i));
        failed += why != NULL;
        final += plan_is_final(p, i);
        if (why && reasons)
            fprintf(stderr, "%s\n", why->line);
    }
    char results_path[RUN_PATH];
    run_path(folder, RUN_RESULTS, results_path);
    GRID_TEXTS(g, p->name);
    grid_add(g,
             !missing ? STYLE_GOOD
             : failed ? STYLE_BAD
                      : STYLE_DOUBT,
             "%s", state_of(missing, failed, holders.length > 0));
    GRID_COUNTS(g, plan_count(p), plan_count_finished(p));
    grid_add(g, failed ? STYLE_BAD : STYLE_PLAIN, "%zu", failed);
    GRID_COUNTS(g, missing - failed, final);
    GRID_TEXTS(g, file_exists(results_path) ? "yes" : "no", holders.length ? holders.data : "-");
    return GB_OK;
}

static gb_status add_run(gb_context *context, const char *folder, bool reasons, grid *g) {
    CLEANUP(plan_free) plan p = {0};
    GB_TRY(plan_read(context, folder, &p));
    return add_line(context, folder, &p, reasons, g);
}

static int compare_names(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_folder(const char *path) {
    struct stat there;
    return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

/* All runs with a plan in a folder. A run with a broken plan is named and skipped. */
static gb_status add_all(gb_context *context, const char *folder, grid *g, int *code) {
    char path[CLI_PATH + 300], plan_path[RUN_PATH];
    CLEANUP(free_at) struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, compare_names);
    if (count < 0 && errno != ENOENT)
        return gb_fail(context, GB_IO, "%s: cannot be listed: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        run_path(path, RUN_PLAN, plan_path);
        gb_status read =
            entries[i]->d_name[0] != '.' && file_exists(plan_path) ? add_run(context, path, false, g) : GB_OK;
        if (read)
            *code = cli_failed(context, read);
        free(entries[i]);
    }
    return GB_OK;
}

int command_status(gb_context *context, int argc, char **argv) {
    cli_listing r = {0};
    if (!cli_parse(&command_status_usage, argc, argv, &r))
        return EXIT_USAGE;
    grid g;
    grid_start(&g, (const char *const[]){"run", "state", "planned", "finished", "failed", "missing", "final",
                                         "results file", "held by", NULL});
    char folder[CLI_PATH];
    int code = EXIT_OK;
    gb_status status = GB_OK;
    if (r.words.count) {
        status = cli_find_folder(context, r.words.items[0], folder, sizeof folder);
        if (!status)
            status = add_run(context, folder, !r.json, &g);
        else if (is_folder(r.words.items[0]) && add_all(context, r.words.items[0], &g, &code) == GB_OK &&
                 g.count > g.columns)
            status = GB_OK;
    } else {
        status = run_default_folder(context, folder, sizeof folder);
        if (!status)
            status = add_all(context, folder, &g, &code);
    }
    if (status) {
        grid_free(&g);
        return cli_failed(context, status);
    }
    bool any = g.count > g.columns;
    if (r.json)
        grid_print_json(&g);
    else
        grid_print(&g, GRID_DROP);
    if (!r.json)
        cli_next(any ? "gatebench run RECIPE resumes; gatebench show RUN" : "gatebench run quick");
    return code;
}
