/* SPDX-License-Identifier: MIT */
/* The gatebench program: finds the subcommand and passes the arguments on. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "datasets/files/cell_files.h"
#include "support/file.h"

static const struct command {
    const char *name, *summary;
    command_function *run;
} commands[] = {
#define COMMAND(name, summary) {#name, summary, command_##name},
#include "cli/commands.def"
#undef COMMAND
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int print_help(void) {
    printf("gatebench: RNN, LSTM or GRU? Scripted experiments, honest verdicts.\n\n"
           "  gatebench run quick                      the whole suite, reduced: a few minutes\n"
           "  gatebench run recall gap=10..50:10       one experiment, settings changed\n"
           "  gatebench verdict                        what the numbers say about each claim\n\n"
           "Commands (each has --help with examples):\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    printf(
        "\nExit codes: 0 success, 1 a trial or a gate failed, 2 usage or recipe error, 3 stopped (run again to "
        "resume),\n            4 data file missing or refused, 5 input/output error or missing program, 130 Ctrl-C.\n");
    return EXIT_OK;
}

static int print_version(void) {
    printf("gatebench %s\n", gb_version());
    for (size_t i = 0; i < gb_backend_count(); i++)
        printf("backend %s: %s\n", gb_backend_name(i), gb_backend_version(i));
    printf("HDF5: %s\n", GATEBENCH_HDF5_VERSION);
    store_fact facts[64];
    size_t count = store_host_facts(facts, sizeof facts / sizeof *facts);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(facts[i].name, "isa"))
            printf("ISA: %s\n", facts[i].value);
    return EXIT_OK;
}

static int unknown_command(gb_context *context, const char *word) {
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *nearest = text_nearest(word, names, COMMANDS);
    char recipe[256], path[CLI_PATH];
    snprintf(recipe, sizeof recipe, "recipes/%s.yaml", word);
    if (file_find_shared(context, recipe, path, sizeof path) == GB_OK || !strcmp(word, "quick") ||
        !strcmp(word, "full"))
        cli_say("unknown command '%s'; did you mean 'gatebench run %s'?", word, word);
    else if (nearest)
        cli_say("unknown command '%s'; did you mean '%s'?", word, nearest);
    else
        cli_say("unknown command '%s'; 'gatebench' alone lists the commands", word);
    return EXIT_USAGE;
}

static int run_command(gb_context *context, const char *word, int argc, char **argv) {
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, word) == 0) {
            char name[64]; /* argp and getopt name the program by argv[0] in their messages */
            snprintf(name, sizeof name, "gatebench %s", word);
            argv[0] = name;
            return commands[i].run(context, argc, argv);
        }
    }
    return unknown_command(context, word);
}

static int dispatch(gb_context *context, int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "--help";
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || (!strcmp(word, "help") && argc < 3))
        return print_help();
    if (!strcmp(word, "--version") || !strcmp(word, "-V"))
        return print_version();
    if (!strcmp(word, "help")) {
        char ask[] = "--help";
        char *words[] = {argv[0], ask, NULL};
        return run_command(context, argv[2], 2, words);
    }
    return run_command(context, word, argc - 1, argv + 1);
}

/* True when the reader of standard output has closed it (`| head -1`). */
static bool reader_gone(void) {
    struct pollfd output = {STDOUT_FILENO, POLLOUT, 0};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

static int exit_code; /* of the command, for the function called at exit */

/* Output that cannot be written is an error, unless its reader has closed the pipe. Called at exit, since --help exits
 * by itself. */
static void finish_output(void) {
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (!failed || reader_gone())
        return;
    cli_say("standard output cannot be written; is the disk full?");
    _exit(exit_code ? exit_code : EXIT_IO);
}

/* If a standard stream is closed, the next file that is opened gets its number, and output would go into that file. */
static void open_standard_streams(void) {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) != stream)
            _exit(EXIT_IO);
}

int main(int argc, char **argv) {
    open_standard_streams();
    atexit(finish_output);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is then a failed write, which finish_output recognises */
    argp_err_exit_status = EXIT_USAGE;
    setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
    gb_context *context = NULL;
    if (gb_context_create(NULL, &context) != GB_OK) {
        cli_say("out of memory");
        return EXIT_IO;
    }
    const gb_status status = cells_load(context);
    exit_code = status == GB_OK ? dispatch(context, argc, argv) : cli_failed(context, status);
    gb_context_destroy(context);
    return exit_code;
}
