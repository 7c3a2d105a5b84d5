/* SPDX-License-Identifier: MIT */
/* Shared by the rules: runs and their trials, predictions pooled over the seeds of a setting, and describing both in
 * words.
 */
#include "results/claims/rule.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "support/cleanup.h"

/* The part after '+' lists overrides. */
static bool is_quick(const char *name) {
    static const char ending[] = "-quick";
    size_t length = strcspn(name, "+"), size = sizeof ending - 1;
    return length > size && strncmp(name + length - size, ending, size) == 0;
}

gb_status rule_runs_open(gb_context *context, results *const *all, size_t count, rule_run **runs) {
    *runs = calloc(count + 1, sizeof **runs);
    gb_status status = *runs ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while judging %zu runs", count);
    for (size_t i = 0; !status && i < count; i++) {
        rule_run *run = &(*runs)[i];
        run->file = all[i];
        run->quick = is_quick(all[i]->name);
        status = evidence_read(context, all[i], "final", false, &run->trials);
        if (!status)
            status = arms_find(context, &run->trials, &run->arms);
        if (!status)
            status = evidence_read(context, all[i], "final", true, &run->matched);
    }
    if (status) {
        rule_runs_close(*runs, *runs ? count : 0);
        *runs = NULL;
    }
    return status;
}

void rule_runs_close(rule_run *runs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        arms_free(&runs[i].arms);
        evidence_free(&runs[i].trials);
        evidence_free(&runs[i].matched);
    }
    free(runs);
}

bool rule_about_equal(double count, double target, double share) {
    return fabs(count - target) <= share * target;
}

double rule_threshold(const rule_input *input, const char *name) {
    return yaml_number(yaml_get(input->claim, "thresholds"), name, NAN);
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

void rule_brief(rule_output *output, const char *format, ...) {
    char words[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    text_append(&output->brief, "%s", words);
}

void rule_no_evidence(const rule_input *input, rule_output *output) {
    const yaml_node *recipes = yaml_get(input->claim, "recipes");
    const char *needs = yaml_text(input->claim, "needs", NULL);
    CLEANUP(text_free) text list = {0};
    for (size_t i = 0; recipes && i < recipes->count; i++)
        text_append(&list, "%s%s", i ? ", " : "", recipes->children[i].text ? recipes->children[i].text : "");
    const char *names = list.data ? list.data : "";
    rule_decide(output, "no evidence", "%s%s",
                needs                ? "it needs "
                : strchr(names, ',') ? "run the recipes "
                                     : "run the recipe ",
                needs ? needs : names);
    rule_brief(output, needs || strlen(names) > 60 ? "gatebench verdict -v says what it needs" : "not run yet: %s",
               names);
    output->words.failed |= list.failed;
}

static size_t counted(const table *runs, size_t row, const char *name) {
    double value = table_number(runs, row, name);
    return value > 0 && value < 9e15 ? (size_t)value : 0;
}

static void add_trial(rule_group *g, size_t row) {
    const table *runs = &g->run->trials.runs;
    if (evidence_fate(&g->run->trials, row) != TRIAL_DONE)
        return;
    size_t correct = counted(runs, row, "correct"), predictions = counted(runs, row, "predictions");
    double accuracy = predictions ? (double)correct / (double)predictions : NAN;
    g->correct += correct;
    g->predictions += predictions;
    g->solved += metric_reaches(accuracy, metric_find("accuracy")->solved, true);
    g->least = fmin(g->least, accuracy);
    g->most = fmax(g->most, accuracy);
    g->swapped_pairs += counted(runs, row, "swapped_pairs");
    g->swapped_identical += counted(runs, row, "swapped_identical");
    g->shifted += table_number(runs, row, "shifted_accuracy") / (double)g->arm->fates[TRIAL_DONE];
}

static rule_group make_group(const rule_run *run, const trial_arm *arm) {
    const table *runs = &run->trials.runs;
    rule_group g = {.run = run,
                    .arm = arm,
                    .cell = table_text(runs, arm->rows[0], "cell"),
                    .gap = table_number(runs, arm->rows[0], "gap"),
                    .chance = 1 / table_number(runs, arm->rows[0], "answers"),
                    .seeds = arm->count - arm->fates[TRIAL_MISSING],
                    .missing = arm->fates[TRIAL_MISSING],
                    .least = NAN,
                    .most = NAN};
    for (size_t i = 0; i < arm->count; i++)
        add_trial(&g, arm->rows[i]);
    g.accuracy = statistics_wilson(g.correct, g.predictions, 0.95);
    return g;
}

rule_group *rule_groups(const rule_input *input, size_t *count) {
    size_t most = 0;
    for (size_t i = 0; i < input->count; i++)
        most += input->runs[i]->arms.count;
    rule_group *groups = calloc(most + 1, sizeof *groups);
    *count = 0;
    for (size_t i = 0; groups && i < input->count; i++) {
        const rule_run *run = input->runs[i];
        bool answers = table_find(&run->trials.runs, "correct") && table_find(&run->trials.runs, "predictions");
        for (size_t k = 0; answers && k < run->arms.count; k++) {
            groups[*count] = make_group(run, &run->arms.items[k]);
            *count += groups[*count].seeds > 0;
        }
    }
    return groups;
}

bool rule_group_is_lost(const rule_group *g, bool success) {
    return (success || !g->predictions) && g->arm->fates[TRIAL_DONE] < g->arm->count;
}

static const char *regime(const char *train_gap) {
    return strcmp(train_gap, "up_to") == 0        ? "trained on drawn gaps"
           : strcmp(train_gap, "curriculum") == 0 ? "trained on growing gaps"
           : strcmp(train_gap, "fixed") == 0      ? "trained on that gap alone"
                                                  : train_gap;
}

void rule_group_setting(const rule_group *g, text *words) {
    static const char *const skip[] = {"cell", "gap", "init", "train_gap", "matching", "matched_to", NULL};
    const table *runs = &g->run->trials.runs;
    const char *init = table_text(runs, g->arm->rows[0], "init");
    const char *train_gap = table_text(runs, g->arm->rows[0], "train_gap");
    if (*init)
        text_append(words, "%sinit %s", words->length ? ", " : "", init);
    if (*train_gap)
        text_append(words, "%s%s", words->length ? ", " : "", regime(train_gap));
    arm_words(&g->run->trials, g->arm, skip, words);
}

void rule_group_evidence(text *lines, const rule_group *g) {
    char source[512];
    text_append(lines, "%s", g->cell);
    rule_group_setting(g, lines);
    if (!isnan(g->gap))
        text_append(lines, ", gap %.0f", g->gap);
    if (g->predictions)
        text_append(lines, ": accuracy %.4f [%.4f, %.4f] of %zu predictions", g->accuracy.estimate, g->accuracy.low,
                    g->accuracy.high, g->predictions);
    else
        text_append(lines, ": no predictions");
    if (g->least < g->most)
        text_append(lines, ", by seed %.4f to %.4f", g->least, g->most);
    text_append(lines, ", %zu of %zu seed%s solved (>= %g)", g->solved, g->seeds, g->seeds == 1 ? "" : "s",
                metric_find("accuracy")->solved);
    for (trial_fate fate = TRIAL_DIVERGED; fate <= TRIAL_MISSING; fate++)
        if (g->arm->fates[fate])
            text_append(lines, ", %zu %s", g->arm->fates[fate], evidence_fate_words(fate));
    text_append(lines, "; %s", rule_source(g->run->file, source, sizeof source));
}

static const trial_arm *arm_of(const arm_groups *groups, size_t group, const char *cell) {
    for (size_t i = 0; i < groups->value_count; i++)
        if (strcmp(groups->values[i], cell) == 0)
            return arms_of_group(groups, group, i);
    return NULL;
}

void rule_each_pair(const rule_input *input, rule_output *output, rule_take_pair *take, void *findings) {
    for (size_t i = 0; i < input->count; i++) {
        const evidence *e = &input->runs[i]->matched;
        const table_column *by = table_find(&e->runs, "cell");
        arm_groups groups = {0};
        gb_status status = by ? arms_group(NULL, e, by, &groups) : GB_OK;
        output->words.failed |= status != GB_OK;
        for (size_t g = 0; !status && g < groups.group_count; g++) {
            const trial_arm *a = arm_of(&groups, g, input->a), *b = arm_of(&groups, g, input->b);
            if (a && b)
                take(input, input->runs[i], a, b, output, findings);
        }
        if (by)
            arms_free_groups(&groups);
    }
}

void rule_append_limits(text *lines, const interval *value, const char *prefix, int decimals) {
    if (!isnan(value->low) && !isnan(value->high))
        text_append(lines, " [%s%.*f, %s%.*f]", prefix, decimals, value->low, prefix, decimals, value->high);
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

void rule_note(rule_output *output, rule_part *part, const char *name) {
    output->words.failed |= !name || names_index(&part->names, name) == SIZE_MAX;
}

void rule_say_parts(text *words, rule_part *parts, size_t count) {
    const char *separator = words->length && words->data[words->length - 1] != ' ' ? "; " : "";
    for (size_t i = 0; i < count; i++) {
        const name_list *names = &parts[i].names;
        if (names->count)
            text_append(words, "%s%s", separator, parts[i].words);
        for (size_t k = 0; k < names->count; k++) {
            bool list = strchr(names->items[k], ',');
            text_append(words, "%s%s%s%s", k ? ", " : " ", list ? "(" : "", names->items[k], list ? ")" : "");
        }
        separator = names->count ? "; " : separator;
        names_free(&parts[i].names);
    }
}
