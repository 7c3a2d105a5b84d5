/* SPDX-License-Identifier: MIT */
/* gatebench completion: scripts for shells, and the candidates that those scripts ask for. Candidates are read from
 * each command's table of options and from the words of its usage line, so they are always up to date. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "datasets/task.h"
#include "experiments/recipe/recipe.h"
#include "plots/plots.h"
#include "support/file.h"

static const char help[] = "Print the completion script of a shell.\n\n"
                           "Examples:\n"
                           "  source <(gatebench completion bash)                     in this shell\n"
                           "  gatebench completion zsh > ~/.zfunc/_gatebench          a folder of fpath\n"
                           "  gatebench completion fish > ~/.config/fish/completions/gatebench.fish";

typedef struct request {
    cli_words words;
    bool candidates;
} request;

static const cli_option options[] = {
    CLI_TRUE("candidates", 'c', candidates, "For the scripts: print what can complete the last of the words after --"),
    {0}};

const cli_usage command_completion_usage = {.words = "bash|zsh|fish",
                                            .most_words = CLI_ANY,
                                            .no_word = "which shell? bash, zsh or fish",
                                            .help = help,
                                            .options = options};

/* Each script hands the words of the line, without the program's name and up to the cursor, to --candidates. */
static const struct {
    const char *shell, *script;
} scripts[] = {
    {"bash", "# bash completion of gatebench; `gatebench completion bash` prints it\n"
             "_gatebench() {\n"
             "  local line=${COMP_LINE:0:COMP_POINT} IFS=$' \\t\\n' words candidate\n"
             "  read -ra words <<<\"$line\"\n"
             "  [[ $line == *[[:space:]] ]] && words+=('')\n"
             "  # For readline the part before a '=' is a separate word.\n"
             "  local last=${words[${#words[@]} - 1]} typed=${COMP_WORDS[COMP_CWORD]}\n"
             "  [[ $typed == '=' ]] && typed=\n"
             "  local stem=${last%\"$typed\"}\n"
             "  COMPREPLY=()\n"
             "  # Not compgen -W: it would run a $(...) in the name of a file.\n"
             "  while IFS= read -r candidate; do\n"
             "    [[ $candidate == \"$last\"* ]] || continue\n"
             "    candidate=${candidate#\"$stem\"}\n"
             "    [[ $candidate == *[^A-Za-z0-9_.,:=+@%/-]* ]] && printf -v candidate %q \"$candidate\"\n"
             "    COMPREPLY+=(\"$candidate\")\n"
             "  done < <(gatebench completion --candidates -- \"${words[@]:1}\" 2>/dev/null)\n"
             "  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
             "}\n"
             "complete -o default -F _gatebench gatebench\n"},
    {"zsh", "#compdef gatebench\n"
            "# zsh completion of gatebench; `gatebench completion zsh` prints it\n"
            "_gatebench() {\n"
            "  local -a candidates settings\n"
            "  candidates=(${(f)\"$(gatebench completion --candidates -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
            "  settings=(${(M)candidates:#*=})\n"
            "  candidates=(${candidates:#*=})\n"
            "  compadd -S '' -a settings\n"
            "  compadd -a candidates || (( $#settings )) || _files\n"
            "}\n"
            "(( $+functions[compdef] )) && compdef _gatebench gatebench\n"
            "# Loaded from fpath at the first Tab key, which is to be answered, too.\n"
            "[[ $funcstack[1] != _gatebench ]] || _gatebench\n"},
    {"fish", "# fish completion of gatebench; `gatebench completion fish` prints it\n"
             "function __gatebench_candidates\n"
             "  set -l words (commandline -opc) (commandline -ct)\n"
             "  gatebench completion --candidates -- $words[2..-1] 2>/dev/null\n"
             "end\n"
             "complete -c gatebench -a '(__gatebench_candidates)'\n"},
};

static const struct known_command {
    const char *name;
    const cli_usage *usage;
} commands[] = {
#define COMMAND(name, summary) {#name, &command_##name##_usage},
#include "cli/commands.def"
#undef COMMAND
};

enum { COMMANDS = sizeof commands / sizeof *commands, SCRIPTS = sizeof scripts / sizeof *scripts };

static void print_names(char **names) {
    for (size_t i = 0; names && names[i]; i++)
        puts(names[i]);
    file_free_list(names);
}

static void print_runs(gb_context *context) {
    char **names = NULL;
    if (cli_run_names(context, &names) == GB_OK)
        print_names(names);
}

static void print_recipes(gb_context *context) {
    char **names = NULL;
    if (recipe_list(context, &names) == GB_OK)
        print_names(names);
}

static void print_figures(gb_context *context) {
    char **names = NULL;
    if (plots_list(context, &names) == GB_OK)
        print_names(names);
}

static void print_tasks(gb_context *context) {
    (void)context;
    for (size_t i = 0; task_type_at(i); i++)
        puts(task_type_at(i)->name);
}

/* An option that several tasks have appears once. */
static void print_task_options(const task_type *type) {
    for (const setting *o = type->options; o && o->name; o++)
        if (task_option_find(o->name) == o)
            printf("%s=\n", o->name);
}

static void print_settings(gb_context *context) {
    (void)context;
    for (size_t i = 0; setting_at(i); i++)
        printf("%s=\n", setting_at(i)->name);
    for (size_t i = 0; task_type_at(i); i++)
        print_task_options(task_type_at(i));
    for (size_t i = 0; task_kind_at(i); i++)
        print_task_options(task_kind_at(i));
}

/* The candidates for a word in capitals in a usage line. Words in lower case are candidates themselves. */
static const struct {
    const char *word;
    void (*print)(gb_context *context);
} kinds[] = {
    {"RUN", print_runs},   {"RECIPE", print_recipes}, {"FIGURE", print_figures},
    {"TASK", print_tasks}, {"KEY", print_settings},
};

static void print_word(gb_context *context, const char *word, size_t length) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].word) == length && !strncmp(kinds[i].word, word, length))
            kinds[i].print(context);
    if (islower((unsigned char)*word))
        printf("%.*s\n", (int)length, word);
}

/* Every word of a usage line such as "[RECIPE...] [quick|full]", at any position. */
static void print_usage_words(gb_context *context, const char *usage) {
    while (usage && *usage) {
        size_t length = strspn(usage, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");
        if (length)
            print_word(context, usage, length);
        usage += length ? length : 1;
    }
}

static void print_options(const cli_usage *usage) {
    for (const cli_option *o = usage->options; o && o->name; o++)
        printf("--%s\n", o->name);
    puts("--help");
}

/* The candidates for the last of the words; the shell keeps those that begin with it. */
static void print_candidates(gb_context *context, const cli_words *words) {
    const char *command = words->items[0], *typed = words->items[words->count - 1];
    if (words->count == 1 || (words->count == 2 && !strcmp(command, "help"))) {
        for (size_t i = 0; i < COMMANDS; i++)
            puts(commands[i].name);
        return;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, command) != 0)
            continue;
        if (*typed == '-')
            print_options(commands[i].usage);
        else
            print_usage_words(context, commands[i].usage->words);
    }
}

int command_completion(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_completion_usage, argc, argv, &r))
        return EXIT_USAGE;
    if (r.candidates) {
        print_candidates(context, &r.words);
        return EXIT_OK;
    }
    for (size_t i = 0; i < SCRIPTS && r.words.count == 1; i++) {
        if (!strcmp(scripts[i].shell, r.words.items[0])) {
            fputs(scripts[i].script, stdout);
            return EXIT_OK;
        }
    }
    cli_say("'%s' is not a shell that completion knows; give bash, zsh or fish", r.words.items[r.words.count - 1]);
    return EXIT_USAGE;
}
