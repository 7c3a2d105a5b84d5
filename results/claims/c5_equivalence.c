/* SPDX-License-Identifier: MIT */
/* C5: cells `a` and `b` perform nearly identically: equivalence tests task by task, pairs by seed, at equal width and
 * at equal parameters; other matchings are reported beside these. Trials are paired as `compare` pairs them. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/compare.h"
#include "results/analysis/declarations.h"
#include "results/analysis/interim_looks.h"
#include "results/claims/rule.h"
#include "results/store/matching_rows.h"
#include "results/store/metrics.h"

enum { MATCH_WIDTH, MATCH_PARAMETERS, MATCH_STATE, MATCHES, MATCH_NEITHER = MATCHES };
static const char *const match_names[] = {"width", "parameters", "state", "neither width nor parameters"};

/* One task of one results file under one matching. */
typedef struct task_result {
    const results *source;
    char task[128];
    int match;
    const metric_type *metric; /* NULL: no trial has a number */
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
typedef struct compared {
    evidence e;
    declared_list declared;
    comparison_levels levels;
} compared;

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

static bool has_numbers(const table *runs, const char *name) {
    const table_column *column = table_find(runs, name);
    for (size_t row = 0; column && column->type != COLUMN_TEXT && row < runs->rows; row++)
        if (!isnan(column->numbers[row]))
            return true;
    return false;
}

/* The metric that a task is judged by: the one that its trials were validated by, of squared errors the share that was
 * close enough (accuracy); in a file that does not say, the first with a margin. NULL: none has a number. */
static const metric_type *metric_of(const table *runs) {
    const metric_type *m;
    for (size_t i = 0; (m = metric_at(i)); i++) {
        char validated[80];
        snprintf(validated, sizeof validated, "valid_%s", m->name);
        if (strcmp(m->name, "loss") != 0 && has_numbers(runs, validated))
            return isnan(m->margin) ? metric_find("accuracy") : m;
    }
    for (size_t i = 0; (m = metric_at(i)); i++)
        if (!isnan(m->margin) && has_numbers(runs, m->name))
            return m;
    return NULL;
}

/* The margin that the recipe declared beforehand, else the usual one. */
static double margin_of(const declared_list *declared, const metric_type *metric) {
    for (size_t i = 0; i < declared->count; i++)
        if (strcmp(declared->items[i].metric, metric->name) == 0 && !isnan(declared->items[i].margin))
            return declared->items[i].margin;
    return metric->margin;
}

/* Between width and parameters the numbers decide, not what a recipe calls it. */
static int match_of(const table *runs, size_t a, size_t b, const char *matching, double tolerance) {
    if (strcmp(matching, match_names[MATCH_STATE]) == 0)
        return MATCH_STATE;
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

static void add_result(const rule_input *input, const evidence *e, const char *task, const metric_type *metric,
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
static void compare_task(const rule_input *input, const compared *all, const evidence *e, const char *task,
                         task_list *list) {
    const metric_type *metric = metric_of(&e->runs);
    compare_question question = {.by = "cell",
                                 .metric = metric ? metric->name : "cell_parameters",
                                 .a = input->a,
                                 .b = input->b,
                                 .margin = metric ? margin_of(&all->declared, metric) : NAN,
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
static void compare_tasks(const rule_input *input, const compared *all, task_list *list) {
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

/* The trials of the two cells that the last look saw. */
static gb_status read_compared(const rule_input *input, const rule_run *run, compared *all) {
    const table *runs = &run->matched.runs;
    bool *keep = calloc(runs->rows + 1, sizeof *keep);
    looks l;
    for (size_t row = 0; keep && row < runs->rows; row++) {
        const char *cell = table_text(runs, row, "cell");
        keep[row] = strcmp(cell, input->a) == 0 || strcmp(cell, input->b) == 0;
    }
    gb_status status = keep ? evidence_part(NULL, &run->matched, keep, &all->e) : GB_MEMORY;
    free(keep);
    if (!status)
        status = declared_comparisons(NULL, run->file, &all->declared);
    if (!status)
        status = looks_of(NULL, run->file, &l);
    return status ? status : looks_apply(NULL, &l, 0, &all->e, &all->levels);
}

static void collect(const rule_input *input, const rule_run *run, task_list *list, text *lines) {
    compared all = {.levels = {0}};
    gb_status status = read_compared(input, run, &all);
    if (!status)
        compare_tasks(input, &all, list);
    else if (status != GB_MEMORY && all.e.runs.rows)
        text_append(lines, "%s: not judged, its interim looks or its recipe cannot be read\n", run->file->name);
    list->failed |= status == GB_MEMORY;
    declared_free(&all.declared);
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

/* What was found, with the tasks where. */
enum { EQUIVALENT_WIDTH, EQUIVALENT_PARAMETERS, EQUIVALENT_STATE, A_BETTER, B_BETTER, UNDECIDED, PARTS };

typedef struct task_findings {
    name_list seen;
    rule_part beyond, parts[PARTS];
} task_findings;

static void take_result(const task_result *t, rule_output *output, task_findings *f) {
    char where[192];
    verdict_word word = t->metric ? t->pairs.difference.word : VERDICT_UNDECIDED;
    snprintf(where, sizeof where, "%s at equal %s", t->task, match_names[t->match]);
    output->words.failed |= names_index(&f->seen, t->task) == SIZE_MAX;
    if (t->beyond)
        rule_note(output, &f->beyond, t->task);
    if (word == VERDICT_EQUIVALENT && t->match != MATCH_NEITHER)
        rule_note(output, &f->parts[EQUIVALENT_WIDTH + t->match], t->task);
    else
        rule_note(output,
                  &f->parts[word == VERDICT_A_BETTER   ? A_BETTER
                            : word == VERDICT_B_BETTER ? B_BETTER
                                                       : UNDECIDED],
                  where);
}

/* A row of the picture: the difference in units of its margin, the right side better for a. */
static void show(const rule_input *input, const task_result *t, rule_output *output) {
    const comparison *c = &t->pairs.difference;
    verdict_word word = t->metric ? c->word : VERDICT_UNDECIDED;
    finding *f = findings_add(&output->findings, t->task, t->source->name, match_names[t->match]);
    if (t->metric && t->pairs.pairs && c->margin > 0) {
        double unit = (t->metric->higher_is_better ? 1 : -1) / c->margin;
        double low = c->difference.low * unit, high = c->difference.high * unit;
        f->value = (interval){c->difference.estimate * unit, fmin(low, high), fmax(low, high), t->pairs.pairs};
    }
    f->side = word == VERDICT_EQUIVALENT ? FINDING_FOR : t->beyond ? FINDING_AGAINST : FINDING_OPEN;
    if (word == VERDICT_A_BETTER || word == VERDICT_B_BETTER)
        snprintf(f->word, sizeof f->word, "%.32s better", word == VERDICT_A_BETTER ? input->a : input->b);
    else
        snprintf(f->word, sizeof f->word, "%s", word == VERDICT_EQUIVALENT ? "equivalent" : "undecided");
}

static void decide(const rule_input *input, task_findings *f, rule_output *output) {
    double wanted = rule_threshold(input, "tasks"), needed = rule_threshold(input, "equivalent_tasks");
    size_t seen = f->seen.count, width = f->parts[EQUIVALENT_WIDTH].names.count;
    size_t matched = f->parts[EQUIVALENT_PARAMETERS].names.count;
    rule_brief(output, "%zu of %.0f tasks: %zu equivalent at equal width, %zu at equal parameters", seen, wanted, width,
               matched);
    if ((double)width >= needed && (double)matched >= needed)
        rule_decide(output, "supported", "by task: ");
    else if ((double)f->beyond.names.count >= rule_threshold(input, "refuting_tasks")) {
        rule_decide(output, "refuted", "%s", "");
        rule_say_parts(&output->words, &f->beyond, 1);
    } else if ((double)seen < needed)
        rule_decide(output, "undecided", "so far only %zu of the %.0f tasks that the rule asks for: ", seen, wanted);
    else if (width + matched)
        rule_decide(output, "conditional", "only on the tasks named: ");
    else
        rule_decide(output, "undecided", "by task: ");
    rule_say_parts(&output->words, f->parts, PARTS);
}

static void judge(const rule_input *input, rule_output *output) {
    char a_better[64], b_better[64];
    task_list list = {0};
    task_findings f = {.beyond = {.words = "a difference beyond the margin is significant on"},
                       .parts = {{.words = "equivalent at equal width on"},
                                 {.words = "equivalent at equal parameters on"},
                                 {.words = "equivalent at equal state on"},
                                 {.words = a_better},
                                 {.words = b_better},
                                 {.words = "undecided on"}}};
    snprintf(a_better, sizeof a_better, "%s better on", input->a);
    snprintf(b_better, sizeof b_better, "%s better on", input->b);
    findings_scale(&output->findings, -1, 1, "equivalent", "difference in margins (right: %s better)", input->a);
    for (size_t i = 0; i < input->count; i++)
        collect(input, input->runs[i], &list, &output->evidence);
    correct_holm(&list);
    for (size_t i = 0; i < list.count; i++) {
        write_evidence(&list.items[i], output);
        take_result(&list.items[i], output, &f);
        show(input, &list.items[i], output);
    }
    if (list.count)
        decide(input, &f, output);
    else
        rule_no_evidence(input, output);
    output->words.failed |= list.failed;
    free(list.items);
    names_free(&f.seen);
    names_free(&f.beyond.names);
    for (size_t i = 0; i < PARTS; i++)
        names_free(&f.parts[i].names);
}

static const char *const thresholds[] = {"tasks", "equivalent_tasks", "refuting_tasks", "parameter_tolerance", NULL};
const verdict_rule rule_equivalence = {"equivalence", 2, thresholds, judge};
