/* SPDX-License-Identifier: MIT */
/* gatebench merge: rebuilds the results file from a run's trial files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/folder/failures_file.h"
#include "experiments/folder/merge_folders.h"
#include "experiments/folder/merge_results.h"
#include "experiments/folder/run_folder.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"

static const char help[] = "Rebuild the results file of a run from its trial files, in the order of its plan. The same "
                           "trials always give the same file.\n\n"
                           "Examples:\n"
                           "  gatebench merge recall-full                 a run of the default folder\n"
                           "  gatebench merge results/runs/recall-full    a run's folder\n"
                           "  gatebench merge a/recall b/recall -o all/recall   from two machines"
                           "\vPrints the path of the results file. Exit code 3: planned trials failed or are missing. "
                           "They are named on standard error (-v names all of them), and the results file holds the "
                           "others. Running the recipe again makes the missing trials, and with --retry-failed also "
                           "those that failed. Exit code 1: a trial has different numbers in two folders (timings "
                           "aside). The differences are named, and those of the first folder are used.";

typedef struct request {
    cli_words words;
    const char *into; /* NULL: one folder, merged in place */
    bool verbose;
} request;

static const cli_option options[] = {
    CLI_TEXT("output", 'o', "FOLDER", into, "Merge the folders into this one (created if missing)"),
    CLI_TRUE("verbose", 'v', verbose, "Name every missing trial and every difference"),
    {0}};

static void check(void *given, struct argp_state *state) {
    const request *r = given;
    if (r->words.count > 1 && !r->into)
        argp_error(state, "several folders are merged into one; give it with -o");
}

const cli_usage command_merge_usage = {.words = "RUN|FOLDER...",
                                       .most_words = CLI_ANY,
                                       .runs = true,
                                       .no_word = "which run? 'gatebench status' shows them",
                                       .help = help,
                                       .options = options,
                                       .check = check};

/* The trials without a file: those that failed, for a reason that is known, and those that were not run yet. */
typedef struct unfinished {
    size_t count, failed;
} unfinished;

/* Names them, a few unless all are asked for. */
static unfinished report_unfinished(const plan *p, const failures *why, bool all) {
    enum { FEW = 5 };
    unfinished found = {0};
    for (size_t i = 0; i < p->trials.rows; i++) {
        if (p->finished[i] || p->repeated[i])
            continue;
        const failure *failed = failures_find(why, plan_id(p, i));
        found.failed += failed != NULL;
        if (found.count++ >= FEW && !all)
            continue;
        if (failed)
            cli_say("failed: %s (%s): %s", plan_id(p, i), table_text(&p->trials, i, "stage"), failed->reason);
        else
            cli_say("missing: %s (%s)", plan_id(p, i), table_text(&p->trials, i, "stage"));
    }
    if (found.count > FEW && !all)
        cli_say("... and %zu more (-v names them)", found.count - FEW);
    return found;
}

/* How to get the trials that are missing. */
static void say_next(gb_context *context, const plan *p, const unfinished *left, const char *path) {
    if (!left->count)
        cli_next("gatebench show %s", cli_name_of(context, p->name, path));
    else if (!left->failed)
        cli_next("run the recipe of %s again to make the missing trials", p->name);
    else
        cli_next("run the recipe of %s again with --retry-failed; without it, trials that failed are not run again",
                 p->name);
}

/* Names the differences: the first few, or all if asked for. */
static void report_differences(const plan_differences *differences, bool all) {
    enum { FEW = 5 };
    size_t shown = 0;
    int length;
    for (const char *at = differences->lines.data, *line; (line = text_line(&at, &length));)
        if (shown++ < FEW || all)
            cli_say("not reproduced: %.*s", length, line);
    if (shown > FEW && !all)
        cli_say("... and %zu more (-v names them)", shown - FEW);
}

/* Merges the named folders into the one that was asked for. */
static gb_status unite(gb_context *context, const request *r, plan_differences *differences) {
    CLEANUP(free_at) char(*folders)[CLI_PATH] = cli_need(calloc(r->words.count, sizeof *folders));
    CLEANUP(free_at) const char **names = cli_need(calloc(r->words.count, sizeof *names));
    for (size_t i = 0; i < r->words.count; i++) {
        GB_TRY(cli_find_folder(context, r->words.items[i], folders[i], sizeof folders[i]));
        names[i] = folders[i];
    }
    return plan_unite(context, names, r->words.count, r->into, differences);
}

int command_merge(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_merge_usage, argc, argv, &r))
        return EXIT_USAGE;
    char folder[CLI_PATH], path[RUN_PATH], command[CLI_PATH + 32];
    CLEANUP(plan_free) plan p = {0};
    CLEANUP(failures_free) failures why = {0};
    plan_differences differences = {0};
    gb_status status = r.into ? unite(context, &r, &differences) : GB_OK;
    if (status == GB_OK)
        status = cli_find_folder(context, r.into ? r.into : r.words.items[0], folder, sizeof folder);
    snprintf(command, sizeof command, "gatebench merge %s", r.words.items[0]);
    if (status == GB_OK)
        status = plan_merge(context, folder, command, &p);
    if (status == GB_OK)
        status = failures_read(context, folder, &why);
    if (status != GB_OK) {
        text_free(&differences.lines);
        cli_failed(context, status);
        if (status == GB_IO)
            cli_next("remove the cause and run the same command again; no trial is lost");
        return cli_exit_code(status);
    }
    run_path(folder, RUN_RESULTS, path);
    puts(path);
    unfinished left = report_unfinished(&p, &why, r.verbose);
    cli_say("%zu of %zu trials merged", plan_count(&p) - left.count, plan_count(&p));
    say_next(context, &p, &left, path);
    report_differences(&differences, r.verbose);
    text_free(&differences.lines);
    if (differences.count)
        return EXIT_TRIAL_FAILED;
    return left.count ? EXIT_RESUMABLE : EXIT_OK;
}
