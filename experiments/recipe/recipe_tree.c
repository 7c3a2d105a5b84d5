/* SPDX-License-Identifier: MIT */
/* Copying, merging and writing the tree of a recipe. */
#include "experiments/recipe/recipe_tree.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool tree_from_yaml(recipe_node *to, const yaml_document *document, const yaml_node *from) {
    *to = (recipe_node){.kind = from->kind, .document = document, .source = from, .key = from->key};
    if (from->count == 0)
        return true;
    to->children = calloc(from->count, sizeof *to->children);
    for (size_t i = 0; to->children && i < from->count; i++) {
        if (!tree_from_yaml(&to->children[i], document, &from->children[i])) {
            tree_free(to);
            return false;
        }
        to->count++;
    }
    return to->children != NULL;
}

static bool tree_clone(recipe_node *to, const recipe_node *from) {
    *to = *from;
    to->children = NULL;
    to->count = 0;
    if (from->count == 0)
        return true;
    to->children = calloc(from->count, sizeof *to->children);
    for (size_t i = 0; to->children && i < from->count; i++) {
        if (!tree_clone(&to->children[i], &from->children[i])) {
            tree_free(to);
            return false;
        }
        to->count++;
    }
    return to->children != NULL;
}

void tree_free(recipe_node *node) {
    for (size_t i = 0; i < node->count; i++)
        tree_free(&node->children[i]);
    free(node->children);
    *node = (recipe_node){0};
}

recipe_node *tree_get(const recipe_node *map, const char *key) {
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
        if (!strcmp(map->children[i].key, key))
            return &map->children[i];
    return NULL;
}

const char *tree_text(const recipe_node *map, const char *key, const char *otherwise) {
    const recipe_node *node = tree_get(map, key);
    return node && node->kind == YAML_SCALAR ? node->source->text : otherwise;
}

bool tree_put(recipe_node *map, const char *key, recipe_node node) {
    node.key = key;
    recipe_node *old = tree_get(map, key);
    if (old) {
        tree_free(old);
        *old = node;
        return true;
    }
    recipe_node *grown = realloc(map->children, (map->count + 1) * sizeof *grown);
    if (!grown) {
        tree_free(&node);
        return false;
    }
    map->children = grown;
    grown[map->count++] = node;
    return true;
}

void tree_remove_at(recipe_node *parent, size_t i) {
    tree_free(&parent->children[i]);
    parent->count--;
    memmove(&parent->children[i], &parent->children[i + 1], (parent->count - i) * sizeof *parent->children);
}

void tree_remove(recipe_node *map, const char *key) {
    const recipe_node *node = tree_get(map, key);
    if (node)
        tree_remove_at(map, (size_t)(node - map->children));
}

recipe_node tree_empty_map(const recipe_node *like) {
    return (recipe_node){.kind = YAML_MAP, .document = like->document, .source = like->source};
}

static bool merges(const recipe_node *under, const recipe_node *over) {
    if (!under || under->kind != YAML_MAP || over->kind != YAML_MAP || !strcmp(over->key, "zip"))
        return false;
    const char *name = tree_text(over, "name", NULL);
    return strcmp(over->key, "task") != 0 || !name || !strcmp(name, tree_text(under, "name", ""));
}

bool tree_merge(recipe_node *under, const recipe_node *over) {
    for (size_t i = 0; over->kind == YAML_MAP && i < over->count; i++) {
        const recipe_node *from = &over->children[i];
        recipe_node *to = tree_get(under, from->key), copy;
        if (merges(to, from)) {
            if (!tree_merge(to, from))
                return false;
        } else if (!tree_clone(&copy, from) || !tree_put(under, from->key, copy)) {
            return false;
        }
    }
    return true;
}

/* Writing */

/* Writes forms that YAML 1.1 and 1.2 read in the same way. YAML 1.1 reads 2e-3 as text, no as a boolean, 1:30 as 90 and
 * 2001-01-01 as a date. */

/* A number as written. One with an exponent becomes 0.002 or 1.0e-12, with enough digits to be exact. */
static void write_number(text *out, const char *written, double value) {
    char digits[64];
    bool fixed = fabs(value) >= 1e-6 && fabs(value) < 1e15;
    snprintf(digits, sizeof digits, "%s", written);
    for (int precision = fixed ? 0 : 1; strpbrk(written, "eE") && precision <= 24; precision++) {
        snprintf(digits, sizeof digits, fixed ? "%.*f" : "%.*e", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_append(out, "%s", digits);
}

/* True if YAML 1.1 would read this text as a boolean, number or date. */
static bool is_ambiguous(const char *written) {
    static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "null", ".inf", ".nan"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(words[i], written))
            return true;
    bool truth = !strcasecmp("true", written) || !strcasecmp("false", written);
    bool based = written[0] == '0' && written[1] && strchr("xXoObB", written[1]);
    bool digits = strspn(written, "0123456789_:+-.") == strlen(written) && !strstr(written, "..");
    return based || digits || (truth && isupper((unsigned char)*written));
}

/* Writes text without quotes only if every reader reads it as text. `number`: a number is allowed here. */
static void write_scalar(text *out, const recipe_node *node, bool number) {
    const char *written = node->source->text;
    double value;
    bool plain = !node->source->quoted && (isalnum((unsigned char)*written) || strchr(".-+", *written));
    for (const char *c = written; plain && *c; c++)
        plain = isalnum((unsigned char)*c) || strchr("_.+-/() ", *c) || (*c == ':' && isalnum((unsigned char)c[1]));
    if (plain && number && text_is_number(written, &value))
        write_number(out, written, value);
    else if (plain && !is_ambiguous(written) && !text_is_number(written, &value))
        text_append(out, "%s", written);
    else
        text_append_json_string(out, written);
}

/* In one line: {a: 1, b: [2, 3]}. */
static void write_flow(text *out, const recipe_node *node) {
    if (node->kind == YAML_SCALAR) {
        write_scalar(out, node, true);
        return;
    }
    bool map = node->kind == YAML_MAP;
    text_append(out, "%s", map ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        text_append(out, "%s", i ? ", " : "");
        if (map)
            text_append(out, "%s: ", node->children[i].key);
        write_flow(out, &node->children[i]);
    }
    text_append(out, "%s", map ? "}" : "]");
}

void tree_write(text *out, const recipe_node *map) {
    for (size_t i = 0; i < map->count; i++) {
        const recipe_node *node = &map->children[i];
        bool block = node->kind == YAML_LIST && node->count && node->children[0].kind == YAML_MAP;
        text_append(out, "%s:%s", node->key, block ? "\n" : " ");
        for (size_t k = 0; block && k < node->count; k++) {
            text_append(out, "  - ");
            write_flow(out, &node->children[k]);
            text_append(out, "\n");
        }
        if (!block && node->kind == YAML_SCALAR) /* name, claim and question are texts */
            write_scalar(out, node, false);
        else if (!block)
            write_flow(out, node);
        if (!block)
            text_append(out, "\n");
    }
}
