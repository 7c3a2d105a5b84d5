/* SPDX-License-Identifier: MIT */
/* The end of `gatebench try`. */
#include "cli/try_verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/show_summary.h"
#include "results/analysis/compare_run.h"
#include "support/cleanup.h"

enum { MOST_BASELINES = 16 };

static size_t find_metric(const summary *s, const char *name) {
    size_t m = 0;
    while (m < s->metric_count && strcmp(s->metrics[m]->name, name) != 0)
        m++;
    return m;
}

/* The baseline without a memory that is best in the task's own metric; NULL: none. */
static const task_baseline *best_baseline(const task_shape *shape, const task_baseline *all, size_t count) {
    const task_baseline *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i].metric, shape->metric) &&
            (!best || (shape->higher_is_better ? all[i].value > best->value : all[i].value < best->value)))
            best = &all[i];
    return best;
}

/* Warns of arms whose mean is no better than a baseline without a memory, since comparing such arms says little. */
static void say_beaten(const summary *s, const task_shape *shape, const task_baseline *best) {
    size_t metric = find_metric(s, shape->metric), beaten = 0;
    for (size_t arm = 0; metric < s->metric_count && arm < s->arms.count; arm++) {
        double mean = summary_mean(s, arm, metric)->estimate;
        beaten += !(shape->higher_is_better ? mean > best->value : mean < best->value);
    }
    if (beaten)
        printf("  %zu of the %zu rows above %s no better than '%s', which needs no memory (%.4g): %s\n", beaten,
               s->arms.count, beaten == 1 ? "is" : "are", best->name, best->value,
               "train longer (--time), or there is little in the order of the steps");
}

/* True if the trial is also in an earlier row, under another matching. */
static bool stands_before(const table *runs, size_t row) {
    const table_column *id = table_find(runs, "id");
    for (size_t i = 0; id && i < row; i++)
        if (!strcmp(id->texts[i], id->texts[row]))
            return true;
    return false;
}

/* How many final trials were best at their last validation: they were not done. Whether most of them were not. */
static bool say_unfinished(const table *runs) {
    size_t unfinished = 0, trials = 0;
    for (size_t row = 0; row < runs->rows; row++) {
        if (stands_before(runs, row))
            continue;
        trials++;
        unfinished += table_number(runs, row, "best_step") >= table_number(runs, row, "steps_run");
    }
    if (unfinished)
        printf("  %zu of %zu trials %s still improving when the steps were over: more --time may change this\n",
               unfinished, trials, unfinished == 1 ? "was" : "were");
    return 2 * unfinished > trials;
}

/* Returns whether most trials were not done. */
static bool print_numbers(const summary *s, task *opened) {
    task_baseline all[MOST_BASELINES];
    const task_shape *shape = task_get_shape(opened);
    size_t count = task_get_baselines(opened, all, MOST_BASELINES);
    char number[40];
    summary_print(s, false, false);
    printf("\nbaselines without a memory\n");
    for (size_t i = 0; i < count; i++)
        printf("  %-14s %s %-8s %s\n", all[i].name, all[i].metric,
               output_number(all[i].value, 4, number, sizeof number), all[i].note);
    const task_baseline *best = best_baseline(shape, all, count);
    if (best)
        say_beaten(s, shape, best);
    return say_unfinished(&s->e->runs);
}

static const char *const matchings[][2] = {{"width", "at equal width"}, {"parameters", "at equal parameters"}};
enum { AT_PARAMETERS = 1, MATCHED = sizeof matchings / sizeof *matchings, CELLS = 3 };

/* The index of a result's matching; without a matching all cells have the same width. */
static size_t matching_of(const compare_result *r) {
    size_t m = MATCHED - 1;
    while (m > 0 && strcmp(r->matching, matchings[m][0]) != 0)
        m--;
    return m;
}

/* The cells that no other cell beats under a matching. */
typedef struct standing {
    const char *cells[CELLS];
    bool beaten[CELLS], undecided;
    size_t count;
} standing;

static size_t place_of(standing *s, const char *cell) {
    size_t i = 0;
    while (i < s->count && strcmp(s->cells[i], cell) != 0)
        i++;
    if (i == s->count && s->count < CELLS)
        s->cells[s->count++] = cell;
    return i < CELLS ? i : CELLS - 1;
}

static void note_result(standing *s, const compare_result *r) {
    size_t a = place_of(s, r->a), b = place_of(s, r->b);
    s->beaten[a] = s->beaten[a] || r->difference.word == VERDICT_B_BETTER;
    s->beaten[b] = s->beaten[b] || r->difference.word == VERDICT_A_BETTER;
}

/* True if two unbeaten cells were found equivalent. */
static bool are_equivalent(const compare_run *run, size_t matching, const standing *s) {
    for (size_t i = 0; i < run->count; i++)
        for (size_t k = 0; k < run->answers[i].found.count; k++) {
            const compare_result *r = &run->answers[i].found.items[k];
            standing copy = *s;
            if (r->group && matching_of(r) == matching && !s->beaten[place_of(&copy, r->a)] &&
                !s->beaten[place_of(&copy, r->b)] && r->difference.word != VERDICT_EQUIVALENT)
                return false;
        }
    return true;
}

static void print_short(const compare_run *run, size_t matching, const standing *s) {
    size_t left = 0;
    if (!s->count)
        return;
    printf("  in short, %s: ", matchings[matching][1]);
    for (size_t i = 0; i < s->count; i++)
        if (!s->beaten[i])
            printf("%s%s", left++ ? " or " : "", s->cells[i]);
    if (left > 1)
        printf(are_equivalent(run, matching, s) ? ", equivalent within the margin" : ", undecided between them");
    puts("");
}

static void print_result(const compare_answer *answer, const compare_result *r) {
    char words[320];
    compare_words(&answer->found, r, words, sizeof words);
    printf("  %s and %s %s: %s (%s %.4g and %.4g; difference %.3g [%.3g, %.3g], %zu seeds)\n", r->a, r->b,
           matchings[matching_of(r)][1], words, answer->question.metric, r->mean_a, r->mean_b,
           r->difference.difference.estimate, r->difference.difference.low, r->difference.difference.high, r->pairs);
}

static void print_verdict(const compare_run *run, const char *file, bool early) {
    standing standings[MATCHED] = {0};
    printf("\nverdict on %s (margin %g, declared before the run)\n", file, run->answers[0].question.margin);
    for (size_t i = 0; i < run->count; i++)
        for (size_t k = 0; k < run->answers[i].found.count; k++) {
            const compare_result *r = &run->answers[i].found.items[k];
            if (!r->group)
                continue;
            print_result(&run->answers[i], r);
            note_result(&standings[matching_of(r)], r);
        }
    for (size_t m = 0; m < MATCHED; m++)
        print_short(run, m, &standings[m]);
    if (!standings[AT_PARAMETERS].count)
        puts("  not compared at equal parameters: the time was too short; give more with --time");
    if (early)
        puts("  most trials were still improving, so this is about which cell learns faster, not which ends better: "
             "give "
             "more --time");
}

int try_conclude(gb_context *context, task *opened, const char *file, const char *results_path) {
    const compare_request declared = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}};
    CLEANUP(compare_close) compare_run run = {0};
    summary s = {0};
    gb_status status = compare_open(context, &declared, results_path, &run);
    if (status == GB_OK)
        status = summary_make(context, &run.e, true, &s);
    if (status == GB_OK) {
        const bool early = print_numbers(&s, opened);
        print_verdict(&run, file, early);
        summary_free(&s);
    }
    if (status != GB_OK)
        return cli_failed(context, status);
    char path[CLI_PATH + 8];
    size_t length = strlen(results_path) - strlen(".h5");
    snprintf(path, sizeof path, "%.*s.html", (int)length, results_path);
    status = cli_report_run(context, results_path, path);
    if (status != GB_OK)
        return cli_failed(context, status);
    printf("\nreport\n");
    puts(path);
    return EXIT_OK;
}
