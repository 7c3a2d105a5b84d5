/* SPDX-License-Identifier: MIT */
/* SVG and files inside the page. */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "support/name_list.h"

/* What is put in place of, or after, words inside tags (never in the text between them). */
typedef struct rewrite {
    const char *from, *to;
    bool prefixed; /* the prefix follows */
} rewrite;

static const rewrite rewrites[] = {
    {" id=\"", " id=\"", true},
    {" id='", " id='", true},
    {"href=\"#", "href=\"#", true},
    {"href='#", "href='#", true},
    {"url(#", "url(#", true},
    {"\"black\"", "\"currentColor\"", false},
    {"'black'", "'currentColor'", false},
    {"rgb(  0,   0,   0)", "currentColor", false},
    {"rgb(0,0,0)", "currentColor", false},
    {" font-family=\"sans-serif\"", "", false}, /* the page's style sheet says it */
    {" stroke-linecap=\"butt\"", "", false},    /* as it is anyway */
    {" stroke-linejoin=\"miter\"", "", false},
    {" class=\"gridline\"", "", false},
};

/* A digit whose second decimal follows and is the last: a hundredth of a pixel, which nobody sees. */
static size_t has_hundredths(const char *c) {
    return isdigit((unsigned char)c[0]) && c[-1] == '.' && isdigit((unsigned char)c[1]) &&
           !isdigit((unsigned char)c[2]);
}

/* Whether a group has nothing in it: where it ends, else NULL. */
static const char *end_of_empty(const char *open, const char *close) {
    const char *next = close + 1 + strspn(close + 1, " \t\n");
    return strncmp(open, "<g", 2) == 0 && strncmp(next, "</g>", 4) == 0 ? next + 4 : NULL;
}

/* Appends one tag, from '<' to '>'. */
static void append_tag(text *page, const char *tag, size_t length, const char *prefix) {
    for (size_t i = 0; i < length;) {
        const rewrite *found = NULL;
        for (size_t j = 0; j < sizeof rewrites / sizeof *rewrites && !found; j++)
            if (tag[i] == *rewrites[j].from && !strncmp(tag + i, rewrites[j].from, strlen(rewrites[j].from)))
                found = &rewrites[j];
        if (!found) {
            bool white = strchr(" \t\n", tag[i]), after_white = i && strchr(" \t\n", tag[i - 1]);
            if (!(white && after_white))
                text_append_bytes(page, white ? " " : tag + i, 1);
            i += 1 + has_hundredths(tag + i);
            continue;
        }
        text_append(page, "%s%s", found->to, found->prefixed ? prefix : "");
        i += strlen(found->from);
    }
}

void report_svg(text *page, const char *svg, const char *prefix, const char *label) {
    const char *root = strstr(svg, "<svg"), *c = root ? strchr(root, '>') : NULL;
    if (!c)
        return;
    text_append(page, "<svg role=\"img\" aria-label=\"");
    names_append_html(page, label);
    text_append(page, "\"");
    /* Not far beyond its own size: letters of a small figure would shout. */
    const char *box = strstr(root, "viewBox=\"0 0 ");
    long width = box && box < c ? strtol(box + strlen("viewBox=\"0 0 "), NULL, 10) : 0;
    if (width > 0)
        text_append(page, " style=\"max-width:%ldpx\"", width + width / 8);
    append_tag(page, root + 4, (size_t)(c + 1 - root) - 4, prefix);
    for (c++; *c;) {
        const char *open = strchr(c, '<'), *close = open ? strchr(open, '>') : NULL;
        if (!close)
            break;
        if ((size_t)(open - c) > strspn(c, " \t\n"))
            text_append_bytes(page, c, (size_t)(open - c));
        /* gnuplot's titles ("gnuplot_plot_3") would show up as tooltips. */
        const char *end = !strncmp(open, "<title>", 7) ? strstr(open, "</title>") : NULL;
        const char *empty = end_of_empty(open, close);
        if (end || empty) {
            c = end ? end + strlen("</title>") : empty;
        } else {
            append_tag(page, open, (size_t)(close - open) + 1, prefix);
            c = close + 1;
        }
    }
    text_append(page, "\n");
}
