/* SPDX-License-Identifier: MIT */
/* Tags of SVG. */
#include "plots/report/svg_tag.h"

#include <ctype.h>
#include <string.h>

bool svg_is(svg_slice s, const char *word) {
    return strlen(word) == s.length && !strncmp(s.at, word, s.length);
}

const char *svg_skip_blanks(const char *c) {
    return c + strspn(c, " \t\r\n");
}

bool svg_read_tag(const char *open, svg_tag *t) {
    const char *c = open + 1;
    t->count = 0;
    t->closes = *c == '/';
    c += t->closes;
    t->name = (svg_slice){c, strcspn(c, " \t\r\n/>")};
    if (!isalpha((unsigned char)*c))
        return false;
    for (c = svg_skip_blanks(c + t->name.length); *c && *c != '/' && *c != '>'; c = svg_skip_blanks(c)) {
        svg_attribute *a = &t->attributes[t->count++];
        a->name = (svg_slice){c, strcspn(c, " \t\r\n=/>")};
        c = svg_skip_blanks(c + a->name.length);
        if (*c != '=' || t->count == SVG_MOST_ATTRIBUTES)
            return false;
        c = svg_skip_blanks(c + 1);
        a->quote = *c;
        const char *close = *c == '"' || *c == '\'' ? strchr(c + 1, *c) : NULL;
        if (!close)
            return false;
        a->value = (svg_slice){c + 1, (size_t)(close - c - 1)};
        c = close + 1;
    }
    t->empty = *c == '/';
    c += t->empty;
    t->end = c + 1;
    return *c == '>';
}

const svg_attribute *svg_find(const svg_tag *t, const char *name) {
    for (size_t i = 0; i < t->count; i++)
        if (svg_is(t->attributes[i].name, name))
            return &t->attributes[i];
    return NULL;
}
