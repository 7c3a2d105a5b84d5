/* SPDX-License-Identifier: MIT */
/* The loop of run --until decided: run, take an interim look, and run more seeds while undecided. */
#include "cli/until.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/folder/merge_results.h"
#include "experiments/folder/run_folder.h"
#include "results/analysis/compare_run.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/signals.h"

enum { LARGEST_LOOKS = 1 << 20 };

typedef struct until {
    gb_context *context;
    const until_request *request;
    const recipe *first; /* unchanged */
    char folder[CLI_PATH], results[RUN_PATH], looks_path[RUN_PATH];
    double *seeds; /* the recipe's own, ascending */
    size_t seed_count;
    looks looks; /* count 0: not declared yet */
    text taken;  /* the looks taken so far, as YAML */
} until;

static gb_status find_paths(until *u) {
    char parent[CLI_PATH];
    gb_status status = GB_OK;
    if (u->request->options->results_folder)
        snprintf(parent, sizeof parent, "%s", u->request->options->results_folder);
    else
        status = run_default_folder(u->context, parent, sizeof parent);
    if (!status && snprintf(u->folder, sizeof u->folder, "%s/%s", parent, recipe_run_name(u->first)) >= CLI_PATH)
        status = gb_fail(u->context, GB_IO, "%s: the path of the results folder is too long", parent);
    run_path(u->folder, RUN_RESULTS, u->results);
    run_path(u->folder, RUN_LOOKS, u->looks_path);
    return status;
}

/* Refuses a recipe without a declared margin: there is nothing to decide. */
static gb_status check_declared(gb_context *context, const recipe *first) {
    CLEANUP(declared_free) declared_list list = {0};
    size_t margins = 0;
    GB_TRY(declared_in_recipe(context, recipe_name(first), recipe_resolved(first), &list));
    for (size_t i = 0; i < list.count; i++)
        margins += !isnan(list.items[i].margin);
    if (margins == 0)
        return gb_fail(context, GB_INVALID,
                       "%s declares no comparison with a margin, so there is nothing to decide; add `compare: [{a: "
                       "gru, b: lstm, metric: accuracy, margin: 0.01}]` to it",
                       recipe_name(first));
    return GB_OK;
}

/* Keeps the looks that were declared earlier: other looks would spend alpha a second time. */
static gb_status read_declared(until *u) {
    CLEANUP(free_at) char *yaml = NULL;
    size_t size = 0;
    if (!file_exists(u->looks_path))
        return GB_OK;
    GB_TRY(file_read(u->context, u->looks_path, LARGEST_LOOKS, &yaml, &size));
    return looks_parse(u->context, u->looks_path, yaml, &u->looks);
}

static bool same_looks(const looks *a, const looks *b) {
    return a->count == b->count && memcmp(a->seeds, b->seeds, a->count * sizeof *a->seeds) == 0;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t keep_distinct(double *numbers, size_t count) {
    size_t distinct = 0;
    qsort(numbers, count, sizeof *numbers, compare_numbers);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || numbers[i] != numbers[i - 1])
            numbers[distinct++] = numbers[i];
    return distinct;
}

/* The seeds of the recipe's final trials. */
static gb_status find_seeds(until *u) {
    CLEANUP(trial_list_free) trial_list list = {0};
    GB_TRY(recipe_final_trials(u->context, u->first, NULL, NULL, &list));
    u->seeds = calloc(list.count + 1, sizeof *u->seeds);
    for (size_t i = 0; u->seeds && i < list.count; i++)
        u->seeds[i] = trial_number(&list.trials[i], "seed");
    if (u->seeds)
        u->seed_count = keep_distinct(u->seeds, list.count);
    return u->seeds ? GB_OK : gb_fail(u->context, GB_MEMORY, "out of memory for the seeds of a run");
}

/* The recipe with as many seeds as a look needs: its own seeds, then the numbers after the largest. */
static gb_status read_wider(until *u, size_t seeds, recipe **wider) {
    const until_request *q = u->request;
    text list = {0};
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    CLEANUP(free_at) const char **overrides = calloc(q->override_count + 1, sizeof *overrides);
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
    if (!status)
        recipe_keep_run_name(*wider, u->first);
    if (status == GB_MEMORY)
        status = gb_fail(u->context, GB_MEMORY, "out of memory for a recipe with %zu seeds", seeds);
    else if (status && errors.text)
        status =
            gb_fail(u->context, GB_INVALID, "%s cannot have %zu seeds:\n%s", recipe_name(u->first), seeds, errors.text);
    text_free(&list);
    return status;
}

/* True if all arms have the same seeds. Then the number of trials does not change if every arm gets the seeds of
 * all. */
static gb_status check_equal_seeds(until *u) {
    CLEANUP(recipe_free_at) recipe *same = NULL;
    GB_TRY(read_wider(u, u->seed_count, &same));
    bool equal = recipe_final_count(same) == recipe_final_count(u->first);
    return equal ? GB_OK
                 : gb_fail(u->context, GB_INVALID,
                           "%s gives its arms different seeds, so the trials cannot be paired by seed; give all arms "
                           "the same `seed:`",
                           recipe_name(u->first));
}

/* Checks the number of seeds before anything runs: at least two, and no more than --max-seeds. */
static gb_status check_seeds(until *u) {
    CLEANUP(recipe_free_at) recipe *widest = NULL;
    CLEANUP(trial_list_free) trial_list list = {0};
    if (u->seed_count < 2 || u->seed_count > u->request->max_seeds)
        return gb_fail(u->context, GB_INVALID,
                       "%s begins with %zu seed%s; --until decided needs at least 2, and not more than --max-seeds, "
                       "which is %zu",
                       recipe_name(u->first), u->seed_count, u->seed_count == 1 ? "" : "s", u->request->max_seeds);
    GB_TRY(check_equal_seeds(u));
    GB_TRY(read_wider(u, u->request->max_seeds, &widest));
    return recipe_tuning_trials(u->context, widest, &list);
}

static gb_status refuse_other_looks(const until *u) {
    size_t last = u->looks.seeds[u->looks.count - 1];
    return gb_fail(u->context, GB_INVALID,
                   "%s: this run was declared with %zu looks, from %zu to %zu seeds, and other looks would spend alpha "
                   "twice; give --max-seeds %zu --looks %zu with the same seeds, or another --output",
                   u->looks_path, u->looks.count, u->looks.seeds[0], last, last, u->looks.count);
}

/* Declares looks that start at this many seeds, or checks that they are those declared before. */
static gb_status declare(until *u, size_t first) {
    looks wanted;
    GB_TRY(looks_declare(u->context, first, u->request->max_seeds, u->request->looks, &wanted));
    if (u->looks.count && !same_looks(&u->looks, &wanted))
        return refuse_other_looks(u);
    u->looks = wanted;
    return GB_OK;
}

/* Writes the looks to the folder and to the results file, which is rebuilt from the trials. */
static gb_status record(until *u) {
    CLEANUP(text_free) text yaml = {0};
    CLEANUP(plan_free) plan p = {0};
    looks_append(&u->looks, &yaml);
    if (u->taken.length)
        text_append(&yaml, "taken:\n%s", u->taken.data);
    GB_TRY(yaml.failed || u->taken.failed ? gb_fail(u->context, GB_MEMORY, "out of memory for the looks at a run")
                                          : run_folder_write(u->context, u->folder, RUN_LOOKS, yaml.data, yaml.length));
    GB_TRY(plan_merge(u->context, u->folder, u->request->options->command_line, &p));
    return GB_OK;
}

/* Counts the undecided comparisons with a margin, and prints the outcome of each comparison. */
static gb_status judge(until *u, size_t look, size_t *undecided) {
    const compare_request nothing_asked = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1},
                                           .look = look + 1};
    CLEANUP(compare_close) compare_run run = {0};
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
            if (!u->request->quiet)
                cli_say("look %zu of %zu, %zu seeds: %s, %s, %s%s%s: %s", look + 1, u->looks.count,
                        u->looks.seeds[look], r->a, r->b, answer->question.metric, *r->group ? ", " : "", r->group,
                        words);
        }
    }
    if (run.remarks.length && !u->request->quiet)
        fputs(run.remarks.data, stderr);
    if (!status && compared == 0)
        status =
            gb_fail(u->context, GB_INVALID, "%s: it has none of the comparisons that its recipe declares", u->results);
    return status;
}

/* Adds the counts of one part of the run. */
static void add_summary(run_summary *all, const run_summary *part) {
    run_summary sum = *part;
    sum.done += all->done;
    sum.diverged += all->diverged;
    sum.seconds += all->seconds;
    sum.cpu_seconds += all->cpu_seconds;
    *all = sum;
}

/* True if the loop may continue. A signal between two runs stops it like a signal during a run. */
static bool goes_on(gb_status status, run_summary *s) {
    if (signals_caught()) {
        s->signal = signals_caught();
        s->interrupted = true;
    }
    return !status && !s->interrupted && !s->failed;
}

/* Runs one part: the recipe with the seeds of a look. */
static gb_status run_look(until *u, size_t look, run_summary *summary) {
    CLEANUP(recipe_free_at) recipe *wider = NULL;
    run_summary part;
    run_options options = *u->request->options;
    text yaml = {0};
    GB_TRY(read_wider(u, u->looks.seeds[look], &wider));
    looks_append(&u->looks, &yaml);
    options.looks = yaml.data;
    gb_status status = yaml.failed ? gb_fail(u->context, GB_MEMORY, "out of memory for the looks at a run")
                                   : run_recipe(u->context, look ? wider : u->first, &options, &part);
    if (!yaml.failed)
        add_summary(summary, &part);
    text_free(&yaml);
    return status;
}

static gb_status look_until_decided(until *u, run_summary *summary) {
    gb_status status = GB_OK;
    size_t undecided = 1;
    for (size_t look = 0; goes_on(status, summary) && undecided && look < u->looks.count; look++) {
        status = run_look(u, look, summary);
        if (!goes_on(status, summary))
            break;
        status = record(u); /* so that the declared rules judge it */
        if (goes_on(status, summary))
            status = judge(u, look, &undecided);
        if (goes_on(status, summary))
            status = record(u);
    }
    if (!status && summary->interrupted)
        status = gb_fail(u->context, GB_STOPPED, "stopped by signal %d (%s); every finished trial is kept",
                         summary->signal, strsignal(summary->signal));
    return status;
}

/* Makes all checks here, before anything runs. */
static gb_status begin(until *u) {
    GB_TRY(check_declared(u->context, u->first));
    GB_TRY(find_seeds(u));
    GB_TRY(check_seeds(u));
    GB_TRY(find_paths(u));
    GB_TRY(read_declared(u));
    return declare(u, u->seed_count);
}

gb_status until_decided(gb_context *context, const until_request *request, recipe *first, run_summary *summary) {
    until u = {.context = context, .request = request, .first = first};
    const bool dry = request->options->dry_run;
    *summary = (run_summary){0};
    if (!dry)
        signals_catch(); /* before the checks: the levels of many looks take a second, also when a run resumes */
    gb_status status = begin(&u);
    if (!status && dry) {
        status = run_recipe(context, first, request->options, summary);
        if (!status)
            cli_say("%s: then more seeds, up to %zu per arm, until its comparisons are decided", recipe_run_name(first),
                    request->max_seeds);
    } else if (!status)
        status = look_until_decided(&u, summary);
    if (!dry)
        signals_restore();
    text_free(&u.taken);
    free(u.seeds);
    return status;
}

/* The number of seeds of the final trials in the plan of the run's folder. */
static gb_status count_planned_seeds(until *u, const plan *there, size_t *count) {
    CLEANUP(free_at) double *seeds = calloc(there->trials.rows + 1, sizeof *seeds);
    size_t finals = 0;
    GB_NEED(u->context, seeds, "for the seeds of a run");
    for (size_t row = 0; row < there->trials.rows; row++)
        if (plan_is_final(there, row))
            seeds[finals++] = table_number(&there->trials, row, "seed");
    *count = keep_distinct(seeds, finals);
    return GB_OK;
}

gb_status until_keep_seeds(gb_context *context, const until_request *request, recipe **one) {
    until u = {.context = context, .request = request, .first = *one};
    CLEANUP(plan_free) plan there = {0};
    CLEANUP(recipe_free_at) recipe *wider = NULL;
    size_t seeds = 0;
    GB_TRY(find_paths(&u));
    if (!file_exists(u.looks_path) || plan_read(context, u.folder, &there))
        return GB_OK;
    gb_status status = find_seeds(&u);
    if (!status)
        status = count_planned_seeds(&u, &there, &seeds);
    if (!status && seeds > u.seed_count && !read_wider(&u, seeds, &wider) &&
        strcmp(recipe_resolved(wider), there.recipe) == 0) {
        cli_say("%s: uses the %zu seeds that --until decided reached", recipe_run_name(*one), seeds);
        recipe_free(*one);
        *one = wider;
        wider = NULL;
    }
    free(u.seeds);
    return status;
}
