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

/* A subcommand: argv[0] is "gatebench NAME". Returns the exit code. command_NAME_usage describes its options and words;
 * shell completion reads it too. */
typedef int command_function(gb_context *context, int argc, char **argv);
#define COMMAND(name, summary)                                                                                         \
    command_function command_##name;                                                                                   \
    extern const cli_usage command_##name##_usage;
#include "cli/commands.def"
#undef COMMAND

int cli_exit_code(gb_status status);

/* Prints the context's sentence as an error and returns the status's exit code. */
int cli_failed(const gb_context *context, gb_status status);
/* If the call fails, prints its sentence and returns its exit code from the calling command. */
#define CLI_TRY(context, call)                                                                                         \
    do {                                                                                                               \
        const gb_status cli_try_status = (call);                                                                       \
        if (cli_try_status != GB_OK)                                                                                   \
            return cli_failed(context, cli_try_status);                                                                \
    } while (0)

/* For memory that is needed only for printing, so that no result is lost: if the pointer is NULL, prints a sentence and
 * ends the program with EXIT_IO. */
void *cli_need(void *memory);

/* Prints "gatebench: ..." and a line end on stderr. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "next: ...", the next useful command, on stderr. */
void cli_next(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Commands that may compute on several threads call this first. It restarts the program with OMP_WAIT_POLICY=passive,
 * unless the user chose how OpenMP's threads wait (OMP_WAIT_POLICY, GOMP_SPINCOUNT, KMP_BLOCKTIME). Threads that spin
 * while waiting take the cores from each other on a busy machine: 20 seconds instead of one. */
void cli_share_cores(void);
/* Splits a list "a,b,c". Returns its names, ending with NULL, which point into *copy; free both. */
char **cli_split(const char *given, char **copy);

struct recipe;

/* Reads a recipe with its profile and overrides; every error is printed. Returns the exit code. */
int cli_read_recipe(gb_context *context, const char *name, const char *profile, const char *const *overrides,
                    size_t count, struct recipe **out);

/* Replaces the words of each run command (recall quick gap=20) with the name of its run (recall-quick+gap=20); other
 * words stay. Prints the mistake and exits if an override is wrong. */
void cli_name_runs(cli_words *words);

/* The request of a command whose only option is --json. */
typedef struct cli_listing {
    cli_words words;
    bool json;
} cli_listing;
extern const cli_option cli_listing_options[];

/* The words after `run` and `config`, sorted into kinds. A word with "=" is an override (unless it names a file), quick
 * and full are the profile, all others are recipes. The lists point to the words; free the lists only. */
typedef struct cli_run_words {
    const char **recipes, **overrides, *profile; /* NULL: none; set to the value of --profile before sorting */
    size_t recipe_count, override_count;
} cli_run_words;
/* Returns false after printing an error: two profiles, or out of memory. */
bool cli_sort_words(const cli_words *words, cli_run_words *sorted);
void cli_free_run_words(cli_run_words *sorted);

/* Finds the results file of a run, given the run's name, the file's path or the path of the run's folder. "recall" also
 * finds recall-full and recall-quick when there is no plain "recall". Errors: GB_IO; the sentence says which runs exist
 * and what to run. */
gb_status cli_find_results(gb_context *context, const char *given, char *path, size_t size);

/* Finds a results file in the same way and reads it. */
gb_status cli_open_results(gb_context *context, const char *given, results **out);

/* How to name a results file on the command line of another command: the run's name where that finds the file, else the
 * path. */
const char *cli_name_of(gb_context *context, const char *name, const char *path);

/* Finds the folder (with plan.yaml) of a run, given its name or path. "recall" also finds recall-full and recall-quick.
 * Errors: GB_IO.
 */
gb_status cli_find_folder(gb_context *context, const char *given, char *folder, size_t size);

/* Reads the named results files and those in the named folders; with no name, those in the default folder. From a
 * folder it takes one file per recipe: the profile full if there is one, else no profile, else quick. Runs with
 * overrides are left out, since their settings are not the recipe's. */
typedef struct cli_results {
    results **items;
    size_t count;
} cli_results;
gb_status cli_read_results(gb_context *context, const cli_words *words, cli_results *all);
void cli_free_results(cli_results *all);

/* Names of the runs in the default folder, without ".h5", sorted; malloc'ed, ends with NULL (file_free_list). */
gb_status cli_run_names(gb_context *context, char ***names);

/* The run of the default folder whose results file was written last. Errors: GB_IO when there is none. */
gb_status cli_newest_run(gb_context *context, char *name, size_t size);

/* Writes the report of one run to a file, without claims. Errors: GB_IO, also when only figures are missing. */
gb_status cli_report_run(gb_context *context, const char *results_path, const char *path);

/* The default folder for figures: plots/out beside the project's results/runs, else `plots` in the results file's
 * folder.
 */
gb_status cli_figure_folder(gb_context *context, const char *results_path, char *folder, size_t size);

#endif
