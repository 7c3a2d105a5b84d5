/* SPDX-License-Identifier: MIT */
/* gatebench task: shows what a task asks, without a network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "datasets/task.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] = "Show a task: its options, shape and splits, facts about its data, and the baselines that a "
                           "model must beat to show that it has learned something.\n\n"
                           "Examples:\n"
                           "  gatebench task recall gap=50 --sample     one example in words\n"
                           "  gatebench task music set=jsb --json\n"
                           "  gatebench task chars\n"
                           "  gatebench list tasks                      which tasks there are";

typedef struct request {
    cli_words words;
    size_t seed;
    bool json, sample;
} request;

static const cli_option options[] = {
    CLI_TRUE("sample", 's', sample, "Print one example in words"),
    CLI_COUNT("seed", 'S', "N", seed, 0, 1000000000000, "Seed of the example (default 1)"),
    CLI_JSON,
    {0}};

const cli_usage command_task_usage = {.words = "TASK [OPTION=VALUE...]",
                                      .most_words = CLI_ANY,
                                      .no_word = "which task? 'gatebench list tasks' shows them",
                                      .help = help,
                                      .options = options};

/* Opens the task with the words after its name as settings. Splits the words in place. */
static gb_status open_task(gb_context *context, const request *r, task **out) {
    const char *(*settings)[2] = calloc(r->words.count, sizeof *settings);
    if (!settings)
        return gb_fail(context, GB_MEMORY, "out of memory");
    gb_status status = GB_OK;
    for (size_t i = 1; status == GB_OK && i < r->words.count; i++) {
        char *equals = strchr(r->words.items[i], '=');
        if (!equals) {
            status =
                gb_fail(context, GB_INVALID, "'%s' is not an option of a task; write option=value", r->words.items[i]);
            break;
        }
        *equals = '\0';
        settings[i - 1][0] = r->words.items[i];
        settings[i - 1][1] = equals + 1;
    }
    if (status == GB_OK)
        status = task_open(context, r->words.items[0], (const char *const(*)[2])settings, r->words.count - 1, out);
    for (size_t i = 1; i < r->words.count; i++)
        if (settings[i - 1][1])
            r->words.items[i][settings[i - 1][1] - r->words.items[i] - 1] = '='; /* restores the word, for print_next */
    free(settings);
    return status;
}

static const char *const inputs[] = {[GB_INPUT_TOKENS] = "tokens", [GB_INPUT_DENSE] = "dense"};
static const char *const heads[] = {
    [GB_HEAD_LAST] = "last step", [GB_HEAD_EVERY] = "every step", [GB_HEAD_MARKED] = "marked steps"};
static const char *const losses[] = {
    [GB_LOSS_SOFTMAX] = "softmax", [GB_LOSS_BERNOULLI] = "bernoulli", [GB_LOSS_SQUARED] = "squared"};

enum { MOST_BASELINES = 16 };

/* What a function of the task prints; the caller frees it. */
static char *printed(task *t, size_t seed, void (*print)(task *t, size_t seed, FILE *out)) {
    char *words = NULL;
    size_t size = 0;
    FILE *memory = cli_need(open_memstream(&words, &size));
    print(t, seed, memory);
    return cli_need(fclose(memory) == 0 ? words : NULL);
}

static void write_facts(task *t, size_t seed, FILE *out) {
    (void)seed;
    task_print_facts(t, out);
}

/* Calls `each` for every fact line "name\tvalue" of the task. */
static void walk_facts(task *t, void (*each)(void *user, const char *name, const char *value), void *user) {
    CLEANUP(free_at) char *facts = printed(t, 0, write_facts);
    for (char *rest = facts, *line; (line = strsep(&rest, "\n"));) {
        char *value = strchr(line, '\t');
        if (value)
            *value++ = '\0';
        if (*line)
            each(user, line, value ? value : "");
    }
}

static void print_fact(void *user, const char *name, const char *value) {
    (void)user;
    printf("  %-22s %s\n", name, value);
}

static void json_fact(void *user, const char *name, const char *value) {
    json_text(user, name, value);
}

static void print_splits(const task_shape *shape) {
    printf("splits\n");
    for (size_t i = 0; i < TASK_SPLITS; i++) {
        if (!shape->splits[i])
            continue;
        printf("  %-22s ", task_split_name((task_split)i));
        if (shape->sequences[i])
            printf("%zu sequences\n", shape->sequences[i]);
        else
            printf("unlimited, generated on demand\n");
    }
}

static void print_baselines(task *t) {
    task_baseline baselines[MOST_BASELINES];
    size_t count = task_get_baselines(t, baselines, MOST_BASELINES);
    char number[40];
    printf("baselines%s\n", count ? "" : "\n  none");
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s (%s)", baselines[i].name, baselines[i].metric);
        printf("  %-28s %-9s %s\n", name, output_number(baselines[i].value, 5, number, sizeof number),
               baselines[i].note ? baselines[i].note : "");
    }
}

static void print_task(task *t) {
    const task_type *type = task_get_type(t);
    const task_shape *shape = task_get_shape(t);
    printf("%s%s%s  %s\n", style_start(STYLE_HEAD, stdout), type->name, style_end(STYLE_HEAD, stdout), type->summary);
    output_wrapped(type->source, 2);
    printf("options\n");
    for (const setting *o = type->options; o && o->name; o++) {
        char written[96];
        snprintf(written, sizeof written, "%s=%s", o->name, task_value(t, o->name));
        printf("  %-22s %s (%s)\n", written, o->help, o->values);
    }
    printf("shape\n");
    printf("  %-22s %s, %zu %s\n", "input", inputs[shape->input], shape->input_size,
           shape->input == GB_INPUT_TOKENS ? "symbols" : "a step");
    printf("  %-22s %zu, asked for at %s, loss %s\n", "outputs", shape->output_size, heads[shape->head],
           losses[shape->loss]);
    if (shape->longest)
        printf("  %-22s %zu steps\n", "longest sequence", shape->longest);
    printf("  %-22s %s (%s is better)\n", "metric", shape->metric, shape->higher_is_better ? "higher" : "lower");
    print_splits(shape);
    if (type->facts) {
        printf("data\n");
        walk_facts(t, print_fact, NULL);
    }
    print_baselines(t);
}

static void json_options(json *j, const task *t) {
    json_open(j, "options", '{');
    for (const setting *o = task_get_type(t)->options; o && o->name; o++)
        json_text(j, o->name, task_value(t, o->name));
    json_close(j);
}

static void json_shape(json *j, const task_shape *shape) {
    json_open(j, "shape", '{');
    json_text(j, "input", inputs[shape->input]);
    json_count(j, "input_size", shape->input_size);
    json_count(j, "output_size", shape->output_size);
    json_text(j, "head", heads[shape->head]);
    json_text(j, "loss", losses[shape->loss]);
    json_count(j, "longest", shape->longest);
    json_text(j, "metric", shape->metric);
    json_truth(j, "higher_is_better", shape->higher_is_better);
    json_close(j);
    json_open(j, "splits", '{'); /* null: endless */
    for (size_t i = 0; i < TASK_SPLITS; i++)
        if (shape->splits[i] && shape->sequences[i])
            json_count(j, task_split_name((task_split)i), shape->sequences[i]);
        else if (shape->splits[i])
            json_null(j, task_split_name((task_split)i));
    json_close(j);
}

static void print_json(const request *r, task *t) {
    json j = {0};
    task_baseline baselines[MOST_BASELINES];
    size_t count = task_get_baselines(t, baselines, MOST_BASELINES);
    json_open(&j, NULL, '{');
    json_text(&j, "task", task_get_type(t)->name);
    json_text(&j, "summary", task_get_type(t)->summary);
    json_text(&j, "source", task_get_type(t)->source);
    json_count(&j, "version", task_get_type(t)->version);
    json_options(&j, t);
    json_shape(&j, task_get_shape(t));
    json_text(&j, "sha256", task_sha256(t));
    json_open(&j, "facts", '{');
    walk_facts(t, json_fact, &j);
    json_close(&j);
    json_open(&j, "baselines", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(&j, NULL, '{');
        json_text(&j, "name", baselines[i].name);
        json_text(&j, "metric", baselines[i].metric);
        json_number(&j, "value", baselines[i].value);
        json_text(&j, "note", baselines[i].note);
        json_close(&j);
    }
    json_close(&j);
    if (r->sample) {
        CLEANUP(free_at) char *words = printed(t, r->seed, task_print_sample);
        json_text(&j, "sample", words);
    }
    json_close(&j);
    json_print(&j);
}

/* The next command: the recipe of the same name, if there is one. */
static void print_next(gb_context *context, const request *r) {
    char recipe[256], path[CLI_PATH];
    const char *name = r->words.items[0];
    snprintf(recipe, sizeof recipe, "recipes/%s.yaml", name);
    CLEANUP(text_free) text settings = {0};
    text_append_bytes(&settings, "", 0);
    for (size_t i = 1; i < r->words.count; i++)
        text_append(&settings, " %s", r->words.items[i]);
    if (!r->sample && !settings.failed)
        cli_next("gatebench task %s%s --sample", name, settings.data);
    else if (!settings.failed && task_type_option(task_type_find(name), "file"))
        cli_next("gatebench run %s quick%s", name, settings.data);
    else if (file_find_shared(context, recipe, path, sizeof path) == GB_OK)
        cli_next("gatebench run %s quick", name);
    else
        cli_next("gatebench list");
}

int command_task(gb_context *context, int argc, char **argv) {
    request r = {.seed = 1};
    if (!cli_parse(&command_task_usage, argc, argv, &r))
        return EXIT_USAGE;
    task *t = NULL;
    CLI_TRY(context, open_task(context, &r, &t));
    if (r.json) {
        print_json(&r, t);
    } else {
        if (r.sample)
            task_print_sample(t, r.seed, stdout);
        else
            print_task(t);
        print_next(context, &r);
    }
    task_close(t);
    return EXIT_OK;
}
