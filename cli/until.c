/* SPDX-License-Identifier: MIT */
/* The loop of run --until decided: run, look, and as long as it is undecided, more seeds. */
#include "cli/until.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/folder/merge_results.h"
#include "experiments/folder/run_folder.h"
#include "results/analysis/compare_run.h"
#include "support/file.h"

enum { LARGEST_LOOKS = 1 << 20 };

typedef struct until {
    gb_context *context;
    const until_request *request;
    char folder[CLI_PATH], results[RUN_PATH], looks_path[RUN_PATH];
    double *seeds; /* the recipe's own, ascending */
    size_t seed_count;
    looks looks; /* count 0: not declared yet */
    text taken;  /* the looks so far, YAML */
} until;

static gb_status find_paths(until *u, const recipe *first) {
    char parent[CLI_PATH];
    gb_status status = GB_OK;
    if (u->request->options->results_folder)
        snprintf(parent, sizeof parent, "%s", u->request->options->results_folder);
    else
        status = run_default_folder(u->context, parent, sizeof parent);
    if (!status && snprintf(u->folder, sizeof u->folder, "%s/%s", parent, recipe_run_name(first)) >= CLI_PATH)
        status = gb_fail(u->context, GB_IO, "%s: the path of the results folder is too long", parent);
    run_path(u->folder, RUN_RESULTS, u->results);
    run_path(u->folder, RUN_LOOKS, u->looks_path);
    return status;
}

/* A recipe without a declared margin leaves nothing to decide. */
static gb_status check_declared(gb_context *context, const recipe *first) {
    declared_list list;
    size_t margins = 0;
    gb_status status = declared_in_recipe(context, recipe_name(first), recipe_resolved(first), &list);
    for (size_t i = 0; !status && i < list.count; i++)
        margins += !isnan(list.items[i].margin);
    declared_free(&list);
    if (!status && margins == 0)
        status = gb_fail(context, GB_INVALID,
                         "%s declares no comparison with a margin, so that nothing can be decided; add `compare: [{a: "
                         "gru, b: lstm, metric: accuracy, margin: 0.01}]` to it",
                         recipe_name(first));
    return status;
}

static size_t count_seeds(const trial_list *list) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t k = 0;
        while (k < i && strcmp(trial_text(&list->trials[k], "seed"), trial_text(&list->trials[i], "seed")) != 0)
            k++;
        count += k == i;
    }
    return count;
}

/* Refuses before anything runs what the looks would refuse after it. A plan that must be measured first is let pass. */
static gb_status check_seeds(gb_context *context, const until_request *request, const recipe *first) {
    trial_list list;
    if (recipe_final_trials(context, first, NULL, NULL, &list) != GB_OK)
        return GB_OK;
    size_t seeds = count_seeds(&list);
    trial_list_free(&list);
    if (seeds >= 2 && seeds <= request->max_seeds)
        return GB_OK;
    return gb_fail(
        context, GB_INVALID,
        "%s begins with %zu seed%s: --until decided needs 2 or more, and --max-seeds, which is %zu, no fewer "
        "than those",
        recipe_name(first), seeds, seeds == 1 ? "" : "s", request->max_seeds);
}

/* Looks that were declared before stand: others would spend alpha a second time. */
static gb_status read_declared(until *u) {
    char *yaml = NULL;
    size_t size = 0;
    if (!file_exists(u->looks_path))
        return GB_OK;
    gb_status status = file_read(u->context, u->looks_path, LARGEST_LOOKS, &yaml, &size);
    if (!status)
        status = looks_parse(u->context, u->looks_path, yaml, &u->looks);
    free(yaml);
    return status;
}

static bool same_looks(const looks *a, const looks *b) {
    return a->count == b->count && memcmp(a->seeds, b->seeds, a->count * sizeof *a->seeds) == 0;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The seeds of the run's final trials. */
static gb_status find_seeds(until *u) {
    results *file = NULL;
    gb_status status = results_read(u->context, u->results, &file);
    if (status)
        return status;
    u->seeds = calloc(file->runs.rows + 1, sizeof *u->seeds);
    size_t count = 0;
    for (size_t row = 0; u->seeds && row < file->runs.rows; row++)
        if (strcmp(table_text(&file->runs, row, "stage"), "final") == 0)
            u->seeds[count++] = table_number(&file->runs, row, "seed");
    if (u->seeds)
        qsort(u->seeds, count, sizeof *u->seeds, compare_numbers);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || u->seeds[i] != u->seeds[i - 1])
            u->seeds[u->seed_count++] = u->seeds[i];
    results_free(file);
    return u->seeds ? GB_OK : gb_fail(u->context, GB_MEMORY, "out of memory for the seeds of a run");
}

static gb_status refuse_other_looks(const until *u) {
    size_t last = u->looks.seeds[u->looks.count - 1];
    return gb_fail(
        u->context, GB_INVALID,
        "%s: this run was declared to be looked at %zu times, from %zu to %zu seeds, and other looks would spend "
        "alpha twice; give --max-seeds %zu --looks %zu with the same seeds, or another --output",
        u->looks_path, u->looks.count, u->looks.seeds[0], last, last, u->looks.count);
}

/* Declares looks from that many seeds on, or finds that they are the ones declared before. */
static gb_status declare(until *u, size_t first) {
    looks wanted;
    gb_status status = looks_declare(u->context, first, u->request->max_seeds, u->request->looks, &wanted);
    if (!status && u->looks.count && !same_looks(&u->looks, &wanted))
        return refuse_other_looks(u);
    if (!status)
        u->looks = wanted;
    return status;
}

/* Leaves the looks in the folder and in the results file, which is made anew from the trials. */
static gb_status record(until *u) {
    text yaml = {0};
    plan p;
    looks_append(&u->looks, &yaml);
    if (u->taken.length)
        text_append(&yaml, "taken:\n%s", u->taken.data);
    gb_status status = yaml.failed || u->taken.failed
                           ? gb_fail(u->context, GB_MEMORY, "out of memory for the looks at a run")
                           : file_replace(u->context, u->looks_path, yaml.data, yaml.length);
    if (!status)
        status = plan_merge(u->context, u->folder, u->request->options->command_line, &p);
    if (!status)
        plan_free(&p);
    text_free(&yaml);
    return status;
}

/* Counts the comparisons with a margin that are undecided, and says what each of them says. */
static gb_status judge(until *u, size_t look, size_t *undecided) {
    const compare_request nothing_asked = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1},
                                           .look = look + 1};
    compare_run run;
    size_t compared = 0;
    *undecided = 0;
    gb_status status = compare_open(u->context, &nothing_asked, u->results, &run);
    text_append(&u->taken, "  - seeds: %zu\n    said:\n", u->looks.seeds[look]);
    for (size_t a = 0; !status && a < run.count; a++) {
        const compare_answer *answer = &run.answers[a];
        for (size_t i = 0; !isnan(answer->question.margin) && i < answer->found.count; i++) {
            const compare_result *r = &answer->found.items[i];
            char words[320];
            if (!r->group)
                continue;
            compare_words(&answer->found, r, words, sizeof words);
            compared++;
            *undecided += r->difference.word == VERDICT_UNDECIDED;
            text_append(&u->taken, "      - \"%s, %s, %s%s%s: %s\"\n", r->a, r->b, answer->question.metric,
                        *r->group ? ", " : "", r->group, words);
            if (!u->request->options->quiet)
                cli_say("look %zu of %zu, %zu seeds: %s, %s, %s%s%s: %s", look + 1, u->looks.count,
                        u->looks.seeds[look], r->a, r->b, answer->question.metric, *r->group ? ", " : "", r->group,
                        words);
        }
    }
    if (run.remarks.length && !u->request->options->quiet)
        fputs(run.remarks.data, stderr);
    compare_close(&run);
    if (!status && compared == 0)
        status = gb_fail(u->context, GB_INVALID, "%s: none of the comparisons that its recipe declares is in it",
                         u->results);
    return status;
}

/* The recipe again with as many seeds as a look asks for: its own, then the numbers after the largest. */
static gb_status read_wider(until *u, size_t seeds, recipe **wider) {
    const until_request *q = u->request;
    text list = {0};
    yaml_errors errors = {0};
    const char **overrides = calloc(q->override_count + 1, sizeof *overrides);
    size_t count = 0;
    text_append(&list, "seed=");
    for (size_t i = 0; i < seeds; i++)
        text_append(&list, "%s%.0f", i ? "," : "",
                    i < u->seed_count ? u->seeds[i] : u->seeds[u->seed_count - 1] + (double)(i - u->seed_count + 1));
    for (size_t i = 0; overrides && i < q->override_count; i++)
        if (strncmp(q->overrides[i], "seed=", 5) != 0)
            overrides[count++] = q->overrides[i];
    gb_status status = GB_MEMORY;
    if (overrides && !list.failed) {
        overrides[count++] = list.data;
        status = recipe_read(u->context, q->recipe, q->profile, overrides, count, &errors, wider);
    }
    if (status == GB_MEMORY)
        status = gb_fail(u->context, GB_MEMORY, "out of memory for a recipe with %zu seeds", seeds);
    else if (status && errors.text)
        status = gb_fail(u->context, GB_INVALID, "%s", errors.text);
    yaml_errors_free(&errors);
    text_free(&list);
    free(overrides);
    return status;
}

/* Adds the counts of a part of the run. */
static void add_summary(run_summary *all, const run_summary *part) {
    run_summary sum = *part;
    sum.done += all->done;
    sum.diverged += all->diverged;
    sum.seconds += all->seconds;
    sum.cpu_seconds += all->cpu_seconds;
    *all = sum;
}

static bool goes_on(gb_status status, const run_summary *s) {
    return !status && !s->interrupted && !s->failed;
}

static gb_status run_wider(until *u, size_t look, run_summary *summary) {
    recipe *wider = NULL;
    run_summary part;
    gb_status status = read_wider(u, u->looks.seeds[look], &wider);
    if (status)
        return status;
    status = run_recipe(u->context, wider, u->request->options, &part);
    add_summary(summary, &part);
    recipe_free(wider);
    return status;
}

static gb_status look_until_decided(until *u, run_summary *summary) {
    gb_status status = record(u);
    for (size_t look = 0; !status; look++) {
        size_t undecided;
        status = judge(u, look, &undecided);
        if (!status)
            status = record(u);
        if (status || undecided == 0 || look + 1 == u->looks.count)
            break;
        status = run_wider(u, look + 1, summary);
        if (!goes_on(status, summary))
            break;
    }
    return status;
}

gb_status until_decided(gb_context *context, const until_request *request, recipe *first, run_summary *summary) {
    until u = {.context = context, .request = request};
    *summary = (run_summary){0};
    gb_status status = check_declared(context, first);
    if (!status)
        status = check_seeds(context, request, first);
    if (!status)
        status = find_paths(&u, first);
    if (!status)
        status = read_declared(&u);
    if (!status && u.looks.count)
        status = declare(&u, u.looks.seeds[0]); /* others are refused before anything runs */
    if (!status)
        status = run_recipe(context, first, request->options, summary);
    if (goes_on(status, summary) && !request->options->dry_run) {
        status = find_seeds(&u);
        if (!status)
            status = declare(&u, u.seed_count);
        if (!status)
            status = look_until_decided(&u, summary);
    }
    if (!status && request->options->dry_run)
        cli_say("%s: then more seeds, up to %zu an arm, until its comparisons are decided", recipe_run_name(first),
                request->max_seeds);
    text_free(&u.taken);
    free(u.seeds);
    return status;
}
