/* SPDX-License-Identifier: MIT */
/* The tree of a recipe while files, a profile and overrides are merged: each node keeps its document and position, so
 * that an error points at the line where it was written. */
#ifndef GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_TREE_H
#define GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_TREE_H

#include "support/text.h"
#include "support/yaml.h"

typedef struct recipe_node {
    yaml_kind kind;
    const yaml_document *document;
    const yaml_node *source; /* text and position; for a section created by an override, those of the override */
    const char *key;         /* key of a map's entry, else NULL; valid as long as the document, or static */
    struct recipe_node *children;
    size_t count;
} recipe_node;

/* Copies (false: out of memory; the copy is then empty). */
bool tree_from_yaml(recipe_node *to, const yaml_document *document, const yaml_node *from);
void tree_free(recipe_node *node);

/* The entry of a map, or NULL; its text, or `otherwise` when it is not a scalar. */
recipe_node *tree_get(const recipe_node *map, const char *key);
const char *tree_text(const recipe_node *map, const char *key, const char *otherwise);

/* Sets a node under a key: replaces the old one or appends. Takes ownership of the node. */
bool tree_put(recipe_node *map, const char *key, recipe_node node);
void tree_remove(recipe_node *map, const char *key);
void tree_remove_at(recipe_node *parent, size_t i);

/* An empty map with the position of `like`. */
recipe_node tree_empty_map(const recipe_node *like);

/* Merges a copy of `over` into `under`: maps entry by entry, everything else is replaced. A `zip` is replaced as a
 * whole, and so is a `task` with another name, since its options belong together. */
bool tree_merge(recipe_node *under, const recipe_node *over);

/* Appends the tree as YAML that reads back the same. */
void tree_write(text *out, const recipe_node *map);

#endif
