/* SPDX-License-Identifier: MIT */
/* The options of a command as a table: which field of the request each option sets, and with what type. The same parser
 * reads every command, and shell completion reads the same tables. */
#ifndef GATEBENCH_CLI_OPTIONS_H
#define GATEBENCH_CLI_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

/* How an option's value is read, and the type of its field. */
typedef enum cli_kind {
    CLI_ALIAS,   /* another name of the previous option */
    CLI_TRUE,    /* bool: true */
    CLI_CHOICE,  /* an enum: the option's choice; options with the same field exclude each other */
    CLI_TEXT,    /* const char *: as given, one of `values` where there are any */
    CLI_COUNT,   /* size_t: a whole number from `least` to `most` */
    CLI_ABOVE_0, /* double */
    CLI_FROM_0,  /* double */
    CLI_SECONDS, /* double: "90s", "10m", "1.5h", "2d"; without a unit seconds */
    CLI_BYTES    /* double: "500M", "2G"; without a unit bytes */
} cli_kind;

typedef struct cli_option {
    const char *name;
    int letter;        /* 0: none */
    const char *value; /* name of the value in help; NULL: the option takes no value */
    cli_kind kind;
    size_t field; /* offset of the field in the request */
    const char *help;
    size_t least, most;
    int choice;
    const char *values;    /* "svg|pdf" */
    const char *otherwise; /* the default if the value is left out; NULL: the value is required */
} cli_option;

/* The rows of a table, for a request of type `request`; {0} ends the table. */
#define CLI_OPTION(long_name, key, meta, makes, to, words, ...)                                                        \
    {                                                                                                                  \
        .name = long_name, .letter = key, .value = meta, .kind = makes, .field = offsetof(request, to), .help = words, \
        __VA_ARGS__                                                                                                    \
    }
#define CLI_ALIAS_OF(long_name)                                                                                        \
    { .name = long_name, .kind = CLI_ALIAS }
#define CLI_TRUE(name, letter, field, help) CLI_OPTION(name, letter, NULL, CLI_TRUE, field, help, .choice = 0)
#define CLI_CHOICE(name, letter, value, field, chosen, help)                                                           \
    CLI_OPTION(name, letter, value, CLI_CHOICE, field, help, .choice = chosen)
#define CLI_TEXT(name, letter, value, field, help) CLI_OPTION(name, letter, value, CLI_TEXT, field, help, .choice = 0)
#define CLI_OPTIONAL(name, letter, value, field, without, help)                                                        \
    CLI_OPTION(name, letter, value, CLI_TEXT, field, help, .otherwise = without)
#define CLI_ONE_OF(name, letter, value, field, known, help)                                                            \
    CLI_OPTION(name, letter, value, CLI_TEXT, field, help, .values = known)
#define CLI_COUNT(name, letter, value, field, low, high, help)                                                         \
    CLI_OPTION(name, letter, value, CLI_COUNT, field, help, .least = low, .most = high)
#define CLI_NUMBER(kind, name, letter, value, field, help)                                                             \
    CLI_OPTION(name, letter, value, kind, field, help, .choice = 0)

/* Options that several commands have. */
#define CLI_JSON CLI_TRUE("json", 'J', json, "Print JSON")
#define CLI_WHERE CLI_TEXT("where", 'w', "CONDITIONS", where, CLI_WHERE_HELP)
#define CLI_WHERE_HELP "Only trials that meet all of these: 'cell=gru,lstm gap>=200' (= != < <= > >=)"
#define CLI_PROFILE                                                                                                    \
    CLI_TEXT("profile", 'p', "NAME", profile, "A profile of the recipe (quick and full may be given without -p)")

#define CLI_WHICH_RUN "which run? 'gatebench list runs' shows them"

/* The arguments of a command line that are not options; points into argv. A request that takes any has this as its
 * first member. */
typedef struct cli_words {
    char **items;
    size_t count;
} cli_words;

enum { CLI_ANY = 4096 };

/* How a command is used. */
typedef struct cli_usage {
    const char *words; /* arguments in the usage line, "RUN|FILE..."; NULL: none */
    size_t most_words;
    bool runs; /* arguments name runs; those of a run command (recall quick gap=20) become the run's name */
    const char
        *no_word; /* error message when an argument is missing, or when none is allowed; NULL: arguments are optional */
    const char *help; /* what it does and examples; after \v the text below the options */
    const cli_option *options;
    void (*check)(void *request,
                  struct argp_state *state); /* calls argp_error for options that exclude each other; or NULL */
} cli_usage;

/* Reads a command line into the request. Ends the program after --help, and with exit code 2 after an error. False when
 * out of memory. */
bool cli_parse(const cli_usage *usage, int argc, char **argv, void *request);

#endif
