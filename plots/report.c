/* SPDX-License-Identifier: MIT */
/* The report: one page that needs nothing but itself, and is well-formed XML as well as HTML. */
#include "plots/report.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "plots/names.h"
#include "plots/provenance.h"
#include "support/file.h"

enum { LONGEST_PART = 64 << 20, LONGEST_STYLE = 1 << 20 };

typedef struct report {
    gb_context *context;
    const char *folder;
    text page;
} report;

/* A figure is missing, or older than the results that it draws. */
static bool must_draw(const results *r, const char *picture) {
    struct stat made, read;
    if (stat(picture, &made) != 0)
        return true;
    if (!r->path || stat(r->path, &read) != 0)
        return false;
    return made.st_mtim.tv_sec < read.st_mtim.tv_sec ||
           (made.st_mtim.tv_sec == read.st_mtim.tv_sec && made.st_mtim.tv_nsec < read.st_mtim.tv_nsec);
}

/* The picture, its caption and its data, drawn before when need be. */
static gb_status append_picture(report *p, const results *r, const char *figure, const char *stem) {
    char picture[PATH_MAX], data[PATH_MAX], name[160], prefix[192];
    char *svg = NULL, *csv = NULL, *caption = NULL;
    size_t svg_size = 0, csv_size = 0;
    if ((size_t)snprintf(picture, sizeof picture, "%s/%s.svg", p->folder, stem) >= sizeof picture ||
        (size_t)snprintf(data, sizeof data, "%s/%s.csv", p->folder, stem) >= sizeof data)
        return gb_fail(p->context, GB_IO, "%s: the path is too long", p->folder);
    gb_status status = plots_caption(p->context, r, figure, &caption);
    if (status == GB_OK && (must_draw(r, picture) || !file_exists(data)))
        status = plots_draw(p->context, r, figure, p->folder, "svg,pdf");
    if (status == GB_OK)
        status = file_read(p->context, picture, LONGEST_PART, &svg, &svg_size);
    if (status == GB_OK)
        status = file_read(p->context, data, LONGEST_PART, &csv, &csv_size);
    if (status == GB_OK) {
        snprintf(name, sizeof name, "%s.csv", stem);
        snprintf(prefix, sizeof prefix, "%s-", stem);
        text_append(&p->page, "<figure>");
        report_svg(&p->page, svg, prefix, caption);
        text_append(&p->page, "<figcaption>");
        names_append_html(&p->page, caption);
        text_append(&p->page, " ");
        report_download(&p->page, name, "text/csv", csv, csv_size, "Data (CSV)");
        text_append(&p->page, "</figcaption></figure>\n");
    }
    free(svg);
    free(csv);
    free(caption);
    return status;
}

/* A figure that this file cannot give is said so in its place; a missing gnuplot ends the report. */
static gb_status append_figure(report *p, const results *r, const char *figure) {
    char run[65], stem[160];
    provenance_file_name(r, run);
    snprintf(stem, sizeof stem, "%s-%.64s", run, figure);
    gb_status status = append_picture(p, r, figure, stem);
    if (status == GB_INVALID) {
        text_append(&p->page, "<p class=\"note\">Not drawn: ");
        names_append_html(&p->page, gb_context_message(p->context));
        text_append(&p->page, "</p>\n");
        status = GB_OK;
    }
    return status;
}

/* The command without the folders of the machine that it ran on. */
static void append_command(text *page, const results *r) {
    const char *command = provenance_text(r, "command_line");
    for (size_t i = strcspn(command, " "); i > 0; i--) {
        if (command[i - 1] == '/') {
            command += i;
            break;
        }
    }
    text_append(page, "<pre><code>");
    if (*command)
        names_append_html(page, command);
    else {
        text_append(page, "gatebench run ");
        names_append_html(page, r->name);
    }
    text_append(page, "</code></pre>\n");
}

static void append_fact(text *page, const char *name, const char *value) {
    if (!*value)
        return;
    text_append(page, "<dt>%s</dt><dd>", name);
    names_append_html(page, value);
    text_append(page, "</dd>");
}

/* What made the numbers: command, commit, libraries, machine. */
static void append_reproduce(text *page, const results *r) {
    text_append(page, "<div class=\"reproduce\"><h3>Reproduce</h3>\n");
    append_command(page, r);
    text_append(page, "<dl>");
    append_fact(page, "run", r->name);
    append_fact(page, "made", r->created ? r->created : "");
    append_fact(page, "commit", provenance_text(r, "commit"));
    append_fact(page, "libraries", provenance_text(r, "libraries"));
    append_fact(page, "CPU", table_text(&r->hosts, 0, "cpu"));
    text_append(page, "</dl></div>\n");
}

static gb_status append_experiment(report *p, const results *r) {
    char **wanted = NULL, anchor[65];
    provenance_file_name(r, anchor);
    text_append(&p->page, "<section id=\"%s\"><h2>", anchor);
    names_append_html(&p->page, r->title && *r->title ? r->title : r->name);
    text_append(&p->page, "</h2>\n");
    gb_status status = plots_wanted(p->context, r, &wanted);
    for (size_t i = 0; status == GB_OK && wanted[i]; i++)
        status = append_figure(p, r, wanted[i]);
    if (status == GB_OK)
        status = report_table(p->context, r, &p->page);
    append_reproduce(&p->page, r);
    text_append(&p->page, "</section>\n");
    file_free_list(wanted);
    return status;
}

static gb_status append_head(report *p) {
    char path[PATH_MAX], *style = NULL;
    size_t size = 0;
    gb_status status = file_find_shared(p->context, "plots/report.css", path, sizeof path);
    if (status == GB_OK)
        status = file_read(p->context, path, LONGEST_STYLE, &style, &size);
    if (status == GB_OK)
        text_append(
            &p->page,
            "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
            "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n"
            "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>gatebench: RNN, LSTM or GRU?</title>\n"
            "<style>\n%s</style>\n</head>\n<body>\n",
            style);
    free(style);
    return status;
}

static void append_contents(text *page, results *const *all, size_t count) {
    text_append(page, "<nav aria-label=\"Experiments\"><h2>Experiments</h2><ul>\n");
    for (size_t i = 0; i < count; i++) {
        char anchor[65];
        provenance_file_name(all[i], anchor);
        text_append(page, "<li><a href=\"#%s\">", anchor);
        names_append_html(page, all[i]->name);
        text_append(page, "</a> ");
        names_append_html(page, all[i]->title ? all[i]->title : "");
        text_append(page, "</li>\n");
    }
    text_append(page, "</ul></nav>\n");
}

gb_status plots_report(gb_context *context, results *const *all, size_t count, const verdict_list *verdicts,
                       const published_list *published, const char *folder, const char *path) {
    report p = {.context = context, .folder = folder};
    gb_status status = append_head(&p);
    text_append(&p.page,
                "<header><h1>RNN, LSTM or GRU?</h1><p>What holds of the story that is told about them, "
                "measured by gatebench %s.</p></header>\n<main>\n",
                gb_version());
    report_verdicts(&p.page, verdicts);
    report_published(&p.page, published);
    if (count)
        append_contents(&p.page, all, count);
    for (size_t i = 0; i < count && status == GB_OK; i++)
        status = append_experiment(&p, all[i]);
    text_append(&p.page, "</main>\n</body>\n</html>\n");
    if (status == GB_OK && p.page.failed)
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    if (status == GB_OK)
        status = file_replace(context, path, p.page.data, p.page.length);
    text_free(&p.page);
    return status;
}
