/* SPDX-License-Identifier: MIT */
/* gnuplot's pictures inside the page, in a third of their bytes: what the style sheet says (report.css, "figure svg")
 * is left out, as are definitions that nothing uses; points of one kind are one path with a marker at each. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "plots/report/svg_path.h"
#include "plots/report/svg_tag.h"
#include "support/cleanup.h"
#include "support/name_list.h"

enum { MOST_MARKERS = 64, DEEPEST = 64, FEWEST_MARKS = 3 };

/* A point, `<use xlink:href='#kind' transform='translate(x,y) scale(s)' color='c'/>`: where it is, and the bytes around
 * that, which are equal for points of one kind. */
typedef struct mark {
    svg_slice before, after;
    svg_point at;
} mark;

typedef struct picture {
    text *page;
    const char *prefix;         /* of ids */
    mark markers[MOST_MARKERS]; /* one of each kind of points that has a marker */
    size_t marker_count;
    struct group {
        size_t before, after, end; /* the page's length before and after its tag, and when it was closed */
        bool silent;               /* it has no attributes, so it has no tag */
    } groups[DEEPEST];             /* those open, and below them those last closed */
    size_t depth;
} picture;

static bool is_black(svg_slice value) {
    return svg_is(value, "black") || svg_is(value, "currentColor") || svg_is(value, "rgb(0,0,0)") ||
           svg_is(value, "rgb(  0,   0,   0)");
}

/* Whether the page says an attribute of a tag anyway. */
static bool is_usual(const svg_tag *t, const svg_attribute *a) {
    const bool group = svg_is(t->name, "g"), lines = group && svg_find(t, "stroke-width"),
               words = group && svg_find(t, "font-size");
    return svg_is(a->name, "font-family") || svg_is(a->name, "xmlns:xlink") ||
           (svg_is(a->name, "stroke-linecap") && svg_is(a->value, "butt")) ||
           (svg_is(a->name, "stroke-linejoin") && svg_is(a->value, "miter")) ||
           (svg_is(a->name, "text-anchor") && svg_is(a->value, "start")) ||
           (svg_is(a->name, "class") && svg_is(a->value, "gridline")) || (group && svg_is(a->name, "id")) ||
           (svg_is(t->name, "path") && svg_is(a->name, "stroke") && is_black(a->value)) ||
           (lines && svg_is(a->name, "fill") && svg_is(a->value, "none")) ||
           (lines && (svg_is(a->name, "stroke") || svg_is(a->name, "color")) && is_black(a->value)) ||
           (words && svg_is(a->name, "stroke") && svg_is(a->value, "none")) ||
           (words && svg_is(a->name, "fill") && is_black(a->value));
}

static bool is_one_of(svg_slice name, const char *const *words) {
    for (; *words; words++)
        if (svg_is(name, *words))
            return true;
    return false;
}

static void append_colour(text *page, svg_slice value) {
    unsigned red, green, blue;
    if (is_black(value))
        text_append(page, "currentColor");
    else if (sscanf(value.at, "rgb(%u,%u,%u)", &red, &green, &blue) == 3)
        text_append(page, "#%02x%02x%02x", red & 255, green & 255, blue & 255);
    else
        text_append_bytes(page, value.at, value.length);
}

/* A value that may name another element, "#id" or "url(#id)". */
static void append_reference(picture *p, svg_slice value) {
    const char *id = memchr(value.at, '#', value.length);
    size_t before = id ? (size_t)(id + 1 - value.at) : value.length;
    text_append_bytes(p->page, value.at, before);
    if (id)
        text_append(p->page, "%s%.*s", p->prefix, (int)(value.length - before), id + 1);
}

static void append_attribute(picture *p, const svg_tag *t, const svg_attribute *a, bool exact) {
    static const char *const colours[] = {"fill", "stroke", "color", NULL};
    static const char *const places[] = {"x", "y", "width", "height", "transform", NULL};
    static const char *const amounts[] = {"stroke-width",   "font-size",        "fill-opacity",
                                          "stroke-opacity", "stroke-dasharray", NULL};
    const bool polygon = svg_is(t->name, "polygon") && svg_is(a->name, "points"), link = svg_is(a->name, "xlink:href");
    const svg_slice name = polygon ? (svg_slice){"d", 1} : link ? (svg_slice){"href", 4} : a->name;
    text_append(p->page, " %.*s=%c", (int)name.length, name.at, a->quote);
    if (svg_is(name, "id"))
        text_append(p->page, "%s", p->prefix);
    if (link || (a->value.length > 4 && !strncmp(a->value.at, "url(", 4)))
        append_reference(p, a->value);
    else if (is_one_of(name, colours))
        append_colour(p->page, a->value);
    else if (svg_is(name, "d") && !exact)
        svg_append_path(p->page, a->value.at, a->value.length, polygon);
    else if (is_one_of(name, amounts) || (is_one_of(name, places) && !exact))
        svg_append_numbers(p->page, a->value.at, a->value.length, is_one_of(name, places));
    else
        text_append_bytes(p->page, a->value.at, a->value.length);
    text_append(p->page, "%c", a->quote);
}

/* Appends a tag; `exact`: as a definition, which is drawn enlarged. */
static void append_tag(picture *p, const svg_tag *t, bool exact) {
    const bool polygon = svg_is(t->name, "polygon");
    text_append(p->page, "<%s%.*s", t->closes ? "/" : "", polygon ? 4 : (int)t->name.length,
                polygon ? "path" : t->name.at);
    for (size_t i = 0; i < t->count; i++)
        if (!is_usual(t, &t->attributes[i]))
            append_attribute(p, t, &t->attributes[i], exact);
    text_append(p->page, t->empty ? "/>" : ">");
}

static void shorten(text *page, size_t length) {
    if (!page->failed && page->data) {
        page->length = length;
        page->data[length] = '\0';
    }
}

/* A group with the same attributes as the one before it is merged into that one. */
static void open_group(picture *p, const svg_tag *t) {
    struct group *group = &p->groups[p->depth++], last = *group;
    text *page = p->page;
    group->before = page->length;
    append_tag(p, t, false);
    group->silent = page->length == group->before + strlen("<g>");
    if (group->silent)
        shorten(page, group->before);
    group->after = page->length;
    size_t length = group->after - group->before;
    if (!group->silent && !page->failed && last.end && last.end == group->before &&
        last.after - last.before == length && !memcmp(page->data + last.before, page->data + group->before, length)) {
        shorten(page, last.end - strlen("</g>"));
        *group = last;
    }
}

/* Without attributes or content a group leaves nothing. */
static void close_group(picture *p, const svg_tag *t) {
    struct group *group = &p->groups[--p->depth];
    text *page = p->page;
    if (group->silent)
        return;
    if (page->length == group->after) {
        shorten(page, group->before);
    } else {
        append_tag(p, t, false);
        group->end = page->length;
    }
}

/* Whether "#id" is in the text. */
static bool mentions(const char *body, svg_slice id) {
    for (const char *c = body; (c = strchr(c, '#')); c++)
        if (!strncmp(c + 1, id.at, id.length) && !isalnum((unsigned char)c[1 + id.length]))
            return true;
    return false;
}

/* Whether the body, or a later definition that is needed, uses a definition. */
static bool is_needed(svg_slice id, const char *later, const char *body) {
    svg_tag t;
    if (mentions(body, id))
        return true;
    for (const char *c = later; (c = strchr(c, '<')) && c < body; c++) {
        const svg_attribute *link = svg_read_tag(c, &t) ? svg_find(&t, "xlink:href") : NULL,
                            *own = link ? svg_find(&t, "id") : NULL;
        if (own && link->value.length == id.length + 1 && !strncmp(link->value.at + 1, id.at, id.length) &&
            is_needed(own->value, t.end, body))
            return true;
    }
    return false;
}

/* The definitions after <defs>, of which those stay that are needed. Returns the end of </defs>. */
static const char *append_definitions(picture *p, const char *from) {
    const char *close = strstr(from, "</defs>"), *body = close ? close + strlen("</defs>") : from;
    svg_tag t;
    text_append(p->page, "<defs>");
    for (const char *c = from; (c = strchr(c, '<')) && c < body;) {
        char end[32];
        const svg_attribute *id = svg_read_tag(c, &t) ? svg_find(&t, "id") : NULL;
        if (!id) {
            c++;
            continue;
        }
        snprintf(end, sizeof end, "</%.*s>", (int)(t.name.length < 20 ? t.name.length : 20), t.name.at);
        const char *behind = t.empty ? t.end : strstr(t.end, end);
        behind = !behind || behind > body ? body : t.empty ? behind : behind + strlen(end);
        bool needed = is_needed(id->value, behind, body);
        for (; needed && c < behind && (c = strchr(c, '<')) && c < behind; c = t.end)
            if (svg_read_tag(c, &t))
                append_tag(p, &t, true);
            else
                t.end = c + 1;
        c = behind;
    }
    text_append(p->page, "</defs>");
    return body;
}

static bool read_mark(const char *open, mark *m) {
    static const char place[] = "translate(";
    const char *end = strncmp(open, "<use ", 5) == 0 ? strchr(open, '>') : NULL;
    const char *at = end ? memmem(open, (size_t)(end - open), place, strlen(place)) : NULL;
    const char *behind = at ? svg_read_point(at + strlen(place), &m->at) : NULL;
    if (!behind || *behind != ')')
        return false;
    behind = svg_skip_blanks(behind + 1);
    m->before = (svg_slice){open, (size_t)(at - open)};
    m->after = (svg_slice){behind, (size_t)(end + 1 - behind)};
    m->at.starts = false;
    return true;
}

static bool is_same(svg_slice a, svg_slice b) {
    return a.length == b.length && !memcmp(a.at, b.at, a.length);
}

/* The number of the marker for points of this kind, which is defined where it is new; MOST_MARKERS: no more fit. */
static size_t find_marker(picture *p, const mark *m) {
    size_t i = 0;
    while (i < p->marker_count && !(is_same(p->markers[i].before, m->before) && is_same(p->markers[i].after, m->after)))
        i++;
    CLEANUP(text_free) text alone = {0};
    svg_tag t;
    if (i < p->marker_count || i == MOST_MARKERS)
        return i;
    text_append_bytes(&alone, m->before.at, m->before.length);
    text_append_bytes(&alone, m->after.at, m->after.length);
    if (alone.failed || !svg_read_tag(alone.data, &t))
        return MOST_MARKERS;
    p->markers[p->marker_count++] = *m;
    text_append(p->page, "<marker id=\"%sm%zu\" overflow=\"visible\" markerUnits=\"userSpaceOnUse\">", p->prefix, i);
    append_tag(p, &t, true);
    text_append(p->page, "</marker>");
    return i;
}

/* Appends the points of one kind that begin at a tag, as one path. Returns their end, or NULL: it is not worth it. */
static const char *append_marks(picture *p, const char *open) {
    mark first, next;
    size_t count = 0, marker;
    const char *end = open;
    if (!read_mark(open, &first))
        return NULL;
    for (const char *c = open;
         read_mark(c, &next) && is_same(first.before, next.before) && is_same(first.after, next.after);
         c = svg_skip_blanks(end)) {
        end = next.after.at + next.after.length;
        count++;
    }
    CLEANUP(free_at) svg_point *points = count >= FEWEST_MARKS ? calloc(count, sizeof *points) : NULL;
    if (!points || (marker = find_marker(p, &first)) == MOST_MARKERS)
        return NULL;
    const char *c = open;
    for (size_t i = 0; i < count && read_mark(c, &next); i++, c = svg_skip_blanks(next.after.at + next.after.length))
        points[i] = next.at;
    text_append(p->page, "<path style=\"marker:url(#%sm%zu)\" fill=\"none\" stroke=\"none\" d=\"", p->prefix, marker);
    svg_append_points(p->page, points, count, true);
    text_append(p->page, "\"/>");
    return end;
}

/* A line of no length, such as a tick without a size, leaves nothing. */
static void append_shape(picture *p, const svg_tag *t) {
    static const char nothing[] = " d=''/>";
    const size_t before = p->page->length, length = strlen(nothing);
    append_tag(p, t, false);
    if (p->page->length > length && !strcmp(p->page->data + p->page->length - length, nothing))
        shorten(p->page, before);
}

/* Appends what begins at '<'. Returns its end. */
static const char *append_element(picture *p, const char *open) {
    svg_tag t;
    /* gnuplot's titles ("gnuplot_plot_3") would show up as tooltips. */
    static const char *const silent[][2] = {{"<title>", "</title>"}, {"<desc>", "</desc>"}, {"<!--", "-->"}};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        const char *end = strncmp(open, silent[i][0], strlen(silent[i][0])) ? NULL : strstr(open, silent[i][1]);
        if (end)
            return end + strlen(silent[i][1]);
    }
    const char *marks = append_marks(p, open);
    if (marks)
        return marks;
    if (!svg_read_tag(open, &t)) {
        text_append_bytes(p->page, open, 1 + strcspn(open + 1, "<"));
        return open + 1 + strcspn(open + 1, "<");
    }
    if (svg_is(t.name, "defs") && !t.closes && !t.empty)
        return append_definitions(p, t.end);
    if (svg_is(t.name, "g") && !t.empty && !t.closes && p->depth < DEEPEST)
        open_group(p, &t);
    else if (svg_is(t.name, "g") && t.closes && p->depth > 0)
        close_group(p, &t);
    else
        append_shape(p, &t);
    return t.end;
}

void report_svg(text *page, const char *svg, const char *prefix, const char *label) {
    picture p = {.page = page, .prefix = prefix};
    const char *root = strstr(svg, "<svg");
    svg_tag t;
    if (!root || !svg_read_tag(root, &t))
        return;
    text_append(page, "<svg role=\"img\" aria-label=\"");
    names_append_html(page, label);
    text_append(page, "\"");
    /* Not far beyond its own size: letters of a small figure would shout. */
    const svg_attribute *box = svg_find(&t, "viewBox");
    long width = box && !strncmp(box->value.at, "0 0 ", 4) ? strtol(box->value.at + 4, NULL, 10) : 0;
    if (width > 0)
        text_append(page, " style=\"max-width:%ldpx\"", width + width / 8);
    for (size_t i = 0; i < t.count; i++)
        if (!is_usual(&t, &t.attributes[i]))
            append_attribute(&p, &t, &t.attributes[i], true);
    text_append(page, ">");
    for (const char *c = t.end, *open; (open = strchr(c, '<'));) {
        if ((size_t)(open - c) > strspn(c, " \t\r\n"))
            text_append_bytes(page, c, (size_t)(open - c));
        c = append_element(&p, open);
    }
    text_append(page, "\n");
}
