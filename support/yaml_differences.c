/* SPDX-License-Identifier: MIT */
/* Two YAML trees compared, entry by entry. */
#include <string.h>

#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

static void append_value(const yaml_node *node, text *line) {
    if (node->kind == YAML_SCALAR) {
        text_append(line, "%s", node->text);
        return;
    }
    text_append(line, "%c", node->kind == YAML_MAP ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        text_append(line, "%s%s%s", i ? ", " : "", node->kind == YAML_MAP ? node->children[i].key : "",
                    node->kind == YAML_MAP ? ": " : "");
        append_value(&node->children[i], line);
    }
    text_append(line, "%c", node->kind == YAML_MAP ? '}' : ']');
}

static void differences_of_child(const yaml_node *was, const yaml_node *is, const char *path, const char *key,
                                 size_t place, text *lines) {
    CLEANUP(text_free) text below = {0};
    if (key)
        text_append(&below, "%s%s%s", path, *path ? "." : "", key);
    else
        text_append(&below, "%s[%zu]", path, place + 1);
    yaml_differences(was, is, below.data ? below.data : "", lines);
    lines->failed |= below.failed;
}

void yaml_differences(const yaml_node *was, const yaml_node *is, const char *path, text *lines) {
    if (!was && !is)
        return;
    bool maps = was && is && was->kind == YAML_MAP && is->kind == YAML_MAP;
    bool lists = was && is && was->kind == YAML_LIST && is->kind == YAML_LIST;
    for (size_t i = 0; maps && i < was->count; i++)
        differences_of_child(&was->children[i], yaml_get(is, was->children[i].key), path, was->children[i].key, 0,
                             lines);
    for (size_t i = 0; maps && i < is->count; i++)
        if (!yaml_get(was, is->children[i].key))
            differences_of_child(NULL, &is->children[i], path, is->children[i].key, 0, lines);
    for (size_t i = 0; lists && (i < was->count || i < is->count); i++)
        differences_of_child(i < was->count ? &was->children[i] : NULL, i < is->count ? &is->children[i] : NULL, path,
                             NULL, i, lines);
    if (maps || lists ||
        (was && is && was->kind == YAML_SCALAR && is->kind == YAML_SCALAR && !strcmp(was->text, is->text)))
        return;
    text_append(lines, "%s %s", path, !was ? "added: " : !is ? "removed, was " : "changed from ");
    append_value(was ? was : is, lines);
    if (was && is) {
        text_append(lines, " to ");
        append_value(is, lines);
    }
    text_append(lines, "\n");
}
