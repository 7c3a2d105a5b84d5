/* SPDX-License-Identifier: MIT */
/* Compares two cells task by task: paired by seed, each matching separately, and at equal core time. */
#include "results/claims/task_results.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/compare_budget.h"
#include "results/analysis/declarations.h"
#include "results/analysis/interim_looks.h"
#include "results/store/matching_rows.h"
#include "support/cleanup.h"

const char *const match_names[] = {"width", "parameters", "state", "time", "neither width nor parameters"};

/* The trials of the two cells of a results file. */
typedef struct compared {
    const task_question *q;
    const rule_run *run;
    evidence e;
    declared_list declared;
    comparison_levels levels;
} compared;

/* The name of a task with its options; `value` limits an entry to one value, whose words replace the option's name. */
static void task_words(const table *runs, size_t row, char *words, size_t size) {
    static const struct {
        const char *name, *value, *shown;
    } options[] = {{"set", NULL, ""},
                   {"text", NULL, ""},
                   {"gap", NULL, "gap "},
                   {"train_gap", "fixed", "trained at it"},
                   {"train_gap", "up_to", "trained up to it"},
                   {"train_gap", "curriculum", "trained on growing gaps"},
                   {"blanks", NULL, "blanks "},
                   {"length", NULL, "length "},
                   {"positions", "halves", "marks in halves"},
                   {"positions", "anywhere", "marks anywhere"},
                   {"language", NULL, ""},
                   {"view", NULL, "by "},
                   {"permuted", "yes", "permuted"}};
    size_t used = (size_t)snprintf(words, size, "%s", table_text(runs, row, "task"));
    for (size_t i = 0; i < sizeof options / sizeof *options && used < size; i++) {
        char number[48];
        const table_column *column = table_find(runs, options[i].name);
        const char *cell = table_cell(runs, row, column, number, sizeof number);
        if (!*cell)
            continue;
        if (!options[i].value || strcmp(cell, options[i].value) == 0)
            used +=
                (size_t)snprintf(words + used, size - used, " %s%s", options[i].shown, options[i].value ? "" : cell);
    }
}

static bool has_numbers(const table *runs, const char *name) {
    const table_column *column = table_find(runs, name);
    for (size_t row = 0; column && column->type != COLUMN_TEXT && row < runs->rows; row++)
        if (!isnan(column->numbers[row]))
            return true;
    return false;
}

/* The first comparison with a margin in this metric that the recipe declared (metric NULL: any metric with values
 * here). Prefers one of the two cells, else takes one of other cells, since a margin belongs to the task. NULL:
 * none. */
static const declared_comparison *find_declared(const compared *all, const table *runs, const char *metric) {
    const char *a = all->q->a, *b = all->q->b;
    const declared_comparison *other = NULL;
    for (size_t i = 0; i < all->declared.count; i++) {
        const declared_comparison *d = &all->declared.items[i];
        if (isnan(d->margin) || (metric ? strcmp(d->metric, metric) != 0 : !has_numbers(runs, d->metric)))
            continue;
        if ((!strcmp(d->a, a) && !strcmp(d->b, b)) || (!strcmp(d->a, b) && !strcmp(d->b, a)))
            return d;
        other = other ? other : d;
    }
    return other;
}

/* The metric that judges a task: the first that the recipe declared with a margin; else the metric of validation (for
 * squared errors the accuracy, the share of close outputs); else, if unknown, the first with a default margin. NULL:
 * none has values. */
static const metric_type *metric_of(const compared *all, const table *runs) {
    const declared_comparison *first = find_declared(all, runs, NULL);
    if (first && metric_find(first->metric))
        return metric_find(first->metric);
    const metric_type *validated = metric_validated(runs), *m;
    if (validated)
        return isnan(validated->margin) ? metric_find("accuracy") : validated;
    for (size_t i = 0; (m = metric_at(i)); i++)
        if (!isnan(m->margin) && has_numbers(runs, m->name))
            return m;
    return NULL;
}

/* The margin that the recipe declared beforehand, else the metric's default. */
static double margin_of(const compared *all, const metric_type *metric) {
    const declared_comparison *d = find_declared(all, NULL, metric->name);
    return d ? d->margin : metric->margin;
}

/* Whether cells are equal in width or parameters is decided by the numbers, not by the recipe's name for it. */
static task_match match_of(const table *runs, size_t a, size_t b, const char *matching, double tolerance) {
    if (strcmp(matching, match_names[MATCH_STATE]) == 0)
        return MATCH_STATE;
    if (table_number(runs, a, "hidden") == table_number(runs, b, "hidden"))
        return MATCH_WIDTH;
    return rule_about_equal(table_number(runs, a, "cell_parameters"), table_number(runs, b, "cell_parameters"),
                            tolerance)
               ? MATCH_PARAMETERS
               : MATCH_NEITHER;
}

static bool is_of(const table *runs, size_t row, const char *cell, const char *matching) {
    return strcmp(table_text(runs, row, "cell"), cell) == 0 &&
           (!*matching || strcmp(table_text(runs, row, "matching"), matching) == 0);
}

/* Determines from one trial of each cell what is equal under the result's matching. */
static void find_sizes(const table *runs, task_result *t, double tolerance) {
    const char *matching = *t->pairs.matching ? t->pairs.matching : table_text(runs, 0, "matching");
    t->match = MATCH_NEITHER;
    for (size_t a = 0; a < runs->rows; a++)
        for (size_t b = 0; is_of(runs, a, t->pairs.a, matching) && b < runs->rows; b++) {
            bool told = *table_text(runs, a, "matched") && *table_text(runs, b, "matched");
            if (!is_of(runs, b, t->pairs.b, matching) || (told && !matchings_share(runs, a, b, matching)))
                continue;
            t->match = match_of(runs, a, b, matching, tolerance);
            t->a_parameters = table_number(runs, a, "cell_parameters");
            t->b_parameters = table_number(runs, b, "cell_parameters");
            if (told || t->match == MATCH_WIDTH)
                return;
        }
}

/* The p-value of the difference exceeding the margin, scaled to be compared with 0.05 at the levels of this look. */
static double test_beyond(const compare_result *pairs) {
    const comparison *c = &pairs->difference;
    double excess = fabs(c->difference.estimate) - c->margin, n = (double)pairs->pairs;
    if (pairs->pairs < 2 || !(excess > 0) || c->word == VERDICT_UNDECIDED)
        return 1; /* with lost pairs a difference of the others may be undecided, however large */
    /* Without spread signs decide, as they do for the words. */
    double p = c->deviation == 0 ? pow(0.5, n) : statistics_t_cdf(-excess / (c->deviation / sqrt(n)), n - 1);
    return fmin(1, 0.05 / c->levels.difference * 2 * p);
}

static task_result *add_result(const compared *all, const evidence *e, const char *task, const metric_type *metric,
                               const compare_result *pairs, task_list *list) {
    task_result *grown = realloc(list->items, (list->count + 1) * sizeof *grown);
    list->failed |= !grown;
    if (!grown)
        return NULL;
    list->items = grown;
    task_result *t = &grown[list->count++];
    *t = (task_result){
        .run = all->run, .metric = metric, .seconds = NAN, .pairs = *pairs, .p_beyond = test_beyond(pairs)};
    t->pairs.group = NULL;
    t->pairs.values = NULL;
    snprintf(t->task, sizeof t->task, "%s", task);
    find_sizes(&e->runs, t, all->q->parameter_tolerance);
    return t;
}

/* The question for this metric, in this column. */
static compare_question ask(const compared *all, const metric_type *metric, const char *column) {
    return (compare_question){.by = "cell",
                              .metric = metric ? column : "cell_parameters",
                              .a = all->q->a,
                              .b = all->q->b,
                              .margin = metric ? margin_of(all, metric) : NAN,
                              .solved = NAN,
                              .higher_is_better = metric && metric->higher_is_better,
                              .levels = all->levels};
}

/* The trials of one task. */
static void compare_task(const compared *all, const evidence *e, const char *task, task_list *list) {
    const metric_type *metric = metric_of(all, &e->runs);
    compare_question question = ask(all, metric, metric ? metric->name : NULL);
    compare_findings c;
    gb_status status = compare_arms(NULL, e, &question, &c);
    list->failed |= status == GB_MEMORY;
    for (size_t i = 0; !status && i < c.count; i++)
        /* takes the last result of each matching, which covers all groups if there are several */
        if (i + 1 == c.count || strcmp(c.items[i].matching, c.items[i + 1].matching) != 0)
            add_result(all, e, task, metric, &c.items[i], list);
    if (!status)
        compare_free(&c);
}

/* The same trials under one matching, compared at a core time that all reached. */
static void compare_at_time(const compared *all, evidence *e, const char *task, task_list *list) {
    const metric_type *metric = metric_validated(&e->runs);
    const char *column;
    double seconds;
    compare_findings c;
    if (!metric || budget_apply(NULL, e, "core_seconds", &seconds, &column) != GB_OK)
        return;
    compare_question question = ask(all, metric, column);
    gb_status status = compare_arms(NULL, e, &question, &c);
    list->failed |= status == GB_MEMORY;
    task_result *t = status ? NULL : add_result(all, e, task, metric, &c.items[c.count - 1], list);
    if (t) {
        t->sizes = t->match;
        t->match = MATCH_TIME;
        t->p_beyond = NAN;
        t->seconds = seconds;
    }
    if (!status)
        compare_free(&c);
}

/* The matching whose trials are compared at equal time: width if there is one, else the first. */
static void compare_times(const compared *all, const evidence *e, const char *task, task_list *list) {
    const char *matching = table_text(&e->runs, 0, "matching");
    CLEANUP(free_at) bool *keep = calloc(e->runs.rows + 1, sizeof *keep);
    CLEANUP(evidence_free) evidence part = {0};
    list->failed |= !keep;
    for (size_t row = 0; row < e->runs.rows; row++)
        if (!strcmp(table_text(&e->runs, row, "matching"), match_names[MATCH_WIDTH]))
            matching = match_names[MATCH_WIDTH];
    for (size_t row = 0; keep && row < e->runs.rows; row++)
        keep[row] = !strcmp(table_text(&e->runs, row, "matching"), matching);
    gb_status status = keep ? evidence_part(NULL, e, keep, &part) : GB_MEMORY;
    list->failed |= status == GB_MEMORY;
    if (!status)
        compare_at_time(all, &part, task, list);
}

/* Task by task in the order of the rows. */
static void compare_tasks(const compared *all, task_list *list) {
    const table *runs = &all->e.runs;
    CLEANUP(names_free) name_list tasks = {0};
    CLEANUP(free_at) bool *keep = calloc(runs->rows + 1, sizeof *keep);
    list->failed |= !keep;
    for (size_t row = 0; row < runs->rows && !list->failed; row++) {
        char task[128], other[128];
        CLEANUP(evidence_free) evidence part = {0};
        task_words(runs, row, task, sizeof task);
        if (names_have(&tasks, task))
            continue;
        for (size_t k = 0; k < runs->rows; k++) {
            task_words(runs, k, other, sizeof other);
            keep[k] = strcmp(task, other) == 0;
        }
        list->failed = names_index(&tasks, task) == SIZE_MAX || evidence_part(NULL, &all->e, keep, &part) != GB_OK;
        if (!list->failed)
            compare_task(all, &part, task, list);
        if (!list->failed && all->q->time)
            compare_times(all, &part, task, list);
    }
}

/* The trials of the two cells at the latest look. */
static gb_status read_compared(compared *all) {
    const rule_run *run = all->run;
    const table *runs = &run->matched.runs;
    CLEANUP(free_at) bool *keep = calloc(runs->rows + 1, sizeof *keep);
    looks l;
    for (size_t row = 0; keep && row < runs->rows; row++) {
        const char *cell = table_text(runs, row, "cell"), *quirk = table_text(runs, row, "quirk");
        bool sound =
            !*quirk || strcmp(quirk, "none") == 0; /* trials with a mistake repeated on purpose are not evidence */
        keep[row] = sound && (strcmp(cell, all->q->a) == 0 || strcmp(cell, all->q->b) == 0);
    }
    gb_status status = keep ? evidence_part(NULL, &run->matched, keep, &all->e) : GB_MEMORY;
    if (!status)
        status = declared_comparisons(NULL, run->file, &all->declared);
    if (!status)
        status = looks_of(NULL, run->file, &l);
    return status ? status : looks_apply(NULL, &l, 0, &all->e, &all->levels);
}

void task_results_collect(const task_question *q, const rule_run *run, task_list *list, text *lines) {
    compared all = {.q = q, .run = run};
    gb_status status = read_compared(&all);
    if (!status)
        compare_tasks(&all, list);
    else if (status != GB_MEMORY && all.e.runs.rows && lines)
        text_append(lines, "%s: not judged, since its interim looks or its recipe cannot be read\n", run->file->name);
    list->failed |= status == GB_MEMORY;
    declared_free(&all.declared);
    evidence_free(&all.e);
}

static bool is_preferred(const task_result *a, const task_result *b) {
    bool judged_a = a->metric && a->pairs.planned, judged_b = b->metric && b->pairs.planned;
    if (judged_a != judged_b)
        return judged_a;
    if (a->run->quick != b->run->quick)
        return b->run->quick;
    return a->pairs.pairs > b->pairs.pairs;
}

void task_results_choose(task_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const task_result *each = list->items, *best = NULL;
        for (size_t k = 0; k < list->count; k++)
            if (each[k].match == each[i].match && strcmp(each[k].task, each[i].task) == 0 &&
                (!best || is_preferred(&each[k], best)))
                best = &each[k];
        list->items[i].instead = best == &each[i] ? NULL : best->run;
    }
}

void task_results_free(task_list *list) {
    free(list->items);
    *list = (task_list){0};
}
