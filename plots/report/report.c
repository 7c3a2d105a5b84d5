/* SPDX-License-Identifier: MIT */
/* Writes the report. */
#include "plots/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/file.h"

static gb_status write_page(report *p, const char *path, void (*write)(report *, text *)) {
    text page = {0};
    write(p, &page);
    gb_status status = page.failed ? gb_fail(p->context, GB_MEMORY, "%s: out of memory", path)
                                   : file_replace(p->context, path, page.data, page.length);
    text_free(&page);
    return status;
}

static void write_markdown(report *p, text *page) {
    report_plain(p, false, page);
}

static void write_latex(report *p, text *page) {
    report_plain(p, true, page);
}

/* The LaTeX source is written beside its figures. */
static gb_status write_pdf(report *p) {
    text source = {0};
    text_append(&source, "%s/report.tex", p->request->folder);
    gb_status status = source.failed ? gb_fail(p->context, GB_MEMORY, "out of memory for the report")
                                     : write_page(p, source.data, write_latex);
    if (status == GB_OK)
        status = report_typeset(p->context, source.data, p->request->path);
    text_free(&source);
    return status;
}

static gb_status write_format(report *p) {
    const char *format = p->request->format, *path = p->request->path;
    return strcmp(format, "html") == 0  ? write_page(p, path, report_html)
           : strcmp(format, "md") == 0  ? write_page(p, path, write_markdown)
           : strcmp(format, "pdf") == 0 ? write_pdf(p)
                                        : write_page(p, path, write_latex);
}

gb_status plots_report(gb_context *context, const report_request *request) {
    static const char *const formats[] = {"html", "md", "latex", "pdf"};
    size_t known = 0;
    while (known < 4 && strcmp(formats[known], request->format) != 0)
        known++;
    if (known == 4)
        return gb_fail(context, GB_INVALID, "there is no report format \"%s\"; give html, md, latex or pdf",
                       request->format);
    report p = {.context = context, .request = request, .terminal = known < 2 ? "svg" : "pdf"};
    gb_status status = report_gather(&p);
    if (status == GB_OK)
        status = write_format(&p);
    if (status == GB_OK && p.failed)
        status = gb_fail(context, GB_IO, "%s is written, but lacks %zu figure%s: %s", request->path, p.failed,
                         p.failed == 1 ? "" : "s", p.missing.failed ? "out of memory" : p.missing.data);
    report_free(&p);
    return status;
}
