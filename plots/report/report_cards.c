/* SPDX-License-Identifier: MIT */
/* The first screen: one card per claim, or per comparison of a run without a claim. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "results/store/run_provenance.h"
#include "support/file.h"
#include "support/name_list.h"

const char *report_kind(const char *outcome) {
    static const struct {
        const char *begins, *kind;
    } kinds[] = {{"supported", "yes"},     {"reproduced", "yes"},     {"equivalent", "yes"}, {"refuted", "no"},
                 {"not reproduced", "no"}, {"conditional", "partly"}, {"depends", "partly"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(outcome, kinds[i].begins, strlen(kinds[i].begins)))
            return kinds[i].kind;
    const char *end = strstr(outcome, "better"); /* "gru better" is an answer, too */
    return end ? "yes" : "open";
}

const char *report_side_kind(finding_side side) {
    return side == FINDING_FOR ? "yes" : side == FINDING_AGAINST ? "no" : "open";
}

/* The number of bytes, up to a comma, with which all names begin; or from a comma on, with which all end. */
static size_t shared_start(const char *const *names, size_t count) {
    size_t end = 0;
    for (size_t i = 0; count > 1 && names[0][i]; i++) {
        for (size_t k = 1; k < count; k++)
            if (names[k][i] != names[0][i])
                return end;
        end = i && names[0][i] == ' ' && names[0][i - 1] == ',' ? i + 1 : end;
    }
    return count > 1 ? end : 0;
}

static size_t shared_end(const char *const *names, size_t count) {
    size_t most = count > 1 ? strlen(names[0]) : 0, found = 0;
    for (size_t i = 1; i <= most; i++) {
        char c = names[0][strlen(names[0]) - i];
        for (size_t k = 1; k < count; k++)
            if (strlen(names[k]) < i || names[k][strlen(names[k]) - i] != c)
                return found;
        found = c == ',' ? i : found;
    }
    return found == most ? 0 : found;
}

bool report_short_names(const finding_list *list, bool drawn_only, char ***names) {
    const char **drawn = calloc(list->count + 1, sizeof *drawn);
    char **shorts = calloc(list->count + 1, sizeof *shorts);
    size_t count = 0;
    bool ok = drawn && shorts;
    for (size_t i = 0; ok && i < list->count; i++)
        if (!drawn_only || isfinite(list->items[i].value.estimate))
            drawn[count++] = list->items[i].what;
    bool differ = false; /* one name in several matchings is kept whole */
    for (size_t i = 1; ok && i < count; i++)
        differ |= strcmp(drawn[i], drawn[0]) != 0;
    count = differ ? count : 0;
    size_t start = ok ? shared_start(drawn, count) : 0, end = ok ? shared_end(drawn, count) : 0;
    for (size_t i = 0; ok && i < list->count; i++) {
        const char *name = list->items[i].what;
        size_t length = strlen(name);
        bool is_shared = start + end < length && (!drawn_only || isfinite(list->items[i].value.estimate));
        shorts[i] = is_shared ? strndup(name + start, length - start - end) : strdup(name);
        ok = shorts[i] != NULL;
    }
    free(drawn);
    if (!ok && shorts)
        file_free_list(shorts);
    *names = ok ? shorts : NULL;
    return ok;
}

const finding_list *report_card_findings(const report_card *card) {
    return card->verdict ? &card->verdict->findings : &card->own;
}

static const char *or_empty(const text *t) {
    return t->data ? t->data : "";
}

static void capitalise(text *t) {
    if (t->data && t->data[0] >= 'a' && t->data[0] <= 'z')
        t->data[0] = (char)(t->data[0] - 'a' + 'A');
}

/* Whether a sentence begins with the name of a cell of these runs, which is not written with a capital. */
static bool begins_with_cell(const report *p, const char *sentence) {
    const size_t length = strcspn(sentence, " ,;:");
    for (size_t i = 0; i < p->section_count; i++)
        for (size_t row = 0; row < p->sections[i].r->runs.rows; row++) {
            const char *cell = table_text(&p->sections[i].r->runs, row, "cell");
            if (strlen(cell) == length && strncmp(cell, sentence, length) == 0)
                return true;
        }
    return false;
}

static report_card *add_card(report *p) {
    report_card *grown = realloc(p->cards, (p->card_count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    p->cards = grown;
    report_card *card = &grown[p->card_count++];
    *card = (report_card){.kind = "open"};
    return card;
}

static gb_status no_memory(report *p) {
    return gb_fail(p->context, GB_MEMORY, "out of memory for the report");
}

static bool is_fed_by(const verdict *v, const results *r) {
    for (size_t i = 0; i < v->findings.count; i++)
        if (strcmp(v->findings.items[i].run, r->name) == 0)
            return true;
    return false;
}

static bool has_evidence(const verdict *v) {
    return strcmp(v->outcome, "no evidence") != 0;
}

/* "order-quick; matched by width". */
static void say_rests(const report *p, const verdict *v, text *rests) {
    size_t count = 0;
    for (size_t i = 0; i < p->section_count; i++)
        if (is_fed_by(v, p->sections[i].r))
            text_append(rests, "%s%s", count++ ? ", " : "", p->sections[i].r->name);
    if (count && v->matching && *v->matching)
        text_append(rests, "; cells matched by %s", v->matching);
}

static gb_status add_verdict(report *p, const verdict *v) {
    char stem[REPORT_STEM];
    report_card *card = add_card(p);
    if (!card)
        return no_memory(p);
    snprintf(card->outcome, sizeof card->outcome, "%s", v->outcome);
    card->kind = report_kind(v->outcome);
    card->verdict = v;
    card->provisional = v->provisional && has_evidence(v);
    text_append(&card->title, "%s", v->title && *v->title ? v->title : v->statement ? v->statement : "");
    const char *brief = has_evidence(v) && v->brief && *v->brief ? v->brief : v->words ? v->words : "";
    text_append(&card->sentence, "%s.", brief);
    if (!begins_with_cell(p, brief))
        capitalise(&card->sentence);
    say_rests(p, v, &card->rests);
    p->provisional |= card->provisional;
    snprintf(stem, sizeof stem, "claim-%s", v->id);
    for (char *c = stem; *c; c++)
        *c = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", *c) ? *c : '_';
    snprintf(card->id, sizeof card->id, "%.60s", stem + strlen("claim-")); /* in links and names of files */
    return report_draw_forest(p, &v->findings, "gatebench verdict -v", stem, &card->figure);
}

/* One result of a comparison as a row. */
static void add_result(const compare_answer *a, const compare_result *r, bool pairs, const char *run,
                       finding_list *list) {
    char words[320];
    text what = {0};
    const comparison *c = &r->difference;
    const char *group = r->group && *r->group ? r->group : r->group ? "" : "all settings, each seed once";
    size_t skip = strncmp(group, "equal ", 6) == 0 && *r->matching ? strcspn(group, ",") : 0; /* said by the column */
    group += skip;
    group += strspn(group, ", ");
    if (pairs)
        text_append(&what, "%s and %s", r->a, r->b);
    text_append(&what, "%s%s", pairs && *group ? ", " : "", group);
    finding *f = findings_add(list, what.length ? what.data : a->question.metric, run, r->matching);
    compare_words(&a->found, r, words, sizeof words);
    words[strcspn(words, "(:;")] = '\0';
    if (!a->found.of_solving && c->word != VERDICT_UNDECIDED && c->word != VERDICT_EQUIVALENT)
        snprintf(words, sizeof words, "%s better", c->word == VERDICT_A_BETTER ? r->a : r->b);
    else if (!a->found.of_solving)
        snprintf(words, sizeof words, "%s", c->word == VERDICT_EQUIVALENT ? "equivalent" : "undecided");
    size_t length = strlen(words);
    while (length && words[length - 1] == ' ')
        words[--length] = '\0';
    snprintf(f->word, sizeof f->word, "%.39s", words);
    f->side = strncmp(words, "undecided", 9) == 0 || strncmp(words, "neither", 7) == 0 ? FINDING_OPEN : FINDING_FOR;
    if (!a->found.of_solving)
        f->value = c->difference;
    text_free(&what);
}

static void list_results(const compare_answer *a, const char *run, finding_list *list) {
    const compare_findings *found = &a->found;
    bool pairs = false;
    for (size_t i = 1; i < found->count; i++)
        pairs |= strcmp(found->items[i].a, found->items[0].a) != 0 || strcmp(found->items[i].b, found->items[0].b) != 0;
    for (size_t i = 0; i < found->count; i++)
        add_result(a, &found->items[i], pairs, run, list);
    double margin = a->question.margin;
    const compare_result *first = &found->items[0];
    findings_scale(list, -margin, margin, isnan(margin) || found->of_solving ? "" : "equivalent",
                   pairs ? "difference in %s, first less second" : "difference in %s, %s less %s", a->question.metric,
                   first->a, first->b);
}

/* The common outcome of all rows, or "depends on the setting". */
static void set_outcome(report_card *card) {
    const finding_list *list = &card->own;
    const char *word = list->count ? list->items[0].word : "undecided";
    for (size_t i = 1; i < list->count; i++)
        if (strcmp(list->items[i].word, word) != 0)
            word = "depends on the setting";
    snprintf(card->outcome, sizeof card->outcome, "%s", word);
    card->kind = strcmp(word, "depends on the setting") == 0 ? "partly" : report_side_kind(list->items[0].side);
}

/* "gru better in 3 of 9 comparisons, undecided in 6." */
static void say_tally(const finding_list *list, text *sentence) {
    name_list words = {0};
    for (size_t i = 0; i < list->count; i++) {
        size_t count = 0;
        if (names_have(&words, list->items[i].word))
            continue;
        for (size_t k = i; k < list->count; k++)
            count += strcmp(list->items[k].word, list->items[i].word) == 0;
        text_append(sentence, "%s%s in %zu", words.count ? ", " : "", list->items[i].word, count);
        if (!words.count)
            text_append(sentence, " of %zu comparisons", list->count);
        sentence->failed |= names_index(&words, list->items[i].word) == SIZE_MAX;
    }
    text_append(sentence, ".");
    names_free(&words);
}

/* "gru better by 0.016." The name of a cell is not capitalised. */
static void say_line(const compare_answer *a, const compare_result *r, text *sentence) {
    char words[320];
    compare_words(&a->found, r, words, sizeof words);
    text_append(sentence, "%s.", words);
    if (strncmp(words, r->a, strlen(r->a)) != 0 && strncmp(words, r->b, strlen(r->b)) != 0)
        capitalise(sentence);
}

static gb_status add_comparison(report *p, report_section *s, const compare_answer *a, size_t number) {
    char stem[REPORT_STEM];
    const compare_result *last = &a->found.items[a->found.count - 1];
    report_card *card = add_card(p);
    if (!card)
        return no_memory(p);
    list_results(a, s->r->name, &card->own);
    snprintf(card->id, sizeof card->id, "%.60s-%u", s->anchor, (unsigned)number);
    if (a->question.a && a->question.b)
        text_append(&card->title, "%s or %s by %s", a->question.a, a->question.b, a->question.metric);
    else
        text_append(&card->title, "Which cell by %s", a->question.metric);
    set_outcome(card);
    if (a->found.count > 1)
        say_tally(&card->own, &card->sentence);
    else
        say_line(a, last, &card->sentence);
    text_append(&card->rests, "%s, %zu pair%s by seed", s->r->name, last->pairs, last->pairs == 1 ? "" : "s");
    if (!isnan(a->question.margin) && !a->found.of_solving)
        text_append(&card->rests, "; margin %g, %s", a->question.margin, a->margin_from);
    snprintf(stem, sizeof stem, "%.60s-comparison-%zu", s->anchor, number);
    text command = {0};
    text_append(&command, "gatebench compare %s", s->r->name);
    gb_status status = report_draw_forest(p, &card->own, command.data ? command.data : "", stem, &card->figure);
    text_free(&command);
    return card->own.failed ? no_memory(p) : status;
}

/* The comparisons of a run, as its recipe declares or cell by cell. A run without a possible comparison has no card. */
static gb_status add_comparisons(report *p, report_section *s, bool declared_only) {
    compare_run run;
    const compare_request request = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}};
    gb_status status = compare_results(p->context, &request, s->r, &run);
    bool asked = !declared_only || run.declared.count;
    for (size_t i = 0; asked && status == GB_OK && i < run.count; i++)
        status = add_comparison(p, s, &run.answers[i], i + 1);
    compare_close(&run);
    return status == GB_INVALID ? GB_OK : status;
}

/* What an outcome says of one claim, and of several. */
static const struct {
    const char *outcome, *one, *several;
} answers[] = {{"supported", "holds", "hold"},
               {"conditional", "holds only in some settings", "hold only in some settings"},
               {"refuted", "does not hold", "do not hold"},
               {"undecided", "is undecided", "are undecided"},
               {"no evidence", "is without evidence", "are without evidence"},
               {"not applicable", "is not applicable", "are not applicable"}};

/* "2 hold only in some settings (C1, C3)"; nothing when no claim has that outcome. */
static void say_count(report *p, size_t all, size_t which) {
    text names = {0};
    size_t count = 0, before = 0;
    for (size_t i = 0; i < p->card_count; i++) {
        const report_card *card = &p->cards[i];
        if (card->verdict && strcmp(card->outcome, answers[which].outcome) == 0)
            text_append(&names, "%s%s", count++ ? ", " : "", card->id);
        for (size_t k = 0; k < which; k++)
            before += card->verdict && strcmp(card->outcome, answers[k].outcome) == 0;
    }
    if (count && all == 1)
        text_append(&p->answer, "%s", answers[which].one);
    else if (count)
        text_append(&p->answer, "%s%zu %s (%s)", before ? ", " : "", count,
                    count == 1 ? answers[which].one : answers[which].several, or_empty(&names));
    p->answer.failed |= names.failed;
    text_free(&names);
}

/* "Of 6 claims about these cells 2 hold only in some settings (C1, C3), ...". */
static void say_answer(report *p) {
    size_t all = 0;
    for (size_t i = 0; i < p->card_count; i++)
        all += p->cards[i].verdict != NULL;
    for (size_t i = 0; i < p->card_count; i++)
        if (!p->cards[i].verdict)
            text_append(&p->answer, "%s%s: %s.", p->answer.length ? " " : "", or_empty(&p->cards[i].title),
                        p->cards[i].outcome);
    if (!all)
        return;
    text_append(&p->answer, p->answer.length ? " " : "");
    if (all == 1)
        text_append(&p->answer, "The claim that it concerns ");
    else
        text_append(&p->answer, "Of %zu claims about these cells ", all);
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++)
        say_count(p, all, k);
    text_append(&p->answer, ".");
}

static void set_title(report *p, bool whole, bool judged) {
    const results *first = p->section_count ? p->sections[0].r : NULL;
    if (p->section_count == 1 && !whole)
        text_append(&p->title, "%s", first->title && *first->title ? first->title : first->name);
    else if (whole || judged || !p->section_count)
        text_append(&p->title, "RNN, LSTM or GRU?");
    else
        text_append(&p->title, "%zu experiments", p->section_count);
    say_answer(p);
}

gb_status report_cards(report *p) {
    const verdict_list *verdicts = p->request->verdicts;
    size_t judged = 0;
    for (size_t i = 0; verdicts && i < verdicts->count; i++)
        judged += has_evidence(&verdicts->items[i]);
    bool whole = judged && !p->request->chosen;
    bool own = !judged || (p->request->chosen && p->section_count == 1);
    for (size_t i = 0; own && i < p->section_count; i++)
        GB_TRY(add_comparisons(p, &p->sections[i], judged > 0));
    for (size_t i = 0; verdicts && i < verdicts->count; i++)
        if (whole || has_evidence(&verdicts->items[i]))
            GB_TRY(add_verdict(p, &verdicts->items[i]));
    set_title(p, whole, judged > 0);
    return GB_OK;
}
