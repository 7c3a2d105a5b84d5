/* SPDX-License-Identifier: MIT */
/* C5: two cells perform nearly identically: equivalence tests task by task, pairs by seed, at equal width and at equal
 * parameters; other matchings (state, time) are reported beside these. Trials are paired as `compare` pairs them. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/compare.h"
#include "results/analysis/interim_looks.h"
#include "results/claims/rule.h"
#include "results/store/matching_rows.h"
#include "results/store/run_provenance.h"
#include "support/file.h"

enum { MATCH_WIDTH, MATCH_PARAMETERS, MATCH_STATE, MATCH_TIME, MATCHES, MATCH_NEITHER = MATCHES };
static const char *const match_names[] = {"width", "parameters", "state", "time", "neither width nor parameters"};

/* The metric that a task is judged by: the one that its trials were validated by, of squared errors the share that was
 * close enough; in a file that does not say, the first that it has. */
static const struct metric {
    const char *name, *margin, *validated;
    int higher_is_better;
} metrics[] = {{"bits", "margin_bits", "valid_bits", 0},
               {"accuracy", "margin_accuracy", "valid_accuracy", 1},
               {"accuracy", "margin_accuracy", "valid_mse", 1},
               {"nll", "margin_nll", "valid_nll", 0}};
enum { METRICS = sizeof metrics / sizeof *metrics };

/* One task of one results file under one matching. */
typedef struct task_result {
    const results *source;
    char task[128];
    int match;
    const struct metric *metric; /* NULL: no trial has a number */
    double a_parameters, b_parameters;
    compare_result pairs; /* by seed; a seed counts once, with its mean over what else was swept */
    double p_beyond;      /* of a difference no larger than the margin */
    bool beyond;          /* significant after Holm's correction */
} task_result;

typedef struct task_list {
    task_result *items;
    size_t count;
    bool failed; /* out of memory */
} task_list;

/* The trials of a results file that are compared. */
typedef struct trials {
    const char *a, *b;
    evidence e;
    comparison_levels levels;
} trials;

static void task_words(const table *runs, size_t row, char *words, size_t size) {
    static const struct {
        const char *name, *shown;
    } options[] = {{"set", ""},
                   {"text", ""},
                   {"train_gap", ""},
                   {"gap", ""},
                   {"blanks", "blanks "},
                   {"length", "length "},
                   {"positions", "marks in "},
                   {"language", ""},
                   {"view", "by "},
                   {"permuted", "permuted "}};
    size_t used = (size_t)snprintf(words, size, "%s", table_text(runs, row, "task"));
    for (size_t i = 0; i < sizeof options / sizeof *options && used < size; i++) {
        char cell[48];
        const table_column *column = table_find(runs, options[i].name);
        if (column && *table_cell(runs, row, column, cell, sizeof cell))
            used += (size_t)snprintf(words + used, size - used, " %s%s", options[i].shown, cell);
    }
}

static const struct metric *metric_of(const table *runs, size_t row) {
    for (size_t i = 0; i < METRICS; i++)
        if (!isnan(table_number(runs, row, metrics[i].validated)))
            return &metrics[i];
    for (size_t i = 0; i < METRICS; i++)
        if (!isnan(table_number(runs, row, metrics[i].name)))
            return &metrics[i];
    return NULL;
}

/* Between width and parameters the numbers decide, not what a recipe calls it. */
static int match_of(const table *runs, size_t a, size_t b, const char *matching, double tolerance) {
    for (int match = MATCH_STATE; match <= MATCH_TIME; match++)
        if (strcmp(matching, match_names[match]) == 0)
            return match;
    if (table_number(runs, a, "hidden") == table_number(runs, b, "hidden"))
        return MATCH_WIDTH;
    double ratio = table_number(runs, a, "cell_parameters") / table_number(runs, b, "cell_parameters");
    return fabs(ratio - 1) <= tolerance ? MATCH_PARAMETERS : MATCH_NEITHER;
}

static bool is_of(const table *runs, size_t row, const char *cell, const char *matching) {
    return strcmp(table_text(runs, row, "cell"), cell) == 0 &&
           (!*matching || strcmp(table_text(runs, row, "matching"), matching) == 0);
}

/* Finds out from a trial of each cell what is equal under the result's matching. */
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

/* How far the difference is beyond the margin, as a p-value that is compared with 0.05 at the levels of this look. */
static double test_beyond(const compare_result *pairs) {
    const comparison *c = &pairs->difference;
    double excess = fabs(c->difference.estimate) - c->margin, degrees = (double)pairs->pairs - 1;
    if (pairs->pairs < 2 || !(excess > 0))
        return 1;
    /* Half the interval over its t quantile is the standard error. */
    double error =
        (c->difference.high - c->difference.estimate) / statistics_t_quantile(1 - c->levels.difference / 2, degrees);
    return error > 0 ? fmin(1, 0.05 / c->levels.difference * 2 * statistics_t_cdf(-excess / error, degrees)) : 0;
}

static void add_result(const rule_input *input, const evidence *e, const char *task, const struct metric *metric,
                       const compare_result *pairs, task_list *list) {
    task_result *grown = realloc(list->items, (list->count + 1) * sizeof *grown);
    if (!grown) {
        list->failed = true;
        return;
    }
    list->items = grown;
    task_result *t = &grown[list->count++];
    *t = (task_result){.source = e->source, .metric = metric, .pairs = *pairs, .p_beyond = test_beyond(pairs)};
    t->pairs.group = NULL;
    t->pairs.values = NULL;
    snprintf(t->task, sizeof t->task, "%s", task);
    find_sizes(&e->runs, t, rule_threshold(input, "parameter_tolerance"));
}

/* The trials of one task. */
static void compare_task(const rule_input *input, const trials *all, const evidence *e, const char *task,
                         task_list *list) {
    const struct metric *metric = NULL;
    for (size_t row = 0; row < e->runs.rows && !metric; row++)
        metric = metric_of(&e->runs, row);
    compare_question question = {.by = "cell",
                                 .metric = metric ? metric->name : "cell_parameters",
                                 .a = all->a,
                                 .b = all->b,
                                 .margin = metric ? rule_threshold(input, metric->margin) : NAN,
                                 .solved = NAN,
                                 .higher_is_better = metric && metric->higher_is_better,
                                 .levels = all->levels};
    compare_findings c;
    gb_status status = compare_arms(NULL, e, &question, &c);
    list->failed |= status == GB_MEMORY;
    for (size_t i = 0; !status && i < c.count; i++)
        /* of each matching the last: over all groups where there are several */
        if (i + 1 == c.count || strcmp(c.items[i].matching, c.items[i + 1].matching) != 0)
            add_result(input, e, task, metric, &c.items[i], list);
    if (!status)
        compare_free(&c);
}

/* Task by task in the order of the rows. */
static void compare_tasks(const rule_input *input, const trials *all, task_list *list) {
    const table *runs = &all->e.runs;
    name_list tasks = {0};
    bool *keep = calloc(runs->rows + 1, sizeof *keep);
    list->failed |= !keep;
    for (size_t row = 0; row < runs->rows && !list->failed; row++) {
        char task[128], other[128];
        evidence part = {0};
        task_words(runs, row, task, sizeof task);
        if (names_have(&tasks, task))
            continue;
        for (size_t k = 0; k < runs->rows; k++) {
            task_words(runs, k, other, sizeof other);
            keep[k] = strcmp(task, other) == 0;
        }
        list->failed = names_index(&tasks, task) == SIZE_MAX || evidence_part(NULL, &all->e, keep, &part) != GB_OK;
        if (!list->failed)
            compare_task(input, all, &part, task, list);
        evidence_free(&part);
    }
    free(keep);
    names_free(&tasks);
}

/* The final trials of the two cells, a row per matching. */
static gb_status read_trials(const results *r, trials *all) {
    GB_TRY(evidence_read(NULL, r, "final", true, &all->e));
    bool *keep = calloc(all->e.runs.rows + 1, sizeof *keep);
    for (size_t row = 0; keep && row < all->e.runs.rows; row++) {
        const char *cell = table_text(&all->e.runs, row, "cell");
        keep[row] = strcmp(cell, all->a) == 0 || strcmp(cell, all->b) == 0;
    }
    if (keep)
        evidence_keep(&all->e, keep);
    free(keep);
    return keep ? GB_OK : GB_MEMORY;
}

static void collect(const rule_input *input, const results *r, task_list *list, text *words) {
    looks l;
    trials all = {.a = rule_cell(input, "a"), .b = rule_cell(input, "b")};
    gb_status status = read_trials(r, &all);
    if (!status && all.e.runs.rows) {
        status = looks_of(NULL, r, &l);
        if (!status)
            status = looks_apply(NULL, &l, 0, &all.e, &all.levels);
        if (!status)
            compare_tasks(input, &all, list);
        else if (status != GB_MEMORY)
            text_append(words, "%s: not judged, its interim looks cannot be read\n", r->name);
    }
    list->failed |= status == GB_MEMORY;
    evidence_free(&all.e);
}

static void correct_holm(task_list *list) {
    double *p = calloc(2 * list->count + 1, sizeof *p), *adjusted = p ? p + list->count : NULL;
    for (size_t i = 0; p && i < list->count; i++)
        p[i] = list->items[i].p_beyond;
    bool known = p && statistics_holm(p, list->count, adjusted);
    for (size_t i = 0; i < list->count; i++)
        list->items[i].beyond = known && adjusted[i] <= 0.05;
    list->failed |= !known;
    free(p);
}

static void write_evidence(const task_result *t, rule_output *output) {
    char words[320], source[512];
    const compare_result *pairs = &t->pairs;
    const interval *difference = &pairs->difference.difference;
    rule_list(&output->matching, match_names[t->match]);
    text_append(&output->evidence, "%s, equal %s (recurrent parameters %s %.0f, %s %.0f), ", t->task,
                match_names[t->match], pairs->a, t->a_parameters, pairs->b, t->b_parameters);
    compare_words(&(compare_findings){0}, pairs, words, sizeof words);
    if (t->metric && pairs->pairs)
        text_append(&output->evidence,
                    "%s: %s %.4f, %s %.4f, difference %.4f [%.4f, %.4f], %zu pair%s: ", t->metric->name, pairs->a,
                    pairs->mean_a, pairs->b, pairs->mean_b, difference->estimate, difference->low, difference->high,
                    pairs->pairs, pairs->pairs == 1 ? "" : "s");
    text_append(&output->evidence, "%s%s", words, t->beyond ? "; the difference is beyond the margin (Holm)" : "");
    text_append(&output->evidence, "; %s\n", rule_source(t->source, source, sizeof source));
}

/* Distinct tasks, by what was found on them. */
typedef struct task_findings {
    text seen, equivalent[MATCHES], beyond, a, b, open;
} task_findings;

static size_t listed(const text *list) {
    size_t count = list->length > 0;
    for (size_t i = 0; i < list->length; i++)
        count += list->data[i] == ',';
    return count;
}

static void take_result(const task_result *t, task_findings *f) {
    char where[192];
    verdict_word word = t->metric ? t->pairs.difference.word : VERDICT_UNDECIDED;
    snprintf(where, sizeof where, "%s at equal %s", t->task, match_names[t->match]);
    rule_list(&f->seen, t->task);
    if (t->beyond)
        rule_list(&f->beyond, t->task);
    if (word == VERDICT_EQUIVALENT && t->match != MATCH_NEITHER)
        rule_list(&f->equivalent[t->match], t->task);
    else if (word == VERDICT_A_BETTER || word == VERDICT_B_BETTER)
        rule_list(word == VERDICT_A_BETTER ? &f->a : &f->b, where);
    else
        rule_list(&f->open, where);
}

/* "equivalent on ... ; gru better on ...". */
static void say_tasks(const rule_input *input, const task_findings *f, text *words) {
    const struct {
        const char *subject, *verb;
        const text *tasks;
    } parts[] = {{"equivalent", "at equal width", &f->equivalent[MATCH_WIDTH]},
                 {"equivalent", "at equal parameters", &f->equivalent[MATCH_PARAMETERS]},
                 {"equivalent", "at equal state", &f->equivalent[MATCH_STATE]},
                 {"equivalent", "at equal time", &f->equivalent[MATCH_TIME]},
                 {rule_cell(input, "a"), "better", &f->a},
                 {rule_cell(input, "b"), "better", &f->b},
                 {"undecided", "", &f->open}};
    const char *separator = "";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].tasks->length) {
            text_append(words, "%s%s %s%son %s", separator, parts[i].subject, parts[i].verb, *parts[i].verb ? " " : "",
                        parts[i].tasks->data);
            separator = "; ";
        }
}

static void decide(const rule_input *input, const task_findings *f, rule_output *output) {
    double wanted = rule_threshold(input, "tasks"), needed = rule_threshold(input, "equivalent_tasks");
    size_t width = listed(&f->equivalent[MATCH_WIDTH]), matched = listed(&f->equivalent[MATCH_PARAMETERS]);
    if ((double)width >= needed && (double)matched >= needed)
        rule_decide(output, "supported", "by task: ");
    else if ((double)listed(&f->beyond) >= rule_threshold(input, "refuting_tasks"))
        rule_decide(output, "refuted", "a difference beyond the margin stands on %s; ", f->beyond.data);
    else if ((double)listed(&f->seen) < needed)
        rule_decide(output, "undecided", "so far only %zu of the %.0f tasks that the rule asks for: ", listed(&f->seen),
                    wanted);
    else if (width + matched)
        rule_decide(output, "holds only when", "only on the tasks named: ");
    else
        rule_decide(output, "undecided", "by task: ");
    say_tasks(input, f, &output->words);
}

static void judge(const rule_input *input, rule_output *output) {
    task_list list = {0};
    task_findings f = {0};
    for (size_t i = 0; i < input->count; i++)
        collect(input, input->all[i], &list, &output->evidence);
    correct_holm(&list);
    for (size_t i = 0; i < list.count; i++) {
        write_evidence(&list.items[i], output);
        take_result(&list.items[i], &f);
    }
    if (list.count)
        decide(input, &f, output);
    else
        rule_no_evidence(input, output);
    output->words.failed |= list.failed;
    free(list.items);
    text *lists[] = {&f.seen, &f.equivalent[0], &f.equivalent[1], &f.equivalent[2], &f.equivalent[3], &f.beyond, &f.a,
                     &f.b,    &f.open};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        text_free(lists[i]);
}

static const char *const thresholds[] = {"margin_nll",       "margin_accuracy", "margin_bits",         "tasks",
                                         "equivalent_tasks", "refuting_tasks",  "parameter_tolerance", NULL};
const verdict_rule rule_equivalence = {"equivalence", thresholds, judge};
