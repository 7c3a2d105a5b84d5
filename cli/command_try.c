/* SPDX-License-Identifier: MIT */
/* gatebench try: from a user's file to a verdict and a report in one command. */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/run_progress.h"
#include "cli/try_recipe.h"
#include "cli/try_verdict.h"
#include "datasets/files/catalog.h"
#include "datasets/files/recognise.h"
#include "experiments/run/run.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] =
    "RNN, LSTM or GRU for this file? Recognises the kind of file, reports how it was read, and compares the three "
    "cells fairly: each is tuned with the same budget on validation data, at equal width and, if the time suffices, at "
    "equal parameters, on several seeds. Predictors without a memory are shown for comparison. Ends with a verdict and "
    "an HTML report, whose "
    "path goes to standard output. Running it again resumes where it stopped.\n\n"
    "Examples:\n"
    "  gatebench try book.txt                        predict the next character\n"
    "  gatebench try book.txt unit=word\n"
    "  gatebench try weather.csv target=rain         a column of a table\n"
    "  gatebench try visits.csv sequence=patient target=outcome\n"
    "  gatebench try prices.csv predict=next window=64\n"
    "  gatebench try ArrowHead_TRAIN.ts              UCR and UEA archives\n"
    "  gatebench try book.txt --time 30m             longer training\n"
    "\vThe words after the file are options of its task ('gatebench task text', table or series lists them) or "
    "settings (hidden=128). The exit codes are those of `gatebench run`.";

typedef struct request {
    cli_words words;
    const char *as, *output;
    double seconds, margin;
    size_t workers;
    bool quiet;
} request;

static const cli_option options[] = {
    CLI_ONE_OF("as", 0, "TASK", as, "text|table|series", "Read the file as text, table or series"),
    CLI_NUMBER(CLI_SECONDS, "time", 't', "TIME", seconds, "Approximate time limit (default 3m)"),
    CLI_NUMBER(
        CLI_ABOVE_0, "margin", 0, "X", margin,
        "Largest difference that counts as equal (default 0.01 accuracy, 0.02 bits or 0.02 of the target's variance)"),
    CLI_COUNT("workers", 'j', "N", workers, 1, 4096, "Number of trials that run at a time (default: all cores)"),
    CLI_TEXT("output", 'o', "FOLDER", output, "Write the run here (default: as `gatebench run`)"),
    CLI_TRUE("quiet", 'q', quiet, "Print no progress"),
    {0}};

const cli_usage command_try_usage = {.words = "FILE [OPTION=VALUE...]",
                                     .most_words = CLI_ANY,
                                     .no_word = "which file?",
                                     .help = help,
                                     .options = options};

/* What `try` was asked to do. */
typedef struct attempt {
    gb_context *context;
    const request *request;
    recognised kind;
    try_plan plan;
    const char *(*given)[2]; /* the task's options, the file first */
    const char **overrides;  /* the other words: settings */
    size_t override_count;
    char path[PATH_MAX], name[64], folder[CLI_PATH], recipe_path[CLI_PATH + 128];
    bool again; /* the recipe existed before */
} attempt;

/* Sorts the words after the file into options of the task and settings. Splits the former in place. */
static gb_status sort_words(attempt *a) {
    const cli_words *words = &a->request->words;
    const task_type *type = task_type_find(a->kind.task);
    size_t count = 1;
    a->given = calloc(words->count + 1, sizeof *a->given);
    a->overrides = calloc(words->count + 1, sizeof *a->overrides);
    if (!a->given || !a->overrides)
        return gb_fail(a->context, GB_MEMORY, "out of memory");
    a->given[0][0] = "file";
    a->given[0][1] = a->path;
    for (size_t i = 1; i < words->count; i++) {
        char *equals = strchr(words->items[i], '=');
        if (!equals)
            return gb_fail(a->context, GB_INVALID, "'%s': give one file only, followed by option=value words",
                           words->items[i]);
        *equals = '\0';
        bool own = task_type_option(type, words->items[i]);
        if (own) {
            a->given[count][0] = words->items[i];
            a->given[count++][1] = equals + 1;
        } else {
            *equals = '=';
            a->overrides[a->override_count++] = words->items[i];
        }
    }
    a->plan.options = (const char *const(*)[2])a->given + 1;
    a->plan.option_count = count - 1;
    return GB_OK;
}

static gb_status open_file(attempt *a) {
    const char *given = a->request->words.items[0];
    GB_TRY(recognise_file(a->context, given, &a->kind));
    if (a->request->as && strcmp(a->request->as, a->kind.task) != 0)
        a->kind = (recognised){a->request->as, a->request->as};
    if (!realpath(given, a->path))
        return gb_fail(a->context, GB_DATA, "%s: its path cannot be found", given);
    GB_TRY(sort_words(a));
    GB_TRY(task_open(a->context, a->kind.task, (const char *const(*)[2])a->given, a->plan.option_count + 1,
                     &a->plan.task));
    a->plan.path = a->path;
    a->plan.name = a->name;
    a->plan.hidden = 64;
    a->plan.margin = a->request->margin > 0 ? a->request->margin : try_margin(task_get_shape(a->plan.task)->metric);
    return GB_OK;
}

/* The name of the run, such as "try-book-1a2b3c4d": the file's name and a hash of its content and of the command
 * line. */
static gb_status name_run(attempt *a) {
    const request *r = a->request;
    const char *slash = strrchr(a->path, '/'), *base = slash ? slash + 1 : a->path;
    char hash[65];
    CLEANUP(text_free) text said = {0};
    text_append(&said, "%s %s %g %g", task_sha256(a->plan.task), a->kind.task, r->seconds, a->plan.margin);
    for (size_t i = 0; i < a->plan.option_count; i++)
        text_append(&said, " %s=%s", a->plan.options[i][0], a->plan.options[i][1]);
    for (size_t i = 0; i < a->override_count; i++)
        text_append(&said, " %s", a->overrides[i]);
    data_sha256(said.data ? said.data : "", said.length, hash);
    int length = snprintf(a->name, sizeof a->name, "try-%.*s-%.8s", (int)(strcspn(base, ".") % 40), base, hash);
    for (int i = 0; i < length; i++)
        if (!isalnum((unsigned char)a->name[i]) && a->name[i] != '_')
            a->name[i] = '-';
    if (r->output)
        snprintf(a->folder, sizeof a->folder, "%s", r->output);
    else
        GB_TRY(run_default_folder(a->context, a->folder, sizeof a->folder));
    snprintf(a->recipe_path, sizeof a->recipe_path, "%s/%s.yaml", a->folder, a->name);
    a->again = file_exists(a->recipe_path);
    return file_make_folder(a->context, a->folder);
}

/* Prints one fact about how the file was read. */
static void print_reading(const attempt *a) {
    static const char *const changes[][2] = {
        {"text", "unit=character|word|byte vocabulary=N"},
        {"table", "target=COLUMN inputs=A+B sequence=COLUMN predict=class|number|next window=ROWS"},
        {"series", "test=FILE split=drawn"}};
    const task_shape *shape = task_get_shape(a->plan.task);
    char *facts = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&facts, &size);
    fprintf(stderr, "%s: read as %s\n", a->request->words.items[0], a->kind.kind);
    if (memory) {
        task_print_facts(a->plan.task, memory);
        fclose(memory);
        for (char *rest = facts, *line; rest && (line = strsep(&rest, "\n"));) {
            char *value = strchr(line, '\t');
            if (!value || !strncmp(line, "file\t", 5) || !strncmp(line, "sha256\t", 7))
                continue;
            *value = '\0';
            fprintf(stderr, "  %-22s %s\n", line, value + 1);
        }
        free(facts);
    }
    fprintf(stderr, "  %-22s %s, on the test part (%zu sequence%s)\n", "measured", shape->metric,
            shape->sequences[TASK_TEST], shape->sequences[TASK_TEST] == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (!strcmp(changes[i][0], a->kind.task))
            fprintf(stderr, "  to read it otherwise: --as text|table|series, or %s\n", changes[i][1]);
}

static gb_status write_recipe(attempt *a) {
    CLEANUP(text_free) text yaml = {0};
    try_append_recipe(&a->plan, &yaml);
    return yaml.failed ? gb_fail(a->context, GB_MEMORY, "out of memory for a recipe")
                       : file_replace(a->context, a->recipe_path, yaml.data, yaml.length);
}

static int read_recipe(const attempt *a, recipe **out) {
    return cli_read_recipe(a->context, a->recipe_path, NULL, a->overrides, a->override_count, out);
}

static void keep_estimate(void *user, const run_state *s, const trial_list *finals, const run_estimate *ahead) {
    (void)s;
    (void)finals;
    *(double *)user = ahead->seconds;
}

/* Estimates how long the recipe takes with that many steps. Returns an exit code. */
static int estimate(attempt *a, size_t steps, double *seconds) {
    CLEANUP(recipe_free_at) recipe *one = NULL;
    run_summary summary;
    const run_observer observer = {.user = seconds, .planned = keep_estimate};
    const run_options dry = {
        .results_folder = a->folder, .workers = a->request->workers, .dry_run = true, .observer = &observer};
    a->plan.steps = steps;
    gb_status status = write_recipe(a);
    if (status != GB_OK)
        return cli_failed(a->context, status);
    int code = read_recipe(a, &one);
    if (code == EXIT_OK && (status = run_recipe(a->context, one, &dry, &summary)) != GB_OK)
        code = cli_failed(a->context, status);
    return code;
}

/* The factor by which other running programs slow this one down. */
static double find_delay(void) {
    double load = 0, cores = (double)run_usable_cores();
    return getloadavg(&load, 1) == 1 ? fmax(1, (load + cores) / cores) : 1;
}

/* Chooses the number of steps for the time available. Two estimates give the fixed cost of a trial and the cost per
 * step. If there would be too few steps, runs fewer trials. Returns an exit code. */
static int choose_steps(attempt *a) {
    static const try_level levels[] = {{5, 3, true}, {4, 2, true}, {3, 2, true}, {3, 2, false}};
    enum { LEVELS = sizeof levels / sizeof *levels, FEW = 100, MANY = 400, ENOUGH = 400, MOST = 20000 };
    double few = 0, many = 0, ahead = 0.85 * a->request->seconds / find_delay(); /* the remainder is for the report */
    a->plan.level = levels[0];
    int code = estimate(a, FEW, &few);
    if (code == EXIT_OK)
        code = estimate(a, MANY, &many);
    double a_step = fmax((many - few) / (MANY - FEW), 1e-9), fixed = fmax(few - FEW * a_step, 0), steps = 0;
    for (size_t i = 0; code == EXIT_OK && i < LEVELS && steps < ENOUGH; i++) {
        double part = (double)try_trials(&levels[i]) / (double)try_trials(&levels[0]);
        a->plan.level = levels[i];
        steps = (ahead / part - fixed) / a_step;
    }
    double round_to = steps >= 2000 ? 100 : 10;
    a->plan.steps = (size_t)fmin(fmax(floor(steps / round_to) * round_to, FEW), MOST);
    gb_status status = code == EXIT_OK ? write_recipe(a) : GB_OK;
    return status != GB_OK ? cli_failed(a->context, status) : code;
}

static int run_attempt(attempt *a, recipe *one, run_summary *summary) {
    run_progress progress;
    run_progress_start(&progress, a->request->quiet, false);
    const run_options real = {.results_folder = a->folder,
                              .command_line = "gatebench try",
                              .workers = a->request->workers,
                              .observer = &progress.observer};
    gb_status status = run_recipe(a->context, one, &real, summary);
    if (status == GB_STOPPED || summary->interrupted) {
        cli_next("the same command resumes");
        return summary->signal == SIGINT ? EXIT_INTERRUPTED : EXIT_RESUMABLE;
    }
    return status != GB_OK ? cli_failed(a->context, status) : EXIT_OK;
}

static int try_file(attempt *a) {
    CLEANUP(recipe_free_at) recipe *one = NULL;
    run_summary summary = {0};
    gb_status status = open_file(a);
    if (status == GB_OK)
        status = name_run(a);
    if (status != GB_OK)
        return cli_failed(a->context, status);
    if (!a->request->quiet)
        print_reading(a);
    int code = a->again ? EXIT_OK : choose_steps(a);
    if (code == EXIT_OK)
        code = read_recipe(a, &one);
    if (code != EXIT_OK && !a->again)
        remove(a->recipe_path); /* it has never run */
    if (code == EXIT_OK)
        code = run_attempt(a, one, &summary);
    if (code == EXIT_OK)
        code = try_conclude(a->context, a->plan.task, a->request->words.items[0], summary.results_path);
    if (code == EXIT_OK)
        cli_next("gatebench run %s with other settings, or gatebench try %s --time %.0fm for more", a->recipe_path,
                 a->request->words.items[0], ceil(4 * a->request->seconds / 60));
    return code == EXIT_OK && summary.failed ? EXIT_TRIAL_FAILED : code;
}

int command_try(gb_context *context, int argc, char **argv) {
    request r = {.seconds = 180};
    if (!cli_parse(&command_try_usage, argc, argv, &r))
        return EXIT_USAGE;
    attempt a = {.context = context, .request = &r};
    int code = try_file(&a);
    task_close(a.plan.task);
    free(a.given);
    free(a.overrides);
    return code;
}
