/* SPDX-License-Identifier: MIT */
/* The report: one page that needs nothing but itself, and is well-formed XML as well as HTML. */
#include "plots/report.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "results/store/run_provenance.h"
#include "support/file.h"
#include "support/name_list.h"

enum { LONGEST_PART = 64 << 20, LONGEST_STYLE = 1 << 20 };

typedef struct report {
    gb_context *context;
    const char *folder;
    text page, missing; /* missing: why the first figure that gnuplot failed on is not there */
    size_t failed;      /* such figures */
} report;

static bool is_older(const struct stat *made, const char *path) {
    struct stat other;
    return stat(path, &other) == 0 &&
           (made->st_mtim.tv_sec < other.st_mtim.tv_sec ||
            (made->st_mtim.tv_sec == other.st_mtim.tv_sec && made->st_mtim.tv_nsec < other.st_mtim.tv_nsec));
}

/* A figure is missing, or older than the results that it draws or than what it is drawn by. */
static bool must_draw(gb_context *context, const results *r, const char *figure, const char *picture) {
    char shared[96], path[PATH_MAX];
    struct stat made;
    if (stat(picture, &made) != 0 || (r->path && is_older(&made, r->path)))
        return true;
    const char *const names[] = {figure, "style"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(shared, sizeof shared, "plots/figures/%.64s.gp", names[i]);
        if (file_find_shared(context, shared, path, sizeof path) == GB_OK && is_older(&made, path))
            return true;
    }
    return false;
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
    if (status == GB_OK && (must_draw(p->context, r, figure, picture) || !file_exists(data)))
        status = plots_draw(p->context, r, figure, p->folder, &(plots_look){.formats = "svg,pdf"});
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

/* A figure that this file cannot give, or that gnuplot fails on, is said so in its place. The second is a failure. */
static gb_status append_figure(report *p, const results *r, const char *figure) {
    char run[65], stem[160];
    provenance_file_name(r, run);
    snprintf(stem, sizeof stem, "%s-%.64s", run, figure);
    gb_status status = append_picture(p, r, figure, stem);
    if (status == GB_IO && p->failed++ == 0)
        text_append(&p->missing, "%s", gb_context_message(p->context));
    if (status == GB_INVALID || status == GB_IO) {
        text_append(&p->page, "<p class=\"note\">Not drawn: ");
        names_append_html(&p->page, gb_context_message(p->context));
        text_append(&p->page, "</p>\n");
        status = GB_OK;
    }
    return status;
}

/* The command without the folders of the machine that it ran on. */
static const char *recorded_command(const results *r) {
    const char *command = provenance_text(r, "command_line");
    for (size_t i = strcspn(command, " "); i > 0; i--)
        if (command[i - 1] == '/')
            return command + i;
    return command;
}

/* The command for this experiment alone: its recipe, its profile, and the settings that were changed. */
static gb_status append_command(report *p, const results *r) {
    char *recipe = NULL;
    GB_TRY(provenance_recipe(p->context, r, &recipe));
    size_t length = strlen(recipe);
    const char *run = r->name ? r->name : "";
    bool profile = length && !strncmp(run, recipe, length) && run[length] == '-' && run[length + 1];
    text_append(&p->page, "<pre><code>gatebench run ");
    names_append_html(&p->page, length ? recipe : run);
    if (profile) {
        text_append(&p->page, " ");
        names_append_html(&p->page, run + length + 1);
    }
    free(recipe);
    for (const char *word = recorded_command(r); *word; word += strspn(word, " ")) {
        text setting = {0};
        size_t size = strcspn(word, " ");
        text_append_bytes(&setting, word, size);
        word += size;
        if (setting.data && *setting.data != '-' && strchr(setting.data, '=')) {
            text_append(&p->page, " ");
            names_append_html(&p->page, setting.data);
        }
        p->page.failed = p->page.failed || setting.failed;
        text_free(&setting);
    }
    text_append(&p->page, "</code></pre>\n");
    return GB_OK;
}

static void append_fact(text *page, const char *name, const char *value) {
    if (!*value)
        return;
    text_append(page, "<dt>%s</dt><dd>", name);
    names_append_html(page, value);
    text_append(page, "</dd>");
}

/* What made the numbers: command, commit, libraries, machine. */
static gb_status append_reproduce(report *p, const results *r) {
    text *page = &p->page;
    text_append(page, "<div class=\"reproduce\"><h3>Reproduce</h3>\n");
    gb_status status = append_command(p, r);
    text_append(page, "<dl>");
    append_fact(page, "made by", recorded_command(r));
    append_fact(page, "run", r->name);
    append_fact(page, "made", r->created ? r->created : "");
    append_fact(page, "commit", provenance_text(r, "commit"));
    append_fact(page, "libraries", provenance_text(r, "libraries"));
    append_fact(page, "CPU", table_text(&r->hosts, 0, "cpu"));
    text_append(page, "</dl></div>\n");
    return status;
}

static gb_status append_experiment(report *p, const results *r) {
    char **wanted = NULL, anchor[65];
    provenance_file_name(r, anchor);
    text_append(&p->page, "<section id=\"%s\"><h2>", anchor);
    names_append_html(&p->page, r->title && *r->title ? r->title : r->name);
    text_append(&p->page, "</h2>\n");
    report_changes(&p->page, r);
    gb_status status = report_comparisons(p->context, r, &p->page);
    if (status == GB_OK)
        status = plots_wanted(p->context, r, &wanted);
    for (size_t i = 0; status == GB_OK && wanted[i]; i++)
        status = append_figure(p, r, wanted[i]);
    if (status == GB_OK)
        status = report_table(p->context, r, &p->page);
    if (status == GB_OK)
        status = append_reproduce(p, r);
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

/* Where the first claim that a run feeds names its recipe; runs without a claim come last. */
static size_t place_of(const results *r, const verdict_list *verdicts) {
    size_t place = 0;
    for (size_t i = 0; verdicts && i < verdicts->count; i++) {
        for (const char *word = verdicts->items[i].recipes; word && *word; word += strspn(word, " "), place++) {
            size_t length = strcspn(word, " ");
            if (!strncmp(r->name, word, length) && (r->name[length] == '\0' || r->name[length] == '-'))
                return place;
            word += length;
        }
    }
    return place;
}

/* The runs in the order of the claims that they feed; malloc'ed, NULL: out of memory. */
static results **in_order(results *const *all, size_t count, const verdict_list *verdicts) {
    results **ordered = calloc(count + 1, sizeof *ordered);
    for (size_t i = 0; ordered && i < count; i++) {
        size_t at = i;
        for (; at > 0 && place_of(ordered[at - 1], verdicts) > place_of(all[i], verdicts); at--)
            ordered[at] = ordered[at - 1];
        ordered[at] = all[i];
    }
    return ordered;
}

gb_status plots_report(gb_context *context, results *const *all, size_t count, const verdict_list *verdicts,
                       const published_list *published, const char *folder, const char *path) {
    report p = {.context = context, .folder = folder};
    results **ordered = in_order(all, count, verdicts);
    gb_status status = ordered ? append_head(&p) : gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    text_append(&p.page,
                "<header><h1>RNN, LSTM or GRU?</h1><p>What holds of the story that is told about them, "
                "measured by gatebench %s.</p></header>\n<main>\n",
                gb_version());
    report_verdicts(&p.page, verdicts);
    report_published(&p.page, published);
    if (ordered && count)
        append_contents(&p.page, ordered, count);
    for (size_t i = 0; i < count && status == GB_OK; i++)
        status = append_experiment(&p, ordered[i]);
    text_append(&p.page, "</main>\n</body>\n</html>\n");
    if (status == GB_OK && p.page.failed)
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    if (status == GB_OK)
        status = file_replace(context, path, p.page.data, p.page.length);
    if (status == GB_OK && p.failed)
        status = gb_fail(context, GB_IO, "%s is written, but lacks %zu figure%s: %s", path, p.failed,
                         p.failed == 1 ? "" : "s", p.missing.failed ? "out of memory" : p.missing.data);
    free(ordered);
    text_free(&p.page);
    text_free(&p.missing);
    return status;
}
