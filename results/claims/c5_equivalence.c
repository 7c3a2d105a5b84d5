/* SPDX-License-Identifier: MIT */
/* C5: GRU and LSTM perform nearly identically: equivalence tests task by task, pairs by seed, under equal width and
 * under equal parameters; other matchings (state, time) are told beside these. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/interim_looks.h"
#include "results/claims/rule.h"
#include "results/store/matching_rows.h"

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
typedef struct arm {
    const results *source;
    char task[128];
    int match;
    const struct metric *metric;
    double *gru, *lstm; /* pairs by seed */
    size_t pairs, lost;
    double gru_parameters, lstm_parameters;
    comparison result;
    double p_beyond; /* of a difference no larger than the margin */
    bool beyond;     /* stands after Holm's correction */
} arm;

typedef struct arm_list {
    arm *items;
    size_t count;
} arm_list;

static void task_words(const results *r, size_t row, char *words, size_t size) {
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
    size_t used = (size_t)snprintf(words, size, "%s", table_text(&r->runs, row, "task"));
    for (size_t i = 0; i < sizeof options / sizeof *options && used < size; i++) {
        char cell[48];
        const table_column *column = table_find(&r->runs, options[i].name);
        if (column && *table_cell(&r->runs, row, column, cell, sizeof cell))
            used += (size_t)snprintf(words + used, size - used, " %s%s", options[i].shown, cell);
    }
}

static const struct metric *metric_of(const results *r, size_t row) {
    for (size_t i = 0; i < METRICS; i++)
        if (!isnan(table_number(&r->runs, row, metrics[i].validated)))
            return &metrics[i];
    for (size_t i = 0; i < METRICS; i++)
        if (!isnan(table_number(&r->runs, row, metrics[i].name)))
            return &metrics[i];
    return NULL;
}

/* Between width and parameters the numbers decide, not what a recipe calls it. */
static int match_of(const results *r, size_t gru, size_t lstm, double tolerance) {
    if (table_number(&r->runs, gru, "hidden") == table_number(&r->runs, lstm, "hidden"))
        return MATCH_WIDTH;
    double ratio = table_number(&r->runs, gru, "cell_parameters") / table_number(&r->runs, lstm, "cell_parameters");
    return fabs(ratio - 1) <= tolerance ? MATCH_PARAMETERS : MATCH_NEITHER;
}

static arm *arm_of(arm_list *arms, const results *r, const char *task, int match) {
    for (size_t i = 0; i < arms->count; i++)
        if (arms->items[i].source == r && arms->items[i].match == match && strcmp(arms->items[i].task, task) == 0)
            return &arms->items[i];
    arm *grown = realloc(arms->items, (arms->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    arms->items = grown;
    arm *made = &grown[arms->count];
    *made = (arm){.source = r,
                  .match = match,
                  .gru = calloc(r->runs.rows, sizeof(double)),
                  .lstm = calloc(r->runs.rows, sizeof(double))};
    snprintf(made->task, sizeof made->task, "%s", task);
    if (!made->gru || !made->lstm) {
        free(made->gru);
        free(made->lstm);
        return NULL;
    }
    arms->count++;
    return made;
}

static void add_pair(arm_list *arms, const results *r, size_t gru, size_t lstm, const char *task, int match) {
    arm *a = arm_of(arms, r, task, match);
    if (!a)
        return;
    const struct metric *m = metric_of(r, gru) ? metric_of(r, gru) : metric_of(r, lstm);
    double x = m ? table_number(&r->runs, gru, m->name) : NAN, y = m ? table_number(&r->runs, lstm, m->name) : NAN;
    if (m)
        a->metric = m;
    a->gru_parameters = table_number(&r->runs, gru, "cell_parameters");
    a->lstm_parameters = table_number(&r->runs, lstm, "cell_parameters");
    if (isnan(x) || isnan(y)) {
        a->lost++; /* one of the two diverged */
        return;
    }
    a->gru[a->pairs] = x;
    a->lstm[a->pairs++] = y;
}

/* Adds the pair of a GRU row and an LSTM row under each matching that makes them one. */
static void take_pair(arm_list *arms, const results *r, size_t gru, size_t lstm, double tolerance) {
    char task[128], other[128];
    task_words(r, gru, task, sizeof task);
    task_words(r, lstm, other, sizeof other);
    if (strcmp(task, other) != 0 || table_number(&r->runs, gru, "seed") != table_number(&r->runs, lstm, "seed"))
        return;
    bool told = *table_text(&r->runs, gru, "matched") && *table_text(&r->runs, lstm, "matched");
    if (!told || matchings_share(&r->runs, gru, lstm, "width") || matchings_share(&r->runs, gru, lstm, "parameters"))
        add_pair(arms, r, gru, lstm, task, match_of(r, gru, lstm, tolerance));
    for (int match = MATCH_STATE; match <= MATCH_TIME; match++)
        if (told && matchings_share(&r->runs, gru, lstm, match_names[match]))
            add_pair(arms, r, gru, lstm, task, match);
}

static void collect(const rule_input *input, arm_list *arms) {
    double tolerance = rule_threshold(input, "parameter_tolerance");
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        for (size_t gru = 0; gru < r->runs.rows; gru++) {
            if (!rule_row_counts(r, gru) || strcmp(table_text(&r->runs, gru, "cell"), "gru") != 0)
                continue;
            for (size_t lstm = 0; lstm < r->runs.rows; lstm++)
                if (rule_row_counts(r, lstm) && strcmp(table_text(&r->runs, lstm, "cell"), "lstm") == 0)
                    take_pair(arms, r, gru, lstm, tolerance);
        }
    }
}

static void compare(const rule_input *input, arm *a) {
    double margin = a->metric ? rule_threshold(input, a->metric->margin) : NAN;
    looks l;
    a->p_beyond = 1;
    a->result.word = VERDICT_UNDECIDED;
    if (looks_of(NULL, a->source, &l) != GB_OK)
        return; /* nobody knows at which levels it would be fair to decide: undecided */
    comparison_levels levels = looks_levels(&l, looks_seeds(&a->source->runs));
    a->result = statistics_compare_paired_at(a->gru, a->lstm, a->pairs, margin,
                                             a->metric && a->metric->higher_is_better, levels);
    if (a->pairs < 2)
        return;
    /* Half the interval over its t quantile is the standard error. */
    double degrees = (double)a->pairs - 1, excess = fabs(a->result.difference.estimate) - margin;
    double error = (a->result.difference.high - a->result.difference.estimate) /
                   statistics_t_quantile(1 - levels.difference / 2, degrees);
    if (excess > 0)
        a->p_beyond =
            error > 0 ? fmin(1, 0.05 / levels.difference * 2 * statistics_t_cdf(-excess / error, degrees)) : 0;
}

static void correct_holm(arm_list *arms) {
    double *p = calloc(2 * arms->count + 1, sizeof *p), *adjusted = p ? p + arms->count : NULL;
    for (size_t i = 0; p && i < arms->count; i++)
        p[i] = arms->items[i].p_beyond;
    bool known = p && statistics_holm(p, arms->count, adjusted);
    for (size_t i = 0; i < arms->count; i++)
        arms->items[i].beyond = known && adjusted[i] <= 0.05;
    free(p);
}

static void arm_evidence(const arm *a, rule_output *output) {
    char words[160], source[512];
    comparison_words(&a->result, "gru", "lstm", words, sizeof words);
    rule_list(&output->matching, match_names[a->match]);
    text_append(&output->evidence,
                "%s, equal %s (recurrent parameters gru %.0f, lstm %.0f), %s: gru %.4f, lstm %.4f, difference %.4f "
                "[%.4f, %.4f], %zu pair%s: %s%s",
                a->task, match_names[a->match], a->gru_parameters, a->lstm_parameters,
                a->metric ? a->metric->name : "?", statistics_mean(a->gru, a->pairs),
                statistics_mean(a->lstm, a->pairs), a->result.difference.estimate, a->result.difference.low,
                a->result.difference.high, a->pairs, a->pairs == 1 ? "" : "s", words,
                a->beyond ? "; the difference is beyond the margin (Holm)" : "");
    if (a->lost)
        text_append(&output->evidence, "; %zu pair%s lost to divergence", a->lost, a->lost == 1 ? "" : "s");
    text_append(&output->evidence, "; %s\n", rule_source(a->source, source, sizeof source));
}

/* Distinct tasks, by what was found on them. */
typedef struct task_findings {
    text seen, equivalent[MATCHES], beyond, gru, lstm, open;
} task_findings;

static size_t listed(const text *list) {
    size_t count = list->length > 0;
    for (size_t i = 0; i < list->length; i++)
        count += list->data[i] == ',';
    return count;
}

static void take_arm(const arm *a, task_findings *f) {
    char where[192];
    snprintf(where, sizeof where, "%s at equal %s", a->task, match_names[a->match]);
    rule_list(&f->seen, a->task);
    if (a->beyond)
        rule_list(&f->beyond, a->task);
    if (a->result.word == VERDICT_EQUIVALENT && a->match != MATCH_NEITHER)
        rule_list(&f->equivalent[a->match], a->task);
    else if (a->result.word == VERDICT_A_BETTER || a->result.word == VERDICT_B_BETTER)
        rule_list(a->result.word == VERDICT_A_BETTER ? &f->gru : &f->lstm, where);
    else
        rule_list(&f->open, where);
}

/* "equivalent on ... ; gru better on ...". */
static void say_tasks(const task_findings *f, text *words) {
    const struct {
        const char *word;
        const text *tasks;
    } parts[] = {{"equivalent at equal width on", &f->equivalent[MATCH_WIDTH]},
                 {"equivalent at equal parameters on", &f->equivalent[MATCH_PARAMETERS]},
                 {"equivalent at equal state on", &f->equivalent[MATCH_STATE]},
                 {"equivalent at equal time on", &f->equivalent[MATCH_TIME]},
                 {"gru better on", &f->gru},
                 {"lstm better on", &f->lstm},
                 {"undecided on", &f->open}};
    const char *separator = "";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].tasks->length) {
            text_append(words, "%s%s %s", separator, parts[i].word, parts[i].tasks->data);
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
    say_tasks(f, &output->words);
}

static void judge(const rule_input *input, rule_output *output) {
    arm_list arms = {0};
    task_findings f = {0};
    collect(input, &arms);
    for (size_t i = 0; i < arms.count; i++)
        compare(input, &arms.items[i]);
    correct_holm(&arms);
    for (size_t i = 0; i < arms.count; i++) {
        arm_evidence(&arms.items[i], output);
        take_arm(&arms.items[i], &f);
        free(arms.items[i].gru);
        free(arms.items[i].lstm);
    }
    if (arms.count)
        decide(input, &f, output);
    else
        rule_no_evidence(input, output);
    free(arms.items);
    text *lists[] = {&f.seen,   &f.equivalent[0], &f.equivalent[1], &f.equivalent[2], &f.equivalent[3],
                     &f.beyond, &f.gru,           &f.lstm,          &f.open};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        text_free(lists[i]);
}

static const char *const thresholds[] = {"margin_nll",       "margin_accuracy", "margin_bits",         "tasks",
                                         "equivalent_tasks", "refuting_tasks",  "parameter_tolerance", NULL};
const verdict_rule rule_equivalence = {"equivalence", thresholds, judge};
