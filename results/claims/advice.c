/* SPDX-License-Identifier: MIT */
#include "results/claims/advice.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/claims.h"
#include "results/claims/matrix.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/name_list.h"
#include "support/yaml.h"

enum { CELLS = 3, PAIRS = 3 };
static const char *const cells[CELLS] = {"rnn", "gru", "lstm"};
static const int pairs[PAIRS][2] = {{1, 2}, {0, 1}, {0, 2}};

/* The tendency of a pair of cells over the tasks and the budget in question. */
typedef enum tendency { NOT_COMPARED, UNKNOWN, FIRST, SECOND, EQUAL, MIXED } tendency;

typedef struct advisor {
    gb_context *context;
    yaml_document *document; /* advice.yaml */
    verdict_matrix matrices[PAIRS];
    verdict_list claims;
} advisor;

static void close_advisor(advisor *a) {
    for (size_t i = 0; i < PAIRS; i++)
        matrix_free(&a->matrices[i]);
    verdicts_free(&a->claims);
    yaml_free(a->document);
}

static gb_status read_advice(advisor *a) {
    char path[PATH_MAX];
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    GB_TRY(file_find_shared(a->context, "advice.yaml", path, sizeof path));
    gb_status status = yaml_read(a->context, path, &a->document, &errors);
    if (status == GB_INVALID && errors.text)
        status = gb_fail(a->context, GB_INVALID, "%s", errors.text);
    return status;
}

/* Computes the verdicts that the advice rests on: by far the most expensive part. */
static gb_status judge(advisor *a, results *const *all, size_t count) {
    char path[PATH_MAX];
    for (size_t i = 0; i < PAIRS; i++)
        GB_TRY(matrix_judge(a->context, all, count, cells[pairs[i][0]], cells[pairs[i][1]], &a->matrices[i]));
    GB_TRY(file_find_shared(a->context, "claims.yaml", path, sizeof path));
    return verdicts_judge(a->context, path, all, count, &a->claims);
}

/* True if a list of the node contains the word. */
static bool lists(const yaml_node *node, const char *key, const char *word) {
    const yaml_node *list = yaml_get(node, key);
    for (size_t i = 0; list && i < list->count; i++)
        if (list->children[i].text && strcmp(list->children[i].text, word) == 0)
            return true;
    return false;
}

/* The entry with this name, for a kind also that of this task; NULL with *status GB_OK: any. */
static const yaml_node *find_entry(const advisor *a, const char *section, const char *name, gb_status *status) {
    const yaml_node *list = yaml_get(&a->document->root, section);
    CLEANUP(text_free) text known = {0};
    for (size_t i = 0; name && list && i < list->count; i++) {
        const yaml_node *entry = &list->children[i];
        if (strcmp(yaml_text(entry, "name", ""), name) == 0 || lists(entry, "tasks", name))
            return entry;
        text_append(&known, "%s%s", i ? ", " : "", yaml_text(entry, "name", ""));
    }
    if (name && !*status)
        *status = gb_fail(a->context, GB_INVALID, "'%s' is not one of the %s of advice.yaml: %s", name, section,
                          known.data ? known.data : "");
    return NULL;
}

static bool is_of_kind(const yaml_node *kind, const char *task) {
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(task, " "), task);
    return !kind || lists(kind, "tasks", name);
}

enum { TASKS_NAMED = 3 }; /* tasks listed for each outcome; `verdict --matrix` lists all */

/* The count of each outcome, and the first tasks in words. */
typedef struct tally {
    size_t outcomes[MATRIX_UNDECIDED + 1];
    text tasks[MATRIX_UNDECIDED + 1];
    bool provisional, failed;
} tally;

static void add_cell(tally *t, const matrix_row *row, const matrix_cell *cell, const char *matching) {
    text *tasks = &t->tasks[cell->word];
    t->outcomes[cell->word]++;
    t->provisional = t->provisional || cell->provisional;
    if (t->outcomes[cell->word] > TASKS_NAMED)
        return;
    text_append(tasks, "%s%s at equal %s%s", tasks->length ? ", " : "", row->task,
                strcmp(matching, "time") == 0 ? "core " : "", matching);
    if (cell->word == MATRIX_UNDECIDED && cell->more_seeds && cell->more_seeds < 9999)
        text_append(tasks, " (about %zu more seed%s would decide)", cell->more_seeds, cell->more_seeds == 1 ? "" : "s");
    t->failed |= tasks->failed;
}

static void count_cells(const verdict_matrix *m, const yaml_node *kind, const char *budget, tally *t) {
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
            if (m->rows[i].cells[k].word != MATRIX_NOT_RUN && is_of_kind(kind, m->rows[i].task) &&
                (!budget || strcmp(budget, matrix_matchings[k]) == 0))
                add_cell(t, &m->rows[i], &m->rows[i].cells[k], matrix_matchings[k]);
}

static tendency tendency_of(const tally *t) {
    bool first = t->outcomes[MATRIX_A_BETTER] > 0, second = t->outcomes[MATRIX_B_BETTER] > 0;
    if (first || second)
        return first && second ? MIXED : first ? FIRST : SECOND;
    if (t->outcomes[MATRIX_UNDECIDED])
        return UNKNOWN;
    return t->outcomes[MATRIX_EQUIVALENT] ? EQUAL : NOT_COMPARED;
}

/* "gru or lstm: gru better on copy blanks 30 at equal width; equivalent on ...". */
static void write_pair(const verdict_matrix *m, const tally *t, text *out) {
    static const matrix_outcome order[] = {MATRIX_A_BETTER, MATRIX_B_BETTER, MATRIX_EQUIVALENT, MATRIX_UNDECIDED};
    const char *separator = ": ";
    text_append(out, "%s or %s", m->a, m->b);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        char word[96];
        const matrix_cell cell = {.word = order[i]};
        if (!t->outcomes[order[i]])
            continue;
        matrix_word(m, &cell, word, sizeof word);
        text_append(out, "%s%s on %s", separator, word, t->tasks[order[i]].data);
        if (t->outcomes[order[i]] > TASKS_NAMED)
            text_append(out, " and %zu more", t->outcomes[order[i]] - TASKS_NAMED);
        separator = "; ";
    }
    text_append(out, "%s%s.\n", *separator == ':' ? ": not compared" : "",
                t->provisional ? " (provisional: quick runs)" : "");
}

/* A cell that is better than or equivalent to both others. */
static bool holds_up(const tendency *of, int cell) {
    for (size_t i = 0; i < PAIRS; i++) {
        tendency wins = pairs[i][0] == cell ? FIRST : SECOND;
        if ((pairs[i][0] == cell || pairs[i][1] == cell) && of[i] != wins && of[i] != EQUAL)
            return false;
    }
    return true;
}

/* The runs that could decide it; for equal state those of the kind's own list, if any. */
static void write_remedy(const yaml_node *kind, const char *budget, bool measured, text *out) {
    const yaml_node *recipes = NULL;
    if (kind)
        recipes = yaml_get(kind, budget && strcmp(budget, "state") == 0 ? "state" : "recipes");
    text_append(out, measured ? "The verdicts do not decide this."
                              : "The verdicts do not decide this: no such comparison was run.");
    for (size_t i = 0; recipes && i < recipes->count; i++)
        text_append(out, "%s`gatebench run %s full%s`%s",
                    i          ? ", "
                    : measured ? " More seeds may decide it: "
                               : " To decide it: ",
                    recipes->children[i].text, measured ? " --until decided --max-seeds 30" : "",
                    i + 1 == recipes->count ? "." : "");
    text_append(out, "\n");
}

/* How the basic RNN compares with the better one of gru and lstm, which does not hold up against it. */
static const char *rnn_words(tendency rnn_first) {
    switch (rnn_first) {
    case NOT_COMPARED:
        return "the basic rnn was not compared with it";
    case FIRST:
        return "the basic rnn is better than it";
    case MIXED:
        return "the basic rnn is better than it on some of these and worse on others";
    default:
        return "the basic rnn is undecided";
    }
}

/* The first sentence: the cell to use, if the pairs decide it. measured: whether any pair was compared. */
static void conclude(const tendency *of, bool provisional, bool measured, const yaml_node *kind, const char *budget,
                     text *out) {
    const char *so_far = provisional ? " (so far, from quick runs)" : "";
    CLEANUP(text_free) text best = {0};
    size_t count = 0;
    for (int c = 0; c < CELLS; c++)
        if (holds_up(of, c)) {
            text_append(&best, "%s%s", count ? " or " : "", cells[c]);
            count++;
        }
    if (count)
        text_append(out, "Use %s%s%s.\n", best.data, count > 1 ? ", which are equivalent" : "", so_far);
    else if (of[0] == FIRST || of[0] == SECOND)
        text_append(out, "Of gru and lstm use %s%s; %s.\n", cells[pairs[0][of[0] == SECOND]], so_far,
                    rnn_words(of[of[0] == SECOND ? 2 : 1]));
    else if (of[0] == MIXED)
        text_append(out, "It depends on the task%s: neither gru nor lstm is better on all of these%s.\n",
                    budget ? "" : " or on what is limited", so_far);
    else
        write_remedy(kind, budget, measured, out);
    out->failed |= best.failed;
}

static void answer(const advisor *a, const yaml_node *kind, const char *budget, const char *bullet, text *out) {
    tally tallies[PAIRS] = {0};
    tendency of[PAIRS];
    bool provisional = false, any = false;
    for (size_t i = 0; i < PAIRS; i++) {
        count_cells(&a->matrices[i], kind, budget, &tallies[i]);
        of[i] = tendency_of(&tallies[i]);
        provisional = provisional || tallies[i].provisional;
        for (size_t k = MATRIX_A_BETTER; k <= MATRIX_UNDECIDED; k++)
            any = any || tallies[i].outcomes[k];
    }
    conclude(of, provisional, any, kind, budget, out);
    for (size_t i = 0; i < PAIRS; i++) {
        if (any) {
            text_append(out, "%s", bullet);
            write_pair(&a->matrices[i], &tallies[i], out);
        }
        out->failed |= tallies[i].failed;
        for (size_t k = 0; k <= MATRIX_UNDECIDED; k++)
            text_free(&tallies[i].tasks[k]);
    }
}

/* The claim about what matters to the user, in its own words. */
static void write_claim(const advisor *a, const yaml_node *matters, text *out) {
    const char *id = yaml_text(matters, "claim", NULL);
    for (size_t i = 0; id && i < a->claims.count; i++) {
        const verdict *v = &a->claims.items[i];
        if (strcmp(v->id, id) == 0)
            text_append(out, "%s, claim %s (%s): %s: %s.\n", yaml_text(matters, "like", ""), id, v->title, v->outcome,
                        v->words);
    }
}

gb_status advice_answer(gb_context *context, results *const *all, size_t count, const advice_question *question,
                        text *out) {
    advisor a = {.context = context};
    gb_status status = read_advice(&a);
    const yaml_node *kind = status ? NULL : find_entry(&a, "kinds", question->kind, &status);
    const yaml_node *budget = status ? NULL : find_entry(&a, "budgets", question->budget, &status);
    const yaml_node *matters = status ? NULL : find_entry(&a, "matters", question->matters, &status);
    if (!status) /* the names are valid */
        status = judge(&a, all, count);
    if (!status) {
        answer(&a, kind, budget ? yaml_text(budget, "name", NULL) : NULL, "", out);
        if (matters)
            write_claim(&a, matters, out);
    }
    close_advisor(&a);
    return status ? status : out->failed ? gb_fail(context, GB_MEMORY, "out of memory for the advice") : GB_OK;
}

static void write_kind(const advisor *a, const yaml_node *kind, text *out) {
    const yaml_node *budgets = yaml_get(&a->document->root, "budgets");
    text_append(out, "\n## %s: %s\n\n", yaml_text(kind, "name", ""), yaml_text(kind, "like", ""));
    for (size_t i = 0; budgets && i < budgets->count; i++) {
        const yaml_node *budget = &budgets->children[i];
        text_append(out, "**Limited: %s.** ", yaml_text(budget, "like", ""));
        answer(a, kind, yaml_text(budget, "name", ""), "* ", out);
        text_append(out, "\n");
    }
}

gb_status advice_page(gb_context *context, results *const *all, size_t count, text *out) {
    advisor a = {.context = context};
    gb_status status = read_advice(&a);
    if (!status)
        status = judge(&a, all, count);
    if (!status) {
        const yaml_node *root = &a.document->root, *kinds = yaml_get(root, "kinds"),
                        *matters = yaml_get(root, "matters");
        text_append(out, "# %s\n\n%s\n\nWritten by `gatebench advise --page`.\n", yaml_text(root, "title", ""),
                    yaml_text(root, "intro", ""));
        for (size_t i = 0; kinds && i < kinds->count; i++)
            write_kind(&a, &kinds->children[i], out);
        text_append(out, "## If something else matters\n\n");
        for (size_t i = 0; matters && i < matters->count; i++)
            if (yaml_text(&matters->children[i], "claim", NULL)) {
                text_append(out, "* ");
                write_claim(&a, &matters->children[i], out);
            }
    }
    close_advisor(&a);
    return status ? status : out->failed ? gb_fail(context, GB_MEMORY, "out of memory for the page") : GB_OK;
}
