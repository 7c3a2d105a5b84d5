/* SPDX-License-Identifier: MIT */
/* The page: self-contained, and well-formed XML as well as HTML. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/name_list.h"

enum { LONGEST_PART = 1 << 20, LARGEST_PAGE = 2900000, LONGEST_DATA = 100000, SHORTEST_DATA = 2000 };

static const char *or_empty(const text *t) {
    return t->data ? t->data : "";
}

/* Inserts a shipped file unchanged; it has no characters that need escaping. */
static void append_shared(report *p, const char *name, text *page) {
    char path[PATH_MAX], *bytes = NULL;
    size_t size = 0;
    if (file_find_shared(p->context, name, path, sizeof path) == GB_OK &&
        file_read(p->context, path, LONGEST_PART, &bytes, &size) == GB_OK)
        text_append_bytes(page, bytes, size);
    free(bytes);
}

static void append_head(report *p, text *page) {
    text_append(page, "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
                      "<meta charset=\"utf-8\"/>\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                      "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n"
                      "<title>gatebench: ");
    names_append_html(page, or_empty(&p->title));
    text_append(page, "</title>\n<style>\n");
    append_shared(p, "plots/report/report.css", page);
    text_append(page, "</style>\n</head>\n<body>\n");
}

/* The name of a run, without "-full" if the page has no other run of that recipe: short, since there are many links. */
static void append_short_name(const report *p, size_t i, text *page) {
    static const char full[] = "-full";
    const char *name = p->sections[i].r->name;
    size_t length = strlen(name), base = length > strlen(full) ? length - strlen(full) : 0;
    bool alone = base > 0 && !strcmp(name + base, full);
    for (size_t j = 0; j < p->section_count && alone; j++)
        alone =
            j == i || strncmp(p->sections[j].r->name, name, base) != 0 || !strchr("-+", p->sections[j].r->name[base]);
    CLEANUP(text_free) text shown = {0};
    text_append_bytes(&shown, name, alone ? base : length);
    names_append_html(page, or_empty(&shown));
    page->failed |= shown.failed;
}

static void append_navigation(const report *p, bool published, text *page) {
    text_append(page, "<nav aria-label=\"Contents\"><div><a href=\"#top\">%s</a>",
                p->card_count && !p->cards[0].verdict ? "Comparisons" : "Verdicts");
    if (published)
        text_append(page, "<a href=\"#published\">Published numbers</a>");
    for (size_t i = 0; i < p->section_count; i++) {
        text_append(page, "<a href=\"#%s\">", p->sections[i].anchor);
        append_short_name(p, i, page);
        text_append(page, "</a>");
    }
    text_append(page, "<a href=\"#provenance\">Provenance</a></div>"
                      "<button type=\"button\" id=\"theme\" hidden=\"hidden\">Dark</button></nav>\n");
}

static void append_first_screen(report *p, text *page) {
    text_append(page, "<header id=\"top\"><h1>");
    names_append_html(page, or_empty(&p->title));
    text_append(page, "</h1><p>");
    names_append_html(page, or_empty(&p->answer));
    if (p->provisional)
        text_append(page, " <span class=\"tag\">Provisional:</span> some evidence is from short runs or changed "
                          "settings.");
    text_append(page, "</p></header>\n<main>\n");
    if (!p->card_count)
        text_append(page, "<p class=\"note\">These runs have no claim, and no two cells to compare.</p>\n");
    report_html_cards(p, page);
    report_html_matrix(p, page);
}

static void append_notes(text *page, const char *lines) {
    if (!*lines)
        return;
    text_append(page, "<ul class=\"notes\">");
    report_html_lines(page, lines, "li");
    text_append(page, "</ul>\n");
}

static void append_section(report *p, report_section *s, text *page) {
    const results *r = s->r;
    text_append(page, "<section class=\"experiment\" id=\"%s\"><h2>", s->anchor);
    names_append_html(page, r->title && *r->title ? r->title : r->name);
    text_append(page, "</h2><p class=\"run\">");
    names_append_html(page, r->name);
    text made = {0};
    text_append(&made, "%s%.10s", r->created && *r->created ? ", made " : "", r->created ? r->created : "");
    names_append_html(page, or_empty(&made));
    page->failed |= made.failed;
    text_free(&made);
    text_append(page, "</p>\n");
    if (s->figure_count)
        report_html_figure(p, page, &s->figures[0]);
    text_append(page, "<div class=\"told\"><p class=\"finding\">");
    names_append_html(page, s->finding.length ? s->finding.data : "No trial of the final stage has finished yet.");
    text_append(page, "</p>\n");
    append_notes(page, or_empty(&s->notes));
    text_append(page, "</div>\n");
    if (s->figure_count > 1) {
        text_append(page, "<details><summary>%zu more figure%s</summary>\n", s->figure_count - 1,
                    s->figure_count == 2 ? "" : "s");
        for (size_t i = 1; i < s->figure_count; i++)
            report_html_figure(p, page, &s->figures[i]);
        text_append(page, "</details>\n");
    }
    page->failed |= report_html_comparisons(p->context, s->r, page) == GB_MEMORY;
    if (s->table.count) {
        text_append(page, "<details><summary>The numbers: %zu setting%s as a table</summary>\n",
                    s->table.count / s->table.columns - 1, s->table.count / s->table.columns == 2 ? "" : "s");
        report_html_table(page, &s->table);
        text_append(page, "</details>\n");
    }
    text_append(page, "<details><summary>Repeat it</summary><pre><code>");
    names_append_html(page, or_empty(&s->command));
    text_append(page, "</code></pre></details></section>\n");
}

/* The provenance, given once; sections mention where a run differs. */
static void append_provenance(const report *p, text *page) {
    text_append(page, "<section id=\"provenance\"><h2>How it was made</h2><dl>");
    for (size_t f = 0; f < REPORT_FACTS; f++)
        if (*p->facts[f].common) {
            text_append(page, "<dt>%s</dt><dd>", p->facts[f].title);
            names_append_html(page, p->facts[f].common);
            text_append(page, "</dd>");
        }
    text_append(
        page,
        "<dt>Report</dt><dd>gatebench %s</dd></dl>\n<div class=\"wide\" tabindex=\"0\"><table class=\"sortable\">"
        "<thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Made</th><th scope=\"col\">By</th></tr>"
        "</thead><tbody>\n",
        gb_version());
    for (size_t i = 0; i < p->section_count; i++) {
        const results *r = p->sections[i].r;
        text_append(page, "<tr><th scope=\"row\">");
        names_append_html(page, r->name);
        text_append(page, "</th><td>");
        names_append_html(page, r->created ? r->created : "");
        text_append(page, "</td><td><code>");
        names_append_html(page, report_recorded_command(r));
        text_append(page, "</code></td></tr>\n");
    }
    text_append(page, "</tbody></table></div></section>\n");
}

static void write_page(report *p, text *page) {
    text body = {0};
    append_first_screen(p, &body);
    bool published = report_html_published(p, &body);
    for (size_t i = 0; i < p->section_count; i++)
        append_section(p, &p->sections[i], &body);
    append_provenance(p, &body);
    append_head(p, page);
    append_navigation(p, published, page);
    text_append_bytes(page, or_empty(&body), body.length);
    text_append(page, "</main>\n<script>\n");
    append_shared(p, "plots/report/report.js", page);
    text_append(page, "</script>\n</body>\n</html>\n");
    page->failed |= body.failed;
    text_free(&body);
}

/* A page that would become too large contains less of the data, which are also in files beside it. */
void report_html(report *p, text *page) {
    p->longest_data = LONGEST_DATA;
    write_page(p, page);
    while (page->length > LARGEST_PAGE && p->longest_data > SHORTEST_DATA) {
        text_free(page);
        p->longest_data /= 2;
        p->pictures = 0;
        write_page(p, page);
    }
}
