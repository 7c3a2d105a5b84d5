/* SPDX-License-Identifier: MIT */
/* Parts of the page: figures with their data, tables, cards, the papers' numbers. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "support/file.h"
#include "support/name_list.h"

enum { LONGEST_PART = 64 << 20 };

static const char *or_empty(const text *t) {
    return t->data ? t->data : "";
}

/* A sign beside the word, so that colour is never the only cue. */
static const char *sign_of(const char *kind) {
    static const struct {
        const char *kind, *sign;
    } signs[] = {{"yes", "✓"}, {"no", "✗"}, {"partly", "◐"}, {"lead", "◆"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(signs[i].kind, kind) == 0)
            return signs[i].sign;
    return "○";
}

void report_html_outcome(text *page, const char *outcome, const char *kind) {
    text_append(page, "<strong class=\"outcome %s\"><span aria-hidden=\"true\">%s</span> ", kind, sign_of(kind));
    names_append_html(page, outcome);
    text_append(page, "</strong>");
}

void report_html_lines(text *page, const char *lines, const char *element) {
    int length;
    for (const char *line; (line = text_line(&lines, &length));) {
        CLEANUP(text_free) text content = {0};
        text_append_bytes(&content, line, (size_t)length);
        text_append(page, "<%s>", element);
        names_append_html(page, or_empty(&content));
        text_append(page, "</%s>", element);
        page->failed |= content.failed;
    }
}

/* True if a line of the CSV file belongs to a single trial: its third field is like "seed 3". */
static bool is_single_trial(const char *line) {
    size_t length = strcspn(line, "\n");
    const char *seed = memmem(line, length, ",\"seed ", strlen(",\"seed "));
    return length > 0 && line[length] == '\n' && seed;
}

/* The lines of a CSV file, without single trials if it is long. */
static void take_data(const char *csv, size_t longest, text *data) {
    bool shorten = strlen(csv) > longest;
    int length;
    for (const char *line; (line = text_line(&csv, &length));)
        if (!shorten || !is_single_trial(line))
            text_append_bytes(data, line, (size_t)(csv - line));
}

/* Text between tags, whose quotes need no escape: CSV has many. */
static void append_lean(text *page, const char *string) {
    for (const char *c = string; *c; c++) {
        const char *escape = *c == '&' ? "&amp;" : *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : NULL;
        text_append_bytes(page, escape ? escape : c, escape ? strlen(escape) : 1);
    }
}

/* The name of a figure's files; a user's figure may have any name. */
static void append_name(text *page, const report_figure *figure, const char *end) {
    names_append_html(page, figure->stem);
    text_append(page, "%s", end);
}

/* The data of a figure, to read, copy, or save with a script. */
static void append_data(const report *p, text *page, const report_figure *figure, const char *csv) {
    text data = {0};
    take_data(csv, p->longest_data, &data);
    if (figure->command) {
        text_append(page, "<pre><code>");
        names_append_html(page, figure->command);
        text_append(page, "</code></pre>");
    }
    bool held = data.length <= p->longest_data;
    if (data.length < strlen(csv) || !held)
        text_append(page, "<p>%s beside the report's figures, in ",
                    held ? "Without single trials, which are" : "The data are");
    if (data.length < strlen(csv) || !held)
        append_name(page, figure, ".csv.</p>");
    if (held) {
        text_append(page, "<pre class=\"csv\" tabindex=\"0\" data-name=\"");
        append_name(page, figure, ".csv\">");
        append_lean(page, or_empty(&data));
        text_append(page, "</pre>");
    }
    page->failed |= data.failed;
    text_free(&data);
}

/* The bytes of <folder>/<stem>.<ending>; NULL: they cannot be read. */
static char *read_file(report *p, const report_figure *figure, const char *ending) {
    char path[PATH_MAX], *bytes = NULL;
    size_t size = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/%s.%s", p->request->folder, figure->stem, ending) >= sizeof path ||
        file_read(p->context, path, LONGEST_PART, &bytes, &size) != GB_OK)
        return NULL;
    return bytes;
}

static void append_not_drawn(report *p, text *page, const report_figure *figure) {
    text_append(page, "<p class=\"note\">Not drawn: ");
    names_append_html(page, figure->missing ? figure->missing : gb_context_message(p->context));
    text_append(page, "</p>\n");
}

/* The picture of a card; its data are with the evidence. */
static void append_small_figure(report *p, text *page, const report_figure *figure, const char *label) {
    char prefix[32];
    char *svg = figure->missing || !*figure->stem ? NULL : read_file(p, figure, "svg");
    snprintf(prefix, sizeof prefix, "f%zu-", p->pictures + 1);
    p->pictures += svg != NULL;
    if (svg) {
        text_append(page, "<figure>");
        report_svg(page, svg, prefix, label);
        text_append(page, "</figure>\n");
    } else if (*figure->stem) {
        append_not_drawn(p, page, figure);
    }
    free(svg);
}

void report_html_figure(report *p, text *page, const report_figure *figure) {
    if (!*figure->stem)
        return;
    char prefix[32];
    char *svg = figure->missing ? NULL : read_file(p, figure, "svg");
    char *csv = figure->missing ? NULL : read_file(p, figure, "csv");
    snprintf(prefix, sizeof prefix, "f%zu-", p->pictures + 1);
    p->pictures += svg != NULL;
    if (svg && csv) {
        text_append(page, "<figure>");
        report_svg(page, svg, prefix, figure->caption);
        text_append(page, "<figcaption>");
        names_append_html(page, figure->caption);
        text_append(page, "<details class=\"data\"><summary>Data and command</summary>");
        append_data(p, page, figure, csv);
        text_append(page, "</details></figcaption></figure>\n");
    } else {
        append_not_drawn(p, page, figure);
    }
    free(svg);
    free(csv);
}

void report_html_table(text *page, const report_table *t) {
    text_append(page, "<div class=\"wide\" tabindex=\"0\"><table class=\"sortable\"><thead><tr>");
    size_t column = 0;
    for (size_t i = 0; i < t->count; i++) {
        const report_cell *cell = &t->cells[i];
        bool head = i < t->columns, first = column == 0;
        column = column + 1 < t->columns ? column + 1 : 0;
        if (first && i)
            text_append(page, i == t->columns ? "</tr></thead><tbody>\n<tr>" : "</tr>\n<tr>");
        text_append(page, head ? "<th scope=\"col\"%s>" : "<td%s>", cell->number ? " class=\"number\"" : "");
        text_append(page, cell->best ? "<b>" : "");
        names_append_html(page, cell->words);
        text_append(page, cell->best ? "</b>" : "");
        if (cell->interval)
            text_append(page, " <small>%s</small>", cell->interval);
        text_append(page, head ? "</th>" : "</td>");
    }
    text_append(page, "</tr></tbody></table></div>\n<p class=\"note\">");
    names_append_html(page, or_empty(&t->note));
    text_append(page, "</p>\n");
}

/* Everything behind a claim's verdict. */
static void append_evidence(text *page, const verdict *v) {
    text_append(page, "<p>");
    names_append_html(page, v->statement ? v->statement : "");
    text_append(page, "</p>");
    report_html_lines(page, v->words ? v->words : "", "p");
    if (v->evidence && *v->evidence) {
        text_append(page, "<ul>");
        report_html_lines(page, v->evidence, "li");
        text_append(page, "</ul>");
    }
    text_append(page, "<p><b>The rule, fixed before any run.</b> ");
    names_append_html(page, v->rule ? v->rule : "");
    text_append(page, "</p>");
    if (v->changes && *v->changes) {
        text_append(page, "<p><b>Changed after the first trial, so not declared beforehand:</b></p><ul>");
        report_html_lines(page, v->changes, "li");
        text_append(page, "</ul>");
    }
}

static void append_details(report *p, text *page, const report_card *card) {
    char *csv = card->figure.missing || !*card->figure.stem ? NULL : read_file(p, &card->figure, "csv");
    if (card->verdict || csv) {
        text_append(page, "<details class=\"evidence\"><summary>%s</summary>",
                    card->verdict ? csv ? "Evidence, rule and data" : "Evidence and rule" : "Data");
        if (card->verdict)
            append_evidence(page, card->verdict);
        if (csv)
            append_data(p, page, &card->figure, csv);
        text_append(page, "</details>");
    }
    free(csv);
}

static void append_card(report *p, text *page, const report_card *card) {
    text_append(page, "<article class=\"card %s\" id=\"%s\"><h3>", card->kind, card->id);
    if (card->verdict) {
        text_append(page, "<span class=\"id\">");
        names_append_html(page, card->id);
        text_append(page, "</span> ");
    }
    names_append_html(page, or_empty(&card->title));
    text_append(page, "</h3><p>");
    report_html_outcome(page, card->outcome, card->kind);
    text_append(page, "%s</p><p>", card->provisional ? " <span class=\"tag\">provisional</span>" : "");
    names_append_html(page, or_empty(&card->sentence));
    text_append(page, "</p>");
    text label = {0};
    text_append(&label, "%s: %s %s", card->id, card->figure.caption ? card->figure.caption : "",
                or_empty(&card->sentence));
    append_small_figure(p, page, &card->figure, or_empty(&label));
    page->failed |= label.failed;
    text_free(&label);
    if (card->rests.length) {
        text_append(page, "<p class=\"rests\">Based on ");
        names_append_html(page, card->rests.data);
        text_append(page, ".</p>");
    }
    append_details(p, page, card);
    text_append(page, "</article>\n");
}

void report_html_cards(report *p, text *page) {
    text_append(page, "<div class=\"cards\">\n");
    for (size_t i = 0; i < p->card_count; i++)
        append_card(p, page, &p->cards[i]);
    text_append(page, "</div>\n");
}

static void append_published(text *page, const published_row *row) {
    text theirs = {0}, ours = {0}, limits = {0};
    report_published_numbers(row, &theirs, &ours, &limits);
    text_append(page, "<tr><th scope=\"row\">");
    names_append_html(page, row->source ? row->source : "");
    text_append(page, "</th><td>");
    names_append_html(page, row->task ? row->task : "");
    text_append(page, "</td><td>");
    names_append_html(page, row->cell ? row->cell : "");
    text_append(page, "</td><td>");
    names_append_html(page, row->metric ? row->metric : "");
    text_append(page, row->unit && *row->unit ? ", " : "");
    names_append_html(page, row->unit ? row->unit : "");
    text_append(page, "</td><td class=\"number\">");
    names_append_html(page, or_empty(&theirs));
    text_append(page, "</td><td class=\"number\">%s", or_empty(&ours));
    if (limits.length)
        text_append(page, " <small>%s</small>", or_empty(&limits));
    text_append(page, "</td><td>");
    report_html_outcome(page, row->outcome, report_kind(row->outcome));
    text_append(page, row->quick ? " provisional" : "");
    text_append(page, "</td><td>");
    names_append_html(page, row->reason ? row->reason : "");
    text_append(page, "</td></tr>\n");
    text_free(&theirs);
    text_free(&ours);
    text_free(&limits);
}

bool report_html_published(report *p, text *page) {
    const published_list *list = p->request->published;
    size_t compared = 0, reproduced = 0, run = 0, all = 0;
    for (size_t i = 0; list && i < list->count; i++) {
        compared += published_is_compared(&list->items[i]);
        reproduced += strcmp(list->items[i].outcome, "reproduced") == 0;
        run += report_is_run(&list->items[i]);
    }
    all = p->request->chosen ? run : list ? list->count : 0; /* for named runs only what they measured */
    if (!all)
        return false;
    text_append(page, "<section id=\"published\"><h2>Published numbers and ours</h2>\n");
    report_html_figure(p, page, &p->published);
    text_append(page,
                "<p>%zu of %zu published numbers can be compared with ours; %zu of these are within their declared "
                "band. %zu were run with other settings or sizes than the paper's, and %zu were not run.</p>\n"
                "<details><summary>All %zu numbers, with reasons</summary><div class=\"wide\" tabindex=\"0\">"
                "<table class=\"sortable\"><thead><tr><th scope=\"col\">Paper</th><th scope=\"col\">Task</th>"
                "<th scope=\"col\">Its cell</th><th scope=\"col\">Measure</th>"
                "<th scope=\"col\" class=\"number\">Published</th><th scope=\"col\" class=\"number\">Ours</th>"
                "<th scope=\"col\">Outcome</th><th scope=\"col\">Why</th></tr></thead><tbody>\n",
                compared, all, reproduced, run - compared, all - run, all);
    for (size_t i = 0; i < list->count; i++)
        if (!p->request->chosen || report_is_run(&list->items[i]))
            append_published(page, &list->items[i]);
    text_append(page, "</tbody></table></div></details></section>\n");
    return true;
}
