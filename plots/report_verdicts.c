/* SPDX-License-Identifier: MIT */
/* The verdicts, and the papers' numbers beside ours. */
#include <math.h>
#include <string.h>

#include "plots/report.h"
#include "results/analysis/declarations.h"
#include "support/name_list.h"

enum { FINDINGS_SHOWN = 6 };

/* How a rule marks a finding that does not decide: shown when asked for. */
static const char beside[] = "(beside the claim)";

/* The colour of an outcome; the word stands beside it, so colour never speaks alone. */
static const char *outcome_class(const char *outcome) {
    static const struct {
        const char *begins, *name;
    } classes[] = {{"supported", "yes"},
                   {"reproduced", "yes"},
                   {"refuted", "no"},
                   {"not reproduced", "no"},
                   {"conditional", "partly"}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strncmp(outcome, classes[i].begins, strlen(classes[i].begins)))
            return classes[i].name;
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

/* A line of a text, without its end; returns what follows it. */
static const char *take_line(const char *lines, text *line) {
    size_t length = strcspn(lines, "\n");
    text_append_bytes(line, lines, length);
    return lines + length + (lines[length] == '\n');
}

/* Each line in an element. */
static void append_lines(text *page, const char *lines, const char *element) {
    while (*lines) {
        text line = {0};
        lines = take_line(lines, &line);
        text_append(page, "<%s>", element);
        names_append_html(page, or_empty(line.data));
        text_append(page, "</%s>", element);
        page->failed = page->failed || line.failed;
        text_free(&line);
    }
}

/* Findings as a list, the first that decide at once and the others when asked for. */
static void append_findings(text *page, const char *lines) {
    text first = {0}, others = {0};
    size_t shown = 0, hidden = 0;
    while (*lines) {
        text line = {0};
        lines = take_line(lines, &line);
        bool at_once = shown < FINDINGS_SHOWN && !strstr(or_empty(line.data), beside);
        text_append(at_once ? &first : &others, "%s\n", or_empty(line.data));
        shown += at_once;
        hidden += !at_once;
        page->failed = page->failed || line.failed;
        text_free(&line);
    }
    if (shown) {
        text_append(page, "<ul>");
        append_lines(page, or_empty(first.data), "li");
        text_append(page, "</ul>");
    }
    if (hidden) {
        text_append(page, "<details><summary>%zu more finding%s</summary><ul>", hidden, hidden == 1 ? "" : "s");
        append_lines(page, or_empty(others.data), "li");
        text_append(page, "</ul></details>");
    }
    page->failed = page->failed || first.failed || others.failed;
    text_free(&first);
    text_free(&others);
}

static void append_verdict(text *page, const verdict *v) {
    text_append(page, "<tr><th scope=\"row\"><b>");
    names_append_html(page, v->id);
    text_append(page, "</b> ");
    names_append_html(page, or_empty(v->statement));
    text_append(page, "</th><td>");
    append_outcome(page, v->outcome);
    text_append(page, v->provisional ? " (provisional)" : "");
    append_lines(page, or_empty(v->words), "p");
    text_append(page, "</td><td>");
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

void report_changes(text *page, const results *r) {
    text lines = {0};
    bool known = declared_changes_of_all(NULL, r, &lines) == GB_OK;
    if (known && lines.length) {
        text_append(page, "<p class=\"note\">Not declared beforehand:</p><ul class=\"note\">");
        append_lines(page, lines.data, "li");
        text_append(page, "</ul>\n");
    }
    text_free(&lines);
}

static bool has_evidence(const verdict *v) {
    return strcmp(v->outcome, "no evidence") != 0;
}

/* The claims that these runs say nothing about, in one paragraph. */
static void append_without_evidence(text *page, const verdict_list *verdicts) {
    size_t count = 0;
    for (size_t i = 0; i < verdicts->count; i++) {
        const verdict *v = &verdicts->items[i];
        if (has_evidence(v))
            continue;
        text_append(page, "%s", count++ ? "; " : "<p class=\"note\">No evidence in these runs: ");
        names_append_html(page, v->id);
        text_append(page, " ");
        names_append_html(page, or_empty(v->title));
    }
    text_append(page, "%s", count ? ".</p>\n" : "");
}

void report_verdicts(text *page, const verdict_list *verdicts) {
    if (!verdicts) /* the report is about no claim */
        return;
    text_append(page, "<section id=\"verdicts\"><h2>Verdicts</h2>\n");
    if (!verdicts->count) {
        text_append(page, "<p>No claim was judged.</p></section>\n");
        return;
    }
    bool any = false;
    for (size_t i = 0; i < verdicts->count; i++)
        any |= has_evidence(&verdicts->items[i]);
    if (any)
        text_append(page,
                    "<p>Each claim of the usual story, what our runs say of it, and the numbers behind that.</p>\n"
                    "<div class=\"wide\"><table class=\"verdicts\"><thead><tr><th scope=\"col\">Claim</th>"
                    "<th scope=\"col\">Outcome</th><th scope=\"col\">Evidence</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < verdicts->count; i++)
        if (has_evidence(&verdicts->items[i]))
            append_verdict(page, &verdicts->items[i]);
    text_append(page, "%s", any ? "</tbody></table></div>\n" : "");
    append_without_evidence(page, verdicts);
    text_append(page, "</section>\n");
}

static bool not_run(const published_row *row) {
    bool none = row->ours.n == 0 && !strcmp(row->outcome, "not comparable"); /* nothing of ours could be */
    return none || !strcmp(row->outcome, "not run");
}

/* Counts with commas, other numbers with as many decimals as are asked for. */
static void append_number(text *page, double value, int decimals) {
    if (fabs(value) >= 1000)
        text_append_count(page, value);
    else
        text_append(page, "%.*f", decimals, value);
}

static void append_published(text *page, const published_row *row) {
    const interval *ours = &row->ours;
    text_append(page, "<tr><th scope=\"row\">");
    names_append_html(page, or_empty(row->task));
    text_append(page, "<p>");
    names_append_html(page, or_empty(row->metric));
    text_append(page, row->unit && *row->unit ? ", " : "");
    names_append_html(page, or_empty(row->unit));
    text_append(page, "</p></th><td>");
    names_append_html(page, or_empty(row->source));
    text_append(page, "<p>");
    names_append_html(page, or_empty(row->cell));
    text_append(page, "</p></td><td class=\"number\">");
    text_append(page, "%s", !strcmp(row->bound, "above") ? "&lt; " : !strcmp(row->bound, "below") ? "&gt; " : "");
    int decimals = published_decimals(row);
    append_number(page, row->value, decimals == 3 ? 2 : decimals); /* as papers print nats */
    text_append(page, "</td><td class=\"number\">");
    if (isfinite(ours->estimate) && ours->n)
        append_number(page, ours->estimate, decimals);
    else
        text_append(page, "–");
    if (isfinite(ours->low) && ours->high > ours->low) {
        text_append(page, "<br/><small>[");
        append_number(page, ours->low, decimals);
        text_append(page, ", ");
        append_number(page, ours->high, decimals);
        text_append(page, "]</small>");
    }
    text_append(page, "</td><td>");
    append_outcome(page, row->outcome);
    text_append(page, row->quick ? " (provisional)" : "");
    text_append(page, "<p>");
    names_append_html(page, or_empty(row->reason));
    if (isfinite(row->band_low)) {
        text_append(page, "; band ");
        append_number(page, row->band_low, decimals == 3 ? 1 : decimals);
        text_append(page, " to ");
        append_number(page, row->band_high, decimals == 3 ? 1 : decimals);
    }
    text_append(page, "</p></td></tr>\n");
}

/* What no run stands beside, in one paragraph: "Chung et al. 2014: music set=muse (tanh, GRU, LSTM)". */
static void append_not_run(text *page, const published_list *published) {
    const published_row *last = NULL;
    for (size_t i = 0; i < published->count; i++) {
        const published_row *row = &published->items[i];
        if (!not_run(row))
            continue;
        bool paper = !last || strcmp(or_empty(last->source), or_empty(row->source)) != 0;
        bool task = paper || strcmp(or_empty(last->task), or_empty(row->task)) != 0;
        text_append(page, !last ? "<p class=\"note\">Not run yet: " : paper ? "); " : task ? "), " : ", ");
        if (paper) {
            names_append_html(page, or_empty(row->source));
            text_append(page, ": ");
        }
        if (task) {
            names_append_html(page, or_empty(row->task));
            text_append(page, " (");
        }
        names_append_html(page, or_empty(row->cell));
        last = row;
    }
    if (last)
        text_append(page, ").</p>\n");
}

void report_published(text *page, const published_list *published) {
    size_t shown = 0;
    for (size_t i = 0; published && i < published->count; i++)
        shown += !not_run(&published->items[i]);
    if (!published || !published->count)
        return;
    text_append(page, "<section id=\"published\"><h2>Published numbers beside ours</h2>\n");
    if (shown)
        text_append(page,
                    "<p>Ours is the mean over seeds of the setting chosen on validation data, with its 95&#160;%% "
                    "interval. The bands around published numbers were declared before our runs.</p>\n"
                    "<div class=\"wide\"><table><thead><tr><th scope=\"col\">Task and measure</th>"
                    "<th scope=\"col\">Paper and its cell</th><th scope=\"col\" class=\"number\">Published</th>"
                    "<th scope=\"col\" class=\"number\">Ours</th>"
                    "<th scope=\"col\">Outcome, and what ours is</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < published->count; i++)
        if (!not_run(&published->items[i]))
            append_published(page, &published->items[i]);
    if (shown)
        text_append(page, "</tbody></table></div>\n");
    append_not_run(page, published);
    text_append(page, "</section>\n");
}
