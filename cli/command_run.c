/* SPDX-License-Identifier: MIT */
/* gatebench run: reads and checks all recipes first, then runs them one after the other. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/job_script.h"
#include "cli/run_progress.h"
#include "cli/until.h"
#include "experiments/folder/shard.h"
#include "experiments/run/run.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"

static const char help[] =
    "Run recipes: a shipped recipe by its name, your own by its file.\n\n"
    "Examples:\n"
    "  gatebench run quick                    every shipped recipe, small\n"
    "  gatebench run recall                   one recipe unchanged\n"
    "  gatebench run recall quick             in its short form, for a first look\n"
    "  gatebench run recall gap=10..50:10 cell=rnn,gru seed=1..3\n"
    "  gatebench run adding --until decided --max-seeds 20   adds seeds\n"
    "  gatebench run my.yaml -j 2 --dry-run   trials and time, runs none\n"
    "  gatebench run recall --shard 2/4       one of four parts\n"
    "  gatebench run recall --emit slurm --shards 8 >recall.sh   a script\n\n"
    "KEY=VALUE changes a setting. A list a,b or a range a..b or a..b:step, which includes both ends, sweeps it. "
    "Running again resumes: finished trials are kept. --until decided runs more seeds as long as a comparison under "
    "the recipe's `compare:` is undecided. Alpha is spread over the interim looks, so early stopping does not raise "
    "the error rate. The path of each results file goes to standard output."
    "\vExit codes: 0 success, 1 trials failed, 2 usage or recipe, 3 stopped and resumable, 4 data missing or refused, "
    "5 input/output, 130 Ctrl-C.";

/* The order of the suite, from short, basic recipes to long ones. Other shipped recipes follow in alphabetical
 * order. */
static const char *const suite_order[] = {"order", "ledger", "recall", "vanishing", "music",
                                          "chars", "copy",   "adding", "pixels"};
enum { SUITE = sizeof suite_order / sizeof *suite_order };

typedef struct request {
    cli_words words;
    const char *shard, *engine, *until, *profile; /* as given; NULL: not given */
    size_t shards, threads;                       /* number of workers, threads per worker; 0: not given */
    run_options options;
    cli_run_words sorted; /* its recipes may point into the list of shipped ones */
    char **shipped;       /* names of the shipped recipes */
    char threads_override[32];
    bool suite, quiet, verbose;
    run_progress progress;
    size_t max_seeds, looks; /* of until; 0: not given */
} request;

static const cli_option options[] = {
    CLI_PROFILE,
    CLI_COUNT("workers", 'j', "N", options.workers, 1, 4096,
              "Number of trials that run at a time (default: all cores)"),
    CLI_COUNT("threads", 't', "K", threads, 1, 4096,
              "Threads per worker, for few large trials; the same as the override threads=K (default 1)"),
    CLI_NUMBER(CLI_SECONDS, "trial-time", 0, "TIME", options.trial_seconds,
               "Time limit per trial (90s, 10m, 2h); a longer one fails"),
    CLI_NUMBER(CLI_BYTES, "trial-memory", 0, "SIZE", options.trial_memory,
               "Memory limit of a trial's process (500M, 2G)"),
    CLI_TRUE("retry-failed", 0, options.retry_failed, "Run trials that failed earlier again"),
    CLI_TEXT("shard", 0, "I/N", shard,
             "Run only part I (from 1) of N; auto, the default under Slurm and MPI, takes I and N from there"),
    CLI_ONE_OF("emit", 0, "ENGINE", engine, "slurm|parallel",
               "Print a script for slurm or parallel that runs the recipe in shards and merges them"),
    CLI_COUNT(
        "shards", 0, "N", shards, 1, SHARD_MOST,
        "With --emit: number of shards (default: so many that each takes about ten minutes; at most one per arm)"),
    CLI_TRUE("dry-run", 'n', options.dry_run, "Only print the trials, estimated time and memory"),
    CLI_TEXT("output", 'o', "FOLDER", options.results_folder,
             "Write the run here (default: $GATEBENCH_RESULTS, or results/runs of the project)"),
    CLI_ALIAS_OF("results"),
    CLI_ONE_OF("until", 0, "decided", until, "decided", "Add seeds until the recipe's comparisons are decided"),
    CLI_COUNT("max-seeds", 0, "N", max_seeds, 2, 100000,
              "With --until: at most N seeds per arm (combination of swept values)"),
    CLI_COUNT("looks", 0, "K", looks, 1, 20,
              "With --until: number of interim looks, the last one at the maximum number of seeds (default 4)"),
    CLI_TRUE("quiet", 'q', quiet, "Print no progress"),
    CLI_TRUE("verbose", 'v', verbose, "Print more progress"),
    {0}};

/* Checks which options need or exclude each other. */
static void check(void *given, struct argp_state *state) {
    request *r = given;
    if (r->until && !r->max_seeds)
        argp_error(state, "--until decided needs --max-seeds N as its limit");
    if (!r->until && (r->max_seeds || r->looks))
        argp_error(state, "--max-seeds and --looks need --until decided");
    if (r->engine && (r->until || r->shard))
        argp_error(state,
                   "--emit prints a script that runs all shards; it cannot be combined with --shard and --until");
    if (r->shards && !r->engine)
        argp_error(state, "--shards needs --emit; for one part of a run give --shard i/n");
    snprintf(r->threads_override, sizeof r->threads_override, "threads=%zu", r->threads);
    r->sorted.profile = r->profile;
}

const cli_usage command_run_usage = {.words = "[RECIPE...] [quick|full] [KEY=VALUE...]",
                                     .most_words = CLI_ANY,
                                     .help = help,
                                     .options = options,
                                     .check = check};

static bool in_list(const char *const *list, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i], name))
            return true;
    return false;
}

/* The suite: every shipped recipe, in the order of suite_order. */
static gb_status take_suite(gb_context *context, request *r) {
    GB_TRY(recipe_list(context, &r->shipped));
    size_t count = 0;
    while (r->shipped[count])
        count++;
    r->sorted.recipes = cli_need(reallocarray(r->sorted.recipes, count + 1, sizeof *r->sorted.recipes));
    r->suite = true;
    for (size_t i = 0; i < SUITE; i++)
        if (in_list((const char *const *)r->shipped, count, suite_order[i]))
            r->sorted.recipes[r->sorted.recipe_count++] = suite_order[i];
    for (size_t i = 0; i < count; i++)
        if (!in_list(suite_order, SUITE, r->shipped[i]))
            r->sorted.recipes[r->sorted.recipe_count++] = r->shipped[i];
    return GB_OK;
}

/* Reads all recipes first, so that all errors of all recipes are shown before anything runs. */
static int read_recipes(gb_context *context, const request *r, recipe **recipes) {
    int code = EXIT_OK;
    for (size_t i = 0; i < r->sorted.recipe_count; i++) {
        int one = cli_read_recipe(context, r->sorted.recipes[i], r->sorted.profile, r->sorted.overrides,
                                  r->sorted.override_count, &recipes[i]);
        if (code == EXIT_OK)
            code = one;
    }
    return code;
}

/* Prints how many trials each block of a sweep contributes, and which blocks the overrides leave out. */
static void say_blocks(const request *r, const recipe *one) {
    if (!r->quiet && *recipe_left_out(one))
        cli_say("%s: the overrides leave out %s", recipe_run_name(one), recipe_left_out(one));
    for (size_t i = 0; r->options.dry_run && recipe_block_count(one) > 1 && i < recipe_block_count(one); i++)
        cli_say("%s: %zu trials from %s", recipe_run_name(one), recipe_block_at(one, i).trials,
                recipe_block_at(one, i).name);
}

/* Two runs with the same name would overwrite each other. */
static int check_names(const request *r, recipe *const *recipes) {
    for (size_t i = 0; i < r->sorted.recipe_count; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(recipe_run_name(recipes[i]), recipe_run_name(recipes[k]))) {
                cli_say(
                    "%s and %s are both called %s, and one would overwrite the other; give one of them another `name:`",
                    r->sorted.recipes[k], r->sorted.recipes[i], recipe_run_name(recipes[i]));
                return EXIT_USAGE;
            }
    return EXIT_OK;
}

static gb_status run_or_until(gb_context *context, const request *r, const char *given, recipe **one,
                              run_summary *summary) {
    const until_request until = {
        .recipe = given,
        .profile = r->sorted.profile,
        .overrides = r->sorted.overrides,
        .override_count = r->sorted.override_count,
        .options = &r->options,
        .max_seeds = r->max_seeds,
        .looks = r->looks ? r->looks : UNTIL_LOOKS,
        .quiet = r->quiet,
    };
    if (r->until)
        return until_decided(context, &until, *one, summary);
    GB_TRY(until_keep_seeds(context, &until, one));
    return run_recipe(context, *one, &r->options, summary);
}

/* Runs one recipe, given under this name. *go_on becomes false when the remaining recipes must not run; *waiting
 * becomes true when other shards still have trials to run. */
static int run_one(gb_context *context, const request *r, const char *given, recipe **one, bool *go_on, bool *waiting) {
    run_summary summary = {0};
    say_blocks(r, *one);
    gb_status status = run_or_until(context, r, given, one, &summary);
    *go_on = true;
    if ((status == GB_DATA || status == GB_UNSUPPORTED) && r->suite) {
        cli_say("skipped %s: %s", recipe_name(*one), gb_context_message(context));
        return EXIT_OK;
    }
    if (status == GB_OK && !summary.interrupted) {
        if (*summary.results_path)
            puts(summary.results_path);
        fflush(stdout);
        *waiting = r->options.shards > 1 && !*summary.results_path && !r->options.dry_run;
        if (*waiting)
            cli_next("when the other shards have finished, too: gatebench merge %s", summary.folder);
        if (summary.failed)
            cli_next("%s/failed.txt says why trials failed; --retry-failed runs them again", summary.folder);
        return summary.failed ? EXIT_TRIAL_FAILED : EXIT_OK;
    }
    *go_on = false;
    if (status != GB_STOPPED && !summary.interrupted) {
        cli_failed(context, status);
        if (status == GB_IO)
            cli_next("remove the cause and run the same command again; it resumes and keeps every finished trial");
        return cli_exit_code(status);
    }
    if (r->quiet)
        cli_say("stopped; the same command resumes, and no finished trial is lost");
    return summary.signal == SIGINT ? EXIT_INTERRUPTED : EXIT_RESUMABLE;
}

/* A script instead of a run. */
static int emit(gb_context *context, const request *r) {
    CLEANUP(recipe_free_at) recipe *one = NULL;
    if (r->sorted.recipe_count != 1) {
        cli_say("--emit makes the script of one recipe; name exactly one");
        return EXIT_USAGE;
    }
    const emit_request wanted = {
        .engine = r->engine,
        .recipe = r->sorted.recipes[0],
        .profile = r->sorted.profile,
        .overrides = r->sorted.overrides,
        .override_count = r->sorted.override_count,
        .options = &r->options,
        .shards = r->shards,
    };
    int code = cli_read_recipe(context, r->sorted.recipes[0], r->sorted.profile, r->sorted.overrides,
                               r->sorted.override_count, &one);
    if (code == EXIT_OK)
        code = emit_script(context, &wanted, one);
    return code;
}

static int run_all(gb_context *context, const request *r) {
    CLEANUP(free_at) recipe **recipes = cli_need(calloc(r->sorted.recipe_count + 1, sizeof *recipes));
    int code = read_recipes(context, r, recipes);
    if (code == EXIT_OK)
        code = check_names(r, recipes);
    bool go_on = code == EXIT_OK, waiting = false;
    for (size_t i = 0; go_on && i < r->sorted.recipe_count; i++) {
        if (r->suite && recipe_lacks_file(recipes[i])) /* the suite reads no file of the user */
            continue;
        int one = run_one(context, r, r->sorted.recipes[i], &recipes[i], &go_on, &waiting);
        code = code == EXIT_OK || !go_on ? one : code;
    }
    const char *folder = r->options.results_folder;
    if (go_on && r->options.dry_run && r->progress.runs > 1)
        run_progress_say_sum(&r->progress);
    if (go_on && r->options.dry_run)
        cli_next("the same without --dry-run");
    else if (go_on && !waiting && r->sorted.recipe_count == 1 && code == EXIT_OK)
        cli_next("gatebench show %s%s%s%s", folder ? folder : "", folder ? "/" : "", recipe_run_name(recipes[0]),
                 folder ? ".h5" : "");
    else if (go_on && !waiting && r->sorted.recipe_count > 1)
        cli_next("gatebench verdict; gatebench report");
    for (size_t i = 0; i < r->sorted.recipe_count; i++)
        recipe_free(recipes[i]);
    return code;
}

/* The shard of the runs that this process takes. */
static gb_status choose_shard(gb_context *context, request *r) {
    shard mine = {0};
    const char *source = "";
    bool ask = !r->shard || strcmp(r->shard, "auto") == 0;
    gb_status status = ask ? shard_from_environment(context, &mine, &source) : shard_parse(context, r->shard, &mine);
    if (status == GB_OK && r->shard && ask && !mine.count)
        return gb_fail(
            context, GB_INVALID,
            "--shard auto: this process is neither a task of a Slurm array nor an MPI rank; give --shard i/n");
    if (status == GB_OK && r->until && mine.count > 1)
        return gb_fail(context, GB_INVALID,
                       "--until decided needs every trial at each look, but a shard has only its own; run it without "
                       "shards (--shard 1/1)");
    if (status == GB_OK && !r->shard && mine.count > 1)
        cli_say("runs only shard %zu/%zu, as given by %s (--shard 1/1 runs all trials)", mine.index, mine.count,
                source);
    r->options.shard = mine.index;
    r->options.shard_of_job = ask;
    r->options.shards = mine.count;
    return status;
}

int command_run(gb_context *context, int argc, char **argv) {
    request r = {0};
    CLEANUP(text_free) text line = {0}; /* as typed, for the record */
    for (int i = 0; i < argc; i++)
        text_append(&line, "%s%s", i ? " " : "", argv[i]);
    r.options.command_line = cli_need(line.data);
    int code = EXIT_USAGE;
    cli_share_cores();
    if (cli_parse(&command_run_usage, argc, argv, &r) && cli_sort_words(&r.words, &r.sorted)) {
        if (r.threads)
            r.sorted.overrides[r.sorted.override_count++] = r.threads_override;
        run_progress_start(&r.progress, r.quiet, r.verbose);
        r.options.observer = &r.progress.observer;
        gb_status status = r.engine ? GB_OK : choose_shard(context, &r);
        if (status == GB_OK && r.sorted.recipe_count == 0 && r.sorted.profile)
            status = take_suite(context, &r);
        if (status != GB_OK)
            code = cli_failed(context, status);
        else if (r.sorted.recipe_count == 0)
            cli_say("which recipe? 'gatebench list' shows them; 'gatebench run quick' runs all of them, small");
        else
            code = r.engine ? emit(context, &r) : run_all(context, &r);
    }
    file_free_list(r.shipped);
    cli_free_run_words(&r.sorted);
    return code;
}
