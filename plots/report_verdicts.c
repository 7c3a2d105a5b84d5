/* SPDX-License-Identifier: MIT */
/* The verdicts, and the papers' numbers beside ours. */
#include <math.h>
#include <string.h>

#include "plots/names.h"
#include "plots/report.h"

enum { FINDINGS_SHOWN = 3 };

/* The colour of an outcome; the word stands beside it, so colour never speaks alone. */
static const char *outcome_class(const char *outcome) {
    static const struct {
        const char *begins, *name;
    } classes[] = {{"supported", "yes"},
                   {"reproduced", "yes"},
                   {"refuted", "no"},
                   {"not reproduced", "no"},
                   {"holds only", "partly"}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (!strncmp(outcome, classes[i].begins, strlen(classes[i].begins)))
            return classes[i].name;
    }
    return "open";
}

static void append_outcome(text *page, const char *outcome) {
    text_append(page, "<strong class=\"outcome %s\">", outcome_class(outcome));
    names_append_html(page, outcome);
    text_append(page, "</strong>");
}

static const char *or_empty(const char *string) {
    return string ? string : "";
}

/* One line as an item of a list; returns what follows it. */
static const char *append_line(text *page, const char *lines) {
    size_t length = strcspn(lines, "\n");
    text line = {0};
    text_append_bytes(&line, lines, length);
    text_append(page, "<li>");
    names_append_html(page, line.data ? line.data : "");
    text_append(page, "</li>");
    page->failed = page->failed || line.failed;
    text_free(&line);
    return lines + length + (lines[length] == '\n');
}

/* Findings as a list, the first of them at once and the others when asked for. */
static void append_findings(text *page, const char *lines) {
    size_t count = 0, shown = 0;
    for (const char *c = lines; *c; c++)
        count += *c == '\n' || c[1] == '\0';
    if (!count)
        return;
    text_append(page, "<ul>");
    for (; *lines && (shown < FINDINGS_SHOWN || count <= FINDINGS_SHOWN + 1); shown++)
        lines = append_line(page, lines);
    text_append(page, "</ul>");
    if (!*lines)
        return;
    text_append(page, "<details><summary>%zu more findings</summary><ul>", count - shown);
    while (*lines)
        lines = append_line(page, lines);
    text_append(page, "</ul></details>");
}

static void append_verdict(text *page, const verdict *v) {
    text_append(page, "<tr><th scope=\"row\"><b>");
    names_append_html(page, v->id);
    text_append(page, "</b> ");
    names_append_html(page, or_empty(v->statement));
    text_append(page, "</th><td>");
    append_outcome(page, v->outcome);
    text_append(page, "<p>");
    names_append_html(page, or_empty(v->words));
    text_append(page, "</p></td><td>");
    append_findings(page, or_empty(v->evidence));
    text_append(page, "<details><summary>The rule, fixed before any run</summary><p>");
    names_append_html(page, or_empty(v->rule));
    if (v->matching && *v->matching) {
        text_append(page, "</p><p>Cells matched by ");
        names_append_html(page, v->matching);
        text_append(page, ".");
    }
    text_append(page, "</p></details></td></tr>\n");
}

void report_verdicts(text *page, const verdict_list *verdicts) {
    text_append(page, "<section id=\"verdicts\"><h2>Verdicts</h2>\n");
    if (!verdicts || !verdicts->count) {
        text_append(page, "<p>No claim was judged.</p></section>\n");
        return;
    }
    text_append(page, "<p>Each claim of the usual story, what our runs say of it, and the numbers behind that.</p>\n"
                      "<div class=\"wide\"><table class=\"verdicts\"><thead><tr><th scope=\"col\">Claim</th>"
                      "<th scope=\"col\">Outcome</th><th scope=\"col\">Evidence</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < verdicts->count; i++)
        append_verdict(page, &verdicts->items[i]);
    text_append(page, "</tbody></table></div></section>\n");
}

static void append_cell(text *page, const char *string) {
    text_append(page, "<td>");
    names_append_html(page, or_empty(string));
    text_append(page, "</td>");
}

static void append_published(text *page, const published_row *row) {
    text_append(page, "<tr><th scope=\"row\">");
    names_append_html(page, or_empty(row->task));
    text_append(page, "</th>");
    append_cell(page, row->cell);
    text_append(page, "<td>");
    names_append_html(page, or_empty(row->metric));
    text_append(page, row->unit && *row->unit ? ", " : "");
    names_append_html(page, or_empty(row->unit));
    text_append(page, "</td><td class=\"number\">%.4g</td><td class=\"number\">", row->value);
    if (isfinite(row->ours.estimate) && row->ours.n)
        text_append(page, "%.4g", row->ours.estimate);
    else
        text_append(page, "–");
    if (isfinite(row->ours.low) && row->ours.n > 1)
        text_append(page, " <small>[%.4g, %.4g]</small>", row->ours.low, row->ours.high);
    text_append(page, "</td><td class=\"number\">%zu</td><td>", row->ours.n);
    append_outcome(page, row->outcome);
    text_append(page, "<p>");
    names_append_html(page, or_empty(row->reason));
    text_append(page, "</p></td>");
    append_cell(page, row->source);
    text_append(page, "</tr>\n");
}

void report_published(text *page, const published_list *published) {
    if (!published || !published->count)
        return;
    text_append(page, "<section id=\"published\"><h2>Published numbers beside ours</h2>\n"
                      "<p>Ours is the mean over n seeds of the setting chosen on validation data, with its 95&#160;%% "
                      "interval. A band around each published number was declared beforehand.</p>\n"
                      "<div class=\"wide\"><table><thead><tr><th scope=\"col\">Task</th><th scope=\"col\">Cell</th>"
                      "<th scope=\"col\">Measure</th><th scope=\"col\" class=\"number\">Published</th>"
                      "<th scope=\"col\" class=\"number\">Ours</th><th scope=\"col\" class=\"number\">n</th>"
                      "<th scope=\"col\">Outcome</th><th scope=\"col\">Source</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < published->count; i++)
        append_published(page, &published->items[i]);
    text_append(page, "</tbody></table></div></section>\n");
}
