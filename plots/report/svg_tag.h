/* SPDX-License-Identifier: MIT */
/* Reads the tags of an SVG picture, as views into its text. */
#ifndef GATEBENCH_PLOTS_REPORT_SVG_TAG_H
#define GATEBENCH_PLOTS_REPORT_SVG_TAG_H

#include <stdbool.h>
#include <stddef.h>

enum { SVG_MOST_ATTRIBUTES = 24 };

typedef struct svg_slice {
    const char *at;
    size_t length;
} svg_slice;

typedef struct svg_attribute {
    svg_slice name, value;
    char quote;
} svg_attribute;

/* <name attributes>, </name> or <name attributes/> */
typedef struct svg_tag {
    svg_slice name;
    svg_attribute attributes[SVG_MOST_ATTRIBUTES];
    size_t count;
    bool closes, empty;
    const char *end; /* the byte after its '>' */
} svg_tag;

/* Reads the tag at '<'. False: it is something else, such as a comment. */
bool svg_read_tag(const char *open, svg_tag *t);

/* The attribute with this name, or NULL. */
const svg_attribute *svg_find(const svg_tag *t, const char *name);

bool svg_is(svg_slice s, const char *word);
const char *svg_skip_blanks(const char *c);

#endif
