/* SPDX-License-Identifier: MIT */
/* The matrices of the page: two cells on every task under each matching, and the findings behind the cards. */
#include "plots/report/report.h"
#include "support/name_list.h"

#include <string.h>

static const char *or_empty(const text *t) {
    return t->data ? t->data : "";
}

static void append_word(text *page, const verdict_matrix *m, const matrix_cell *c) {
    static const char *const kinds[] = {[MATRIX_NOT_RUN] = "open",
                                        [MATRIX_A_BETTER] = "lead",
                                        [MATRIX_B_BETTER] = "lead",
                                        [MATRIX_EQUIVALENT] = "yes",
                                        [MATRIX_UNDECIDED] = "open"};
    char word[96];
    matrix_word(m, c, word, sizeof word);
    report_html_outcome(page, word, kinds[c->word]);
}

static void append_task_cell(text *page, const verdict_matrix *m, const matrix_cell *c) {
    text_append(page, "<td>");
    if (c->word != MATRIX_NOT_RUN)
        append_word(page, m, c);
    text_append(page, c->word == MATRIX_NOT_RUN ? "–</td>" : c->provisional ? " provisional</td>" : "</td>");
}

/* Whether the settings of a task, "recall gap 30", are of the same task as those of another. */
static bool same_task(const matrix_row *a, const matrix_row *b) {
    size_t length = strcspn(a->task, " ");
    return strcspn(b->task, " ") == length && memcmp(a->task, b->task, length) == 0;
}

/* How often each outcome occurs in the column of a task: "✓ equivalent 14, ○ undecided 3". */
static void append_tally(text *page, const verdict_matrix *m, size_t first, size_t column) {
    bool any = false, provisional = false;
    text_append(page, "<td>");
    for (int word = 0; word <= MATRIX_UNDECIDED; word++) {
        size_t count = 0;
        const matrix_cell *shown = NULL;
        for (size_t i = 0; i < m->count; i++) {
            const matrix_cell *c = &m->rows[i].cells[column];
            if (!same_task(&m->rows[first], &m->rows[i]) || c->word != (matrix_outcome)word)
                continue;
            shown = c;
            count++;
            provisional |= c->provisional && word != MATRIX_NOT_RUN;
        }
        if (!count || word == MATRIX_NOT_RUN)
            continue;
        text_append(page, any ? "<br/>" : "");
        any = true;
        append_word(page, m, shown);
        text_append(page, " in %zu", count);
    }
    text_append(page, !any ? "–</td>" : provisional ? " provisional</td>" : "</td>");
}

/* Two cells on every setting of every task, or one row per task; only the columns under which some task was run. */
static void append_tasks(text *page, const verdict_matrix *m, bool together) {
    bool has[MATRIX_MATCHINGS] = {false};
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
            has[k] |= m->rows[i].cells[k].word != MATRIX_NOT_RUN;
    text_append(page, "<div class=\"wide\" tabindex=\"0\"><table class=\"sortable\"><thead><tr>"
                      "<th scope=\"col\">Task</th>");
    for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
        if (has[k])
            text_append(page, "<th scope=\"col\">equal %s%s</th>", k == MATRIX_TIME ? "core " : "",
                        matrix_matchings[k]);
    text_append(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < m->count; i++) {
        size_t settings = 0, before = 0;
        for (size_t k = 0; together && k < m->count; k++) {
            settings += same_task(&m->rows[i], &m->rows[k]);
            before += k < i && same_task(&m->rows[i], &m->rows[k]);
        }
        if (before)
            continue;
        text name = {0};
        if (settings > 1)
            text_append(&name, "%.*s, %zu settings", (int)strcspn(m->rows[i].task, " "), m->rows[i].task, settings);
        else
            text_append(&name, "%s", m->rows[i].task);
        text_append(page, "<tr><th scope=\"row\">");
        names_append_html(page, or_empty(&name));
        text_append(page, "</th>");
        page->failed |= name.failed;
        text_free(&name);
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
            if (has[k] && settings > 1)
                append_tally(page, m, i, k);
            else if (has[k])
                append_task_cell(page, m, &m->rows[i].cells[k]);
        text_append(page, "</tr>\n");
    }
    text_append(page, "</tbody></table></div>\n");
}

/* One row per task, and, folded, one row per setting where a task has several. */
static void append_all_tasks(text *page, const verdict_matrix *m) {
    bool several = false;
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < i; k++)
            several |= same_task(&m->rows[i], &m->rows[k]);
    append_tasks(page, m, true);
    text_append(
        page,
        "<p class=\"note\">✓ equivalent within the margin that was declared, ◆ one is better, ○ "
        "undecided. Equal width: the same number of hidden units; equal parameters: the same number of weights.</p>\n");
    if (several) {
        text_append(page, "<details><summary>Setting by setting</summary>\n");
        append_tasks(page, m, false);
        text_append(page, "</details>\n");
    }
}

/* The word of a row under a matching. */
static const finding *find_cell(const finding_list *list, const char *what, const char *matching) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].what, what) == 0 && strcmp(list->items[i].matching, matching) == 0)
            return &list->items[i];
    return NULL;
}

static void append_matrix_cell(text *page, const finding *f, size_t span) {
    if (span > 1)
        text_append(page, "<td colspan=\"%zu\">", span);
    else
        text_append(page, "<td>");
    if (f)
        report_html_outcome(page, f->word, report_side_kind(f->side));
    text_append(page, f ? "</td>" : "–</td>");
}

/* The rows of one card: one task, setting or quantity each. */
static void append_matrix_rows(text *page, const report_card *card, const name_list *matchings) {
    const finding_list *list = report_card_findings(card);
    name_list rows = {0};
    for (size_t i = 0; i < list->count; i++)
        page->failed |= names_index(&rows, list->items[i].what) == SIZE_MAX;
    for (size_t row = 0; row < rows.count; row++) {
        text_append(page, "<tr>");
        if (row == 0) {
            text_append(page, "<th scope=\"rowgroup\" rowspan=\"%zu\"><a href=\"#%s\">", rows.count, card->id);
            names_append_html(page, card->verdict ? card->id : or_empty(&card->title));
            text_append(page, "</a></th>");
        }
        text_append(page, "<th scope=\"row\">");
        names_append_html(page, rows.items[row]);
        text_append(page, "</th>");
        const finding *any = find_cell(list, rows.items[row], "");
        size_t columns = matchings->count ? matchings->count : 1;
        if (any)
            append_matrix_cell(page, any, columns);
        for (size_t m = 0; !any && m < matchings->count; m++)
            append_matrix_cell(page, find_cell(list, rows.items[row], matchings->items[m]), 1);
        text_append(page, "</tr>\n");
    }
    names_free(&rows);
}

/* The findings behind the cards, one row each. */
static void append_findings(const report *p, text *page) {
    name_list matchings = {0};
    size_t rows = 0;
    for (size_t c = 0; c < p->card_count; c++) {
        const finding_list *list = report_card_findings(&p->cards[c]);
        rows += list->count;
        for (size_t i = 0; i < list->count; i++)
            if (*list->items[i].matching)
                page->failed |= names_index(&matchings, list->items[i].matching) == SIZE_MAX;
    }
    if (rows) {
        text_append(page,
                    "<div class=\"wide\" tabindex=\"0\">"
                    "<table class=\"matrix\"><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">"
                    "Task, setting or quantity</th>",
                    p->cards[0].verdict ? "Claim" : "Comparison");
        for (size_t m = 0; m < matchings.count; m++) {
            text_append(page, "<th scope=\"col\">equal ");
            names_append_html(page, matchings.items[m]);
            text_append(page, "</th>");
        }
        text_append(page, "%s</tr></thead>\n", matchings.count ? "" : "<th scope=\"col\">found</th>");
        for (size_t c = 0; c < p->card_count; c++) {
            if (!report_card_findings(&p->cards[c])->count)
                continue;
            text_append(page, "<tbody>");
            append_matrix_rows(page, &p->cards[c], &matchings);
            text_append(page, "</tbody>");
        }
        text_append(page,
                    "</table></div>\n<p class=\"note\">✓ as the claim says, or decided; ✗ against the claim; ○ open. "
                    "Cells of equal width have the same number of hidden units, cells of equal parameters the same "
                    "number of weights.</p>\n");
    }
    names_free(&matchings);
}

void report_html_matrix(const report *p, text *page) {
    const verdict_matrix *m = p->request->matrix;
    bool tasks = m && m->count && (!p->request->chosen || p->section_count > 1);
    text findings = {0}, title = {0};
    append_findings(p, &findings);
    if (tasks)
        text_append(&title, "%s or %s, task by task", m->a, m->b);
    if (tasks || findings.length) {
        text_append(page, "<section id=\"matrix\"><h2>");
        names_append_html(page, tasks ? or_empty(&title) : "Where it holds");
        text_append(page, "</h2>\n");
        if (tasks)
            append_all_tasks(page, m);
        text_append(page, tasks && findings.length ? "<details><summary>Every finding of the claims</summary>\n" : "");
        text_append_bytes(page, or_empty(&findings), findings.length);
        text_append(page, tasks && findings.length ? "</details></section>\n" : "</section>\n");
    }
    page->failed |= findings.failed || title.failed;
    text_free(&findings);
    text_free(&title);
}
