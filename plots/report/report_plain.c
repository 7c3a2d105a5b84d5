/* SPDX-License-Identifier: MIT */
/* The report for papers and repositories: Markdown, and LaTeX with booktabs. The same walk writes both. */
#include <stdint.h>
#include <string.h>

#include "plots/report/report.h"
#include "support/markup.h"
#include "support/name_list.h"

enum { TABLE_ROWS = 40 }; /* of a LaTeX table: what fits on a page */

typedef struct plain {
    report *p;
    bool latex;
    text body;
} plain;

static const char *or_empty(const text *t) {
    return t->data ? t->data : "";
}

/* For LaTeX with places where a line may end in a long name or path. */
static void append(plain *w, const char *string) {
    if (!w->latex) {
        markup_append_markdown(&w->body, string);
        return;
    }
    for (size_t length; *string; string += length) {
        length = strcspn(string, "_+/");
        bool may_end = string[length];
        length += may_end;
        CLEANUP(free_at) char *part = strndup(string, length);
        w->body.failed |= !part;
        if (part)
            markup_append_latex(&w->body, part);
        text_append(&w->body, may_end ? "\\allowbreak{}" : "");
    }
}

static void heading(plain *w, int level, const char *string) {
    if (w->latex)
        text_append(&w->body, level == 1 ? "\\section*{" : "\\subsection*{");
    else
        text_append(&w->body, level == 1 ? "## " : "### ");
    append(w, string);
    text_append(&w->body, w->latex ? "}\n" : "\n\n");
}

static void paragraph(plain *w, const char *string) {
    if (*string)
        append(w, string);
    text_append(&w->body, *string ? "\n\n" : "");
}

static void code(plain *w, const char *string) {
    text_append(&w->body, w->latex ? "{\\small\\ttfamily\\raggedright " : "    ");
    if (w->latex)
        append(w, string);
    else
        names_append_clean(&w->body, string, SIZE_MAX);
    text_append(&w->body, w->latex ? "\\par}\n\n" : "\n\n");
}

/* Each line as an item of a list. */
static void items(plain *w, const char *lines) {
    if (!*lines)
        return;
    text_append(&w->body, w->latex ? "\\begin{itemize}\n" : "");
    int length;
    for (const char *line; (line = text_line(&lines, &length));) {
        CLEANUP(text_free) text item = {0};
        text_append_bytes(&item, line, (size_t)length);
        text_append(&w->body, w->latex ? "\\item " : "- ");
        append(w, or_empty(&item));
        text_append(&w->body, "\n");
        w->body.failed |= item.failed;
    }
    text_append(&w->body, w->latex ? "\\end{itemize}\n" : "\n");
}

static void figure(plain *w, const report_figure *f, const char *width) {
    if (!*f->stem)
        return;
    if (f->missing) {
        text_append(&w->body, w->latex ? "\\emph{Not drawn:} " : "*Not drawn:* ");
        paragraph(w, f->missing);
    } else if (w->latex) {
        text_append(&w->body, "\\begin{center}\\includegraphics[width=%s\\linewidth]{{%s}.pdf}\\end{center}\n", width,
                    f->stem);
        text_append(&w->body, "{\\small ");
        append(w, f->caption ? f->caption : "");
        text_append(&w->body, "\\par}\n\n");
    } else {
        text_append(&w->body, "![");
        append(w, f->caption ? f->caption : "");
        text_append(&w->body, "](%s.svg)\n\n", f->stem);
    }
}

static void cell(plain *w, const report_cell *c) {
    const char *bold = w->latex ? "\\textbf{" : "**", *end = w->latex ? "}" : "**";
    text_append(&w->body, "%s", c->best ? bold : "");
    bool negative = w->latex && c->number && c->words[0] == '-' && c->words[1];
    text_append(&w->body, negative ? "$" : "");
    append(w, c->words);
    text_append(&w->body, negative ? "$" : "");
    text_append(&w->body, "%s", c->best ? end : "");
    if (c->interval) {
        text_append(&w->body, w->latex ? " {\\scriptsize " : " ");
        append(w, c->interval);
        text_append(&w->body, w->latex ? "}" : "");
    }
}

static void latex_rows(plain *w, const report_table *t, size_t from, size_t rows) {
    text_append(&w->body,
                "\\begin{center}\\footnotesize\n\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width"
                "\\fi}{!}{%%\n\\begin{tabular}{");
    for (size_t c = 0; c < t->columns; c++)
        text_append(&w->body, t->cells[c].number ? "r" : "l");
    text_append(&w->body, "}\n\\toprule\n");
    for (size_t row = 0; row <= rows; row++) {
        for (size_t c = 0; c < t->columns; c++) {
            text_append(&w->body, c ? " & " : "");
            cell(w, &t->cells[(row ? from + row - 1 : 0) * t->columns + c]);
        }
        text_append(&w->body, row ? " \\\\\n" : " \\\\\n\\midrule\n");
    }
    text_append(&w->body, "\\bottomrule\n\\end{tabular}}\n\\end{center}\n");
}

static void markdown_rows(plain *w, const report_table *t) {
    for (size_t i = 0; i < t->count; i++) {
        text_append(&w->body, i % t->columns ? " | " : "| ");
        cell(w, &t->cells[i]);
        if ((i + 1) % t->columns)
            continue;
        text_append(&w->body, " |\n");
        for (size_t c = 0; i + 1 == t->columns && c < t->columns; c++)
            text_append(&w->body, t->cells[c].number ? "|---:" : "|---");
        text_append(&w->body, i + 1 == t->columns ? "|\n" : "");
    }
    text_append(&w->body, "\n");
}

static void whole_table(plain *w, const report_table *t) {
    size_t rows = t->columns ? t->count / t->columns : 0;
    for (size_t from = 1; w->latex && from < rows; from += TABLE_ROWS)
        latex_rows(w, t, from, rows - from < TABLE_ROWS ? rows - from : TABLE_ROWS);
    if (!w->latex && rows)
        markdown_rows(w, t);
    paragraph(w, or_empty(&t->note));
}

static void card(plain *w, const report_card *c) {
    text title = {0};
    text_append(&title, c->verdict ? "%s. %s" : "%.0s%s", c->id, or_empty(&c->title));
    heading(w, 2, or_empty(&title));
    text_append(&w->body, w->latex ? "\\textbf{" : "**");
    append(w, c->outcome);
    text_append(&w->body, "%s%s. ", w->latex ? "}" : "**", c->provisional ? " (provisional)" : "");
    paragraph(w, or_empty(&c->sentence));
    figure(w, &c->figure, "0.55");
    if (c->verdict && c->verdict->words)
        items(w, c->verdict->words);
    if (c->rests.length) {
        text_append(&w->body, "Based on ");
        append(w, c->rests.data);
        text_append(&w->body, ".\n\n");
    }
    w->body.failed |= title.failed;
    text_free(&title);
}

/* Two cells on every task, a column for each matching that was run. */
static void tasks(plain *w) {
    const verdict_matrix *m = w->p->request->matrix;
    bool has[MATRIX_MATCHINGS] = {false};
    report_table t = {0};
    text title = {0};
    for (size_t i = 0; m && i < m->count; i++)
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
            has[k] |= m->rows[i].cells[k].word != MATRIX_NOT_RUN;
    if (!m || !m->count || (w->p->request->chosen && w->p->section_count == 1))
        return;
    report_table_add(&t, "task", false);
    for (size_t k = 0; k < MATRIX_MATCHINGS; k++)
        if (has[k])
            report_table_add(&t, matrix_matchings[k], false);
    t.columns = t.count;
    for (size_t i = 0; i < m->count; i++) {
        report_table_add(&t, m->rows[i].task, false);
        for (size_t k = 0; k < MATRIX_MATCHINGS; k++) {
            char word[96];
            matrix_word(m, &m->rows[i].cells[k], word, sizeof word);
            if (has[k])
                report_table_add(&t, *word ? word : "–", false);
        }
    }
    text_append(&t.note, "Columns: what was held equal. Equivalent: within the declared margin.");
    text_append(&title, "%s or %s, task by task", m->a, m->b);
    heading(w, 1, or_empty(&title));
    whole_table(w, &t);
    w->body.failed |= t.failed || title.failed;
    text_free(&title);
    report_table_free(&t);
}

static void published(plain *w) {
    const published_list *list = w->p->request->published;
    text lines = {0};
    size_t compared = 0;
    for (size_t i = 0; list && i < list->count; i++) {
        const published_row *row = &list->items[i];
        text theirs = {0}, ours = {0}, limits = {0};
        if (!published_is_compared(row))
            continue;
        report_published_numbers(row, &theirs, &ours, &limits);
        text_append(&lines, "%s, %s, %s, %s: published %s, ours %s %s: %s%s\n", row->source, row->task, row->cell,
                    row->metric, or_empty(&theirs), or_empty(&ours), or_empty(&limits), row->outcome,
                    row->quick ? " (provisional)" : "");
        compared++;
        text_free(&theirs);
        text_free(&ours);
        text_free(&limits);
    }
    if (compared) {
        heading(w, 1, "Published numbers and ours");
        figure(w, &w->p->published, "0.9");
        items(w, or_empty(&lines));
    }
    w->body.failed |= lines.failed;
    text_free(&lines);
}

static void section(plain *w, report_section *s) {
    const results *r = s->r;
    heading(w, 1, r->title && *r->title ? r->title : r->name);
    if (s->figure_count)
        figure(w, &s->figures[0], "0.9");
    paragraph(w, or_empty(&s->finding));
    items(w, or_empty(&s->notes));
    for (size_t i = 1; i < s->figure_count; i++)
        figure(w, &s->figures[i], "0.9");
    whole_table(w, &s->table);
    code(w, or_empty(&s->command));
}

static void provenance(plain *w) {
    text lines = {0};
    heading(w, 1, "How it was made");
    for (size_t f = 0; f < REPORT_FACTS; f++)
        if (*w->p->facts[f].common)
            text_append(&lines, "%s: %s\n", w->p->facts[f].title, w->p->facts[f].common);
    text_append(&lines, "Report: gatebench %s\n", gb_version());
    for (size_t i = 0; i < w->p->section_count; i++) {
        const results *r = w->p->sections[i].r;
        text_append(&lines, "%s: %s, %s\n", r->name, r->created ? r->created : "", report_recorded_command(r));
    }
    items(w, or_empty(&lines));
    w->body.failed |= lines.failed;
    text_free(&lines);
}

static void walk(plain *w) {
    report *p = w->p;
    paragraph(w, or_empty(&p->answer));
    for (size_t i = 0; i < p->card_count; i++)
        card(w, &p->cards[i]);
    tasks(w);
    published(w);
    for (size_t i = 0; i < p->section_count; i++)
        section(w, &p->sections[i]);
    provenance(w);
}

void report_plain(report *p, bool latex, text *page) {
    plain w = {.p = p, .latex = latex};
    walk(&w);
    if (latex) {
        text_append(page, "%% Made by gatebench report; needs booktabs. Its figures are in the same folder.\n"
                          "\\documentclass[10pt,a4paper]{article}\n\\usepackage[margin=22mm]{geometry}\n"
                          "\\usepackage{booktabs,graphicx}\n");
        markup_append_latex_letters(page, or_empty(&w.body));
        text_append(page, "\\setlength\\parindent{0pt}\\setlength\\parskip{5pt}\\emergencystretch=3em\n"
                          "\\begin{document}\n{\\LARGE\\bfseries ");
        markup_append_latex(page, or_empty(&p->title));
        text_append(page, "\\par}\n\n");
    } else {
        text_append(page, "# ");
        markup_append_markdown(page, or_empty(&p->title));
        text_append(page, "\n\n");
    }
    text_append_bytes(page, or_empty(&w.body), w.body.length);
    text_append(page, latex ? "\\end{document}\n" : "");
    page->failed |= w.body.failed;
    text_free(&w.body);
}
