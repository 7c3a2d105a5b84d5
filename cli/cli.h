/* SPDX-License-Identifier: MIT */
/* What every subcommand shares: its entry, exit codes, messages, argp parsing, and how results files are found. */
#ifndef GATEBENCH_CLI_CLI_H
#define GATEBENCH_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "gatebench/gatebench.h"
#include "results/store/store.h"

/* Exit codes of the program; scripts rely on them. */
enum {
    EXIT_OK = 0,
    EXIT_TRIAL_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_RESUMABLE = 3,
    EXIT_DATA = 4,
    EXIT_IO = 5,
    EXIT_INTERRUPTED = 130
};

#define CLI_PATH 4096

/* A subcommand: argv[0] is "gatebench NAME". Returns the exit code. Its options and words are command_NAME_usage, which
 * shell completion reads too. */
typedef int command_function(gb_context *context, int argc, char **argv);
#define COMMAND(name, summary)                                                                                         \
    command_function command_##name;                                                                                   \
    extern const cli_usage command_##name##_usage;
#include "cli/commands.def"
#undef COMMAND

int cli_exit_code(gb_status status);

/* Prints the context's sentence as an error and returns the status's exit code. */
int cli_failed(const gb_context *context, gb_status status);
/* Returns from the calling command with the exit code of a call that fails, after its sentence. */
#define CLI_TRY(context, call)                                                                                         \
    do {                                                                                                               \
        const gb_status cli_try_status = (call);                                                                       \
        if (cli_try_status != GB_OK)                                                                                   \
            return cli_failed(context, cli_try_status);                                                                \
    } while (0)

/* For what only printing needs: ends the program with a sentence and EXIT_IO when it is NULL. Nothing is lost by it. */
void *cli_need(void *memory);

/* Prints "gatebench: ..." and a line end on stderr. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "next: ...", the next useful command, on stderr. */
void cli_next(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For commands that may compute on several threads, before anything is done: unless the user chose how OpenMP's threads
 * wait (OMP_WAIT_POLICY, GOMP_SPINCOUNT, KMP_BLOCKTIME), starts the program anew with OMP_WAIT_POLICY=passive. Threads
 * that spin take the cores from each other on a busy machine: 20 seconds instead of one. */
void cli_share_cores(void);
/* Cuts a copy of "a,b,c" into its names; ends with NULL; free both. */
char **cli_split(const char *given, char **copy);

struct recipe;

/* Reads a recipe with its profile and overrides; every error is printed. Returns the exit code. */
int cli_read_recipe(gb_context *context, const char *name, const char *profile, const char *const *overrides,
                    size_t count, struct recipe **out);

/* Where the words are those of a run command (recall quick gap=20), they become the name of that run
 * (recall-quick+gap=20). */
void cli_name_run(cli_words *words);

/* What a command takes whose only option is --json. */
typedef struct cli_listing {
    cli_words words;
    bool json;
} cli_listing;
extern const cli_option cli_listing_options[];

/* The words after `run` and `config`, sorted: with "=" overrides (unless it is a file), quick and full the profile,
 * the others recipes. The lists are views, to be freed alone. */
typedef struct cli_run_words {
    const char **recipes, **overrides, *profile; /* NULL: none; --profile stands in it before sorting */
    size_t recipe_count, override_count;
} cli_run_words;
/* False after a message: two profiles, or no memory. */
bool cli_sort_words(const cli_words *words, cli_run_words *sorted);
void cli_free_run_words(cli_run_words *sorted);

/* The results file of a run's name or path (of the file or the run's folder); "recall" also finds recall-full and
 * recall-quick when there is no plain one. Errors: GB_IO with what there is and what to run. */
gb_status cli_find_results(gb_context *context, const char *given, char *path, size_t size);

/* Finds and reads them. */
gb_status cli_open_results(gb_context *context, const char *given, results **out);

/* How another command would be told of a results file: by the run's name where that finds it, else by its path. */
const char *cli_name_of(gb_context *context, const char *name, const char *path);

/* The folder (with plan.yaml) of a run's name or path; "recall" also finds recall-full and recall-quick. Errors: GB_IO.
 */
gb_status cli_find_folder(gb_context *context, const char *given, char *folder, size_t size);

/* Reads the named results files and those of the named folders or, with no name, of the default folder: of a folder for
 * each recipe the best one, profile full before none before quick, and none with overrides (the recipe does not stand
 * for those). */
typedef struct cli_results {
    results **items;
    size_t count;
} cli_results;
gb_status cli_read_results(gb_context *context, const cli_words *words, cli_results *all);
void cli_free_results(cli_results *all);

/* Names of the runs in the default folder, without ".h5", sorted; malloc'ed, ends with NULL (file_free_list). */
gb_status cli_run_names(gb_context *context, char ***names);

/* The report of one run, which is about no claim, into a file. Errors: GB_IO, also when only figures are missing. */
gb_status cli_report_run(gb_context *context, const char *results_path, const char *path);

/* Where figures go unless told: plots/out beside the project's results/runs, else `plots` in the results file's folder.
 */
gb_status cli_figure_folder(gb_context *context, const char *results_path, char *folder, size_t size);

#endif
