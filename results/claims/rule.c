/* SPDX-License-Identifier: MIT */
/* What the rules share: which rows are evidence, pooling over seeds, and the words of a group. */
#include "results/claims/rule.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double rule_threshold(const rule_input *input, const char *name) {
    return yaml_number(yaml_get(input->claim, "thresholds"), name, NAN);
}

const char *rule_cell(const rule_input *input, const char *key) {
    return yaml_text(input->claim, key, "");
}

void rule_decide(rule_output *output, const char *outcome, const char *format, ...) {
    char words[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    snprintf(output->outcome, sizeof output->outcome, "%s", outcome);
    text_append(&output->words, "%s", words);
}

void rule_no_evidence(const rule_input *input, rule_output *output) {
    const yaml_node *recipes = yaml_get(input->claim, "recipes");
    const char *needs = yaml_text(input->claim, "needs", NULL);
    rule_decide(output, "no evidence", "%s", needs ? "it needs " : "run the recipe ");
    text_append(&output->words, "%s", needs ? needs : "");
    for (size_t i = 0; !needs && recipes && i < recipes->count; i++)
        text_append(&output->words, "%s%s", i ? " and " : "", recipes->children[i].text);
}

bool rule_is_quick(const results *r) {
    static const char ending[] = "-quick";
    size_t length = strcspn(r->name, "+"), size = sizeof ending - 1; /* what follows a '+' are overrides */
    return length > size && strncmp(r->name + length - size, ending, size) == 0;
}

bool rule_row_counts(const results *r, size_t row) {
    const char *status = table_text(&r->runs, row, "status");
    if (table_find(&r->runs, "stage") && strcmp(table_text(&r->runs, row, "stage"), "final") != 0)
        return false;
    return strcmp(status, "done") == 0 || strcmp(status, "diverged") == 0;
}

bool rule_row_diverged(const results *r, size_t row) {
    return strcmp(table_text(&r->runs, row, "status"), "diverged") == 0;
}

static bool same_gap(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* The group of a row, made when it is new; NULL: out of memory. */
static rule_group *group_of(rule_group **groups, size_t *count, const results *r, size_t row) {
    const char *cell = table_text(&r->runs, row, "cell"), *init = table_text(&r->runs, row, "init");
    const char *train_gap = table_text(&r->runs, row, "train_gap");
    double gap = table_number(&r->runs, row, "gap");
    for (size_t i = 0; i < *count; i++) {
        rule_group *g = &(*groups)[i];
        if (g->source == r && same_gap(g->gap, gap) && strcmp(g->cell, cell) == 0 && strcmp(g->init, init) == 0 &&
            strcmp(g->train_gap, train_gap) == 0)
            return g;
    }
    rule_group *grown = realloc(*groups, (*count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    *groups = grown;
    rule_group *g = &grown[(*count)++];
    *g = (rule_group){.source = r, .gap = gap, .least_accuracy = NAN};
    snprintf(g->cell, sizeof g->cell, "%s", cell);
    snprintf(g->init, sizeof g->init, "%s", init);
    snprintf(g->train_gap, sizeof g->train_gap, "%s", train_gap);
    g->answers = table_number(&r->runs, row, "answers");
    return g;
}

static size_t counted(const results *r, size_t row, const char *name) {
    double value = table_number(&r->runs, row, name);
    return value > 0 && value < 9e15 ? (size_t)value : 0;
}

static void group_add(rule_group *g, size_t row) {
    const results *r = g->source;
    g->trials++;
    if (rule_row_diverged(r, row)) {
        g->diverged++;
        return;
    }
    size_t correct = counted(r, row, "correct"), predictions = counted(r, row, "predictions");
    double accuracy = predictions ? (double)correct / (double)predictions : NAN;
    g->correct += correct;
    g->predictions += predictions;
    g->solved += accuracy >= 0.9;
    g->least_accuracy = isnan(g->least_accuracy) ? accuracy : fmin(g->least_accuracy, accuracy);
    g->swapped_pairs += counted(r, row, "swapped_pairs");
    g->swapped_identical += counted(r, row, "swapped_identical");
    g->shifted_accuracy += table_number(&r->runs, row, "shifted_accuracy");
}

rule_group *rule_groups(const rule_input *input, size_t *count) {
    rule_group *groups = NULL;
    *count = 0;
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        if (!table_find(&r->runs, "correct") || !table_find(&r->runs, "predictions"))
            continue;
        for (size_t row = 0; row < r->runs.rows; row++) {
            rule_group *g = rule_row_counts(r, row) ? group_of(&groups, count, r, row) : NULL;
            if (g)
                group_add(g, row);
        }
    }
    for (size_t i = 0; i < *count; i++) {
        rule_group *g = &groups[i];
        g->accuracy = statistics_wilson(g->correct, g->predictions, 0.95);
        g->shifted_accuracy /= (double)(g->trials - g->diverged);
    }
    return groups;
}

const char *rule_regime(const char *train_gap) {
    return strcmp(train_gap, "up_to") == 0   ? "trained on drawn gaps"
           : strcmp(train_gap, "fixed") == 0 ? "trained on that gap alone"
                                             : train_gap;
}

void rule_group_evidence(text *evidence, const rule_group *g) {
    char source[512];
    text_append(evidence, "%s", g->cell);
    if (*g->init)
        text_append(evidence, ", init %s", g->init);
    if (*g->train_gap)
        text_append(evidence, ", %s", rule_regime(g->train_gap));
    if (!isnan(g->gap))
        text_append(evidence, ", gap %.0f", g->gap);
    text_append(evidence, ": accuracy %.4f [%.4f, %.4f] in %zu predictions, %zu of %zu seed%s solved (>= 0.9)",
                g->accuracy.estimate, g->accuracy.low, g->accuracy.high, g->predictions, g->solved, g->trials,
                g->trials == 1 ? "" : "s");
    if (g->diverged)
        text_append(evidence, ", %zu diverged", g->diverged);
    text_append(evidence, "; %s", rule_source(g->source, source, sizeof source));
}

const char *rule_source(const results *r, char *buffer, size_t size) {
    const char *slash = strrchr(r->path, '/'), *file = slash ? slash + 1 : r->path;
    size_t length = strlen(r->name);
    bool usual = strncmp(file, r->name, length) == 0 && strcmp(file + length, ".h5") == 0;
    snprintf(buffer, size, "run %s%s%s%s", r->name, usual ? "" : " (", usual ? "" : file, usual ? "" : ")");
    return buffer;
}

void rule_list(text *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list->data; at && (at = strstr(at, name)); at += length)
        if ((at == list->data || at[-1] == ' ') && (at[length] == ',' || at[length] == '\0'))
            return;
    text_append(list, "%s%s", list->length ? ", " : "", name);
}
