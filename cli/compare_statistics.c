/* SPDX-License-Identifier: MIT */
/* compare --all-statistics: one block per comparison, one line per statistic; and the summary over several tasks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "results/analysis/compare_extras.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"

#define RANGE 120

static const char *range_of(interval i, char *buffer) {
    char low[40], middle[40], high[40];
    output_number(i.estimate, 4, middle, sizeof middle);
    if (isnan(i.low))
        snprintf(buffer, RANGE, "%s", middle);
    else
        snprintf(buffer, RANGE, "%s [%s, %s]", middle, output_number(i.low, 4, low, sizeof low),
                 output_number(i.high, 4, high, sizeof high));
    return buffer;
}

static const char *number(double value, char *buffer) {
    return output_number(value, 4, buffer, RANGE);
}

static void line(const char *name) {
    printf("  %-26s ", name);
}

static void print_test(const compare_answer *a, const compare_result *r) {
    char one[RANGE], other[RANGE], third[RANGE];
    line("difference of means");
    printf("%s (t, %.4g %%); p %s, with Holm %s\n", range_of(r->difference.difference, one),
           100 * (1 - r->difference.levels.difference), number(r->difference.p_difference, other),
           number(r->p_holm, third));
    if (!isnan(a->question.margin)) {
        line("equivalence (TOST)");
        printf("within %g: p %s; %.4g %% interval [%s, %s]\n", a->question.margin,
               number(r->difference.p_equivalence, one), 100 * (1 - 2 * r->difference.levels.equivalence),
               number(r->difference.tost.low, other), number(r->difference.tost.high, third));
    }
}

/* The number, or that there is none because it falls on a trial without a value. */
static const char *middle(double value, char *buffer) {
    return isinf(value) ? "no number" : number(value, buffer);
}

static void print_middles(const compare_result *r, const compare_extras *m) {
    char one[RANGE], other[RANGE];
    line("medians");
    printf("%s, %s\n", middle(m->median_a, one), middle(m->median_b, other));
    line("interquartile means");
    printf("%s, %s%s\n", isinf(m->iqm_a.estimate) ? "no number" : range_of(m->iqm_a, one),
           isinf(m->iqm_b.estimate) ? "no number" : range_of(m->iqm_b, other),
           isnan(m->iqm_a.estimate) ? ""
           : isnan(m->iqm_a.low)    ? "; intervals (BCa) from 30 seeds on"
                                    : " (BCa)");
    if (r->lost) {
        line("");
        puts("trials that diverged or exceeded their limit rank as the worst of their arm");
    }
    line("middle half of a - b");
    printf("%s%s\n", range_of(m->difference, one), isnan(m->difference.low) ? "" : " (BCa)");
    line("P(a better)");
    printf("%s\n", range_of(r->improvement, one));
}

static void print_order(const compare_result *r, const compare_extras *m) {
    const char *better = m->order_a < 0.5 ? r->a : m->order_b < 0.5 ? r->b : NULL;
    double bound = fmin(m->order_a, m->order_b);
    line("almost stochastic order");
    if (isnan(m->order_a) || isnan(m->order_b)) {
        puts("-");
        return;
    }
    printf("eps_min %.3f for %s, %.3f for %s: ", m->order_a, r->a, m->order_b, r->b);
    if (better)
        printf("%s almost stochastically better (below 0.5%s)\n", better, bound < 0.2 ? " and below 0.2" : "");
    else
        printf("neither is (none below 0.5)\n");
}

static void print_solving(const compare_answer *a, const compare_result *r, const compare_extras *m) {
    char one[RANGE], other[RANGE];
    if (isnan(a->question.solved))
        return;
    line(metric_is_validation(a->question.metric) ? "solved (validation)" : "solved (test)");
    printf("%zu of %zu, %s; %zu of %zu, %s (Wilson); Fisher p %.2g\n", r->solved_a, r->tried_a,
           range_of(m->rate_a, one), r->solved_b, r->tried_b, range_of(m->rate_b, other), r->p_fisher);
    if (isnan(r->solving.p))
        return;
    line("steps until solved");
    printf("median %s, %s on validation (Kaplan-Meier; -: fewer than half of the seeds solved it); log-rank p %.2g\n",
           number(r->steps_a, one), number(r->steps_b, other), r->solving.p);
}

static void print_power(const compare_answer *a, const compare_result *r, const compare_extras *m) {
    line("pairs for 80 % power");
    if (r->pairs < 2) { /* nothing is known of the spread */
        puts("-");
        return;
    }
    printf(m->seeds_difference ? "%zu for this difference" : "none affordable for this difference",
           m->seeds_difference);
    if (!isnan(a->question.margin))
        printf(m->seeds_equivalence ? ", %zu for equivalence\n" : ", none affordable for equivalence\n",
               m->seeds_equivalence);
    else
        putchar('\n');
}

static gb_status print_block(gb_context *context, const compare_answer *a, const compare_result *r, size_t tests) {
    char words[320];
    compare_extras m;
    GB_TRY(compare_extras_of(context, &a->question, r, tests, &m));
    compare_words(&a->found, r, words, sizeof words);
    printf("\n%sa = %s, b = %s%s%s%s  %s, %zu pair%s\n", style_start(STYLE_HEAD, stdout), r->a, r->b,
           *r->group ? ", " : "", r->group, style_end(STYLE_HEAD, stdout), a->question.metric, r->pairs,
           r->pairs == 1 ? "" : "s");
    line("in words");
    printf("%s\n", words);
    print_test(a, r);
    print_middles(r, &m);
    print_order(r, &m);
    print_solving(a, r, &m);
    print_power(a, r, &m);
    return GB_OK;
}

gb_status compare_print_statistics(gb_context *context, const compare_run *run) {
    for (size_t a = 0; a < run->count; a++)
        for (size_t i = 0; i < run->answers[a].found.count; i++)
            if (run->answers[a].found.items[i].group)
                GB_TRY(print_block(context, &run->answers[a], &run->answers[a].found.items[i], compare_run_tests(run)));
    return GB_OK;
}

static int compare_ids(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* True if the two runs have a trial in common: one is a copy of the other, or they share settings. */
static gb_status find_shared(gb_context *context, const compare_run *a, const compare_run *b, bool *shared) {
    const table *runs = &a->e.runs;
    CLEANUP(free_at) const char **ids = calloc(runs->rows + 1, sizeof *ids);
    GB_NEED(context, ids, "while comparing over tasks");
    for (size_t row = 0; row < runs->rows; row++)
        ids[row] = table_text(runs, row, "id");
    qsort(ids, runs->rows, sizeof *ids, compare_ids);
    for (size_t row = 0; !*shared && row < b->e.runs.rows; row++) {
        const char *id = table_text(&b->e.runs, row, "id");
        *shared = *id && bsearch(&id, ids, runs->rows, sizeof *ids, compare_ids);
    }
    return GB_OK;
}

/* Over tasks a trial counts once: a file that shares trials with an earlier one is left out, with a message. */
static gb_status is_left_out(gb_context *context, const compare_run *runs, size_t at, bool *left_out) {
    *left_out = false;
    for (size_t i = 0; i < at && !*left_out; i++) {
        GB_TRY(find_shared(context, &runs[i], &runs[at], left_out));
        if (*left_out)
            cli_say("%s has trials in common with %s, and no trial may count twice: the summary over tasks omits it",
                    runs[at].file->path, runs[i].file->path);
    }
    return GB_OK;
}

gb_status compare_run_tasks(gb_context *context, const compare_run *runs, size_t count, compare_tasks **tasks,
                            size_t *task_count) {
    size_t answers = 0, taken = 0;
    *task_count = 0;
    for (size_t i = 0; i < count; i++)
        answers += runs[i].count;
    CLEANUP(free_at) const compare_findings **lists = calloc(answers + 1, sizeof *lists);
    GB_NEED(context, lists, "while comparing over tasks");
    const char *metric = runs[0].answers[0].question.metric;
    for (size_t i = 0; i < count; i++) {
        bool left_out;
        GB_TRY(is_left_out(context, runs, i, &left_out));
        for (size_t a = 0; !left_out && a < runs[i].count; a++)
            if (strcmp(runs[i].answers[a].question.metric, metric) == 0)
                lists[taken++] = &runs[i].answers[a].found;
    }
    return compare_over_tasks(context, lists, taken, tasks, task_count);
}

gb_status compare_print_tasks(gb_context *context, const compare_run *runs, size_t count) {
    CLEANUP(free_at) compare_tasks *tasks = NULL;
    const char *metric = runs[0].answers[0].question.metric;
    size_t task_count;
    GB_TRY(compare_run_tasks(context, runs, count, &tasks, &task_count));
    if (task_count == 0) {
        if (count > 1)
            cli_say("no two of these runs compare the same pair of arms by %s, so there is no summary over tasks",
                    metric);
        return GB_OK;
    }
    grid g;
    grid_start(&g, (const char *const[]){"arms a, b", "matching", "tasks", "IQM a", "IQM b", "P(a better)", NULL});
    for (size_t i = 0; i < task_count; i++) {
        char one[RANGE], other[RANGE];
        grid_add(&g, STYLE_PLAIN, "%s, %s", tasks[i].a, tasks[i].b);
        GRID_TEXTS(&g, *tasks[i].matching ? tasks[i].matching : "-");
        GRID_COUNTS(&g, tasks[i].tasks);
        GRID_TEXTS(&g, range_of(tasks[i].iqm_a, one), range_of(tasks[i].iqm_b, other));
        grid_add(&g, STYLE_PLAIN, "%.3g", tasks[i].improvement);
    }
    printf("\n"
           "over tasks: interquartile mean of %s over seeds and tasks, with a stratified bootstrap 95 %% interval "
           "if there are at least 30 trials\n",
           metric);
    grid_print(&g, GRID_WRAP);
    return GB_OK;
}
