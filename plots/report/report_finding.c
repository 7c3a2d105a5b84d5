/* SPDX-License-Identifier: MIT */
/* The finding of an experiment in two sentences, and its caveats. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "results/analysis/declarations.h"
#include "results/analysis/summary.h"
#include "results/store/run_provenance.h"
#include "support/file.h"
#include "support/name_list.h"

enum { NAMED = 2, LINES = 3 };

static bool is_of(const finding *f, const results *r) {
    return strcmp(f->run, r->name) == 0;
}

/* "gru better on copy blanks 5 (equal width); undecided in 3 of 5". */
static void say_words(const finding_list *list, const results *r, text *words) {
    name_list said = {0};
    char **names = NULL;
    size_t all = 0;
    bool ok = report_short_names(list, false, &names);
    for (size_t i = 0; i < list->count; i++)
        all += is_of(&list->items[i], r);
    for (size_t i = 0; ok && i < list->count; i++) {
        const char *word = list->items[i].word;
        size_t count = 0, shown = 0;
        if (!is_of(&list->items[i], r) || names_have(&said, word))
            continue;
        ok = names_index(&said, word) != SIZE_MAX;
        for (size_t k = i; k < list->count; k++)
            count += is_of(&list->items[k], r) && strcmp(list->items[k].word, word) == 0;
        text_append(words, "%s%s", said.count > 1 ? "; " : "", word);
        if (count == all && all > 1)
            text_append(words, " in all %zu", count);
        else if (count > NAMED)
            text_append(words, " in %zu of %zu", count, all);
        for (size_t k = i; k < list->count && count <= NAMED; k++) {
            const finding *f = &list->items[k];
            if (!is_of(f, r) || strcmp(f->word, word) != 0)
                continue;
            text_append(words, "%s%s", shown++ ? ", " : " (", names[k]);
            text_append(words, "%s%s", *f->matching ? " at equal " : "", f->matching);
        }
        text_append(words, shown ? ")" : "");
    }
    words->failed |= !ok;
    names_free(&said);
    file_free_list(names);
}

static size_t say_claims(const report *p, const results *r, text *words) {
    const verdict_list *verdicts = p->request->verdicts;
    size_t said = 0;
    for (size_t i = 0; verdicts && i < verdicts->count; i++) {
        const verdict *v = &verdicts->items[i];
        bool fed = false;
        for (size_t k = 0; k < v->findings.count; k++)
            fed |= is_of(&v->findings.items[k], r);
        if (!fed)
            continue;
        text_append(words, "%sFor %s (%s): ", said++ ? " " : "", v->id, v->title ? v->title : v->statement);
        say_words(&v->findings, r, words);
        text_append(words, ".");
    }
    return said;
}

/* The findings of a run for its claims, or else its comparisons, in one sentence; false: there are none. */
static bool say_comparisons(report *p, results *r, text *words) {
    compare_run run;
    size_t said = 0, left = 0;
    const compare_request request = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}};
    gb_status status = compare_results(p->context, &request, r, &run);
    for (size_t i = 0; status == GB_OK && i < run.count; i++)
        for (size_t k = 0; k < run.answers[i].found.count; k++) {
            const compare_result *each = &run.answers[i].found.items[k];
            char line[320];
            if (said == LINES) {
                left++;
                continue;
            }
            compare_words(&run.answers[i].found, each, line, sizeof line);
            text_append(words, "%s%s and %s by %s", said++ ? "; " : "", each->a, each->b,
                        run.answers[i].question.metric);
            const char *group = each->group ? each->group : "all settings together";
            text_append(words, "%s%s", *group ? ", " : "", group);
            text_append(words, ": %s", line);
        }
    if (left)
        text_append(words, "; %zu more comparisons in gatebench compare %s", left, r->name);
    text_append(words, said ? "." : "");
    compare_close(&run);
    return said;
}

/* "27 trials in 9 settings; 2 diverged, 3 are missing." */
static void say_trials(const summary *s, text *words) {
    static const char *const fates[TRIAL_FATES] = {NULL, "diverged", "exceeded their limit", "are missing"};
    size_t fate_counts[TRIAL_FATES], all = 0, least = SIZE_MAX, most = 0;
    for (size_t a = 0; a < s->arms.count; a++) {
        const trial_arm *arm = &s->arms.items[a];
        least = arm->count < least ? arm->count : least;
        most = arm->count > most ? arm->count : most;
    }
    evidence_count(s->e, fate_counts);
    for (size_t f = 0; f < TRIAL_FATES; f++)
        all += fate_counts[f];
    text_append(words, "%s%zu trial%s in %zu setting%s of ", words->length ? " " : "", all, all == 1 ? "" : "s",
                s->arms.count, s->arms.count == 1 ? "" : "s");
    text_append(words, least == most ? "%zu" : "%zu to %zu", least, most);
    text_append(words, " seed%s", most == 1 ? "" : "s");
    for (size_t f = TRIAL_DIVERGED; f < TRIAL_FATES; f++)
        if (fate_counts[f])
            text_append(words, ", %zu %s", fate_counts[f], fates[f]);
    text_append(words, ".");
}

gb_status report_finding(report *p, report_section *s) {
    evidence e;
    summary sum = {0};
    if (!say_claims(p, s->r, &s->finding))
        say_comparisons(p, s->r, &s->finding);
    gb_status status = evidence_read(p->context, s->r, "final", true, &e);
    if (status == GB_OK && e.runs.rows)
        status = summary_make(p->context, &e, false, &sum);
    if (status == GB_OK && sum.arms.count)
        say_trials(&sum, &s->finding);
    summary_free(&sum);
    evidence_free(&e);
    return status;
}

/* The profile of a run's name, "quick". */
static bool is_quick(const results *r) {
    size_t length = strcspn(r->name, "+"), size = strlen("-quick");
    return length > size && strncmp(r->name + length - size, "-quick", size) == 0;
}

static void note_published(const report *p, const results *r, text *notes) {
    const published_list *published = p->request->published;
    for (size_t i = 0; published && i < published->count; i++) {
        const published_row *row = &published->items[i];
        if (!row->run || strcmp(row->run, r->name) != 0 || strcmp(row->outcome, "not reproduced") != 0)
            continue;
        text theirs = {0}, ours = {0}, limits = {0};
        report_published_numbers(row, &theirs, &ours, &limits);
        text_append(notes, "Missed its band: %s, %s, %s: ours %s, published %s.\n", row->source, row->task, row->cell,
                    ours.data ? ours.data : "", theirs.data ? theirs.data : "");
        text_free(&theirs);
        text_free(&ours);
        text_free(&limits);
    }
}

gb_status report_notes(report *p, report_section *s) {
    const results *r = s->r;
    text changes = {0};
    size_t missing = 0;
    const evidence planned = {.source = r, .runs = r->planned};
    if (is_quick(r))
        text_append(&s->notes,
                    "Scaled down and provisional: the profile quick is made to run in minutes and decides nothing.\n");
    if (strchr(r->name, '+'))
        text_append(&s->notes, "Not the recipe's own settings: %s.\n", strchr(r->name, '+') + 1);
    for (size_t row = 0; row < r->planned.rows; row++)
        missing += evidence_fate(&planned, row) == TRIAL_MISSING;
    if (missing)
        text_append(&s->notes, "Unfinished: %zu of %zu planned trials are missing.\n", missing, r->planned.rows);
    note_published(p, r, &s->notes);
    for (size_t f = 0; f < REPORT_FACTS; f++) {
        const char *value = report_fact_of(r, f);
        if (strcmp(value, p->facts[f].common) != 0)
            text_append(&s->notes, "Different from most runs: %s %s.\n", p->facts[f].title, *value ? value : "unknown");
    }
    gb_status status = declared_changes_of_all(p->context, r, &changes);
    int length;
    for (const char *at = changes.data, *line; status == GB_OK && (line = text_line(&at, &length));)
        text_append(&s->notes, "Not declared beforehand: %.*s\n", length, line);
    s->notes.failed |= changes.failed;
    text_free(&changes);
    return status == GB_MEMORY ? status : GB_OK;
}
